//! The virtual person on the table: circulation, eye, spine, symptoms, hands and answers.
//!
//! The figures are means of small published studies with a spread drawn from the seed. They are
//! simulated evidence and say nothing about one real person.
//!
//! # Example
//! ```
//! use antipode_sim::person::{Act, Button, CheckIn, PersonConfig, VirtualPerson};
//!
//! let mut person = VirtualPerson::new(&PersonConfig::reference(), 1);
//! person.ask(0, CheckIn::AllWell);
//! person.advance(8_000, 15_000, 0);
//! let acts = person.take_acts();
//! assert!(acts.as_slice().iter().any(|act| act.act == Act::Press(Button::Ok)));
//! ```

mod acts;
mod circulation;
mod config;
mod hands;
mod living;
mod spine;
mod symptoms;

pub use acts::{Act, Acts, Answer, Button, CheckIn, TimedAct};
pub use config::{AnkleSetting, PersonConfig, Profile, Sex};
pub use spine::Unloading;
pub use symptoms::Symptom;

use crate::chance::{Chance, Stream, bell_of, draw_at, units_of, waiting_of};
use crate::number::{GRAVITY, from_milli, whole};
use antipode_safety::{Switch, Switches};
use circulation::Circulation;
use hands::Hands;
use spine::Spine;
use symptoms::Symptoms;

/// What a monitor would show, with its beat-to-beat spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vitals {
    /// Beats a minute.
    pub heart_rate: u16,
    /// Systolic pressure at the heart, in mmHg.
    pub systolic: u16,
    /// Diastolic pressure at the heart, in mmHg.
    pub diastolic: u16,
    /// Eye pressure, in tenths of mmHg.
    pub eye_pressure_tenths: u16,
    /// Oxygen saturation, in percent.
    pub spo2: u8,
}

/// A faint and when it ends.
#[derive(Clone, Copy, Debug)]
struct Faint {
    /// Not before this moment.
    until_ms: u64,
    /// Time that must still be spent lying level, in milliseconds.
    level_ms: u64,
}

/// A question that waits for its answer.
#[derive(Clone, Copy, Debug)]
struct Pending {
    check_in: CheckIn,
    at_ms: u64,
}

/// Share of the questions that somebody who is well does not notice.
const MISSES: f64 = 0.01;

/// The person on the table.
#[derive(Clone, Debug)]
pub struct VirtualPerson {
    seed: u64,
    now_ms: u64,
    circulation_due_ms: u64,
    spine_due_ms: u64,
    /// Whether it is known how they lie.
    lies: bool,
    tilt_deg: f64,
    rate_deg_per_s: f64,
    weight_n: f64,
    ankle: AnkleSetting,
    circulation: Circulation,
    spine: Spine,
    symptoms: Symptoms,
    answers: Chance,
    hands: Hands,
    acts: Acts,
    faint: Option<Faint>,
    faint_needed: f64,
    planned_faint: Option<(u64, u64)>,
    pending: Option<Pending>,
    ignores: bool,
    heels_moved: bool,
}

impl VirtualPerson {
    /// The person `config`. The first [`VirtualPerson::advance`] says how they lie; the circulation
    /// has long settled to that. The same `seed` gives the same body, symptoms and answers.
    #[must_use]
    pub fn new(config: &PersonConfig, seed: u64) -> Self {
        let mut answers = Chance::new(seed, Stream::Answers);
        Self {
            seed,
            now_ms: 0,
            circulation_due_ms: circulation::STEP_MS,
            spine_due_ms: spine::STEP_MS,
            lies: false,
            tilt_deg: 0.0,
            rate_deg_per_s: 0.0,
            weight_n: (f64::from(config.mass_kg) * GRAVITY).max(1.0),
            ankle: config.ankle_setting,
            circulation: Circulation::new(config, seed),
            spine: Spine::new(config),
            symptoms: Symptoms::new(seed),
            faint_needed: answers.waiting(),
            answers,
            hands: Hands::new(seed),
            acts: Acts::new(),
            faint: None,
            planned_faint: None,
            pending: None,
            ignores: false,
            heels_moved: false,
        }
    }

    /// Lives to `to_ms` on a bed that is now at `true_tilt_mdeg` and turns at
    /// `true_rate_mdeg_per_s`.
    pub fn advance(&mut self, to_ms: u64, true_tilt_mdeg: i32, true_rate_mdeg_per_s: i32) {
        self.tilt_deg = from_milli(true_tilt_mdeg);
        self.rate_deg_per_s = from_milli(true_rate_mdeg_per_s);
        if !self.lies {
            self.lies = true;
            self.circulation.settle(self.tilt_deg);
        }
        while self.circulation_due_ms <= to_ms {
            self.now_ms = self.circulation_due_ms;
            self.circulation_due_ms += circulation::STEP_MS;
            self.live();
        }
        self.now_ms = self.now_ms.max(to_ms);
        self.behave();
    }

    /// What a monitor shows now.
    #[must_use]
    pub fn vitals(&self) -> Vitals {
        let second = self.now_ms / 1_000;
        let spread = |channel: u64, deviation: f64| {
            deviation * bell_of(draw_at(self.seed, Stream::Vitals, second * 4 + channel))
        };
        let shown = |value: f64| whole(value.max(0.0)).unsigned_abs() as u16;
        let oxygen = 98.0 - 2.0 * (self.tilt_deg - 45.0).clamp(0.0, 45.0) / 45.0;
        Vitals {
            heart_rate: shown(self.circulation.heart_rate() + spread(0, 1.5)),
            systolic: shown(self.circulation.systolic() + spread(1, 2.0)),
            diastolic: shown(self.circulation.diastolic() + spread(2, 1.5)),
            eye_pressure_tenths: shown(self.circulation.eye_mmhg() * 10.0),
            spo2: shown((oxygen + spread(3, 0.5)).min(100.0)) as u8,
        }
    }

