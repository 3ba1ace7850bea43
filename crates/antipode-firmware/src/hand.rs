//! The buttons within reach of the strapped person, and every other STOP input.

use antipode_safety::{Switch, Switches};

use crate::canary::{self, Canary};
use crate::timer::Held;

/// After STOP nothing moves for so long: a held return that was under way when STOP was pressed is
/// not taken for an answer to it.
const STOP_REST_MS: u32 = 250;

/// STOP: the latch and the inputs that set it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stop {
    latched: bool,
    pressed: bool,
    latched_for: Held,
}

impl Stop {
    /// Looks at the inputs; whether somebody pressed STOP just now.
    pub(crate) fn update(&mut self, switches: Switches, dt_ms: u32) -> bool {
        let was = self.pressed;
        self.pressed = switches.has(Switch::Stop) || !switches.has(Switch::StopLoopClosed);
        self.latched_for.update(self.latched, dt_ms);
        let now = self.pressed && !(was && self.latched);
        if now {
            self.latch();
        }
        now
    }

    /// Latches; whether it was not latched before.
    pub(crate) fn latch(&mut self) -> bool {
        let first = !self.latched;
        self.latched = !canary::active(Canary::StopNotLatched);
        self.latched_for = Held::ZERO;
        first
    }

    pub(crate) fn unlatch(&mut self) {
        self.latched = false;
    }

    pub(crate) const fn latched(&self) -> bool {
        self.latched
    }

    pub(crate) const fn pressed(&self) -> bool {
        self.pressed
    }

    /// Whether a held return may answer by now.
    pub(crate) const fn rested(&self) -> bool {
        self.latched_for.ms() >= STOP_REST_MS
    }

    pub(crate) const fn latched_ms(&self) -> u32 {
        self.latched_for.ms()
    }
}

/// The RETURN button.
#[derive(Clone, Debug, Default)]
pub(crate) struct ReturnButton {
    down: bool,
    /// Went down since the last STOP and has not been let go.
    held: bool,
}

impl ReturnButton {
    /// Looks at the button; whether it went down just now.
    pub(crate) fn update(&mut self, switches: Switches) -> bool {
        let was = self.down;
        self.down = switches.has(Switch::Return);
        let pressed = self.down && !was;
        self.held = self.down && (self.held || pressed);
        pressed
    }

    /// STOP: a button that is down already must be let go and pressed anew.
    pub(crate) fn forget(&mut self) {
        self.held = false;
    }

    pub(crate) fn held(&self) -> bool {
        self.held || canary::active(Canary::HeldReturnLatches)
    }

    /// Pressed anew since the last STOP, and still down.
    pub(crate) const fn held_now(&self) -> bool {
        self.held
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RELEASED: Switches = Switches::NONE.with(Switch::StopLoopClosed, true);
    const PRESSED: Switches = RELEASED.with(Switch::Stop, true);

    #[test]
    fn every_new_press_counts_and_a_stuck_one_counts_once() {
        let mut stop = Stop::default();
        assert!(!stop.update(RELEASED, 10));
        assert!(stop.update(PRESSED, 10));
        assert!(!stop.update(PRESSED, 10));
        assert!(!stop.update(RELEASED, 10));
        assert!(stop.latched() && !stop.pressed());
        assert!(stop.update(PRESSED, 10));
        assert!(!stop.update(PRESSED.with(Switch::StopLoopClosed, false), 10));
    }

    #[test]
    fn an_open_loop_is_a_press() {
        let mut stop = Stop::default();
        assert!(stop.update(Switches::NONE, 10));
        assert!(stop.pressed() && stop.latched());
    }

    #[test]
    fn a_press_that_outlives_its_acknowledgement_latches_again() {
        let mut stop = Stop::default();
        stop.update(PRESSED, 10);
        stop.unlatch();
        assert!(stop.update(PRESSED, 10));
    }

    #[test]
    fn the_rest_after_stop_is_a_quarter_second() {
        let mut stop = Stop::default();
        stop.latch();
        stop.update(RELEASED, 249);
        assert!(!stop.rested());
        stop.update(RELEASED, 1);
        assert!(stop.rested());
        assert!(!stop.latch(), "it was latched");
        assert!(!stop.rested());
    }

    #[test]
    fn a_button_held_through_stop_is_not_held() {
        let mut button = ReturnButton::default();
        let down = RELEASED.with(Switch::Return, true);
        assert!(button.update(down));
        assert!(button.held_now());
        button.forget();
        assert!(!button.update(down));
        assert!(!button.held_now());
        button.update(RELEASED);
        assert!(button.update(down));
        assert!(button.held_now());
    }
}
