//! Registers of the LM3S6965, its clock and its watchdog. The only unsafe code beside the start.

use core::ptr::{read_volatile, write_volatile};
use core::sync::atomic::{AtomicU32, Ordering};

/// The crystal, without the multiplier. The internal oscillator is off by up to a third: no UART runs
/// on that.
#[cfg(not(feature = "simulated-bed"))]
const CLOCK_HZ: u32 = 8_000_000;
/// What the emulator takes for it.
#[cfg(feature = "simulated-bed")]
const CLOCK_HZ: u32 = 12_500_000;
/// A loop that has not come round by then hangs. Within the longest lease.
const WATCHDOG_MS: u32 = 250;

const SYSTICK: u32 = 0xe000_e010;
const WATCHDOG: u32 = 0x4000_0000;
const WATCHDOG_KEY: u32 = 0x1acc_e551;
/// What drives the clock.
#[cfg(not(feature = "simulated-bed"))]
mod rcc {
    pub const RCC: u32 = 0x400f_e060;
    /// The 8 MHz crystal is on; the internal oscillator drives.
    pub const CRYSTAL_ON: u32 = 0x078e_3b90;
    pub const CRYSTAL_DRIVES: u32 = 0x078e_3b80;
    /// Longer than a crystal takes to start, 20 ms.
    pub const START_SPINS: u32 = 200_000;
}
/// Clock gates: converter and watchdog, UART, ports.
const GATES: u32 = 0x400f_e100;

static NOW_MS: AtomicU32 = AtomicU32::new(0);

/// Reads a register.
pub fn read(address: u32) -> u32 {
    // SAFETY: every address that this crate passes is a register of this chip, aligned, and reading it
    // has no effect on memory.
    unsafe { read_volatile(address as *const u32) }
}

/// Writes a register.
pub fn write(address: u32, value: u32) {
    // SAFETY: every address that this crate passes is a register of this chip, aligned, and no
    // register here moves memory.
    unsafe { write_volatile(address as *mut u32, value) }
}

/// Milliseconds since the start; wraps.
pub fn now_ms() -> u32 {
    NOW_MS.load(Ordering::Relaxed)
}

/// The clock's interrupt, once a millisecond.
pub extern "C" fn systick() {
    NOW_MS.store(NOW_MS.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
}

/// Sleeps until the next interrupt, a millisecond at most: the UART's store lasts longer.
pub fn wait() {
    // SAFETY: it stops the core until an interrupt and touches nothing.
    unsafe { core::arch::asm!("wfi", options(nomem, nostack, preserves_flags)) };
}

/// Gates on, clock running.
pub fn start_clock() {
    #[cfg(not(feature = "simulated-bed"))]
    start_crystal();
    write(GATES, 1 << 16 | 1 << 3);
    write(GATES + 4, 1);
    write(GATES + 8, 0x7f);
    // A gate takes a few cycles.
    for _ in 0..16 {
        core::hint::spin_loop();
    }
    write(SYSTICK + 4, CLOCK_HZ / 1_000 - 1);
    write(SYSTICK + 8, 0);
    write(SYSTICK, 0b111);
}

/// Before any pin is an output: a chip whose crystal is broken stands still here, with every relay
/// held open by its resistor.
#[cfg(not(feature = "simulated-bed"))]
fn start_crystal() {
    write(rcc::RCC, rcc::CRYSTAL_ON);
    for _ in 0..rcc::START_SPINS {
        core::hint::spin_loop();
    }
    write(rcc::RCC, rcc::CRYSTAL_DRIVES);
}

/// From here on the loop must come round.
pub fn start_watchdog() {
    // It resets at the second time-out in a row, so each is half as long.
    write(WATCHDOG, CLOCK_HZ / 1_000 * WATCHDOG_MS / 2);
    write(WATCHDOG + 8, 0b11);
    write(WATCHDOG + 0xc00, 0);
}

/// The loop came round.
pub fn kick_watchdog() {
    write(WATCHDOG + 0xc00, WATCHDOG_KEY);
    write(WATCHDOG + 0xc, 1);
    write(WATCHDOG, CLOCK_HZ / 1_000 * WATCHDOG_MS / 2);
    write(WATCHDOG + 0xc00, 0);
}

/// Divisors of the UART for `baud`: whole and sixty-fourths.
pub const fn baud(baud: u32) -> (u32, u32) {
    let sixty_fourths = (CLOCK_HZ * 4 + baud / 2) / baud;
    (sixty_fourths / 64, sixty_fourths % 64)
}
