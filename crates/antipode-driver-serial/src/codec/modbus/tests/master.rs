//! The master before each misbehaviour that was measured on real stacks, one test each.

use super::super::*;
use super::bench::*;
use antipode_safety::{Millis, Timestamp};
use core::num::NonZeroU8;

/// Reads register 7 of unit 1 until `n` reads are over, 500 ms each.
fn read(bench: &mut Bench, n: usize) -> Vec<Result<Success, Failure>> {
    for _ in 0..n {
        bench.master.read(unit(1), holding(7)).expect("room");
        bench.run_for(500);
    }
    bench.results()
}

/// The first request is treated by `first`, all others are answered after 5 ms with their number.
fn after_first(first: impl Fn(&[u8]) -> Plan) -> Bench<'static> {
    let request = Request::Read(holding(7)).encode(unit(1));
    let (mut n, mut first) = (0, Some(first(request.as_bytes())));
    Bench::new(timing(), move |_, request| {
        n += 1;
        first.take().unwrap_or_else(|| vec![(5, reply(request, n))])
    })
}

fn failed(error: ReplyError) -> Result<Success, Failure> {
    Err(Failure::Reply(error))
}

#[test]
fn an_answer_is_taken_with_the_time_of_its_last_byte() {
    let mut bench = after_first(|request| vec![(5, reply(request, 1))]);
    let asked_at = bench.now;
    let ticket = bench.master.read(unit(1), holding(7)).unwrap();
    bench.run_for(100);
    let done = bench.done.pop().expect("answered");
    assert_eq!((done.ticket, done.result), (ticket, value(1)));
    assert_eq!(done.at, Timestamp::from_millis(asked_at + 5));
    assert!(!done.may_have_acted);
}

#[test]
fn an_answer_fifty_ms_after_the_timeout_is_never_given_to_a_later_request() {
    let mut bench = after_first(|request| vec![(150, reply(request, 1))]);
    assert_eq!(read(&mut bench, 4), [Err(Failure::Silent), value(2), value(3), value(4)]);
    // The same with a host that asks again without a pause.
    let mut bench = after_first(|request| vec![(150, reply(request, 1))]);
    for _ in 0..4 {
        bench.master.read(unit(1), holding(7)).unwrap();
    }
    bench.run_for(1_000);
    assert_eq!(bench.results(), [Err(Failure::Silent), value(2), value(3), value(4)]);
}

#[test]
fn after_a_timeout_nothing_is_asked_before_the_line_was_quiet() {
    let mut bench = after_first(|request| vec![(150, reply(request, 1))]);
    for _ in 0..2 {
        bench.master.read(unit(1), holding(7)).unwrap();
    }
    bench.run_for(1_000);
    let start = 60; // the drain of the opening
    assert_eq!(bench.sent_at(), [start, start + 150 + 60], "60 ms after the late answer");
}

#[test]
fn an_answer_that_is_looked_at_too_late_is_as_old_as_its_request_and_costs_no_drain() {
    let mut bench = after_first(|_| vec![]);
    bench.master.read(unit(1), holding(7)).unwrap();
    bench.run_for(1);
    let (asked_at, request) = bench.sent[0].clone();
    let late = bench.now + 400;
    bench.master.receive(Timestamp::from_millis(late), &reply(&request, 1));
    bench.now = late;
    bench.run_for(20);
    let done = bench.done.pop().expect("answered");
    assert_eq!((done.result, done.at), (value(1), Timestamp::from_millis(asked_at)));
    bench.master.read(unit(1), holding(7)).unwrap();
    bench.run_for(20);
    assert_eq!(bench.sent.len(), 2, "nothing of the line is unknown");
}

#[test]
fn a_silence_that_nobody_was_there_to_see_is_part_of_the_drain() {
    let mut bench = after_first(|_| vec![]);
    bench.master.read(unit(1), holding(7)).unwrap();
    bench.run_for(1);
    bench.now += 400;
    bench.master.read(unit(1), holding(7)).unwrap();
    bench.run_for(2);
    assert_eq!(bench.sent.len(), 2, "{:?}", bench.sent_at());
}

#[test]
fn an_answer_longer_than_asked_is_refused() {
    let long = frame(&[1, 3, 4, 0, 1, 0, 2]);
    let mut bench = after_first(|_| vec![(5, long.clone())]);
    let expected = failed(ReplyError::TooLong { need: 7, got: 9 });
    assert_eq!(read(&mut bench, 2), [expected, value(2)]);
    let mut bench = after_first(|request| vec![(5, reply(request, 1)), (9, vec![0])]);
    let expected = failed(ReplyError::TooLong { need: 7, got: 8 });
    assert_eq!(read(&mut bench, 2), [expected, value(2)], "bytes after the answer");
    let mut bench = after_first(|_| vec![(5, vec![0x55; 1_000])]);
    let results = read(&mut bench, 2);
    assert!(matches!(results[0], Err(Failure::Reply(_))), "{results:?}");
    assert_eq!(results[1], value(2), "longer than any frame");
}

