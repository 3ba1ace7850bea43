//! A program as straight lines of tilt over time: what the dose and the preview are made from.

use antipode_safety::{Angle, Millis, Rate};

use super::program::{Program, SegmentKind};

/// One straight line of tilt over time.
///
/// Starting and stopping are taken as instant: at the usual 1 °/s² a move takes one to two seconds
/// longer than here, which the margins of the head-down bounds cover many times over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Leg {
    /// The bout that it belongs to, counted from 0.
    pub bout: Option<u16>,
    /// Tilt at its start.
    pub from: Angle,
    /// Tilt at its end.
    pub to: Angle,
    /// How long it takes, rounded up.
    pub time: Millis,
    /// Whether a wait for a person, of which only the longest length is known.
    pub is_wait: bool,
}

impl Leg {
    /// Whether the tilt stays.
    pub(super) fn is_still(self) -> bool {
        self.from == self.to
    }
}

/// The legs of `program`, from the rest band to the end of the final rest. A self-paced bout is
/// taken at its worst: straight to the ceiling, and there until its limit.
pub(super) fn legs(program: &Program) -> Vec<Leg> {
    let mut line = Vec::with_capacity(program.segments().len());
    for segment in program.segments() {
        let from = line.last().map_or(Angle::REST_AIM, |leg: &Leg| leg.to);
        let leg = |from, to, time| Leg { bout: segment.bout, from, to, time, is_wait: false };
        match segment.kind {
            SegmentKind::Move { to, rate } => line.push(leg(from, to, travel_time(from, to, rate))),
            SegmentKind::Hold { time }
            | SegmentKind::Rest { time }
            | SegmentKind::FinalRest { time } => line.push(leg(from, from, time)),
            SegmentKind::Say(_) => {}
            SegmentKind::WaitForPerson { limit } => {
                line.push(Leg { is_wait: true, ..leg(from, from, limit) });
            }
            SegmentKind::SelfPaced { ceiling, lower, limit, .. } => {
                let lowering = travel_time(from, ceiling, lower);
                line.push(leg(from, ceiling, lowering));
                line.push(leg(ceiling, ceiling, limit.less(lowering)));
            }
        }
    }
    line
}

/// How long a turn from `from` to `to` takes at `rate`, rounded up; a standstill never gets there.
pub(super) fn travel_time(from: Angle, to: Angle, rate: Rate) -> Millis {
    let distance = u64::from(from.distance(to)) * 1_000;
    match u64::from(rate.millideg_per_s().unsigned_abs()) {
        0 if distance == 0 => Millis::ZERO,
        0 => Millis::new(u64::MAX),
        rate => Millis::new(distance.div_ceil(rate)),
    }
}
