//! What the monitor hands back, and the table of all its rules.

use std::fmt;

use crate::invariant::Invariant;

/// One broken rule at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The invariant that the rule belongs to.
    pub invariant: Invariant,
    /// Time of the row that showed it, ms.
    pub t_ms: u64,
    /// What was seen, in one line.
    pub what: &'static str,
    /// Names of the numbers, with units; as many as are used.
    pub names: &'static [&'static str],
    /// The numbers; unused places are 0.
    pub numbers: [i64; 4],
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, millis) = (self.t_ms / 1_000, self.t_ms % 1_000);
        write!(f, "{} broken at {seconds}.{millis:03} s: {}", self.invariant, self.what)?;
        for (place, (name, number)) in self.names.iter().zip(self.numbers).enumerate() {
            let lead = if place == 0 { " (" } else { ", " };
            write!(f, "{lead}{name} {number}")?;
        }
        if self.names.is_empty() { Ok(()) } else { f.write_str(")") }
    }
}

/// What a run showed. Empty lists mean that no rule was seen broken, not that the controller is safe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Broken safety rules: something happened that never may.
    pub safety: Vec<Violation>,
    /// Broken liveness rules: something that must happen did not, in its time.
    pub liveness: Vec<Violation>,
    /// Violations beyond [`Verdict::KEPT_MAX`] that were counted but not kept.
    pub dropped: u32,
    /// Time from [`Event::Healed`](crate::trace::Event::Healed) to the last row, ms; `None` = never healed. A run cut
    /// shorter than [`Verdict::LIVENESS_MS`] after healing says little about liveness.
    pub healed_for_ms: Option<u64>,
}

impl Verdict {
    /// Most violations kept in one run; the first ones tell the story.
    pub const KEPT_MAX: usize = 64;
    /// Least time a run should go on after healing for its liveness to be judged, ms.
    pub const LIVENESS_MS: u64 = 180_000;

    /// No rule was broken.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.safety.is_empty() && self.liveness.is_empty() && self.dropped == 0
    }
}

/// Whether breaking a rule harms at once or by not happening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Safety,
    Liveness,
}

/// One line per rule: its name here, kind, invariant, sentence, and the names of its numbers.
macro_rules! rules {
    ($($name:ident, $kind:ident, $invariant:ident, $what:literal, [$($number:literal),*];)*) => {
        /// Every rule of the monitor. The name is the finding.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Rule { $($name,)* }

        impl Rule {
            #[cfg(test)]
            pub(crate) const ALL: &[Self] = &[$(Self::$name,)*];

            pub(crate) const fn kind(self) -> Kind {
                match self { $(Self::$name => Kind::$kind,)* }
            }

            fn violation(self, t_ms: u64, numbers: [i64; 4]) -> Violation {
                let (invariant, what, names): (_, _, &'static [&'static str]) = match self {
                    $(Self::$name => (Invariant::$invariant, $what, &[$($number),*]),)*
                };
                Violation { invariant, t_ms, what, names, numbers }
            }
        }
    };
}

