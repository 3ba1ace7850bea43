//! The bytes of a Pololu tic: the host's commands, and the answers of the device.
#![no_main]

use antipode_driver_serial::codec::pololu::tic::{Command, CommandReader, Heard};
use antipode_driver_serial::codec::pololu::{Addressing, DeviceNumber, Framing};
use antipode_fuzz::pieces;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let numbered = DeviceNumber::new(11).map_or(Addressing::Compact, Addressing::Device);
    for addressing in [Addressing::Compact, numbered] {
        for crc in [false, true] {
            let framing = Framing { addressing, crc };
            if let Ok(Heard::Command(command)) = Heard::decode(framing, data) {
                // What is understood can be said again and means the same.
                let bytes = command.encode(framing);
                assert_eq!(Heard::decode(framing, bytes.as_bytes()), Ok(Heard::Command(command)));
            }
            let mut reader = CommandReader::new(framing);
            for piece in pieces(data) {
                reader.feed(piece.bytes, |_| {});
            }
            // The first bytes ask, the rest is the answer to it.
            for asked in 1..=data.len().min(12) {
                let (ask, answer) = data.split_at(asked);
                if let Ok(Heard::Command(Command::Read(read))) = Heard::decode(framing, ask) {
                    let _seen = read.parse(answer);
                }
            }
        }
    }
});
