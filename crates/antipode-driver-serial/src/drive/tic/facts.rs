//! How a Tic is set, in words for a commissioning record. Its firmware's version and its serial number
//! are told over USB alone, so that another Tic with the same settings is not told from this one.

use antipode_guardian::Fact;

use crate::codec::pololu::HostTimeout;
use crate::codec::pololu::tic::fitness::Settings;
use crate::codec::pololu::tic::{ErrorCurrent, Limits, MotorSettings};

/// Every setting that is read, in one of the facts.
pub(super) fn facts_of(settings: &Settings, motor: &MotorSettings, limits: &Limits) -> Vec<Fact> {
    let Settings { control, soft_error, error_current } = settings;
    let MotorSettings { current_code, step_mode, decay_mode } = motor;
    let timeout = match control.timeout {
        HostTimeout::Off => "off".to_owned(),
        HostTimeout::After(time) => format!("{} ms", time.get()),
    };
    let holds = match error_current {
        ErrorCurrent::AsUsual => "as usual".to_owned(),
        ErrorCurrent::Code(code) => format!("code {code}"),
    };
    let Limits { speed, deceleration, acceleration, .. } = limits;
    vec![
        Fact::new("time-out", timeout),
        Fact::new("device number", control.device_number.to_string()),
        Fact::new("options", format!("{:02x?}", control.to_bytes())),
        Fact::new(
            "on an error",
            format!("{:?} at {}, holds {holds}", soft_error.response, soft_error.position),
        ),
        Fact::new("step mode", step_mode.to_string()),
        Fact::new("motor current", format!("code {current_code}, decay {decay_mode}")),
        Fact::new("largest speed", speed.get().to_string()),
        Fact::new("ramps", format!("up {}, down {}", acceleration.get(), deceleration.get())),
    ]
}
