use super::*;
use crate::message::{Ack, Rescue, TableCapabilities};
use antipode_safety::{
    Angle, DriveState, Envelope, Guard, Latches, Leave, Limits, Motion, Setting, Switches,
};

const SESSION: u32 = 0xdead_beef;

fn info(host_id: u32) -> TableInfo {
    TableInfo {
        proto: VERSION,
        firmware: 3,
        serial: 4,
        config_hash: 5,
        nonce: 0xa5a5_0001,
        host_id,
        capabilities: TableCapabilities {
            returns_without_host: true,
            second_angle: true,
            hand_control: true,
            battery: true,
            brake: true,
            latches_fitted: 2,
            rescue: Rescue::Gravity,
        },
        tilt_min: Angle::from_deg(-90).unwrap(),
        tilt_max: Angle::from_deg(60).unwrap(),
        max_rate: Rate::clamped(3_000),
        max_lease: Millis::new(250),
        boot_count: 9,
    }
}

/// The way home is permitted whatever is known, at creep.
fn permit() -> Permit {
    let envelope = Envelope {
        lease: Millis::new(250),
        stop_decel_millideg_per_s2: 8_000,
        max_rate: Rate::clamped(3_000),
    };
    let leave = Leave {
        armed: true,
        stop_clear: true,
        return_held: false,
        latches: Latches { fitted: 2, first_closed: true, second_closed: true },
        journal_ready: true,
        dose_left: Millis::from_secs(420),
    };
    let home = Motion { target: Angle::REST_AIM, rate: Rate::clamped(-3_000) };
    Guard::new(Limits::hard(Setting::Home), envelope)
        .permit(Timestamp::ZERO, home, &leave)
        .expect("the way home is open")
}

fn telemetry(table_ms: u32) -> Message {
    Message::Telemetry(Telemetry {
        table_ms,
        state: DriveState::Holding,
        switches: Switches::NONE,
        latches: Latches { fitted: 2, first_closed: true, second_closed: true },
        flags: TableFlags::NONE,
        faults: FaultSet::NONE,
        tilt: Some(Angle::LEVEL),
        tilt_second: None,
        rate: Rate::ZERO,
        current_ma: 0,
        supply_mv: 24_000,
        temperature_c: 20,
        accepted: 1,
    })
}

fn bytes(seq: u16, session: u32, message: Message) -> Vec<u8> {
    let mut out = FrameBuf::new();
    Frame { seq, session, message }.encode(&mut out);
    out.as_bytes().to_vec()
}

fn hear(link: &mut HostLink, wire: &[u8]) -> Vec<HostEvent> {
    let mut events = Vec::new();
    link.receive(Timestamp::from_millis(77), wire, &mut |event| events.push(event));
    events
}

fn connected() -> HostLink {
    let mut link = HostLink::new(42);
    let mut out = Vec::new();
    assert_eq!(link.hello(&mut out), 1);
    assert_eq!(out, bytes(1, 0, Message::Hello(Hello { proto_min: 1, proto_max: 1, host_id: 42 })));
    let heard = hear(&mut link, &bytes(1, SESSION, Message::HelloAck(info(42))));
    assert_eq!(heard, [HostEvent::Connected(info(42))]);
    assert!(link.is_connected());
    link
}

#[test]
fn only_the_answer_to_this_greeting_connects() {
    let mut link = HostLink::new(42);
    let ack = bytes(1, SESSION, Message::HelloAck(info(42)));
    assert_eq!(hear(&mut link, &ack), [], "nothing was asked");
    link.hello(&mut Vec::new());
    assert_eq!(hear(&mut link, &bytes(1, SESSION, Message::HelloAck(info(41)))), [], "other host");
    assert_eq!(hear(&mut link, &bytes(1, 0, Message::HelloAck(info(42)))), [], "no session");
    let other = TableInfo { proto: 2, ..info(42) };
    assert_eq!(hear(&mut link, &bytes(1, SESSION, Message::HelloAck(other))), [], "other protocol");
    assert!(!link.is_connected());
    assert_eq!(hear(&mut link, &ack), [HostEvent::Connected(info(42))]);
    assert_eq!(hear(&mut link, &ack), [], "a repeat connects nothing anew");
}

