//! From reset to `run`, and how often that has happened.

use core::ptr::{addr_of, addr_of_mut, read_volatile, write_volatile};

use antipode_firmware::BootInfo;

use crate::chip;

/// Starts are counted by one flash word each, so that no session number ever comes twice.
#[cfg(not(feature = "simulated-bed"))]
mod counting {
    pub const COUNT_FIRST: u32 = 0x0003_0000;
    pub const COUNT_WORDS: u32 = 0x1_0000 / 4;
    pub const FLASH: u32 = 0x400f_d000;
    pub const FLASH_WRITE: u32 = 0xa442_0001;
}
#[cfg(not(feature = "simulated-bed"))]
use counting::*;

/// After this the board has stopped restarting.
const STABLE_MS: u32 = 60_000;
const MARK: u32 = 0x7ab1_e011;

unsafe extern "C" {
    static mut _data_start: u32;
    static mut _data_end: u32;
    static _data_load: u32;
    static mut _bss_start: u32;
    static mut _bss_end: u32;
}

/// The mark, and starts without a minute's run between them.
#[unsafe(link_section = ".kept")]
static mut KEPT: [u32; 2] = [0; 2];

/// A handler of the vector table, or nothing.
#[repr(C)]
union Vector {
    handler: extern "C" fn(),
    none: u32,
}

const NONE: Vector = Vector { none: 0 };

#[unsafe(link_section = ".vectors")]
#[used]
static VECTORS: [Vector; 15] = [
    Vector { handler: reset },
    Vector { handler: fault },
    Vector { handler: fault },
    Vector { handler: fault },
    Vector { handler: fault },
    Vector { handler: fault },
    NONE,
    NONE,
    NONE,
    NONE,
    Vector { handler: fault },
    Vector { handler: fault },
    NONE,
    Vector { handler: fault },
    Vector { handler: chip::systick },
];

/// Every fault opens the relays and waits for the watchdog.
extern "C" fn fault() {
    crate::bed::Bed::let_go();
    loop {
        core::hint::spin_loop();
    }
}

/// The first code after power and after each reset.
#[unsafe(no_mangle)]
extern "C" fn reset() {
    // SAFETY: the linker script puts these symbols at the ends of the sections that they name, word
    // aligned; nothing else runs yet.
    unsafe {
        let (mut to, end) = (addr_of_mut!(_data_start), addr_of_mut!(_data_end));
        let mut from = addr_of!(_data_load);
        while to < end {
            write_volatile(to, read_volatile(from));
            to = to.add(1);
            from = from.add(1);
        }
        let (mut to, end) = (addr_of_mut!(_bss_start), addr_of_mut!(_bss_end));
        while to < end {
            write_volatile(to, 0);
            to = to.add(1);
        }
    }
    chip::start_clock();
    crate::run()
}

/// How often the board has started; `noise` comes from an open converter input.
pub fn boot_info(noise: u32) -> BootInfo {
    // SAFETY: one thread, and the interrupt does not touch it.
    let recent = unsafe {
        let kept = addr_of_mut!(KEPT);
        let [mark, recent] = read_volatile(kept);
        let recent = if mark == MARK { recent.saturating_add(1) } else { 1 };
        write_volatile(kept, [MARK, recent]);
        recent
    };
    BootInfo {
        boot_count: count_start(),
        boots_last_minute: u8::try_from(recent).unwrap_or(u8::MAX),
        entropy: noise,
    }
}

/// The emulator has no flash to write to, and nobody on its bed.
#[cfg(feature = "simulated-bed")]
fn count_start() -> u16 {
    1
}

/// Marks the next word of the counting flash, and says which it was. With none left the board stays
/// as it is, every relay open: a session number that comes twice could wake an old host's command.
#[cfg(not(feature = "simulated-bed"))]
fn count_start() -> u16 {
    let used = (0..COUNT_WORDS).take_while(|word| chip::read(COUNT_FIRST + word * 4) != u32::MAX);
    let count = u32::try_from(used.count()).unwrap_or(COUNT_WORDS);
    let at = COUNT_FIRST + count * 4;
    if count < COUNT_WORDS {
        chip::write(FLASH, at);
        chip::write(FLASH + 4, 0);
        chip::write(FLASH + 8, FLASH_WRITE);
        while chip::read(FLASH + 8) & 1 != 0 {}
    }
    match u16::try_from(count) {
        Ok(count) if u32::from(count) < COUNT_WORDS && chip::read(at) == 0 => count,
        Ok(_) | Err(_) => fault_for_ever(),
    }
}

#[cfg(not(feature = "simulated-bed"))]
fn fault_for_ever() -> ! {
    crate::bed::Bed::let_go();
    loop {
        core::hint::spin_loop();
    }
}

/// A minute without a reset ends a series of them.
pub fn ran_for(now_ms: u32) {
    if now_ms >= STABLE_MS {
        // SAFETY: as above.
        unsafe { write_volatile(addr_of_mut!(KEPT), [MARK, 0]) };
    }
}
