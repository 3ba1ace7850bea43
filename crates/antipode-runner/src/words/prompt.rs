//! What people are told while a session runs.

use antipode_core::alarm::{AlarmCause, CALL_EVERY};
use antipode_core::plan::Cue;
use antipode_core::session::{EndCause, NotReady, View};
use antipode_core::step::Prompt;
use antipode_core::symptom::Symptom;
use antipode_safety::{Angle, Millis};

use super::alarm::{alarm, alarm_todo};
use super::cause::{cause, coming_up, outcome_sentence};
use super::emergency::{call, emergency_number};
use super::moment::prompt_at;
use super::refusal::{refusal, refusal_without_keys};
use super::symptom::symptom;
use super::{degrees, spoken_time};

/// One thing that people are told: a short text to speak, and more to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// At most twelve words; fit to be spoken aloud beside others.
    pub spoken: String,
    /// What the screen adds. May name a reason that is not spoken.
    pub shown: Option<String>,
    /// The keys of the screen for it, where the buttons of the table are not all there is.
    pub keys: Option<&'static str>,
}

impl Said {
    pub(super) fn only(spoken: impl Into<String>) -> Self {
        Self { spoken: spoken.into(), shown: None, keys: None }
    }

    pub(super) fn with(spoken: impl Into<String>, shown: impl Into<String>) -> Self {
        Self { shown: Some(shown.into()), ..Self::only(spoken) }
    }

    pub(super) fn keys(self, keys: &'static str) -> Self {
        Self { keys: Some(keys), ..self }
    }

    /// All parts in one line, for the screen, each button with its key.
    #[must_use]
    pub fn line(&self) -> String {
        let said = [Some(self.spoken.as_str()), self.shown.as_deref()].into_iter().flatten();
        let named = said.map(name_keys);
        named.chain(self.keys.map(str::to_owned)).collect::<Vec<_>>().join(" ")
    }
}

/// `text` with the key of the terminal beside each button that it asks for: a keyboard has keys of
/// its own that are labelled Return and OK is none of them.
#[must_use]
pub fn name_keys(text: &str) -> String {
    [
        ("old RETURN", "old RETURN (r)"),
        ("ress RETURN", "ress RETURN (r)"),
        ("or RETURN", "or RETURN (r)"),
        ("Press OK", "Press OK (o)"),
        ("Press resume", "Press resume (c)"),
        ("Press STOP", "Press STOP (space)"),
    ]
    .into_iter()
    .fold(text.to_owned(), |text, (button, with_key)| text.replace(button, with_key))
}

/// The words for a prompt where nothing but the buttons of the table takes an answer: no key of
/// the screen is offered. What is spoken stands in quotation marks.
#[must_use]
pub fn prompt_without_keys(said: Prompt, view: &View) -> String {
    let now = prompt_at(said, view);
    let said = if let Prompt::NotReady(why) | Prompt::NotTaken(why) = said
        && now == prompt(said)
    {
        let refusal = refusal_without_keys(why);
        Said::with(refusal.spoken, refusal.sentence())
    } else {
        now
    };
    let Said { spoken, shown, keys: _ } = said;
    shown.map_or_else(|| format!("\"{spoken}\""), |shown| format!("\"{spoken}\" {shown}"))
}

/// The words for a prompt.
#[must_use]
pub fn prompt(prompt: Prompt) -> Said {
    match prompt {
        Prompt::ConfirmPerson => confirm_person(),
        Prompt::ConfirmAreaClear => confirm_area_clear(),
        Prompt::TryStop => Said::only("Press STOP once, so we know it works."),
        Prompt::AcknowledgeStop => acknowledge_stop(),
        Prompt::TryReturn => Said::only("Press RETURN once, so we know it works."),
        Prompt::PressStart => Said::only("Everything is ready. Press OK to start."),
        Prompt::NotReady(why) | Prompt::NotTaken(why) => refused(why),
        Prompt::ProofTilt(tilt) => proof_tilt(tilt),
        Prompt::HeelsHeld | Prompt::HeelsHeldAgain => heels_held(),
        Prompt::Lowering(tilt) => lowering(tilt),
        Prompt::Raising(tilt) => raising(tilt),
        Prompt::Holding(time) => holding(time),
        Prompt::Resting(time) => Said::only(format!("Resting for {}.", spoken_time(time))),
        Prompt::ConfirmLatches => confirm_latches(),
        Prompt::OkToGoOn => ok_to_go_on(),
        Prompt::OwnPace => own_pace(),
        Prompt::HoldOk => hold_ok(),
        Prompt::Say(what) => Said::only(cue(what)),
        Prompt::RedFlag(what) => red_flag(what, emergency_number()),
        Prompt::Heard(what) => heard(what),
        Prompt::CheckIn => Said::only("Are you all right? Press OK."),
        Prompt::CheckInAgain => Said::only("Are you all right? Press OK, or the table comes up."),
        Prompt::ComingUp(why) => Said::with(coming_up(why), format!("Reason: {}.", cause(why))),
        Prompt::ComingUpIn(time) => coming_up_in(time),
        Prompt::HeldHere(why) => held_here(why),
        Prompt::HoldReturnToComeUp => hold_return_to_come_up(),
        Prompt::HelpByHand(why) => help_by_hand(why),
        Prompt::Eased(tilt) => eased(tilt),
        Prompt::Shortened => Said::only("Shorter: half of what is left."),
        Prompt::Paused => paused(),
        Prompt::Done(outcome) => Said::only(outcome_sentence(outcome)),
        Prompt::HalfWayUpright => Said::only("Half way up. Keep holding."),
        Prompt::DwellUpright(time) => dwell_upright(time),
        Prompt::MayReleaseAnkles => Said::only("You may open the ankle hold now. Hold on."),
        Prompt::AlarmAgain { cause, times } => alarm_again(cause, times),
    }
}

