//! A master on a line on which everything goes wrong at random.

use super::super::*;
use super::bench::*;
use proptest::prelude::*;

/// What the device does with one request.
#[derive(Clone, Debug)]
enum Fate {
    /// Answers after so many milliseconds, in time or not.
    Answers(u64),
    /// Answers, and again within a turnaround. One that comes back later is like an answer of its
    /// own: nothing in a frame tells.
    Doubled(u64, u64),
    /// Answers in two pieces.
    Cut(u64, u64),
    /// Answers with stray bytes before.
    Lead(u64, Vec<u8>),
    /// Answers with one byte damaged.
    Damaged(u64, usize, u8),
    /// Answers more than was asked.
    Longer(u64),
    /// Another unit answers.
    OtherUnit(u64),
    /// Says nothing.
    Silent,
    /// Says anything.
    Noise(u64, Vec<u8>),
}

/// Slowest answer that the times of the bench must bear: `reply_timeout` and `drain_quiet`, less a
/// millisecond.
const SLOWEST: u64 = 159;

fn fates() -> impl Strategy<Value = Fate> {
    let late = || 1..=SLOWEST;
    let bytes = || prop::collection::vec(any::<u8>(), 1..20);
    prop_oneof![
        4 => (1..90u64).prop_map(Fate::Answers),
        4 => late().prop_map(Fate::Answers),
        2 => (late(), 0..10u64).prop_map(|(at, gap)| Fate::Doubled(at, (at + gap).min(SLOWEST))),
        2 => (late(), late()).prop_map(|(first, second)| Fate::Cut(first.min(second), first.max(second))),
        1 => (late(), bytes()).prop_map(|(at, lead)| Fate::Lead(at, lead)),
        1 => (late(), 0..7usize, 1..=u8::MAX).prop_map(|(at, i, flip)| Fate::Damaged(at, i, flip)),
        1 => late().prop_map(Fate::Longer),
        1 => late().prop_map(Fate::OtherUnit),
        1 => Just(Fate::Silent),
        1 => (late(), bytes()).prop_map(|(at, noise)| Fate::Noise(at, noise)),
    ]
}

fn plan(fate: &Fate, request: &[u8], number: u16) -> Plan {
    let good = reply(request, number);
    match fate.clone() {
        Fate::Answers(at) => vec![(at, good)],
        Fate::Doubled(first, second) => vec![(first, good.clone()), (second, good)],
        Fate::Cut(first, second) => vec![(first, good[..3].to_vec()), (second, good[3..].to_vec())],
        Fate::Lead(at, lead) => vec![(at, [lead, good].concat())],
        Fate::Damaged(at, i, flip) => {
            let mut bytes = good;
            let i = i % bytes.len();
            bytes[i] ^= flip;
            vec![(at, bytes)]
        }
        Fate::Longer(at) => vec![(at, frame(&[request[0], request[1], 4, 0, 1, 0, 2]))],
        Fate::OtherUnit(at) => {
            let mut bytes = good;
            bytes.truncate(bytes.len() - 2);
            bytes[0] = 9;
            vec![(at, frame(&bytes))]
        }
        Fate::Silent => vec![],
        Fate::Noise(at, noise) => vec![(at, noise)],
    }
}

#[derive(Clone, Copy, Debug)]
enum Act {
    Read,
    Write,
    Stop,
    Nothing,
}