    /// Fall of the mean pressure on the way up, in hundredths of mmHg.
    #[must_use]
    pub fn dip_hundredths_mmhg(&self) -> u32 {
        whole(self.circulation.dip_mmhg() * 100.0).unsigned_abs()
    }

    /// Pull on the lumbar spine, as a range.
    #[must_use]
    pub fn unloading(&self) -> Unloading {
        self.spine.unloading()
    }

    /// Lengthening of the lumbar spine, in micrometres.
    #[must_use]
    pub fn elongation_um(&self) -> u32 {
        whole(self.spine.elongation_mm() * 1_000.0).unsigned_abs()
    }

    /// Comfort from 0 (unbearable) to 10.
    #[must_use]
    pub fn comfort(&self) -> u8 {
        let ankles = 2.5 * self.spine.ankle_share();
        let head = self.circulation.head_excess_mmhg().max(0.0) / 12.0;
        whole((9.0 - ankles - head - 0.7 * self.symptoms.worst()).clamp(0.0, 10.0)) as u8
    }

    /// Strength of `symptom` now, 0 (absent) to 10.
    #[must_use]
    pub fn strength(&self, symptom: Symptom) -> u8 {
        self.symptoms.strength(symptom) as u8
    }

    /// Whether the person is awake.
    #[must_use]
    pub const fn is_conscious(&self) -> bool {
        self.faint.is_none()
    }

    /// Puts a question to the person. The answer comes 0.7 to 8 s later as an act, or (one time in
    /// a hundred, and always when unconscious) never. A new question replaces an open one.
    pub fn ask(&mut self, now_ms: u64, check_in: CheckIn) {
        let (noticed, waiting) = (self.answers.unit(), self.answers.waiting());
        self.hear(now_ms, check_in, noticed, waiting);
    }

    /// Puts the open question once more. Whoever is about to answer does so; whoever missed it
    /// hears it now as likely as the first time. Its draws are its own: being asked again changes
    /// no later answer.
    pub fn ask_again(&mut self, now_ms: u64, check_in: CheckIn) {
        if self.pending.is_none() {
            let (noticed, unit) = units_of(draw_at(self.seed, Stream::Repeats, now_ms));
            self.hear(now_ms, check_in, noticed, waiting_of(unit));
        }
    }

    fn hear(&mut self, now_ms: u64, check_in: CheckIn, noticed: f64, waiting: f64) {
        let after_ms = (700.0 + 900.0 * waiting).min(8_000.0) as u64;
        let heard = noticed >= MISSES && !self.ignores && self.is_conscious();
        self.pending = heard.then_some(Pending { check_in, at_ms: now_ms + after_ms });
    }

    /// Whether there is anything for [`VirtualPerson::take_acts`] to take.
    #[must_use]
    pub const fn has_acts(&self) -> bool {
        !self.acts.is_empty()
    }

    /// What was done and felt since the last call, oldest first.
    pub fn take_acts(&mut self) -> Acts {
        core::mem::replace(&mut self.acts, Acts::new())
    }

    /// The hand control as the table's switches see it.
    #[must_use]
    pub fn switches(&self) -> Switches {
        let down = |button| self.hands.is_down(button);
        Switches::NONE
            .with(Switch::Return, down(Button::Return))
            .with(Switch::Stop, down(Button::Stop))
            // The dead-man is OK, held down.
            .with(Switch::Ok, down(Button::Ok) || self.hands.holds_dead_man())
            .with(Switch::Easier, down(Button::Easier))
    }

    /// Whether the dead-man is held.
    #[must_use]
    pub const fn dead_man_held(&self) -> bool {
        self.hands.holds_dead_man()
    }

    /// Takes hold of the dead-man, or lets it go. An unconscious person cannot.
    pub const fn hold_dead_man(&mut self, hold: bool) {
        self.hands.hold_dead_man(hold && self.faint.is_none());
    }

    /// Scripts a press of `button` at `at_ms` for `for_ms`. Returns false when too many presses are
    /// under way already.
    pub fn press_at(&mut self, button: Button, at_ms: u64, for_ms: u64) -> bool {
        self.hands.plan(button, at_ms, for_ms)
    }

    /// Scripts a panic: random buttons from `from_ms` until `until_ms`.
    pub fn mash(&mut self, from_ms: u64, until_ms: u64) {
        self.hands.mash(from_ms, until_ms);
    }

    /// Scripts a faint at `at_ms` that lasts at least `for_ms`; it ends only after the person has
    /// also lain level for a while.
    pub const fn faint_at(&mut self, at_ms: u64, for_ms: u64) {
        self.planned_faint = Some((at_ms, for_ms));
    }

    /// Lets the person ignore every question from now on, awake or not.
    pub const fn ignore_check_ins(&mut self, ignore: bool) {
        self.ignores = ignore;
    }

    /// Tells the person that the feet have slid.
    pub const fn feel_heels_move(&mut self) {
        self.heels_moved = true;
    }
}

#[cfg(test)]
mod tests;
