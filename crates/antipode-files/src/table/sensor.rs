//! Sensors beside a table: what they are, where, and how an inclinometer is fixed to the bed.

use antipode_device::{Address, Axis, Mount, Sense};

use crate::fields::Fields;
use crate::finding::Sink;
use crate::key::{Key, Kind, LINE, Shape, may, must};

static AXES: [&str; 3] = ["x", "y", "z"];
static SIGNS: [&str; 2] = ["plus", "minus"];

static ANGLE: Key = may(
    "angle",
    Kind::Table(&ANGLE_SHAPE),
    "An inclinometer on the bed: a second angle for a table that measures one.",
);
static VITALS: Key = may("vitals", Kind::Table(&VITALS_SHAPE), "A body sensor on the person.");
static ANGLE_DRIVER: Key =
    must("driver", Kind::Name, "The driver that reads it: witmotion or bno-rvc.");
static VITALS_DRIVER: Key = must("driver", Kind::Name, "The driver that reads it: nonin.");
static ADDRESS: Key = must(
    "address",
    Kind::Text(LINE),
    "Its port, /dev/serial/by-id/..., with @BAUD behind it where it does not run at its maker's rate.",
);
static AXIS: Key = must(
    "axis",
    Kind::Word(&AXES),
    "The axis printed on the sensor that lies along the axis about which the bed turns.",
);
static SIGN: Key = must(
    "sign",
    Kind::Word(&SIGNS),
    "plus where the angle that the sensor shows about that axis grows as the bed turns head-down, \
     minus where it falls.",
);
static OFFSET_DEG: Key = must(
    "offset_deg",
    Kind::Decimal { unit: "degrees", least: -180_000, most: 180_000 },
    "What the sensor shows about that axis while the bed is level.",
);

/// The table `sensor` of a table file.
pub(super) static SENSOR: Shape =
    Shape { about: "Sensors beside the table.", keys: &[&ANGLE, &VITALS] };
static ANGLE_SHAPE: Shape = Shape {
    about: "An inclinometer that is fixed to the bed.",
    keys: &[&ANGLE_DRIVER, &ADDRESS, &AXIS, &SIGN, &OFFSET_DEG],
};
static VITALS_SHAPE: Shape = Shape { about: "A body sensor.", keys: &[&VITALS_DRIVER, &ADDRESS] };

/// An inclinometer as a table file describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AngleSensor {
    /// Name of its driver; whether there is such a driver is known to the program only.
    pub driver: String,
    /// Where it is.
    pub address: Address,
    /// How it is fixed to the bed.
    pub mount: Mount,
}

impl AngleSensor {
    /// All that makes it this one, in one line.
    pub(super) fn words(&self) -> String {
        let Self { driver, address: Address(address), mount } = self;
        let zero = mount.zero.millideg();
        let (axis, sign) = (axis_word(mount.axis), sense_word(mount.sense));
        format!("{driver} at {address}, axis {axis} {sign}, level at {zero} millidegrees")
    }
}

/// A body sensor as a table file describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VitalsSensor {
    /// Name of its driver; whether there is such a driver is known to the program only.
    pub driver: String,
    /// Where it is.
    pub address: Address,
}

/// The sensors beside a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sensors {
    /// On the bed.
    pub angle: Option<AngleSensor>,
    /// On the person.
    pub vitals: Option<VitalsSensor>,
}

pub(super) fn sensors(fields: &Fields<'_, '_>, sink: &mut Sink) -> Sensors {
    let angle = fields.table(&ANGLE, sink).and_then(|fields| angle(&fields, sink));
    let vitals = fields.table(&VITALS, sink).and_then(|fields| vitals(&fields, sink));
    Sensors { angle, vitals }
}

fn angle(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<AngleSensor> {
    let driver = fields.name(&ANGLE_DRIVER, sink);
    let address = fields.text(&ADDRESS, sink);
    let axis = fields.choice(&AXIS, &[Axis::X, Axis::Y, Axis::Z], axis_word, sink);
    let sense = fields.choice(&SIGN, &[Sense::Along, Sense::Against], sense_word, sink);
    let zero = fields.tilt(&OFFSET_DEG, sink);
    let mount = Mount { axis: axis?, sense: sense?, zero: zero? };
    Some(AngleSensor { driver: driver?, address: Address(address?), mount })
}

fn vitals(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<VitalsSensor> {
    let driver = fields.name(&VITALS_DRIVER, sink);
    let address = fields.text(&ADDRESS, sink);
    Some(VitalsSensor { driver: driver?, address: Address(address?) })
}

const fn axis_word(axis: Axis) -> &'static str {
    match axis {
        Axis::X => "x",
        Axis::Y => "y",
        Axis::Z => "z",
    }
}

const fn sense_word(sense: Sense) -> &'static str {
    match sense {
        Sense::Along => "plus",
        Sense::Against => "minus",
    }
}
