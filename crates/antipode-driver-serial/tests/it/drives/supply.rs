//! Every drive that reports its supply: a low one starts nothing and leaves the way home, and a bed that
//! runs on its battery comes home by itself, judged by its true tilt (H-13).

use antipode_guardian::GuardianConfig;
use antipode_link::AckResult;
use antipode_safety::Fault;

use super::kinds::{kinds, pololu};
use super::rig::{Kind, Rig, back, to};

fn telling() -> impl Iterator<Item = Kind> {
    let all = kinds().into_iter().chain(pololu());
    all.filter(|kind| !["jog", "place"].contains(&kind.name))
}

/// Armed at its mains of 24 V.
fn armed(kind: &Kind) -> Rig {
    let config = GuardianConfig {
        supply_low_mv: Some(20_000),
        mains_lost_mv: Some(23_000),
        battery: true,
        ..kind.config()
    };
    Rig::armed_with(kind, config)
}

fn sag(rig: &mut Rig, millivolts: u32) {
    rig.table.plant_mut().faults_mut().supply_sag_mv = millivolts;
}

#[test]
fn a_low_supply_starts_nothing_and_says_why() {
    for kind in telling() {
        let mut rig =
            Rig::armed_with(&kind, GuardianConfig { supply_low_mv: Some(20_000), ..kind.config() });
        let stood = rig.tilt();
        sag(&mut rig, 5_000);
        rig.idle(1_500);
        assert!(rig.guardian.has(Fault::SupplyLow), "{}", kind.name);
        assert_eq!(rig.send(to(10_000)), AckResult::Faulted, "{}", kind.name);
        rig.keep(to(10_000), 2_000);
        assert!((rig.tilt() - stood).abs() < 200, "{}: {stood} {}", kind.name, rig.tilt());
        sag(&mut rig, 0);
        rig.idle(1_500);
        assert!(!rig.guardian.has(Fault::SupplyLow), "{}", kind.name);
    }
}

#[test]
fn under_a_low_supply_a_lowered_bed_goes_no_deeper_and_comes_home_to_its_host() {
    for kind in telling() {
        let mut rig =
            Rig::armed_with(&kind, GuardianConfig { supply_low_mv: Some(20_000), ..kind.config() });
        rig.lower(8_000);
        sag(&mut rig, 5_000);
        rig.keep(to(15_000), 1_500);
        let stood = rig.tilt();
        assert!(rig.guardian.has(Fault::SupplyLow), "{}", kind.name);
        rig.keep(to(15_000), 1_000);
        assert!(rig.tilt() < stood + 100, "{}: {stood} {}", kind.name, rig.tilt());
        let until = rig.ms + 30_000;
        while rig.tilt() > -500 && rig.ms < until {
            rig.keep(back(), 80);
        }
        assert!((-10_000..=0).contains(&rig.tilt()), "{}: {}", kind.name, rig.tilt());
    }
}

#[test]
fn on_its_battery_a_lowered_bed_comes_home_by_itself_while_its_host_speaks() {
    for kind in telling() {
        let mut rig = armed(&kind);
        rig.lower(8_000);
        sag(&mut rig, 2_500);
        rig.idle(30_000);
        assert!(rig.guardian.has(Fault::MainsLost), "{}", kind.name);
        assert!(!rig.guardian.has(Fault::SupplyLow), "{}: the battery is good", kind.name);
        assert!((-10_000..=0).contains(&rig.tilt()), "{}: {}", kind.name, rig.tilt());
    }
}
