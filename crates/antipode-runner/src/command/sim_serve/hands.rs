//! What is typed to a served table: it stands in for hands, and for what breaks.

use std::io::{self, BufRead, BufReader, Read};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use antipode_files::duration;
use antipode_safety::{Angle, Millis};
use antipode_sim::device::DeviceFault;
use antipode_sim::faults::{Fault, FaultKind, Struck};
use antipode_sim::person::Button;
use serde_json::json;

use crate::failure::Failure;
use crate::near::near;
use crate::output::Output;
use crate::summary::Decimal;
use crate::words;

use super::dialect::Handled;

/// Faults begin with a turn of the table's own loop.
const TURN_MS: u64 = 10;
/// Lines that may wait.
const LINES: usize = 64;
/// Longest line; nothing that is understood is nearly as long.
const LONGEST: u64 = 1_000;

const HELP: &str = "\
press BUTTON MS       hold a button of the hand control: stop, return, ok, easier
fixed-stop on|off     press the fixed STOP beside the table, or let it go
fault KIND [FOR]      break something now, for a time such as 3s or to the end
fault KIND            let a maker's drive go wrong: timeout-off, late-answer, wrong-unit and so on
heal                  take every fault away
tilt                  say the true tilt of the bed
baud                  say the rate to which a host has set the line
help                  say this";

/// The lines of standard input, as they come. Where it ends the table is served all the same.
pub(super) struct Hands(Receiver<String>);

impl Hands {
    pub(super) fn listen() -> io::Result<Self> {
        let (lines_out, lines) = sync_channel(LINES);
        // It ends with the process: a read of a terminal cannot be called off.
        thread::Builder::new().name("hands".into()).spawn(move || {
            let mut stdin = BufReader::new(io::stdin());
            loop {
                let mut line = Vec::new();
                match stdin.by_ref().take(LONGEST).read_until(b'\n', &mut line) {
                    Ok(0) | Err(_) => return,
                    Ok(_) => {}
                }
                if lines_out.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                    return;
                }
            }
        })?;
        Ok(Self(lines))
    }

    /// The next line that nobody has acted on.
    pub(super) fn next(&self) -> Option<String> {
        self.0.try_recv().ok()
    }
}

/// One thing that was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Typed {
    Press(Button, u64),
    FixedStop(bool),
    Fault(FaultKind, Option<Millis>),
    Device(DeviceFault),
    Heal,
    Tilt,
    Baud,
    Help,
    Nothing,
}

/// Does what was typed, and answers where an answer is asked for.
pub(super) fn act(line: &str, served: &mut dyn Handled, baud: u32, out: &mut Output) {
    let typed = match read(line) {
        Ok(typed) => typed,
        Err(why) => return out.talk(format_args!("not done: {why}; `help` says what there is")),
    };
    let now_ms = served.now_ms();
    match typed {
        Typed::Press(button, for_ms) => {
            if !served.person_mut().press_at(button, now_ms, for_ms) {
                out.talk("not done: the person's hands have more to do already than they can");
            }
        }
        Typed::FixedStop(pressed) => {
            if !served.press_fixed_stop(pressed) {
                out.talk("not done: a fixed STOP is wired to a table's own controller");
            }
        }
        Typed::Fault(kind, lasts) => {
            let at_ms = (now_ms / TURN_MS + 1) * TURN_MS;
            served.add_fault(Fault { for_ms: lasts.map(Millis::get), ..Fault::at(kind, at_ms) });
        }
        Typed::Device(fault) => {
            if !served.strike(fault) {
                out.talk("not done: that is a fault of a maker's drive, and here is none");
            }
        }
        Typed::Heal => served.heal(),
        Typed::Tilt => {
            let tilt = Angle::clamped(served.true_tilt_mdeg().into());
            if out.json() {
                out.document_line(&json!({ "true_tilt_deg": Decimal::degrees(tilt) }));
            }
            out.line(format_args!("true tilt {} degrees", words::degrees(tilt)));
        }
        Typed::Baud => {
            if out.json() {
                out.document_line(&json!({ "baud": baud }));
            }
            out.line(format_args!("{baud} baud"));
        }
        Typed::Help => out.talk(HELP),
        Typed::Nothing => {}
    }
}

