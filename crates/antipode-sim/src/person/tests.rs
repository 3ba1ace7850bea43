use super::*;

#[test]
fn acts_beyond_the_room_are_counted_not_lost_in_silence() {
    let mut person = VirtualPerson::new(&PersonConfig::reference(), 1);
    person.mash(0, 60_000);
    for tick in 0..6_000 {
        person.advance(tick * 10, 0, 0);
    }
    assert!(person.has_acts());
    let acts = person.take_acts();
    assert_eq!(acts.as_slice().len(), 32);
    assert!(acts.missed() > 100);
    assert!(!person.has_acts());
    assert_eq!(person.take_acts().missed(), 0);
}

#[test]
fn hands_with_too_much_to_do_refuse_a_press() {
    let mut person = VirtualPerson::new(&PersonConfig::reference(), 1);
    let planned = (0..20).filter(|i| person.press_at(Button::Ok, 1_000 * i, 100)).count();
    assert_eq!(planned, 16);
}

#[test]
fn a_state_can_be_forked_cheaply() {
    assert!(size_of::<VirtualPerson>() <= 2_560, "{} bytes", size_of::<VirtualPerson>());
}
