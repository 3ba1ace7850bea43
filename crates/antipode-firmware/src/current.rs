//! Is the motor current believable, and is it too high? (H-11)
//!
//! A sensor that shows too much for ever must not take away every way home: over-current is judged
//! only while the drive drives. A motor that stands braked draws none; where it seems to, the relay
//! is opened for a moment. What still flows then flows in the sensor alone. What ends and comes back
//! with the relay is a shorted bridge that pushes against the brake, which must not be opened for it
//! (H-09). What ends and stays away was the sensor in passing: to take it for a runaway would cut
//! off the way home of somebody alone for good.

use crate::canary::{self, Canary};
use crate::drive::Way;
use crate::timer::Held;

/// Over the current limit for so long is an obstacle.
const OVER_CURRENT_MS: u32 = 200;
/// Over the limit for so long with the brake set, nothing returns ...
const SUSPECT_MS: u32 = 200;
/// ... and for so long, the relay is opened ...
const PROBE_AFTER_MS: u32 = 1_000;
/// ... for this long ...
const PROBE_MS: u32 = 300;
/// ... of which the end counts.
const PROBE_SURE_MS: u32 = 200;
/// A shorted bridge feeds the motor again within this, once the relay is closed.
const BACK_MS: u32 = 500;
/// A sensor that was wrong is believed again after so long within the limit.
const RECOVERY_MS: u32 = 1_000;

/// The watch over the motor current.
#[derive(Clone, Debug, Default)]
pub(crate) struct CurrentWatch {
    driven: Held,
    standing: Held,
    over: Held,
    within: Held,
    /// The relay has been open for so long, to see what then flows.
    probe: Option<Held>,
    /// It ended with the relay open, which has been closed again for so long.
    ended: Option<Held>,
    is_false: bool,
}

/// What the current tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flow {
    /// The way in which the drive pushes against something.
    pub(crate) pushes: Option<Way>,
    /// The motor is fed although nothing commands it.
    pub(crate) fed: bool,
}

impl CurrentWatch {
    /// Looks at one tick. `setpoint` and `braked` are what the drive followed since the last one.
    pub(crate) fn update(&mut self, setpoint: i32, braked: bool, over: bool, dt_ms: u32) -> Flow {
        self.over.update(over, dt_ms);
        if self.within.update(!over, dt_ms) >= RECOVERY_MS {
            self.is_false = false;
        }
        let fed = self.look_into(setpoint == 0 && braked && over, dt_ms);
        let drives = over && setpoint != 0 && !self.is_false;
        let blocked = self.driven.update(drives, dt_ms) >= OVER_CURRENT_MS
            && !canary::active(Canary::StallUnseen);
        Flow { pushes: blocked.then(|| Way::of(setpoint)), fed }
    }

    /// Whether a current at standstill is a shorted bridge; finds out whether it is the sensor.
    fn look_into(&mut self, flows: bool, dt_ms: u32) -> bool {
        let Some(probe) = &mut self.probe else {
            if let Some(closed) = &mut self.ended {
                let closed_ms = closed.update(true, dt_ms);
                let back = flows && self.over.ms() >= SUSPECT_MS;
                if back || closed_ms >= BACK_MS {
                    self.ended = None;
                }
                return back && !canary::active(Canary::RunawayUnseen);
            }
            let standing_ms = self.standing.update(flows && !self.is_false, dt_ms);
            self.probe = (standing_ms >= PROBE_AFTER_MS).then_some(Held::ZERO);
            return false;
        };
        if probe.update(true, dt_ms) < PROBE_MS {
            return false;
        }
        // Neither for sure: it is looked into again if it lasts.
        self.probe = None;
        self.standing = Held::ZERO;
        self.is_false = self.over.ms() >= PROBE_SURE_MS;
        self.ended = (self.within.ms() >= PROBE_SURE_MS).then_some(Held::ZERO);
        false
    }

    /// The relay has to be open, to see what flows then.
    pub(crate) const fn probes(&self) -> bool {
        self.probe.is_some()
    }

    /// Something flows at standstill, and it is not known yet whether it is real.
    pub(crate) const fn is_suspect(&self) -> bool {
        self.probes() || self.ended.is_some() || self.standing.ms() >= SUSPECT_MS
    }

