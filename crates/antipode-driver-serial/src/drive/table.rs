//! From a model file and what stands beside the bed to a guarded table.

use antipode_device::{
    Address, Dialect, DriveModel, HostLoss, Mount, Proof, Rates, Rescue, StrokePoint,
};
use antipode_guardian::{AngleFrom, GuardianConfig, HostLossPolicy};
use antipode_safety::{Millis, Rate};

use super::of::{ModelError, following_of, stroke_of};

/// Fastest return that nobody asked for by number (design: 3 degrees a second).
const RETURN_RATE: Rate = Rate::clamped(3_000);

/// What a table's own file says of a table that its model cannot know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fitted<'a> {
    /// Where its drive is.
    pub address: &'a Address,
    /// How the inclinometer on its bed is fixed, where there is one.
    pub inclinometer: Option<Mount>,
    /// What reads that inclinometer, and at which port; empty where there is none.
    pub sensor: &'a str,
    /// How a person comes back without power, as this table's file says. Of two ways the harder counts.
    pub rescue: Rescue,
    /// The site has decided that it comes up by itself although fewer than two sensors see the ankle
    /// holds. Undecided it holds (people may be half out of them).
    pub returns_with_few_latches: bool,
}

/// The settings of the guardian of a table of `model`.
///
/// # Errors
/// What keeps it from being guarded: a fact that the model must not leave open, something that it
/// promises and nobody could measure, or a stroke or speed that fits nothing.
pub fn config_of(model: &DriveModel, fitted: &Fitted) -> Result<GuardianConfig, ModelError> {
    if let Some(reason) = model.read_only() {
        return Err(ModelError::ReadOnly(reason));
    }
    if model.latch_sensors > 0 {
        return Err(ModelError::LatchSensors(model.latch_sensors));
    }
    if model.hand_control {
        return Err(ModelError::HandControl);
    }
    let rescue = model.rescue.max(fitted.rescue);
    let sees_supply = model.supply_low_mv.is_some() && model.mains_lost_mv.is_some();
    if rescue == Rescue::Battery && !sees_supply {
        return Err(ModelError::UnseenBattery);
    }
    let fastest = match model.rates {
        Rates::Range { fastest, .. } | Rates::Fixed(fastest) => fastest,
    };
    let [tilt_min, tilt_max] = model.travel;
    let by_itself =
        model.returns_without_host && (model.latch_sensors >= 2 || fitted.returns_with_few_latches);
    let config = GuardianConfig {
        serial: serial_of(model, fitted),
        stop_decel: model.stop_decel,
        fitted_hash: fitted_hash(model, fitted),
        tilt_min,
        tilt_max,
        max_rate: fastest,
        return_rate: fastest.min(RETURN_RATE),
        lease: model.lease,
        latches_fitted: model.latch_sensors,
        returns_with_few_latches: by_itself && model.latch_sensors < 2,
        host_loss: match by_itself {
            true => HostLossPolicy::HoldThenReturn,
            false => HostLossPolicy::Hold,
        },
        rescue: rescue_of(rescue),
        battery: rescue == Rescue::Battery,
        angle: angle_of(model, fitted)?,
        following: following_of(model)?,
        runs_on: runs_on(model, fastest),
        current_limit_ma: model.current_limit_ma,
        supply_low_mv: model.supply_low_mv,
        mains_lost_mv: model.mains_lost_mv,
        self_locking: model.self_locking,
    };
    // What the controller would refuse is refused before anything is opened.
    config.controller(&stroke_of(model)?)?;
    Ok(config)
}

/// Where the angle comes from. An inclinometer that the model counts on must be there; one that it
/// does not know of is welcome.
fn angle_of(model: &DriveModel, fitted: &Fitted) -> Result<AngleFrom, ModelError> {
    let measures = match &model.dialect {
        Dialect::Jrk(_) | Dialect::RoboClaw(_) | Dialect::Modbus(_) => true,
        // It counts the steps that it was asked for, not those that the bed took (H-04).
        Dialect::Tic(_) => false,
    };
    match (measures, fitted.inclinometer) {
        (true, Some(_)) => Ok(AngleFrom::DriveAndSensor),
        (true, None) if model.second_angle => Err(ModelError::NoInclinometer),
        (true, None) => Ok(AngleFrom::Drive),
        (false, Some(_)) => Ok(AngleFrom::Sensor),
        (false, None) => Err(ModelError::NoAngle),
    }
}

const fn rescue_of(rescue: Rescue) -> antipode_guardian::Rescue {
    match rescue {
        Rescue::Gravity => antipode_guardian::Rescue::Gravity,
        Rescue::Battery => antipode_guardian::Rescue::Battery,
        Rescue::Crank => antipode_guardian::Rescue::Crank,
        Rescue::None => antipode_guardian::Rescue::None,
    }
}

/// How long at full speed a drive with one speed runs on: until its own dead-man acts, should the
/// word to stop be lost, and as far as it then brakes.
fn runs_on(model: &DriveModel, speed: Rate) -> Millis {
    let Dialect::Modbus(profile) = &model.dialect else { return Millis::ZERO };
    let HostLoss::JogRepeat { within } = profile.host_loss else { return Millis::ZERO };
    let speed = u64::from(speed.millideg_per_s().unsigned_abs());
    let braking = speed * 1_000 / (2 * u64::from(model.stop_decel.max(1)));
    Millis::new(within.get().saturating_add(braking))
}

/// The number by which hosts know this table. Another drive, another stroke or another way to fix
/// the inclinometer is another number: what was measured on the one does not hold for the other.
fn serial_of(model: &DriveModel, fitted: &Fitted) -> u32 {
    let mut hash = Fnv::new();
    hash.text(&model.name);
    hash.text(model.dialect.key());
    hash.text(&fitted.address.0);
    for &StrokePoint { at, tilt } in model.stroke.points() {
        hash.number(at);
        hash.number(tilt.millideg());
    }
    if let Some(Mount { axis, sense, zero }) = fitted.inclinometer {
        hash.number(axis as i32);
        hash.number(sense as i32);
        hash.number(zero.millideg());
    }
    // No table has the number 0.
    hash.0.max(1)
}

/// Everything that the model and the table's file say of drive, line, stroke and sensor, as one
/// number. Whatever decides on motion is in it, also what a later version adds: it is the whole of the
/// model as this program writes it down, without the words that are for people alone. A program that
/// writes it down otherwise makes the records of such tables void, which is the safe way to be wrong.
fn fitted_hash(model: &DriveModel, fitted: &Fitted) -> u32 {
    let facts = DriveModel {
        title: String::new(),
        figures_from: String::new(),
        proof: Proof::UnverifiedOnHardware,
        ..model.clone()
    };
    let mut hash = Fnv::new();
    hash.text(&format!("{facts:?}"));
    hash.text(&format!("{:?}", fitted.inclinometer));
    hash.text(fitted.sensor);
    hash.0
}

/// The hash of Fowler, Noll and Vo, 32 bits: the same in every build of this program.
struct Fnv(u32);

impl Fnv {
    const fn new() -> Self {
        Self(0x811c_9dc5)
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
        }
    }

    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
        self.bytes(&[0]);
    }

    fn number(&mut self, number: i32) {
        self.bytes(&number.to_le_bytes());
    }
}

#[cfg(test)]
mod tests;
