//! The words with which scenarios make people act, and what each word does in a run.

use antipode_core::event::{Act, Source, StopEvent, Vital};
use antipode_core::symptom::{Severity, Symptom};
use antipode_engine::Input;
use antipode_files::ScenarioAct;
use antipode_sim::person::Button;

use crate::sim_run::ScriptedAct;

/// A key that is held repeats this often; each repeat grants 700 ms, as in a terminal.
const REPEAT_MS: u64 = 500;
/// A body sensor measures this often.
const MEASURE_MS: u64 = 1_000;
/// How long a button of the hand control is pressed when nothing is said.
const PRESS_MS: u64 = 300;

/// What a word means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    /// One act from somewhere.
    Act(Act, Source),
    /// A key at the terminal that is held down for the length of the act.
    Held(Act),
    /// Something on the STOP lane.
    Stop(StopEvent, Source),
    /// A button of the hand control, pressed for the length of the act.
    Hand(Button),
    /// The fixed STOP beside the table, pressed for the length of the act.
    FixedStop,
    /// The session asks for a dead-man, which is held for the length of the act.
    DeadMan,
    /// A symptom is reported; its value is 1 a little, 2 clearly, 3 badly.
    Symptom(Symptom),
    /// A body sensor shows its value once a second for the length of the act.
    Sensor(Sensor),
    /// The spotter goes or comes back.
    Spotter(ScriptedAct),
}

/// A body sensor that a scenario plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sensor {
    HeartRate,
    Systolic,
    Saturation,
    Lost,
}

const fn at_terminal(act: Act) -> Meaning {
    Meaning::Act(act, Source::Terminal)
}

/// Every word and its meaning.
const WORDS: [(&str, Meaning); 50] = [
    ("return", at_terminal(Act::Return)),
    ("network-return", Meaning::Act(Act::Return, Source::Network)),
    ("interrupt", Meaning::Act(Act::Return, Source::Signal)),
    ("hold-return", Meaning::Held(Act::HoldReturn)),
    ("hold-lower", Meaning::Held(Act::HoldLower)),
    ("hold-upright", Meaning::Held(Act::HoldUpright)),
    ("hold-level", Meaning::Held(Act::HoldLevel)),
    ("pause", at_terminal(Act::Pause)),
    ("resume", at_terminal(Act::Resume)),
    ("network-resume", Meaning::Act(Act::Resume, Source::Network)),
    ("easier", at_terminal(Act::Easier)),
    ("shorter", at_terminal(Act::Shorter)),
    ("ok", at_terminal(Act::Ok)),
    ("no", at_terminal(Act::No)),
    ("start", at_terminal(Act::Start)),
    ("network-start", Meaning::Act(Act::Start, Source::Network)),
    ("network-confirm", Meaning::Act(Act::ConfirmPerson, Source::Network)),
    ("feet-slipping", at_terminal(Act::FeetSlipping)),
    ("acknowledge-alarms", at_terminal(Act::AcknowledgeAlarms)),
    ("silence-alarms", at_terminal(Act::SilenceAlarms)),
    ("stop", Meaning::Stop(StopEvent::Pressed, Source::Terminal)),
    ("stop-release", Meaning::Stop(StopEvent::Released, Source::Terminal)),
    ("stop-acknowledge", Meaning::Stop(StopEvent::Acknowledged, Source::Terminal)),
    ("network-stop", Meaning::Stop(StopEvent::Pressed, Source::Network)),
    ("network-acknowledge", Meaning::Stop(StopEvent::Acknowledged, Source::Network)),
    ("hand-return", Meaning::Hand(Button::Return)),
    ("hand-stop", Meaning::Hand(Button::Stop)),
    ("hand-ok", Meaning::Hand(Button::Ok)),
    ("hand-easier", Meaning::Hand(Button::Easier)),
    ("fixed-stop", Meaning::FixedStop),
    ("dead-man", Meaning::DeadMan),
    ("spotter-goes", Meaning::Spotter(ScriptedAct::SpotterGoes)),
    ("spotter-comes", Meaning::Spotter(ScriptedAct::SpotterComes)),
    ("heart-rate", Meaning::Sensor(Sensor::HeartRate)),
    ("systolic", Meaning::Sensor(Sensor::Systolic)),
    ("oxygen", Meaning::Sensor(Sensor::Saturation)),
    ("sensor-lost", Meaning::Sensor(Sensor::Lost)),
    ("symptom-head-pressure", Meaning::Symptom(Symptom::HeadPressure)),
    ("symptom-headache", Meaning::Symptom(Symptom::Headache)),
    ("symptom-ankle-pain", Meaning::Symptom(Symptom::AnklePain)),
    ("symptom-more-pain", Meaning::Symptom(Symptom::MorePain)),
    ("symptom-dizziness", Meaning::Symptom(Symptom::Dizziness)),
    ("symptom-nausea", Meaning::Symptom(Symptom::Nausea)),
    ("symptom-unease", Meaning::Symptom(Symptom::Unease)),
    ("symptom-blurred-vision", Meaning::Symptom(Symptom::BlurredVision)),
    ("symptom-vision-loss", Meaning::Symptom(Symptom::VisionLoss)),
    ("symptom-numbness", Meaning::Symptom(Symptom::Numbness)),
    ("symptom-weakness", Meaning::Symptom(Symptom::Weakness)),
    ("symptom-chest-pain", Meaning::Symptom(Symptom::ChestPain)),
    ("symptom-breathless", Meaning::Symptom(Symptom::Breathless)),
];

