//! What a board says of itself.

use super::*;

#[test]
fn it_says_which_board_it_is_once_that_was_read_twice_and_another_board_is_another() {
    let mut bench = ready();
    bench.run(400, None);
    let says = |bench: &Bench<RoboClaw, Claw>| antipode_guardian::line_of(bench.drive.facts());
    assert_eq!(says(&bench), "time-out: 300 ms; version: USB Roboclaw 2x15a v4.1.34");
    bench.peer.version = "USB Roboclaw 2x15a v4.2.0\n";
    // No other board comes without a start.
    bench.peer.timeout = 0;
    bench.run(5_000, None);
    assert_eq!(says(&bench), "time-out: 300 ms; version: USB Roboclaw 2x15a v4.2.0");
    bench.drive.reopen();
    assert_eq!(says(&bench), "", "what was read before does not hold");
}
