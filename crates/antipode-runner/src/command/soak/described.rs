//! A drawn run in the words of a scenario file, as far as these have them.

use std::fmt::Write;

use antipode_core::event::{Act, StopEvent};
use antipode_core::plan::SegmentKind;
use antipode_core::symptom::{Severity, Symptom};
use antipode_sim::faults::Fault;
use antipode_sim::person::Button;

use crate::sim_run::{ScriptedAct, SimSetup};
use crate::summary::Decimal;
use crate::words::degrees;

/// The faults and acts of `setup` as a scenario. The drawn plan, person and table stand in its
/// comments: the seed alone repeats the run exactly.
pub(super) fn toml(setup: &SimSetup) -> String {
    let mut text = String::new();
    let seed = setup.seed;
    let person = &setup.world.person;
    let tilts: Vec<String> = setup
        .program
        .segments()
        .iter()
        .filter_map(|segment| match segment.kind {
            SegmentKind::Move { to, .. } => Some(degrees(to)),
            SegmentKind::SelfPaced { .. }
            | SegmentKind::Hold { .. }
            | SegmentKind::Rest { .. }
            | SegmentKind::Say(_)
            | SegmentKind::WaitForPerson { .. }
            | SegmentKind::FinalRest { .. } => None,
        })
        .collect();
    line(
        &mut text,
        format_args!("# The smallest run of seed {seed} that still fails in this way."),
    );
    line(
        &mut text,
        format_args!(
            "# `antipode soak --seeds {seed}..{}` repeats the whole one exactly.",
            seed.saturating_add(1)
        ),
    );
    line(&mut text, format_args!("# Drawn plan: tilts {}.", tilts.join(", ")));
    line(
        &mut text,
        format_args!(
            "# Drawn person: {} cm, {} kg, {} years, {:?}, ankles {:?}, {:?}.",
            person.height_cm,
            person.mass_kg,
            person.age,
            person.sex,
            person.ankle_setting,
            person.profile
        ),
    );
    let plant = &setup.world.plant;
    line(
        &mut text,
        format_args!(
            "# Drawn table: rescue {:?}, {} latch sensors, inclinometer {}, boom offset {} mm.",
            plant.rescue, plant.latch_sensors, plant.angle.inclinometer, plant.boom_offset_mm
        ),
    );
    if setup.company.is_alone() {
        line(&mut text, format_args!("# Nobody stands by, which no scenario file can say."));
    }
    line(&mut text, format_args!("schema = 1\nplan = \"first-week\"\nseed = {seed}"));
    for one in &setup.faults {
        fault(&mut text, one);
    }
    for (index, (at, act)) in setup.acts.iter().enumerate() {
        let later = setup.acts.get(index + 1..).unwrap_or(&[]);
        self::act(&mut text, *at, *act, later);
    }
    line(&mut text, format_args!("\n[expect]\nfinal_tilt_deg = [-10, 0]"));
    text
}

/// Writing into a string cannot fail.
fn line(text: &mut String, what: std::fmt::Arguments<'_>) {
    writeln!(text, "{what}").unwrap_or_default();
}

fn seconds(ms: u64) -> Decimal {
    Decimal(i64::try_from(ms).unwrap_or(i64::MAX))
}

fn fault(text: &mut String, fault: &Fault) {
    let Fault { kind, at_ms, for_ms, rate_permille, value } = fault;
    line(
        text,
        format_args!("\n[[fault]]\nkind = \"{}\"\nat = \"{}s\"", kind.name(), seconds(*at_ms)),
    );
    if let Some(for_ms) = for_ms {
        line(text, format_args!("for = \"{}s\"", seconds(*for_ms)));
    }
    if let Some(rate) = rate_permille {
        line(text, format_args!("rate = {}", Decimal((*rate).into())));
    }
    if let Some(value) = value {
        line(text, format_args!("value = {}", Decimal(*value)));
    }
}

