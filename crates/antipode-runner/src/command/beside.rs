//! What stands beside a table: an inclinometer on its bed, a body sensor on the person.

use std::thread;
use std::time::Duration;

use antipode_core::event::Vital;
use antipode_device::{
    Beside, BootClock, OpenTable, Sensor, SensorDriver, SensorError, SensorEvent, VitalsReading,
};
use antipode_engine::real::{Handle, NotTaken};
use antipode_files::{AngleSensor, TableFile};
use antipode_safety::Millis;

use crate::failure::Failure;
use crate::registry;

/// What a body sensor measured longer ago says nothing of the person now: the machine slept.
const STALE: Millis = Millis::from_secs(5);
/// Between two looks whether the session is over, and two tries to tell of a lost sensor.
const LOOK: Duration = Duration::from_millis(200);

/// Opens the sensors that the table's file names and puts the inclinometer beside `open`. Gives the
/// body sensor, which is listened to once there is a session.
///
/// # Errors
/// When one of them is not there, or of no use: what somebody wrote down is never left out silently.
pub(super) fn open(
    file: &TableFile,
    open: OpenTable,
) -> Result<(OpenTable, Option<Box<dyn Sensor>>), Failure> {
    let (table, stopper) = open;
    let table = match &file.sensors.angle {
        None => table,
        // Its guardian listens to it: two cannot have one port, and the guardian must know the angle
        // when this program is gone.
        Some(_) if registry::is_guarded(&file.driver) => table,
        Some(angle) => {
            let sensor = inclinometer(file, angle)?;
            let beside = Beside::new(table, sensor).map_err(|refused| {
                Failure::refused(format!(
                    "the angle sensor beside the table `{}` cannot be used: {}",
                    file.name, refused.why
                ))
                .help("take `[sensor.angle]` out of the table's file, or mend what it says")
            })?;
            Box::new(beside)
        }
    };
    let vitals = match &file.sensors.vitals {
        None => None,
        Some(vitals) => {
            let found = registry::vitals_sensor(&vitals.driver);
            let driver = found.ok_or_else(|| unknown(file, "vitals", &vitals.driver))?;
            Some(open_sensor(file, &*driver, &vitals.address)?)
        }
    };
    Ok(((table, stopper), vitals))
}

/// Opens the inclinometer on the bed of `file`.
///
/// # Errors
/// When it is not there, or of no use.
pub(super) fn inclinometer(
    file: &TableFile,
    angle: &AngleSensor,
) -> Result<Box<dyn Sensor>, Failure> {
    let found = registry::angle_sensor(&angle.driver, angle.mount);
    let driver = found.ok_or_else(|| unknown(file, "angle", &angle.driver))?;
    open_sensor(file, &*driver, &angle.address)
}

fn unknown(file: &TableFile, kind: &str, driver: &str) -> Failure {
    Failure::refused(format!(
        "the {kind} sensor beside the table `{}` is read by `{driver}`, which this program has not",
        file.name
    ))
    .help(format!("for `[sensor.{kind}]` it has: {}", registry::sensors(kind).join(", ")))
}

fn open_sensor(
    file: &TableFile,
    driver: &dyn SensorDriver,
    address: &antipode_device::Address,
) -> Result<Box<dyn Sensor>, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .map_err(|error| Failure::io("open a sensor", &error))?;
    runtime.block_on(driver.open(address)).map_err(|error| {
        let what =
            format!("a sensor beside the table `{}` could not be opened: {error}", file.name);
        match error {
            SensorError::Unfit { .. } => Failure::refused(what),
            SensorError::Open { .. } | SensorError::Gone { .. } => Failure::failed(what)
                .note("nothing was sent to it, and the table was not armed")
                .help(
                    "is it on, is this its port, and has this user the right to it? `antipode \
                       table scan` lists the ports",
                ),
        }
    })
}

/// Hands what a body sensor says to the session, on a thread of its own that ends with it.
///
/// # Errors
/// When there is no thread for it.
pub(super) fn listen(mut sensor: Box<dyn Sensor>, handle: Handle) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::io("listen to a body sensor", &error);
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().build().map_err(failed)?;
    let listening = async move {
        let mut lost = false;
        while handle.ended().is_none() {
            match tokio::time::timeout(LOOK, sensor.next_event()).await {
                Ok(Ok(SensorEvent::Vitals(reading))) => {
                    lost = false;
                    tell(&reading, &handle);
                }
                Ok(Ok(SensorEvent::Lost(_))) => lost = true,
                Ok(Err(_)) => return tell_lost(&handle).await,
                Ok(Ok(SensorEvent::Tilt(_))) | Err(_) => {}
            }
            // A measurement comes again, the word that there is none does not.
            if lost && handle.vital(Vital::Lost).is_ok() {
                lost = false;
            }
        }
    };
    let thread = thread::Builder::new().name("body-sensor".to_owned());
    thread.spawn(move || runtime.block_on(listening)).map_err(failed)?;
    Ok(())
}

/// What was measured; what was not is not said, and missed in its own time.
fn tell(reading: &VitalsReading, handle: &Handle) {
    if BootClock.now().since(reading.at) > STALE {
        return;
    }
    let heart = reading.heart_rate.map(Vital::HeartRate);
    let oxygen = reading.oxygen_saturation.map(Vital::OxygenSaturation);
    let pressure = reading.blood_pressure.map(|pressure| Vital::BloodPressure {
        systolic: pressure.systolic,
        diastolic: pressure.diastolic,
    });
    for vital in [heart, oxygen, pressure].into_iter().flatten() {
        match handle.vital(vital) {
            // A sensor measures again.
            Ok(()) | Err(NotTaken::Full | NotTaken::Ended) => {}
        }
    }
}

/// The driver is gone and says nothing any more: this word must arrive.
async fn tell_lost(handle: &Handle) {
    while handle.ended().is_none() && handle.vital(Vital::Lost).is_err() {
        tokio::time::sleep(LOOK).await;
    }
}

#[cfg(test)]
mod tests;
