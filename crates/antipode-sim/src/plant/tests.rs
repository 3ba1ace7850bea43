use super::*;
use crate::number::RAD_PER_DEG;

#[test]
fn a_turned_heading_stays_true_to_its_angle() {
    let mut heading = Heading::new(-3.0);
    let mut tilt = -3.0;
    for step in 0..60_000 {
        tilt += 0.03 * f64::from(step % 7);
        heading.follow(tilt);
        let (sin, cos) = libm::sincos(tilt * RAD_PER_DEG);
        assert!((heading.sin() - sin).abs() < 1e-8, "{tilt}");
        assert!((heading.cos() - cos).abs() < 1e-8, "{tilt}");
    }
}

#[test]
fn steps_are_long_at_rest_and_short_when_anything_can_happen() {
    let mut plant = Plant::new(&PlantConfig::reference(), &PersonConfig::reference(), 1);
    plant.advance(1_000, DriveInput::HELD);
    assert_eq!(plant.pace(), Pace::Still);
    plant.advance(1_010, DriveInput::turn(1_000));
    assert_eq!(plant.pace(), Pace::Fine);
    plant.advance(4_000, DriveInput::turn(1_000));
    assert_eq!(plant.pace(), Pace::Steady);
    plant.faults_mut().obstacle = Some(Obstacle { at_mdeg: 50_000, blocks: Blocks::HeadDown });
    plant.advance(4_010, DriveInput::turn(1_000));
    assert_eq!(plant.pace(), Pace::Fine);
    plant.advance(5_000, DriveInput::HELD);
    assert_eq!(plant.pace(), Pace::Still);
    plant.faults_mut().brake_slip_mdeg_per_s = 10;
    plant.advance(5_010, DriveInput::HELD);
    assert_eq!(plant.pace(), Pace::Fine);
}

#[test]
fn steps_are_short_close_to_a_stop() {
    let config = PlantConfig { start_mdeg: 70_000, ..PlantConfig::reference() };
    let mut plant = Plant::new(&config, &PersonConfig::reference(), 1);
    plant.advance(4_000, DriveInput::turn(2_000));
    assert_eq!(plant.pace(), Pace::Steady);
    plant.advance(5_000, DriveInput::turn(2_000));
    assert!(plant.true_tilt_mdeg() > 79_000 && plant.true_tilt_mdeg() < 80_000);
    assert_eq!(plant.pace(), Pace::Fine);
}

#[test]
fn a_buffer_pushes_away_and_never_pulls() {
    let stop = Buffer::end_stop(80_000, Blocks::HeadDown);
    assert_eq!(milli(stop.torque_nm(79.9, 5.0)), 0);
    assert!(stop.torque_nm(80.5, 0.0) < -100.0);
    assert_eq!(milli(stop.torque_nm(80.1, -50.0)), 0, "leaving");
    assert!(stop.torque_nm(120.0, 180.0) >= -3_000.0);
    let stop = Buffer::end_stop(-85_000, Blocks::HeadUp);
    assert_eq!(milli(stop.torque_nm(-84.9, -5.0)), 0);
    assert!(stop.torque_nm(-85.5, 0.0) > 100.0);
    assert_eq!(milli(stop.torque_nm(-85.1, 50.0)), 0, "leaving");
}

#[test]
fn a_brake_that_is_told_again_and_again_starts_its_time_anew() {
    let mut brake = Brake::new(PlantConfig::reference().brake);
    for _ in 0..10 {
        brake.advance(100, false);
        brake.advance(20, true);
        assert!(brake.should_be_closed());
    }
    brake.advance(100, false);
    brake.advance(20, false);
    assert!(!brake.should_be_closed());
}

#[test]
fn a_state_can_be_forked_cheaply() {
    assert!(size_of::<Plant>() <= 2_048, "{} bytes", size_of::<Plant>());
}
