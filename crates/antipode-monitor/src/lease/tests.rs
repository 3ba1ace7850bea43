use crate::invariant::Invariant;
use crate::testing::Run;
use crate::trace::Motion;

#[test]
fn lease_numbers_rise_and_never_come_back() {
    let epochs = |list: &[u32]| {
        let mut run = Run::at(-3_000);
        for &epoch in list {
            run.step(|tick| tick.firmware.lease_epoch = epoch);
        }
        run
    };
    epochs(&[1, 0, 2, 2, 0, 3]).clean();
    epochs(&[2, 0, 2]).breaks(Invariant::I12, "did not rise");
    epochs(&[2, 1]).breaks(Invariant::I12, "did not rise");
}

#[test]
fn a_frame_of_another_lease_moves_nothing_but_a_return() {
    let accepts = |motion: Motion, epoch: u32| {
        let mut run = Run::at(20_000);
        run.step(|tick| {
            tick.firmware.motion = motion;
            tick.firmware.frame_accepted = true;
            tick.firmware.accepted_epoch = epoch;
        });
        run
    };
    accepts(Motion::Plan, 1).clean();
    accepts(Motion::Return, 7).clean();
    accepts(Motion::Plan, 7).breaks(Invariant::I12, "another lease");
}

#[test]
fn stale_frames_have_no_effect() {
    let executes = |frames: u8| {
        let mut run = Run::at(20_000);
        run.step(|tick| {
            tick.wire.stale_frames = 3;
            tick.firmware.stale_frames_accepted = frames;
        });
        run
    };
    executes(0).clean();
    executes(1).breaks(Invariant::I13, "took effect");
}

#[test]
fn a_lease_grows_only_by_a_fresh_frame() {
    let grows = |fresh: u8| {
        let mut run = Run::at(20_000);
        run.step(|tick| tick.firmware.lease_ms_left = 100);
        run.step(|tick| {
            tick.wire.stale_frames = 1;
            tick.wire.fresh_frames = fresh;
            tick.firmware.lease_ms_left = 250;
        });
        run
    };
    grows(1).clean();
    grows(0).breaks(Invariant::I13, "no fresh frame");
}
