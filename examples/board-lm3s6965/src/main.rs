//! The reference table controller on an LM3S6965 board (Cortex-M3) with a relay pair.
//!
//! **Unproven on hardware.** It compiles, and runs in an emulator with a simulated bed; no such board
//! was wired to a table. Every number in `table` is a placeholder until it is measured: see
//! docs/build-a-table.md. Research software, not a medical device.
//!
//! One loop, 10 ms long: take what the UART brought, look at the sensors, let the controller decide,
//! set the contacts, kick the watchdog. Nothing else kicks it, so that a loop that hangs for a quarter
//! second is a reset, which opens every relay and sets the brake.

#![no_std]
#![no_main]

#[cfg(not(feature = "simulated-bed"))]
mod bed_pins;
#[cfg(feature = "simulated-bed")]
mod bed_simulated;
mod chip;
mod start;
mod table;
mod uart;

#[cfg(not(feature = "simulated-bed"))]
use bed_pins as bed;
#[cfg(feature = "simulated-bed")]
use bed_simulated as bed;

use core::panic::PanicInfo;

use antipode_firmware::Controller;
use antipode_firmware::backend::RelayPair;

use crate::bed::Bed;
use crate::uart::Uart;

const TICK_MS: u32 = 10;

/// Called by the reset handler; never returns.
pub fn run() -> ! {
    let mut bed = Bed::new();
    let mut uart = Uart::new();
    let mut controller = Controller::new(table::config(), start::boot_info(bed.noise()));
    let mut relays = RelayPair::new(table::relay_pair());
    chip::start_watchdog();
    let mut last = chip::now_ms();
    loop {
        while chip::now_ms().wrapping_sub(last) < TICK_MS {
            uart.send();
            uart.receive(|bytes| controller.receive(chip::now_ms(), bytes));
            chip::wait();
        }
        let now = chip::now_ms();
        let dt_ms = now.wrapping_sub(last);
        last = now;
        let inputs = bed.look(dt_ms);
        let outputs = controller.tick(now, &inputs);
        let contacts = relays.tick(&outputs, inputs.tilt, inputs.current_ma, dt_ms);
        bed.set(&contacts, outputs.buzzer);
        uart.queue(|room| controller.transmit(room));
        start::ran_for(now);
        chip::kick_watchdog();
    }
}

/// A defect opens every relay and waits for the watchdog.
#[panic_handler]
fn panicked(_: &PanicInfo<'_>) -> ! {
    Bed::let_go();
    loop {
        core::hint::spin_loop();
    }
}
