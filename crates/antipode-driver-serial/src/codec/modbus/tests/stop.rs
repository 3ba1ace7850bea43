//! STOP on the line: before everything, again until it is answered, and nothing that waited after it.

use super::super::*;
use super::bench::*;
use core::num::NonZeroU8;

/// The register that stops the device.
const STOP: Write = register(2, 0);
const TARGET: Write = register(1, 5_000);

fn is(write: Write, bytes: &[u8]) -> bool {
    Request::decode(bytes).is_ok_and(|(_, request)| request == Request::Write(write))
}

/// When `write` went out.
fn times(bench: &Bench, write: Write) -> Vec<u64> {
    bench.sent.iter().filter(|(_, bytes)| is(write, bytes)).map(|(at, _)| *at).collect()
}

fn answers(_: u64, request: &[u8]) -> Plan {
    vec![(5, reply(request, 0))]
}

fn stop(bench: &mut Bench, verify: Verify) -> Ticket {
    let now = bench.at();
    bench.master.stop(now, unit(1), STOP, verify).expect("room")
}

#[test]
fn stop_goes_before_what_waits_and_no_write_that_waited_follows_it() {
    let mut bench = Bench::new(timing(), answers);
    bench.master.read(unit(1), holding(7)).unwrap();
    bench.run_for(2);
    let target = bench.master.write(unit(1), TARGET, Verify::ReadBack).unwrap();
    let other = bench.master.write(unit(2), TARGET, Verify::Echo).unwrap();
    let read = bench.master.read(unit(1), holding(7)).unwrap();
    let stop = stop(&mut bench, Verify::ReadBack);
    bench.run_for(1_000);
    assert_eq!(times(&bench, TARGET), [0; 0]);
    assert_eq!(times(&bench, STOP), [60 + 5 + 10], "after the answer under way and its silence");
    let result = |ticket| bench.done.iter().find(|done| done.ticket == ticket).unwrap();
    for ticket in [target, other] {
        assert_eq!(result(ticket).result, Err(Failure::Preempted));
        assert!(!result(ticket).may_have_acted);
    }
    assert_eq!(result(stop).result, Ok(Success::Verified));
    assert_eq!(result(read).result, value(0));
    assert_eq!(bench.done.len(), 5);
}

#[test]
fn stop_waits_for_a_silent_device_no_longer_than_its_patience() {
    for asked_before in 0..100 {
        let mut bench =
            Bench::new(
                timing(),
                |_, request| {
                    if request[1] == 3 { vec![] } else { answers(0, request) }
                },
            );
        bench.master.read(unit(1), holding(7)).unwrap();
        bench.run_for(asked_before);
        let asked_at = bench.now;
        stop(&mut bench, Verify::Echo);
        bench.run_for(300);
        let waited = times(&bench, STOP)[0] - asked_at;
        assert!(
            waited <= timing().stop_patience.get(),
            "{waited} ms, asked {asked_before} ms after a read"
        );
    }
}

#[test]
fn stop_waits_neither_for_a_drain_nor_for_a_line_that_never_falls_silent() {
    let mut bench =
        Bench::new(
            timing(),
            |_, request| {
                if request[1] == 3 { vec![] } else { answers(0, request) }
            },
        );
    bench.master.read(unit(1), holding(7)).unwrap();
    bench.run_for(101);
    stop(&mut bench, Verify::Echo);
    bench.run_for(30);
    assert_eq!(times(&bench, STOP), [60 + 101], "at once after a timeout");
    let mut bench = Bench::new(timing(), |_, _| vec![]);
    for at in 0..100 {
        bench.arrives(at * 5, &[0x55]);
    }
    bench.run_for(100);
    let asked_at = bench.now;
    stop(&mut bench, Verify::Echo);
    bench.run_for(100);
    assert_eq!(times(&bench, STOP)[0], asked_at + 40 + 10);
}

#[test]
fn stop_is_heard_among_whatever_else_comes() {
    // A late answer before, right before, right after and well after the answer to STOP.
    for late in 80..140 {
        let mut bench = Bench::new(timing(), move |_, request| {
            if request[1] == 3 {
                vec![(late, reply(request, 0))]
            } else {
                vec![(9, reply(request, 0))]
            }
        });
        bench.master.read(unit(1), holding(7)).unwrap();
        bench.run_for(35);
        stop(&mut bench, Verify::Echo);
        bench.run_for(1_000);
        assert_eq!(times(&bench, STOP), [60 + 35 + 40], "late by {late} ms");
        assert_eq!(bench.results(), [Err(Failure::Preempted), Ok(Success::Written)]);
    }
    let mut bench = Bench::new(timing(), answers);
    for at in 0..200 {
        bench.arrives(at * 3, &[0x01]);
    }
    bench.run_for(100);
    stop(&mut bench, Verify::Echo);
    bench.run_for(100);
    assert_eq!(bench.results(), [Ok(Success::Written)], "on a line that never falls silent");
}

