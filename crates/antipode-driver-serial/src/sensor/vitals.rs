//! Pulse oximeters: how the person is.

use antipode_device::{
    Address, Sensor, SensorCapabilities, SensorDriver, SensorError, SensorEvent, VitalsReading,
};
use antipode_safety::{Millis, Timestamp};
use async_trait::async_trait;

use super::listener::Speech;
use super::open::{SensorKind, open};
use crate::codec::sensor::nonin;

/// Baud rate of every model in real-time mode.
const BAUD: u32 = 9_600;

/// Opens Nonin pulse oximeters that send a line of text a second. The address is a port,
/// `/dev/serial/by-id/...`.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoninDriver;

#[async_trait]
impl SensorDriver for NoninDriver {
    fn name(&self) -> &'static str {
        "nonin"
    }

    fn summary(&self) -> &'static str {
        "a Nonin pulse oximeter on a serial port: heart rate and oxygen saturation"
    }

    async fn open(&self, address: &Address) -> Result<Box<dyn Sensor>, SensorError> {
        let measures = SensorCapabilities {
            simulated: false,
            tilt: false,
            heart_rate: true,
            oxygen_saturation: true,
            blood_pressure: false,
            report_every: None,
            serial: None,
        };
        let kind = SensorKind {
            name: self.name(),
            baud: BAUD,
            measures,
            known_by: 2,
            slowest: Millis::from_secs(3),
            slow: "it speaks less than once in three seconds; set it to its real-time mode",
        };
        open(kind, address, Nonin::default()).await
    }
}

/// A finger that slipped out is a reading with nothing in it; a device without a reading for so long
/// is off, or unplugged behind its adapter.
#[derive(Default)]
pub(super) struct Nonin {
    decoder: nonin::Decoder,
    seq: u32,
}

impl Speech for Nonin {
    const SILENT: Millis = Millis::from_secs(5);

    fn hear(&mut self, at: Timestamp, bytes: &[u8], say: &mut dyn FnMut(SensorEvent)) {
        let Self { decoder, seq } = self;
        decoder.feed(at, bytes, |reading| {
            *seq = seq.saturating_add(1);
            say(SensorEvent::Vitals(VitalsReading {
                at,
                seq: *seq,
                heart_rate: reading.pulse(),
                oxygen_saturation: reading.saturation(),
                blood_pressure: None,
            }));
        });
    }

    fn reopen(&mut self) {
        self.decoder = nonin::Decoder::new();
    }

    fn complaint(&self) -> Option<&'static str> {
        let silent = self.decoder.stats().readings == 0;
        silent.then_some(
            "what arrives is not the text of a Nonin oximeter; is it the right port, and is it set \
             to its real-time text mode?",
        )
    }
}
