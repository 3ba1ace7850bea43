//! Everything that goes into a simulated run, and what follows from it: the session that is asked
//! for, and what the run is judged by.

use std::sync::Arc;

use antipode_core::event::{Act, StopEvent};
use antipode_core::plan::Program;
use antipode_core::session::{AfterStopAlone, Company, SessionConfig, TableFacts};
use antipode_core::symptom::{Severity, Symptom};
use antipode_device::Rescue;
use antipode_engine::Input;
use antipode_monitor::Profile;
use antipode_safety::{Effort, Limits, Millis, guard::Envelope};
use antipode_sim::faults::{Fault, FaultKind};
use antipode_sim::person::Button;
use antipode_sim::world::WorldSetup;

/// Everything that goes into a run.
#[derive(Clone, Debug)]
pub struct SimSetup {
    /// What to run.
    pub program: Arc<Program>,
    /// Limits of person, table and site.
    pub limits: Limits,
    /// Table and person.
    pub world: WorldSetup,
    /// Who is there.
    pub company: Company,
    /// The effort of the motor that the proof tilt must show.
    pub effort: Option<Effort>,
    /// Everything random is drawn from it.
    pub seed: u64,
    /// What breaks.
    pub faults: Vec<Fault>,
    /// What people do beyond answering.
    pub acts: Vec<(u64, ScriptedAct)>,
}

/// Something that a scenario makes people do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScriptedAct {
    /// An act at the terminal.
    Terminal(Act),
    /// An act from the network.
    Network(Act),
    /// STOP at the terminal.
    Stop(StopEvent),
    /// The strapped person presses a button for so many milliseconds.
    Button(Button, u64),
    /// A symptom is reported.
    Symptom(Symptom, Severity),
    /// The fixed STOP beside the table is pressed (true) or pulled out.
    FixedStop(bool),
    /// The strapped person takes hold of the dead-man (true) or lets it go. A session of which this
    /// is said is one that asks for a dead-man.
    DeadMan(bool),
    /// Anything else that reaches the engine.
    Input(Input),
    /// The spotter goes.
    SpotterGoes,
    /// The spotter comes back.
    SpotterComes,
}

/// The session that a setup asks for.
#[must_use]
pub(super) fn session_config(setup: &SimSetup) -> SessionConfig {
    let firmware = &setup.world.firmware;
    let rescue = match firmware.rescue {
        antipode_link::Rescue::None => Rescue::None,
        antipode_link::Rescue::Crank => Rescue::Crank,
        antipode_link::Rescue::Battery => Rescue::Battery,
        antipode_link::Rescue::Gravity => Rescue::Gravity,
    };
    SessionConfig {
        program: Arc::clone(&setup.program),
        limits: setup.limits,
        envelope: Envelope {
            lease: Millis::new(u64::from(firmware.lease_cap_ms)),
            stop_decel_millideg_per_s2: firmware.stop_decel_mdeg_per_s2,
            max_rate: firmware.max_rate,
        },
        table: TableFacts {
            latch_sensors: firmware.latches_fitted,
            second_angle: firmware.second_angle,
            returns_without_host: firmware.capabilities().returns_without_host,
            hand_control: firmware.hand_control,
            rescue_without_power: rescue.works_alone(),
        },
        company: setup.company,
        day_before: Millis::ZERO,
        dead_man: setup.acts.iter().any(|(_, act)| matches!(act, ScriptedAct::DeadMan(_))),
        effort: setup.effort,
        date_certain: true,
    }
}

/// What a run of this setup is judged by.
pub(super) fn profile(setup: &SimSetup) -> Profile {
    let firmware = &setup.world.firmware;
    // A board may turn its loop every 50 ms at the slowest.
    let slow = setup.faults.iter().any(|fault| fault.kind == FaultKind::SlowLoop);
    Profile {
        control_period_ms: if slow { 60 } else { 20 },
        ttl_ms: firmware.lease_cap_ms,
        tilt_limit_mdeg: setup.limits.tilt().value().millideg(),
        device_mdeg_s: firmware.return_max_rate.millideg_per_s(),
        accel_mdeg_s2: i32::try_from(firmware.accel_mdeg_per_s2).unwrap_or(i32::MAX),
        stop_decel_mdeg_s2: i32::try_from(firmware.stop_decel_mdeg_per_s2).unwrap_or(i32::MAX),
        person_lower_mdeg_s: setup.limits.lower_rate().value().millideg_per_s(),
        hot_hard_mc: i32::from(firmware.hot_hard_c) * 1_000,
        current_limit_ma: firmware.current_limit_ma,
        after_stop_alone_ms: match setup.company {
            Company::Alone(AfterStopAlone::ReturnAfter(delay)) => u32::try_from(delay.get()).ok(),
            Company::Alone(AfterStopAlone::Hold) | Company::Spotter => None,
        },
        hot_over_mc: i32::from(firmware.hot_hard_c) * 1_000 - 5_000,
        returns_without_host: firmware.capabilities().returns_without_host,
        ..Profile::home_serial()
    }
}
