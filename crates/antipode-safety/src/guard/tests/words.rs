use super::*;

const LIMIT: Bound<Angle> = *Limits::hard(Setting::Home).tilt();
const TILT: Angle = mdeg(-20_000);

/// One of each, with its number and its words.
const ALL: [(u8, Refusal, &str); 19] = [
    (1, Refusal::NoMotion, "not moving: the rate is zero, and holding needs no leave"),
    (2, Refusal::StopLatched, "not moving: STOP is pressed or not acknowledged yet"),
    (3, Refusal::NotArmed, "not moving: the session has not been started"),
    (4, Refusal::NoRecord, "not moving: the start is not on record yet"),
    (
        5,
        Refusal::LatchesOpen { open: 1, fitted: 2 },
        "not moving: 1 of 2 ankle latch sensors say open",
    ),
    (
        6,
        Refusal::TableFaults { faults: FaultSet::from_bits(0b110_0000) },
        "not lowering: the table reports drive hot, drive must not run (too hot, or not fit)",
    ),
    (
        7,
        Refusal::TargetPastLimit { target: mdeg(61_000), limit: LIMIT },
        "not moving to 61.000°: the limit is 60.000° (hard limit: most that is allowed at home)",
    ),
    (
        8,
        Refusal::RatePastLimit {
            rate: rate(4_000),
            limit: *Limits::hard(Setting::Clinic).lower_rate(),
        },
        "not lowering at 4.000°/s: the limit is 3.000°/s (hard limit: most that is allowed in \
         a clinic)",
    ),
    (
        9,
        Refusal::RatePastTable { rate: rate(3_000), max: rate(2_000) },
        "not lowering at 3.000°/s: this table does 2.000°/s at most",
    ),
    (
        10,
        Refusal::AngleNotAgreed { state: AngleState::Garbage },
        "no sure angle: the angle sensor sends impossible values",
    ),
    (
        11,
        Refusal::MayPass {
            worst_case: mdeg(59_500),
            reach: mdeg(60_016),
            limit: LIMIT,
            fastest: rate(1_400),
        },
        "not lowering: the bed may be at 59.500° and get to 60.016° before it stops, past the \
         limit of 60.000° (hard limit: most that is allowed at home); 1.400°/s would be slow \
         enough",
    ),
    (
        12,
        Refusal::DoseTooShort { left: Millis::new(9_000), needed: Millis::new(12_750) },
        "not lowering: 9000 ms of head-down time are left and the way back may take 12750 ms",
    ),
    (
        13,
        Refusal::FromUpright { tilt: TILT },
        "not lowering: the bed is at -20.000°, and from there to the rest band somebody holds \
         the control",
    ),
    (
        14,
        Refusal::PastRestBand { target: TILT },
        "not raising to -20.000°: nothing goes beyond -10.000° by itself",
    ),
    (
        15,
        Refusal::WrongWay { tilt: TILT, target: mdeg(-3_000), rate: rate(-500) },
        "not moving: from -20.000° the target -3.000° does not lie in the direction of \
         -0.500°/s",
    ),
    (
        16,
        Refusal::NotUpright { target: mdeg(5_000) },
        "not moving to 5.000°: the attended motion runs between -75.000° and 0.000°",
    ),
    (17, Refusal::NotHeld, "not moving: the control must be held down"),
    (
        18,
        Refusal::StillHeadDown { tilt: mdeg(500) },
        "not moving upright: the bed is still head-down at 0.500°",
    ),
    (
        19,
        Refusal::RestFirst { rested: Millis::new(5_000), needed: Millis::new(60_000) },
        "not moving upright yet: 5000 ms of 60000 ms in the rest band",
    ),
];

#[test]
fn every_refusal_has_its_number_and_says_what_binds() {
    for (index, (code, refusal, words)) in ALL.into_iter().enumerate() {
        assert_eq!(usize::from(refusal.code()), index + 1);
        assert_eq!(refusal.code(), code, "numbers are never given anew");
        assert_eq!(refusal.to_string(), words);
    }
}

#[test]
fn faults_are_listed_in_words() {
    assert_eq!(FaultSet::NONE.to_string(), "no fault");
    let mut words: Vec<_> = Fault::ALL.iter().map(ToString::to_string).collect();
    assert_eq!(FaultSet::from_bits(u16::MAX).to_string(), words.join(", "));
    words.sort();
    words.dedup();
    assert_eq!(words.len(), 16);
    assert!(words.iter().all(|text| text.len() > 5));
}
