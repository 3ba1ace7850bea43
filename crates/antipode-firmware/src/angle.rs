//! Where the bed stands, from one or two sources that may each lie (H-04 to H-07).

use antipode_safety::Angle;

use crate::canary::{self, Canary};
use crate::timer::Held;

/// A source that gave nothing new for longer than this is lost. Bridges single missed samples.
const HOLD_OVER_MS: u32 = 100;
/// A tick that comes later than [`HOLD_OVER_MS`], and earlier than this, is the controller's own
/// lateness. It did not listen, so the silence is not the source's: what it last said is too old, but
/// its next word is as good as ever. Otherwise a busy machine would cost a guardian the angle for a
/// second each time, and somebody head-down the way home (H-01).
const OWN_LATENESS_MS: u32 = 1_000;
/// No table turns past this; a sample beyond is rejected.
const RANGE_MDEG: i32 = 95_000;
/// Fastest believable turn, millidegrees a millisecond (12 degrees a second).
const JUMP_MDEG_PER_MS: i64 = 12;
/// Noise that is no jump.
const JUMP_FLOOR_MDEG: i64 = 300;
/// Rejected samples within this time count together; the third distrusts the source.
const REJECT_WINDOW_MS: u32 = 1_000;
/// How long a distrusted source must behave to be trusted again.
const RECOVERY_MS: u32 = 1_000;
/// Two sources further apart than this for [`DISAGREE_MS`] disagree.
const DISAGREE_MDEG: u32 = 5_000;
const DISAGREE_MS: u32 = 300;
/// They agree again below this for [`RECOVERY_MS`].
const AGREE_MDEG: u32 = 3_000;
/// Driven at least this fast for [`STUCK_MS`], a source that moved less than [`STUCK_MDEG`] while
/// the other moved twice that is stuck.
const STUCK_RATE: i32 = 1_000;
const STUCK_MS: u32 = 1_000;
const STUCK_MDEG: u32 = 300;

/// One sensor, checked sample by sample.
#[derive(Clone, Debug)]
struct Source {
    /// Last accepted sample in millidegrees.
    last: i32,
    /// Age of the last accepted sample.
    age_ms: u32,
    /// It was listened to for so long since then.
    silent_ms: u32,
    /// Ages of the last two rejected samples.
    rejects_ms: [u32; 2],
    /// Behaved for so long since it was distrusted.
    good_ms: u32,
    stuck: bool,
}

impl Source {
    /// Nothing heard yet; the first sample in range is believed.
    const fn new() -> Self {
        Self {
            last: 0,
            age_ms: u32::MAX,
            silent_ms: 0,
            rejects_ms: [u32::MAX; 2],
            good_ms: RECOVERY_MS,
            stuck: false,
        }
    }

    fn update(&mut self, sample: Option<Angle>, dt_ms: u32) {
        let first = self.age_ms == u32::MAX;
        self.age_ms = if first { u32::MAX } else { self.age_ms.saturating_add(dt_ms) };
        if !(HOLD_OVER_MS + 1..OWN_LATENESS_MS).contains(&dt_ms) {
            self.silent_ms = self.silent_ms.saturating_add(dt_ms);
        }
        for age in &mut self.rejects_ms {
            *age = age.saturating_add(dt_ms);
        }
        if let Some(sample) = sample {
            self.take(sample.millideg(), first, dt_ms);
        }
        if !first && self.silent_ms > HOLD_OVER_MS {
            self.good_ms = 0;
        }
    }

    fn take(&mut self, sample: i32, first: bool, dt_ms: u32) {
        let in_range = sample.abs() <= RANGE_MDEG;
        let allowed = i64::from(self.age_ms) * JUMP_MDEG_PER_MS + JUMP_FLOOR_MDEG;
        let steady = first || i64::from(sample.abs_diff(self.last)) <= allowed;
        if in_range && steady {
            // A source that speaks with every third tick behaves between them too.
            let behaved = if self.age_ms > HOLD_OVER_MS { dt_ms } else { self.age_ms };
            self.good_ms = self.good_ms.saturating_add(behaved).min(RECOVERY_MS);
            self.believe(sample);
            return;
        }
        let [newer, older] = self.rejects_ms;
        if older <= REJECT_WINDOW_MS {
            self.good_ms = 0;
        }
        self.rejects_ms = [0, newer];
        if in_range && self.good_ms == 0 {
            // A distrusted source starts over from where it says it is.
            self.believe(sample);
        }
    }

    const fn believe(&mut self, sample: i32) {
        self.last = sample;
        self.age_ms = 0;
        self.silent_ms = 0;
    }

