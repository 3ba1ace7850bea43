//! The simulated table as a driver, before the suite that every driver must pass.

use antipode_device::conformance::{Act, NotTried, Rig, Second, Tried, Trouble, publish, run};
use antipode_device::{OpenTable, TableError};
use antipode_sim::driver::{SimDoor, SimDriver};
use antipode_sim::faults::{Fault, FaultKind};
use antipode_sim::person::PersonConfig;
use antipode_sim::world::{World, WorldSetup};
use async_trait::async_trait;

const NO_LINE: NotTried = NotTried("its line is inside the process: nothing can be pulled or left");
const NO_OTHER: NotTried = NotTried("it opens nothing but its own world");

struct SimRig {
    setup: WorldSetup,
    door: Option<SimDoor>,
}

impl SimRig {
    fn new() -> Self {
        Self { setup: WorldSetup::reference(PersonConfig::reference()), door: None }
    }

    fn world(&self, act: impl FnOnce(&mut World) + Send + 'static) -> Tried<()> {
        let door = self.door.as_ref().ok_or(NotTried("no table is open"))?;
        door.with(act).ok_or(NotTried("the simulated world is gone"))
    }
}

/// The fault that makes this trouble.
fn fault(trouble: Trouble, now_ms: u64) -> Option<Fault> {
    let of = |kind| Some(Fault::at(kind, now_ms));
    match trouble {
        Trouble::None => None,
        Trouble::AnswersLost => of(FaultKind::MuteTable),
        Trouble::Late(ms) => {
            let value = Some(i64::from(ms) * 1_000);
            Some(Fault { value, ..Fault::at(FaultKind::Delay, now_ms) })
        }
        Trouble::Twice => of(FaultKind::Duplicate),
        Trouble::Garbage => of(FaultKind::BurstNoise),
    }
}

#[async_trait]
impl Rig for SimRig {
    async fn open(&mut self) -> Result<OpenTable, TableError> {
        let (open, door) = SimDriver::new(self.setup.clone(), 1).open_with_door().await?;
        self.door = Some(door);
        Ok(open)
    }

    fn true_tilt_mdeg(&mut self) -> i32 {
        let seen = self.door.as_ref().and_then(SimDoor::true_tilt_mdeg);
        seen.unwrap_or(self.setup.plant.start_mdeg)
    }

    fn can(&self, act: Act) -> Tried<()> {
        match act {
            Act::OutliveHost => Err(NotTried("the simulated world ends with its table")),
            Act::Unplug | Act::StaleBytes => Err(NO_LINE),
            Act::WrongDevice => Err(NO_OTHER),
            Act::Trouble(_) | Act::SecondHost | Act::Restart => Ok(()),
        }
    }

    fn unplug(&mut self) -> Tried<()> {
        Err(NO_LINE)
    }

    fn plug(&mut self) -> Tried<()> {
        Err(NO_LINE)
    }

    fn trouble(&mut self, trouble: Trouble) -> Tried<()> {
        self.world(move |world| {
            world.heal();
            if let Some(fault) = fault(trouble, world.now_ms()) {
                world.add_fault(fault);
            }
        })
    }

    async fn second_host(&mut self) -> Tried<Second> {
        self.world(|world| world.add_fault(Fault::at(FaultKind::SecondHost, world.now_ms())))?;
        Ok(Second::HasIt)
    }

    async fn open_wrong_device(&mut self) -> Tried<Result<OpenTable, TableError>> {
        Err(NO_OTHER)
    }

    fn stale_bytes(&mut self) -> Tried<()> {
        Err(NO_LINE)
    }

    fn restart_device(&mut self) -> Tried<()> {
        // It strikes as it begins, so it must begin in the world's next turn.
        self.world(|world| world.add_fault(Fault::at(FaultKind::TableReset, world.now_ms() + 10)))
    }
}

#[test]
fn sim() {
    let report = run("sim", SimRig::new, 8);
    publish(&report);
    assert!(report.conforms(), "{report}");
}
