//! "I feel something": two questions, answered by digits. STOP and RETURN work all the while.

use antipode_core::symptom::{Grade, Severity, Symptom, grade};

/// Where the menu is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Menu {
    /// Not shown.
    Closed,
    /// What is it? `second` shows the second page.
    What {
        /// The second page.
        second: bool,
    },
    /// How strong is it?
    HowStrong(Symptom),
}

/// Symptoms on the first page: what people report most, mildest first.
const FIRST: [Symptom; 9] = [
    Symptom::HeadPressure,
    Symptom::AnklePain,
    Symptom::Headache,
    Symptom::Dizziness,
    Symptom::Nausea,
    Symptom::MorePain,
    Symptom::EarPain,
    Symptom::Sweating,
    Symptom::Unease,
];
const SECOND: [Symptom; 8] = [
    Symptom::BlurredVision,
    Symptom::VisionLoss,
    Symptom::Numbness,
    Symptom::Weakness,
    Symptom::ChestPain,
    Symptom::Palpitations,
    Symptom::Breathless,
    Symptom::SpeechTrouble,
];

/// The symptoms of a page, in the order of their digits.
pub(super) const fn page(second: bool) -> &'static [Symptom] {
    if second { &SECOND } else { &FIRST }
}

/// What a digit leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// Another question, or none.
    Menu(Menu),
    /// The answer.
    Report(Symptom, Severity),
}

/// Takes a digit from 0 to 9. Any of them opens the menu, 0 at its second page; in the open menu 0
/// turns the page.
pub(super) fn digit(menu: Menu, digit: u8) -> Choice {
    let index = usize::from(digit).checked_sub(1);
    match menu {
        Menu::Closed => Choice::Menu(Menu::What { second: digit == 0 }),
        Menu::What { second } => match index {
            None => Choice::Menu(Menu::What { second: !second }),
            Some(index) => match page(second).get(index) {
                Some(symptom) if same_at_any_severity(*symptom) => {
                    Choice::Report(*symptom, Severity::Severe)
                }
                Some(symptom) => Choice::Menu(Menu::HowStrong(*symptom)),
                None => Choice::Menu(menu),
            },
        },
        Menu::HowStrong(symptom) => match index.and_then(|index| Severity::ALL.get(index)) {
            Some(severity) => Choice::Report(symptom, *severity),
            None => Choice::Menu(menu),
        },
    }
}

/// A red flag ends the session however strong it is: asking would only cost time.
fn same_at_any_severity(symptom: Symptom) -> bool {
    grade(symptom, Severity::Mild) == Grade::EndAndLockOut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_symptom_is_on_exactly_one_page() {
        let mut shown: Vec<Symptom> = FIRST.into_iter().chain(SECOND).collect();
        shown.sort_unstable();
        let mut all = Symptom::ALL.to_vec();
        all.sort_unstable();
        assert_eq!(shown, all);
    }

    #[test]
    fn three_digits_report_a_symptom_and_a_red_flag_needs_no_degree() {
        let open = Choice::Menu(Menu::What { second: false });
        assert_eq!(digit(Menu::Closed, 4), open);
        assert_eq!(digit(Menu::Closed, 0), Choice::Menu(Menu::What { second: true }));
        let what = Menu::What { second: false };
        assert_eq!(digit(what, 4), Choice::Menu(Menu::HowStrong(Symptom::Dizziness)));
        assert_eq!(
            digit(Menu::HowStrong(Symptom::Dizziness), 2),
            Choice::Report(Symptom::Dizziness, Severity::Moderate)
        );
        assert_eq!(digit(what, 0), Choice::Menu(Menu::What { second: true }));
        assert_eq!(
            digit(Menu::What { second: true }, 5),
            Choice::Report(Symptom::ChestPain, Severity::Severe)
        );
    }

    #[test]
    fn a_digit_that_is_not_offered_changes_nothing() {
        for (menu, wrong) in
            [(Menu::What { second: true }, 9), (Menu::HowStrong(Symptom::Nausea), 4)]
        {
            assert_eq!(digit(menu, wrong), Choice::Menu(menu));
        }
    }
}
