//! When a guardian needs people, and for what.

use core::fmt;

/// Why somebody may hang and nobody speaks for them. In order of what people can do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Nobody knows how the bed stands.
    NoAngle,
    /// STOP is latched: nothing comes up by itself.
    Stopped,
    /// The way back ran against something, or the drive refused it.
    Blocked,
    /// The drive must not run, or has no power.
    CannotRun,
    /// The drive has lost its place, and goes nowhere without.
    Astray,
    /// The table holds, and does not come up by itself yet or at all.
    Holds,
    /// It is bringing the person up.
    ComesUp,
}

impl Need {
    /// What is so, and what whoever hears it does first.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::NoAngle => {
                "nobody knows how the bed stands, and no computer is there: go to the table; if \
                 somebody is on it, bring them up by hand"
            }
            Self::Stopped => {
                "somebody may hang head-down under STOP, and no computer is there: go to the table; \
                 bring the bed up by hand, or hold RETURN of `antipode table return`"
            }
            Self::Blocked => {
                "somebody may hang head-down and the way up is blocked: go to the table; look what \
                 the bed runs against, then bring it up by hand"
            }
            Self::CannotRun => {
                "somebody may hang head-down and the motor cannot run: go to the table; look for its \
                 power, and bring the bed up by hand"
            }
            Self::Astray => {
                "somebody may hang head-down and the drive has lost its place, so that nothing can steer \
                 it home: go to the table; bring the bed up by hand"
            }
            Self::Holds => {
                "somebody may hang head-down and no computer is there: go to the table; bring the \
                 bed up by hand, or with `antipode table return`"
            }
            Self::ComesUp => {
                "no computer is there, and the bed brings somebody up by itself: go to the table and \
                 watch it"
            }
        }
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}
