//! Inclinometers: where the bed is.

use antipode_device::{
    Address, Mount, Sensor, SensorCapabilities, SensorDriver, SensorError, SensorEvent, TiltReading,
};
use antipode_safety::{Millis, Timestamp};
use async_trait::async_trait;

use super::listener::Speech;
use super::open::{SensorKind, open};
use crate::codec::sensor::plausible::{Implausible, Inclinometer, Sighting};
use crate::codec::sensor::tilt::Mounting;
use crate::codec::sensor::{bno_rvc, witmotion};

/// Ten readings tell how often it speaks.
const KNOWN_BY: u32 = 10;
/// An angle is of use beside a table for 150 ms. Slower than this, one frame that is lost would
/// already be a lost sensor.
const SLOWEST: Millis = Millis::new(70);
/// An inclinometer that is plugged in never stops.
const SILENT: Millis = Millis::new(1_000);
/// WitMotion's sensors speak at this rate as they come from the maker.
const WITMOTION_BAUD: u32 = 9_600;
/// The BNO08x knows no other.
const BNO_BAUD: u32 = 115_200;

fn kind(name: &'static str, baud: u32, slow: &'static str) -> SensorKind {
    let measures = SensorCapabilities {
        simulated: false,
        tilt: true,
        heart_rate: false,
        oxygen_saturation: false,
        blood_pressure: false,
        report_every: None,
        serial: None,
    };
    SensorKind { name, baud, measures, known_by: KNOWN_BY, slowest: SLOWEST, slow }
}

/// What a mounted sensor's sightings amount to.
struct Sights {
    mounting: Mounting,
    inclinometer: Inclinometer,
    seq: u32,
    /// Why the newest one is not believed.
    doubt: Option<&'static str>,
}

impl Sights {
    const fn new(mount: Mount) -> Self {
        let mounting = Mounting::of(mount);
        Self { mounting, inclinometer: Inclinometer::new(mounting), seq: 0, doubt: None }
    }

    fn reopen(&mut self) {
        self.inclinometer = Inclinometer::new(self.mounting);
    }

    /// Takes one; `missed` were lost before it.
    fn take(&mut self, sighting: &Sighting, missed: u8) -> SensorEvent {
        let seen = self.inclinometer.sight(sighting);
        self.doubt = seen.err().map(doubt);
        self.say(sighting.at, seen.ok(), missed)
    }

    /// The sensor spoke at `at` and what it said is not believed.
    fn unbelieved(&mut self, at: Timestamp, why: &'static str) -> SensorEvent {
        self.doubt = Some(why);
        self.say(at, None, 0)
    }

    fn say(
        &mut self,
        at: Timestamp,
        tilt: Option<antipode_safety::Angle>,
        missed: u8,
    ) -> SensorEvent {
        self.seq = self.seq.saturating_add(1).saturating_add(u32::from(missed));
        SensorEvent::Tilt(TiltReading { at, seq: self.seq, tilt })
    }
}

const fn doubt(why: Implausible) -> &'static str {
    match why {
        Implausible::Gravity { .. } => {
            "what it feels is not gravity alone; is it fixed to the bed, and does the bed lie still?"
        }
        Implausible::Mounting(_) => {
            "its axis that is written down as the table's points out of level; check the axis and how \
             it is fixed"
        }
        Implausible::Disagrees { .. } => {
            "the angle that it computes is not the one that it feels; calibrate it as its maker says"
        }
        Implausible::Jump { .. } => "its angle jumps faster than any table turns",
    }
}

/// Opens WitMotion inclinometers (WT61, WT901 and their like). The address is a port,
/// `/dev/serial/by-id/...`, with `@BAUD` behind it where the sensor does not run at 9600.
///
/// The sensor must have been set up to say acceleration and angles, 50 times a second; the maker's
/// program does it. Nothing is written to it.
///
/// # Example
/// ```no_run
/// use antipode_device::{Address, Axis, Mount, Sense, SensorDriver};
/// use antipode_safety::Angle;
/// # async fn open() -> Result<(), antipode_device::SensorError> {
/// let mount = Mount { axis: Axis::X, sense: Sense::Along, zero: Angle::LEVEL };
/// let driver = antipode_driver_serial::WitMotionDriver::new(mount);
/// let address = Address("/dev/serial/by-id/usb-WitMotion-if00@115200".into());
/// let mut sensor = driver.open(&address).await?;
/// println!("{:?}", sensor.next_event().await?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct WitMotionDriver {
    mount: Mount,
}

impl WitMotionDriver {
    /// A driver of sensors that are mounted like this.
    #[must_use]
    pub const fn new(mount: Mount) -> Self {
        Self { mount }
    }
}

