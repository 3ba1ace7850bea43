//! The bytes of a RoboClaw: the host's commands, and the answers of the drive to them.
#![no_main]

use antipode_driver_serial::codec::roboclaw::{Answer, Command};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    // The first bytes ask, the rest is the answer to it.
    for asked in 0..=data.len().min(32) {
        let (ask, answer) = data.split_at(asked);
        if let Ok((to, command)) = Command::decode(ask) {
            let _seen = Answer::decode(to, &command, answer);
            let said = command.encode(to);
            assert_eq!(Command::decode(said.as_bytes()), Ok((to, command)));
        }
    }
});
