//! `antipode status` and `antipode stop`.

use serde_json::{Value, json};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::folders::{DataFolder, DataFrom, socket_folders};
use crate::instance::{Found, Request, Status, ask, ask_all};
use crate::output::Output;

/// Says how every running session is.
pub(super) fn status(data: &DataFolder, out: &mut Output) -> Result<Exit, Failure> {
    let found = find(data, Request::Status);
    report(&found, out, |status| status.state.clone());
    for status in found.iter().filter_map(|found| found.answer.as_ref().ok()) {
        if let Some(way_out) = way_out(status) {
            out.talk(way_out);
        }
    }
    Ok(ended(&found, out, "nothing is running"))
}

/// STOPs every running session, or only the one of this data folder where one was named.
pub(super) fn stop(data: &DataFolder, out: &mut Output) -> Result<Exit, Failure> {
    let found =
        if data.from() == DataFrom::Flag { stop_one(data) } else { find(data, Request::Stop) };
    report(&found, out, |status| {
        let word = if status.stands_stopped() { "stopped" } else { "STOP sent, not confirmed yet" };
        word.to_owned()
    });
    if found.len() > 1 {
        out.talk(format_args!(
            "{} sessions of this machine were told to stop; `--data DIR` names the one of a folder",
            found.len()
        ));
    }
    let all_stand =
        found.iter().all(|found| found.answer.as_ref().is_ok_and(Status::stands_stopped));
    if !found.is_empty() && !all_stand {
        out.talk("not every bed is known to stand: press STOP at the table itself");
    }
    let exit = ended(&found, out, "nothing is running that could be stopped");
    Ok(if all_stand { exit } else { exit.worse(Exit::Failed) })
}

/// Asks first who it is, so that no other session is stopped.
fn stop_one(data: &DataFolder) -> Vec<Found> {
    find(data, Request::Status)
        .into_iter()
        .map(|Found { socket, .. }| Found { answer: ask(&socket, Request::Stop), socket })
        .collect()
}

/// Everybody who answers, or only who records in the folder that was named.
fn find(data: &DataFolder, request: Request) -> Vec<Found> {
    let mut found = ask_all(&socket_folders(data), request);
    if data.from() == DataFrom::Flag {
        let folder = data.canonical();
        found.retain(|found| found.answer.as_ref().is_ok_and(|status| status.data == folder));
    }
    found
}

fn report(found: &[Found], out: &mut Output, word: impl Fn(&Status) -> String) {
    if out.json() {
        let list: Vec<Value> = found
            .iter()
            .map(|found| match &found.answer {
                Ok(status) => json!({ "status": status, "result": word(status) }),
                Err(error) => json!({
                    "socket": found.socket.display().to_string(),
                    "error": error.to_string(),
                }),
            })
            .collect();
        out.document(&json!({ "instances": list }));
    }
    for found in found {
        match &found.answer {
            Ok(status) => out.line(line(status, &word(status))),
            Err(error) => {
                out.talk(format_args!("no answer from {}: {error}", found.socket.display()));
            }
        }
    }
}

fn line(status: &Status, word: &str) -> String {
    let tilt = match (status.tilt_deg, status.tilt_age_ms) {
        (Some(tilt), Some(age)) => format!("tilt {tilt} degrees, measured {age} ms ago"),
        (Some(tilt), None) => format!("tilt {tilt} degrees"),
        (None, _) => "tilt not known".to_owned(),
    };
    let simulated = if status.simulated { ", simulated" } else { "" };
    let Status { pid, plan, table, person, data, .. } = status;
    let whose = if person.is_empty() { String::new() } else { format!("{person}, ") };
    format!(
        "{word}: {tilt} ({whose}plan {plan} on table {table}{simulated}, process {pid}, records in \
         {data})"
    )
}

/// How a session is ended that STOP holds head-down: it ends by no signal that asks, for its bed
/// must come up first, and the window with its keys may be closed.
fn way_out(status: &Status) -> Option<String> {
    let level = status.tilt_deg.is_some_and(|tilt| tilt.0 <= 0);
    if !status.stopped || level {
        return None;
    }
    let pid = status.pid;
    Some(if status.simulated {
        format!(
            "process {pid} stays until somebody at its window keeps pressing r, then x, then k. \
             If that window is closed: nobody is on a simulated table, so `kill -9 {pid}` ends it"
        )
    } else {
        format!(
            "process {pid} stays until somebody at the table holds RETURN, lets STOP go and \
             confirms. Do not kill it: go to the table, hold its RETURN button, or bring the bed \
             up by hand"
        )
    })
}

fn ended(found: &[Found], out: &mut Output, nothing: &str) -> Exit {
    if found.is_empty() {
        out.talk(nothing);
        return Exit::Failed;
    }
    if found.iter().any(|found| found.answer.is_err()) { Exit::Failed } else { Exit::Done }
}

#[cfg(test)]
mod tests {
    use super::{line, way_out};
    use crate::instance::Status;
    use crate::summary::Decimal;

    fn stopped(simulated: bool, tilt: Option<i64>) -> Status {
        let tilt_deg = tilt.map(Decimal);
        Status { pid: 17, simulated, stopped: true, tilt_deg, ..Status::default() }
    }

    #[test]
    fn a_session_is_named_by_person_plan_table_and_folder() {
        let status = Status {
            person: "ada".to_owned(),
            plan: "first-week".to_owned(),
            table: "attic".to_owned(),
            data: "/home/user/data".to_owned(),
            ..stopped(true, Some(19_970))
        };
        let text = line(&status, "stopped");
        for part in ["ada,", "first-week", "attic", "/home/user/data", "process 17"] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }

    #[test]
    fn only_a_simulated_session_that_stop_holds_is_said_to_be_killed() {
        for tilt in [Some(19_970), None] {
            assert!(way_out(&stopped(true, tilt)).unwrap().contains("`kill -9 17` ends it"));
            assert!(way_out(&stopped(false, tilt)).unwrap().contains("Do not kill it"));
        }
        assert_eq!(way_out(&stopped(true, Some(-3_000))), None);
        let runs = Status { stopped: false, ..stopped(true, Some(19_970)) };
        assert_eq!(way_out(&runs), None);
    }
}
