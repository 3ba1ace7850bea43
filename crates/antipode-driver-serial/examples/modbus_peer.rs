//! The Modbus master against a slave that nobody here wrote: `modbus_peer PORT`.
//!
//! `cargo xtask peers` runs it against pymodbus, which holds 0x1234, 0xFFFF, 0x8000 and 1 from
//! register 10 on, and 7 to 10 in its first input registers, as unit 1. It ends with an error at the
//! first answer that is not as it should be.
#![expect(clippy::print_stdout, reason = "a command line tool prints")]

use core::num::NonZeroU8;
use std::error::Error;
use std::io::ErrorKind;
use std::time::Duration;

use antipode_device::BootClock;
use antipode_driver_serial::codec::modbus::{
    Block, Done, Exception, Failure, Master, Read, RegisterSpan, Step, Success, Timing, Unit,
    Verify, Write,
};
use antipode_safety::Millis;
use serial2::SerialPort;

/// A slave that is not there costs one of these.
const REPLY: Millis = Millis::new(1_000);

/// The master and its port.
struct Bus {
    port: SerialPort,
    master: Master,
    agreed: u32,
}

impl Bus {
    fn open(path: &str) -> Result<Self, Box<dyn Error>> {
        let mut port = SerialPort::open(path, 19_200)?;
        port.set_read_timeout(Duration::from_millis(2))?;
        let timing = Timing {
            reply_timeout: REPLY,
            turnaround: Millis::new(10),
            drain_quiet: Millis::new(200),
            stop_patience: Millis::new(40),
            stop_attempts: NonZeroU8::MIN,
            max_reads_per_s: NonZeroU8::MAX,
        };
        Ok(Self { port, master: Master::new(timing, BootClock.now())?, agreed: 0 })
    }

    /// Lets the line work until the job that waits is done.
    fn done(&mut self) -> Result<Done, Box<dyn Error>> {
        loop {
            match self.master.poll(BootClock.now()) {
                Step::Send(frame) => self.port.write_all(frame.as_bytes())?,
                Step::Done(done) => return Ok(done),
                Step::Wait(_) => self.listen()?,
                Step::Idle => return Err("the master has nothing to do".into()),
            }
        }
    }

    fn listen(&mut self) -> Result<(), Box<dyn Error>> {
        let mut heard = [0; 256];
        match self.port.read(&mut heard) {
            Ok(count) => {
                self.master.receive(BootClock.now(), heard.get(..count).unwrap_or_default());
                Ok(())
            }
            Err(error) if error.kind() == ErrorKind::TimedOut => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Notes that the outcome was the one expected.
    fn agrees(&mut self, what: &str, holds: bool, seen: &Done) -> Result<(), Box<dyn Error>> {
        if !holds {
            return Err(format!("{what}: {seen:?}").into());
        }
        self.agreed += 1;
        println!("agreed: {what}");
        Ok(())
    }

    fn read(&mut self, unit: Unit, read: Read) -> Result<Done, Box<dyn Error>> {
        self.master.read(unit, read)?;
        self.done()
    }

    fn write(&mut self, unit: Unit, write: Write) -> Result<Done, Box<dyn Error>> {
        self.master.write(unit, write, Verify::ReadBack)?;
        self.done()
    }
}

fn span(start: u16, count: u16) -> Result<RegisterSpan, &'static str> {
    RegisterSpan::new(start, count).ok_or("no such span")
}

fn holds(done: &Done, values: &[u16]) -> bool {
    matches!(&done.result, Ok(Success::Registers(registers)) if registers.as_slice() == values)
}

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("name the port")?;
    let mut bus = Bus::open(&path)?;
    let unit = Unit::new(1).ok_or("no such unit")?;
    let absent = Unit::new(9).ok_or("no such unit")?;

    let done = bus.read(unit, Read::HoldingRegisters(span(10, 4)?))?;
    bus.agrees("four registers", holds(&done, &[0x1234, 0xffff, 0x8000, 1]), &done)?;
    let done = bus.read(unit, Read::InputRegisters(span(0, 4)?))?;
    bus.agrees("four input registers", holds(&done, &[7, 8, 9, 10]), &done)?;
    let write = Write::Register { at: 20, value: 500 };
    let done = bus.write(unit, write)?;
    bus.agrees("a register is written", done.result == Ok(Success::Verified), &done)?;
    let block = Block::new(21, &[1, 0xffff, 3]).ok_or("no such block")?;
    let done = bus.write(unit, Write::Registers(block))?;
    bus.agrees("a block is written", done.result == Ok(Success::Verified), &done)?;
    let done = bus.read(unit, Read::HoldingRegisters(span(20, 4)?))?;
    bus.agrees("what was written", holds(&done, &[500, 1, 0xffff, 3]), &done)?;
    let done = bus.read(unit, Read::HoldingRegisters(span(5_000, 1)?))?;
    let refused = done.result == Err(Failure::Refused(Exception::IllegalAddress));
    bus.agrees("no such register", refused, &done)?;
    let done = bus.read(absent, Read::HoldingRegisters(span(10, 1)?))?;
    bus.agrees("no such unit", done.result == Err(Failure::Silent), &done)?;
    // After silence the line is drained, and the next answer is the right one.
    let done = bus.read(unit, Read::HoldingRegisters(span(11, 1)?))?;
    bus.agrees("after silence", holds(&done, &[0xffff]), &done)?;
    let stop = Write::Register { at: 20, value: 0 };
    bus.master.stop(BootClock.now(), unit, stop, Verify::ReadBack)?;
    let done = bus.done()?;
    bus.agrees("a stop is written", done.result == Ok(Success::Verified), &done)?;
    // The line that `cargo xtask` counts by.
    println!("test result: ok. {} passed; 0 failed", bus.agreed);
    Ok(())
}
