//! The table of reactions. Data only: to change what happens, change a row and its test.
//!
//! | module | rows |
//! |-|-|
//! | `stop` | C-01 to C-04: STOP, and the link under it |
//! | `angle` | C-05, C-06: the angle is lost or contradicted |
//! | `drive` | C-07 to C-09, C-15, H-10: stall, heat, runaway, brake |
//! | `power` | C-10, C-11: mains, battery, restarts |
//! | `person` | C-12 to C-14, C-16, H-24, H-26: answers, vital signs, ankles, who is near the table |
//! | `host` | H-01, H-03, H-19, H-36, H-37: the host, its record and its program |

use super::LocalReturn::HeldCreep;
use super::Reaction::{Hold, People};
use super::{LocalReturn, Priority, Reaction, Response, Side, Situation, Then};
use crate::units::Millis;

mod angle;
mod drive;
mod host;
mod person;
mod power;
mod stop;

/// The two answers to one situation.
struct Row {
    situation: Situation,
    level: Response,
    head_down: Response,
}

/// Stays until a person acts.
const LATCHED: bool = true;
/// Goes with its cause.
const PASSING: bool = false;

const fn only(
    first: Reaction,
    latched: bool,
    alarm: Priority,
    local_return: LocalReturn,
    why: &'static str,
) -> Response {
    Response { first, then: None, latched, alarm, local_return, why }
}

const fn with(then: Reaction, after_ms: u64, answer: Response) -> Response {
    Response { then: Some(Then { after: Millis::new(after_ms), reaction: then }), ..answer }
}

/// The answer of the row of `situation`.
pub(super) const fn row(situation: Situation, side: Side) -> Response {
    let mut groups: &[&[Row]] = &TABLE;
    while let [group, others @ ..] = groups {
        let mut rows: &[Row] = group;
        while let [row, rest @ ..] = rows {
            if row.situation.index() == situation.index() {
                return match side {
                    Side::LevelOrUp => row.level,
                    Side::HeadDown => row.head_down,
                };
            }
            rows = rest;
        }
        groups = others;
    }
    UNKNOWN
}

/// What cannot be looked up never means "go on". A test shows that no situation lacks its row.
const UNKNOWN: Response =
    with(People, 0, only(Hold, LATCHED, Priority::High, HeldCreep, "no row for this"));

const TABLE: [&[Row]; 6] =
    [stop::ROWS, angle::ROWS, drive::ROWS, power::ROWS, person::ROWS, host::ROWS];

// As many rows as situations, counted while compiling.
const _: () = {
    let (mut groups, mut count): (&[&[Row]], usize) = (&TABLE, 0);
    while let [group, others @ ..] = groups {
        count += group.len();
        groups = others;
    }
    assert!(count == Situation::ALL.len());
};