/// What a line means.
fn read(line: &str) -> Result<Typed, String> {
    let parts: Vec<&str> = line.split_whitespace().collect();
    match parts.as_slice() {
        [] => Ok(Typed::Nothing),
        ["press", button, for_ms] => {
            let for_ms = for_ms.parse().map_err(|_| {
                format!("`{for_ms}` is no whole number of milliseconds to hold it for")
            })?;
            Ok(Typed::Press(button_named(button)?, for_ms))
        }
        ["press", button] => Ok(Typed::Press(button_named(button)?, 300)),
        ["fixed-stop", "on"] => Ok(Typed::FixedStop(true)),
        ["fixed-stop", "off"] => Ok(Typed::FixedStop(false)),
        ["fault", kind] => match DeviceFault::from_name(kind) {
            Some(fault) => Ok(Typed::Device(fault)),
            None => Ok(Typed::Fault(kind_named(kind)?, None)),
        },
        ["fault", kind, lasts @ ..] => {
            Ok(Typed::Fault(kind_named(kind)?, Some(time(&lasts.join(" "))?)))
        }
        ["heal"] => Ok(Typed::Heal),
        ["tilt"] => Ok(Typed::Tilt),
        ["baud"] => Ok(Typed::Baud),
        ["help"] => Ok(Typed::Help),
        [first, ..] => Err(format!("`{first}` is not understood so")),
    }
}

fn button_named(name: &str) -> Result<Button, String> {
    match name {
        "return" => Ok(Button::Return),
        "stop" => Ok(Button::Stop),
        "ok" => Ok(Button::Ok),
        "easier" => Ok(Button::Easier),
        other => Err(format!("there is no button `{other}`: stop, return, ok, easier")),
    }
}

/// A fault that can strike a table which has no host of its own in here.
fn kind_named(name: &str) -> Result<FaultKind, String> {
    let kind = FaultKind::from_name(name).ok_or_else(|| {
        let of_devices = DeviceFault::ALL.iter().map(|fault| fault.name());
        let known = near(name, FaultKind::NAMES.iter().copied().chain(of_devices));
        let meant = known.map_or_else(String::new, |known| format!(", did you mean `{known}`?"));
        format!("there is no fault `{name}`{meant}")
    })?;
    match kind.strikes() {
        Struck::Wire | Struck::Controller | Struck::Plant | Struck::Person => Ok(kind),
        Struck::Host => Err(format!("`{name}` strikes a host, and the host here is yours")),
    }
}

fn time(text: &str) -> Result<Millis, String> {
    duration(text).map_err(|problem| format!("the time `{text}` {problem}"))
}

/// A fault as the command line names it: `KIND@AT` or `KIND@AT:FOR`.
pub(super) fn fault_at(text: &str) -> Result<Fault, Failure> {
    let wrong = |why: String| {
        Failure::usage(format!("`--fault {text}`: {why}"))
            .help("write what, when and for how long: `link-cut@30s:3s`")
    };
    let (kind, when) =
        text.split_once('@').ok_or_else(|| wrong("it does not say when".to_owned()))?;
    let (at, lasts) = match when.split_once(':') {
        Some((at, lasts)) => (at, Some(lasts)),
        None => (when, None),
    };
    let kind = kind_named(kind).map_err(wrong)?;
    let at = time(at).map_err(wrong)?;
    let lasts = lasts.map(time).transpose().map_err(wrong)?;
    let at_ms = (at.get() / TURN_MS).max(1) * TURN_MS;
    Ok(Fault { for_ms: lasts.map(Millis::get), ..Fault::at(kind, at_ms) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_they_are_meant_or_not_at_all() {
        let fault = |lasts| Ok(Typed::Fault(FaultKind::LinkCut, lasts));
        for (line, expected) in [
            ("press stop 500\n", Ok(Typed::Press(Button::Stop, 500))),
            ("  press   ok ", Ok(Typed::Press(Button::Ok, 300))),
            ("fixed-stop off", Ok(Typed::FixedStop(false))),
            ("fault link-cut", fault(None)),
            ("fault link-cut 1m 3s", fault(Some(Millis::new(63_000)))),
            ("fault timeout-off", Ok(Typed::Device(DeviceFault::TimeoutOff))),
            ("", Ok(Typed::Nothing)),
        ] {
            assert_eq!(read(line), expected, "{line:?}");
        }
        for line in [
            "press",
            "press halt 5",
            "press stop -1",
            "press stop 1 2",
            "fixed-stop",
            "fault",
            "fault link-cutt",
            "fault link-cut 3",
            "fault timeout-off 3s",
            "fault host-crash",
            "tilt 30",
            "dance",
        ] {
            assert!(read(line).is_err(), "{line:?}");
        }
    }

    #[test]
    fn a_fault_of_the_command_line_says_what_and_when_and_perhaps_for_how_long() {
        assert_eq!(fault_at("link-cut@30s").unwrap(), Fault::at(FaultKind::LinkCut, 30_000));
        assert_eq!(
            fault_at("stall@1m 5ms:250ms").unwrap(),
            Fault::at(FaultKind::Stall, 60_000).lasting(250)
        );
        for text in ["link-cut", "link-cut@", "link-cut@3", "cut@3s", "stall@1s:", "host-crash@1s"]
        {
            assert_eq!(fault_at(text).unwrap_err().exit().code(), 2, "{text}");
        }
    }
}