fn acts() -> impl Strategy<Value = (Act, u64)> {
    let act = prop_oneof![
        6 => Just(Act::Read), 2 => Just(Act::Write), 1 => Just(Act::Stop), 2 => Just(Act::Nothing)
    ];
    (act, 0..250u64)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100_000))]

    #[test]
    fn a_read_is_answered_with_its_own_answer_or_not_at_all(
        fates in prop::collection::vec(fates(), 1..8), pauses in prop::collection::vec(0..250u64, 1..8),
    ) {
        // Every request has its number, which the device gives as the value of the register.
        let mut number = 0;
        let mut bench = Bench::new(timing(), |_, request| {
            number += 1;
            fates.get(usize::from(number) - 1).map_or(vec![], |fate| plan(fate, request, number))
        });
        for pause in &pauses {
            if bench.master.read(unit(1), holding(7)).is_ok() {
                bench.run_for(*pause);
            }
        }
        bench.run_for(4_000);
        // Each read was asked once and in its turn, so the n-th result belongs to the n-th request,
        // but for those that were never sent.
        let mut asked = 0;
        for result in bench.results() {
            if result == Err(Failure::NeverQuiet) {
                continue;
            }
            asked += 1;
            if result.is_ok() {
                prop_assert_eq!(result, value(asked));
            }
        }
        prop_assert_eq!(usize::from(asked), bench.sent.len());
    }

    #[test]
    fn every_job_comes_back_once_and_the_line_is_kept(
        fates in prop::collection::vec(fates(), 1..6), acts in prop::collection::vec(acts(), 1..10),
    ) {
        let mut n = 0;
        let mut bench = Bench::new(timing(), |_, request| {
            n += 1;
            plan(&fates[n % fates.len()], request, 0)
        });
        let stop = register(2, 0);
        let mut tickets = Vec::new();
        let mut stopped_at = Vec::new();
        let mut writes = 0;
        for (act, pause) in acts {
            let now = bench.at();
            let ticket = match act {
                Act::Read => bench.master.read(unit(1), holding(7)).ok(),
                Act::Write => {
                    writes += 1;
                    bench.master.write(unit(1), register(1, writes), Verify::ReadBack).ok()
                }
                Act::Stop => {
                    stopped_at.push((bench.now, writes));
                    bench.master.stop(now, unit(1), stop, Verify::Echo).ok()
                }
                Act::Nothing => None,
            };
            tickets.extend(ticket);
            bench.run_for(pause);
        }
        bench.run_for(10_000);
        tickets.dedup();
        let mut over: Vec<Ticket> = bench.done.iter().map(|done| done.ticket).collect();
        over.sort();
        tickets.sort();
        tickets.dedup();
        prop_assert_eq!(over, tickets);
        for pair in bench.sent.windows(2) {
            prop_assert!(pair[1].0 >= pair[0].0 + 10, "a turnaround between any two frames");
        }
        for (at, writes) in stopped_at {
            let out = |from: u64, code: u8, up_to: u16| {
                bench.sent.iter().find(|(when, bytes)| {
                    let number = u16::from_be_bytes([bytes[4], bytes[5]]);
                    *when >= from && bytes[1] == 6 && bytes[3] == code && number <= up_to
                })
            };
            let first = out(at, 2, 0).expect("STOP goes out").0;
            prop_assert!(first <= at + 40 + 10, "within its patience and a turnaround");
            prop_assert!(
                out(at + 1, 1, writes).is_none(), "no write from before the STOP after it"
            );
        }
    }

    #[test]
    fn any_bytes_at_any_time_do_no_harm(
        chunks in prop::collection::vec(
            (0..300u64, prop::collection::vec(any::<u8>(), 0..300), 0..4u8), 0..12,
        ),
    ) {
        let mut bench = Bench::new(timing(), |_, _| vec![]);
        for (pause, bytes, act) in chunks {
            let now = bench.at();
            let full = match act {
                0 => bench.master.read(unit(1), holding(7)).is_err(),
                1 => bench.master.write(unit(1), register(1, 1), Verify::ReadBack).is_err(),
                2 => bench.master.stop(now, unit(1), register(2, 0), Verify::ReadBack).is_err(),
                _ => false,
            };
            if full {
                bench.run_for(1_000);
            }
            bench.arrives(pause / 3, &bytes);
            bench.run_for(pause);
        }
        bench.run_for(20_000);
        prop_assert!(bench.results().iter().all(Result::is_err));
    }
}
