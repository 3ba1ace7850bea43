//! Who stands by, and what must be true before nobody does.
//!
//! A person alone may be stuck head-down with nobody to help (H-01, H-24), so every part that would
//! replace a spotter is asked for by name, and all that is missing is said at once.

use antipode_core::plan::{Attendance, Block, Plan};
use antipode_core::session::{ALONE_LIMITS, AfterStopAlone, Company};
use antipode_device::Capabilities;
use antipode_files::{AfterStop, SiteFile, Source, read_site};
use antipode_safety::{Layer, Limits, Millis, Why};

use super::session::Refused;
use crate::failure::Failure;
use crate::folders::DataFolder;

/// After STOP, where somebody decided for coming up.
const AFTER_STOP: Millis = Millis::from_secs(30);

/// What the place has decided; `None` where nobody wrote it down.
///
/// # Errors
/// When the site file is there and cannot be used: what it forbids would not be known.
pub(super) fn site(data: &DataFolder) -> Result<Option<SiteFile>, Refused> {
    let source = match Source::load(&data.site()) {
        Ok(source) => source,
        Err(error) if error.is_missing() => return Ok(None),
        Err(error) => {
            return Err(Refused::by(Failure::refused(error.to_string()), vec![error.to_string()]));
        }
    };
    match read_site(&source) {
        Ok(read) => Ok(Some(read.value)),
        Err(findings) => Err(super::named::cannot_be_used("site", &findings)),
    }
}

/// Who must at least be there for a plan that runs with this company.
pub(super) const fn attendance(alone: bool) -> Option<Attendance> {
    if alone { Some(Attendance::AloneAllowed) } else { None }
}

/// `limits` as the place and the company narrow them. A site file that asks for a clinic is not
/// believed: nothing checks its signature yet.
pub(super) fn narrow(limits: Limits, site: Option<&SiteFile>, alone: bool) -> Limits {
    let limits = site.map_or(limits, |site| site.narrow(limits));
    if !alone {
        return limits;
    }
    limits.narrow(Layer::Site, Why::Alone, ALONE_LIMITS)
}

/// Who is there, once everything that replaces a spotter is known to be. `frees_alone`: the strapped
/// person was shown to get free without help.
///
/// # Errors
/// Everything that is missing for a session alone.
pub(super) fn company(
    alone: bool,
    site: Option<&SiteFile>,
    table: &Capabilities,
    frees_alone: bool,
    data: &DataFolder,
) -> Result<Company, Refused> {
    if !alone {
        return Ok(Company::Spotter);
    }
    let decided = site.and_then(|site| site.after_stop_alone.as_ref()).map(|after| after.action);
    let mut missing = missing(table);
    if !frees_alone {
        missing.push(
            "nobody has shown that the strapped person gets free within two minutes with the power \
             off: `self_release` of the commissioning record"
                .to_owned(),
        );
    }
    if decided.is_none() {
        missing.push(format!(
            "nobody has decided what happens to a person who pressed STOP alone and then fainted: \
             `[after_stop_alone]` is not in `{}`",
            data.site().display()
        ));
    }
    if decided == Some(AfterStop::Hold) && !table.rescue.works_alone() {
        missing.push(
            "STOP would hold the person head-down, and the table has no way back without power \
             that the strapped person can work"
                .to_owned(),
        );
    }
    match (decided, missing.is_empty()) {
        (Some(AfterStop::Hold), true) => Ok(Company::Alone(AfterStopAlone::Hold)),
        (Some(AfterStop::ReturnAfter30s), true) => {
            Ok(Company::Alone(AfterStopAlone::ReturnAfter(AFTER_STOP)))
        }
        (Some(_) | None, _) => Err(refused(missing)),
    }
}

/// Whether a dead-man can be asked for: only a switch of the table says when it is let go and when
/// it is unplugged. A key of a terminal says neither, and a keypad of this computer only the first.
///
/// # Errors
/// When the table has none, or the plan needs the same button for something else.
pub(super) fn dead_man(table: &Capabilities, plan: &Plan) -> Result<(), Refused> {
    if !table.hand_control {
        let failure = Failure::refused("this table has no hand control that could be a dead-man")
            .note("letting go must be seen at once, so a key of this terminal or a keypad is none")
            .help("leave `--dead-man` away: without one the table asks whether all is well")
            .help("`--ballast` always needs one; a motor drive behind a guardian carries none");
        return Err(failure.into());
    }
    if is_self_paced(&plan.blocks) {
        let failure = Failure::refused(format!(
            "the plan `{}` lets the person lower themselves by holding OK, which is the dead-man too",
            plan.name
        ))
        .note("letting go would stay here and come up there")
        .help("take another plan, or leave `--dead-man` away");
        return Err(failure.into());
    }
    Ok(())
}

fn is_self_paced(blocks: &[Block]) -> bool {
    blocks.iter().any(|block| match block {
        Block::SelfPaced(_) => true,
        Block::Repeat { blocks, .. } => is_self_paced(blocks),
        Block::Static(_)
        | Block::Steps(_)
        | Block::Alternating(_)
        | Block::Say(_)
        | Block::WaitForPerson { .. } => false,
    })
}

