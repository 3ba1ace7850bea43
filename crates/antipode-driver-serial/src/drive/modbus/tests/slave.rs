//! A drive of a test: registers, and what it does wrong.

use std::collections::BTreeMap;

use antipode_safety::{Millis, Timestamp};

use crate::codec::modbus::{Exception, Read, Registers, Reply, Request, Unit, Write};
use crate::drive::bench::Peer;

/// What a peer does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    Nothing,
    Mute,
    Deaf,
    Late(u64),
    OverLong,
    BadCheck,
    OtherUnit,
    /// Repeats writes and does not do them.
    Forgets,
}

/// Registers of a drive.
pub(super) struct Slave {
    pub(super) input: BTreeMap<u16, u16>,
    pub(super) holding: BTreeMap<u16, u16>,
    pub(super) wrong: Wrong,
    /// It says nothing when this register is read.
    pub(super) silent_at: Option<u16>,
    pub(super) wrote: Vec<(u16, u16)>,
}

impl Slave {
    pub(super) fn new() -> Self {
        let input = BTreeMap::from([
            (0, 2_800),
            (1, 0),
            (2, 8),
            (3, 0),
            (5, 0),
            (6, 0),
            (8, 150),
            (10, 2_400),
        ]);
        let holding = BTreeMap::from([(1, 0), (2, 0), (9, 0), (20, 4), (21, 2), (0x1801, 0)]);
        Self { input, holding, wrong: Wrong::Nothing, silent_at: None, wrote: Vec::new() }
    }

    fn answer(&mut self, request: &Request) -> Reply {
        match request {
            Request::Read(Read::InputRegisters(span)) => {
                registers(&self.input, span.start(), span.count())
            }
            Request::Read(Read::HoldingRegisters(span)) => {
                registers(&self.holding, span.start(), span.count())
            }
            Request::Write(Write::Register { at, value }) => {
                if self.wrong != Wrong::Forgets {
                    self.holding.insert(*at, *value);
                    self.wrote.push((*at, *value));
                }
                Reply::Written
            }
            Request::Read(_) | Request::Write(_) => panic!("never said: {request:?}"),
        }
    }
}

fn registers(bank: &BTreeMap<u16, u16>, start: u16, count: u16) -> Reply {
    let values: Option<Vec<u16>> =
        (start..start + count).map(|addr| bank.get(&addr).copied()).collect();
    match values {
        Some(values) => Reply::Registers(Registers::new(&values).unwrap()),
        None => Reply::Refused(Exception::IllegalAddress),
    }
}

impl Peer for Slave {
    fn hear(&mut self, _now: Timestamp, bytes: &[u8]) -> Vec<(Millis, Vec<u8>)> {
        if self.wrong == Wrong::Deaf {
            return Vec::new();
        }
        let (unit, request) = Request::decode(bytes).expect("whole requests only");
        if let Request::Read(Read::InputRegisters(span)) = &request
            && self.silent_at == Some(span.start())
        {
            return Vec::new();
        }
        let reply = self.answer(&request);
        let unit = if self.wrong == Wrong::OtherUnit { Unit::new(2).unwrap() } else { unit };
        let mut said = reply.encode(unit, &request).unwrap().as_bytes().to_vec();
        let mut after = Millis::new(3);
        match self.wrong {
            Wrong::Mute => return Vec::new(),
            Wrong::Late(ms) => after = Millis::new(ms),
            Wrong::OverLong => {
                said.truncate(said.len() - 2);
                said.extend([0, 0]);
                let check = crate::codec::modbus::crc16(&said);
                said.extend(check.to_le_bytes());
            }
            Wrong::BadCheck => *said.last_mut().unwrap() ^= 1,
            Wrong::Nothing | Wrong::Deaf | Wrong::OtherUnit | Wrong::Forgets => {}
        }
        vec![(after, said)]
    }
}
