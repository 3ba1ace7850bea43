//! What the program carries inside itself, so that it runs without any file beside it.

/// Name and text of every plan in `configs/plans`, by name.
#[must_use]
pub const fn presets() -> &'static [(&'static str, &'static str)] {
    &PLANS
}

/// Name and text of every programme in `configs/programmes`, by name.
#[must_use]
pub const fn built_in_programmes() -> &'static [(&'static str, &'static str)] {
    &PROGRAMMES
}

/// Name and text of every person in `configs/people`: the virtual ones.
#[must_use]
pub const fn built_in_people() -> &'static [(&'static str, &'static str)] {
    &[("virtual", include_str!("../../../configs/people/virtual.toml"))]
}

/// Name and text of every sheet of questions in `configs/screening`.
#[must_use]
pub const fn built_in_screening() -> &'static [(&'static str, &'static str)] {
    &[("adult", include_str!("../../../configs/screening/adult.toml"))]
}

/// Name and text of every table in `configs/tables` that is part of this program.
#[must_use]
pub const fn built_in_tables() -> &'static [(&'static str, &'static str)] {
    &[("sim", include_str!("../../../configs/tables/sim.toml"))]
}

/// Name and text of every model in `configs/models`: examples that were never on a device.
#[must_use]
pub const fn example_models() -> &'static [(&'static str, &'static str)] {
    &[
        ("leadshine-cs2rs-jog", include_str!("../../../configs/models/leadshine-cs2rs-jog.toml")),
        ("linak-la36", include_str!("../../../configs/models/linak-la36.toml")),
        ("pololu-jrk", include_str!("../../../configs/models/pololu-jrk.toml")),
        ("pololu-tic", include_str!("../../../configs/models/pololu-tic.toml")),
        ("roboclaw", include_str!("../../../configs/models/roboclaw.toml")),
    ]
}

macro_rules! plans {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../../configs/plans/", $name, ".toml")))),*]
    };
}

macro_rules! programmes {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../../configs/programmes/", $name, ".toml")))),*]
    };
}

static PROGRAMMES: [(&str, &str); 7] = programmes![
    "acclimatisation",
    "build-up",
    "gentle-oscillation",
    "guideline",
    "kim-2013",
    "low-angle-long",
    "newcastle-type",
];

static PLANS: [(&str, &str); 10] = plans![
    "build-up",
    "first-day",
    "first-week",
    "gentle-oscillation",
    "kim-2013-30",
    "kim-2013-60",
    "low-angle-long",
    "newcastle-type",
    "seed-maximum",
    "self-paced",
];
