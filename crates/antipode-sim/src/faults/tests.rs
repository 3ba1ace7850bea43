use super::*;

#[test]
fn every_kind_has_its_own_name_and_is_found_by_it() {
    for (i, kind) in FaultKind::ALL.iter().enumerate() {
        assert_eq!(FaultKind::from_name(kind.name()), Some(*kind));
        assert_eq!(FaultKind::NAMES[i], kind.name());
    }
    let mut names = FaultKind::NAMES.to_vec();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), FaultKind::ALL.len());
    assert!(FaultKind::from_name("none-such").is_none());
}

#[test]
fn at_least_thirty_kinds_are_live() {
    assert!(FaultKind::ALL.len() >= 30, "{}", FaultKind::ALL.len());
}

#[test]
fn every_plant_fault_changes_the_plant_and_every_wire_fault_a_wire() {
    for kind in FaultKind::ALL {
        let fault = Fault { rate_permille: Some(100), ..Fault::at(*kind, 0) };
        let mut plant = PlantFaults::NONE;
        fault.on_plant(&mut plant);
        assert_eq!(plant != PlantFaults::NONE, kind.strikes() == Struck::Plant, "{kind:?}");
        let (mut down, mut up) = (WireFaults::NONE, WireFaults::NONE);
        fault.on_wires(&mut down, &mut up);
        let changed = down != WireFaults::NONE || up != WireFaults::NONE;
        let elsewhere = matches!(kind, FaultKind::ReconnectLoop | FaultKind::SecondHost);
        assert_eq!(changed, kind.strikes() == Struck::Wire && !elsewhere, "{kind:?}");
    }
}

#[test]
fn a_fault_is_present_from_its_beginning_to_its_end() {
    let fault = Fault::at(FaultKind::Stall, 100).lasting(50);
    assert!(!fault.is_present(99));
    assert!(fault.is_present(100));
    assert!(fault.is_present(149));
    assert!(!fault.is_present(150));
    assert!(Fault::at(FaultKind::Stall, 100).is_present(u64::MAX));
}

#[test]
fn a_fault_changes_when_it_begins_and_when_it_ends_and_then_no_more() {
    let passing = Fault { for_ms: Some(50), ..Fault::at(FaultKind::ALL[0], 100) };
    let lasting = Fault { for_ms: None, ..passing };
    let changes = |fault: &Fault| [0, 99, 100, 149, 150].map(|now| fault.next_change_ms(now));
    assert_eq!(changes(&passing), [Some(100), Some(100), Some(150), Some(150), None]);
    assert_eq!(changes(&lasting), [Some(100), Some(100), None, None, None]);
}
