//! Blood pressure, heart rate and oxygen at the gate.

use antipode_safety::{Layer, Why};

use super::{Gate, PRESSURE, scope_of};
use crate::clearance::HeartRange;
use crate::gate::admission::Printed;
use crate::gate::numbers;
use crate::gate::pressure::PressureVerdict;
use crate::gate::reason::{Cause, Change};
use crate::screening::Whom;

impl Gate<'_> {
    pub(super) fn vitals(&mut self) {
        self.pressure();
        self.heart();
        match self.today.saturation {
            Some(percent) if percent < numbers::SATURATION_LEAST => {
                self.refuse(Cause::Saturation(percent), Change::AnotherDay, Whom::Doctor);
            }
            Some(percent) => self.printed.push(Printed::Saturation(percent)),
            None => {}
        }
    }

    fn pressure(&mut self) {
        let scope = scope_of(self.known, PRESSURE).cloned();
        let again = again(self.today.pressure.len());
        match PressureVerdict::of(&self.today.pressure) {
            PressureVerdict::Fine(mean) => self.printed.push(Printed::Pressure(mean)),
            PressureVerdict::NotMeasured | PressureVerdict::Once if self.cuff_needed => {
                self.refuse(Cause::PressureMissing, Change::MeasureTwice, Whom::Nobody);
            }
            PressureVerdict::NotMeasured | PressureVerdict::Once => {
                self.narrow(Layer::Day, Why::NoBloodPressure, numbers::NO_PRESSURE);
                self.printed.push(Printed::NoPressure);
            }
            PressureVerdict::NeedsClearance(mean) => match scope {
                Some(scope) if self.opened(&scope) && self.measured_twice() => {
                    self.printed.push(Printed::Pressure(mean));
                }
                Some(scope) if self.opened(&scope) => {
                    self.refuse(Cause::PressureMissing, Change::MeasureTwice, Whom::Nobody);
                }
                Some(scope) => {
                    let change = Change::Clearance(scope);
                    self.refuse(Cause::PressureNeedsClearance(mean), change, Whom::Doctor);
                }
                None => self.refuse(Cause::PressureNeedsClearance(mean), again, Whom::Doctor),
            },
            PressureVerdict::Low(mean) => {
                self.refuse(Cause::PressureLow(mean), again, Whom::Doctor);
            }
            PressureVerdict::High(mean) => {
                self.refuse(Cause::PressureHigh(mean), again, Whom::Doctor);
            }
            PressureVerdict::VeryHigh(mean) => {
                self.refuse(Cause::PressureVeryHigh(mean), Change::AnotherDay, Whom::Doctor);
            }
        }
    }

    fn measured_twice(&self) -> bool {
        let last = self.today.pressure.iter().take(numbers::TRIES).next_back();
        last.is_some_and(|attempt| attempt.second.is_some())
    }

    fn heart(&mut self) {
        let Some(&rate) = self.today.heart.iter().take(numbers::TRIES).next_back() else {
            return;
        };
        let set = self.valid.iter().filter_map(|(held, _)| held.heart());
        let range = set.reduce(HeartRange::and).unwrap_or(HeartRange::USUAL);
        if range.has(rate) {
            self.printed.push(Printed::HeartRate(rate));
        } else {
            let again = again(self.today.heart.len());
            self.refuse(Cause::HeartRate { rate, range }, again, Whom::Doctor);
        }
    }
}

/// What to do about a reading out of range after `tried` attempts.
fn again(tried: usize) -> Change {
    match u8::try_from(numbers::TRIES.saturating_sub(tried)) {
        Ok(left) if left > 0 => Change::RestAndMeasure { left },
        Ok(_) | Err(_) => Change::AnotherDay,
    }
}
