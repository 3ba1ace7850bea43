//! What the session has been told and must remember, apart from its state.

use antipode_safety::{
    Angle, DriveState, EffortWatch, Fault, FaultSet, Reading, Switch, Switches, Timestamp,
    reaction::SituationSet,
};

use super::drive::Order;
use super::state::fixed;

/// Plain memory; nothing here decides anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Facts {
    /// A link session is open.
    pub(super) connected: bool,
    /// The table accepts motion.
    pub(super) armed: bool,
    /// Since when.
    pub(super) armed_at: Option<Timestamp>,
    /// When the table last refused a command: it hears, whatever it does.
    pub(super) refused_at: Option<Timestamp>,
    /// Since when it has refused the way home to somebody head-down, and not followed once.
    pub(super) stranded_since: Option<Timestamp>,
    /// The alarm for it has been set.
    pub(super) stranded_alarmed: bool,
    /// The link broke during a session: whatever comes back, this session does not go on.
    pub(super) link_broken: bool,
    /// The table restarted during a session and was away for a moment only.
    pub(super) restarted: bool,
    /// OK went down at the hand control in a stretch of the person's own pace; held or tapped?
    pub(super) ok_press: Option<Timestamp>,
    /// OK is held there, and lowers.
    pub(super) ok_lowers: bool,
    /// The table restarted during a session after it had been away for long.
    pub(super) restarted_late: bool,
    /// Somebody else moves the table.
    pub(super) foreign: bool,
    /// What the host saw the bed do against its command: nothing moves by itself until a person at
    /// the table asks for it (C-08, I-20).
    pub(super) balked: SituationSet,
    /// The machine slept during a session.
    pub(super) suspended: bool,
    /// The table is not what the session was told.
    pub(super) mismatch: bool,
    /// When the table last reported.
    pub(super) heard: Timestamp,
    /// When the control loop last turned after it had been away.
    pub(super) woke_at: Option<Timestamp>,
    /// The control loop was late during a session.
    pub(super) loop_late: bool,
    /// The last report.
    pub(super) reading: Option<Reading>,
    /// Switches of the report before.
    pub(super) switches: Switches,
    /// The table has reported STOP latched since it was last sent.
    pub(super) stop_seen: bool,
    /// A STOP control is pressed, as far as the host knows.
    pub(super) stop_pressed: bool,
    pub(super) person_confirmed: bool,
    pub(super) area_confirmed: bool,
    /// When the buttons were last all tried.
    pub(super) self_test_at: Option<Timestamp>,
    /// SESSION_START is on disk.
    pub(super) start_durable: bool,
    pub(super) journal_failed: Option<Timestamp>,
    /// Until when RETURN counts as held by somebody at a key, in the state that is.
    pub(super) key_held_until: Option<Timestamp>,
    /// RETURN of a hand control went down since the last STOP.
    pub(super) return_anew: bool,
    /// The dead-man switch was let go then; held, or never used, otherwise.
    pub(super) dead_man_released: Option<Timestamp>,
    /// The dead-man's button was seen up at a hand control that is there: it can let go.
    pub(super) dead_man_tried: bool,
    /// What the motor drew in the proof tilt.
    pub(super) effort: EffortWatch,
    pub(super) feet_slipping: bool,
    /// Nobody watched for a while: the next lowering needs a person's OK (I18).
    pub(super) needs_ok: bool,
    /// The end of the session is on record.
    pub(super) ended: bool,
    /// A red-flag symptom was reported.
    pub(super) red_flag: bool,
    /// A check-in was missed or the vitals demand a return.
    pub(super) no_answer: bool,
    /// The person spoke after being brought up.
    pub(super) answered_at_rest: bool,
    /// The loss of a body sensor has been asked about.
    pub(super) sensor_loss_asked: bool,
    /// The situations whose alarms have been set.
    pub(super) alarmed: SituationSet,
    /// The alarm for drifting angles has been set.
    pub(super) drift_alarmed: bool,
    /// The last tilt that every source agreed on and the table did not doubt.
    pub(super) last_sure: Angle,
    /// Where the move in force began.
    pub(super) move_from: Angle,
    /// The last tilt that was known.
    pub(super) last_tilt: Angle,
    /// When the bed was last head-down.
    pub(super) head_down_last: Option<Timestamp>,
    /// Since when the bed moves although the host ordered a halt.
    pub(super) moves_unbidden_since: Option<Timestamp>,
    /// Since when a STOP control has been pressed, or its loop open.
    pub(super) stop_in_since: Option<Timestamp>,
    /// Since when the session has been over.
    pub(super) over_since: Option<Timestamp>,
    /// When somebody at the table last did anything.
    pub(super) person_seen: Timestamp,
}

