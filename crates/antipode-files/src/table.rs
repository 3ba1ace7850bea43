//! Reading a table file: which driver, where, and what it may not do.

mod sensor;

use antipode_device::{Address, Rescue};
use antipode_safety::{Angle, EffortFigure, Layer, Limits, Narrowing, Rate, Why};

use crate::document::Read;
use crate::fields::Fields;
use crate::finding::{Findings, Sink};
use crate::key::{Key, Kind, LINE, SCHEMA, Shape, may, must};
use crate::source::Source;

pub use sensor::{AngleSensor, Sensors, VitalsSensor};

static RESCUES: [&str; 4] = ["gravity", "battery", "crank", "none"];

static NAME: Key = must("name", Kind::Name, "Short name, the file's name without its ending.");
static TITLE: Key = may("title", Kind::Text(LINE), "One line for people.");
static DRIVER: Key =
    must("driver", Kind::Name, "The driver that speaks to it; see `antipode drivers`.");
static ADDRESS: Key = may(
    "address",
    Kind::Text(LINE),
    "Where it is: a port such as /dev/serial/by-id/..., or a radio address. It is never searched.",
);
static MODEL: Key =
    may("model", Kind::Name, "The model file that says what it can do, where it cannot itself.");
static LIMITS: Key = may(
    "limits",
    Kind::Table(&LIMITS_SHAPE),
    "What this table may not pass; it can only make limits tighter.",
);
static TILT_DEG: Key = may(
    "tilt_deg",
    Kind::Decimal { unit: "degrees", least: 0, most: 75_000 },
    "Deepest head-down tilt.",
);
static SPEED: Key = may(
    "deg_per_s",
    Kind::Decimal { unit: "degrees a second", least: 500, most: 6_000 },
    "Fastest travel by plan.",
);
static RESCUE: Key =
    must("rescue", Kind::Table(&RESCUE_SHAPE), "How a person comes back when all power is gone.");
static WITHOUT_POWER: Key = must(
    "without_power",
    Kind::Word(&RESCUES),
    "gravity, battery, crank (a spotter turns it) or none; with none it never goes head-down.",
);
static EFFORT: Key = may(
    "effort",
    Kind::Table(&EFFORT_SHAPE),
    "What its motor needs in the small test tilt, measured on it; another weight is refused.",
);
static EMPTY_MA: Key = may(
    "empty_ma",
    Kind::Whole { least: -50_000, most: 50_000 },
    "Motor current of lowering less that of coming up, in milliamperes, with the empty bed.",
);
static MA_PER_KG: Key = must(
    "ma_per_kg",
    Kind::Decimal { unit: "milliamperes a kilogram", least: 500, most: 500_000 },
    "What each kilogram adds to it at the right height setting.",
);
static SENSOR: Key =
    may("sensor", Kind::Table(&sensor::SENSOR), "Sensors that stand beside the table.");

static ACTIONS: [&str; 2] = ["hold", "return"];
static FEW_LATCHES: Key = may(
    "few_latches",
    Kind::Table(&FEW_LATCHES_SHAPE),
    "What a motor drive behind a guardian does when this computer is lost and fewer than two sensors \
     see the ankle holds; left out: it holds.",
);
static ACTION: Key = must(
    "action",
    Kind::Word(&ACTIONS),
    "hold where it is, or return: somebody may be half out of the ankle holds.",
);
static DECIDED_BY: Key = must("decided_by", Kind::Text(LINE), "Who decided it.");
static DECIDED_ON: Key = must("decided_on", Kind::Date, "The date.");

static FEW_LATCHES_SHAPE: Shape = Shape {
    about: "A decision of the site about people whose ankles nobody sees.",
    keys: &[&ACTION, &DECIDED_BY, &DECIDED_ON],
};
/// A table file.
pub(crate) static TABLE: Shape = Shape {
    about: "One table: its driver, where it is, and limits tighter than the hard ones.",
    keys: &[
        &SCHEMA,
        &NAME,
        &TITLE,
        &DRIVER,
        &ADDRESS,
        &MODEL,
        &LIMITS,
        &RESCUE,
        &EFFORT,
        &SENSOR,
        &FEW_LATCHES,
    ],
};
static LIMITS_SHAPE: Shape = Shape {
    about: "What this table may not pass. A value wider than another limit changes nothing.",
    keys: &[&TILT_DEG, &SPEED],
};
static EFFORT_SHAPE: Shape = Shape {
    about: "The effort of the motor as `run --ballast` shows it; only where the table reports its \
            motor current.",
    keys: &[&EMPTY_MA, &MA_PER_KG],
};
static RESCUE_SHAPE: Shape =
    Shape { about: "How a person comes back without power.", keys: &[&WITHOUT_POWER] };

