//! What holds for every message and every noise.

use antipode_link::{Decoder, Frame, FrameBuf, HostLink, Lease, Message, MessageType};
use antipode_safety::{Angle, Rate, Timestamp};
use proptest::prelude::*;

use crate::samples::frames;

fn through(frame: Frame) -> Frame {
    let mut out = FrameBuf::new();
    frame.encode(&mut out);
    let mut heard = None;
    Decoder::new().feed(out.as_bytes(), |frame| heard = Some(frame));
    heard.expect("one frame")
}

proptest! {
    #[test]
    fn a_target_never_grows_and_a_second_trip_changes_nothing(
        millideg in -180_000..=180_000i32, rate in 0..=180_000i32, lease in 1..=1_000u16,
        seq: u16, session: u32,
    ) {
        let target = Angle::from_millideg(millideg).unwrap();
        let message = Message::SetTarget {
            target,
            rate: Rate::clamped(i64::from(rate)),
            lease: Lease::from_ms(lease).unwrap(),
        };
        let once = through(Frame { seq, session, message });
        prop_assert_eq!((once.seq, once.session), (seq, session));
        let Message::SetTarget { target: got, rate: got_rate, lease: got_lease } = once.message
        else { panic!("{:?}", once) };
        prop_assert!(got.distance(Angle::LEVEL) <= target.distance(Angle::LEVEL));
        prop_assert!(got.distance(target) < 10);
        prop_assert!(got_rate.millideg_per_s() <= rate && rate - got_rate.millideg_per_s() < 10);
        prop_assert_eq!(got_lease.ms(), lease);
        prop_assert_eq!(through(once), once);
    }

    #[test]
    fn a_reading_never_shrinks(
        millideg in -180_000..=180_000i32, rate in -180_000..=180_000i64,
        current in 0..655_350u32, supply in 0..655_350u32,
    ) {
        let mut telemetry = crate::samples::telemetry();
        let tilt = Angle::from_millideg(millideg).unwrap();
        telemetry.tilt = Some(tilt);
        telemetry.tilt_second = Some(tilt);
        telemetry.rate = Rate::clamped(rate);
        telemetry.current_ma = current;
        telemetry.supply_mv = supply;
        let once = through(Frame { seq: 1, session: 1, message: Message::Telemetry(telemetry) });
        let Message::Telemetry(got) = once.message else { panic!("{:?}", once) };
        let got_tilt = got.tilt.unwrap();
        prop_assert_eq!(got.tilt, got.tilt_second);
        prop_assert!(got_tilt.distance(Angle::LEVEL) >= tilt.distance(Angle::LEVEL));
        prop_assert!(got_tilt.distance(tilt) < 10);
        prop_assert!(got.rate.magnitude() >= telemetry.rate.magnitude());
        prop_assert!(got.current_ma >= current && got.current_ma - current < 10);
        prop_assert!(got.supply_mv <= supply && supply - got.supply_mv < 10);
        prop_assert_eq!(through(once), once);
    }

    #[test]
    fn noise_never_panics_and_never_becomes_a_frame(
        chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 0..20),
    ) {
        let mut decoder = Decoder::new();
        let mut link = HostLink::new(7);
        let mut found = 0;
        for chunk in &chunks {
            decoder.feed(chunk, |_| found += 1);
            link.receive(Timestamp::ZERO, chunk, &mut |_| {});
        }
        prop_assert_eq!(found, 0);
    }

    #[test]
    fn any_body_with_a_good_check_is_refused_or_read_the_same_again(
        message_type in prop::sample::select(MessageType::ALL.to_vec()),
        mut body in prop::collection::vec(any::<u8>(), 32),
        extra in -1i32..=1,
    ) {
        let len = usize::try_from(i32::try_from(message_type.body_len()).unwrap() + extra);
        body.truncate(len.unwrap_or(0));
        let mut packet = vec![1, message_type.byte(), 1, 2, 3, 4, 5, 6];
        packet.extend(&body);
        packet.extend(antipode_link::crc::crc32c(&packet).to_le_bytes());
        if let Ok(frame) = Frame::decode_packet(&packet) {
            prop_assert_eq!(frame.message.message_type(), message_type);
            prop_assert_eq!(through(frame), frame);
        } else {
            prop_assert!(message_type != MessageType::Stop);
        }
    }

    #[test]
    fn frames_survive_noise_between_them(
        noise in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 20),
    ) {
        let frames = frames();
        let mut wire = Vec::new();
        for (frame, noise) in frames.iter().zip(&noise) {
            wire.extend(noise);
            let mut out = FrameBuf::new();
            frame.encode(&mut out);
            wire.extend(out.as_bytes());
        }
        let mut heard = Vec::new();
        Decoder::new().feed(&wire, |frame| heard.push(frame));
        prop_assert_eq!(heard, frames);
    }
}