#[test]
fn the_answer_of_another_unit_is_refused() {
    let mut bench = after_first(|_| vec![(5, frame(&[2, 3, 2, 0, 1]))]);
    assert_eq!(read(&mut bench, 2), [failed(ReplyError::OtherUnit(2)), value(2)]);
}

#[test]
fn the_answer_to_another_function_is_refused() {
    let mut bench = after_first(|_| vec![(5, frame(&[1, 4, 2, 0, 1]))]);
    assert_eq!(read(&mut bench, 2), [failed(ReplyError::OtherFunction(4)), value(2)]);
}

#[test]
fn a_damaged_answer_is_an_error_and_not_silence() {
    let mut bench = after_first(|request| {
        let mut bytes = reply(request, 1);
        bytes[4] ^= 0x10;
        vec![(5, bytes)]
    });
    assert_eq!(read(&mut bench, 2), [failed(ReplyError::Crc), value(2)]);
}

#[test]
fn a_truncated_answer_is_an_error_and_its_rest_is_drained() {
    let mut bench = after_first(|request| {
        let bytes = reply(request, 1);
        vec![(5, bytes[..4].to_vec()), (120, bytes[4..].to_vec())]
    });
    assert_eq!(read(&mut bench, 2), [failed(ReplyError::Truncated { got: 4 }), value(2)]);
}

#[test]
fn stray_bytes_before_an_answer_are_forgiven_up_to_less_than_an_answer() {
    for lead in 1..=4 {
        let garbage = [0x00, 0xff, 0x01, 0x03];
        let mut bench =
            after_first(|request| vec![(3, garbage[4 - lead..].to_vec()), (6, reply(request, 1))]);
        assert_eq!(read(&mut bench, 2), [value(1), value(2)], "{lead} bytes before");
    }
    let mut bench = after_first(|request| vec![(3, vec![0xff; 5]), (6, reply(request, 1))]);
    assert_eq!(read(&mut bench, 2), [failed(ReplyError::Crc), value(2)]);
}

#[test]
fn an_answer_may_come_byte_by_byte() {
    let mut bench = after_first(|request| {
        reply(request, 1).into_iter().zip(0..).map(|(b, i)| (5 + 13 * i, vec![b])).collect()
    });
    assert_eq!(read(&mut bench, 2), [value(1), value(2)]);
}

#[test]
fn a_doubled_answer_never_answers_the_next_request() {
    let doubled = |gap: u64| {
        after_first(move |request| vec![(5, reply(request, 1)), (5 + gap, reply(request, 1))])
    };
    for gap in 0..10 {
        let mut bench = doubled(gap);
        let results = read(&mut bench, 2);
        assert_eq!(results[0], failed(ReplyError::TooLong { need: 7, got: 14 }), "{gap} ms");
        assert_eq!(results[1], value(2), "{gap} ms apart");
    }
    for gap in 11..200 {
        assert_eq!(read(&mut doubled(gap), 2), [value(1), value(2)], "{gap} ms apart");
    }
}

#[test]
fn what_lies_in_the_line_when_it_is_opened_is_drained() {
    let old = reply(Request::Read(holding(7)).encode(unit(1)).as_bytes(), 99);
    let mut master = Master::new(timing(), Timestamp::ZERO).unwrap();
    master.read(unit(1), holding(7)).unwrap();
    assert_eq!(master.poll(Timestamp::ZERO), Step::Wait(Timestamp::from_millis(60)));
    master.receive(Timestamp::from_millis(2), &old);
    assert_eq!(
        master.poll(Timestamp::from_millis(60)),
        Step::Wait(Timestamp::from_millis(62)),
        "60 ms of silence"
    );
    assert!(matches!(master.poll(Timestamp::from_millis(62)), Step::Send(_)));
}

#[test]
fn bytes_that_nobody_asked_for_put_the_next_request_off() {
    let mut bench = after_first(|request| vec![(5, reply(request, 1))]);
    bench.run_for(1_000);
    bench.arrives(0, &[1, 2, 3]);
    bench.run_for(1);
    bench.master.read(unit(1), holding(7)).unwrap();
    bench.run_for(200);
    assert_eq!(bench.sent_at(), [60 + 1_000 + 60]);
    assert_eq!(bench.results(), [value(1)]);
}

#[test]
fn a_line_that_never_falls_silent_fails_its_jobs() {
    let mut bench = after_first(|_| vec![]);
    for at in 0..200 {
        bench.arrives(at * 10, &[0x55]);
    }
    bench.run_for(5);
    bench.master.read(unit(1), holding(7)).unwrap();
    bench.run_for(700);
    assert_eq!(bench.results(), [Err(Failure::NeverQuiet)]);
    assert_eq!(bench.sent_at(), [0; 0]);
    bench.run_for(2_000);
    assert_eq!(read(&mut bench, 2), [Err(Failure::Silent), value(2)], "quiet again");
}