#[test]
fn a_greeting_without_an_answer_is_said_again_under_its_own_number() {
    let mut link = HostLink::new(42);
    assert_eq!(link.hello(&mut Vec::new()), 1);
    assert_eq!(link.stop(&mut Vec::new()), 2);
    let mut again = Vec::new();
    assert_eq!(link.hello(&mut again), 1);
    assert_eq!(
        again,
        bytes(1, 0, Message::Hello(Hello { proto_min: 1, proto_max: 1, host_id: 42 }))
    );
    hear(&mut link, &bytes(1, SESSION, Message::HelloAck(info(42))));
    assert_eq!(link.halt(&mut Vec::new()), 3);
    assert_eq!(link.hello(&mut Vec::new()), 4, "a new session has a new number");
}

#[test]
fn commands_carry_the_session_and_rising_numbers() {
    let mut link = connected();
    let out = &mut Vec::new();
    let permit = permit();
    let target = permit.target();
    let lease = Lease::from_ms(250).unwrap();
    let seqs = [
        link.arm(out),
        link.start(permit, out),
        link.halt(out),
        link.return_to_rest(Rate::clamped(-3_000), Millis::new(250), true, out),
        link.stop(out),
        link.heartbeat(Timestamp::from_millis(0x1_0000_0007), out),
        link.acknowledge_stop(out),
        link.clear_faults(FaultSet::from_bits(0x8000), out),
        link.read_fault_log(3, out),
        link.disarm(out),
    ];
    assert_eq!(seqs, [2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    let mut heard = Vec::new();
    Decoder::new().feed(out, |frame| {
        assert_eq!(frame.session, SESSION);
        heard.push((frame.seq, frame.message));
    });
    let expected = [
        Message::Arm { nonce: 0xa5a5_0001 },
        Message::SetTarget { target, rate: Rate::clamped(1_000), lease },
        Message::Hold,
        Message::ReturnToRest { rate: Rate::clamped(3_000), lease, held: true },
        Message::Stop,
        Message::Heartbeat { host_ms: 7 },
        Message::AcknowledgeStop,
        Message::ClearFaults { faults: FaultSet::from_bits(0x8000) },
        Message::ReadFaultLog { index: 3 },
        Message::Disarm,
    ];
    assert_eq!(heard, seqs.into_iter().zip(expected).collect::<Vec<_>>());
}

#[test]
fn stop_needs_no_session() {
    let mut out = Vec::new();
    HostLink::new(1).stop(&mut out);
    assert_eq!(out, bytes(1, 0, Message::Stop));
}

#[test]
fn numbers_wrap() {
    let mut link = connected();
    link.sent = u16::MAX;
    assert_eq!(link.halt(&mut Vec::new()), 0);
}

#[test]
fn reports_are_stamped_numbered_and_taken_once() {
    let mut link = connected();
    let mut readings = Vec::new();
    for seq in [65_534, 65_535, 65_535, 65_534, 1, 0, 4] {
        for event in hear(&mut link, &bytes(seq, SESSION, telemetry(u32::from(seq)))) {
            let HostEvent::Reading(reading) = event else { panic!("{event:?}") };
            assert_eq!(reading.at, Timestamp::from_millis(77));
            readings.push((reading.table_ms, reading.seq));
        }
    }
    assert_eq!(readings, [(65_534, 1), (65_535, 2), (1, 4), (4, 7)]);
}

#[test]
fn the_largest_step_forward_is_half_the_numbers() {
    let mut link = connected();
    hear(&mut link, &bytes(0, SESSION, telemetry(0)));
    assert_eq!(hear(&mut link, &bytes(32_768, SESSION, telemetry(0))).len(), 0);
    assert_eq!(hear(&mut link, &bytes(32_767, SESSION, telemetry(0))).len(), 1);
}

#[test]
fn report_numbers_rise_over_a_new_session_of_the_same_connection() {
    let mut link = connected();
    hear(&mut link, &bytes(9, SESSION, telemetry(0)));
    link.hello(&mut Vec::new());
    assert_eq!(
        hear(&mut link, &bytes(10, SESSION, telemetry(0))),
        [],
        "old session while greeting"
    );
    hear(&mut link, &bytes(3, 5, Message::HelloAck(info(42))));
    for _ in 0..5 {
        assert_eq!(hear(&mut link, &bytes(11, SESSION, telemetry(0))), [], "late, not foreign");
    }
    let heard = hear(&mut link, &bytes(2, 5, telemetry(0)));
    assert!(matches!(heard[..], [HostEvent::Reading(Reading { seq: 2, .. })]), "{heard:?}");
}

#[test]
fn a_run_of_old_reports_ends_the_session() {
    let mut link = connected();
    hear(&mut link, &bytes(100, SESSION, telemetry(0)));
    for _ in 0..7 {
        assert_eq!(hear(&mut link, &bytes(99, SESSION, telemetry(0))), []);
    }
    assert_eq!(hear(&mut link, &bytes(99, SESSION, telemetry(0))), [HostEvent::SessionLost]);
    assert!(!link.is_connected());
}

#[test]
fn a_new_report_forgives_old_ones() {
    let mut link = connected();
    for seq in 100..120 {
        assert_eq!(hear(&mut link, &bytes(seq, SESSION, telemetry(0))).len(), 1);
        assert_eq!(hear(&mut link, &bytes(seq, SESSION, telemetry(0))), []);
    }
    assert!(link.is_connected());
}

#[test]
fn two_foreign_frames_in_a_row_lose_the_session_and_one_does_not() {
    let mut link = connected();
    for seq in 0..6 {
        assert_eq!(hear(&mut link, &bytes(seq, 0, telemetry(0))), []);
        assert_eq!(hear(&mut link, &bytes(seq, SESSION, telemetry(0))).len(), 1);
    }
    let mut wire = bytes(1, 0, telemetry(0));
    wire.extend(bytes(2, 0, telemetry(0)));
    wire.extend(bytes(7, SESSION, telemetry(0)));
    assert_eq!(hear(&mut link, &wire), [HostEvent::SessionLost]);
    assert_eq!(link.session(), 0);
}

#[test]
fn answers_faults_and_echoes_pass_and_host_words_do_not() {
    let mut link = connected();
    let ack = Ack { of_seq: 6, of_type: MessageType::Stop, result: AckResult::Accepted };
    let fault = FaultEntry {
        index: 0,
        fault: antipode_safety::Fault::StallDown,
        table_ms: 5,
        tilt: None,
        current_ma: 10,
        count: 1,
    };
    let mut wire = bytes(1, SESSION, Message::Ack(ack));
    wire.extend(bytes(2, SESSION, Message::HeartbeatEcho { host_ms: 1, table_ms: 2 }));
    wire.extend(bytes(3, SESSION, Message::FaultEntry(fault)));
    wire.extend(bytes(4, SESSION, Message::Stop));
    let strange = Ack { result: AckResult::WrongSession, ..ack };
    wire.extend(bytes(5, SESSION, Message::Ack(strange)));
    assert_eq!(
        hear(&mut link, &wire),
        [
            HostEvent::Acked { seq: 6, of: MessageType::Stop, result: AckResult::Accepted },
            HostEvent::Echo { host_ms: 1, table_ms: 2 },
            HostEvent::Fault(fault),
        ]
    );
    assert_eq!(link.stats().frames, 6);
}

#[test]
fn flags_follow_the_last_report() {
    let mut link = connected();
    let Message::Telemetry(mut report) = telemetry(0) else { panic!() };
    report.flags = TableFlags::NONE.with(crate::message::TableFlag::Armed, true);
    hear(&mut link, &bytes(1, SESSION, Message::Telemetry(report)));
    assert!(link.flags().has(crate::message::TableFlag::Armed));
}

fn refusal(of_seq: u16, of_type: MessageType) -> Message {
    Message::Ack(Ack { of_seq, of_type, result: AckResult::Unsupported })
}

#[test]
fn a_table_of_another_version_is_read_and_not_commanded() {
    let mut link = HostLink::new(7);
    let mut out = Vec::new();
    let seq = link.hello(&mut out);
    let report = bytes(1, 99, telemetry(5));
    assert_eq!(hear(&mut link, &report), [], "nothing is known of who speaks yet");
    let other = bytes(2, 99, refusal(seq.wrapping_add(1), MessageType::Hello));
    assert_eq!(hear(&mut link, &other), [], "the refusal of somebody else's greeting");
    let refused = bytes(3, 99, refusal(seq, MessageType::Hello));
    assert_eq!(hear(&mut link, &refused), [HostEvent::ReadOnly]);
    assert_eq!(hear(&mut link, &refused), [], "told once");
    assert!(!link.is_connected());
    assert!(matches!(hear(&mut link, &report)[..], [HostEvent::Reading(_)]));
    assert_eq!(link.session(), 0, "so that no motion frame of it can act");
}

#[test]
fn a_table_that_learnt_this_version_is_connected() {
    let mut link = HostLink::new(7);
    let seq = link.hello(&mut Vec::new());
    hear(&mut link, &bytes(1, 99, refusal(seq, MessageType::Hello)));
    link.hello(&mut Vec::new());
    let events = hear(&mut link, &bytes(1, SESSION, Message::HelloAck(info(7))));
    assert!(matches!(events[..], [HostEvent::Connected(_)]));
    assert!(link.is_connected());
}
