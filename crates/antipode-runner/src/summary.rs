//! The summary of a session: the same fields from a demo, a run, a scenario and the history.

use antipode_core::session::{EndCause, Outcome};
use antipode_safety::{Angle, Millis};
use serde::{Deserialize, Serialize};

use crate::words::{cause_key, outcome_key};

/// What a session came to. What is not known is null; the fields never go away.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Summary {
    /// Identifier of the session.
    pub session: Option<String>,
    /// Name of the plan.
    pub plan: Option<String>,
    /// Name of the person.
    pub person: Option<String>,
    /// Name of the table.
    pub table: Option<String>,
    /// How it ended.
    pub outcome: Option<String>,
    /// Why it ended.
    pub end_cause: Option<String>,
    /// Bouts of the plan.
    pub bouts_planned: Option<u16>,
    /// Bouts done.
    pub bouts_done: Option<u16>,
    /// Seconds at 5 degrees head-down and more.
    pub head_down_s: Option<Decimal>,
    /// Deepest tilt in degrees; simulated: of the plant itself.
    pub max_tilt_deg: Option<Decimal>,
    /// Tilt at the end in degrees; simulated: of the plant itself.
    pub final_tilt_deg: Option<Decimal>,
    /// Seconds from start to end.
    pub duration_s: Option<Decimal>,
    /// Every alarm that was raised, in order.
    pub alarms: Vec<String>,
    /// The journal that holds it.
    pub journal: Option<String>,
    /// Number from which everything random was drawn; simulated sessions only.
    pub seed: Option<u64>,
    /// Hash over the whole numbers of the trace; simulated sessions only.
    pub trace_hash: Option<String>,
    /// Kilograms of ballast on the table: nobody lay on it, and it counts for nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ballast_kg: Option<u16>,
    /// The motor's effort in the small test tilt, in milliamperes: lowering less coming up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effort_ma: Option<i32>,
    /// The effort that this weight should have shown, where the table has a figure for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effort_expected_ma: Option<i32>,
    /// `bench` where the table carried ballast; in the history alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The program died, so times and tilts are what its record holds: the truth may be more.
    #[serde(skip_serializing_if = "is_not")]
    pub at_least: bool,
    /// When it began, as the machine's clock stood, in UTC; in the history alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started: Option<String>,
    /// What is wrong with the files of its record; in the history alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub damage: Vec<String>,
    /// What the person reported, in order; unknown until the record is read back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub symptoms: Option<Vec<Felt>>,
    /// What its table lacked, and what stood in for it; empty where nothing was missing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<String>,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
}

/// Something that a person reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Felt {
    /// Seconds after the first line of the record.
    pub at_s: Decimal,
    /// What, in words.
    pub symptom: String,
    /// How strong, in words.
    pub severity: String,
    /// It locks the person out until a clinician has agreed.
    pub red_flag: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
const fn is_not(flag: &bool) -> bool {
    !*flag
}

impl Summary {
    /// A session that did not begin.
    #[must_use]
    pub fn refused(reasons: Vec<String>) -> Self {
        let outcome = Some(outcome_key(Outcome::Refused).to_owned());
        Self { outcome, reasons, ..Self::default() }
    }

    /// Sets how and why it ended.
    #[must_use]
    pub fn ended(mut self, outcome: Outcome, cause: EndCause) -> Self {
        self.outcome = Some(outcome_key(outcome).to_owned());
        self.end_cause = Some(cause_key(cause).to_owned());
        self
    }

    /// The bytes for the end of a journal. They lie in clear, so they name nobody.
    #[must_use]
    pub fn to_record(&self) -> Vec<u8> {
        let unnamed = Self { person: None, ..self.clone() };
        serde_json::to_vec(&unnamed).unwrap_or_default()
    }

    /// Reads those bytes; `None` when they are not a summary.
    #[must_use]
    pub fn from_record(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}

/// Thousandths, written as a plain decimal number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Decimal(pub i64);

impl Decimal {
    /// A tilt in degrees.
    #[must_use]
    pub fn degrees(angle: Angle) -> Self {
        Self(angle.millideg().into())
    }

