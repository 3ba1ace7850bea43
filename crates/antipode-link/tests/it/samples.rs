//! One message of every type, with no field at its default.

use antipode_link::{
    Ack, AckResult, FaultEntry, Frame, Hello, Lease, LimitsReport, Message, MessageType, Rescue,
    TableCapabilities, TableFlag, TableFlags, TableInfo, TableLimits, Telemetry,
};
use antipode_safety::{
    Angle, DriveState, Fault, FaultSet, Latches, Millis, Rate, Switch, Switches,
};

pub(crate) const SESSION: u32 = 0xc0ff_ee11;

pub(crate) fn telemetry() -> Telemetry {
    Telemetry {
        table_ms: 0x0102_0304,
        state: DriveState::Moving,
        switches: Switches::NONE.with(Switch::StopLoopClosed, true).with(Switch::HandControl, true),
        latches: Latches { fitted: 2, first_closed: true, second_closed: true },
        flags: TableFlags::NONE
            .with(TableFlag::Armed, true)
            .with(TableFlag::Relay, true)
            .with(TableFlag::Mains, true)
            .with(TableFlag::HostPresent, true),
        faults: FaultSet::NONE.with(Fault::HotSoft, true),
        tilt: Angle::from_millideg(30_120),
        tilt_second: None,
        rate: Rate::clamped(-1_500),
        current_ma: 4_250,
        supply_mv: 24_080,
        temperature_c: -5,
        accepted: 0x0506,
    }
}

fn narrow() -> TableLimits {
    TableLimits {
        tilt_min: Angle::clamped(-75_000),
        tilt_max: Angle::clamped(30_000),
        max_rate: Rate::clamped(1_500),
        head_down: Millis::from_secs(420),
    }
}

pub(crate) fn messages() -> Vec<Message> {
    let lease = Lease::clamped(Millis::new(250));
    vec![
        Message::Hello(Hello { proto_min: 1, proto_max: 1, host_id: 0x1122_3344 }),
        Message::Arm { nonce: 0x8899_aabb },
        Message::Disarm,
        Message::SetTarget { target: Angle::clamped(30_000), rate: Rate::clamped(1_500), lease },
        Message::Jog { rate: Rate::clamped(-500), lease },
        Message::Hold,
        Message::ReturnToRest {
            rate: Rate::clamped(3_000),
            lease: Lease::clamped(Millis::new(700)),
            held: true,
        },
        Message::Stop,
        Message::Heartbeat { host_ms: 0x0001_e240 },
        Message::AcknowledgeStop,
        Message::ClearFaults { faults: FaultSet::NONE.with(Fault::LeaseExpired, true) },
        Message::ReadFaultLog { index: 63 },
        Message::HelloAck(TableInfo {
            proto: 1,
            firmware: 0x0100,
            serial: 0x0000_1234,
            config_hash: 0xfeed_f00d,
            nonce: 0x8899_aabb,
            host_id: 0x1122_3344,
            capabilities: TableCapabilities {
                returns_without_host: true,
                second_angle: true,
                hand_control: true,
                battery: false,
                brake: true,
                latches_fitted: 2,
                rescue: Rescue::Gravity,
            },
            tilt_min: Angle::clamped(-90_000),
            tilt_max: Angle::clamped(60_000),
            max_rate: Rate::clamped(3_000),
            max_lease: Millis::new(250),
            boot_count: 7,
        }),
        Message::Ack(Ack {
            of_seq: 0x0506,
            of_type: MessageType::SetTarget,
            result: AckResult::NotArmed,
        }),
        Message::HeartbeatEcho { host_ms: 0x0001_e240, table_ms: 0x0102_0304 },
        Message::Telemetry(telemetry()),
        Message::FaultEntry(FaultEntry {
            index: 1,
            fault: Fault::StallBack,
            table_ms: 0x0102_0304,
            tilt: Angle::from_deg(-12),
            current_ma: 8_000,
            count: 2,
        }),
        Message::ReadLimits,
        Message::SetLimits(narrow()),
        Message::Limits(LimitsReport {
            in_force: narrow(),
            commissioned: TableLimits {
                tilt_min: Angle::clamped(-90_000),
                tilt_max: Angle::clamped(60_000),
                max_rate: Rate::clamped(3_000),
                head_down: Millis::from_secs(600),
            },
            config_hash: 0xfeed_f00d,
        }),
    ]
}

/// Each message in a frame of its own number, in the order in which the golden frames were made.
pub(crate) fn frames() -> Vec<Frame> {
    (1..).zip(messages()).map(|(seq, message)| Frame { seq, session: SESSION, message }).collect()
}
