//! The host half of the link against the controller: what a driver really sends and hears.

use antipode_firmware::{BootInfo, Config, Controller};
use antipode_link::{AckResult, HostEvent, HostLink, MessageType};
use antipode_safety::{DriveState, Millis, Rate, Timestamp};

use crate::bench::{Bench, boot};

/// A host link and a table, joined by a wire without faults.
struct Pair {
    link: HostLink,
    bench: Bench,
    events: Vec<HostEvent>,
}

impl Pair {
    fn new() -> Self {
        let bench = Bench::new(Config::reference(), boot(), 0);
        Self { link: HostLink::new(77), bench, events: Vec::new() }
    }

    /// What `say` encodes reaches the table, and the answers come back.
    fn say(&mut self, say: impl FnOnce(&mut HostLink, &mut Vec<u8>) -> u16) -> u16 {
        let mut wire = Vec::new();
        let seq = say(&mut self.link, &mut wire);
        self.bench.table.receive(self.bench.now, &wire);
        self.hear();
        seq
    }

    fn hear(&mut self) {
        let mut out = [0u8; 1_024];
        let written = self.bench.table.transmit(&mut out);
        let events = &mut self.events;
        let now = Timestamp::from_millis(u64::from(self.bench.now));
        self.link.receive(now, &out[..written], &mut |event| events.push(event));
    }

    fn run(&mut self, ms: u32) {
        for _ in 0..ms / 10 {
            self.bench.now += 10;
            self.bench.inputs.tilt = antipode_safety::Angle::from_millideg(self.bench.tilt());
            self.bench.inputs.tilt_second = self.bench.inputs.tilt;
            self.bench.table.tick(self.bench.now, &self.bench.inputs);
            self.hear();
        }
    }

    fn readings(&self) -> Vec<antipode_safety::Reading> {
        let reading = |event: &HostEvent| {
            let HostEvent::Reading(reading) = event else { return None };
            Some(*reading)
        };
        self.events.iter().filter_map(reading).collect()
    }
}

fn connected() -> Pair {
    let mut pair = Pair::new();
    pair.run(100);
    assert_eq!(pair.events, [], "reports of no session are nobody's");
    pair.say(|link, out| link.hello(out));
    assert!(matches!(pair.events[..], [HostEvent::Connected(info)] if info.boot_count == 3));
    pair
}

#[test]
fn greeting_arming_and_reports_go_round() {
    let mut pair = connected();
    pair.run(20);
    let seq = pair.say(|link, out| link.arm(out));
    let armed = HostEvent::Acked { seq, of: MessageType::Arm, result: AckResult::Accepted };
    assert!(pair.events.contains(&armed), "{:?}", pair.events);
    pair.run(1_000);
    let readings = pair.readings();
    assert!(readings.len() >= 20);
    assert!(readings.windows(2).all(|two| two[0].seq < two[1].seq && two[0].at < two[1].at));
    let last = readings.last().unwrap();
    assert_eq!(last.drive, DriveState::Holding);
    assert_eq!(last.accepted, seq);
    assert!(last.faults.is_empty() && last.latches.closed());
}

#[test]
fn a_restarted_table_loses_the_session_and_greets_anew() {
    let mut pair = connected();
    pair.run(500);
    let again = BootInfo { boot_count: 4, ..boot() };
    pair.bench.table = Controller::new(Config::reference(), again);
    pair.events.clear();
    pair.run(1_500);
    assert!(pair.events.contains(&HostEvent::SessionLost));
    assert!(!pair.link.is_connected());
    pair.say(|link, out| link.hello(out));
    assert!(pair.link.is_connected());
    pair.run(1_000);
    assert!(pair.readings().last().unwrap().faults.is_empty());
}

#[test]
fn every_command_of_the_host_half_is_answered_under_its_number() {
    let mut pair = connected();
    pair.run(20);
    let rate = Rate::clamped(3_000);
    let lease = Millis::new(250);
    for (expected, say) in [
        (AckResult::Accepted, HostLink::halt as fn(&mut HostLink, &mut Vec<u8>) -> u16),
        (AckResult::Accepted, HostLink::disarm),
        (AckResult::Accepted, HostLink::stop),
        (AckResult::Stopped, HostLink::arm),
        (AckResult::Accepted, HostLink::acknowledge_stop),
    ] {
        let seq = pair.say(say);
        let answered = pair.events.iter().any(|event| {
            matches!(event, HostEvent::Acked { seq: of, result, .. }
                if *of == seq && *result == expected)
        });
        assert!(answered, "{expected:?} {:?}", pair.events);
    }
    let seq = pair.say(|link, out| link.return_to_rest(rate, lease, false, out));
    let up = HostEvent::Acked { seq, of: MessageType::ReturnToRest, result: AckResult::AlreadyUp };
    assert!(pair.events.contains(&up));
    pair.say(|link, out| link.heartbeat(Timestamp::from_millis(123), out));
    let now = pair.bench.now;
    assert!(pair.events.contains(&HostEvent::Echo { host_ms: 123, table_ms: now }));
    pair.say(|link, out| link.read_fault_log(0, out));
    assert!(pair.events.iter().any(|event| matches!(event, HostEvent::Fault(_))));
}
