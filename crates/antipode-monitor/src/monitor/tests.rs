use super::Monitor;
use crate::profile::Profile;
use crate::testing::{Run, standing};
use crate::trace::{Event, Motion, Source, Tick};

#[test]
fn a_whole_bout_is_clean() {
    let mut run = Run::at(-3_000);
    run.tick.host.plan_tilt_mdeg = Some(20_000);
    run.tick.host.bout_target_mdeg = Some(20_000);
    run.drive(Motion::Plan, 1_500, 15_700).drive(Motion::None, 0, 60_000);
    assert!((19_000..20_500).contains(&run.tick.plant.tilt_mdeg));
    run.drive(Motion::Plan, -1_000, 22_000).drive(Motion::None, 0, 60_000);
    run.tick.host.at_rest = true;
    run.pass(1_000);
    run.tick.host.session_active = false;
    run.event(Event::SessionEnded { cause: 1 }).pass(1_000);
    run.clean();
    assert!(run.monitor.finish().is_clean());
}

#[test]
fn rows_that_do_not_rise_in_time_are_ignored() {
    let mut run = Run::at(20_000);
    let mut again = run.tick;
    again.plant.tilt_mdeg = 70_000;
    run.monitor.observe(&again);
    run.clean();
}

#[test]
fn a_copy_judges_its_own_fork() {
    let mut run = Run::at(20_000);
    let mut fork = run.clone();
    fork.step(|tick| tick.firmware.stale_frames_accepted = 1);
    run.pass(100);
    run.clean();
    assert_eq!(fork.monitor.violations().len(), 1);
}

/// A small generator (xorshift): extremes are wanted, quality is not.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn int(&mut self) -> i32 {
        let value = (self.next() >> 32) as u32 as i32;
        match self.next() % 4 {
            0 => i32::MIN,
            1 => i32::MAX,
            2 => value,
            _ => value % 100_000,
        }
    }

    fn count(&mut self) -> u32 {
        self.int().unsigned_abs()
    }

    fn flag(&mut self) -> bool {
        self.next().is_multiple_of(2)
    }

    fn tilt(&mut self) -> Option<i32> {
        let tilt = self.int();
        self.flag().then_some(tilt)
    }
}

fn noisy(noise: &mut Noise, t_ms: u64) -> Tick {
    let motions = [
        Motion::None,
        Motion::Plan,
        Motion::Jog,
        Motion::SelfTest,
        Motion::Return,
        Motion::HeldReturn,
        Motion::OwnReturn,
        Motion::Creep,
        Motion::Upright,
    ];
    let mut tick = standing(noise.int());
    tick.t_ms = t_ms;
    tick.plant.rate_mdeg_s = noise.int();
    tick.plant.drive_able = noise.flag();
    tick.plant.second_source = if noise.flag() { Source::Healthy } else { Source::FaultSilent };
    tick.people.return_held = noise.flag();
    tick.people.upright_held = noise.flag();
    tick.wire.up = noise.flag();
    let firmware = &mut tick.firmware;
    firmware.motion = motions[(noise.next() % 9) as usize];
    firmware.setpoint_mdeg_s = noise.int();
    firmware.tilt_mdeg = noise.tilt();
    firmware.second_tilt_mdeg = noise.tilt();
    firmware.tilt_age_ms = noise.count();
    firmware.second_tilt_age_ms = noise.count();
    firmware.tilt_limit_mdeg = noise.int();
    firmware.lease_ms_left = noise.count();
    firmware.accepted_rate_mdeg_s = noise.int();
    firmware.stop_latched = noise.flag();
    let host = &mut tick.host;
    host.alive = noise.flag();
    host.tilt_mdeg = noise.tilt();
    host.second_tilt_mdeg = noise.tilt();
    host.reading_seq = noise.count();
    host.commanded_mdeg_s = noise.int();
    host.stop_latched = noise.flag();
    host.plan_tilt_mdeg = noise.tilt();
    host.bout_target_mdeg = noise.tilt();
    host.limits.tilt_mdeg = noise.int();
    host.limits.lower_mdeg_s = noise.int();
    tick
}

#[test]
fn no_row_makes_it_overflow() {
    let mut noise = Noise(0x9e37_79b9_7f4a_7c15);
    let mut monitor = Monitor::new(Profile::home_serial());
    let mut t_ms = 0;
    for _ in 0..50_000 {
        t_ms += match noise.next() % 50 {
            0 => 10_000_000_000,
            1 => 0,
            _ => 10,
        };
        if noise.flag() {
            let event = match noise.next() % 4 {
                0 => Event::StopPressed,
                1 => Event::HumanStart,
                2 => Event::ReturnPressed { wired: noise.flag() },
                _ => Event::RecordDurable { seq: noise.next() },
            };
            monitor.observe_event(&event);
        }
        monitor.observe(&noisy(&mut noise, t_ms));
    }
    assert!(!monitor.finish().is_clean());
}
