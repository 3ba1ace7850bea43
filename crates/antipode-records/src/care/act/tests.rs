mod golden;
mod strategies;

use proptest::prelude::*;

use super::*;
use strategies::said;

proptest! {
    #[test]
    fn every_act_reads_back_as_it_was(said in said()) {
        let bytes = said.encode().unwrap();
        prop_assert_eq!(Said::decode(said.fact.kind(), &bytes), Ok(said));
    }

    #[test]
    fn bytes_that_read_at_all_are_the_only_spelling_of_what_they_say(
        said in said(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
        cut in any::<prop::sample::Index>(),
        tail in prop::collection::vec(any::<u8>(), 0..3),
        other in 0_u16..40,
    ) {
        let kind = said.fact.kind();
        let mut bytes = said.encode().unwrap();
        prop_assert!(Said::decode(kind, &bytes[..cut.index(bytes.len())]).is_err());
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.extend(tail);
        for kind in [kind, Kind::new(FIRST_ACT.number() + other)] {
            if let Ok(read) = Said::decode(kind, &bytes) {
                prop_assert_eq!(read.encode(), Ok(bytes.clone()));
            }
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic_and_read_in_one_way_only(
        mut bytes in prop::collection::vec(any::<u8>(), 0..120),
        number in 0_u16..30,
    ) {
        let kind = Kind::new(FIRST_ACT.number() + number);
        for version in [None, Some(VERSION)] {
            if let (Some(first), Some(version)) = (bytes.first_mut(), version) {
                *first = version;
            }
            if let Ok(read) = Said::decode(kind, &bytes) {
                prop_assert_eq!(read.fact.kind(), kind);
                prop_assert_eq!(read.encode(), Ok(bytes.clone()));
            }
        }
    }
}

fn drill(table: &str) -> Said {
    let day = Day::from_unix_days(20_000).unwrap();
    Said { day, offset_s: 3_600, fact: Fact::Drill(Drill { table: table.to_owned() }) }
}

#[test]
fn another_version_an_unknown_number_and_a_byte_too_many_or_too_few_are_errors() {
    let said = drill("attic");
    let kind = said.fact.kind();
    let bytes = said.encode().unwrap();
    let mut newer = bytes.clone();
    newer[0] = VERSION + 1;
    let problem = DecodeError::Version { found: 2, known: 1 };
    assert_eq!(Said::decode(kind, &newer), Err(ActError::Bytes { kind, problem }));
    for number in [0, FIRST_ACT.number() - 1, FIRST_ACT.number() + 23, u16::MAX] {
        let kind = Kind::new(number);
        assert_eq!(Said::decode(kind, &bytes), Err(ActError::Kind(kind)));
    }
    let long = [&bytes[..], &[0]].concat();
    let problem = DecodeError::Long;
    assert_eq!(Said::decode(kind, &long), Err(ActError::Bytes { kind, problem }));
    for len in 0..bytes.len() {
        assert!(Said::decode(kind, &bytes[..len]).is_err(), "{len} bytes");
    }
}

#[test]
fn what_would_not_read_back_is_not_kept() {
    assert!(drill(&"a".repeat(200)).encode().is_ok());
    let long = drill(&"a".repeat(201)).encode();
    assert!(matches!(long, Err(NotKeepable::ReadsNotBack(_))), "{long:?}");
    for (offset_s, fine) in [(64_800, true), (-64_800, true), (64_801, false), (-64_801, false)] {
        let said = Said { offset_s, ..drill("attic") };
        assert_eq!(said.encode().is_ok(), fine, "{offset_s}");
    }
    assert!(Said { offset_s: i32::MIN, ..drill("attic") }.encode().is_err());
    let message = vec![0; MAX_ACT];
    let signed = SignedClearance { message, signature: vec![] };
    let large = Said { fact: Fact::SignedClearance(signed), ..drill("") };
    assert!(matches!(large.encode(), Err(NotKeepable::TooLarge { .. })));
}

#[test]
fn sets_out_of_order_and_ticks_past_the_last_sentence_are_refused() {
    use antipode_core::screening::Id;
    use std::collections::BTreeSet;
    let id = |text: &str| text.parse::<Id>().unwrap();
    let read = |ids: Vec<Id>| {
        let mut out = Out::new();
        ids.put(&mut out);
        <BTreeSet<Id> as Wire>::take(&mut In(&out.finish()))
    };
    assert!(read(vec![id("a"), id("b")]).is_ok());
    assert!(read(vec![id("b"), id("a")]).is_err());
    assert!(read(vec![id("a"), id("a")]).is_err());
    let ticks = |bits: u32| {
        let mut out = Out::new();
        bits.put(&mut out);
        <[bool; 24] as Wire>::take(&mut In(&out.finish()))
    };
    assert_eq!(ticks(0x00ff_ffff), Ok([true; 24]));
    assert!(ticks(0x0100_0000).is_err());
}