/// Every word, for whoever reads scenario files.
pub const ACTS: [&str; WORDS.len()] = {
    let mut names = [""; WORDS.len()];
    let mut index = 0;
    while index < names.len() {
        names[index] = WORDS[index].0;
        index += 1;
    }
    names
};

/// What the acts of a file do, in the order of time.
///
/// # Errors
/// A sentence for each act whose value or length means nothing.
pub(super) fn script(acts: &[ScenarioAct]) -> Result<Vec<(u64, ScriptedAct)>, Vec<String>> {
    let (mut script, mut wrong) = (Vec::new(), Vec::new());
    for act in acts {
        if let Err(problem) = play(act, &mut script) {
            wrong.push(format!("the act `{}` at {} s {problem}", act.kind, act.at.get() / 1_000));
        }
    }
    // Equal times keep the order of the file.
    script.sort_by_key(|(at, _)| *at);
    if wrong.is_empty() { Ok(script) } else { Err(wrong) }
}

/// Puts what one act does into `script`.
fn play(act: &ScenarioAct, script: &mut Vec<(u64, ScriptedAct)>) -> Result<(), &'static str> {
    let (_, meaning) =
        WORDS.iter().find(|(name, _)| *name == act.kind).ok_or("is not a word of scenarios")?;
    let at = act.at.get();
    let lasts = act.lasts.map(antipode_safety::Millis::get);
    let input = |input| ScriptedAct::Input(input);
    match *meaning {
        Meaning::Act(act, source) => script.push((at, input(Input::Act(act, source)))),
        Meaning::Held(act) => {
            let input = input(Input::Act(act, Source::Terminal));
            repeat(at, lasts, REPEAT_MS, input, script);
        }
        Meaning::Stop(stop, source) => script.push((at, input(Input::Stop(stop, source)))),
        Meaning::Hand(button) => {
            script.push((at, ScriptedAct::Button(button, lasts.unwrap_or(PRESS_MS))));
        }
        Meaning::FixedStop => {
            script.push((at, ScriptedAct::FixedStop(true)));
            if let Some(lasts) = lasts {
                script.push((at.saturating_add(lasts), ScriptedAct::FixedStop(false)));
            }
        }
        Meaning::DeadMan => {
            script.push((at, ScriptedAct::DeadMan(true)));
            if let Some(lasts) = lasts {
                script.push((at.saturating_add(lasts), ScriptedAct::DeadMan(false)));
            }
        }
        Meaning::Symptom(symptom) => {
            let severity = severity(act.value)?;
            script.push((at, input(Input::Symptom(symptom, severity))));
        }
        Meaning::Sensor(sensor) => {
            let vital = input(Input::Vital(measured(sensor, act.value)?));
            repeat(at, lasts, MEASURE_MS, vital, script);
        }
        Meaning::Spotter(act) => script.push((at, act)),
    }
    Ok(())
}

/// `act` once, and again every `every_ms` for as long as it lasts.
fn repeat(
    at: u64,
    lasts: Option<u64>,
    every_ms: u64,
    act: ScriptedAct,
    script: &mut Vec<(u64, ScriptedAct)>,
) {
    let times = lasts.unwrap_or(0) / every_ms;
    script.extend((0..=times).map(|turn| (at.saturating_add(turn * every_ms), act)));
}

const fn severity(value: Option<i64>) -> Result<Severity, &'static str> {
    match value {
        Some(1_000) => Ok(Severity::Mild),
        Some(2_000) | None => Ok(Severity::Moderate),
        Some(3_000) => Ok(Severity::Severe),
        Some(_) => Err("has a value other than 1 (a little), 2 (clearly) and 3 (badly)"),
    }
}

fn measured(sensor: Sensor, value: Option<i64>) -> Result<Vital, &'static str> {
    const NEEDS: &str = "needs what it measures as a whole number in `value`";
    let whole = || {
        let value = value.filter(|value| value % 1_000 == 0).ok_or(NEEDS)?;
        u16::try_from(value / 1_000).map_err(|_| NEEDS)
    };
    Ok(match sensor {
        Sensor::HeartRate => Vital::HeartRate(whole()?),
        // The lower value is not what such a scenario is about.
        Sensor::Systolic => Vital::BloodPressure { systolic: whole()?, diastolic: 80 },
        Sensor::Saturation => Vital::OxygenSaturation(u8::try_from(whole()?).map_err(|_| NEEDS)?),
        Sensor::Lost => Vital::Lost,
    })
}