    /// The sensor shows a current that cannot be: nothing watches what the drive pushes against.
    pub(crate) const fn is_false(&self) -> bool {
        self.is_false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tick(watch: &mut CurrentWatch, setpoint: i32, over: bool, ms: u32) -> Flow {
        let mut flow = Flow::default();
        for _ in 0..ms / 10 {
            flow = watch.update(setpoint, setpoint == 0, over, 10);
        }
        flow
    }

    /// A watch over a current that has stood over its limit until the relay opened.
    fn probing() -> CurrentWatch {
        let mut watch = CurrentWatch::default();
        tick(&mut watch, 0, true, 990);
        assert!(!watch.probes() && watch.is_suspect());
        tick(&mut watch, 0, true, 10);
        assert!(watch.probes() && watch.is_suspect() && !watch.is_false());
        watch
    }

    #[test]
    fn over_current_counts_only_while_the_drive_drives() {
        for (setpoint, braked, way) in [
            (1_000, false, Some(Way::Down)),
            (-1_000, false, Some(Way::Back)),
            // Ramped to zero, not braked yet; and a drive that holds in the brake's place.
            (0, false, None),
            (0, true, None),
        ] {
            let mut watch = CurrentWatch::default();
            assert_eq!(watch.update(setpoint, braked, true, 199).pushes, None);
            assert_eq!(watch.update(setpoint, braked, true, 1).pushes, way);
            assert_eq!(watch.update(setpoint, braked, false, 1).pushes, None);
            assert!(!watch.is_false());
        }
        let mut watch = CurrentWatch::default();
        watch.update(0, false, true, 60_000);
        assert!(!watch.is_suspect(), "a drive that holds may draw it");
    }

    #[test]
    fn what_flows_with_the_relay_open_is_the_sensor_until_a_second_within() {
        let mut watch = probing();
        tick(&mut watch, 0, true, 290);
        assert!(watch.probes());
        assert_eq!(tick(&mut watch, 0, true, 10), Flow::default());
        assert!(watch.is_false() && !watch.probes() && !watch.is_suspect());
        assert_eq!(tick(&mut watch, -1_000, true, 60_000).pushes, None, "it proves no obstacle");
        tick(&mut watch, 0, false, 990);
        tick(&mut watch, 0, true, 10);
        tick(&mut watch, 0, false, 990);
        assert!(watch.is_false(), "a good moment is not enough");
        tick(&mut watch, 0, false, 10);
        assert!(!watch.is_false());
        assert_eq!(tick(&mut watch, -1_000, true, 200).pushes, Some(Way::Back));
    }

    #[test]
    fn what_ends_with_the_relay_open_and_comes_back_is_a_motor_fed_without_command() {
        let mut watch = probing();
        tick(&mut watch, 0, true, 100);
        assert!(!tick(&mut watch, 0, false, 200).fed);
        assert!(watch.is_suspect() && !watch.probes(), "the relay is closed, the brake set");
        assert!(!tick(&mut watch, 0, true, 190).fed);
        assert!(tick(&mut watch, 0, true, 10).fed);
        assert!(!watch.is_false());
        assert!(!watch.update(0, true, false, 10).fed, "told once");
    }

    #[test]
    fn what_ends_with_the_relay_open_and_stays_away_was_no_motor() {
        let mut watch = probing();
        tick(&mut watch, 0, true, 100);
        assert!(!tick(&mut watch, 0, false, 200).fed);
        assert!(!tick(&mut watch, 0, false, 490).fed);
        assert!(watch.is_suspect(), "nothing moves until it is known");
        assert!(!tick(&mut watch, 0, false, 10).fed);
        assert!(!watch.is_suspect() && !watch.is_false());
    }

    #[test]
    fn what_flickers_with_the_relay_open_is_looked_into_again() {
        let mut watch = probing();
        tick(&mut watch, 0, false, 150);
        let flow = tick(&mut watch, 0, true, 150);
        assert_eq!((flow, watch.is_false(), watch.is_suspect()), (Flow::default(), false, false));
        tick(&mut watch, 0, true, 1_000);
        assert!(watch.probes());
    }
}
