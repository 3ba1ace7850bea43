//! Reading the site file: what the place where tables stand has decided.

use antipode_safety::{Angle, Layer, Limits, Millis, Narrowing, Setting, Why};

use crate::document::Read;
use crate::fields::Fields;
use crate::finding::{Findings, Problem, Sink};
use crate::key::{Key, Kind, LINE, SCHEMA, Shape, may, must};
use crate::source::Source;

static MODES: [&str; 2] = ["home", "clinic"];
static AFTER_STOP: [&str; 2] = ["hold", "return after 30s"];

static MODE: Key = must(
    "mode",
    Kind::Word(&MODES),
    "home or clinic; clinic counts only when the file is signed, and is home until then.",
);
static EMERGENCY: Key = must(
    "emergency_number",
    Kind::Text(32),
    "The number to call in an emergency, shown with every red flag.",
);
static AFTER_STOP_ALONE: Key = may(
    "after_stop_alone",
    Kind::Table(&AFTER_STOP_SHAPE),
    "What happens after STOP when the person is alone; left out: nobody goes head-down alone.",
);
static ACTION: Key = must(
    "action",
    Kind::Word(&AFTER_STOP),
    "hold, or return after a spoken countdown that one press cancels.",
);
static DECIDED_BY: Key = must("decided_by", Kind::Text(LINE), "Who decided it.");
static DECIDED_ON: Key = must("decided_on", Kind::Text(10), "The date, such as 2026-01-31.");
static NEVER_SLEEPS: Key = may(
    "never_sleeps",
    Kind::Table(&NEVER_SLEEPS_SHAPE),
    "Who states that this computer never goes to sleep; left out: a lock against sleep must be held, \
     or nobody goes head-down on a drive without a controller.",
);
static LIMITS: Key = may(
    "limits",
    Kind::Table(&LIMITS_SHAPE),
    "What this place does not pass; it can only make limits tighter.",
);
static TILT_DEG: Key = may(
    "tilt_deg",
    Kind::Decimal { unit: "degrees", least: 0, most: 75_000 },
    "Deepest head-down tilt.",
);
static DAY_HOLD: Key = may(
    "day_hold",
    Kind::Duration { least: 0, most: 3_600_000 },
    "Longest hold of one person in one day.",
);
static BOUTS: Key =
    may("bouts_per_session", Kind::Whole { least: 1, most: 6 }, "Most bouts of one session.");

/// The site file.
pub(crate) static SITE: Shape = Shape {
    about: "What the place where tables stand has decided.",
    keys: &[&SCHEMA, &MODE, &EMERGENCY, &AFTER_STOP_ALONE, &NEVER_SLEEPS, &LIMITS],
};
static AFTER_STOP_SHAPE: Shape = Shape {
    about: "A decision about a person who pressed STOP alone and may have fainted since.",
    keys: &[&ACTION, &DECIDED_BY, &DECIDED_ON],
};
static NEVER_SLEEPS_SHAPE: Shape = Shape {
    about: "A statement that sleep is switched off on this computer, by its lid, its keys and its idling, \
            so that a guardian on it never leaves a person head-down.",
    keys: &[&DECIDED_BY, &DECIDED_ON],
};
static LIMITS_SHAPE: Shape = Shape {
    about: "What this place does not pass. A value wider than another limit changes nothing.",
    keys: &[&TILT_DEG, &DAY_HOLD, &BOUTS],
};

/// What the place has decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteFile {
    /// The setting that the file asks for. [`Setting::Clinic`] must not be believed before the
    /// file's signature was checked.
    pub mode: Setting,
    /// The number to call in an emergency.
    pub emergency_number: String,
    /// What happens after STOP when the person is alone, where somebody decided it.
    pub after_stop_alone: Option<AfterStopAlone>,
    /// Who states that this computer never sleeps, where somebody does.
    pub never_sleeps: Option<NeverSleeps>,
    /// What this place narrows.
    pub narrowing: Narrowing,
}

/// A statement that this computer never goes to sleep, where no lock against sleep can be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeverSleeps {
    /// Who states it.
    pub decided_by: String,
    /// When, as year, month and day.
    pub decided_on: String,
}