/// Faults that are history rather than a standing condition: a start clears them.
const CLEARED_BY_START: FaultSet =
    FaultSet::NONE.with(Fault::Restarted, true).with(Fault::LeaseExpired, true);

impl Facts {
    pub(super) const fn new() -> Self {
        Self {
            connected: false,
            armed: false,
            armed_at: None,
            refused_at: None,
            stranded_since: None,
            stranded_alarmed: false,
            link_broken: false,
            restarted: false,
            ok_press: None,
            ok_lowers: false,
            restarted_late: false,
            foreign: false,
            balked: SituationSet::NONE,
            suspended: false,
            mismatch: false,
            heard: Timestamp::ZERO,
            woke_at: None,
            loop_late: false,
            reading: None,
            switches: Switches::NONE,
            stop_seen: false,
            stop_pressed: false,
            person_confirmed: false,
            area_confirmed: false,
            self_test_at: None,
            start_durable: false,
            journal_failed: None,
            key_held_until: None,
            return_anew: false,
            dead_man_released: None,
            dead_man_tried: false,
            effort: EffortWatch::new(),
            feet_slipping: false,
            needs_ok: false,
            ended: false,
            red_flag: false,
            no_answer: false,
            answered_at_rest: false,
            sensor_loss_asked: false,
            alarmed: SituationSet::NONE,
            drift_alarmed: false,
            last_sure: Angle::LEVEL,
            move_from: Angle::REST_LOW,
            last_tilt: Angle::LEVEL,
            head_down_last: None,
            moves_unbidden_since: None,
            stop_in_since: None,
            over_since: None,
            person_seen: Timestamp::ZERO,
        }
    }

    /// Takes a fresh report; `order` has been in force since `since`.
    pub(super) fn take_reading(&mut self, reading: &Reading, order: Order, since: Timestamp) {
        self.reading = Some(*reading);
        self.heard = reading.at;
        self.stop_seen |= reading.drive == DriveState::Stopped;
        // The table disarms itself after STOP, a press of RETURN or a lost lease, and then reports
        // only now and then.
        let disarmed = matches!(reading.drive, DriveState::Disarmed | DriveState::Stopped);
        let answered = |armed| reading.at.since(armed) >= fixed::FIRST_REPORT;
        if disarmed && self.armed_at.is_some_and(answered) {
            self.armed = false;
        }
        // A return that the table runs by itself, or on its own RETURN button, is never foreign:
        // everybody may come home.
        let own_way_home =
            matches!(reading.drive, DriveState::Returning | DriveState::HostLossReturn)
                || reading.switches.has(Switch::Return);
        let told = reading.at.since(since) < fixed::UNHEARD;
        let idle = matches!(order, Order::Hold | Order::Stop) && !told && !own_way_home;
        self.moves_unbidden_since = if idle && reading.drive.may_move() {
            self.moves_unbidden_since.or(Some(reading.at))
        } else {
            None
        };
    }

    /// Faults of `reading` that stand in the way of a start.
    #[expect(clippy::unused_self, reason = "reads as a question to the facts, beside its twin")]
    pub(super) const fn standing_faults(&self, reading: &Reading) -> FaultSet {
        reading.faults.without(CLEARED_BY_START)
    }

    /// Faults of the last report that a start must clear first.
    pub(super) fn faults_to_clear(&self) -> FaultSet {
        self.reading.map_or(FaultSet::NONE, |reading| {
            reading.faults.without(reading.faults.without(CLEARED_BY_START))
        })
    }
}
