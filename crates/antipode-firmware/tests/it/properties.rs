//! What holds whatever comes in.

use antipode_link::Message;
use antipode_safety::{Latches, Rate, Switch, Switches};
use proptest::prelude::*;

use crate::bench::{Bench, Sense, back, deg, held_back, lease};

/// One thing that may happen on the bench.
#[derive(Clone, Debug)]
enum Act {
    Run(u32),
    Late(u32),
    Target(i32, i64, u64),
    Jog(i64),
    Back,
    HeldBack,
    Hold,
    Stop,
    Beat,
    Greet,
    Arm,
    Acknowledge,
    Clear,
    Noise(Vec<u8>),
    Switches(u8),
    Latches(bool, bool),
    Main(u8),
    Second(u8),
    Mains(bool),
    Current(u32),
    Heat(i8),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => (1..80u32).prop_map(Act::Run),
        2 => (1..50u32).prop_map(Act::Late),
        8 => (-80..=60i32, 0..4_000i64, 1..400u64).prop_map(|(t, r, l)| Act::Target(t, r, l)),
        1 => (-4_000..4_000i64).prop_map(Act::Jog),
        2 => Just(Act::Back),
        1 => Just(Act::HeldBack),
        1 => Just(Act::Hold),
        1 => Just(Act::Stop),
        4 => Just(Act::Beat),
        1 => Just(Act::Greet),
        3 => Just(Act::Arm),
        2 => Just(Act::Acknowledge),
        2 => Just(Act::Clear),
        1 => prop::collection::vec(any::<u8>(), 0..60).prop_map(Act::Noise),
        1 => any::<u8>().prop_map(Act::Switches),
        1 => any::<(bool, bool)>().prop_map(|(a, b)| Act::Latches(a, b)),
        1 => (0..6u8).prop_map(Act::Main),
        1 => (0..6u8).prop_map(Act::Second),
        1 => any::<bool>().prop_map(Act::Mains),
        1 => (0..10_000u32).prop_map(Act::Current),
        1 => (0..100i8).prop_map(Act::Heat),
    ]
}

fn sense(kind: u8, at: i32) -> Sense {
    match kind {
        0 => Sense::Lost,
        1 => Sense::Stuck(at),
        2 => Sense::Off(2_000),
        _ => Sense::Good,
    }
}

/// The rules that a trace must keep.
struct Watch {
    last_setpoint: i32,
    stop: bool,
    /// Time of the last motion frame of any kind, and of the last host frame.
    motion_at: Option<u32>,
}

impl Watch {
    fn step(&mut self, bench: &mut Bench, dt: u32) {
        bench.step(dt);
        let setpoint = bench.setpoint();
        let pressed = bench.inputs.switches.has(Switch::Stop)
            || !bench.inputs.switches.has(Switch::StopLoopClosed);
        self.stop |= pressed;
        if self.stop {
            assert!(setpoint <= 0, "nothing lowers under STOP");
        }
        if setpoint > 0 {
            let at = self.motion_at.expect("nothing lowers without a frame");
            assert!(bench.now.wrapping_sub(at) < 250, "nothing lowers past its lease");
        }
        assert!((-6_000..=3_000).contains(&setpoint));
        let grew = setpoint.abs() - self.last_setpoint.abs();
        assert!(setpoint == 0 || grew <= 2 * i32::try_from(dt).expect("a tick").max(1), "ramp");
        assert!(setpoint == 0 || !bench.outputs.brake, "never driven against the brake");
        assert!(bench.outputs.relay || setpoint == 0);
        self.last_setpoint = setpoint;
    }
}

