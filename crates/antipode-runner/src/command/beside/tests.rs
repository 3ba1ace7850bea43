//! Sensors beside a table, all three on pseudo-terminals.
#![cfg(not(feature = "canary"))]

use std::time::Instant;

use antipode_core::fixture;
use antipode_device::{Address, Axis, Mount, Sense};
use antipode_engine::real::{Ended, Engine, MemoryJournal};
use antipode_files::{Source, read_table};
use antipode_safety::{Angle, Timestamp};
use antipode_sim::person::PersonConfig;
use antipode_sim::pty::{LineEnd, Plugged};
use antipode_sim::world::{Served, World, WorldSetup};

use super::*;

/// What has not happened by then never will.
const PATIENCE: Duration = Duration::from_secs(60);
/// The inclinometer speaks every so many milliseconds.
const EVERY_MS: u64 = 20;

/// A table that speaks table link on line 0 and measures one angle; a WitMotion on its bed on line
/// 1; a Nonin on line 2.
struct Bed {
    served: Served,
    next_ms: u64,
    said: [Vec<u8>; 2],
}

impl Bed {
    fn plugged() -> Plugged<Self> {
        let mut setup = WorldSetup::reference(PersonConfig::reference());
        setup.firmware.second_angle = false;
        setup.plant.angle.inclinometer = false;
        let served = Served::new(World::new(&setup, 1));
        Plugged::new(Self { served, next_ms: 0, said: [Vec::new(), Vec::new()] }).unwrap()
    }

    fn speak(&mut self) {
        let deg = f64::from(self.served.world().plant().true_tilt_mdeg()) / 1e3;
        let (sin, cos) = deg.to_radians().sin_cos();
        let g = |share: f64| (share * 2_048.0).round() as i16;
        let roll = (deg / 180.0 * 32_768.0).round() as i16;
        let [angle, body] = &mut self.said;
        frame(angle, 0x51, [0, g(sin), g(cos), 2_500]);
        frame(angle, 0x53, [roll, 0, 0, 1]);
        if self.next_ms.is_multiple_of(500) {
            body.extend_from_slice(b"SPO2=097 HR=064\r\n");
        }
    }
}

fn frame(to: &mut Vec<u8>, kind: u8, fields: [i16; 4]) {
    let mut bytes = vec![0x55, kind];
    bytes.extend(fields.iter().flat_map(|field| field.to_le_bytes()));
    bytes.push(bytes.iter().fold(0, |sum: u8, byte| sum.wrapping_add(*byte)));
    to.append(&mut bytes);
}

impl LineEnd for Bed {
    fn lines(&self) -> usize {
        3
    }

    fn advance(&mut self, now: Timestamp) {
        self.served.advance(now);
        while self.next_ms <= now.as_millis() {
            self.speak();
            self.next_ms += EVERY_MS;
        }
    }

    fn set_baud(&mut self, line: usize, baud: u32) {
        if line == 0 {
            self.served.set_baud(0, baud);
        }
    }

    fn hear(&mut self, line: usize, bytes: &[u8]) {
        if line == 0 {
            self.served.hear(0, bytes);
        }
    }

    fn say(&mut self, line: usize, out: &mut Vec<u8>) {
        match line.checked_sub(1) {
            None => self.served.say(0, out),
            Some(sensor) => out.append(&mut self.said[sensor]),
        }
    }
}

/// The table's file, with what stands beside it.
fn file(bed: &Plugged<Bed>) -> TableFile {
    let text = format!(
        "schema = 1\nname = \"attic\"\ndriver = \"link\"\naddress = \"{}\"\n\
         [rescue]\nwithout_power = \"gravity\"\n\
         [sensor.angle]\ndriver = \"witmotion\"\naddress = \"{}\"\naxis = \"x\"\nsign = \"plus\"\n\
         offset_deg = 0\n[sensor.vitals]\ndriver = \"nonin\"\naddress = \"{}\"\n",
        bed.path().display(),
        bed.path_of(1).display(),
        bed.path_of(2).display()
    );
    read_table(&Source::new("attic", text)).unwrap().value
}

/// Opens the table alone; a port of the time before is let go within moments.
fn table(address: &Address) -> OpenTable {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let driver = registry::hardware_named("link").unwrap();
    let patience = Instant::now() + PATIENCE;
    loop {
        match runtime.block_on(driver.open(address)) {
            Ok(table) => return table,
            Err(error) => assert!(Instant::now() < patience, "{error}"),
        }
    }
}

#[test]
fn a_table_with_one_angle_has_two_with_an_inclinometer_and_the_session_hears_the_body_sensor() {
    let bed = Bed::plugged();
    let file = file(&bed);
    let table = table(&file.address);
    assert!(!table.0.capabilities().second_angle, "the table measures one angle");
    let (table, vitals) = open(&file, table).unwrap();
    assert!(table.0.capabilities().second_angle, "the second stands beside it");
    let config = fixture::config(fixture::plan(1, 20, 60).expand().unwrap());
    let engine = Engine::spawn(config, table, Box::new(MemoryJournal::new())).unwrap();
    let handle = engine.handle();
    listen(vitals.unwrap(), handle.clone()).unwrap();
    let patience = Instant::now() + PATIENCE;
    while handle.view().heart_rate != Some(64) {
        assert!(Instant::now() < patience, "{:?}", handle.view());
        std::thread::yield_now();
    }
    handle.shutdown();
    assert_eq!(engine.join(), Ended::Shutdown);
}

#[test]
fn a_sensor_that_is_not_there_or_not_known_keeps_the_session_from_beginning() {
    let bed = Bed::plugged();
    let original = file(&bed);
    let upright = Mount { axis: Axis::Z, sense: Sense::Along, zero: Angle::LEVEL };
    let angle = |change: fn(&mut antipode_files::AngleSensor)| {
        let mut changed = original.clone();
        change(changed.sensors.angle.as_mut().unwrap());
        changed
    };
    let mut askew = original.clone();
    askew.sensors.angle.as_mut().unwrap().mount = upright;
    let mut body = original.clone();
    body.sensors.vitals.as_mut().unwrap().driver = "witmotion".to_owned();
    for (changed, says) in [
        (angle(|angle| angle.driver = "nonin".to_owned()), "this program has not"),
        (angle(|angle| angle.address = Address("/dev/none".to_owned())), "could not be opened"),
        (askew, "points out of level"),
        (body, "this program has not"),
    ] {
        let Err(failure) = open(&changed, table(&original.address)) else { panic!("{says}") };
        assert!(failure.message().contains(says), "{says}: {}", failure.message());
    }
}
