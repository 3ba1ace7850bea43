//! Limits in a payload: the setting, and behind it what is tighter than its hard limits, each with
//! the layer and the rule that binds.
//!
//! Reading them back goes through [`Limits::narrow`] like every other rule, so no bytes can make a
//! limit that is wider than a hard one.

use antipode_safety::{Angle, Bound, Layer, Limits, Millis, Narrowing, Rate, Setting, Why};

use super::tags::{Tagged, take};
use super::wire::{DecodeError, In, Out};

/// One of the limits.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Limit {
    Tilt,
    LowerRate,
    RaiseRate,
    ThroughLevelRate,
    ReturnRate,
    Bout,
    BoutHold,
    Session,
    Day,
    DayHold,
    BoutsPerSession,
}

impl Limit {
    /// In the order of their bits. A bout comes before its hold and a day before its hold: the
    /// shorter hold would otherwise shorten the time around it and take its reason.
    const ALL: [Self; 11] = [
        Self::Tilt,
        Self::LowerRate,
        Self::RaiseRate,
        Self::ThroughLevelRate,
        Self::ReturnRate,
        Self::Bout,
        Self::BoutHold,
        Self::Session,
        Self::Day,
        Self::DayHold,
        Self::BoutsPerSession,
    ];

    /// Its value, layer and rule.
    fn of(self, limits: &Limits) -> (Value, Layer, Why) {
        fn parts<T: Copy>(bound: &Bound<T>, value: impl Fn(T) -> Value) -> (Value, Layer, Why) {
            (value(bound.value()), bound.layer(), bound.why())
        }
        match self {
            Self::Tilt => parts(limits.tilt(), Value::Tilt),
            Self::LowerRate => parts(limits.lower_rate(), Value::Rate),
            Self::RaiseRate => parts(limits.raise_rate(), Value::Rate),
            Self::ThroughLevelRate => parts(limits.through_level_rate(), Value::Rate),
            Self::ReturnRate => parts(limits.return_rate(), Value::Rate),
            Self::Bout => parts(limits.bout(), Value::Time),
            Self::BoutHold => parts(limits.bout_hold(), Value::Time),
            Self::Session => parts(limits.session(), Value::Time),
            Self::Day => parts(limits.day(), Value::Time),
            Self::DayHold => parts(limits.day_hold(), Value::Time),
            Self::BoutsPerSession => parts(limits.bouts_per_session(), Value::Bouts),
        }
    }

    fn take(self, from: &mut In<'_>) -> Result<Narrowing, DecodeError> {
        let none = Narrowing::NONE;
        Ok(match self {
            Self::Tilt => Narrowing { tilt: Some(from.angle("a tilt")?), ..none },
            Self::LowerRate => Narrowing { lower_rate: Some(from.rate("a rate")?), ..none },
            Self::RaiseRate => Narrowing { raise_rate: Some(from.rate("a rate")?), ..none },
            Self::ThroughLevelRate => {
                Narrowing { through_level_rate: Some(from.rate("a rate")?), ..none }
            }
            Self::ReturnRate => Narrowing { return_rate: Some(from.rate("a rate")?), ..none },
            Self::Bout => Narrowing { bout: Some(from.time()?), ..none },
            Self::BoutHold => Narrowing { bout_hold: Some(from.time()?), ..none },
            Self::Session => Narrowing { session: Some(from.time()?), ..none },
            Self::Day => Narrowing { day: Some(from.time()?), ..none },
            Self::DayHold => Narrowing { day_hold: Some(from.time()?), ..none },
            Self::BoutsPerSession => {
                Narrowing { bouts_per_session: Some(from.small("a number of bouts")?), ..none }
            }
        })
    }
}

/// The value of a limit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Value {
    Tilt(Angle),
    Rate(Rate),
    Time(Millis),
    Bouts(u8),
}

impl Value {
    fn put(self, out: &mut Out) {
        match self {
            Self::Tilt(tilt) => out.angle(tilt),
            Self::Rate(rate) => out.rate(rate),
            Self::Time(time) => out.time(time),
            Self::Bouts(bouts) => out.number(bouts.into()),
        }
    }
}

/// The setting from which `limits` differ least; no other gives a tilt beyond that of a home.
fn setting(limits: &Limits) -> Setting {
    let narrowed = |setting| {
        let hard = Limits::hard(setting);
        Limit::ALL.into_iter().filter(|limit| limit.of(limits) != limit.of(&hard)).count()
    };
    let too_deep = limits.tilt().value() > Limits::hard(Setting::Home).tilt().value();
    if too_deep || narrowed(Setting::Clinic) < narrowed(Setting::Home) {
        Setting::Clinic
    } else {
        Setting::Home
    }
}

