//! One line of JSON each way.

use antipode_core::session::View;
use serde::{Deserialize, Serialize};

use crate::live::About;
use crate::summary::Decimal;
use crate::words;

/// Longest line that is read.
pub(super) const LONGEST: u64 = 4_096;

/// What is asked of a running session. Fields that are not known are passed over: the STOP of a
/// newer program is a STOP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "lowercase")]
pub enum Request {
    /// How it is.
    Status,
    /// STOP.
    Stop,
    /// Bring the person up.
    Return,
}

/// How a session is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// Process.
    pub pid: u32,
    /// Its data folder.
    pub data: String,
    /// Plan that it runs.
    pub plan: String,
    /// Table that it runs on.
    pub table: String,
    /// Who is on it; empty from a program that does not say. The socket is its owner's alone.
    #[serde(default)]
    pub person: String,
    /// No person is on it.
    pub simulated: bool,
    /// What it does, in words.
    pub state: String,
    /// Measured tilt in degrees; null while nothing is known.
    pub tilt_deg: Option<Decimal>,
    /// How old that is.
    pub tilt_age_ms: Option<u64>,
    /// Measured speed in degrees a second.
    pub rate_deg_per_s: Decimal,
    /// STOP is latched.
    pub stopped: bool,
    /// Latched alarms.
    pub alarms: Vec<String>,
}

impl Status {
    /// The status of a session that is seen like this.
    #[must_use]
    pub fn of(about: &About, view: &View, view_age_ms: u64, data: &str) -> Self {
        let age = view.tilt_at.map(|at| view.now.since(at).get().saturating_add(view_age_ms));
        Self {
            pid: std::process::id(),
            data: data.to_owned(),
            plan: about.plan.clone(),
            table: about.table.clone(),
            person: about.person.clone(),
            simulated: about.simulated,
            state: words::state(view.state).to_owned(),
            tilt_deg: view.tilt.map(Decimal::degrees),
            tilt_age_ms: view.tilt.and(age),
            rate_deg_per_s: Decimal(view.rate.millideg_per_s().into()),
            stopped: view.stopped,
            alarms: view.alarms.causes().map(|cause| words::alarm_key(cause).to_owned()).collect(),
        }
    }

    /// Whether it is stopped and the bed stands.
    #[must_use]
    pub const fn stands_stopped(&self) -> bool {
        self.stopped && self.rate_deg_per_s.0 == 0
    }
}

/// The answer to a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Reply {
    /// How the session is after the request.
    Status(Status),
    /// Why the request was not understood.
    Error(String),
}
