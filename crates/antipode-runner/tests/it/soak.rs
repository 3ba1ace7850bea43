//! The swarm from the outside.

use super::{json, run, stderr, stdout};

#[test]
fn a_soak_says_how_much_it_ran_and_finds_nothing() {
    let output = run(&["soak", "--seeds", "0..5", "--json"]);
    let document = json(&output);
    assert_eq!(document["sessions"], 5, "{}", stderr(&output));
    assert_eq!(document["safety_violations"], 0, "{}", stderr(&output));
    assert_eq!(document["liveness_violations"], 0, "{}", stderr(&output));
    assert!(document["simulated_s"].as_u64().unwrap() > 5 * 60);
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn the_same_seeds_give_the_same_soak() {
    let first = json(&run(&["soak", "--seeds", "7..9", "--json"]));
    let second = json(&run(&["soak", "--seeds", "7..9", "--json"]));
    assert_eq!(first["simulated_s"], second["simulated_s"]);
    assert!(stdout(&run(&["soak", "--seeds", "7..9"])).starts_with("2 sessions of seeds 7..9"));
}

#[cfg(not(feature = "canary"))]
#[test]
fn a_build_without_canaries_says_so() {
    let output = run(&["soak", "--canaries"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("no canaries"));
}
