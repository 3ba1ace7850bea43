//! A host of a test that lowers a bed: it stands in for a session, and is as plain as can be.

use std::time::Duration;

use antipode_device::{BootClock, CommandId, Table, TableEvent};
use antipode_safety::{
    Angle, DriveState, Envelope, Guard, Latches, Leave, Limits, Millis, Motion, Rate, Setting,
};

/// A bed that is not down by then never goes.
const PATIENCE: Duration = Duration::from_secs(120);

/// Lowers the bed, and is done once `enough` says so, looked at with every report of the table. What
/// a table lost or refused meanwhile is asked for anew. Gives how often the session was lost.
pub(crate) async fn lower(
    table: &mut dyn Table,
    to_mdeg: i64,
    mut enough: impl FnMut() -> bool,
) -> u32 {
    let lowering = async {
        let mut host = Lowering::new(table, to_mdeg);
        while !enough() {
            host.turn().await;
        }
        host.lost
    };
    tokio::time::timeout(PATIENCE, lowering).await.expect("it goes down")
}

struct Lowering<'a> {
    table: &'a mut dyn Table,
    guard: Guard,
    down: Motion,
    id: u32,
    lost: u32,
}

impl<'a> Lowering<'a> {
    fn new(table: &'a mut dyn Table, to_mdeg: i64) -> Self {
        let stated = table.capabilities();
        let envelope = Envelope {
            lease: stated.lease,
            stop_decel_millideg_per_s2: stated.stop_decel,
            max_rate: Rate::clamped(3_000),
        };
        let guard = Guard::new(Limits::hard(Setting::Home), envelope);
        let down = Motion { target: Angle::clamped(to_mdeg), rate: Rate::clamped(2_000) };
        Self { table, guard, down, id: 0, lost: 0 }
    }

    /// One report of the table, and the answer to it.
    async fn turn(&mut self) {
        let Ok(event) =
            tokio::time::timeout(Duration::from_millis(80), self.table.next_event()).await
        else {
            return self.table.heartbeat().await.expect("it is taken");
        };
        match event.expect("the driver lives") {
            TableEvent::Reading(reading) => {
                let now = BootClock.now();
                self.guard.observe(now, &reading);
                let leave = Leave {
                    armed: true,
                    stop_clear: true,
                    return_held: false,
                    latches: Latches { fitted: 2, first_closed: true, second_closed: true },
                    journal_ready: true,
                    dose_left: Millis::from_secs(400),
                };
                if !reading.faults.is_empty() {
                    self.table.clear_faults(reading.faults).await.expect("it is taken");
                } else if reading.drive == DriveState::Disarmed {
                    self.table.arm().await.expect("it is taken");
                } else if let Ok(permit) = self.guard.permit(now, self.down, &leave) {
                    self.id += 1;
                    self.table.start(CommandId(self.id), permit).await.expect("it is taken");
                }
            }
            TableEvent::SessionLost | TableEvent::Lost(_) => {
                self.lost += 1;
                self.guard.restart();
            }
            TableEvent::Connected(_)
            | TableEvent::Armed
            | TableEvent::Refused
            | TableEvent::Mismatch
            | TableEvent::FaultBegan(_) => {}
        }
        self.table.heartbeat().await.expect("it is taken");
    }
}
