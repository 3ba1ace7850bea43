//! UART 0: 115200 baud, 8N1, polled. Its own store of 16 bytes fills in 1.4 ms, and the loop looks
//! far more often while it waits for its tick.

use crate::chip;

const UART: u32 = 0x4000_c000;
const PORT_A: u32 = 0x4000_4000;
const RX_EMPTY: u32 = 1 << 4;
const TX_FULL: u32 = 1 << 5;

pub struct Uart {
    /// On its way out, and how much of it has gone.
    out: [u8; 512],
    len: usize,
    sent: usize,
}

impl Uart {
    pub fn new() -> Self {
        // Pins A0 and A1 belong to the UART.
        chip::write(PORT_A + 0x420, 0b11);
        chip::write(PORT_A + 0x51c, 0b11);
        let (whole, part) = chip::baud(115_200);
        chip::write(UART + 0x30, 0);
        chip::write(UART + 0x24, whole);
        chip::write(UART + 0x28, part);
        // 8 bits, with the store.
        chip::write(UART + 0x2c, 0b111 << 4);
        chip::write(UART + 0x30, 1 << 9 | 1 << 8 | 1);
        Self { out: [0; 512], len: 0, sent: 0 }
    }

    /// Hands over what has come.
    pub fn receive(&mut self, mut sink: impl FnMut(&[u8])) {
        while chip::read(UART + 0x18) & RX_EMPTY == 0 {
            let [byte, ..] = chip::read(UART).to_le_bytes();
            sink(&[byte]);
        }
    }

    /// Sends as much as the store takes.
    pub fn send(&mut self) {
        while let Some(&byte) = self.out.get(self.sent..self.len).and_then(<[u8]>::first) {
            if chip::read(UART + 0x18) & TX_FULL != 0 {
                return;
            }
            chip::write(UART, u32::from(byte));
            self.sent += 1;
        }
    }

    /// Lets `fill` write the next frames once the last ones have gone.
    pub fn queue(&mut self, fill: impl FnOnce(&mut [u8]) -> usize) {
        if self.sent >= self.len {
            self.sent = 0;
            self.len = fill(&mut self.out).min(self.out.len());
        }
    }
}