/// A decision about a person who pressed STOP alone and may have fainted since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AfterStopAlone {
    /// What happens.
    pub action: AfterStop,
    /// Who decided it.
    pub decided_by: String,
    /// When, as year, month and day.
    pub decided_on: String,
}

/// What happens after STOP when the person is alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AfterStop {
    /// The table stays; the person needs a return without power that works while strapped.
    Hold,
    /// The table returns after 30 seconds with a spoken countdown that one press cancels.
    ReturnAfter30s,
}

impl AfterStop {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Hold, Self::ReturnAfter30s];

    /// The words that a site file uses.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::ReturnAfter30s => "return after 30s",
        }
    }
}

impl SiteFile {
    /// `limits` with what this place narrows.
    #[must_use]
    pub fn narrow(&self, limits: Limits) -> Limits {
        limits.narrow(Layer::Site, Why::SiteRule, self.narrowing)
    }
}

/// Reads the site file.
///
/// # Errors
/// Every finding, when one of them is an error.
pub fn read_site(source: &Source) -> Result<Read<SiteFile>, Findings> {
    crate::document::read(source, &SITE, site)
}

fn site(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<SiteFile> {
    let mode = fields.choice(&MODE, &[Setting::Home, Setting::Clinic], mode_key, sink);
    let emergency_number = fields.text(&EMERGENCY, sink);
    let after_stop_alone =
        fields.table(&AFTER_STOP_ALONE, sink).and_then(|fields| after_stop(&fields, sink));
    let stated = fields.table(&NEVER_SLEEPS, sink);
    let never_sleeps = stated
        .and_then(|fields| decision(&fields, sink))
        .map(|Decision { decided_by, decided_on }| NeverSleeps { decided_by, decided_on });
    let limits = fields.table(&LIMITS, sink);
    let tilt: Option<Angle> = limits.as_ref().and_then(|limits| limits.tilt(&TILT_DEG, sink));
    let day_hold: Option<Millis> =
        limits.as_ref().and_then(|limits| limits.duration(&DAY_HOLD, sink));
    let bouts = limits.as_ref().and_then(|limits| limits.whole(&BOUTS, sink));
    Some(SiteFile {
        mode: mode?,
        emergency_number: emergency_number?,
        after_stop_alone,
        never_sleeps,
        narrowing: Narrowing {
            tilt,
            day_hold,
            bouts_per_session: bouts.and_then(|bouts| u8::try_from(bouts).ok()),
            ..Narrowing::NONE
        },
    })
}

fn after_stop(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<AfterStopAlone> {
    let action = fields.choice(&ACTION, &AfterStop::ALL, AfterStop::key, sink);
    let Decision { decided_by, decided_on } = decision(fields, sink)?;
    Some(AfterStopAlone { action: action?, decided_by, decided_on })
}

/// Who decided something, and when.
struct Decision {
    decided_by: String,
    decided_on: String,
}

fn decision(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<Decision> {
    let decided_by = fields.text(&DECIDED_BY, sink);
    let decided_on = fields.text(&DECIDED_ON, sink);
    if decided_on.as_deref().is_some_and(|date| !is_date(date)) {
        let why = "must be a date: year, month and day, such as 2026-01-31";
        sink.error(fields.span_of(&DECIDED_ON), Problem::Conflict { key: DECIDED_ON.name, why });
    }
    Some(Decision { decided_by: decided_by?, decided_on: decided_on? })
}

const fn mode_key(mode: Setting) -> &'static str {
    match mode {
        Setting::Home => "home",
        Setting::Clinic => "clinic",
    }
}

/// Whether `text` has the form of a date and a month and day that exist in some year.
fn is_date(text: &str) -> bool {
    let part = |range, least, most| {
        let digits: Option<&str> = text.get(range);
        digits
            .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|digits| digits.parse::<u16>().ok())
            .is_some_and(|number| (least..=most).contains(&number))
    };
    let dashes = text.get(4..5) == Some("-") && text.get(7..8) == Some("-");
    text.len() == 10 && dashes && part(0..4, 2020, 2200) && part(5..7, 1, 12) && part(8..10, 1, 31)
}
