//! What the virtual person feels, presses and answers.

use super::person::{SEEDS, level, lie, turn, with};
use antipode_safety::Switch;
use antipode_sim::person::{
    Act, AnkleSetting, Answer, Button, CheckIn, PersonConfig, Profile, Symptom,
};

/// Share of 200 people who begin to feel `symptom` during `minutes` at `tilt_deg`.
fn share_with(config: &PersonConfig, symptom: Symptom, tilt_deg: i32, minutes: u64) -> f64 {
    let feels = |seed: &u64| {
        let mut person = level(config, *seed);
        let mut felt = false;
        for minute in 0..minutes {
            lie(&mut person, minute * 60_000, tilt_deg, 60_000);
            felt |= person
                .take_acts()
                .as_slice()
                .iter()
                .any(|act| matches!(act.act, Act::Feels { symptom: s, .. } if s == symptom));
        }
        felt
    };
    (0..SEEDS).filter(feels).count() as f64 / SEEDS as f64
}

#[test]
fn symptoms_grow_with_their_cause() {
    let person = PersonConfig::reference();
    for (symptom, mild, harsh) in [
        (Symptom::HeadPressure, 15, 75),
        (Symptom::BlurredVision, 30, 80),
        (Symptom::AnklePain, 15, 60),
        (Symptom::Anxiety, 40, 75),
    ] {
        let (mild, harsh) =
            (share_with(&person, symptom, mild, 10), share_with(&person, symptom, harsh, 10));
        assert!(mild < 0.1 && harsh > mild + 0.05, "{symptom:?}: {mild} {harsh}");
    }
    let loose = PersonConfig { ankle_setting: AnkleSetting::Loose, ..PersonConfig::reference() };
    let pain = |config| share_with(config, Symptom::AnklePain, 30, 10);
    assert!(pain(&loose) > pain(&person));
}

#[test]
fn coming_up_fast_makes_dizzy_and_slowly_does_not() {
    let dizzy = |config: &PersonConfig, deg_per_s: f64| {
        (0..100)
            .filter(|&seed| {
                let mut person = level(config, seed);
                let (end, _) = turn(&mut person, 0, 60.0, -75.0, deg_per_s);
                lie(&mut person, end, -75, 20_000);
                person.take_acts().as_slice().iter().any(|act| {
                    matches!(act.act, Act::Feels { symptom: Symptom::Dizziness, .. } | Act::Faints)
                })
            })
            .count()
    };
    assert_eq!(dizzy(&PersonConfig::reference(), 1.5), 0);
    assert!(dizzy(&PersonConfig::reference(), 37.5) > 60);
    assert!(dizzy(&with(Profile::Orthostatic), 3.0) > 30);
}

#[test]
fn a_strong_symptom_makes_the_person_press_return_after_a_human_time() {
    let mut pressed = 0;
    for seed in 0..100 {
        let mut person = level(&with(Profile::Orthostatic), seed);
        let (end, _) = turn(&mut person, 0, 60.0, -75.0, 6.0);
        lie(&mut person, end, -75, 20_000);
        let acts = person.take_acts();
        let strong =
            acts.as_slice().iter().find(|a| matches!(a.act, Act::Feels { strength: 6.., .. }));
        let press = acts.as_slice().iter().find(|a| matches!(a.act, Act::Press(Button::Return)));
        if let (Some(strong), Some(press)) = (strong, press) {
            pressed += 1;
            assert!((400..=3_100).contains(&(press.at_ms - strong.at_ms)), "{strong:?} {press:?}");
        }
    }
    assert!(pressed > 20, "{pressed}");
}

#[test]
fn a_well_person_answers_check_ins_with_ok_nearly_always() {
    let (mut answered, mut slowest) = (0, 0);
    for seed in 0..500 {
        let mut person = level(&PersonConfig::reference(), seed);
        person.ask(1_000, CheckIn::AllWell);
        lie(&mut person, 0, 5, 15_000);
        for act in person.take_acts().as_slice() {
            if act.act == Act::Press(Button::Ok) {
                answered += 1;
                slowest = slowest.max(act.at_ms - 1_000);
                assert!(act.at_ms >= 1_700);
            }
        }
    }
    assert!((485..500).contains(&answered), "{answered}");
    assert!((2_500..=8_100).contains(&slowest), "{slowest}");
}

