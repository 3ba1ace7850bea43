//! A refusal that was read a moment ago is not written again: a button that is pressed over and
//! over gets its answer once and not once a second. Questions, motions and what is wrong are
//! written every time.

use antipode_core::step::Prompt;
use antipode_safety::{Millis, Timestamp};

/// The same answer counts as new again after this long.
const QUIET: Millis = Millis::from_secs(10);

/// What was answered last.
#[derive(Debug, Default)]
pub struct Heard(Vec<(Timestamp, Prompt)>);

impl Heard {
    /// Whether `prompt` is to be written. An answer counts as written then.
    pub fn is_new(&mut self, at: Timestamp, prompt: Prompt) -> bool {
        self.0.retain(|(written, _)| at.since(*written) < QUIET);
        let new = !self.0.iter().any(|(_, written)| *written == prompt);
        if new && is_answer(prompt) {
            self.0.push((at, prompt));
        }
        new
    }
}

/// Whether it only answers what somebody did.
const fn is_answer(prompt: Prompt) -> bool {
    match prompt {
        Prompt::NotReady(_)
        | Prompt::NotTaken(_)
        | Prompt::AcknowledgeStop
        | Prompt::HoldReturnToComeUp => true,
        Prompt::ConfirmPerson
        | Prompt::ConfirmAreaClear
        | Prompt::TryStop
        | Prompt::TryReturn
        | Prompt::PressStart
        | Prompt::ProofTilt(_)
        | Prompt::HeelsHeld
        | Prompt::HeelsHeldAgain
        | Prompt::Lowering(_)
        | Prompt::Raising(_)
        | Prompt::Holding(_)
        | Prompt::Resting(_)
        | Prompt::ConfirmLatches
        | Prompt::OkToGoOn
        | Prompt::OwnPace
        | Prompt::Say(_)
        | Prompt::RedFlag(_)
        | Prompt::Heard(_)
        | Prompt::CheckIn
        | Prompt::CheckInAgain
        | Prompt::ComingUp(_)
        | Prompt::ComingUpIn(_)
        | Prompt::HeldHere(_)
        | Prompt::HelpByHand(_)
        | Prompt::Eased(_)
        | Prompt::Shortened
        | Prompt::Paused
        | Prompt::Done(_)
        | Prompt::HoldOk
        | Prompt::AlarmAgain { .. }
        | Prompt::HalfWayUpright
        | Prompt::DwellUpright(_)
        | Prompt::MayReleaseAnkles => false,
    }
}

#[cfg(test)]
mod tests {
    use antipode_core::session::NotReady;

    use super::*;

    fn at(second: u64) -> Timestamp {
        Timestamp::from_millis(second * 1_000)
    }

    #[test]
    fn a_refusal_is_written_again_only_after_ten_quiet_seconds() {
        let mut heard = Heard::default();
        let refusal = Prompt::NotTaken(NotReady::StopLatched);
        let new: Vec<u64> = (0..25).filter(|second| heard.is_new(at(*second), refusal)).collect();
        assert_eq!(new, [0, 10, 20]);
        assert!(heard.is_new(at(24), Prompt::NotTaken(NotReady::NotLocal)));
    }

    #[test]
    fn a_question_is_written_every_time() {
        let mut heard = Heard::default();
        assert!((0..5).all(|second| heard.is_new(at(second), Prompt::CheckIn)));
    }
}