#[test]
fn stop_is_written_again_until_it_is_answered() {
    let mut n = 0;
    let mut bench = Bench::new(timing(), |_, request| {
        n += 1;
        match n {
            1 => vec![],
            2 => vec![(5, vec![0x55; 8])],
            _ => vec![(5, reply(request, 0))],
        }
    });
    let first = stop(&mut bench, Verify::Echo);
    bench.run_for(1_000);
    assert_eq!(times(&bench, STOP).len(), 3);
    assert_eq!(bench.done.len(), 1);
    assert_eq!((bench.done[0].ticket, bench.done[0].result), (first, Ok(Success::Written)));
}

#[test]
fn a_stop_that_is_not_held_by_the_device_is_written_again_and_then_reported() {
    let mut bench = Bench::new(timing(), |_, request| vec![(5, reply(request, 1))]);
    stop(&mut bench, Verify::ReadBack);
    bench.run_for(1_000);
    assert_eq!(times(&bench, STOP).len(), 3);
    assert_eq!(bench.results(), [Err(Failure::ReadBackDiffers)]);
    let mut bench = Bench::new(timing(), |_, _| vec![]);
    stop(&mut bench, Verify::Echo);
    bench.run_for(1_000);
    assert_eq!(times(&bench, STOP).len(), 3);
    assert!(bench.done[0].may_have_acted);
    assert_eq!(bench.results(), [Err(Failure::Silent)]);
    bench.run_for(10_000);
    assert!(!bench.master.is_stopping());
    assert_eq!(times(&bench, STOP).len(), 3, "the driver decides what next");
}

#[test]
fn nothing_is_written_while_a_stop_is_not_done() {
    let mut bench = Bench::new(timing(), answers);
    stop(&mut bench, Verify::ReadBack);
    for _ in 0..30 {
        if bench.master.is_stopping() {
            let refused = bench.master.write(unit(1), TARGET, Verify::Echo);
            assert_eq!(refused, Err(Refusal::Stopping));
        }
        bench.run_for(1);
    }
    assert_eq!(bench.results(), [Ok(Success::Verified)]);
    bench.master.write(unit(1), TARGET, Verify::Echo).expect("after the STOP");
    bench.run_for(100);
    assert_eq!(times(&bench, TARGET).len(), 1);
}

#[test]
fn a_write_under_way_is_uncertain_when_a_stop_comes_between() {
    // While its answer is awaited, and while its read-back waits or is out.
    for after in 0..30 {
        let mut bench = Bench::new(timing(), answers);
        bench.master.write(unit(1), TARGET, Verify::ReadBack).unwrap();
        bench.run_for(after);
        if !bench.done.is_empty() {
            continue;
        }
        stop(&mut bench, Verify::Echo);
        bench.run_for(1_000);
        let done = bench.done[0];
        assert!(done.may_have_acted && done.result.is_err(), "{after} ms: {done:?}");
        assert_eq!(times(&bench, TARGET).len(), 1);
        assert!(times(&bench, STOP)[0] > times(&bench, TARGET)[0]);
    }
}

#[test]
fn each_drive_gets_its_stop_even_when_another_is_silent() {
    let mut bench =
        Bench::new(
            timing(),
            |_, request| {
                if request[0] == 1 { vec![] } else { answers(0, request) }
            },
        );
    let now = bench.at();
    for drive in 1..=3 {
        bench.master.stop(now, unit(drive), STOP, Verify::ReadBack).unwrap();
    }
    bench.run_for(2_000);
    let first = |drive: u8| {
        let to = |(_, bytes): &&(u64, Vec<u8>)| bytes[0] == drive && is(STOP, bytes);
        bench.sent.iter().find(to).expect("sent").0 - 60
    };
    assert_eq!((first(1), first(2), first(3)), (0, 40, 40 + 5 + 10));
    assert_eq!(times(&bench, STOP).len(), 3 + 1 + 1);
    let results = bench.results();
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 2, "{results:?}");
}

#[test]
fn a_stop_that_waits_unsent_covers_the_next_one_and_one_that_is_out_does_not() {
    let mut bench = Bench::new(timing(), answers);
    bench.master.read(unit(1), holding(7)).unwrap();
    bench.run_for(1);
    let first = stop(&mut bench, Verify::Echo);
    assert_eq!(stop(&mut bench, Verify::Echo), first);
    bench.run_for(15);
    assert_eq!(times(&bench, STOP).len(), 1);
    assert_ne!(stop(&mut bench, Verify::Echo), first);
    bench.run_for(1_000);
    assert_eq!(times(&bench, STOP).len(), 2);
}

#[test]
fn the_read_back_of_a_stop_waits_for_a_clean_line() {
    // A late answer that looks like the stopped register must not prove the STOP.
    let mut n = 0;
    let mut bench = Bench::new(timing(), |_, request| {
        n += 1;
        match n {
            1 => vec![(130, reply(request, 0))],
            _ if request[1] == 6 => vec![(5, reply(request, 0))],
            _ => vec![(40, reply(request, 1))],
        }
    });
    let one = Timing { stop_attempts: NonZeroU8::MIN, ..timing() };
    bench.master = Master::new(one, bench.at()).unwrap();
    bench.run_for(60);
    bench.master.read(unit(1), holding(2)).unwrap();
    bench.run_for(50);
    stop(&mut bench, Verify::ReadBack);
    bench.run_for(1_000);
    let results = bench.results();
    assert_eq!(results, [Err(Failure::Preempted), Err(Failure::ReadBackDiffers)]);
}
