use super::*;

#[test]
fn a_turned_heading_stays_true_to_its_angle() {
    let mut heading = Heading::new(-3.0);
    let mut tilt = -3.0;
    for step in 0..60_000 {
        tilt += 0.001 * f64::from(step % 7);
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
fn a_state_can_be_forked_cheaply() {
    assert!(size_of::<Plant>() <= 2_048, "{} bytes", size_of::<Plant>());
}