#[test]
fn a_well_person_answers_a_missed_question_when_it_is_put_again() {
    let (mut missed, mut answered) = (0, 0);
    for seed in 0..4_000 {
        let mut person = level(&PersonConfig::reference(), seed);
        person.ask(1_000, CheckIn::AllWell);
        lie(&mut person, 0, 0, 9_500);
        if person.take_acts().as_slice().is_empty() {
            missed += 1;
            person.ask_again(9_500, CheckIn::AllWell);
            lie(&mut person, 9_500, 0, 9_000);
            answered += u32::from(person.has_acts());
        }
    }
    assert!((20..80).contains(&missed), "{missed}");
    assert!(answered + 3 >= missed, "{answered} of {missed}");
}

#[test]
fn being_asked_again_puts_no_answer_off_and_changes_no_later_one() {
    for seed in 0..200 {
        let acts = |repeats: bool| {
            let mut person = level(&PersonConfig::reference(), seed);
            let mut acts = Vec::new();
            for question in 0..20 {
                let from = question * 20_000;
                person.ask(from, CheckIn::Comfort);
                lie(&mut person, from, 0, 700);
                let quick = person.has_acts();
                if repeats && !quick {
                    person.ask_again(from + 700, CheckIn::Comfort);
                }
                lie(&mut person, from + 700, 0, 19_300);
                acts.push(person.take_acts().as_slice().first().map(|act| act.at_ms));
            }
            acts
        };
        for (plain, again) in acts(false).into_iter().zip(acts(true)) {
            assert!(plain.is_none() || plain == again, "seed {seed}: {plain:?} {again:?}");
        }
    }
}

#[test]
fn questions_are_answered_in_words() {
    let mut person = level(&PersonConfig::reference(), 3);
    person.ask(0, CheckIn::Comfort);
    lie(&mut person, 0, 0, 10_000);
    person.ask(10_000, CheckIn::HeelsMoved);
    lie(&mut person, 10_000, 0, 10_000);
    person.feel_heels_move();
    person.ask(20_000, CheckIn::HeelsMoved);
    lie(&mut person, 20_000, 0, 10_000);
    let acts = person.take_acts();
    let said: Vec<Act> = acts.as_slice().iter().map(|a| a.act).collect();
    assert_eq!(
        said,
        [Act::Says(Answer::Comfort(9)), Act::Says(Answer::No), Act::Says(Answer::Yes)]
    );
    assert_eq!(acts.missed(), 0);
}

#[test]
fn a_fainted_person_lets_go_falls_silent_and_comes_round_only_when_level() {
    let mut person = level(&PersonConfig::reference(), 5);
    person.hold_dead_man(true);
    person.press_at(Button::Ok, 9_500, 5_000);
    person.faint_at(10_000, 20_000);
    lie(&mut person, 0, -60, 9_900);
    assert!(person.dead_man_held() && person.switches().has(Switch::Ok));
    let before = person.vitals();
    lie(&mut person, 9_900, -60, 100_000);
    assert!(!person.is_conscious() && !person.dead_man_held());
    assert!(!person.switches().has(Switch::Ok));
    person.hold_dead_man(true);
    assert!(!person.dead_man_held(), "nobody grips while unconscious");
    let after = person.vitals();
    assert!(after.heart_rate + 20 < before.heart_rate && after.systolic + 25 < before.systolic);
    person.ask(109_900, CheckIn::AllWell);
    lie(&mut person, 109_900, 0, 40_000);
    assert!(person.is_conscious());
    let acts = person.take_acts();
    let acts: Vec<Act> = acts.as_slice().iter().map(|a| a.act).collect();
    assert_eq!(
        acts,
        [Act::Press(Button::Ok), Act::Faints, Act::LetGo(Button::Ok), Act::ComesRound]
    );
}