rules! {
    AccelerationTooHigh, Safety, I1, "the motor setpoint grew faster than allowed",
        ["from_mdeg_s", "to_mdeg_s", "allowed_mdeg_s", "step_ms"];
    RateTooHigh, Safety, I1, "the motor setpoint is above its bound",
        ["setpoint_mdeg_s", "bound_mdeg_s", "true_tilt_mdeg"];
    TrueRateRunsAway, Safety, I1, "the bed moves faster than commanded and was not de-energised",
        ["true_rate_mdeg_s", "setpoint_mdeg_s", "for_ms"];
    NoRoomToStop, Safety, I2, "lowering without room to stop before the limit if the host were lost now",
        ["setpoint_mdeg_s", "worst_tilt_mdeg", "stop_travel_mdeg", "limit_mdeg"];
    DrivenUnderStop, Safety, I3, "the motor is driven although the table has STOP latched",
        ["setpoint_mdeg_s", "allowed_mdeg_s"];
    DrivenUnderHostStop, Safety, I3, "the motor is still driven although the host has STOP latched",
        ["setpoint_mdeg_s", "allowed_mdeg_s"];
    MotionFrameUnderStop, Safety, I3, "the host sent a motion or unheld return frame with STOP latched",
        ["commanded_mdeg_s"];
    WiredStopNotLatched, Safety, I3, "a pressed wired STOP did not latch at the table", ["pressed_for_ms"];
    StopFrameNotLatched, Safety, I3, "an intact STOP frame arrived and did not latch at the table",
        ["setpoint_mdeg_s"];
    HostStopNotLatched, Safety, I3, "a pressed STOP did not latch at the host", [];
    StopNotSent, Safety, I4, "no STOP frame followed a pressed STOP", ["steps"];
    FramesAheadOfStop, Safety, I4, "other frames went out ahead of STOP", ["frames"];
    StopNotResent, Safety, I4, "an unacknowledged STOP was not sent again", ["since_ms"];
    HostLowersOnStaleReading, Safety, I5, "the host commands lowering on a stale or missing reading",
        ["age_ms", "bound_ms", "commanded_mdeg_s"];
    HostLowersOnFrozenSequence, Safety, I5, "the host commands lowering while no new reading came",
        ["unchanged_ms", "seq", "claimed_age_ms"];
    SequenceFell, Safety, I5, "the host took an older reading for a newer one while lowering",
        ["from_seq", "to_seq"];
    FirmwareLowersOnStaleTilt, Safety, I5, "the table lowers on a stale or missing tilt",
        ["setpoint_mdeg_s", "allowed_mdeg_s", "age_ms"];
    LowersOnDisagreement, Safety, I5, "the table lowers although its two tilt sources disagree",
        ["setpoint_mdeg_s", "allowed_mdeg_s", "first_mdeg", "second_mdeg"];
    HostLowersOnDisagreement, Safety, I5, "the host commands lowering although two tilt sources disagree",
        ["commanded_mdeg_s", "for_ms", "first_mdeg", "second_mdeg"];
    DrivenOnStaleTilt, Safety, I6, "the motor is driven on a stale tilt, faster than creep toward the rest band",
        ["setpoint_mdeg_s", "allowed_mdeg_s", "age_ms"];
    RestNotReachedOnStaleTilt, Liveness, I6, "the tilt was lost and the rest band was not reached by creep",
        ["true_tilt_mdeg", "due_for_ms", "allowed_ms"];
    DrivenWithoutLease, Safety, I7, "plan or jog motion goes on without a lease",
        ["setpoint_mdeg_s", "allowed_mdeg_s"];
    TravelAfterLastFrame, Safety, I7, "the bed travelled too far after the last valid frame",
        ["travel_mdeg", "allowed_mdeg", "since_ms", "rate_mdeg_s"];
    RestNotReached, Liveness, I8, "the way home was open and the rest band was not reached in time",
        ["true_tilt_mdeg", "due_for_ms", "allowed_ms", "reaction"];
    RestNotReachedAfterHealing, Liveness, I8, "all faults were off and the rest band was not reached in time",
        ["true_tilt_mdeg", "since_ms", "allowed_ms", "reaction"];
    HeldReturnBlocked, Liveness, I8, "a person holds RETURN and nothing in the way, yet the bed does not come up",
        ["true_tilt_mdeg", "held_ms", "gained_mdeg"];
    WiredReturnBlocked, Liveness, I8, "the RETURN wired to the table is held and nothing in the way, yet the bed stays",
        ["true_tilt_mdeg", "held_ms", "gained_mdeg"];
    NotUpAfterStopAlone, Liveness, I8, "somebody alone under STOP was not brought up as the site has decided",
        ["true_tilt_mdeg", "due_for_ms", "allowed_ms"];
    HeadDownNotReady, Safety, I9, "head-down motion without confirmed person and running session",
        ["setpoint_mdeg_s", "true_tilt_mdeg", "person_confirmed", "session_active"];
    SelfTestOld, Safety, I9, "a session with a missing or old self-test went head-down",
        ["self_test_age_at_start_ms"];
    HoldTooLong, Safety, I10, "the hold is over its limit and the bed is not coming up",
        ["held_ms", "limit_ms", "true_tilt_mdeg"];
    BoutTooLong, Safety, I10, "head-down time of the bout is over its limit and the bed is not coming up",
        ["head_down_ms", "limit_ms", "true_tilt_mdeg"];
    SessionTooLong, Safety, I10, "head-down time of the session is over its limit and the bed is not coming up",
        ["head_down_ms", "limit_ms", "true_tilt_mdeg"];
    DayTooLong, Safety, I10, "head-down time of the day is over its limit and the bed is not coming up",
        ["head_down_ms", "limit_ms", "true_tilt_mdeg"];
    LimitWidened, Safety, I11, "a limit widened head-down",
        ["limit_index", "from", "to", "true_tilt_mdeg"];
    EpochReused, Safety, I12, "a lease number did not rise", ["epoch", "highest_epoch"];
    ForeignEpochMoved, Safety, I12, "a motion frame of another lease took effect", ["epoch", "lease_epoch"];
    StaleFrameExecuted, Safety, I13, "duplicate, late, reordered or replayed frames took effect", ["frames"];
    LeaseRenewedByNothing, Safety, I13, "the lease grew although no fresh frame arrived",
        ["from_ms", "to_ms", "stale_frames"];
    MovedBeforeRecord, Safety, I14, "plan motion before the start record was durable", ["setpoint_mdeg_s"];
    SessionWithoutEnd, Liveness, I14, "a session that moved has no end in the record", ["sessions"];
    DurableSeqFell, Safety, I15, "the durable sequence number did not rise", ["seq", "highest_seq"];
    RecordLost, Safety, I15, "an acknowledged record did not survive", ["last_seq", "highest_durable_seq"];
    JournalDamaged, Safety, I15, "the journal came back with a broken chain or more than one torn record",
        ["torn_records", "chain_intact"];
    NoAlarm, Safety, I17, "a reaction head-down without an alarm", ["reaction", "for_ms", "true_tilt_mdeg"];
    StopHeadDownUnheard, Safety, I17, "STOP is latched head-down for long without a high alarm",
        ["for_ms", "priority", "true_tilt_mdeg"];
    AlarmNotLatched, Safety, I17, "an alarm went away before anyone acknowledged it", ["priority"];
    AlarmWithoutCause, Safety, I17, "an alarm without a cause", ["priority"];
    SilencedTooLong, Safety, I17, "an alarm was kept silent for too long", ["silent_ms"];
    NewCauseSilenced, Safety, I17, "a new alarm cause stayed silent", ["silent_ms"];
    MovedAfterDarkness, Safety, I18, "a bed whose controller was dark moves by itself before a person asks for it",
        ["setpoint_mdeg_s", "true_tilt_mdeg"];
    LoweredBeforeHumanAct, Safety, I18, "lowering without a new human act in the rest band",
        ["setpoint_mdeg_s", "allowed_mdeg_s", "true_tilt_mdeg"];
    StopUnlatchedHeadDown, Safety, I18, "STOP was unlatched outside the rest band", ["true_tilt_mdeg"];
    AutomaticPastRest, Safety, I19, "motion past the rest band toward upright that nobody holds",
        ["true_tilt_mdeg", "setpoint_mdeg_s"];
    UprightTooEarly, Safety, I19, "motion toward upright before the rest was long enough",
        ["rested_ms", "required_ms", "true_tilt_mdeg"];
    UprightNotHeld, Safety, I19, "the attended act goes on after it was let go",
        ["setpoint_mdeg_s", "allowed_mdeg_s"];
    FalseRest, Safety, I19, "the host holds that the bed rests although it does not",
        ["true_tilt_mdeg", "for_ms"];
    WrongWayReturn, Safety, I20, "the bed goes head-down under a return and the drive goes on",
        ["rise_mdeg", "for_ms", "setpoint_mdeg_s"];
    StalledReturn, Safety, I20, "a return gains nothing and the drive goes on",
        ["gained_mdeg", "commanded_mdeg", "unnoticed_ms"];
    NoReasonGiven, Safety, I24, "a refusal, limit, stop or alarm without a reason", [];
    DeeperThanPlan, Safety, PlanLimit, "the true tilt is deeper than the plan allows",
        ["true_tilt_mdeg", "limit_mdeg", "allowed_mdeg"];
}