/// A table as its file describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableFile {
    /// Short name.
    pub name: String,
    /// One line for people, the name where none is given.
    pub title: String,
    /// Name of its driver; whether there is such a driver is known to the program only.
    pub driver: String,
    /// Where it is, empty for a table inside this process.
    pub address: Address,
    /// Name of its model file.
    pub model: Option<String>,
    /// Deepest tilt, where the file says one.
    pub tilt: Option<Angle>,
    /// Fastest travel, where the file says one.
    pub rate: Option<Rate>,
    /// How a person comes back without power.
    pub rescue: Rescue,
    /// What its motor needs, where somebody measured it.
    pub effort: Option<EffortFigure>,
    /// What stands beside it.
    pub sensors: Sensors,
    /// What follows the loss of the host with fewer than two latch sensors, where it was decided.
    pub few_latches: Option<FewLatches>,
}

/// A decision about the loss of the host while nobody sees both ankle holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FewLatches {
    /// The table comes up by itself all the same; else it holds.
    pub returns: bool,
    /// Who decided it.
    pub decided_by: String,
    /// When.
    pub decided_on: jiff::civil::Date,
}

fn few_latches(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<FewLatches> {
    let word = |returns| if returns { "return" } else { "hold" };
    let returns = fields.choice(&ACTION, &[false, true], word, sink);
    let decided_by = fields.text(&DECIDED_BY, sink);
    let decided_on = fields.date(&DECIDED_ON, sink);
    Some(FewLatches { returns: returns?, decided_by: decided_by?, decided_on: decided_on? })
}

impl TableFile {
    /// The inclinometer that a commissioning record of this table is bound to, in words: what it is,
    /// where, and how it is mounted. That of a table with a model is bound with its drive, whose
    /// number and settings hold it.
    pub(crate) fn bound_sensor(&self) -> Option<String> {
        let angle = self.sensors.angle.as_ref().filter(|_| self.model.is_none())?;
        Some(angle.words())
    }

    /// `limits` with what this file narrows.
    ///
    /// A table without a return of its own when power is gone is narrowed to level: it may be
    /// looked at and moved in the rest band, but carries nobody head-down (H-14).
    #[must_use]
    pub fn narrow(&self, limits: Limits) -> Limits {
        let own = Narrowing {
            tilt: self.tilt,
            lower_rate: self.rate,
            raise_rate: self.rate,
            ..Narrowing::NONE
        };
        let limits = limits.narrow(Layer::Table, Why::TableModel, own);
        match self.rescue {
            Rescue::Gravity | Rescue::Battery | Rescue::Crank => limits,
            Rescue::None => limits.narrow(
                Layer::Table,
                Why::NoReturnWithoutPower,
                Narrowing { tilt: Some(Angle::LEVEL), ..Narrowing::NONE },
            ),
        }
    }
}

/// Reads a table.
///
/// # Errors
/// Every finding, when one of them is an error.
pub fn read_table(source: &Source) -> Result<Read<TableFile>, Findings> {
    crate::document::read(source, &TABLE, table)
}

fn table(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<TableFile> {
    let name = fields.name(&NAME, sink);
    let title = fields.text(&TITLE, sink);
    let driver = fields.name(&DRIVER, sink);
    let address = fields.text(&ADDRESS, sink);
    let model = fields.name(&MODEL, sink);
    let limits = fields.table(&LIMITS, sink);
    let tilt = limits.as_ref().and_then(|limits| limits.tilt(&TILT_DEG, sink));
    let rate = limits.as_ref().and_then(|limits| limits.rate(&SPEED, sink));
    let rescue = fields
        .table(&RESCUE, sink)
        .and_then(|rescue| rescue.choice(&WITHOUT_POWER, &Rescue::ALL, Rescue::as_str, sink));
    let effort = fields.table(&EFFORT, sink).and_then(|fields| effort(&fields, sink));
    let sensors = fields.table(&SENSOR, sink).map(|fields| sensor::sensors(&fields, sink));
    let few_latches =
        fields.table(&FEW_LATCHES, sink).and_then(|fields| few_latches(&fields, sink));
    let name = name?;
    Some(TableFile {
        title: title.unwrap_or_else(|| name.clone()),
        name,
        driver: driver?,
        address: Address(address.unwrap_or_default()),
        model,
        tilt,
        rate,
        rescue: rescue?,
        effort,
        sensors: sensors.unwrap_or_default(),
        few_latches,
    })
}

fn effort(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<EffortFigure> {
    let empty_ma = fields.whole(&EMPTY_MA, sink).unwrap_or(0);
    // Thousandths of a milliampere are microamperes.
    let microamps_per_kg = fields.decimal(&MA_PER_KG, sink)?;
    Some(EffortFigure {
        empty_ma: i32::try_from(empty_ma).ok()?,
        microamps_per_kg: u32::try_from(microamps_per_kg).ok()?,
    })
}
