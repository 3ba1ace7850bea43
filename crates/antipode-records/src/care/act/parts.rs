//! What a fact is made of, where the core has no type for it.

use antipode_core::activity::{Activity, Question};
use antipode_core::clearance::{Clinician, Terms};
use antipode_core::day::Day;
use antipode_core::gate::{Attempt, Company, LockCause, Pain, Printed, Ride, Step};
use antipode_core::outcome::{Grc, NotAScore, Nrs, OdiTotal, Psfs, Rmdq, Scores};
use antipode_core::person::PersonFacts;
use antipode_core::programme::{self, SessionResult};
use antipode_core::symptom_map::Compared;
use antipode_safety::{Millis, Rate};
use sha2::{Digest as _, Sha256};

use crate::record::SessionId;

/// A person's facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The facts, as stated; what bounds them is checked whenever they are used.
    pub facts: PersonFacts,
    /// Ankle and height setting were tried on the table, with a second person looking.
    pub fit_checked: bool,
}

/// What a person uses a table for. It never raises a limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purpose {
    /// In a few words, at most 200 bytes.
    pub reason: String,
    /// Who found it, where somebody did.
    pub confirmed_by: Option<Clinician>,
    /// A clinician was asked about using a table.
    pub consulted: bool,
}

/// Which clearance: a digest of what was signed or copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClearanceId(pub [u8; 32]);

/// A clearance as it was signed: only with both can it be verified again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedClearance {
    /// The very bytes that were signed.
    pub message: Vec<u8>,
    /// The signature, as it came.
    pub signature: Vec<u8>,
}

impl SignedClearance {
    /// Its name.
    #[must_use]
    pub fn id(&self) -> ClearanceId {
        ClearanceId(Sha256::digest(&self.message).into())
    }
}

/// A clearance copied from paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaperClearance {
    /// Who gave it.
    pub clinician: Clinician,
    /// What it says.
    pub terms: Terms,
    /// SHA-256 of the photo of the paper.
    pub photo: [u8; 32],
}

impl PaperClearance {
    /// Its name: that of its photo.
    #[must_use]
    pub const fn id(&self) -> ClearanceId {
        ClearanceId(self.photo)
    }
}

/// A clearance that holds no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revoked {
    /// Which.
    pub clearance: ClearanceId,
    /// From this day on.
    pub from: Day,
}

/// A lock-out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locked {
    /// The day it began.
    pub since: Day,
    /// Why.
    pub cause: LockCause,
}

/// What a clinician lifts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lock {
    /// A lock-out that an act began.
    Out(Locked),
    /// What a session put on record, or could not.
    Session(SessionId),
    /// An adverse event.
    Event(u128),
}

/// A named clinician's word that a person may come back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lifted {
    /// What.
    pub lock: Lock,
    /// Who.
    pub by: Clinician,
    /// When: a day after it began.
    pub on: Day,
}

/// Today's answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateAnswers {
    /// "Nothing different today."
    pub nothing_different: bool,
    /// Pain now.
    pub pain: Pain,
    /// The map of symptoms, compared.
    pub compared: Compared,
    /// Blood pressure, in the order of the attempts.
    pub pressure: Vec<Attempt>,
    /// Heart rate, beats a minute, in the order of the attempts.
    pub heart: Vec<u16>,
    /// Oxygen saturation, percent.
    pub saturation: Option<u8>,
    /// Who is there.
    pub company: Company,
}

/// A step of a programme as it was offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered {
    /// Short name of the programme.
    pub programme: String,
    /// Which rung, counted from 0.
    pub rung: u16,
    /// How many bouts.
    pub bouts: u16,
    /// How often the speeds were halved.
    pub slowed: u8,
}