pub(super) fn put_limits(limits: &Limits, out: &mut Out) {
    let setting = setting(limits);
    let hard = Limits::hard(setting);
    let narrowed = |limit: &Limit| limit.of(limits) != limit.of(&hard);
    setting.put(out);
    let bits = (0..).zip(&Limit::ALL).filter(|(_, limit)| narrowed(limit));
    out.number(bits.fold(0, |set, (bit, _)| set | 1_u64 << bit));
    for limit in Limit::ALL.iter().filter(|limit| narrowed(limit)) {
        let (value, layer, why) = limit.of(limits);
        value.put(out);
        layer.put(out);
        put_why(why, out);
    }
}

pub(super) fn take_limits(from: &mut In<'_>) -> Result<Limits, DecodeError> {
    let before = from.0;
    let mut limits = Limits::hard(take(from)?);
    let set = from.number()?;
    if set >> Limit::ALL.len() != 0 {
        return Err(DecodeError::Tag { what: "set of limits", tag: set });
    }
    for (bit, limit) in Limit::ALL.into_iter().enumerate() {
        if set >> bit & 1 == 1 {
            let to = limit.take(from)?;
            limits = limits.narrow(take(from)?, take_why(from)?, to);
        }
    }
    // A rule that is not tighter changes nothing; then the bytes say what no session ran under.
    let used = before.get(..before.len() - from.0.len());
    let mut again = Out::new();
    put_limits(&limits, &mut again);
    if used == Some(again.finish().as_slice()) { Ok(limits) } else { Err(DecodeError::Limits) }
}

/// Numbers the rules; behind some stands a value.
macro_rules! rules {
    (plain: $($plain:ident = $tag:literal),+; valued: $($valued:ident($put:ident $take:expr) = $vtag:literal),+ $(,)?) => {
        fn put_why(why: Why, out: &mut Out) {
            match why {
                $(Why::$plain => out.u8($tag),)+
                $(Why::$valued(value) => {
                    out.u8($vtag);
                    out.$put(value.into());
                })+
            }
        }

        fn take_why(from: &mut In<'_>) -> Result<Why, DecodeError> {
            Ok(match from.u8()? {
                $($tag => Why::$plain,)+
                $($vtag => {
                    let take: fn(&mut In<'_>) -> Result<_, DecodeError> = $take;
                    Why::$valued(take(from)?)
                })+
                tag => return Err(DecodeError::Tag { what: "rule", tag: tag.into() }),
            })
        }

        /// Every rule, those with a value with a small one.
        #[cfg(test)]
        pub(super) fn rules(value: u8) -> Vec<Why> {
            let mut rules = vec![$(Why::$plain),+];
            let mut bytes = Out::new();
            bytes.number(value.into());
            let bytes = bytes.finish();
            $({
                let take: fn(&mut In<'_>) -> Result<_, DecodeError> = $take;
                rules.push(Why::$valued(take(&mut In(&bytes)).unwrap()));
            })+
            rules
        }
    };
}

rules! {
    plain:
    HardHome = 0,
    HardClinic = 1,
    SiteRule = 3,
    TableModel = 4,
    NoReturnWithoutPower = 5,
    NoReturnWithoutHost = 6,
    NoHandControl = 8,
    OpenRadio = 9,
    NotCommissioned = 10,
    Alone = 11,
    PersonProfile = 12,
    FirstWeek = 14,
    NoBloodPressure = 16,
    Screening = 17,
    NoConsultation = 18,
    DrillOverdue = 19,
    DizzyLastTime = 20,
    Clearance = 21,
    PaperClearance = 22,
    PlanCeiling = 25,
    ProgrammeStep = 26,
    SteppedBack = 27,
    Eased = 28,
    Shortened = 29,
    FirstMove = 30,
    Vitals = 31,
    Operator = 32,
    RestBand = 33,
    FirstRide = 34;
    valued:
    BoutCap(angle |from| from.angle("the tilt of a cap")) = 2,
    LatchSensors(number |from| from.small("a number of sensors")) = 7,
    Age(number |from| from.small("an age")) = 13,
    Gap(number |from| from.small("a number of days")) = 15,
    DayDoseUsed(number |from| from.small("a dose")) = 23,
    SessionsToday(number |from| from.small("a number of sessions")) = 24,
}