fn play(acts: &[Act], honest_sensors: bool) -> Bench {
    let mut bench = Bench::armed();
    let mut watch = Watch { last_setpoint: 0, stop: false, motion_at: None };
    for act in acts {
        match act.clone() {
            Act::Run(ticks) => (0..ticks).for_each(|_| watch.step(&mut bench, 10)),
            Act::Late(dt) => watch.step(&mut bench, dt),
            Act::Target(to, rate, ms) => {
                bench.send(Message::SetTarget {
                    target: deg(to),
                    rate: Rate::clamped(rate),
                    lease: lease(ms),
                });
                watch.motion_at = Some(bench.now);
            }
            Act::Jog(rate) => {
                bench.send(Message::Jog { rate: Rate::clamped(rate), lease: lease(250) });
                watch.motion_at = Some(bench.now);
            }
            Act::Back => drop(bench.send(back(3_000))),
            Act::HeldBack => drop(bench.send(held_back())),
            Act::Hold => drop(bench.send(Message::Hold)),
            Act::Stop => {
                bench.send(Message::Stop);
                watch.stop = true;
            }
            Act::Beat => bench.beat(),
            Act::Greet => bench.greet(),
            Act::Arm => drop(bench.arm()),
            Act::Acknowledge => {
                let result = bench.send(Message::AcknowledgeStop);
                if result == antipode_link::AckResult::Accepted {
                    watch.stop = false;
                }
            }
            Act::Clear => {
                let faults = antipode_safety::FaultSet::from_bits(u16::MAX);
                bench.send(Message::ClearFaults { faults });
            }
            Act::Noise(bytes) => {
                bench.table.receive(bench.now, &bytes);
                bench.table.receive(bench.now, &[0]);
            }
            Act::Switches(bits) => {
                bench.inputs.switches =
                    Switches::from_bits(bits).with(Switch::StopLoopClosed, bits & 0x90 != 0);
            }
            Act::Latches(first_closed, second_closed) => {
                bench.inputs.latches = Latches { fitted: 2, first_closed, second_closed };
            }
            Act::Main(kind) if !honest_sensors => bench.main = sense(kind, bench.tilt()),
            Act::Second(kind) if !honest_sensors => bench.second = sense(kind, bench.tilt()),
            Act::Main(_) | Act::Second(_) => {}
            Act::Mains(mains) => bench.inputs.mains = mains,
            Act::Current(current_ma) => bench.inputs.current_ma = current_ma,
            Act::Heat(celsius) => bench.inputs.temperature_c = celsius,
        }
    }
    bench
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn whatever_comes_in_the_rules_hold(acts in prop::collection::vec(act(), 1..200)) {
        play(&acts, false);
    }

    #[test]
    fn with_true_sensors_the_head_down_end_is_never_passed(
        acts in prop::collection::vec(act(), 1..200),
    ) {
        let bench = play(&acts, true);
        prop_assert!(bench.highest <= 60_000, "{}", bench.highest);
    }

    #[test]
    fn once_everything_heals_silence_brings_everyone_home(
        acts in prop::collection::vec(act(), 1..150),
    ) {
        let mut bench = play(&acts, false);
        bench.main = Sense::Good;
        bench.second = Sense::Good;
        bench.inputs.mains = true;
        bench.inputs.current_ma = 0;
        bench.inputs.temperature_c = 25;
        bench.inputs.latches = Latches { fitted: 2, first_closed: true, second_closed: true };
        bench.inputs.switches = Switches::NONE.with(Switch::StopLoopClosed, true);
        bench.run(2_000);
        bench.beat();
        // With STOP latched or a return once blocked nobody but a person moves the bed.
        bench.press(Switch::Return, true);
        bench.run(60_000);
        prop_assert!(bench.tilt() <= 0 || !bench.outputs.relay, "{}", bench.tilt());
    }

    #[test]
    fn a_fork_goes_the_same_way(acts in prop::collection::vec(act(), 1..60)) {
        let mut one = play(&acts, false);
        let mut two = one.clone();
        for _ in 0..500 {
            one.step(10);
            two.step(10);
            prop_assert_eq!(one.outputs, two.outputs);
        }
        prop_assert_eq!(one.heard, two.heard);
    }
}
