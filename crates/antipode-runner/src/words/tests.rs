//! The catalogue against its own rules.

mod moment;

use antipode_core::alarm::AlarmCause;
use antipode_core::plan::Cue;
use antipode_core::session::{EndCause, NotReady, Outcome, Question, StateKind};
use antipode_core::step::Prompt;
use antipode_core::symptom::{Grade, Severity, Symptom};
use antipode_safety::{Angle, DriveState, Millis, Priority};

use super::*;
use crate::vocabulary::CAUSES;

/// Words that promise or frighten, in every text.
const NEVER: [&str; 9] = [
    "safe",
    "heal",
    "treat",
    "reverse",
    "decompress",
    "zero pressure",
    "pain-free",
    "cure",
    "contraindicat",
];
/// Words of engineers, in spoken texts.
const NEVER_SPOKEN: [&str; 6] = ["unresponsive", "failed", "guard", "error", "latched", "invalid"];
/// Words about a person's condition, in spoken texts.
const NEVER_ALOUD: [&str; 8] =
    ["pain", "dizz", "nausea", "numb", "chest", "sight", "heart", "weak"];

fn causes() -> Vec<EndCause> {
    let plain = CAUSES.into_iter().filter(|cause| !matches!(cause, EndCause::Symptom(_)));
    plain.chain(Symptom::ALL.into_iter().map(EndCause::Symptom)).collect()
}

fn prompts() -> Vec<Prompt> {
    let tilt = Angle::from_millideg(22_500).unwrap();
    let time = Millis::from_secs(150);
    let mut prompts = vec![
        Prompt::ConfirmPerson,
        Prompt::ConfirmAreaClear,
        Prompt::TryStop,
        Prompt::AcknowledgeStop,
        Prompt::TryReturn,
        Prompt::PressStart,
        Prompt::ProofTilt(tilt),
        Prompt::HeelsHeld,
        Prompt::HeelsHeldAgain,
        Prompt::Lowering(tilt),
        Prompt::Raising(tilt),
        Prompt::Holding(time),
        Prompt::Resting(time),
        Prompt::OkToGoOn,
        Prompt::ConfirmLatches,
        Prompt::OwnPace,
        Prompt::CheckIn,
        Prompt::CheckInAgain,
        Prompt::HoldReturnToComeUp,
        Prompt::Eased(tilt),
        Prompt::Shortened,
        Prompt::Paused,
        Prompt::AlarmAgain { cause: AlarmCause::LinkLost, times: 5 },
        Prompt::AlarmAgain { cause: AlarmCause::RedFlag, times: 5 },
        Prompt::HoldOk,
        Prompt::HalfWayUpright,
        Prompt::DwellUpright(time),
        Prompt::MayReleaseAnkles,
        Prompt::ComingUpIn(time),
    ];
    prompts
        .extend(NotReady::ALL.into_iter().flat_map(|w| [Prompt::NotReady(w), Prompt::NotTaken(w)]));
    prompts.extend(Symptom::ALL.into_iter().flat_map(|s| [Prompt::RedFlag(s), Prompt::Heard(s)]));
    prompts.extend(Cue::ALL.into_iter().map(Prompt::Say));
    prompts.extend(Outcome::ALL.into_iter().map(Prompt::Done));
    for cause in causes() {
        prompts.extend([
            Prompt::ComingUp(cause),
            Prompt::HeldHere(cause),
            Prompt::HelpByHand(cause),
        ]);
    }
    prompts
}

/// Numbers the kinds without gaps, so that the lists above cannot fall behind the enum.
const fn kind_of(prompt: Prompt) -> usize {
    match prompt {
        Prompt::ConfirmPerson => 0,
        Prompt::ConfirmAreaClear => 1,
        Prompt::TryStop => 2,
        Prompt::AcknowledgeStop => 3,
        Prompt::TryReturn => 4,
        Prompt::PressStart => 5,
        Prompt::NotReady(_) => 6,
        Prompt::ProofTilt(_) => 7,
        Prompt::HeelsHeld => 8,
        Prompt::Lowering(_) => 9,
        Prompt::Raising(_) => 10,
        Prompt::Holding(_) => 11,
        Prompt::Resting(_) => 12,
        Prompt::OkToGoOn => 13,
        Prompt::ConfirmLatches => 36,
        Prompt::OwnPace => 35,
        Prompt::Say(_) => 14,
        Prompt::CheckIn => 15,
        Prompt::ComingUp(_) => 16,
        Prompt::HeldHere(_) => 17,
        Prompt::HoldReturnToComeUp => 18,
        Prompt::HelpByHand(_) => 19,
        Prompt::Eased(_) => 20,
        Prompt::Shortened => 21,
        Prompt::Paused => 22,
        Prompt::Done(_) => 23,
        Prompt::HalfWayUpright => 24,
        Prompt::DwellUpright(_) => 25,
        Prompt::MayReleaseAnkles => 26,
        Prompt::NotTaken(_) => 27,
        Prompt::CheckInAgain => 28,
        Prompt::HeelsHeldAgain => 29,
        Prompt::ComingUpIn(_) => 30,
        Prompt::AlarmAgain { .. } => 31,
        Prompt::HoldOk => 32,
        Prompt::RedFlag(_) => 33,
        Prompt::Heard(_) => 34,
    }
}