#[test]
fn scripted_presses_hold_the_switch_for_their_time() {
    let mut person = level(&PersonConfig::reference(), 1);
    assert!(person.press_at(Button::Return, 200, 300));
    for (now, down) in [(100, false), (200, true), (490, true), (500, false)] {
        person.advance(now, 0, 0);
        assert_eq!(person.switches().has(Switch::Return), down, "{now}");
    }
}

#[test]
fn a_panic_presses_many_buttons_and_ends() {
    let mut person = level(&PersonConfig::reference(), 1);
    person.mash(1_000, 4_000);
    let mut presses = 0;
    for tick in 0..1_000u64 {
        person.advance(tick * 10, 0, 0);
        for act in person.take_acts().as_slice() {
            presses += u32::from(matches!(act.act, Act::Press(_)));
            assert!((1_000..4_500).contains(&act.at_ms));
        }
    }
    assert!((10..40).contains(&presses), "{presses}");
    assert_eq!(person.switches(), antipode_safety::Switches::NONE);
}

#[test]
fn somebody_who_ignores_questions_gives_no_answer() {
    let mut person = level(&PersonConfig::reference(), 1);
    person.ignore_check_ins(true);
    for minute in 0..20 {
        person.ask(minute * 60_000, CheckIn::AllWell);
        lie(&mut person, minute * 60_000, 0, 7_500);
        person.ask_again(minute * 60_000 + 7_500, CheckIn::AllWell);
        lie(&mut person, minute * 60_000 + 7_500, 0, 52_500);
    }
    assert!(person.take_acts().as_slice().is_empty());
}

#[test]
fn a_symptom_is_felt_once_and_fades_when_its_cause_is_gone() {
    let mut faded = 0;
    for seed in 0..SEEDS {
        let mut person = level(&PersonConfig::reference(), seed);
        lie(&mut person, 0, 75, 900_000);
        let acts = person.take_acts();
        let felt = acts
            .as_slice()
            .iter()
            .filter(|a| matches!(a.act, Act::Feels { symptom: Symptom::HeadPressure, .. }));
        let felt = felt.count();
        assert!(felt <= 1, "{felt} times");
        assert_eq!(person.strength(Symptom::HeadPressure) > 0, felt == 1);
        lie(&mut person, 900_000, 0, 80_000);
        assert_eq!(person.strength(Symptom::HeadPressure), 0);
        faded += felt;
    }
    assert!(faded > 50, "{faded}");
}

#[test]
fn an_unconscious_person_feels_nothing_and_stays_out_for_the_scripted_time() {
    for seed in 0..20 {
        let mut person = level(&PersonConfig::reference(), seed);
        person.faint_at(0, 600_000);
        lie(&mut person, 0, 75, 599_000);
        assert!(!person.is_conscious());
        let acts = person.take_acts();
        assert_eq!(acts.as_slice().len(), 1, "{:?}", acts.as_slice());
        lie(&mut person, 599_000, 75, 2_000);
        assert!(person.is_conscious());
    }
}

#[test]
fn a_question_from_before_a_faint_stays_unanswered() {
    for seed in 0..20 {
        let mut person = level(&PersonConfig::reference(), seed);
        person.ask(0, CheckIn::AllWell);
        person.faint_at(100, 1_000);
        lie(&mut person, 0, 0, 60_000);
        assert!(person.is_conscious());
        let acts = person.take_acts();
        assert!(!acts.as_slice().iter().any(|a| matches!(a.act, Act::Press(_))));
    }
}

#[test]
fn heels_in_a_loose_clamp_move_when_it_gets_steep() {
    for (ankle_setting, tilt_deg, answer) in [
        (AnkleSetting::Loose, 10, Answer::No),
        (AnkleSetting::Loose, 30, Answer::Yes),
        (AnkleSetting::Snug, 30, Answer::No),
    ] {
        let config = PersonConfig { ankle_setting, ..PersonConfig::reference() };
        let mut person = level(&config, 3);
        lie(&mut person, 0, tilt_deg, 5_000);
        person.ask(5_000, CheckIn::HeelsMoved);
        lie(&mut person, 5_000, 0, 10_000);
        let acts = person.take_acts();
        assert!(acts.as_slice().iter().any(|a| a.act == Act::Says(answer)), "{answer:?}");
    }
}