    /// Without what comes after the point, rounded to the nearest.
    #[must_use]
    pub const fn rounded(self) -> i64 {
        self.0.saturating_add(if self.0 < 0 { -500 } else { 500 }) / 1_000
    }

    /// A length of time in seconds.
    #[must_use]
    pub fn seconds(time: Millis) -> Self {
        Self(i64::try_from(time.get()).unwrap_or(i64::MAX))
    }
}

impl std::fmt::Display for Decimal {
    /// Without idle zeros: `30`, `1.5`, `-0.004`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (whole, part) = (self.0.unsigned_abs() / 1_000, self.0.unsigned_abs() % 1_000);
        let sign = if self.0 < 0 { "-" } else { "" };
        if part == 0 {
            return write!(f, "{sign}{whole}");
        }
        let part = format!("{part:03}");
        write!(f, "{sign}{whole}.{}", part.trim_end_matches('0'))
    }
}

impl Serialize for Decimal {
    /// A JSON number. Thousandths up to 2^53 survive the way through a double.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 % 1_000 == 0 {
            return serializer.serialize_i64(self.0 / 1_000);
        }
        self.to_string()
            .parse::<serde_json::Number>()
            .map_err(serde::ser::Error::custom)?
            .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    /// A JSON number, taken to the nearest thousandth.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = serde_json::Number::deserialize(deserializer)?;
        thousandths(&number.to_string()).map(Self).ok_or_else(|| {
            serde::de::Error::custom(format!("{number} is not a decimal with three digits"))
        })
    }
}

/// The thousandths of a plain decimal, without passing through binary fractions.
fn thousandths(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    if part.len() > 3 || !part.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part: i64 = format!("{part:0<3}").parse().ok()?;
    let value = whole.parse::<i64>().ok()?.checked_mul(1_000)?.checked_add(part)?;
    Some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_there_even_when_nothing_is_known() {
        let document = serde_json::to_value(Summary::default()).unwrap();
        let fields: Vec<&str> = document.as_object().unwrap().keys().map(String::as_str).collect();
        let mut expect = [
            "session",
            "plan",
            "person",
            "table",
            "outcome",
            "end_cause",
            "bouts_planned",
            "bouts_done",
            "head_down_s",
            "max_tilt_deg",
            "final_tilt_deg",
            "duration_s",
            "alarms",
            "journal",
            "seed",
            "trace_hash",
        ];
        expect.sort_unstable();
        let mut fields = fields;
        fields.sort_unstable();
        assert_eq!(fields, expect);
    }

    #[test]
    fn a_refusal_is_a_summary_of_nulls_with_reasons() {
        let document = serde_json::to_value(Summary::refused(vec!["too deep".into()])).unwrap();
        assert_eq!(document["outcome"], "refused");
        assert_eq!(document["reasons"][0], "too deep");
        assert!(document["max_tilt_deg"].is_null());
    }

    #[test]
    fn decimals_read_back_as_written() {
        for thousandths in [0, 1, -1, 30_000, -2_996, 12_340, 999, 9_007_199_254_740_000] {
            let text = serde_json::to_string(&Decimal(thousandths)).unwrap();
            assert_eq!(serde_json::from_str::<Decimal>(&text).unwrap().0, thousandths, "{text}");
        }
        assert!(serde_json::from_str::<Decimal>("1.2345").is_err());
        assert!(serde_json::from_str::<Decimal>("1e300").is_err());
        assert_eq!(Decimal(-2_500).rounded(), -3);
    }

    #[test]
    fn the_record_names_nobody() {
        let summary = Summary { person: Some("ada".into()), seed: Some(7), ..Summary::default() }
            .ended(Outcome::Completed, EndCause::PlanDone);
        let read = Summary::from_record(&summary.to_record()).unwrap();
        assert_eq!(read.person, None);
        assert_eq!((read.seed, read.end_cause), (Some(7), Some("plan_done".into())));
        assert_eq!(Summary::from_record(b"\x00"), None);
    }
}
