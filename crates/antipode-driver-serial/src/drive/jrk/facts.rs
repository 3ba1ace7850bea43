//! How a Jrk is set, in words for a commissioning record. Its firmware's version and its serial number
//! are told over USB alone, so that another Jrk with the same settings is not told from this one.

use antipode_guardian::Fact;

use crate::codec::pololu::HostTimeout;
use crate::codec::pololu::jrk::fitness::Settings;
use crate::codec::pololu::jrk::{
    FeedbackSettings, HostLossSettings, LimitSettings, LoopSettings, OffSettings,
};

/// What holds now, and where it is another thing what holds after a restart.
pub(super) fn facts_of(
    ram: (&Settings, &LoopSettings),
    eeprom: (&Settings, &LoopSettings),
) -> Vec<Fact> {
    let (now, later) = (one(ram), one(eeprom));
    let after: Vec<Fact> = later
        .iter()
        .filter(|fact| !now.contains(fact))
        .map(|fact| Fact::new(format!("{} after a restart", fact.what()), fact.is()))
        .collect();
    now.into_iter().chain(after).collect()
}

/// Every setting that is read, in one of the facts.
fn one((settings, control): (&Settings, &LoopSettings)) -> Vec<Fact> {
    let Settings { modes, feedback, host_loss, off, limits } = settings;
    let HostLossSettings { timeout, device_number, enabled, latched, hard } = host_loss;
    let FeedbackSettings { mode, error_min, error_max, min, max, .. } = feedback;
    let FeedbackSettings { dead_zone, samples_exponent, serial_mode, baud_generator, .. } =
        feedback;
    let LimitSettings { duty_out_of_range, acceleration, deceleration, duty } = limits;
    let OffSettings { resets_integral, coasts } = off;
    let [gains @ .., period, integral_limit] = control.values();
    let timeout = match timeout {
        HostTimeout::Off => "off".to_owned(),
        HostTimeout::After(time) => format!("{} ms", time.get()),
    };
    let [ups, downs] = [acceleration, deceleration].map(|ramps| ramps.map(|ramp| ramp.get()));
    vec![
        Fact::new("time-out", timeout),
        Fact::new("device number", device_number.to_string()),
        Fact::new(
            "errors that stop it",
            format!(
                "{:#06x}, kept {:#06x}, at once {:#06x}",
                enabled.bits(),
                latched.bits(),
                hard.bits()
            ),
        ),
        Fact::new("options", format!("{:02x?}", modes.to_bytes())),
        Fact::new("motor off", format!("coasts {coasts}, forgets {resets_integral}")),
        Fact::new(
            "feedback",
            format!(
                "{mode:?} {} to {}, an error below {} and above {}, dead zone {dead_zone}, averaged \
                 {samples_exponent}",
                min.get(),
                max.get(),
                error_min.get(),
                error_max.get()
            ),
        ),
        Fact::new("serial line", format!("{serial_mode:?} {baud_generator}")),
        Fact::new("ramps", format!("up {ups:?}, down {downs:?}")),
        Fact::new(
            "largest duty",
            format!("{:?}, out of range {}", duty.map(|duty| duty.get()), duty_out_of_range.get()),
        ),
        Fact::new(
            "control loop",
            format!("gains {gains:?}, every {period} ms, integral to {integral_limit}"),
        ),
    ]
}