#[test]
fn a_refusal_is_an_answer_and_costs_no_drain() {
    let mut bench = after_first(|_| vec![(5, frame(&[1, 0x83, 2]))]);
    for _ in 0..2 {
        bench.master.read(unit(1), holding(7)).unwrap();
    }
    bench.run_for(200);
    let refused = Err(Failure::Refused(Exception::IllegalAddress));
    assert_eq!(bench.results(), [refused, value(2)]);
    assert_eq!(bench.sent_at(), [60, 75], "answer and turnaround");
}

#[test]
fn reads_keep_to_their_number_a_second_and_writes_overtake_them() {
    let slow = Timing { max_reads_per_s: NonZeroU8::new(3).unwrap(), ..timing() };
    let mut bench = Bench::new(slow, |_, request| vec![(5, reply(request, 7))]);
    for _ in 0..3 {
        bench.master.read(unit(1), holding(7)).unwrap();
    }
    bench.run_for(100);
    bench.master.write(unit(1), register(1, 1), Verify::Echo).unwrap();
    bench.run_for(1_000);
    assert_eq!(bench.sent_at(), [60, 160, 60 + 334, 60 + 668]);
    assert_eq!(bench.sent[1].1[1], 6, "the write");
}

#[test]
fn a_write_is_done_when_a_read_shows_it() {
    let mut bench = Bench::new(timing(), |_, request| vec![(5, reply(request, 500))]);
    bench.master.write(unit(1), register(1, 500), Verify::ReadBack).unwrap();
    bench.run_for(100);
    assert_eq!(bench.results(), [Ok(Success::Verified)]);
    assert_eq!(bench.sent[1].1[..6], [1, 3, 0, 1, 0, 1]);
    bench.master.write(unit(1), register(1, 501), Verify::ReadBack).unwrap();
    bench.run_for(100);
    let done = bench.done.pop().unwrap();
    assert_eq!(done.result, Err(Failure::ReadBackDiffers), "the device holds 500");
    assert!(done.may_have_acted);
    for write in [
        Write::Coil { at: 3, on: true },
        Write::Registers(Block::new(4, &[501, 501, 501]).unwrap()),
    ] {
        let mut bench = Bench::new(timing(), |_, request| vec![(5, reply(request, 501))]);
        bench.master.write(unit(1), write, Verify::ReadBack).unwrap();
        bench.run_for(100);
        assert_eq!(bench.results(), [Ok(Success::Verified)], "{write:?}");
    }
}

#[test]
fn a_write_without_an_answer_is_uncertain_and_never_repeated() {
    let mut bench = after_first(|_| vec![]);
    bench.master.write(unit(1), register(1, 500), Verify::ReadBack).unwrap();
    bench.run_for(2_000);
    let done = bench.done.pop().unwrap();
    assert_eq!(done.result, Err(Failure::Silent));
    assert!(done.may_have_acted);
    assert_eq!(bench.sent.len(), 1);
    let mut bench = after_first(|_| vec![(5, frame(&[1, 0x86, 2]))]);
    bench.master.write(unit(1), register(1, 500), Verify::ReadBack).unwrap();
    bench.run_for(100);
    assert!(!bench.done[0].may_have_acted, "the device has no such register");
}

#[test]
fn a_full_queue_refuses() {
    let mut bench = after_first(|_| vec![]);
    for _ in 0..master::QUEUE {
        bench.master.read(unit(1), holding(7)).unwrap();
    }
    assert_eq!(bench.master.read(unit(1), holding(7)), Err(Refusal::Full));
}

#[test]
fn times_that_cannot_work_are_refused() {
    let ms = Millis::new;
    let refused = |timing| Master::new(timing, Timestamp::ZERO).map(|_| ());
    let good = timing();
    assert_eq!(refused(good), Ok(()));
    for (timing, error) in [
        (Timing { reply_timeout: ms(0), ..good }, TimingError::ReplyTimeout(ms(0))),
        (Timing { reply_timeout: ms(1_001), ..good }, TimingError::ReplyTimeout(ms(1_001))),
        (Timing { turnaround: ms(0), ..good }, TimingError::Turnaround(ms(0))),
        (Timing { turnaround: ms(100), ..good }, TimingError::Turnaround(ms(100))),
        (Timing { drain_quiet: ms(10), ..good }, TimingError::DrainQuiet(ms(10))),
        (Timing { stop_patience: ms(9), ..good }, TimingError::StopPatience(ms(9))),
        (Timing { stop_patience: ms(91), ..good }, TimingError::StopPatience(ms(91))),
    ] {
        assert_eq!(refused(timing), Err(error));
    }
}
