//! What a person may feel, and what it leads to.

use antipode_core::symptom::{Grade, Severity, Symptom};

/// The symptom as a person says it. Never spoken aloud by the program.
#[must_use]
pub const fn symptom(symptom: Symptom) -> &'static str {
    match symptom {
        Symptom::HeadPressure => "pressure in the head or face",
        Symptom::Headache => "headache",
        Symptom::AnklePain => "ankle pain",
        Symptom::MorePain => "more back or leg pain than before",
        Symptom::Dizziness => "dizziness",
        Symptom::Nausea => "nausea",
        Symptom::Unease => "unease: I want to stop",
        Symptom::EarPain => "ear pain",
        Symptom::Sweating => "sweating or turning pale",
        Symptom::BlurredVision => "blurred sight",
        Symptom::VisionLoss => "flashes, floaters or loss of sight",
        Symptom::Numbness => "new numbness or pins and needles",
        Symptom::Weakness => "new weakness",
        Symptom::ChestPain => "chest pain",
        Symptom::Palpitations => "racing or stumbling heart",
        Symptom::Breathless => "short of breath",
        Symptom::SpeechTrouble => "trouble speaking",
    }
}

/// Several, in one line.
#[must_use]
pub fn symptoms(symptoms: &[Symptom]) -> String {
    symptoms.iter().map(|what| symptom(*what)).collect::<Vec<_>>().join("; ")
}

/// How strong.
#[must_use]
pub const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Mild => "a little",
        Severity::Moderate => "clearly",
        Severity::Severe => "badly",
    }
}

/// What it makes the session do.
#[must_use]
pub const fn grade(grade: Grade) -> &'static str {
    match grade {
        Grade::Ease => "10 degrees less from now on",
        Grade::Rest => "up, and rest until you want to go on",
        Grade::End => "up, and the session ends",
        Grade::EndAndLockOut => "up; no further session until a clinician agrees",
    }
}
