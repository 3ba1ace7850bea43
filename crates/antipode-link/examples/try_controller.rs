//! Takes a controller that speaks table link on its standard streams through one lowering, and leaves
//! it: `cargo run -p antipode-link --example try_controller -- PROGRAM [ARGUMENT]...`
//!
//! It greets, arms, lowers a few degrees under leases, and falls silent. The controller must stop the
//! bed, latch the ended lease, hold, and come home by itself. What it reports is believed: this is a
//! look, not a proof, and nobody may lie on the table.

use std::error::Error;
use std::io::{Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use antipode_link::{HostEvent, HostLink};
use antipode_safety::{
    Angle, DriveState, Envelope, Fault, Guard, Leave, Limits, Millis, Motion, Rate, Reading,
    Setting, Timestamp,
};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Down to here, millidegrees.
const DEPTH: i32 = 4_000;
/// For each thing that must happen; an emulator's clock may be slow.
const PATIENCE: Duration = Duration::from_secs(60);

struct Host {
    line: ChildStdin,
    heard: Receiver<Vec<u8>>,
    link: HostLink,
    guard: Guard,
    start: Instant,
    beat: Instant,
    last: Option<Reading>,
    restarted: bool,
}

impl Host {
    fn of(child: &mut Child) -> Outcome<Self> {
        let mut out = child.stdout.take().ok_or("it has no output")?;
        let (sender, heard) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0u8; 1_024];
            while let Ok(n @ 1..) = out.read(&mut buffer) {
                if sender.send(buffer.iter().take(n).copied().collect()).is_err() {
                    return;
                }
            }
        });
        let envelope = Envelope {
            lease: Millis::new(250),
            stop_decel_millideg_per_s2: 8_000,
            max_rate: Rate::clamped(3_000),
        };
        let now = Instant::now();
        Ok(Self {
            line: child.stdin.take().ok_or("it has no input")?,
            heard,
            link: HostLink::new(std::process::id()),
            guard: Guard::new(Limits::hard(Setting::Home), envelope),
            start: now,
            beat: now,
            last: None,
            restarted: false,
        })
    }

    fn now(&self) -> Timestamp {
        let ms = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        Timestamp::from_millis(ms.saturating_add(1))
    }

    fn say(&mut self, say: impl FnOnce(&mut HostLink, &mut Vec<u8>) -> u16) -> Outcome<()> {
        let mut wire = Vec::new();
        say(&mut self.link, &mut wire);
        self.line.write_all(&wire)?;
        Ok(self.line.flush()?)
    }

    /// Does `act` every 80 ms until the newest reading is as `wanted`.
    fn until(
        &mut self,
        what: &str,
        act: impl Fn(&mut Self) -> Outcome<()>,
        wanted: impl Fn(&Reading) -> bool,
    ) -> Outcome<()> {
        let begun = Instant::now();
        while !self.last.as_ref().is_some_and(&wanted) {
            if begun.elapsed() > PATIENCE {
                let last = self.last;
                return Err(format!("no {what} within {PATIENCE:?}; last heard {last:?}").into());
            }
            if self.restarted {
                let why = "its own watchdog, where the machine was too busy to run it";
                return Err(format!("{what}: the controller restarted ({why}?)").into());
            }
            if self.beat.elapsed() >= Duration::from_millis(80) {
                self.beat = Instant::now();
                act(self)?;
            }
            if let Ok(wire) = self.heard.recv_timeout(Duration::from_millis(10)) {
                let now = self.now();
                let (guard, last) = (&mut self.guard, &mut self.last);
                let restarted = &mut self.restarted;
                self.link.receive(now, &wire, &mut |event| match event {
                    HostEvent::Reading(reading) => {
                        guard.observe(now, &reading);
                        *last = Some(reading);
                    }
                    HostEvent::SessionLost => *restarted = true,
                    HostEvent::Connected(_)
                    | HostEvent::Acked { .. }
                    | HostEvent::Echo { .. }
                    | HostEvent::Fault(_)
                    | HostEvent::Limits(_)
                    | HostEvent::ReadOnly => {}
                });
            }
        }
        let tilt = self.last.and_then(|reading| reading.tilt).map_or(0, Angle::millideg);
        let line = format!(
            "{:6} ms  {:7.2} deg  {what}\n",
            begun.elapsed().as_millis(),
            tilt as f32 / 1e3
        );
        Ok(std::io::stdout().write_all(line.as_bytes())?)
    }

    fn lower(&mut self) -> Outcome<()> {
        let now = self.now();
        let last = self.last.ok_or("nothing was heard yet")?;
        let leave = Leave {
            armed: true,
            stop_clear: true,
            return_held: false,
            latches: last.latches,
            journal_ready: true,
            dose_left: Millis::from_secs(420),
        };
        let motion = Motion { target: Angle::clamped(20_000), rate: Rate::clamped(2_000) };
        // Where the guard refuses (a report came late, say) nothing is sent, and the lease runs on.
        if let Ok(permit) = self.guard.permit(now, motion, &leave) {
            self.say(|link, out| link.start(permit, out))?;
        }
        self.say(|link, out| link.heartbeat(now, out))
    }
}

fn silent(_: &mut Host) -> Outcome<()> {
    Ok(())
}

fn try_it(host: &mut Host) -> Outcome<()> {
    let at_rest = |reading: &Reading| reading.tilt.is_some_and(|tilt| tilt <= Angle::LEVEL);
    host.say(|link, out| link.hello(out))?;
    host.until("greeting and first report", silent, at_rest)?;
    host.until(
        "arming",
        |host| host.say(|link, out| link.arm(out)),
        |r| r.drive == DriveState::Holding,
    )?;
    let deep = |reading: &Reading| reading.tilt.is_some_and(|tilt| tilt.millideg() >= DEPTH);
    host.until("lowering under leases", Host::lower, deep)?;
    host.until("silence: the ended lease", silent, |r| r.faults.has(Fault::LeaseExpired))?;
    host.until("standing still", silent, |r| {
        r.drive == DriveState::HostLossHold && r.rate == Rate::ZERO
    })?;
    host.until("way home by itself", silent, |r| r.drive == DriveState::HostLossReturn)?;
    host.until("rest band", silent, |r| {
        r.tilt.is_some_and(Angle::in_rest_band) && r.drive == DriveState::Disarmed
    })
}

fn main() -> Outcome<()> {
    let mut words = std::env::args_os().skip(1);
    let program =
        words.next().ok_or("name a program that speaks table link on stdin and stdout")?;
    let mut child =
        Command::new(program).args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let tried = Host::of(&mut child).and_then(|mut host| try_it(&mut host));
    // Only ever a simulated bed, or an empty one.
    child.kill()?;
    child.wait()?;
    tried
}
