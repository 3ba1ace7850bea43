//! Whatever reaches a session from outside its screen: signals, the socket, the hand control.

use std::sync::mpsc::Receiver;

use antipode_core::event::{Act, Source, StopEvent};

use crate::hand_evdev::{HandEvent, HandInput, inputs};
use crate::instance::{Mailbox, Status};
use crate::live::Live;
use crate::signals::{Interrupt, Interrupts};

/// The ways in that every session has, with a screen or without.
#[derive(Debug)]
pub struct Controls {
    /// Signals and Ctrl-C.
    pub interrupts: Interrupts,
    /// The socket.
    pub mailbox: Mailbox,
    /// The hand control, where one is set.
    pub hand: Option<Receiver<HandEvent>>,
    /// The data folder, as the socket names it.
    pub data: String,
}

impl Controls {
    /// Hands on everything that came since the last call, STOP first whatever else came before
    /// it, and gives out the status.
    ///
    /// A STOP of the socket or a signal has no button to let go. It stays pressed until somebody
    /// at the table lets a STOP go there and acknowledges it.
    pub fn pass_on(&self, live: &mut dyn Live) {
        if self.mailbox.take_stop() {
            live.stop(StopEvent::Pressed, Source::Network);
        }
        let events: Vec<HandEvent> = self.hand.iter().flat_map(Receiver::try_iter).collect();
        let (stops, acts): (Vec<HandInput>, Vec<HandInput>) = events
            .into_iter()
            .flat_map(inputs)
            .partition(|input| matches!(input, HandInput::Stop(_)));
        for input in stops.into_iter().chain(acts) {
            match input {
                HandInput::Stop(event) => live.stop(event, Source::Hand),
                HandInput::Act(act) => live.act(act, Source::Hand),
            }
        }
        while let Some(interrupt) = self.interrupts.take() {
            match interrupt {
                Interrupt::Return => live.act(Act::Return, Source::Signal),
                Interrupt::Stop => live.stop(StopEvent::Pressed, Source::Signal),
            }
        }
        if self.mailbox.take_return() {
            live.act(Act::Return, Source::Network);
        }
        self.publish(live);
    }

    fn publish(&self, live: &dyn Live) {
        self.mailbox
            .publish(|| Status::of(live.about(), &live.view(), live.view_age().get(), &self.data));
    }
}
