//! What steers a guarded table, for whoever looks at it: its guardian, who has it, what it needs
//! people for, and whether its drive may be armed.

use std::time::{Duration, Instant};

use antipode_device::Proof;
use antipode_files::TableFile;
use serde_json::{Value, json};

use super::super::guarded;
use crate::folders::DataFolder;
use crate::registry::{self, Living, Presence};

/// A guardian that was just started has read how its drive is set within this.
const TOLD: Duration = Duration::from_secs(8);
/// How often it is looked at meanwhile.
const LOOK: Duration = Duration::from_millis(20);

/// A guarded table before it was opened: to open it starts a guardian where there is none, and is a
/// host for the one that there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Steered {
    name: String,
    model: Option<(String, Proof)>,
    presence: Presence,
    /// Why its drive must not be armed; `None` where it may be.
    unfit: Option<String>,
}

impl Steered {
    /// Looks at it; `None` for a table that has a controller of its own.
    pub(super) fn look(table: &TableFile, data: &DataFolder) -> Option<Self> {
        let model = guarded::known_model(table, data).map(|model| (model.name, model.proof));
        registry::is_guarded(&table.driver).then(|| Self {
            name: table.name.clone(),
            model,
            presence: registry::steers(&data.guardian(&table.name)),
            unfit: unfit(table, data),
        })
    }

    /// Looks at its drive again after it was opened; a drive that was asked just now is given its time.
    pub(super) fn ask_drive(&mut self, table: &TableFile, data: &DataFolder, opened: bool) {
        let socket = data.guardian(&table.name);
        let until = Instant::now() + TOLD;
        while opened && !registry::has_said(&socket) && Instant::now() < until {
            std::thread::sleep(LOOK);
        }
        self.unfit = unfit(table, data);
    }

    /// Whether its drive may be armed.
    pub(super) const fn is_fit(&self) -> bool {
        self.unfit.is_none()
    }

    /// What it needs people for.
    pub(super) fn needs(&self) -> Option<String> {
        match &self.presence {
            Presence::Lives(living) => living.needs.clone(),
            Presence::Never | Presence::Left | Presence::Died => None,
        }
    }

    /// For people, line by line.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some((model, proof)) = &self.model {
            lines.push(format!("model `{model}`: {}", proof.key()));
        }
        match &self.presence {
            Presence::Lives(living) => lines.extend(lines_of(living)),
            Presence::Never => lines.push("no guardian has run for it yet".to_owned()),
            Presence::Left => {
                lines.push("no guardian ran: the last one left the bed level".to_owned());
            }
            Presence::Died => lines.push(format!(
                "NO GUARDIAN RAN, and the last one died: nothing steered the bed. Look at it; if \
                 somebody is head-down on it, bring them up by hand, or with `antipode table return {}`",
                self.name
            )),
        }
        lines.push(self.unfit.clone().unwrap_or_else(|| "its drive may be armed".to_owned()));
        lines
    }

    /// For programs.
    pub(super) fn document(&self) -> Value {
        let (state, living) = match &self.presence {
            Presence::Never => ("never_ran", None),
            Presence::Left => ("left_level", None),
            Presence::Died => ("died", None),
            Presence::Lives(living) => ("lives", Some(living)),
        };
        json!({
            "model": self.model.as_ref().map(|(name, _)| name),
            "model_status": self.model.as_ref().map(|(_, proof)| proof.key()),
            "guardian": state,
            "process": living.map(|living| &living.process),
            "lock": living.map(|living| living.lock.display().to_string()),
            "session": living.and_then(|living| living.host.as_ref()),
            "needs": self.needs(),
            "drive_may_be_armed": self.is_fit(),
            "drive_unfit": self.unfit,
        })
    }
}

/// What a drive has said is of another time where no guardian asks it any more.
fn unfit(table: &TableFile, data: &DataFolder) -> Option<String> {
    match registry::steers(&data.guardian(&table.name)) {
        Presence::Lives(_) => guarded::unfit(table, data),
        Presence::Never | Presence::Left | Presence::Died => {
            Some("nobody asks its drive how it is set: no guardian runs".to_owned())
        }
    }
}

fn lines_of(living: &Living) -> [String; 3] {
    let Living { process, lock, host, needs } = living;
    [
        format!("guarded by {process}, which holds the lock {}", lock.display()),
        host.as_ref().map_or_else(
            || "no program has the session".to_owned(),
            |host| format!("{host} has the session"),
        ),
        needs
            .as_ref()
            .map_or_else(|| "it needs nobody".to_owned(), |needs| format!("IT NEEDS YOU: {needs}")),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steered(presence: Presence, unfit: Option<&str>) -> Steered {
        Steered {
            name: "attic".to_owned(),
            model: Some(("bed".to_owned(), Proof::UnverifiedOnHardware)),
            presence,
            unfit: unfit.map(str::to_owned),
        }
    }

    #[test]
    fn a_guardian_is_shown_with_its_lock_its_host_its_need_and_its_drive() {
        let living = Living {
            process: "process 812 (`antipode guardian --table attic`)".to_owned(),
            lock: "/data/guardian/attic.sock.lock".into(),
            host: Some("process 900 (`antipode run plan.toml`)".to_owned()),
            needs: None,
        };
        let used = steered(Presence::Lives(living.clone()), None);
        insta::assert_snapshot!(used.lines().join("\n"), @r"
        model `bed`: unverified on hardware
        guarded by process 812 (`antipode guardian --table attic`), which holds the lock /data/guardian/attic.sock.lock
        process 900 (`antipode run plan.toml`) has the session
        it needs nobody
        its drive may be armed
        ");
        let needs = Some("go to the table".to_owned());
        let alone = Presence::Lives(Living { host: None, needs, ..living });
        let alone = steered(alone, Some("its drive must not be armed: its timeout is off"));
        insta::assert_snapshot!(alone.lines().join("\n"), @r"
        model `bed`: unverified on hardware
        guarded by process 812 (`antipode guardian --table attic`), which holds the lock /data/guardian/attic.sock.lock
        no program has the session
        IT NEEDS YOU: go to the table
        its drive must not be armed: its timeout is off
        ");
    }

    #[test]
    fn a_guardian_that_died_is_never_shown_as_one_that_left() {
        let unfit = Some("nobody asks its drive how it is set: no guardian runs");
        insta::assert_snapshot!(steered(Presence::Died, unfit).lines().join("\n"), @r"
        model `bed`: unverified on hardware
        NO GUARDIAN RAN, and the last one died: nothing steered the bed. Look at it; if somebody is head-down on it, bring them up by hand, or with `antipode table return attic`
        nobody asks its drive how it is set: no guardian runs
        ");
        assert_eq!(
            steered(Presence::Left, unfit).lines()[1],
            "no guardian ran: the last one left the bed level"
        );
        assert_eq!(steered(Presence::Never, unfit).lines()[1], "no guardian has run for it yet");
        assert_eq!(steered(Presence::Died, unfit).document()["guardian"], "died");
    }
}