/// Collects violations. A rule that stays broken is reported once, and again after it was whole.
#[derive(Clone, Debug, Default)]
pub(crate) struct Report {
    pub(crate) t_ms: u64,
    open: u64,
    kept: Vec<Violation>,
    liveness: u64,
    dropped: u32,
}

impl Report {
    /// Records `rule` as broken or whole at the current time.
    ///
    /// Inlined, so that the numbers of a whole rule (nearly all rules, nearly always) are never worked out.
    #[inline(always)]
    pub(crate) fn judge(&mut self, rule: Rule, broken: bool, numbers: [i64; 4]) {
        let bit = 1_u64 << (rule as u32);
        if !broken {
            if self.open != 0 {
                self.open &= !bit;
            }
        } else if self.open & bit == 0 {
            self.open |= bit;
            self.keep(rule, numbers);
        }
    }

    /// Records a single occurrence.
    pub(crate) fn strike(&mut self, rule: Rule, numbers: [i64; 4]) {
        self.keep(rule, numbers);
    }

    #[cold]
    fn keep(&mut self, rule: Rule, numbers: [i64; 4]) {
        if self.kept.len() >= Verdict::KEPT_MAX {
            self.dropped = self.dropped.saturating_add(1);
            return;
        }
        if rule.kind() == Kind::Liveness {
            self.liveness |= 1 << self.kept.len();
        }
        self.kept.push(rule.violation(self.t_ms, numbers));
    }

    pub(crate) fn violations(&self) -> &[Violation] {
        &self.kept
    }

    pub(crate) fn verdict(&self, healed_for_ms: Option<u64>) -> Verdict {
        let is_liveness = |place: usize| self.liveness >> place & 1 == 1;
        let of = |wanted: bool| {
            self.kept
                .iter()
                .enumerate()
                .filter(|(place, _)| is_liveness(*place) == wanted)
                .map(|(_, violation)| *violation)
                .collect()
        };
        Verdict { safety: of(false), liveness: of(true), dropped: self.dropped, healed_for_ms }
    }
}

#[cfg(test)]
mod tests;
