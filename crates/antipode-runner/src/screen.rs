//! The terminal screen of a session.
//!
//! Three threads, so that nothing delays STOP: one waits for keys, one draws, and the caller's own
//! hands keys on and follows the session. A terminal that hangs stops the drawing and nothing else.

mod bed;
mod draw;
mod input;
mod kept;
mod keys;
mod menu;
mod painter;
mod scene;

#[cfg(test)]
pub(crate) mod tests;

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use antipode_core::event::{Act, Source};
use antipode_core::session::{StateKind, View};
use antipode_safety::{Rate, Timestamp};

use crate::controls::Controls;
use crate::heard::Heard;
use crate::live::{Live, may_leave};
use crate::terminal::{self, Typed};
use crate::words;
use kept::{KeptMenu, Pace, Remark, Remarks};
use keys::Wish;
use painter::Painter;
use scene::{Said, Scene};

pub use draw::Look;

/// How the screen is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// How it looks.
    pub look: Look,
    /// Pictures a second.
    pub frames_per_second: u8,
    /// Ring the bell with an alarm.
    pub bell: bool,
}

/// Longest wait for a key; signals and the socket are looked at as often.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Shows the session until it is over and the person at the terminal leaves, or until an
/// interruption lets the program end. Does not return while anyone is head-down.
///
/// # Errors
/// When there is no terminal to draw on. The session has not been touched then.
pub fn run(live: &mut dyn Live, controls: &Controls, options: Options) -> io::Result<()> {
    let painter = Painter::start(options)?;
    let keys = input::start()?;
    let mut screen = Screen::new(options);
    screen.follow(live, controls, &keys, &painter);
    painter.finish();
    Ok(())
}

/// The state of the screen itself.
struct Screen {
    /// When the session was first seen: what was said counts from there.
    began: Option<Timestamp>,
    menu: KeptMenu,
    remarks: Remarks,
    pace: Pace,
    said: Vec<Said>,
    heard: Heard,
    quit: bool,
    keyboard: bool,
    ok: OkKey,
    next_picture: Instant,
    between_pictures: Duration,
}

impl Screen {
    fn new(options: Options) -> Self {
        Self {
            began: None,
            menu: KeptMenu::new(Instant::now()),
            remarks: Remarks::default(),
            pace: Pace::default(),
            said: Vec::new(),
            heard: Heard::default(),
            quit: false,
            keyboard: true,
            ok: OkKey { last: None },
            next_picture: Instant::now(),
            between_pictures: Duration::from_secs(1) / u32::from(options.frames_per_second.max(1)),
        }
    }

    fn follow(
        &mut self,
        live: &mut dyn Live,
        controls: &Controls,
        keys: &Receiver<keys::Key>,
        painter: &Painter,
    ) {
        loop {
            controls.pass_on(live);
            live.advance();
            self.listen(live);
            self.menu.tend(&live.view(), Instant::now());
            self.stand(live);
            let leaving = self.quit || controls.interrupts.any() || !self.keyboard;
            let over = live.is_over() || controls.interrupts.any();
            if leaving && over && may_leave(live) {
                return;
            }
            self.show(live, controls, painter);
            self.wait(live, controls, keys);
        }
    }

    /// A move to upright that nobody holds any more waits for the next press, which does not come
    /// once somebody wants to leave: RETURN ends it where it stands.
    fn stand(&self, live: &mut dyn Live) {
        if self.quit && stands_unheld(&live.view()) {
            live.act(Act::Return, Source::Terminal);
        }
    }

    /// Takes what people were told.
    fn listen(&mut self, live: &mut dyn Live) {
        let began = *self.began.get_or_insert_with(|| live.view().now);
        let view = live.view();
        for (at, prompt) in live.take_prompts() {
            if self.heard.is_new(at, prompt) {
                let at = Timestamp::from_millis(at.since(began).get());
                self.said.push(Said { at, text: words::prompt_now(prompt, &view).line() });
            }
        }
        let old = self.said.len().saturating_sub(scene::MOST_SAID);
        self.said.drain(..old);
    }

    /// Hands a picture to the painter when one is due.
    fn show(&mut self, live: &dyn Live, controls: &Controls, painter: &Painter) {
        let now = Instant::now();
        if now < self.next_picture {
            return;
        }
        self.next_picture = now + self.between_pictures;
        painter.show(Scene {
            about: live.about().clone(),
            view: live.view(),
            view_age: live.view_age(),
            wall: live.wall(),
            said: self.said.clone(),
            menu: self.menu.menu,
            over: live.is_over(),
            leaving: controls.interrupts.any(),
        });
    }

