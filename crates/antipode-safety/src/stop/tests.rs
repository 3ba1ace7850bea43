#![cfg(not(loom))]

use super::*;

#[test]
fn the_first_press_latches_and_the_second_says_that_it_was_latched() {
    let word = StopWord::new();
    assert!(!word.is_latched());
    assert!(word.press(StopSource::HandControl));
    assert!(word.is_latched());
    assert!(!word.press(StopSource::Network));
    assert!(word.is_latched());
}

#[test]
fn leaving_stop_takes_release_and_then_acknowledge() {
    let word = StopWord::new();
    assert_eq!(word.acknowledge(word.generation()), Acknowledged::NotLatched);
    word.press(StopSource::Terminal);
    let seen = word.generation();
    assert_eq!(word.acknowledge(seen), Acknowledged::StillPressed);
    assert!(word.is_latched());
    word.release(StopSource::Terminal);
    assert!(word.is_latched(), "release alone leaves STOP latched");
    assert_eq!(word.acknowledge(seen), Acknowledged::Cleared);
    assert!(!word.is_latched());
    assert_eq!(word.acknowledge(word.generation()), Acknowledged::NotLatched);
}

#[test]
fn every_source_must_be_released() {
    for source in StopSource::ALL {
        for other in StopSource::ALL {
            let word = StopWord::new();
            word.press(source);
            word.press(other);
            assert!(word.is_pressed(source) && word.is_pressed(other));
            word.release(source);
            assert!(!word.is_pressed(source));
            assert_eq!(word.is_pressed(other), other != source);
            let expected =
                if other == source { Acknowledged::Cleared } else { Acknowledged::StillPressed };
            assert_eq!(word.acknowledge(word.generation()), expected);
        }
    }
}

#[test]
fn a_stop_that_nobody_saw_cannot_be_acknowledged() {
    let word = StopWord::new();
    word.press(StopSource::HandControl);
    word.release(StopSource::HandControl);
    let seen = word.generation();
    word.press(StopSource::Table);
    word.release(StopSource::Table);
    assert_eq!(word.acknowledge(seen), Acknowledged::NewerStop);
    assert!(word.is_latched());
    assert_eq!(word.acknowledge(word.generation()), Acknowledged::Cleared);
}

#[test]
fn a_command_is_given_only_while_stop_is_clear_and_is_old_after_it() {
    let word = StopWord::new();
    let first = word.take_command().unwrap();
    assert!(word.is_current(first));
    let second = word.take_command().unwrap();
    assert_eq!(second, first + 1);
    assert!(!word.is_current(first) && word.is_current(second));

    word.press(StopSource::Command);
    assert!(!word.is_current(second));
    assert_eq!(word.take_command(), None);
    assert!(!word.is_current(word.generation()), "nothing is current while STOP is latched");

    word.release(StopSource::Command);
    assert_eq!(word.take_command(), None);
    assert_eq!(word.acknowledge(word.generation()), Acknowledged::Cleared);
    assert!(!word.is_current(second), "a command from before a STOP stays old after it");
    assert!(word.take_command().is_some_and(|third| third > second));
}

#[test]
fn the_count_wraps_without_touching_stop_or_its_sources() {
    let word = StopWord { word: AtomicU32::new(StopWord::COUNT) };
    assert_eq!(word.take_command(), Some(0));
    assert!(!word.is_latched());
    assert!(StopSource::ALL.into_iter().all(|source| !word.is_pressed(source)));

    let word = StopWord { word: AtomicU32::new(StopWord::COUNT) };
    assert!(word.press(StopSource::HandControl));
    assert_eq!(word.generation(), 0);
    for source in StopSource::ALL {
        assert_eq!(word.is_pressed(source), source == StopSource::HandControl);
    }
}

#[test]
fn a_word_starts_clear() {
    let word = StopWord::default();
    assert_eq!((word.is_latched(), word.generation()), (false, 0));
    assert!(!word.is_pressed(StopSource::Engine));
}
