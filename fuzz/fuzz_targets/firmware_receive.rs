//! The table's own controller: whatever arrives, and however time goes on between, it stays within
//! what it may do.
#![no_main]

use antipode_firmware::{BootInfo, Config, Controller, Inputs};
use antipode_fuzz::{checked, pieces};
use antipode_safety::{Angle, Latches, Switch, Switches};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let config = Config::reference();
    let fastest = config.return_max_rate.max(config.max_rate).millideg_per_s();
    let boot = BootInfo { boot_count: 1, boots_last_minute: 1, entropy: 9 };
    let mut board = Controller::new(config, boot);
    let switches =
        Switches::NONE.with(Switch::StopLoopClosed, true).with(Switch::HandControl, true);
    let inputs = Inputs {
        tilt: Some(Angle::LEVEL),
        tilt_second: Some(Angle::LEVEL),
        current_ma: 0,
        supply_mv: 24_000,
        mains: true,
        temperature_c: 20,
        latches: Latches { fitted: 2, first_closed: true, second_closed: true },
        switches,
    };
    let mut said = [0; 256];
    for piece in pieces(data) {
        let now = piece.at.as_millis() as u32;
        board.receive(now, piece.bytes);
        if let Some(frame) = checked(piece.bytes) {
            board.receive_frame(now, frame);
        }
        let outputs = board.tick(now, &inputs);
        assert!(outputs.setpoint.millideg_per_s().abs() <= fastest, "{outputs:?}");
        // Nobody reads: what finds no room must be dropped.
        let _said = board.transmit(&mut said);
    }
});
