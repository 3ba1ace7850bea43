//! What to do for each check, and what to write down of it.

use std::io::BufRead;

use antipode_device::Capabilities;
use antipode_files::{CheckKind, Measured};

use super::ask::Talk;
use crate::failure::Failure;

/// Walks through one check; `None` where an answer was left away.
///
/// # Errors
/// When the terminal is gone.
pub(super) fn ask<R: BufRead>(
    kind: CheckKind,
    stated: &Capabilities,
    talk: &mut Talk<'_, R>,
) -> Result<Option<Measured>, Failure> {
    talk.say(format_args!("  {}", todo(kind)));
    match kind {
        CheckKind::Direction => direction(stated, talk),
        CheckKind::Speed => speed(talk),
        CheckKind::StopDistance => stop_distance(talk),
        CheckKind::LeaseExpiry => lease_expiry(stated, talk),
        CheckKind::Brake => brake(talk),
        CheckKind::EndStops => end_stops(talk),
        CheckKind::PowerCut => power_cut(talk),
        CheckKind::WithoutPower => without_power(talk),
        CheckKind::SelfRelease => self_release(talk),
    }
}

/// What to do.
const fn todo(kind: CheckKind) -> &'static str {
    match kind {
        CheckKind::Direction => {
            "Empty bed, latches closed, in the rest band: nudge it 3 degrees head-down. Watch the \
             bed itself, with a spirit level or a second inclinometer."
        }
        CheckKind::Speed => {
            "Empty bed: lower and raise it over at least 10 degrees at one speed, with a stopwatch."
        }
        CheckKind::StopDistance => {
            "Empty bed, lowering: press the host's STOP as it passes a mark, and measure how far it \
             went on."
        }
        CheckKind::LeaseExpiry => {
            "Empty bed, in the rest band, moving: freeze the host program (SIGSTOP) and time how \
             long it goes on; then, moving again, pull the cable and measure how far it goes on."
        }
        CheckKind::Brake => {
            "Load the bed with sandbags as heavy as its heaviest person, head-end and feet as a \
             person lies. Motor off. Watch it for at least 10 seconds where it pulls hardest."
        }
        CheckKind::EndStops => {
            "Empty bed: drive it slowly into each end stop. Each must cut the drive off by itself."
        }
        CheckKind::PowerCut => {
            "Loaded bed, head-down: pull the mains plug. Then plug it in again, hands off."
        }
        CheckKind::WithoutPower => {
            "Loaded bed, at the deepest tilt that it is to be used at, power off: bring it to the \
             rest band the way that its file names."
        }
        CheckKind::SelfRelease => {
            "Rest band, power off, a helper beside: a person straps in and frees themselves without \
             help. This is the one check with a person on the bed."
        }
    }
}

fn direction<R: BufRead>(
    stated: &Capabilities,
    talk: &mut Talk<'_, R>,
) -> Result<Option<Measured>, Failure> {
    let Some(told) = talk.tilt("  How far was it told to go, head-down")? else { return Ok(None) };
    let Some(moved) = talk.tilt("  How far did the BED go, head-down; negative for head-up")?
    else {
        return Ok(None);
    };
    let second = if stated.second_angle {
        let asked = "  How far did it go by its second angle source";
        let Some(second) = talk.tilt(asked)? else { return Ok(None) };
        Some(second)
    } else {
        None
    };
    Ok(Some(Measured::Direction { told, moved, second }))
}

fn speed<R: BufRead>(talk: &mut Talk<'_, R>) -> Result<Option<Measured>, Failure> {
    let Some(told) = talk.rate("  Speed that it was told")? else { return Ok(None) };
    let Some(lowering) = talk.rate("  Speed that it had downwards")? else { return Ok(None) };
    let Some(raising) = talk.rate("  Speed that it had upwards")? else { return Ok(None) };
    Ok(Some(Measured::Speed { told, lowering, raising }))
}

fn stop_distance<R: BufRead>(talk: &mut Talk<'_, R>) -> Result<Option<Measured>, Failure> {
    let Some(from) = talk.rate("  Speed that it had")? else { return Ok(None) };
    let Some(travel) = talk.travel("  How far it went on")? else { return Ok(None) };
    Ok(Some(Measured::StopDistance { from, travel }))
}

fn lease_expiry<R: BufRead>(
    stated: &Capabilities,
    talk: &mut Talk<'_, R>,
) -> Result<Option<Measured>, Failure> {
    let lease = stated.lease;
    talk.say(format_args!("  The table states a lease of {} ms.", lease.get()));
    let Some(from) = talk.rate("  Speed that it had")? else { return Ok(None) };
    let Some(stopped_after) = talk.time("  How long it went on with the host frozen")? else {
        return Ok(None);
    };
    let Some(cable_travel) = talk.travel("  How far it went on with the cable pulled")? else {
        return Ok(None);
    };
    Ok(Some(Measured::LeaseExpiry { from, lease, stopped_after, cable_travel }))
}

fn brake<R: BufRead>(talk: &mut Talk<'_, R>) -> Result<Option<Measured>, Failure> {
    let Some(load_kg) = talk.kilograms("  What lay on the bed")? else { return Ok(None) };
    let Some(at) = talk.tilt("  At which tilt")? else { return Ok(None) };
    let Some(held) = talk.time("  For how long you watched")? else { return Ok(None) };
    let Some(slip) = talk.travel("  How far it slipped")? else { return Ok(None) };
    Ok(Some(Measured::Brake { load_kg, at, held, slip }))
}

fn end_stops<R: BufRead>(talk: &mut Talk<'_, R>) -> Result<Option<Measured>, Failure> {
    let Some(head_up) = talk.tilt("  Where the head-up stop cut off, negative")? else {
        return Ok(None);
    };
    let Some(head_down) = talk.tilt("  Where the head-down stop cut off")? else { return Ok(None) };
    Ok(Some(Measured::EndStops { head_up, head_down }))
}

fn power_cut<R: BufRead>(talk: &mut Talk<'_, R>) -> Result<Option<Measured>, Failure> {
    let Some(sank) = talk.travel("  How far it sank toward head-down")? else { return Ok(None) };
    let asked = "  Did anything move by itself when power came back?";
    let Some(moved_on_power) = talk.yes_no(asked)? else { return Ok(None) };
    Ok(Some(Measured::PowerCut { sank, moved_on_power }))
}

fn without_power<R: BufRead>(talk: &mut Talk<'_, R>) -> Result<Option<Measured>, Failure> {
    let Some(from) = talk.tilt("  From which tilt; nobody will go deeper")? else {
        return Ok(None);
    };
    let Some(took) = talk.time("  How long it took to the rest band")? else { return Ok(None) };
    Ok(Some(Measured::WithoutPower { from, took }))
}

fn self_release<R: BufRead>(talk: &mut Talk<'_, R>) -> Result<Option<Measured>, Failure> {
    let asked = "  How long it took until they stood free; over 2 minutes nobody is alone on it";
    Ok(talk.time(asked)?.map(|took| Measured::SelfRelease { took }))
}
