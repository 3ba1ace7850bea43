//! The inclinometer beside a guarded drive; and a guardian that is started while it is away, with somebody
//! head-down on a drive that measures no angle itself (H-01).

use std::os::unix::fs::symlink;
use std::path::Path;

use antipode_device::{Address, Axis, Mount, Sense, Sensor, SensorDriver};
use antipode_driver_serial::WitMotionDriver;
use antipode_driver_serial::guardian::{Inclinometer, Vigil};
use antipode_link::AckResult;
use antipode_safety::Angle;

use super::host::{self, Host, held_back};
use super::{Guarded, Kind};

/// The name under which a machine knows its inclinometer, whichever port that has today.
const NAME: &str = "inclinometer";

/// Opens the inclinometer of the tests at `port`.
pub(crate) fn opens(
    port: &Path,
) -> impl FnMut() -> Result<Box<dyn Sensor>, String> + Send + 'static {
    let mount = Mount { axis: Axis::X, sense: Sense::Along, zero: Angle::LEVEL };
    let address = Address(format!("{}@115200", port.display()));
    move || {
        let driver = WitMotionDriver::new(mount);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(driver.open(&address)).map_err(|error| error.to_string())
    }
}

#[test]
fn a_sensor_that_comes_after_its_guardian_is_found_and_a_held_return_reaches_level() {
    let mut guarded = Guarded::new(Kind::Tic);
    drop(guarded.lowered(20_000));
    guarded.kill();
    let runs = || guarded.table.with(|table| table.motor_speed()) != 0;
    host::wait("its own timeout has stopped the motor", || !runs());
    let stood = guarded.tilt();
    assert!(stood > 15_000, "{stood}");

    let name = guarded.dir.path().join(NAME);
    let mut opens = opens(&name);
    assert!(opens().is_err(), "it is away");
    let plan = guarded.plan_beside(Some(Inclinometer::new(None, opens)));
    guarded.guard_by(plan, Vigil::stated("a test".to_owned()));
    let mut host = Host::greet(&guarded.socket());
    let from = guarded.now_ms();
    host.keep(held_back(), "a few tries", |_| guarded.now_ms() >= from + 5_000);
    assert_eq!(host.say(held_back()), AckResult::NoAngle);
    assert!((guarded.tilt() - stood).abs() < 150, "{stood} {}", guarded.tilt());

    symlink(guarded.table.path_of(1), &name).unwrap();
    host.keep(held_back(), "the bed comes home", |_| guarded.tilt() <= 0);
    // With an angle again it knows that nobody needs it.
    host.keep(held_back(), "it rests", |_| guarded.tilt() <= -2_000);
    drop(host);
    let ended = || guarded.guardian.as_ref().is_none_or(|(_, thread)| thread.is_finished());
    host::wait("it leaves", ended);
    assert!((-10_000..=0).contains(&guarded.tilt()), "{}", guarded.tilt());
}
