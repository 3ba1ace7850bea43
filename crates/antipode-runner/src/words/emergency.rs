//! Whom to call: the number of the site, where its file names one.

use std::sync::OnceLock;

/// One process serves one place.
static NUMBER: OnceLock<String> = OnceLock::new();

/// Names the number to call in an emergency at this place, before anything is said. The first one
/// stays.
pub fn set_emergency_number(number: &str) {
    NUMBER.get_or_init(|| number.to_owned());
}

pub(super) fn emergency_number() -> Option<&'static str> {
    NUMBER.get().map(String::as_str)
}

/// What to dial.
pub(super) fn call(number: Option<&str>) -> String {
    number.map_or_else(
        || "Call the emergency number of your country, in many 112 or 911.".to_owned(),
        |number| format!("Call {number}."),
    )
}

/// Get help, and from whom.
#[must_use]
pub fn get_help() -> String {
    format!("Get emergency help now. {}", call(emergency_number()))
}
