//! Symptoms and what each one does, as a table. One button, a word or the spotter reports one; the
//! response is never a matter of mood.
//!
//! Sources: stop symptoms of the makers' and clinics' lists (Teeter, Saunders, LifeGear manuals;
//! cauda equina signs of BMJ Best Practice), gathered in docs/evidence.md.

/// What a person may feel on the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Symptom {
    /// Pressure in the head or face.
    HeadPressure,
    /// Headache.
    Headache,
    /// Ankle pain.
    AnklePain,
    /// Back or leg pain worse than before.
    MorePain,
    /// Dizziness, also on the way up.
    Dizziness,
    /// Nausea.
    Nausea,
    /// Anxiety, or simply "I want to stop".
    Unease,
    /// Ear pain.
    EarPain,
    /// Sweating or pallor.
    Sweating,
    /// Blurred vision.
    BlurredVision,
    /// Flashes, floaters, a curtain or loss of sight.
    VisionLoss,
    /// New pins and needles or numbness.
    Numbness,
    /// New weakness in a limb.
    Weakness,
    /// Chest pain.
    ChestPain,
    /// Racing or stumbling heart.
    Palpitations,
    /// Breathlessness.
    Breathless,
    /// Trouble speaking.
    SpeechTrouble,
}

impl Symptom {
    /// Every symptom, in record order.
    pub const ALL: [Self; 17] = [
        Self::HeadPressure,
        Self::Headache,
        Self::AnklePain,
        Self::MorePain,
        Self::Dizziness,
        Self::Nausea,
        Self::Unease,
        Self::EarPain,
        Self::Sweating,
        Self::BlurredVision,
        Self::VisionLoss,
        Self::Numbness,
        Self::Weakness,
        Self::ChestPain,
        Self::Palpitations,
        Self::Breathless,
        Self::SpeechTrouble,
    ];
}

/// How strong it is, in the person's own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// "A little."
    Mild,
    /// "Clearly."
    Moderate,
    /// "Badly."
    Severe,
}

impl Severity {
    /// Every severity, mildest first.
    pub const ALL: [Self; 3] = [Self::Mild, Self::Moderate, Self::Severe];
}

/// What a symptom makes the session do, gentlest first. A session may always do more than this and
/// never less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// Ten degrees less from now on.
    Ease,
    /// Up to the rest band, rest, and go on only when the person says so.
    Rest,
    /// Up to the rest band and end.
    End,
    /// Up to the rest band, end, and no further session until a clinician lifts it.
    EndAndLockOut,
}

/// What `symptom` of `severity` makes the session do.
///
/// Red flags (sight, chest, speech, strength, feeling, breath) end the session at any severity and
/// lock the person out; nobody can talk the session out of it.
#[must_use]
pub const fn grade(symptom: Symptom, severity: Severity) -> Grade {
    match symptom {
        Symptom::VisionLoss
        | Symptom::Numbness
        | Symptom::Weakness
        | Symptom::ChestPain
        | Symptom::SpeechTrouble => Grade::EndAndLockOut,
        Symptom::Palpitations | Symptom::Breathless | Symptom::BlurredVision => match severity {
            Severity::Mild | Severity::Moderate => Grade::End,
            Severity::Severe => Grade::EndAndLockOut,
        },
        Symptom::Sweating | Symptom::EarPain | Symptom::MorePain => match severity {
            Severity::Mild => Grade::Rest,
            Severity::Moderate | Severity::Severe => Grade::End,
        },
        Symptom::HeadPressure | Symptom::AnklePain => match severity {
            Severity::Mild => Grade::Ease,
            Severity::Moderate => Grade::Rest,
            Severity::Severe => Grade::End,
        },
        Symptom::Headache | Symptom::Dizziness | Symptom::Nausea => match severity {
            Severity::Mild => Grade::Rest,
            Severity::Moderate | Severity::Severe => Grade::End,
        },
        // "I want to stop" needs no degree.
        Symptom::Unease => match severity {
            Severity::Mild => Grade::Rest,
            Severity::Moderate | Severity::Severe => Grade::End,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_red_flag_ends_and_locks_out_at_any_severity() {
        for symptom in [
            Symptom::VisionLoss,
            Symptom::Numbness,
            Symptom::Weakness,
            Symptom::ChestPain,
            Symptom::SpeechTrouble,
        ] {
            for severity in Severity::ALL {
                assert_eq!(grade(symptom, severity), Grade::EndAndLockOut, "{symptom:?}");
            }
        }
    }

    #[test]
    fn a_stronger_symptom_never_gets_a_gentler_response() {
        for symptom in Symptom::ALL {
            let grades = Severity::ALL.map(|severity| grade(symptom, severity));
            assert!(grades.is_sorted(), "{symptom:?} {grades:?}");
        }
    }

    #[test]
    fn only_head_pressure_and_ankle_pain_may_be_eased_away() {
        for symptom in Symptom::ALL {
            let eased = grade(symptom, Severity::Mild) == Grade::Ease;
            assert_eq!(eased, matches!(symptom, Symptom::HeadPressure | Symptom::AnklePain));
            assert!(grade(symptom, Severity::Severe) >= Grade::End);
        }
    }
}
