//! What a session was told before it began: the payload of its START.

use std::sync::Arc;

use antipode_core::session::{AfterStopAlone, Company, SessionConfig, TableFacts};
use antipode_safety::{Effort, Envelope};

use super::limits::{put_limits, take_limits};
use super::program::{put_program, take_program};
use super::wire::{DecodeError, In, MAX_TEXT, Out};

/// Version of every payload of a session; its START states it.
pub const FORMAT: u64 = 2;

/// Everything that a replay needs to know beforehand. It names nobody: who is on the table stands
/// in a record of its own, sealed with that person's key; see [`super::seal_name`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    /// What the session was told.
    pub config: SessionConfig,
    /// Name of the plan.
    pub plan: String,
    /// Name of the table.
    pub table: String,
    /// Version of the program that ran it.
    pub program_version: String,
    /// The number from which everything random was drawn; simulated sessions only.
    pub seed: Option<u64>,
}

/// A session cannot be recorded as it is, so it must not begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotRecordable {
    /// A name is too long.
    #[error("the {what} has {len} bytes, a record keeps at most {MAX_TEXT}; shorten it")]
    Text {
        /// Which one.
        what: &'static str,
        /// Its length in bytes.
        len: usize,
    },
    /// What would be written reads back as something else.
    #[error("the session's settings do not read back as they are, so it could not be replayed")]
    ReadsBackOtherwise,
    /// What would be written does not read back at all.
    #[error("the session's settings do not read back, so it could not be replayed: {0}")]
    ReadsNotBack(DecodeError),
}

impl Start {
    /// The payload of a [`crate::Kind::START`] record.
    ///
    /// # Errors
    /// [`NotRecordable`]: what is given out here always reads back as the same.
    pub fn encode(&self) -> Result<Vec<u8>, NotRecordable> {
        let mut out = Out::new();
        out.number(FORMAT);
        for (what, text) in [
            ("name of the plan", &self.plan),
            ("name of the table", &self.table),
            ("program's version", &self.program_version),
        ] {
            if text.len() > MAX_TEXT {
                return Err(NotRecordable::Text { what, len: text.len() });
            }
            out.bytes(text.as_bytes());
        }
        out.flag(self.seed.is_some());
        out.number(self.seed.unwrap_or(0));
        put_config(&self.config, &mut out);
        let payload = out.finish();
        match Self::decode(&payload) {
            Ok(again) if again == *self => Ok(payload),
            Ok(_) => Err(NotRecordable::ReadsBackOtherwise),
            Err(error) => Err(NotRecordable::ReadsNotBack(error)),
        }
    }

    /// Reads such a payload.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn decode(payload: &[u8]) -> Result<Self, DecodeError> {
        let mut from = In(payload);
        let found = from.number()?;
        if found != FORMAT {
            return Err(DecodeError::Version { found, known: FORMAT });
        }
        let plan = from.text("name of the plan")?;
        let table = from.text("name of the table")?;
        let program_version = from.text("program's version")?;
        let seeded = from.flag("mark of a seed")?;
        let seed = match (seeded, from.number()?) {
            (true, seed) => Some(seed),
            (false, 0) => None,
            (false, seed) => {
                return Err(DecodeError::Value { what: "no seed", value: seed.cast_signed() });
            }
        };
        let config = take_config(&mut from)?;
        from.end()?;
        Ok(Self { config, plan, table, program_version, seed })
    }
}

const DATE_CERTAIN: u8 = 1;
const WITH_EFFORT: u8 = 2;

fn put_config(config: &SessionConfig, out: &mut Out) {
    put_program(&config.program, out);
    put_limits(&config.limits, out);
    out.time(config.envelope.lease);
    out.number(config.envelope.stop_decel_millideg_per_s2.into());
    out.rate(config.envelope.max_rate);
    let TableFacts {
        latch_sensors,
        second_angle,
        returns_without_host,
        hand_control,
        rescue_without_power,
    } = config.table;
    out.u8(latch_sensors);
    for fact in [second_angle, returns_without_host, hand_control, rescue_without_power] {
        out.flag(fact);
    }
    match config.company {
        Company::Spotter => out.u8(0),
        Company::Alone(AfterStopAlone::Hold) => out.u8(1),
        Company::Alone(AfterStopAlone::ReturnAfter(time)) => {
            out.u8(2);
            out.time(time);
        }
    }
    out.time(config.day_before);
    out.flag(config.dead_man);
    // One byte for both, so that a session without an effort reads as ever, and one that was cut
    // short never reads as one without.
    let certain = if config.date_certain { DATE_CERTAIN } else { 0 };
    out.u8(if config.effort.is_some() { certain | WITH_EFFORT } else { certain });
    if let Some(effort) = config.effort {
        out.signed(effort.ma().into());
    }
}

fn take_effort(from: &mut In<'_>) -> Result<Effort, DecodeError> {
    let ma = from.signed()?;
    let effort = Effort::clamped(ma);
    if i64::from(effort.ma()) == ma {
        Ok(effort)
    } else {
        Err(DecodeError::Value { what: "effort of the motor", value: ma })
    }
}

fn take_config(from: &mut In<'_>) -> Result<SessionConfig, DecodeError> {
    let mut config = SessionConfig {
        program: Arc::new(take_program(from)?),
        limits: take_limits(from)?,
        envelope: Envelope {
            lease: from.time()?,
            stop_decel_millideg_per_s2: from.small("a deceleration")?,
            max_rate: from.rate("the table's own rate")?,
        },
        table: TableFacts {
            latch_sensors: from.u8()?,
            second_angle: from.flag("fact of the table")?,
            returns_without_host: from.flag("fact of the table")?,
            hand_control: from.flag("fact of the table")?,
            rescue_without_power: from.flag("fact of the table")?,
        },
        company: match from.u8()? {
            0 => Company::Spotter,
            1 => Company::Alone(AfterStopAlone::Hold),
            2 => Company::Alone(AfterStopAlone::ReturnAfter(from.time()?)),
            tag => return Err(DecodeError::Tag { what: "company", tag: tag.into() }),
        },
        day_before: from.time()?,
        dead_man: from.flag("dead-man switch")?,
        date_certain: false,
        effort: None,
    };
    let last = from.u8()?;
    if last & !(DATE_CERTAIN | WITH_EFFORT) != 0 {
        return Err(DecodeError::Tag { what: "certainty of the date", tag: last.into() });
    }
    config.date_certain = last & DATE_CERTAIN != 0;
    if last & WITH_EFFORT != 0 {
        config.effort = Some(take_effort(from)?);
    }
    Ok(config)
}