fn act(text: &mut String, at: u64, act: ScriptedAct, later: &[(u64, ScriptedAct)]) {
    let Some(kind) = word(act) else {
        // Its end is written with its beginning.
        if !matches!(act, ScriptedAct::FixedStop(false) | ScriptedAct::DeadMan(false)) {
            line(text, format_args!("\n# at {} s: {act:?}", seconds(at)));
        }
        return;
    };
    line(text, format_args!("\n[[act]]\nkind = \"{kind}\"\nat = \"{}s\"", seconds(at)));
    let until = |end: ScriptedAct| {
        let end = later.iter().find(|(_, later)| *later == end);
        end.map(|(end, _)| end.saturating_sub(at))
    };
    let lasts = match act {
        ScriptedAct::Button(_, for_ms) => Some(for_ms),
        ScriptedAct::FixedStop(true) => until(ScriptedAct::FixedStop(false)),
        ScriptedAct::DeadMan(true) => until(ScriptedAct::DeadMan(false)),
        ScriptedAct::Terminal(_)
        | ScriptedAct::Network(_)
        | ScriptedAct::Stop(_)
        | ScriptedAct::Symptom(..)
        | ScriptedAct::FixedStop(false)
        | ScriptedAct::DeadMan(false)
        | ScriptedAct::Input(_)
        | ScriptedAct::SpotterGoes
        | ScriptedAct::SpotterComes => None,
    };
    if let Some(lasts) = lasts {
        line(text, format_args!("for = \"{}s\"", seconds(lasts)));
    }
    if let ScriptedAct::Symptom(_, severity) = act {
        let value = match severity {
            Severity::Mild => 1,
            Severity::Moderate => 2,
            Severity::Severe => 3,
        };
        line(text, format_args!("value = {value}"));
    }
}

/// The word of scenario files for what the swarm makes people do.
fn word(act: ScriptedAct) -> Option<&'static str> {
    let known = [
        (ScriptedAct::Terminal(Act::Return), "return"),
        (ScriptedAct::Network(Act::Return), "network-return"),
        (ScriptedAct::Terminal(Act::Pause), "pause"),
        (ScriptedAct::Terminal(Act::Resume), "resume"),
        (ScriptedAct::Terminal(Act::Easier), "easier"),
        (ScriptedAct::Terminal(Act::Shorter), "shorter"),
        (ScriptedAct::Stop(StopEvent::Pressed), "stop"),
        (ScriptedAct::Stop(StopEvent::Released), "stop-release"),
        (ScriptedAct::Stop(StopEvent::Acknowledged), "stop-acknowledge"),
        (ScriptedAct::FixedStop(true), "fixed-stop"),
        (ScriptedAct::DeadMan(true), "dead-man"),
        (ScriptedAct::SpotterGoes, "spotter-goes"),
        (ScriptedAct::SpotterComes, "spotter-comes"),
    ];
    match act {
        ScriptedAct::Symptom(symptom, _) => symptom_word(symptom),
        ScriptedAct::Button(Button::Return, _) => Some("hand-return"),
        ScriptedAct::Button(Button::Stop, _) => Some("hand-stop"),
        ScriptedAct::Button(Button::Ok, _) => Some("hand-ok"),
        ScriptedAct::Button(Button::Easier, _) => Some("hand-easier"),
        ScriptedAct::Terminal(_)
        | ScriptedAct::Network(_)
        | ScriptedAct::Stop(_)
        | ScriptedAct::FixedStop(_)
        | ScriptedAct::DeadMan(_)
        | ScriptedAct::Input(_)
        | ScriptedAct::SpotterGoes
        | ScriptedAct::SpotterComes => {
            known.iter().find(|(known, _)| *known == act).map(|(_, word)| *word)
        }
    }
}

const fn symptom_word(symptom: Symptom) -> Option<&'static str> {
    Some(match symptom {
        Symptom::HeadPressure => "symptom-head-pressure",
        Symptom::Headache => "symptom-headache",
        Symptom::AnklePain => "symptom-ankle-pain",
        Symptom::MorePain => "symptom-more-pain",
        Symptom::Dizziness => "symptom-dizziness",
        Symptom::Nausea => "symptom-nausea",
        Symptom::Unease => "symptom-unease",
        Symptom::BlurredVision => "symptom-blurred-vision",
        Symptom::VisionLoss => "symptom-vision-loss",
        Symptom::Numbness => "symptom-numbness",
        Symptom::Weakness => "symptom-weakness",
        Symptom::ChestPain => "symptom-chest-pain",
        Symptom::Breathless => "symptom-breathless",
        Symptom::EarPain | Symptom::Sweating | Symptom::Palpitations | Symptom::SpeechTrouble => {
            return None;
        }
    })
}

#[cfg(test)]
mod tests {
    use antipode_files::{Source, read_scenario};

    use super::toml;
    use crate::sim_run::draw;
    use crate::vocabulary::vocabulary;

    #[test]
    fn every_drawn_run_is_written_as_a_scenario_that_can_be_read() {
        let mut acts = 0;
        for seed in 0..300 {
            let setup = draw::setup(seed);
            let text = toml(&setup);
            let read = read_scenario(&Source::new("drawn", text.clone()), &vocabulary());
            let read = read.unwrap_or_else(|findings| panic!("{text}\n{findings}")).value;
            assert_eq!(read.faults.len(), setup.faults.len(), "{text}");
            acts += read.acts.len();
        }
        assert!(acts > 200, "only {acts} acts were written");
    }
}
