//! What every window shows, from the smallest on: nothing that is needed is hidden or cut.

use super::*;

/// What stands on the screen, whatever the breaks of its lines.
fn flat(picture: &str) -> String {
    let words: Vec<&str> =
        picture.split(['"', '\n', ' ']).filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// Every state in which the screen asks, warns or leads somewhere.
fn scenes() -> Vec<Scene> {
    let mut asks: Vec<Scene> = [
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
    .map(|question| scene(View { question: Some(question), ..view() }))
    .into();
    let up = View { tilt: Some(Angle::REST_AIM), ..stopped().view };
    let let_go = View { question: Some(Question::AcknowledgeStop), ..up };
    asks.extend([scene(view()), stopped(), scene(up), scene(let_go)]);
    for cause in crate::vocabulary::CAUSES {
        asks.push(scene(View { cause: Some(cause), ..stopped().view }));
    }
    for outcome in Outcome::ALL {
        let finished = View { state: StateKind::Finished, outcome: Some(outcome), ..view() };
        asks.push(Scene { over: true, ..scene(finished) });
    }
    for cause in AlarmCause::ALL {
        let mut one = view();
        one.alarms.set(cause, true);
        asks.push(scene(one));
        one.alarms.set(cause, false);
        asks.push(scene(one));
    }
    asks.push(Scene { leaving: true, ..scene(view()) });
    asks
}

/// Windows from the smallest on, with every step in layout.
const WINDOWS: [(u16, u16); 13] = [
    (40, 10),
    (40, 24),
    (43, 13),
    (44, 14),
    (50, 12),
    (59, 20),
    (60, 19),
    (60, 20),
    (61, 16),
    (79, 23),
    (80, 24),
    (100, 30),
    (132, 43),
];

#[test]
fn every_symptom_can_be_chosen_by_sight_from_the_smallest_window_on() {
    use super::super::menu::page;
    for size in WINDOWS {
        for stop in [false, true] {
            let view = if stop { stopped().view } else { view() };
            for second in [false, true] {
                let scene = Scene { menu: Menu::What { second }, ..scene(view) };
                let text = flat(&picture(&scene, size, PLAIN));
                for (digit, symptom) in (1..).zip(page(second)) {
                    let entry = format!("{digit} {}", crate::words::symptom(*symptom));
                    assert!(text.contains(&entry), "{size:?} {stop} {entry}\n{text}");
                }
                for words in ["What do you feel?", "0 more, b back", "space STOP"] {
                    assert!(text.contains(words), "{size:?} {words}\n{text}");
                }
            }
            for symptom in Symptom::ALL {
                let scene = Scene { menu: Menu::HowStrong(symptom), ..scene(view) };
                let text = flat(&picture(&scene, size, PLAIN));
                for entry in ["1 a little", "2 clearly", "3 badly", "b back", "space STOP"] {
                    assert!(text.contains(entry), "{size:?} {symptom:?} {entry}\n{text}");
                }
                assert!(text.contains(crate::words::symptom(symptom)), "{size:?}\n{text}");
            }
        }
    }
}

#[test]
fn every_window_shows_the_way_to_stop_and_the_way_up_in_every_state() {
    for size in WINDOWS {
        for scene in scenes() {
            let text = flat(&picture(&scene, size, PLAIN));
            let up = scene.view.stopped && scene.view.tilt == Some(Angle::REST_AIM);
            assert!(text.contains("space STOP"), "{size:?}\n{text}");
            // Under STOP and up, x and k are what leads on.
            let ways: &[&str] = if up { &["k to confirm"] } else { &["RETURN"] };
            assert!(ways.iter().all(|way| text.contains(way)), "{size:?}\n{text}");
            if let Some((asked, keys)) =
                crate::words::question_now(&scene.view).filter(|_| !scene.view.stopped)
            {
                assert!(text.contains(asked) && text.contains(keys), "{size:?} {asked}\n{text}");
            }
        }
    }
}

#[test]
fn no_word_is_cut_in_any_window() {
    use std::collections::BTreeSet;
    let words = |text: &str| -> BTreeSet<String> {
        flat(text)
            .split(' ')
            .map(|word| word.trim_end_matches(['.', ';', ',']).to_owned())
            .collect()
    };
    // Windows in which nothing is left out, of both kinds: high and wide, and high and narrow.
    let whole = |scene: &Scene| -> BTreeSet<String> {
        let sizes = [(600, 60), (59, 400), (600, 19)];
        sizes.iter().flat_map(|size| words(&picture(scene, *size, PLAIN))).collect()
    };
    for scene in scenes() {
        let known = whole(&scene);
        for size in WINDOWS {
            let text = picture(&scene, size, PLAIN);
            let letters = |word: &&String| word.chars().any(|c| c.is_ascii_alphabetic());
            for word in words(&text).iter().filter(letters) {
                assert!(known.contains(word), "{size:?}: {word:?} is cut\n{text}");
            }
        }
    }
}

#[test]
fn a_window_that_is_too_small_says_so_with_the_size_that_is_needed() {
    for size in [(20, 12), (39, 10), (40, 9), (30, 8)] {
        let text = flat(&picture(&scene(view()), size, PLAIN));
        for words in ["29.8", "STOP", "RETURN", "too small", "40 columns wide and 10 rows high"] {
            assert!(text.contains(words), "{size:?} {words}\n{text}");
        }
    }
    for size in WINDOWS {
        assert!(!picture(&scene(view()), size, PLAIN).contains("too small"), "{size:?}");
    }
}

#[test]
fn an_alarm_says_whether_it_is_still_so_and_which_key_says_that_it_was_seen() {
    let mut view = view();
    view.alarms.set(AlarmCause::StoppedHeadDown, true);
    for size in WINDOWS {
        let text = flat(&picture(&scene(view), size, PLAIN));
        assert!(text.contains("now: stopped head-down"), "{size:?}\n{text}");
        assert!(text.contains("press a once you have seen it"), "{size:?}\n{text}");
    }
    // The bed is level: what was to be done is not to be done any more.
    view.alarms.set(AlarmCause::StoppedHeadDown, false);
    for size in WINDOWS {
        let text = flat(&picture(&scene(view), size, PLAIN));
        assert!(text.contains("was: stopped head-down"), "{size:?}\n{text}");
        assert!(text.contains("press a once you have seen it"), "{size:?}\n{text}");
        assert!(!text.contains("Hold RETURN"), "{size:?}\n{text}");
    }
    view.alarms.acknowledge();
    assert!(picture(&scene(view), (80, 24), PLAIN).contains("no alarm"));
    // A warning sign stays one after the motion.
    view.alarms.set(AlarmCause::RedFlag, true);
    view.alarms.set(AlarmCause::RedFlag, false);
    let text = flat(&picture(&scene(view), (80, 24), PLAIN));
    assert!(text.contains("was: warning sign reported. Do not use the table again."), "{text}");
    // Seen and still so: the key has nothing left to do.
    view.alarms.acknowledge();
    view.alarms.set(AlarmCause::Hot, true);
    view.alarms.acknowledge();
    let text = flat(&picture(&scene(view), (80, 24), PLAIN));
    assert!(
        text.contains("now: drive hot or not fit (seen)") && !text.contains("press a to"),
        "{text}"
    );
}

#[test]
fn every_key_is_named_in_every_window_with_a_picture() {
    for size in WINDOWS.into_iter().filter(|(width, height)| *width >= 60 && *height >= 20) {
        let text = picture(&scene(view()), size, PLAIN);
        for key in ["o OK", "y/n", "1-9 I feel", "f feet", "a/m alarms", "x/k STOP off", "q quit"] {
            assert!(text.contains(key), "{size:?} {key}\n{text}");
        }
    }
}

#[test]
fn a_message_without_room_shows_its_beginning_and_never_its_end_alone() {
    let long = "First come up: hold RETURN (r). Confirm STOP after that. \
                To come up keep pressing r or Enter.";
    for size in WINDOWS {
        let mut scene = stopped();
        scene.view.alarms = Alarms::NONE;
        let at = Timestamp::from_millis(252_000);
        scene.said =
            vec![Said { at, text: "An older text.".into() }, Said { at, text: long.into() }];
        let text = flat(&picture(&scene, size, PLAIN));
        assert!(!text.contains("4:12") || text.contains("4:12 First come"), "{size:?}\n{text}");
        let end = text.contains("after that. To come up keep pressing r or Enter.");
        let begin = text.contains("First come up: hold");
        assert!(begin || !end, "{size:?}\n{text}");
        let cut = begin && !end;
        assert_eq!(cut, text.contains(".."), "{size:?}\n{text}");
    }
}

#[test]
fn an_open_menu_leaves_tilt_state_time_and_what_is_asked_in_sight() {
    for size in [(60, 20), (80, 24), (132, 43)] {
        for second in [false, true] {
            let mut asked = view();
            asked.question = Some(Question::CheckIn);
            asked.alarms.set(AlarmCause::RedFlag, true);
            let scene = Scene { menu: Menu::What { second }, over: true, ..scene(asked) };
            let text = flat(&picture(&scene, size, PLAIN));
            for words in [
                "29.8",
                "running the plan",
                "1:32 to go",
                "What do you feel?",
                "Are you all right?",
                "now: warning sign reported",
                "b back o OK a alarm seen q quit",
            ] {
                assert!(text.contains(words), "{size:?} {words}\n{text}");
            }
        }
    }
}

#[test]
fn the_end_that_was_asked_for_says_what_it_waits_for() {
    let leaving = |view| flat(&picture(&Scene { leaving: true, ..scene(view) }, (80, 24), PLAIN));
    let resting = View { tilt: Some(Angle::REST_AIM), state: StateKind::Closing, ..view() };
    let text = leaving(resting);
    assert!(text.contains("Ending after the last rest, 1:32."), "{text}");
    assert!(leaving(view()).contains("Coming up; the program ends after that."));
    assert!(leaving(View { until: None, ..resting }).contains("as soon as the bed stands"));
}

#[test]
fn a_stop_on_trial_that_was_let_go_is_only_to_be_confirmed() {
    let asked = |stopped| {
        let question = Some(Question::AcknowledgeStop);
        let trial = View { state: StateKind::SelfTest, question, stopped, ..view() };
        flat(&picture(&scene(trial), (80, 24), PLAIN))
    };
    assert!(asked(true).contains("STOP pressed: let it go, then confirm. x lets STOP go"));
    let let_go = asked(false);
    assert!(let_go.contains("STOP was let go: confirm it. k confirms"), "{let_go}");
}

#[test]
fn figures_say_nothing_odd_at_rest() {
    let rest = View {
        state: StateKind::Finished,
        tilt: Some(Angle::REST_AIM),
        tilt_limit: Angle::REST_AIM,
        rate: Rate::clamped(-200),
        next_target: None,
        ..view()
    };
    let text = flat(&picture(&scene(rest), (80, 24), PLAIN));
    for odd in ["at most -3", "-0.2", "ms old", "- (1 of 3"] {
        assert!(!text.contains(odd), "{odd}\n{text}");
    }
    // A bed that turns without an order is shown as it turns.
    let slips = View { rate: Rate::clamped(600), ..rest };
    assert!(picture(&scene(slips), (80, 24), PLAIN).contains("0.6°/s"));
}
