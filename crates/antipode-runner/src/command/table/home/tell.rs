//! What is said while a bed comes home, and at the end of it.

use std::io::{self, Write};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread;

use antipode_safety::{Angle, Millis, Timestamp};

use super::way::{Ended, Standing, Way};
use crate::output::Output;
use crate::words;

/// The same is said again after so long; under STOP somebody hangs there, and it is an alarm.
const AGAIN: Millis = Millis::from_secs(3);
/// Lines that may wait for a terminal that takes none.
const WAITING: usize = 8;
/// Rings the terminal's bell.
const BELL: &str = "\u{7}";

/// Before the first turn.
pub(super) const fn begins(keys: bool) -> &'static str {
    if keys {
        "bringing the bed up to the rest band; space, or Ctrl-C twice, is STOP"
    } else {
        "bringing the bed up to the rest band; Ctrl-C twice is STOP"
    }
}

/// Says how it stands, on a thread of its own: a terminal that takes nothing must not hold the bed up.
pub(super) struct Teller {
    lines: SyncSender<String>,
    table: String,
    last: Option<(Standing, Timestamp)>,
}

impl Teller {
    /// # Errors
    /// When there is no thread for it.
    pub(super) fn begin(table: &str) -> io::Result<Self> {
        let (lines, waiting) = sync_channel::<String>(WAITING);
        // It ends with the sender.
        thread::Builder::new().name("says".to_owned()).spawn(move || {
            while let Ok(line) = waiting.recv() {
                if let Err(error) = writeln!(io::stderr(), "{line}") {
                    tracing::info!(%error, "nobody hears how the bed comes up");
                    return;
                }
            }
        })?;
        Ok(Self { lines, table: table.to_owned(), last: None })
    }

    /// What is said next is said whatever was said before.
    pub(super) const fn say_anew(&mut self) {
        self.last = None;
    }

    /// Says how it stands, where that has changed or was said long ago.
    pub(super) fn tell(&mut self, now: Timestamp, way: &Way, keys: bool) {
        let standing = way.standing(now);
        let told =
            |(before, at): (Standing, Timestamp)| before == standing && now.since(at) < AGAIN;
        if self.last.is_some_and(told) {
            return;
        }
        self.last = Some((standing, now));
        let line = line(standing, way.tilt(now), way.faults(), &self.table, keys);
        match self.lines.try_send(line) {
            Ok(()) | Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {}
        }
    }
}

fn at(tilt: Option<Angle>) -> String {
    tilt.map_or_else(|| "UNKNOWN".to_owned(), |tilt| format!("{} degrees", words::degrees(tilt)))
}

/// How somebody holds the bed on its way up.
fn hold(table: &str, keys: bool) -> String {
    if keys {
        "KEEP PRESSING r to bring the person up; it stands when you let go".to_owned()
    } else {
        format!(
            "hold RETURN on the table's own hand control if it has one, or run \
             `antipode table return {table}` in a terminal and keep pressing r"
        )
    }
}

fn line(
    standing: Standing,
    tilt: Option<Angle>,
    faults: Option<String>,
    table: &str,
    keys: bool,
) -> String {
    let at = at(tilt);
    let hold = hold(table, keys);
    let because = faults.map_or_else(String::new, |faults| format!(" ({faults})"));
    match standing {
        Standing::Coming => format!("tilt {at}: coming up"),
        Standing::HeldUp { stopped: false } => format!("tilt {at}: coming up while r is held"),
        Standing::HeldUp { stopped: true } => {
            format!("tilt {at}: STOP is on; coming up while r is held")
        }
        Standing::Stopping => {
            format!("{BELL}tilt {at}: STOP was said, and the table has not confirmed it yet")
        }
        Standing::Stopped { again: false } => format!("{BELL}tilt {at}: STOP IS ON. {hold}"),
        Standing::Stopped { again: true } => {
            format!("{BELL}tilt {at}: STOP IS ON. Let r go first; then {hold}")
        }
        Standing::LeftToPeople(doubt) => format!(
            "{BELL}tilt {at}: {}; it does not move by itself. Look at the bed: {hold}",
            doubt.words()
        ),
        Standing::Refused => format!(
            "{BELL}tilt {at}: THE TABLE DOES NOT COME BY ITSELF{because}. Look at the bed: {hold}"
        ),
        Standing::Unknown => format!(
            "{BELL}tilt UNKNOWN: nothing is heard of the table; it is told to come up all the same"
        ),
    }
}

/// What came of it.
pub(super) fn ended(ended: &Ended, table: &str, out: &mut Output) {
    let (word, tilt, stopped) = match *ended {
        Ended::Home { tilt, stopped } => ("home", Some(tilt), stopped),
        Ended::Stopped(tilt) => ("stopped", tilt, true),
        Ended::Stuck(tilt) => ("not_home", tilt, false),
        Ended::Gone => ("gone", None, false),
    };
    if out.json() {
        let tilt_deg = tilt.map(crate::summary::Decimal::degrees);
        out.document(&serde_json::json!({
            "outcome": word, "tilt_deg": tilt_deg, "stop_latched": stopped
        }));
    }
    let at = at(tilt);
    out.line(match *ended {
        Ended::Home { stopped: false, .. } => format!("the bed stands at {at}"),
        Ended::Home { stopped: true, .. } => {
            format!("the bed stands at {at}; STOP is still on, and the next session takes it off")
        }
        Ended::Stopped(_) => format!("STOP IS ON, tilt {at}: {}", hold(table, false)),
        Ended::Stuck(_) => format!(
            "THE BED DID NOT COME UP, tilt {at}: bring the person up by hand, the way that the \
             table's file names"
        ),
        Ended::Gone => {
            "THE TABLE IS NOT HEARD ANY MORE: look at the bed, and bring the person up by \
                        hand if it does not come by itself"
                .to_owned()
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn under_stop_the_words_lead_up_with_keys_and_without() {
        let tilt = Some(Angle::clamped(12_300));
        let said = |again, keys| line(Standing::Stopped { again }, tilt, None, "attic", keys);
        let here = said(false, true);
        assert!(here.contains("12.3 degrees") && here.contains("KEEP PRESSING r"), "{here}");
        assert!(said(true, true).contains("Let r go first"));
        let nobody = said(false, false);
        assert!(nobody.contains("`antipode table return attic`"), "{nobody}");
        assert!(nobody.contains("hand control"), "{nobody}");
    }

    #[test]
    fn a_refusal_names_what_the_table_sees_and_an_unknown_tilt_is_never_a_number() {
        let faults = Some("2 of 2 ankle latches open".to_owned());
        let said = line(Standing::Refused, None, faults, "attic", true);
        assert!(said.contains("UNKNOWN") && said.contains("2 of 2 ankle latches open"), "{said}");
    }
}
