//! The people of a row: what they press, hold and start.

use antipode_core::event::{Act, StopEvent};
use antipode_firmware::Inspection;
use antipode_monitor::trace::{self, Event};
use antipode_safety::Switch;
use antipode_sim::world::World;

use super::super::people::{Spotter, SpotterMode};
use super::Rows;

/// How long one tap of a hold-to-run key counts as held, milliseconds.
const TAP_MS: u64 = 700;
/// A button that was let go is known to the host only after the report that tells it, milliseconds.
/// Reports may be lost, so the host lets a held button count for 250 ms.
const HAND_MS: u64 = 320;
/// Locks come off within this long after the start that asks for it, milliseconds.
const UNLOCK_MS: u64 = 3_000;

impl Rows {
    /// Notes what somebody at the terminal holds or presses. What comes from elsewhere is nobody's
    /// hand there, and one press of RETURN is no hold.
    pub(in crate::sim_run) fn note_act(&mut self, act: Act, local: bool, now_ms: u64) {
        if !local {
            return;
        }
        if matches!(act, Act::HoldUpright | Act::HoldLevel) {
            self.upright_until_ms = now_ms + TAP_MS;
        } else if act == Act::HoldReturn {
            self.held_until_ms = now_ms + TAP_MS;
            self.was_dark_ms = 0;
        } else if act == Act::Return {
            self.was_dark_ms = 0;
        } else if matches!(act, Act::Start | Act::Ok) {
            self.start_ms = Some(now_ms);
        }
    }

    /// Notes what becomes of a STOP that the host serves.
    pub(in crate::sim_run) const fn note_stop(&mut self, stop: StopEvent) {
        match stop {
            StopEvent::Pressed => self.stop_served = true,
            StopEvent::Released => self.stop_served = false,
            StopEvent::Acknowledged => {}
        }
    }

    /// Notes what is pressed on the hand control now.
    pub(super) fn presses(&mut self, world: &World) {
        let now = world.person().switches();
        let pressed = now.pressed_since(self.switches);
        if now.has(Switch::Return) {
            self.hand_until_ms = world.now_ms() + HAND_MS;
        }
        self.switches = now;
        if pressed.has(Switch::Return) {
            self.hands_off();
            self.events.push(Event::ReturnPressed { wired: true });
        }
        if pressed.has(Switch::Ok) {
            self.events.push(Event::HumanStart);
        }
    }

    /// A start is a person's act on a table that is still locked; it counts from the moment that
    /// the lock comes off because of it.
    pub(super) fn unlock(&mut self, inspected: Option<&Inspection>, now_ms: u64) {
        let locked = inspected.is_none_or(|seen| !seen.faults.is_empty());
        let opened = self.locked && !locked;
        self.locked = locked;
        if opened && self.start_ms.is_some_and(|at| now_ms.saturating_sub(at) <= UNLOCK_MS) {
            self.events.push(Event::HumanStart);
        }
    }

    pub(super) fn people(&self, world: &World, spotter: &Spotter, now_ms: u64) -> trace::People {
        let hands = world.person().switches();
        let gone = match spotter.mode {
            SpotterMode::Gone | SpotterMode::Nobody => true,
            SpotterMode::Helpful => false,
        };
        trace::People {
            stop_pressed: self.stop_served || hands.has(Switch::Stop) || world.fixed_stop(),
            wired_stop_pressed: hands.has(Switch::Stop) || world.fixed_stop(),
            wired_return_held: hands.has(Switch::Return),
            return_held: now_ms < self.hand_until_ms || now_ms < self.held_until_ms,
            upright_held: now_ms < self.upright_until_ms,
            jog_held: false,
            releasing: spotter.works_by_hand(),
            nobody_answers: gone && !world.person().is_conscious(),
        }
    }
}