/// The gate opened. Kept before the session begins, so that one that is never heard of again is
/// known to have been begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admitted {
    /// The session that it is for.
    pub session: SessionId,
    /// To what.
    pub ride: Ride,
    /// What today makes of the programme's step.
    pub step: Step,
    /// How soon a check-in must be answered, where that is sooner than usual.
    pub answer_within: Option<Millis>,
    /// What stands on the record of the session.
    pub printed: Vec<Printed>,
    /// Of which programme; `None` for a plan outside of one.
    pub offered: Option<Offered>,
    /// The fastest travel of its plan.
    pub fastest: Rate,
}

/// What a session brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionDone {
    /// Which.
    pub session: SessionId,
    /// Of which programme; `None` for a plan outside of one.
    pub programme: Option<String>,
    /// Somebody stood by.
    pub spotter: bool,
    /// The fastest travel of its plan.
    pub fastest: Rate,
    /// What it brought.
    pub result: SessionResult,
}

/// How it was after a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Morning {
    /// Which session.
    pub session: SessionId,
    /// Pain.
    pub pain: programme::Pain,
    /// Whether flashes, headache or numbness came later; `None` where it was not answered.
    pub delayed_harm: Option<bool>,
}

/// What becomes of a programme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProgrammeStep {
    /// The person chose it.
    Chosen,
    /// It began; a clinician prescribed it by name where there is one.
    Begun(Option<Clinician>),
    /// It ended, gone through to its top step or not.
    Ended(bool),
}

/// A programme and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgrammeMark {
    /// Its short name.
    pub programme: String,
    /// What.
    pub step: ProgrammeStep,
}

/// Maintenance as a clinician asked for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaintenanceSet {
    /// Short name of the programme.
    pub programme: String,
    /// Who asked.
    pub clinician: Clinician,
    /// Its first day.
    pub from: Day,
    /// For so many weeks.
    pub weeks: u8,
    /// Its highest rung, counted from 0.
    pub rung: u16,
}

/// Questionnaires as answered, item by item where the items are asked here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutcomeAnswers {
    /// The session that it belongs to, where it does.
    pub session: Option<SessionId>,
    /// Back pain, 0 to 10.
    pub back: Option<Nrs>,
    /// Leg pain, 0 to 10.
    pub leg: Option<Nrs>,
    /// Comfort, 0 to 10.
    pub comfort: Option<Nrs>,
    /// The sentences of Roland and Morris that were ticked.
    pub rmdq: Option<[bool; Rmdq::ITEMS]>,
    /// Own activities with 0 to 10; none, or three to five.
    pub psfs: Vec<(String, Nrs)>,
    /// Oswestry total, percent.
    pub odi: Option<OdiTotal>,
    /// Change since the beginning.
    pub grc: Option<Grc>,
}

impl OutcomeAnswers {
    /// The scores.
    ///
    /// # Errors
    /// [`NotAScore`] for one or two own activities, or more than five.
    pub fn scores(&self) -> Result<Scores, NotAScore> {
        let own: Vec<u8> = self.psfs.iter().map(|(_, score)| score.get()).collect();
        let psfs = if own.is_empty() { None } else { Some(Psfs::of(&own)?) };
        let (back, leg, odi, grc) = (self.back, self.leg, self.odi, self.grc);
        Ok(Scores { back, leg, rmdq: self.rmdq.as_ref().map(Rmdq::of), psfs, odi, grc })
    }
}

/// What was answered before an activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScreenedActivity {
    /// Which.
    pub activity: Activity,
    /// The questions that were answered with yes.
    pub yes: Vec<Question>,
}

/// How an adverse event went on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HowItWent {
    /// It is gone.
    Gone,
    /// It is better.
    Better,
    /// It is as it was.
    Same,
    /// It is worse.
    Worse,
}

/// The answer to a follow-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FollowUp {
    /// Of which event.
    pub event: u128,
    /// How it went on.
    pub now: HowItWent,
}

/// A drill of STOP, power-cut return and release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drill {
    /// On which table.
    pub table: String,
}

/// A first ride.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstRide {
    /// The session that it was.
    pub session: SessionId,
}

/// A try to reach the contact of a person alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContactTested {
    /// They answered.
    pub reached: bool,
}
