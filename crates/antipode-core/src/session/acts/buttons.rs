//! The hand control: what a report of the table says was pressed, let go or is still held.

use antipode_safety::{DriveState, Reading, Switch, Switches, Timestamp};

use crate::event::{Act, Source, StopEvent};
use crate::session::Session;
use crate::session::drive::Order;
use crate::session::state::{Phase, Returning, SelfTest, State, Stopped, fixed};
use crate::step::Step;

impl Session {
    /// Presses of the hand control that came with a reading.
    pub(in crate::session) fn take_switches(&mut self, reading: &Reading, step: &mut Step) {
        let now = reading.switches;
        let before = std::mem::replace(&mut self.facts.switches, now);
        let pressed = now.pressed_since(before);
        let released = before.pressed_since(now);
        // Under STOP the table cannot say that the fixed one was pressed too: its loop says it.
        let again = released.has(Switch::StopLoopClosed) && matches!(self.state, State::Stopped(_));
        if pressed.has(Switch::Stop) || again {
            self.take_stop(StopEvent::Pressed, Source::Hand, step);
        }
        // The button let go, or the fixed one pulled out again, and none other pressed.
        let out = released.has(Switch::Stop) || pressed.has(Switch::StopLoopClosed);
        if out && is_out(now) {
            self.take_stop(StopEvent::Released, Source::Hand, step);
        }
        if pressed.has(Switch::Return) {
            self.take_act(Act::Return, Source::Hand, step);
        }
        if pressed.has(Switch::Ok) {
            self.take_act(Act::Ok, Source::Hand, step);
        }
        if pressed.has(Switch::Easier) {
            self.take_act(Act::Easier, Source::Hand, step);
        }
        if released.has(Switch::Return) {
            self.end_held_return();
        }
        if released.has(Switch::Ok) {
            self.end_ok_hold();
            self.end_ok_tap(step);
        }
        self.take_held_switches(now, reading.drive, step);
    }

    /// The button was let go: what it held ends now. What somebody else holds at a key goes on:
    /// nobody may take a held way home away but by STOP (I8).
    fn end_held_return(&mut self) {
        let end = self.facts.key_held_until.map_or(self.now, |key| key.max(self.now));
        if let State::Stopped(stopped) = self.state {
            let held_until = stopped.held_until.map(|_| end);
            self.state = State::Stopped(Stopped { held_until, by_itself: false, ..stopped });
        } else if let State::Returning(returning) = self.state {
            let held_until = returning.held_until.map(|_| end);
            self.state = State::Returning(Returning { held_until, ..returning });
        }
    }

    /// OK was let go: the bed stays where it is, now.
    fn end_ok_hold(&mut self) {
        let lowered = std::mem::take(&mut self.facts.ok_lowers);
        if let State::Running(Phase::SelfPaced { until, pulse: Some(_) }) = self.state
            && lowered
        {
            self.order(Order::Hold);
            self.state = State::Running(Phase::SelfPaced { until, pulse: None });
        }
    }

    /// OK was pressed and not held: the person has been down for long enough.
    pub(in crate::session) fn end_ok_tap(&mut self, step: &mut Step) {
        if self.facts.ok_press.take().is_some() {
            self.go_on(step);
        }
    }

    /// Buttons that act for as long as they are held.
    fn take_held_switches(&mut self, now: Switches, drive: DriveState, step: &mut Step) {
        if now.has(Switch::Return) {
            self.take_act(Act::HoldReturn, Source::Hand, step);
        }
        let pressed_long = |at: Timestamp| self.now >= at.plus(fixed::OK_TAP);
        if now.has(Switch::Ok)
            && (self.facts.ok_lowers || self.facts.ok_press.is_some_and(pressed_long))
        {
            self.take_act(Act::HoldLower, Source::Hand, step);
        }
        if drive == DriveState::Stopped && !self.is_stopping() {
            if self.drive.order() == Order::Stop
                && let State::Held { cause, .. } | State::Returning(Returning { cause, .. }) =
                    self.state
            {
                // The session cut the drive itself; nobody has to let a button go.
                self.enter_stopped_for(cause, step);
            } else {
                // Somebody pressed STOP at the table itself.
                self.take_stop(StopEvent::Pressed, Source::Hand, step);
                if is_out(now) {
                    self.take_stop(StopEvent::Released, Source::Hand, step);
                }
            }
        }
    }

    /// Whether the table reports a STOP button that is pressed.
    pub(in crate::session) fn is_stop_held_at_table(&self) -> bool {
        self.facts.reading.is_some_and(|reading| !is_out(reading.switches))
    }

    /// Whether the session already knows that STOP is or may still be latched.
    const fn is_stopping(&self) -> bool {
        matches!(self.state, State::Stopped(_) | State::Connecting)
            || matches!(self.state, State::SelfTest(SelfTest::Acknowledge { .. }))
    }
}

/// Whether every STOP button of the table is out.
pub(in crate::session) const fn is_out(switches: Switches) -> bool {
    !switches.has(Switch::Stop) && switches.has(Switch::StopLoopClosed)
}
