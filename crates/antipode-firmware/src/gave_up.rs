//! A drive that says that its own current limit has stopped it: on which way, and whether it was its
//! supply that gave way and not the bed (H-11, H-13).

use crate::drive::Way;
use crate::timer::Held;

/// A drive tells within this that its own current limit has stopped it.
const WITHIN_MS: u32 = 1_000;
/// A motor whose energy was away so shortly before, or goes within so long after, was short of it. Many
/// a drive calls that a fault of its power stage, and keeps saying so when the energy is back.
const DIP_MS: u32 = 1_000;
/// That explains it once for each so much of the way home, millidegrees: twice at the same place it is
/// something in the way that pulls the supply down.
const GAIN_MDEG: i32 = 1_000;

/// What one tick shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown {
    /// What the drive was told, millidegrees a second.
    pub(crate) setpoint: i32,
    /// A return has the bed.
    pub(crate) returns: bool,
    /// The drive says it.
    pub(crate) says: bool,
    /// The motor's energy has been there for so long, without any debouncing.
    pub(crate) lit_ms: u32,
    /// The most head-down angle, millidegrees.
    pub(crate) worst: Option<i32>,
}

/// What it means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Meant {
    /// Nothing.
    #[default]
    Nothing,
    /// It was driven against something.
    Against(Way),
    /// It stopped on the way home; whether its energy was missing is not known yet. Nothing turns.
    Waits,
    /// Its energy was missing.
    Dip,
    /// Nothing explains it: something is in the way home.
    Blocked,
}

/// The watch over it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GaveUp {
    said: bool,
    /// For how long it has not been driven down, not back, and not home.
    not_down: Held,
    not_back: Held,
    not_home: Held,
    waits: Option<Held>,
    /// Where its energy was last taken for missing.
    excused: Option<i32>,
}

impl GaveUp {
    pub(crate) const fn new() -> Self {
        Self {
            said: false,
            not_down: Held::since(u32::MAX),
            not_back: Held::since(u32::MAX),
            not_home: Held::since(u32::MAX),
            waits: None,
            excused: None,
        }
    }

    /// Looks at one tick. It says so late: who was let down a moment ago was stopped on the way down,
    /// whatever has been asked since. A bed that has stood for longer was not driven against anything.
    pub(crate) fn update(&mut self, shown: &Shown, dt_ms: u32) -> Meant {
        let down_ms = self.not_down.update(shown.setpoint <= 0, dt_ms);
        let back_ms = self.not_back.update(shown.setpoint >= 0, dt_ms);
        let home_ms = self.not_home.update(!shown.returns, dt_ms);
        let begins = shown.says && !self.said;
        self.said = shown.says;
        if shown.worst.is_some_and(|worst| worst <= 0) {
            self.excused = None;
        }
        if begins && down_ms <= WITHIN_MS {
            self.waits = None;
            return Meant::Against(Way::Down);
        }
        if begins && back_ms <= WITHIN_MS {
            if home_ms > WITHIN_MS {
                return Meant::Against(Way::Back);
            }
            self.waits = self.waits.or(Some(Held::ZERO));
        }
        self.judge(shown, dt_ms)
    }

    fn judge(&mut self, shown: &Shown, dt_ms: u32) -> Meant {
        let Some(waits) = &mut self.waits else { return Meant::Nothing };
        let gained = shown.worst.filter(|worst| {
            self.excused.is_none_or(|before| *worst <= before.saturating_sub(GAIN_MDEG))
        });
        if shown.lit_ms <= DIP_MS
            && let Some(worst) = gained
        {
            (self.waits, self.excused) = (None, Some(worst));
            Meant::Dip
        } else if waits.update(true, dt_ms) >= DIP_MS {
            self.waits = None;
            Meant::Blocked
        } else {
            Meant::Waits
        }
    }

    /// Whether it is not known yet what it means.
    pub(crate) const fn waits(&self) -> bool {
        self.waits.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: Shown = Shown {
        setpoint: -2_000,
        returns: true,
        says: false,
        lit_ms: u32::MAX,
        worst: Some(20_000),
    };

    fn until_told(gave_up: &mut GaveUp, shown: Shown) -> (Meant, u32) {
        for ms in (0..5_000).step_by(10) {
            let meant = gave_up.update(&shown, 10);
            if meant != Meant::Waits {
                return (meant, ms);
            }
        }
        (Meant::Waits, 5_000)
    }

    #[test]
    fn on_the_way_home_it_waits_a_second_for_what_explains_it() {
        let mut gave_up = GaveUp::new();
        assert_eq!(gave_up.update(&HOME, 10), Meant::Nothing);
        let stands = Shown { setpoint: 0, returns: false, says: true, ..HOME };
        assert_eq!(gave_up.update(&Shown { says: true, ..HOME }, 10), Meant::Waits);
        assert_eq!(until_told(&mut gave_up, stands), (Meant::Blocked, 980));
        assert_eq!(gave_up.update(&stands, 10), Meant::Nothing, "once");
    }

    #[test]
    fn energy_that_was_away_before_or_goes_after_explains_it_once_at_a_place() {
        for lit_ms in [0, 1_000] {
            let mut gave_up = GaveUp::new();
            let dips = Shown { says: true, lit_ms, ..HOME };
            assert_eq!(until_told(&mut gave_up, dips), (Meant::Dip, 0));
            for (worst, meant) in
                [(19_001, Meant::Blocked), (19_000, Meant::Dip), (18_000, Meant::Dip)]
            {
                gave_up.update(&HOME, 10);
                let again = Shown { worst: Some(worst), ..dips };
                assert_eq!(until_told(&mut gave_up, again).0, meant, "{worst}");
            }
        }
        let mut gave_up = GaveUp::new();
        assert_eq!(gave_up.update(&Shown { says: true, ..HOME }, 10), Meant::Waits);
        let goes = Shown { setpoint: 0, returns: false, says: true, lit_ms: 0, ..HOME };
        assert_eq!(gave_up.update(&goes, 10), Meant::Dip);
    }

    #[test]
    fn what_stops_a_jog_back_or_a_bed_without_an_angle_is_something_in_the_way() {
        let mut gave_up = GaveUp::new();
        let jog = Shown { returns: false, says: true, lit_ms: 0, ..HOME };
        assert_eq!(gave_up.update(&jog, 10), Meant::Against(Way::Back));
        let mut gave_up = GaveUp::new();
        let blind = Shown { says: true, lit_ms: 0, worst: None, ..HOME };
        assert_eq!(until_told(&mut gave_up, blind).0, Meant::Blocked);
    }
}