fn confirm_person() -> Said {
    Said::only("Are you the person named on the screen? Press OK.").keys("Press n if not.")
}

fn confirm_area_clear() -> Said {
    Said::with(
        "Is the space around and under the table clear? Press OK.",
        "Look for children, pets, bags and hands. Is a phone within reach?",
    )
}

fn confirm_latches() -> Said {
    Said::with(
        "Spotter, are both ankle holds closed? Press OK.",
        "No sensor sees them: look, and pull at each. Without your word nobody is lowered.",
    )
    .keys("At this terminal: y yes, n no.")
}

fn acknowledge_stop() -> Said {
    Said::only("Let STOP go, then confirm.").keys("On this terminal: x lets go, k confirms.")
}

fn refused(why: NotReady) -> Said {
    let refusal = refusal(why);
    Said::with(refusal.spoken, refusal.sentence())
}

fn proof_tilt(tilt: Angle) -> Said {
    Said::only(format!("First a small tilt to {} degrees, to test the ankle hold.", degrees(tilt)))
}

fn heels_held() -> Said {
    Said::only("Did your heels stay in place? Press OK for yes.")
        .keys("Press n if they moved at all.")
}

fn lowering(tilt: Angle) -> Said {
    Said::only(format!("Lowering to {} degrees now. Press RETURN to come up.", degrees(tilt)))
}

fn raising(tilt: Angle) -> Said {
    if tilt.is_head_down() {
        Said::only(format!("Coming up to {} degrees now.", degrees(tilt)))
    } else {
        Said::only("Coming up now, to lying level.")
    }
}

fn holding(time: Millis) -> Said {
    Said::only(format!("Staying here for {}. Breathe slowly.", spoken_time(time)))
}

fn own_pace() -> Said {
    Said::with(
        "Your pace: hold OK to go down, let go to stay.",
        "A short press of OK comes up again.",
    )
    .keys("On this terminal: keep pressing d to go down, o comes up.")
}

fn ok_to_go_on() -> Said {
    Said::with("Press OK when you want to go on.", "Or press RETURN to finish here.")
}

fn hold_ok() -> Said {
    Said::with("Hold OK down now. Letting go brings you up.", "On the hand control of the table.")
        .keys("No key of this terminal does it.")
}

fn coming_up_in(time: Millis) -> Said {
    Said::only(format!("Coming up in {}. Press STOP again to stay here.", spoken_time(time)))
}

fn held_here(why: EndCause) -> Said {
    Said::with(
        "The table is holding still. Somebody must come to the table.",
        format!("Reason: {}. Press RETURN to come up.", cause(why)),
    )
}

fn hold_return_to_come_up() -> Said {
    Said::only("Stopped. Hold RETURN to come up.")
        .keys("On this terminal: keep pressing r or Enter. Once the bed is up: x lets STOP go, k confirms.")
}

fn help_by_hand(why: EndCause) -> Said {
    Said::with(
        "The table cannot move by itself. Helper: bring it up by hand.",
        format!("Reason: {}. Use the release or crank of this table.", cause(why)),
    )
}

fn eased(tilt: Angle) -> Said {
    if tilt.is_head_down() {
        Said::only(format!("Easier: at most {} degrees from now on.", degrees(tilt)))
    } else {
        Said::only("Easier: no tilting head-down from now on.")
    }
}

fn paused() -> Said {
    Said::with(
        "Paused. Press resume, or RETURN to come up.",
        "Head-down, a pause turns into coming up after 30 seconds.",
    )
}

fn dwell_upright(time: Millis) -> Said {
    Said::with(
        format!("Stay strapped and stand still for {}.", spoken_time(time)),
        "Blood pressure needs this time to settle.",
    )
}

/// Spoken without the symptom: others may be in the room. Whoever calls reads it out.
pub(super) fn red_flag(what: Symptom, number: Option<&str>) -> Said {
    Said::with(
        "Do not use the table. Get emergency help now.",
        format!(
            "{} Say: \"Somebody was on an inversion table and reports {}.\" Lie flat until help is \
             there.",
            call(number),
            symptom(what)
        ),
    )
}

fn heard(what: Symptom) -> Said {
    Said::with(
        "Thank you for telling us.",
        format!("You said: {}. Tell whoever stands by.", symptom(what)),
    )
}

fn alarm_again(cause: AlarmCause, times: u16) -> Said {
    let passed = Millis::new(CALL_EVERY.get().saturating_mul(times.into()));
    let (what, todo) = (alarm(cause), alarm_todo(cause));
    let shown = format!("For {} nobody has seen it: {what}. {todo}", spoken_time(passed));
    let said = if cause == AlarmCause::RedFlag {
        let call = call(emergency_number());
        Said::with("Get emergency help now. Come to the table.", format!("{shown} {call}"))
    } else {
        Said::with("Alarm. Somebody must come to the table now.", shown)
    };
    said.keys("Press a to say that you have seen it.")
}

/// The words for a text of a plan.
#[must_use]
pub const fn cue(cue: Cue) -> &'static str {
    match cue {
        Cue::BreatheSlowly => "Breathe slowly and evenly.",
        Cue::RelaxShoulders => "Let your shoulders and jaw go soft.",
        Cue::ArmsBesideBody => "Keep your arms beside your body.",
        Cue::LookAtOnePoint => "Keep your eyes open and look at one point.",
        Cue::FeelYourFeet => "Do both feet feel firmly held? Say so if not.",
        Cue::NoticeYourLegs => "Say if anything in your legs or feet feels new.",
        Cue::HalfWay => "Half of the session is done.",
        Cue::LastBoutNext => "The next tilt is the last one.",
    }
}
