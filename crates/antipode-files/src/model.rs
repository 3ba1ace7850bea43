//! Reading a model file: a kind of table that a motor drive moves and that cannot speak for itself.

mod drive;
mod keys;
mod modbus;

pub(crate) use keys::MODEL;

use antipode_device::{
    Counter, Dialect, DriveModel, LineSettings, MAX_STROKE_POINTS, Parity, Proof, Rates, Rescue,
    StopBits, Stroke, StrokeError, StrokePoint,
};
use antipode_safety::{Angle, Millis, Rate};

use crate::document::Read;
use crate::fields::Fields;
use crate::finding::{Findings, Problem, Sink};
use crate::key::Key;
use crate::source::Source;
use keys::{
    AT, BAUD, CURRENT_LIMIT, DIALECT, DRIVE_TIMEOUT, FASTEST, FIXED, HAND_CONTROL, LATCH_SENSORS,
    LEASE, LINE_KEY, MAINS_LOST, NAME, PARITY, REPORT_EVERY, RETURNS_WITHOUT_HOST, SECOND_ANGLE,
    SELF_LOCKING, SLOWEST, SOURCE, STATUS, STOP_BITS, STOP_DECEL, STROKE, STROKE_SHAPE, SUPPLY_LOW,
    TILT_DEG, TITLE, TRAVEL, WITHOUT_POWER,
};

/// Reads a model.
///
/// # Errors
/// Every finding, when one of them is an error.
pub fn read_model(source: &Source) -> Result<Read<DriveModel>, Findings> {
    crate::document::read(source, &MODEL, model)
}

fn model(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<DriveModel> {
    let name = fields.name(&NAME, sink);
    let title = fields.text(&TITLE, sink);
    let proof = fields.choice(&STATUS, &Proof::ALL, Proof::key, sink);
    let figures_from = fields.text(&SOURCE, sink);
    let bed = bed(fields, sink);
    let rates = rates(fields, sink);
    let times = times(fields, sink);
    let current_limit = fields.decimal(&CURRENT_LIMIT, sink);
    let [supply_low, mains_lost] = [&SUPPLY_LOW, &MAINS_LOST].map(|key: &'static Key| {
        fields.decimal(key, sink).and_then(|millivolts| u32::try_from(millivolts).ok())
    });
    let stroke = stroke(fields, sink);
    let line = line(fields, sink);
    let dialect = dialect(fields, sink);
    let (bed, times, travel) = (bed?, times?, fields.tilt_range(&TRAVEL, sink)?);
    let (stroke, dialect) = (stroke?, dialect?);
    covers(fields, &stroke, travel, sink)?;
    tells_a_new_start(fields, &stroke, &dialect, sink)?;
    sees_its_supply(fields, &dialect, [supply_low, mains_lost], sink)?;
    Some(DriveModel {
        name: name?,
        title: title?,
        figures_from: figures_from?,
        proof: proof?,
        rescue: bed.rescue,
        returns_without_host: bed.returns_without_host,
        self_locking: bed.self_locking,
        latch_sensors: bed.latch_sensors,
        second_angle: bed.second_angle,
        hand_control: bed.hand_control,
        rates: rates?,
        travel,
        lease: times.lease,
        drive_timeout: times.drive_timeout,
        stop_decel: times.stop_decel,
        report_every: times.report_every,
        current_limit_ma: current_limit.and_then(|n| u32::try_from(n).ok()),
        supply_low_mv: supply_low,
        mains_lost_mv: mains_lost,
        stroke,
        line: line?,
        dialect,
    })
}

/// What the bed is like.
struct Bed {
    rescue: Rescue,
    returns_without_host: bool,
    self_locking: bool,
    latch_sensors: u8,
    second_angle: bool,
    hand_control: bool,
}