    /// Waits for a key, no longer than the session or the screen can.
    fn wait(&mut self, live: &mut dyn Live, controls: &Controls, keys: &Receiver<keys::Key>) {
        let most = live.wait().min(LOOK_EVERY);
        if !self.keyboard {
            // Also where simulated time runs as fast as it can: once it is over, nothing is left
            // to run for.
            std::thread::sleep(if live.is_over() { LOOK_EVERY } else { most });
            return;
        }
        if matches!(terminal::typed_within(Duration::ZERO), Ok(Typed::Gone)) {
            self.lose_keyboard(controls);
            return;
        }
        match keys.recv_timeout(most) {
            Ok(key) => {
                self.press(key, live, controls);
                // Whatever was typed in the meantime, too.
                while let Ok(key) = keys.try_recv() {
                    self.press(key, live, controls);
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => self.lose_keyboard(controls),
        }
    }

    /// Nobody can press anything here any more: come up.
    fn lose_keyboard(&mut self, controls: &Controls) {
        self.keyboard = false;
        controls.interrupts.close();
        if let Err(error) = terminal::forget_keyboard() {
            tracing::warn!(%error, "the closed terminal is still read from");
        }
    }

    fn press(&mut self, key: keys::Key, live: &mut dyn Live, controls: &Controls) {
        let (view, now) = (live.view(), Instant::now());
        if key.is_digit() && self.menu.is_late(now) {
            self.remark(Remark::MenuClosed, &view, now);
            return;
        }
        self.menu.use_it(now);
        match keys::wish(key, &mut self.menu.menu, &view) {
            Wish::Stop(event) => live.stop(event, Source::Terminal),
            Wish::Act(Act::Ok) if !self.ok.is_new_press(now) => {
                if view.question.is_some() {
                    self.remark(Remark::TooSoon, &view, now);
                }
            }
            Wish::Act(act) => {
                // Whoever moves the bed again after `q` has not left yet.
                self.quit &= !moves_after_the_end(act);
                if act == Act::HoldReturn && self.pace.is_too_slow(view.now, now) {
                    self.remark(Remark::TooSlow, &view, now);
                }
                live.act(act, Source::Terminal);
            }
            Wish::Symptom(symptom, severity) => {
                self.menu.answered(now);
                self.say(words::reported(symptom, severity, &view), &view);
                live.symptom(symptom, severity);
            }
            Wish::Interrupt => controls.interrupts.interrupt(),
            // Left as soon as it may be: the bed may still move, or a reading be noisy, at the
            // moment of the key.
            Wish::Quit if live.is_over() || view.outcome.is_some() => self.quit = true,
            Wish::Quit => self.remark(Remark::NotOver, &view, now),
            Wish::Nothing => {}
        }
    }

    /// Says of a key that it did nothing, and what does.
    fn remark(&mut self, remark: Remark, view: &View, now: Instant) {
        if self.remarks.is_new(remark, now) {
            self.say(remark.words().to_owned(), view);
        }
    }

    fn say(&mut self, text: String, view: &View) {
        let began = *self.began.get_or_insert(view.now);
        self.said.push(Said { at: Timestamp::from_millis(view.now.since(began).get()), text });
    }
}

/// Whether it moves the bed once a session is over, for as long as it is held.
const fn moves_after_the_end(act: Act) -> bool {
    matches!(act, Act::HoldUpright | Act::HoldLevel)
}

/// What a bed that stands is read as, millidegrees a second: sensors are noisy.
const STANDS: i32 = 500;

/// Whether the session is over and a move after it stands, level or head-up, with nobody holding.
fn stands_unheld(view: &View) -> bool {
    view.state == StateKind::Attended
        && view.outcome.is_some()
        && view.target.is_none()
        && view.commanded == Rate::ZERO
        && view.rate.millideg_per_s().abs() <= STANDS
        && view.tilt.is_some_and(|tilt| !tilt.is_head_down())
}

/// The OK key, which a terminal repeats while it is held. One press answers one question, so that
/// a key that is leant on cannot confirm person, area and start in one go (H-29, H-34).
struct OkKey {
    last: Option<Instant>,
}

impl OkKey {
    /// Longer than any keyboard waits before it repeats.
    const QUIET: Duration = Duration::from_millis(700);

    /// Whether the key had been let go since it was last seen.
    fn is_new_press(&mut self, now: Instant) -> bool {
        let before = self.last.replace(now);
        before.is_none_or(|before| now.duration_since(before) >= Self::QUIET)
    }
}