/// Every text of the catalogue with what it belongs to.
fn all_texts() -> Vec<(String, String)> {
    let mut texts: Vec<(String, String)> = Vec::new();
    let mut add = |of: String, text: String| texts.push((of, text));
    for p in prompts() {
        add(format!("{p:?}"), prompt(p).line());
    }
    for c in causes() {
        add(format!("{c:?}"), cause(c));
    }
    for a in AlarmCause::ALL {
        add(format!("{a:?}"), format!("{} {}", alarm(a), alarm_todo(a)));
    }
    for q in questions() {
        add(format!("{q:?}"), format!("{} {}", question(q), question_keys(q)));
    }
    for s in StateKind::ALL {
        add(format!("{s:?}"), state(s).to_owned());
    }
    for d in DriveState::ALL {
        add(format!("{d:?}"), drive(d).to_owned());
    }
    for s in Symptom::ALL {
        add(format!("{s:?}"), symptom(s).to_owned());
    }
    for s in Severity::ALL {
        add(format!("{s:?}"), severity(s).to_owned());
    }
    for g in [Grade::Ease, Grade::Rest, Grade::End, Grade::EndAndLockOut] {
        add(format!("{g:?}"), grade(g).to_owned());
    }
    for o in Outcome::ALL {
        add(format!("{o:?}"), format!("{} {}", outcome(o), outcome_sentence(o)));
    }
    texts
}

const fn questions() -> [Question; 11] {
    [
        Question::Person,
        Question::Area,
        Question::TryStop,
        Question::AcknowledgeStop,
        Question::TryReturn,
        Question::Start,
        Question::Heels,
        Question::Latches,
        Question::GoOn,
        Question::OwnPace,
        Question::CheckIn,
    ]
}

fn has_word(text: &str, word: &str) -> bool {
    let text = text.to_lowercase();
    text.match_indices(word)
        .any(|(at, _)| !text[..at].chars().next_back().is_some_and(char::is_alphanumeric))
}

#[test]
fn the_samples_cover_every_prompt() {
    let mut kinds: Vec<usize> = prompts().into_iter().map(kind_of).collect();
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds, (0..37).collect::<Vec<_>>());
}

#[test]
fn spoken_texts_have_at_most_twelve_plain_words() {
    for p in prompts() {
        let spoken = prompt(p).spoken;
        let words = spoken.split_whitespace().count();
        assert!((1..=12).contains(&words), "{p:?}: {words} words: {spoken}");
        for word in NEVER_SPOKEN {
            assert!(!has_word(&spoken, word), "{p:?} says {word:?}: {spoken}");
        }
    }
}

#[test]
fn nothing_about_a_persons_condition_is_spoken() {
    for p in prompts() {
        let spoken = prompt(p).spoken;
        for word in NEVER_ALOUD {
            assert!(!has_word(&spoken, word), "{p:?} says {word:?}: {spoken}");
        }
    }
}

#[test]
fn no_text_promises_or_frightens() {
    for (of, text) in all_texts() {
        for word in NEVER {
            assert!(!has_word(&text, word), "{of} says {word:?}: {text}");
        }
        assert!(!text.is_empty(), "{of}");
    }
}

#[test]
fn a_refusal_names_rule_limit_way_out_and_whom_to_ask() {
    for why in NotReady::ALL {
        let refusal = refusal(why);
        for part in [refusal.what, refusal.limit, refusal.change, refusal.ask] {
            assert!(part.split_whitespace().count() >= 2, "{why:?}: {part}");
        }
        assert!(refusal.ask.contains("sk "), "{why:?}: {}", refusal.ask);
    }
}

