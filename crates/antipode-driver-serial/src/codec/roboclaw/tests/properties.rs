//! What holds for every command, every answer and every noise.

use super::super::*;
use core::num::NonZeroU32;
use proptest::prelude::*;

fn commands() -> impl Strategy<Value = Command> {
    let motor = || prop::sample::select(vec![Motor::M1, Motor::M2]);
    let rate = || (1..=u32::MAX).prop_map(|counts| NonZeroU32::new(counts).unwrap());
    let sensor = prop::sample::select(vec![Sensor::First, Sensor::Second]);
    prop_oneof![
        (1..=u8::MAX).prop_map(|t| Command::SetTimeout(Timeout::from_tenths(t).unwrap())),
        Just(Command::GetTimeout),
        motor().prop_map(Command::Encoder),
        Just(Command::Version),
        Just(Command::MainBattery),
        Just(Command::LogicBattery),
        (motor(), -i16::MAX..=i16::MAX)
            .prop_map(|(motor, raw)| Command::Duty(motor, Duty::from_raw(raw).unwrap())),
        (motor(), any::<i32>()).prop_map(|(motor, speed)| Command::Speed(motor, speed)),
        Just(Command::Currents),
        (motor(), rate(), rate(), rate(), any::<i32>()).prop_map(
            |(motor, accel, speed, decel, position)| {
                Command::Position(motor, PositionMove { accel, speed, decel, position })
            }
        ),
        sensor.prop_map(Command::Temperature),
        Just(Command::Status),
    ]
}

fn addresses() -> impl Strategy<Value = Address> {
    (0x80..=0x87u8).prop_map(|byte| Address::new(byte).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100_000))]

    #[test]
    fn any_bytes_are_refused_or_are_a_command_with_these_very_bytes(
        mut bytes in prop::collection::vec(any::<u8>(), 0..24), near: bool, seal: bool,
    ) {
        if near && bytes.len() > 1 {
            // Noise alone almost never has an address and a code.
            bytes[0] = 0x80 | (bytes[0] & 7);
            bytes[1] = [14, 32, 33, 35, 36, 65, 66, 90][usize::from(bytes[1]) % 8];
        }
        if seal {
            bytes.extend(crc16(&bytes).to_be_bytes());
        }
        if let Ok((address, command)) = Command::decode(&bytes) {
            let again = command.encode(address);
            prop_assert_eq!(again.as_bytes(), &bytes[..]);
        }
    }

    #[test]
    fn a_command_comes_back_and_no_damaged_byte_of_a_write_goes_through(
        command in commands(), address in addresses(), at: prop::sample::Index, flip in 1..=u8::MAX,
    ) {
        let packet = command.encode(address);
        prop_assert_eq!(Command::decode(packet.as_bytes()), Ok((address, command)));
        if command.is_write() {
            let mut damaged = packet.as_bytes().to_vec();
            let at = at.index(damaged.len());
            damaged[at] ^= flip;
            prop_assert!(Command::decode(&damaged).is_err());
        }
    }

    #[test]
    fn any_bytes_are_refused_or_are_an_answer_with_these_very_bytes(
        command in commands(), address in addresses(),
        mut bytes in prop::collection::vec(any::<u8>(), 0..56), seal: bool, text: bool,
    ) {
        if text {
            bytes.iter_mut().for_each(|byte| *byte = b' ' + *byte % 90);
            bytes.push(0);
        }
        if seal {
            let asked = [&[address.byte(), command.code()][..], &bytes].concat();
            bytes.extend(crc16(&asked).to_be_bytes());
        }
        if let Ok(answer) = Answer::decode(address, &command, &bytes) {
            let again = answer.encode(address, &command).expect("an answer to this command");
            prop_assert_eq!(again.as_bytes(), &bytes[..]);
        }
    }

    #[test]
    fn a_sealed_answer_of_the_right_length_is_read(
        command in commands(), address in addresses(), data in any::<[u8; 5]>(),
    ) {
        let len = match command {
            Command::SetTimeout(_)
            | Command::Duty(..)
            | Command::Speed(..)
            | Command::Position(..) => return Ok(()),
            Command::GetTimeout => 1,
            Command::Encoder(_) => 5,
            Command::Version => return Ok(()),
            Command::MainBattery | Command::LogicBattery | Command::Temperature(_) => 2,
            Command::Currents | Command::Status => 4,
        };
        let mut data = data;
        data[4] &= 7;
        let mut bytes = data[5 - len..].to_vec();
        bytes.extend(crc16(&[&[address.byte(), command.code()][..], &bytes].concat()).to_be_bytes());
        let answer = Answer::decode(address, &command, &bytes);
        prop_assert!(answer.is_ok(), "{:?}", answer);
    }
}
