//! Every interleaving of the STOP word; see [`StopWord`] for the command.

use loom::sync::Arc;
use loom::thread;

use super::{Acknowledged, StopSource, StopWord};

/// A command that was taken before a STOP is old once STOP was pressed, whichever way the two race.
#[test]
fn no_command_outlives_a_stop() {
    loom::model(|| {
        let word = Arc::new(StopWord::new());
        let sender = {
            let word = Arc::clone(&word);
            thread::spawn(move || word.take_command())
        };
        assert!(word.press(StopSource::HandControl));
        assert_eq!(word.take_command(), None, "given after the press returned");
        let taken = sender.join().unwrap();
        assert!(word.is_latched());
        if let Some(number) = taken {
            assert!(!word.is_current(number));
        }
    });
}

/// Two people press while a sender goes on: both presses hold, exactly one is the first.
#[test]
fn no_press_is_lost_among_presses_and_commands() {
    loom::model(|| {
        let word = Arc::new(StopWord::new());
        let other = {
            let word = Arc::clone(&word);
            thread::spawn(move || word.press(StopSource::Network))
        };
        let sender = {
            let word = Arc::clone(&word);
            thread::spawn(move || {
                let number = word.take_command();
                number.is_some_and(|number| word.is_current(number))
            })
        };
        let here = word.press(StopSource::HandControl);
        let there = other.join().unwrap();
        sender.join().unwrap();
        assert!(here != there, "one press latches, the other finds it latched");
        assert!(word.is_latched());
        assert!(word.is_pressed(StopSource::HandControl) && word.is_pressed(StopSource::Network));
    });
}

/// Somebody presses while another acknowledges the STOP before: the new one stays.
#[test]
fn no_acknowledgement_clears_a_stop_that_came_after_it() {
    loom::model(|| {
        let word = Arc::new(StopWord::new());
        word.press(StopSource::Terminal);
        word.release(StopSource::Terminal);
        let seen = word.generation();
        let presser = {
            let word = Arc::clone(&word);
            thread::spawn(move || {
                word.press(StopSource::HandControl);
                word.release(StopSource::HandControl);
            })
        };
        let outcome = word.acknowledge(seen);
        presser.join().unwrap();
        assert!(word.is_latched(), "the newer STOP was lost to {outcome:?}");
        assert_ne!(outcome, Acknowledged::NotLatched);
        assert_eq!(word.take_command(), None);
    });
}

/// A release of one source never takes a press of another with it.
#[test]
fn no_release_takes_another_press_with_it() {
    loom::model(|| {
        let word = Arc::new(StopWord::new());
        word.press(StopSource::Terminal);
        let releaser = {
            let word = Arc::clone(&word);
            thread::spawn(move || word.release(StopSource::Terminal))
        };
        word.press(StopSource::Table);
        releaser.join().unwrap();
        assert!(word.is_pressed(StopSource::Table) && !word.is_pressed(StopSource::Terminal));
        assert_eq!(word.acknowledge(word.generation()), Acknowledged::StillPressed);
        assert!(word.is_latched());
    });
}
