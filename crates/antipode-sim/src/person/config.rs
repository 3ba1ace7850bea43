//! Who lies on the table.

/// Sex, as far as body proportions and the published figures differ by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sex {
    /// Female proportions (de Leva 1996).
    Female,
    /// Male proportions (de Leva 1996).
    Male,
}

/// How this body answers to tilt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profile {
    /// The mean of healthy young adults.
    Normal,
    /// Resting pressure 150/95 and twice the rise.
    Hypertensive,
    /// The dip on the way up is 1.75 times as deep.
    Orthostatic,
    /// Eye pressure starts at 21 mmHg.
    Glaucoma,
    /// Heart rate falls by 16 beats a minute when fully inverted (Gianakopoulos 1985).
    Vagotonic,
}

/// How the ankle clamp was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AnkleSetting {
    /// Snug, as it must be.
    Snug,
    /// A mark too loose: the heels move and the ankles hurt sooner.
    Loose,
}

/// The simulated person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonConfig {
    /// Body height in centimetres.
    pub height_cm: u16,
    /// Body mass in kilograms; 0 is an empty bed.
    pub mass_kg: u16,
    /// Age in years.
    pub age: u8,
    /// Proportions.
    pub sex: Sex,
    /// Ankle clamp.
    pub ankle_setting: AnkleSetting,
    /// Answer to tilt.
    pub profile: Profile,
}

impl PersonConfig {
    /// The built-in virtual person: 35 years, 178 cm, 80 kg, male proportions, healthy.
    #[must_use]
    pub const fn reference() -> Self {
        Self {
            height_cm: 178,
            mass_kg: 80,
            age: 35,
            sex: Sex::Male,
            ankle_setting: AnkleSetting::Snug,
            profile: Profile::Normal,
        }
    }
}