fn bed(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<Bed> {
    let rescue = fields.choice(&WITHOUT_POWER, &Rescue::ALL, Rescue::as_str, sink);
    let returns_without_host = answer(fields, &RETURNS_WITHOUT_HOST, sink);
    let self_locking = answer(fields, &SELF_LOCKING, sink);
    let latch_sensors = fields.whole(&LATCH_SENSORS, sink).and_then(|n| u8::try_from(n).ok());
    let second_angle = answer(fields, &SECOND_ANGLE, sink);
    let hand_control = answer(fields, &HAND_CONTROL, sink);
    Some(Bed {
        rescue: rescue?,
        returns_without_host: returns_without_host?,
        self_locking: self_locking?,
        latch_sensors: latch_sensors?,
        second_angle: second_angle?,
        hand_control: hand_control?,
    })
}

/// What takes how long.
struct Times {
    lease: Millis,
    drive_timeout: Millis,
    stop_decel: u32,
    report_every: Millis,
}

fn times(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<Times> {
    let lease = fields.duration(&LEASE, sink);
    let drive_timeout = fields.duration(&DRIVE_TIMEOUT, sink);
    let stop_decel = fields.decimal(&STOP_DECEL, sink).and_then(|n| u32::try_from(n).ok());
    let report_every = fields.duration(&REPORT_EVERY, sink);
    Some(Times {
        lease: lease?,
        drive_timeout: drive_timeout?,
        stop_decel: stop_decel?,
        report_every: report_every?,
    })
}

fn answer(fields: &Fields<'_, '_>, key: &'static Key, sink: &mut Sink) -> Option<bool> {
    fields.choice(key, &[true, false], |yes| if yes { "yes" } else { "no" }, sink)
}

/// Notes that `key` contradicts something else in the file; always `None`.
fn conflict(
    fields: &Fields<'_, '_>,
    key: &'static Key,
    why: &'static str,
    sink: &mut Sink,
) -> Option<std::convert::Infallible> {
    sink.error(fields.span_of(key), Problem::Conflict { key: key.name, why });
    None
}

fn rates(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<Rates> {
    let slowest: Option<Rate> = fields.rate(&SLOWEST, sink);
    let fastest: Option<Rate> = fields.rate(&FASTEST, sink);
    let fixed: Option<Rate> = fields.rate(&FIXED, sink);
    let wrong = |why, sink: &mut Sink| {
        if !sink.has_error() {
            let problem = Problem::Conflict { key: FASTEST.name, why };
            sink.error(fields.span_of(&FASTEST), problem);
        }
        None
    };
    match (slowest, fastest, fixed) {
        (Some(slowest), Some(fastest), None) if slowest <= fastest => {
            Some(Rates::Range { slowest, fastest })
        }
        (Some(_), Some(_), None) => wrong("must not be below slowest_deg_per_s", sink),
        (None, None, Some(fixed)) => Some(Rates::Fixed(fixed)),
        _ => wrong("and slowest_deg_per_s go together; fixed_deg_per_s stands alone", sink),
    }
}

/// The stroke table. What breaks its order is shown at the point that does.
fn stroke(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<Stroke> {
    let tables = fields.tables(&STROKE, sink);
    let count = tables.len();
    if count > MAX_STROKE_POINTS {
        let problem = Problem::TooMany { key: STROKE.name, count, most: MAX_STROKE_POINTS };
        sink.error(fields.span_of(&STROKE), problem);
        return None;
    }
    let mut points = Vec::new();
    let mut spans = Vec::new();
    for (table, span) in tables {
        let point = Fields::open(table, span, &STROKE_SHAPE, sink);
        let at = point.decimal(&AT, sink).and_then(|at| i32::try_from(at).ok());
        let tilt: Option<Angle> = point.tilt(&TILT_DEG, sink);
        spans.push((point.span_of(&AT), point.span_of(&TILT_DEG)));
        points.extend(at.zip(tilt).map(|(at, tilt)| StrokePoint { at, tilt }));
    }
    if points.len() != count {
        return None;
    }
    let error = match Stroke::new(points) {
        Ok(stroke) => return Some(stroke),
        Err(error) => error,
    };
    let whole = fields.span_of(&STROKE);
    let place_of = |index: usize| spans.get(index).cloned();
    let (span, key, why) = match error {
        // A missing key was noted before.
        StrokeError::Count(0) if sink.has_error() => return None,
        StrokeError::Count(_) => (whole, &STROKE, "needs two points at least"),
        StrokeError::Place(index) => {
            let span = place_of(index).map_or(whole, |(at, _)| at);
            (span, &AT, "must be beyond the place before it")
        }
        StrokeError::Tilt(index) => {
            let span = place_of(index).map_or(whole, |(_, tilt)| tilt);
            (span, &TILT_DEG, "must go on the way that the first two points began")
        }
    };
    sink.error(span, Problem::Conflict { key: key.name, why });
    None
}

/// Beyond its measured ends the tilt of a stroke is not known: the travel may not go there.
fn covers(
    fields: &Fields<'_, '_>,
    stroke: &Stroke,
    [low, high]: [Angle; 2],
    sink: &mut Sink,
) -> Option<()> {
    let tilts = || stroke.points().iter().map(|point| point.tilt);
    if tilts().min() <= Some(low) && tilts().max() >= Some(high) {
        return Some(());
    }
    conflict(fields, &TRAVEL, "goes beyond the tilts of the stroke table", sink)?;
    None
}

/// A counter that starts from zero wherever the bed is must never be taken for a place.
fn tells_a_new_start(
    fields: &Fields<'_, '_>,
    stroke: &Stroke,
    dialect: &Dialect,
    sink: &mut Sink,
) -> Option<()> {
    if dialect.counter() == Counter::Absolute || stroke.is_clear_of_zero() {
        return Some(());
    }
    let why = "lies near 0, where a counter starts that lost its power: \
               let it lie farther from 0 than it is long";
    conflict(fields, &STROKE, why, sink)?;
    None
}

/// A limit of a supply that nobody reads would never be passed (H-13).
fn sees_its_supply(
    fields: &Fields<'_, '_>,
    dialect: &Dialect,
    [low, mains]: [Option<u32>; 2],
    sink: &mut Sink,
) -> Option<()> {
    let reports = match dialect {
        Dialect::Jrk(_) | Dialect::Tic(_) | Dialect::RoboClaw(_) => true,
        Dialect::Modbus(profile) => profile.reads.supply.is_some(),
    };
    if !reports && (low.is_some() || mains.is_some()) {
        let key = if low.is_some() { &SUPPLY_LOW } else { &MAINS_LOST };
        let why = "stands beside a profile that reads no supply: add [modbus.read.supply]";
        conflict(fields, key, why, sink)?;
    }
    if low.zip(mains).is_some_and(|(low, mains)| mains <= low) {
        conflict(fields, &MAINS_LOST, "must be above supply_low_v", sink)?;
    }
    Some(())
}

fn line(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<LineSettings> {
    let line = fields.table(&LINE_KEY, sink)?;
    let baud = line.whole(&BAUD, sink).and_then(|baud| u32::try_from(baud).ok());
    let parity = line.choice(&PARITY, &Parity::ALL, Parity::key, sink);
    let stop_bits = line.whole(&STOP_BITS, sink);
    let stop_bits = if stop_bits? == 1 { StopBits::One } else { StopBits::Two };
    Some(LineSettings { baud: baud?, parity: parity?, stop_bits })
}

/// The settings of the dialect that is named; those of another beside it are a contradiction.
fn dialect(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<Dialect> {
    let word = fields.choice(&DIALECT, &Dialect::KEYS, |word| word, sink)?;
    for key in [&keys::JRK, &keys::TIC, &keys::ROBOCLAW, &keys::MODBUS] {
        if key.name != word && fields.has(key) {
            conflict(fields, key, "stands beside another dialect; one file is one drive", sink);
        }
    }
    drive::settings(fields, word, sink)
}