/// What the table lacks.
fn missing(table: &Capabilities) -> Vec<String> {
    let parts = [
        (table.hand_control, "the table has no hand control within reach of the strapped person"),
        (
            table.returns_without_host,
            "the table does not come up by itself when this computer is lost",
        ),
        (table.latch_sensors > 0, "the table has no sensor that sees an ankle latch open"),
        (
            table.simulated,
            "this version keeps no record of sessions with a spotter, and the first six need one",
        ),
    ];
    parts.into_iter().filter(|(there, _)| !there).map(|(_, why)| why.to_owned()).collect()
}

fn refused(missing: Vec<String>) -> Refused {
    let failure = Failure::refused("nobody may be head-down alone here");
    let failure = missing.iter().fold(failure, |failure, why| failure.note(why.clone()));
    Refused::by(failure.help("have somebody stand by, and leave `--alone` away"), missing)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use antipode_device::{Rescue, fixture::table};
    use antipode_safety::{Angle, Setting};

    use super::*;

    fn decided(action: &str) -> SiteFile {
        let text = format!(
            "schema = 1\nmode = \"home\"\nemergency_number = \"112\"\n[after_stop_alone]\n\
             action = \"{action}\"\ndecided_by = \"ada\"\ndecided_on = \"2026-01-31\"\n"
        );
        read_site(&Source::new("site", text)).unwrap().value
    }

    fn ask(site: Option<&SiteFile>, table: &Capabilities) -> Result<Company, String> {
        let data = DataFolder::find(Some(Path::new("d"))).unwrap();
        company(true, site, table, true, &data).map_err(|refused| format!("{refused:?}"))
    }

    #[test]
    fn the_decision_of_the_site_is_what_the_session_is_told() {
        let delay = AfterStopAlone::ReturnAfter(Millis::from_secs(30));
        let after = decided("return after 30s");
        assert_eq!(ask(Some(&after), &table()), Ok(Company::Alone(delay)));
        let hold = decided("hold");
        assert_eq!(ask(Some(&hold), &table()), Ok(Company::Alone(AfterStopAlone::Hold)));
    }

    #[test]
    fn without_a_decision_or_any_part_nobody_is_alone() {
        let after = decided("return after 30s");
        assert!(ask(None, &table()).unwrap_err().contains("nobody has decided"));
        let lacking = [
            (Capabilities { hand_control: false, ..table() }, "no hand control"),
            (Capabilities { returns_without_host: false, ..table() }, "by itself"),
            (Capabilities { latch_sensors: 0, ..table() }, "ankle latch"),
            (Capabilities { simulated: false, ..table() }, "no record of sessions"),
        ];
        for (table, why) in lacking {
            let refused = ask(Some(&after), &table).unwrap_err();
            assert!(refused.contains(why), "{why}: {refused}");
        }
    }

    #[test]
    fn nobody_is_alone_on_a_table_that_was_not_shown_to_let_them_free() {
        let data = DataFolder::find(Some(Path::new("d"))).unwrap();
        let site = decided("return after 30s");
        let refused = company(true, Some(&site), &table(), false, &data).unwrap_err();
        assert!(format!("{refused:?}").contains("self_release"), "{refused:?}");
    }

    #[test]
    fn hold_needs_a_way_back_that_the_strapped_person_can_work() {
        let crank = Capabilities { rescue: Rescue::Crank, ..table() };
        assert!(ask(Some(&decided("hold")), &crank).unwrap_err().contains("without power"));
        assert!(ask(Some(&decided("return after 30s")), &crank).is_ok());
    }

    #[test]
    fn a_dead_man_is_the_hand_control_of_the_table_and_nothing_else() {
        let preset = |name: &str| {
            let (name, text) =
                antipode_files::presets().iter().find(|(known, _)| *known == name).unwrap();
            antipode_files::read_plan(&Source::new(*name, *text)).unwrap().value.plan
        };
        let plan = preset("first-week");
        assert!(dead_man(&table(), &plan).is_ok());
        let none = Capabilities { hand_control: false, ..table() };
        let refused = format!("{:?}", dead_man(&none, &plan).unwrap_err());
        assert!(refused.contains("no hand control") && refused.contains("terminal"), "{refused}");
        let paced = preset("self-paced");
        let again =
            vec![Block::Repeat { times: std::num::NonZeroU16::MIN, blocks: paced.blocks.clone() }];
        for plan in [paced.clone(), Plan { blocks: again, ..paced }] {
            let refused = format!("{:?}", dead_man(&table(), &plan).unwrap_err());
            assert!(refused.contains("holding OK"), "{refused}");
        }
    }

    #[test]
    fn with_a_spotter_nothing_of_it_is_asked() {
        let data = DataFolder::find(Some(Path::new("d"))).unwrap();
        let bare = Capabilities { hand_control: false, latch_sensors: 0, ..table() };
        assert_eq!(company(false, None, &bare, false, &data).unwrap(), Company::Spotter);
    }

    #[test]
    fn alone_limits_are_those_for_people_alone_and_only_narrow() {
        let limits = narrow(Limits::hard(Setting::Home), None, true);
        assert_eq!(limits.tilt().value(), Angle::clamped(20_000));
        assert_eq!(limits.bout_hold().value(), Millis::from_secs(120));
        assert_eq!(limits.day_hold().value(), Millis::from_secs(360));
        assert_eq!(limits.tilt().why(), Why::Alone);
        let with = narrow(Limits::hard(Setting::Home), None, false);
        assert_eq!(with, Limits::hard(Setting::Home));
    }
}
