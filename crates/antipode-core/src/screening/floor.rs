//! What no sheet may leave out or soften, whoever wrote it.
//!
//! A sheet is a file and files can be edited. Every contraindication that this project knows stands
//! here a second time, with the least that a finding must do; docs/screening.md gives the sources.

use super::sheet::{Kind, Question};

/// The question whether anybody was asked for advice about the reason for use.
pub const CONSULTED: &str = "consulted";

/// What a question of every sheet must do at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Floor {
    /// Its id.
    pub id: &'static str,
    /// Which answers must be findings.
    pub finds: Finds,
    /// What a finding must do at least.
    pub least: Least,
}

/// Which answers must be findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finds {
    /// Yes.
    Yes,
    /// No.
    No,
    /// A number below the first or above the second.
    Outside(u16, u16),
}

/// The least that a finding must do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Least {
    /// Narrow.
    Advice,
    /// Close the table for the day.
    NotToday,
    /// Close it until a clinician's clearance.
    Clearance,
    /// Close it.
    Block,
    /// Close it and lock the person out.
    RedFlag,
}

impl Least {
    const fn rank(self) -> u8 {
        match self {
            Self::Advice => 0,
            Self::NotToday => 1,
            Self::Clearance => 2,
            Self::Block => 3,
            Self::RedFlag => 4,
        }
    }
}

impl Floor {
    /// Whether `question` does at least this.
    #[must_use]
    pub const fn is_kept_by(&self, question: &Question) -> bool {
        let finds = match (self.finds, question.kind) {
            (Finds::Yes, Kind::YesFinds) | (Finds::No, Kind::NoFinds) => true,
            (Finds::Outside(below, above), Kind::Number(rule)) => {
                matches!(rule.below, Some(theirs) if theirs >= below)
                    && matches!(rule.above, Some(theirs) if theirs <= above)
            }
            (Finds::Yes, Kind::NoFinds | Kind::Number(_))
            | (Finds::No, Kind::YesFinds | Kind::Number(_))
            | (Finds::Outside(..), Kind::YesFinds | Kind::NoFinds) => false,
        };
        finds && question.severity.rank() >= self.least.rank()
    }
}

const fn yes(id: &'static str, least: Least) -> Floor {
    Floor { id, finds: Finds::Yes, least }
}

const fn red_flag(id: &'static str) -> Floor {
    yes(id, Least::RedFlag)
}

const fn block(id: &'static str) -> Floor {
    yes(id, Least::Block)
}

const fn clearance(id: &'static str) -> Floor {
    yes(id, Least::Clearance)
}

const fn not_today(id: &'static str) -> Floor {
    yes(id, Least::NotToday)
}

/// Every question that every sheet has, strictest first.
pub static FLOOR: [Floor; 79] = [
    // Signs of the cauda equina (BMJ Best Practice, GIRFT pathway).
    red_flag("cauda-bladder-bowel"),
    red_flag("cauda-saddle"),
    red_flag("cauda-both-legs-weak"),
    red_flag("cauda-both-legs-pain"),
    red_flag("cauda-sexual"),
    // Closed to everybody.
    block("glaucoma"),
    block("retina"),
    block("eye-surgery"),
    block("stroke"),
    block("aneurysm"),
    block("brain-bleed"),
    block("cerebral-sclerosis"),
    block("pressure-uncontrolled"),
    block("heart-failure"),
    block("angina-unstable"),
    block("heart-attack"),
    block("arrhythmia-serious"),
    block("heart-valve"),
    block("aortic-aneurysm"),
    block("thrombosis"),
    block("pregnancy"),
    block("fracture-unhealed"),
    block("osteoporosis-severe"),
    block("cord-compression"),
    block("spine-tumour"),
    block("spine-infection"),
    block("spine-unstable"),
    block("joint-prosthesis"),
    block("alcohol"),
    block("sedation"),
    // Closed until a clinician's clearance.
    clearance("pressure-controlled"),
    clearance("heart-other"),
    clearance("circulation"),
    clearance("anticoagulant"),
    clearance("aspirin"),
    clearance("bleeding-disorder"),
    clearance("osteoporosis"),
    clearance("fracture-past"),
    clearance("implant"),
    clearance("hernia"),
    clearance("reflux"),
    clearance("diabetes-retina"),
    clearance("myopia"),
    clearance("eye-other"),
    clearance("eye-signs"),
    clearance("ear-chronic"),
    clearance("vertigo"),
    clearance("epilepsy"),
    clearance("headache-severe"),
    clearance("head-injury"),
    clearance("spondylolisthesis"),
    clearance("curvature"),
    clearance("joints-inflamed"),
    clearance("surgery"),
    clearance("injection"),
    clearance("kidney"),
    clearance("gallbladder"),
    clearance("neuropathy"),
    clearance("lungs"),
    // Pain that a doctor has to see first (Hull neurosurgery's list).
    Floor { id: "onset-age", finds: Finds::Outside(20, 55), least: Least::Clearance },
    clearance("trauma"),
    clearance("cancer"),
    clearance("steroids"),
    clearance("unwell"),
    clearance("weight-loss"),
    clearance("thoracic-pain"),
    clearance("night-pain"),
    clearance("neurological"),
    clearance("deformity"),
    // Closed for the day.
    not_today("ear-infection"),
    not_today("sinus-infection"),
    not_today("eye-infection"),
    not_today("cold-fever"),
    not_today("meal"),
    not_today("headache-unusual"),
    not_today("dizziness"),
    not_today("numbness-new"),
    not_today("delayed"),
    Floor { id: CONSULTED, finds: Finds::No, least: Least::Advice },
];