#[test]
fn every_motion_is_announced_with_the_way_out() {
    let spoken = prompt(Prompt::Lowering(Angle::from_deg(20).unwrap())).spoken;
    assert_eq!(spoken, "Lowering to 20 degrees now. Press RETURN to come up.");
}

#[test]
fn a_red_flag_says_what_not_to_do_whom_to_call_and_what_to_tell_them() {
    for number in [None, Some("144")] {
        let said = super::prompt::red_flag(Symptom::ChestPain, number);
        assert_eq!(said.spoken, "Do not use the table. Get emergency help now.");
        let shown = said.shown.unwrap();
        let call = if number.is_some() { "Call 144." } else { "112 or 911" };
        for part in [call, "Say: ", "inversion table", symptom(Symptom::ChestPain)] {
            assert!(shown.contains(part), "{part}: {shown}");
        }
    }
    let todo = alarm_todo(AlarmCause::RedFlag);
    let again = prompt(Prompt::AlarmAgain { cause: AlarmCause::RedFlag, times: 1 }).line();
    for text in [todo, again.as_str()] {
        assert!(text.contains("emergency help now"), "{text}");
    }
}

#[test]
fn a_drive_that_must_not_run_is_not_called_hot_and_nothing_else() {
    // One fault of the wire stands for a drive too hot and for one not fit to run.
    for text in [
        cause(EndCause::Hot).to_string(),
        alarm(AlarmCause::Hot).to_owned(),
        antipode_safety::Fault::HotHard.to_string(),
    ] {
        assert!(text.contains("hot") && text.contains("or not "), "{text}");
    }
}

#[test]
fn keys_are_unique_within_their_kind() {
    let unique = |mut keys: Vec<&'static str>| {
        let count = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), count);
    };
    unique(AlarmCause::ALL.map(alarm_key).to_vec());
    unique(Outcome::ALL.map(outcome_key).to_vec());
    let plain = causes().into_iter().filter(|c| !matches!(c, EndCause::Symptom(_)));
    unique(plain.map(cause_key).collect());
}

#[test]
fn shapes_tell_priorities_apart_without_colour() {
    let all = [Priority::None, Priority::Low, Priority::Medium, Priority::High];
    let shapes: std::collections::BTreeSet<_> = all.into_iter().map(priority_shape).collect();
    assert_eq!(shapes.len(), 4);
}

#[test]
fn times_and_tilts_read_as_people_say_them() {
    for (seconds, spoken, shown) in [
        (1, "1 second", "0:01"),
        (60, "1 minute", "1:00"),
        (90, "90 seconds", "1:30"),
        (150, "2 minutes 30", "2:30"),
    ] {
        assert_eq!(spoken_time(Millis::from_secs(seconds)), spoken);
        assert_eq!(clock(Millis::from_secs(seconds)), shown);
    }
    assert_eq!(clock(Millis::new(1)), "0:01");
    for (millideg, text) in [(30_000, "30"), (12_549, "12.5"), (-40, "0"), (-2_960, "-3")] {
        assert_eq!(degrees(Angle::from_millideg(millideg).unwrap()), text);
    }
}

#[test]
fn what_a_summary_holds_is_told_in_words_and_not_in_those_of_documents() {
    for cause in AlarmCause::ALL {
        let told = alarm_of_key(alarm_key(cause));
        assert_eq!(told, alarm(cause));
        assert!(!told.contains('_'), "{told}");
    }
    assert_eq!(alarm_of_key("of_a_newer_program"), "of_a_newer_program");
    for known in CAUSES {
        let told = cause_of_key(cause_key(known));
        assert!(matches!(known, EndCause::Symptom(_)) || told == cause(known), "{told}");
        assert!(!told.contains('_'), "{told}");
    }
    for known in Outcome::ALL {
        assert_eq!(outcome_of_key(outcome_key(known)), outcome(known));
    }
}

#[test]
fn without_a_screen_no_key_of_it_is_offered() {
    let keys =
        ["a", "b", "c", "d", "e", "f", "h", "k", "l", "m", "n", "o", "p", "q", "r", "u", "x"];
    let view = crate::screen::tests::view();
    for said in prompts() {
        let line = prompt_without_keys(said, &view);
        assert!(line.starts_with('"') && !line.contains("terminal"), "{line}");
        let mut letters = line.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() == 1);
        // The article, as in "a session starts": no key is ever written alone but in lower case.
        let offered = letters.find(|word| *word != "a" && keys.contains(word));
        assert_eq!(offered, None, "{line}");
    }
}