    fn valid(&self) -> Option<i32> {
        let fresh = self.age_ms <= HOLD_OVER_MS;
        (fresh && self.good_ms >= RECOVERY_MS && !self.stuck).then_some(self.last)
    }
}

/// How far the angle can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quality {
    /// Every fitted source is valid and they agree.
    Full,
    /// One of two is lost.
    OneSource,
    /// Two valid sources disagree.
    Disagree,
}

/// Where the bed stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Estimate {
    pub(crate) quality: Quality,
    /// Steers a motion, millidegrees.
    pub(crate) control: i32,
    /// The most head-down source.
    pub(crate) worst: i32,
    /// The most head-up source.
    pub(crate) least: i32,
}

/// Both sources together.
#[derive(Clone, Debug)]
pub(crate) struct Sources {
    main: Source,
    second: Source,
    second_fitted: bool,
    apart: Held,
    together: Held,
    disagree: bool,
    driven_ms: u32,
    anchors: [i32; 2],
}

impl Sources {
    pub(crate) const fn new(second_fitted: bool) -> Self {
        Self {
            main: Source::new(),
            second: Source::new(),
            second_fitted,
            apart: Held::ZERO,
            together: Held::ZERO,
            disagree: false,
            driven_ms: 0,
            anchors: [0; 2],
        }
    }

    /// Takes one tick's samples; `setpoint` is what the drive followed since the last one.
    pub(crate) fn update(
        &mut self,
        tilt: Option<Angle>,
        second: Option<Angle>,
        setpoint: i32,
        dt_ms: u32,
    ) {
        self.main.update(tilt, dt_ms);
        self.second.update(if self.second_fitted { second } else { None }, dt_ms);
        self.find_stuck(setpoint, dt_ms);
        self.compare(dt_ms);
    }

    fn compare(&mut self, dt_ms: u32) {
        let distance = match (self.main.valid(), self.second.valid()) {
            (Some(main), Some(second)) => main.abs_diff(second),
            _ => 0,
        };
        if self.apart.update(distance > DISAGREE_MDEG, dt_ms) >= DISAGREE_MS
            && !canary::active(Canary::DisagreementUnseen)
        {
            self.disagree = true;
        }
        if self.together.update(distance < AGREE_MDEG, dt_ms) >= RECOVERY_MS {
            self.disagree = false;
        }
    }

    /// A source that stands while the bed is driven and the other one moves is stuck (H-05). When
    /// both stand it is the bed that does not turn: the drive watch's matter.
    fn find_stuck(&mut self, setpoint: i32, dt_ms: u32) {
        let both = self.main.valid().zip(self.second.valid());
        let Some((main, second)) = both.filter(|_| setpoint.abs() >= STUCK_RATE) else {
            self.driven_ms = 0;
            return;
        };
        if self.driven_ms == 0 {
            self.anchors = [main, second];
        }
        self.driven_ms = self.driven_ms.saturating_add(dt_ms);
        if self.driven_ms < STUCK_MS {
            return;
        }
        let moved = [main.abs_diff(self.anchors[0]), second.abs_diff(self.anchors[1])];
        self.main.stuck = moved[0] < STUCK_MDEG && moved[1] >= 2 * STUCK_MDEG;
        self.second.stuck = moved[1] < STUCK_MDEG && moved[0] >= 2 * STUCK_MDEG;
        self.driven_ms = 0;
    }

    /// A person says that the sensors are in order again.
    pub(crate) fn forgive(&mut self) {
        self.main.stuck = false;
        self.second.stuck = false;
    }

    pub(crate) fn main(&self) -> Option<Angle> {
        self.main.valid().and_then(Angle::from_millideg)
    }

    pub(crate) fn second(&self) -> Option<Angle> {
        self.second.valid().and_then(Angle::from_millideg)
    }

    /// Whether a fitted source is not valid.
    pub(crate) fn any_lost(&self) -> bool {
        self.main.valid().is_none() || (self.second_fitted && self.second.valid().is_none())
    }

    /// Where the bed stands, `None` when no source is valid.
    pub(crate) fn estimate(&self) -> Option<Estimate> {
        let one = |value, quality| Estimate { quality, control: value, worst: value, least: value };
        match (self.main.valid(), self.second.valid()) {
            (Some(main), Some(second)) => {
                let (least, worst) = (main.min(second), main.max(second));
                let (quality, control) =
                    if self.disagree { (Quality::Disagree, worst) } else { (Quality::Full, main) };
                Some(Estimate { quality, control, worst, least })
            }
            (Some(main), None) => {
                Some(one(main, if self.second_fitted { Quality::OneSource } else { Quality::Full }))
            }
            (None, Some(second)) => Some(one(second, Quality::OneSource)),
            (None, None) => None,
        }
    }
}

#[cfg(test)]
mod tests;