#[async_trait]
impl SensorDriver for WitMotionDriver {
    fn name(&self) -> &'static str {
        "witmotion"
    }

    fn summary(&self) -> &'static str {
        "a WitMotion inclinometer on a serial port"
    }

    async fn open(&self, address: &Address) -> Result<Box<dyn Sensor>, SensorError> {
        let slow = "it speaks fewer than 15 times a second; set its output rate to 50 Hz";
        open(kind(self.name(), WITMOTION_BAUD, slow), address, WitMotion::new(self.mount)).await
    }
}

pub(super) struct WitMotion {
    decoder: witmotion::Decoder,
    pairing: witmotion::Pairing,
    sights: Sights,
    seen: bool,
}

impl WitMotion {
    pub(super) fn new(mount: Mount) -> Self {
        Self {
            decoder: witmotion::Decoder::new(),
            pairing: witmotion::Pairing::default(),
            sights: Sights::new(mount),
            seen: false,
        }
    }
}

impl Speech for WitMotion {
    const SILENT: Millis = SILENT;

    fn hear(&mut self, at: Timestamp, bytes: &[u8], say: &mut dyn FnMut(SensorEvent)) {
        let Self { decoder, pairing, sights, seen } = self;
        decoder.feed(at, bytes, |frame, at| {
            let alone = pairing.alone;
            if let Some(sighting) = pairing.take(&frame, at) {
                *seen = true;
                say(sights.take(&sighting, 0));
            } else if pairing.alone != alone {
                *seen = true;
                let why = "no acceleration arrives with its angles; set its content up with both";
                say(sights.unbelieved(at, why));
            }
        });
    }

    fn reopen(&mut self) {
        self.decoder = witmotion::Decoder::new();
        self.pairing = witmotion::Pairing::default();
        self.sights.reopen();
    }

    fn complaint(&self) -> Option<&'static str> {
        let stats = self.decoder.stats();
        if self.seen {
            self.sights.doubt
        } else if stats.frames > 0 || stats.unused > 0 {
            Some("no angles arrive; set its content up with acceleration and angles")
        } else {
            Some(
                "what arrives is not what a WitMotion sensor says; is it the right port, and the \
                 right rate (PATH@BAUD)?",
            )
        }
    }
}

/// Opens BNO080, BNO085 and BNO086 sensors in UART-RVC mode. The address is a port,
/// `/dev/serial/by-id/...`.
#[derive(Clone, Copy, Debug)]
pub struct BnoRvcDriver {
    mount: Mount,
}

impl BnoRvcDriver {
    /// A driver of sensors that are mounted like this.
    #[must_use]
    pub const fn new(mount: Mount) -> Self {
        Self { mount }
    }
}

#[async_trait]
impl SensorDriver for BnoRvcDriver {
    fn name(&self) -> &'static str {
        "bno-rvc"
    }

    fn summary(&self) -> &'static str {
        "a BNO08x inclinometer in UART-RVC mode on a serial port"
    }

    async fn open(&self, address: &Address) -> Result<Box<dyn Sensor>, SensorError> {
        let slow = "it speaks fewer than 15 times a second; in UART-RVC mode it should 100 times";
        open(kind(self.name(), BNO_BAUD, slow), address, BnoRvc::new(self.mount)).await
    }
}

pub(super) struct BnoRvc {
    decoder: bno_rvc::Decoder,
    index: bno_rvc::IndexWatch,
    sights: Sights,
}

impl BnoRvc {
    pub(super) fn new(mount: Mount) -> Self {
        Self {
            decoder: bno_rvc::Decoder::new(),
            index: bno_rvc::IndexWatch::default(),
            sights: Sights::new(mount),
        }
    }
}

impl Speech for BnoRvc {
    const SILENT: Millis = SILENT;

    fn hear(&mut self, at: Timestamp, bytes: &[u8], say: &mut dyn FnMut(SensorEvent)) {
        let Self { decoder, index, sights } = self;
        decoder.feed(at, bytes, |frame, at| match index.take(frame.index) {
            bno_rvc::Step::Next => say(sights.take(&frame.sighting(at), 0)),
            bno_rvc::Step::Missed(missed) => say(sights.take(&frame.sighting(at), missed)),
            // An adapter that says the same once more says nothing of this moment.
            bno_rvc::Step::Repeated => {}
        });
    }

    fn reopen(&mut self) {
        self.decoder = bno_rvc::Decoder::new();
        self.index = bno_rvc::IndexWatch::default();
        self.sights.reopen();
    }

    fn complaint(&self) -> Option<&'static str> {
        if self.decoder.stats().frames > 0 {
            self.sights.doubt
        } else {
            Some(
                "what arrives is not what a BNO08x says in UART-RVC mode; is it the right port, and \
                 are its pins set to that mode?",
            )
        }
    }
}
