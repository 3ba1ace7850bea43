//! Each fault of the hardware acts through the physics.

use super::{run, table_at};
use antipode_sim::person::PersonConfig;
use antipode_sim::plant::{
    Blocks, BrakeJam, DriveInput, LatchFault, Obstacle, Plant, PlantConfig, PlantFaults, Rescue,
    SensorFault, SpotterAct,
};
use proptest::prelude::*;

#[test]
fn a_jammed_drive_stops_at_once_and_draws_its_full_current() {
    let mut plant = table_at(20_000);
    run(&mut plant, 2_000, DriveInput::turn(-3_000));
    let moving_ma = plant.sense().current_ma;
    plant.faults_mut().stall = true;
    let there = plant.true_tilt_mdeg();
    run(&mut plant, 2_000, DriveInput::turn(-3_000));
    assert!((plant.true_tilt_mdeg() - there).abs() < 50);
    assert!(plant.sense().current_ma > 5 * moving_ma && plant.sense().current_ma > 8_000);
}

#[test]
fn an_obstacle_stops_one_direction_and_lets_the_other_go() {
    for (blocks, at_mdeg, start_mdeg, rate) in
        [(Blocks::HeadDown, 20_000, 10_000, 2_000), (Blocks::HeadUp, 20_000, 30_000, -2_000)]
    {
        let mut plant = table_at(start_mdeg);
        plant.faults_mut().obstacle = Some(Obstacle { at_mdeg, blocks });
        run(&mut plant, 12_000, DriveInput::turn(rate));
        let beyond = (plant.true_tilt_mdeg() - at_mdeg).abs();
        assert!((1_000..6_000).contains(&beyond), "{beyond} mdeg into it");
        assert!(plant.sense().current_ma > 8_000, "{}", plant.sense().current_ma);
        run(&mut plant, 6_000, DriveInput::turn(-rate));
        assert!((plant.true_tilt_mdeg() - at_mdeg).signum() == (start_mdeg - at_mdeg).signum());
    }
}

#[test]
fn an_obstacle_behind_the_bed_does_not_shove_it() {
    let mut config = PlantConfig { start_mdeg: 40_000, ..PlantConfig::reference() };
    config.gear.efficiency_percent = 90;
    let mut plant = Plant::new(&config, &PersonConfig::reference(), 1);
    run(&mut plant, 1_000, DriveInput::turn(0));
    plant.faults_mut().obstacle = Some(Obstacle { at_mdeg: 10_000, blocks: Blocks::HeadDown });
    run(&mut plant, 5_000, DriveInput::turn(0));
    assert!((plant.true_tilt_mdeg() - 40_000).abs() < 200, "{}", plant.true_tilt_mdeg());
}

#[test]
fn a_slipping_brake_creeps_the_way_the_weight_pulls() {
    for (boom_offset_mm, direction) in [(75, -1), (-75, 1)] {
        let config = PlantConfig { boom_offset_mm, start_mdeg: 30_000, ..PlantConfig::reference() };
        let mut plant = Plant::new(&config, &PersonConfig::reference(), 1);
        plant.faults_mut().brake_slip_mdeg_per_s = 500;
        run(&mut plant, 10_000, DriveInput::HELD);
        let crept = (plant.true_tilt_mdeg() - 30_000) * direction;
        assert!((4_800..=5_050).contains(&crept), "{crept} mdeg");
        // The drive can hold what the brake cannot.
        run(&mut plant, 1_000, DriveInput::turn(0));
        let there = plant.true_tilt_mdeg();
        run(&mut plant, 10_000, DriveInput::turn(0));
        assert!((plant.true_tilt_mdeg() - there).abs() < 100);
    }
}

#[test]
fn a_brake_jammed_shut_keeps_the_bed_and_shows_in_the_current() {
    let mut plant = table_at(30_000);
    plant.faults_mut().brake_jam = Some(BrakeJam::Closed);
    run(&mut plant, 3_000, DriveInput::turn(-3_000));
    assert_eq!(plant.true_tilt_mdeg(), 30_000);
    assert!(plant.sense().current_ma > 8_000);
}

#[test]
fn a_stuck_current_sensor_reads_its_value_and_changes_nothing_else() {
    let mut plant = table_at(30_000);
    let mut healthy = plant.clone();
    plant.faults_mut().current_stuck_ma = Some(12_000);
    for input in [DriveInput::HELD, DriveInput::turn(-3_000), DriveInput::DEAD] {
        run(&mut plant, 2_000, input);
        run(&mut healthy, 2_000, input);
        assert_eq!(plant.sense().current_ma, 12_000);
        assert!(healthy.sense().current_ma < 8_000);
        assert_eq!(plant.true_tilt_mdeg(), healthy.true_tilt_mdeg());
    }
    plant.faults_mut().current_stuck_ma = None;
    assert_eq!(plant.sense().current_ma, 0);
}

#[test]
fn a_runaway_motor_turns_without_command_until_the_relay_opens() {
    let mut plant = table_at(10_000);
    run(&mut plant, 1_000, DriveInput::turn(0));
    plant.faults_mut().runaway_mdeg_per_s = Some(6_000);
    run(&mut plant, 2_000, DriveInput::turn(0));
    assert!(plant.true_rate_mdeg_per_s() > 5_000, "{}", plant.true_rate_mdeg_per_s());
    run(&mut plant, 200, DriveInput::DEAD);
    assert_eq!(plant.true_rate_mdeg_per_s(), 0);
    assert_eq!(plant.sense().current_ma, 0);
}

#[test]
fn a_slipping_brake_under_no_load_stays_and_the_fastest_slip_is_bounded() {
    let mut balanced = Plant::new(
        &PlantConfig { boom_offset_mm: 0, ..PlantConfig::reference() },
        &PersonConfig::reference(),
        1,
    );
    balanced.faults_mut().brake_slip_mdeg_per_s = 1_000;
    run(&mut balanced, 5_000, DriveInput::HELD);
    assert_eq!(balanced.true_tilt_mdeg(), -3_000);
    let config =
        PlantConfig { boom_offset_mm: 200, start_mdeg: 75_000, ..PlantConfig::reference() };
    let mut plant = Plant::new(&config, &PersonConfig::reference(), 1);
    plant.faults_mut().brake_slip_mdeg_per_s = u32::MAX;
    let mut fastest = 0;
    for _ in 0..1_000 {
        plant.advance(plant.now_ms() + 1, DriveInput::HELD);
        fastest = fastest.max(plant.true_rate_mdeg_per_s().abs());
    }
    assert_eq!(fastest, 180_000);
}

#[test]
fn an_uncooled_drive_gets_hot() {
    let mut plant = table_at(-3_000);
    plant.faults_mut().overheat_mc_per_s = 500;
    run(&mut plant, 120_000, DriveInput::HELD);
    assert!((70..=85).contains(&plant.sense().temperature_c), "{}", plant.sense().temperature_c);
}

#[test]
fn with_both_latches_open_the_body_slides_only_where_it_is_steep() {
    for (start_mdeg, slides) in [(10_000, false), (40_000, true)] {
        let mut plant = table_at(start_mdeg);
        plant.faults_mut().latch_first = Some(LatchFault::Opens);
        run(&mut plant, 1_000, DriveInput::HELD);
        assert_eq!(plant.slid_mm(), 0, "one latch still holds");
        plant.faults_mut().latch_second = Some(LatchFault::OpensUnseen);
        let weight = plant.weight_moment_mnm();
        run(&mut plant, 1_000, DriveInput::HELD);
        assert_eq!(plant.slid_mm() > 100, slides);
        assert_eq!(plant.weight_moment_mnm() < weight, slides);
        let sensed = plant.sense();
        assert!(!sensed.latch_first_closed && sensed.latch_second_closed);
    }
}

#[test]
fn a_lying_latch_sensor_frees_nobody() {
    let mut plant = table_at(40_000);
    plant.faults_mut().latch_first = Some(LatchFault::SensorSaysOpen);
    plant.faults_mut().latch_second = Some(LatchFault::SensorSaysOpen);
    run(&mut plant, 5_000, DriveInput::HELD);
    assert_eq!(plant.slid_mm(), 0);
    assert!(!plant.sense().latch_first_closed && !plant.sense().latch_second_closed);
}

#[test]
fn a_latch_sensor_that_is_not_fitted_never_says_closed() {
    for fitted in 0..=2 {
        let config = PlantConfig { latch_sensors: fitted, ..PlantConfig::reference() };
        let sensed = Plant::new(&config, &PersonConfig::reference(), 1).sense();
        assert_eq!(sensed.latch_first_closed, fitted >= 1);
        assert_eq!(sensed.latch_second_closed, fitted >= 2);
    }
}

fn sensor_fault() -> impl Strategy<Value = Option<SensorFault>> {
    prop_oneof![
        Just(None),
        Just(Some(SensorFault::Off)),
        Just(Some(SensorFault::Stuck)),
        Just(Some(SensorFault::Garbage)),
        any::<i32>().prop_map(|offset_mdeg| Some(SensorFault::Wrong { offset_mdeg })),
        Just(Some(SensorFault::Slow)),
        any::<u16>().prop_map(|by_ms| Some(SensorFault::Delayed { by_ms })),
        Just(Some(SensorFault::Intermittent)),
        any::<i32>().prop_map(|mdeg_per_s| Some(SensorFault::Drift { mdeg_per_s })),
        Just(Some(SensorFault::SignFlip)),
        any::<i32>().prop_map(|permille| Some(SensorFault::Scale { permille })),
    ]
}

fn faults() -> impl Strategy<Value = PlantFaults> {
    let latch = || {
        prop_oneof![
            3 => Just(None),
            1 => Just(Some(LatchFault::Opens)),
            1 => Just(Some(LatchFault::OpensUnseen)),
        ]
    };
    let jam = prop_oneof![
        3 => Just(None),
        1 => Just(Some(BrakeJam::Open)),
        1 => Just(Some(BrakeJam::Closed)),
    ];
    let obstacle = proptest::option::weighted(
        0.3,
        (-180_000..180_000i32, any::<bool>()).prop_map(|(at_mdeg, down)| Obstacle {
            at_mdeg,
            blocks: if down { Blocks::HeadDown } else { Blocks::HeadUp },
        }),
    );
    let drive = (
        proptest::bool::weighted(0.2),
        obstacle,
        prop_oneof![3 => Just(0u32), 1 => any::<u32>()],
        jam,
        proptest::option::weighted(0.2, any::<i32>()),
        any::<bool>(),
    );
    let supply = (
        prop_oneof![3 => Just(0u32), 1 => 0..30_000u32],
        proptest::bool::weighted(0.2),
        proptest::bool::weighted(0.2),
        prop_oneof![3 => Just(0u32), 1 => any::<u32>()],
        proptest::option::weighted(0.2, any::<u32>()),
    );
    (drive, supply, latch(), latch(), sensor_fault(), sensor_fault()).prop_map(
        |(drive, supply, latch_first, latch_second, encoder, inclinometer)| PlantFaults {
            stall: drive.0,
            obstacle: drive.1,
            brake_slip_mdeg_per_s: drive.2,
            brake_jam: drive.3,
            runaway_mdeg_per_s: drive.4,
            arms_overhead: drive.5,
            supply_sag_mv: supply.0,
            mains_cut: supply.1,
            all_power_cut: supply.2,
            overheat_mc_per_s: supply.3,
            latch_first,
            latch_second,
            encoder,
            inclinometer,
            rest_switch_open: false,
            current_stuck_ma: supply.4,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn no_fault_teleports_the_bed(
        phases in proptest::collection::vec(
            (faults(), any::<i32>(), any::<bool>(), any::<bool>(), 1..600u64), 1..8),
        rescue in prop_oneof![
            Just(Rescue::Gravity), Just(Rescue::Battery), Just(Rescue::Crank), Just(Rescue::None)],
        boom_offset_mm in -200..200i32,
        mass_kg in 0..200u16,
        efficiency_percent in 0..=255u8,
        start_mdeg in -90_000..90_000i32,
        seed in any::<u64>(),
    ) {
        let mut config =
            PlantConfig { boom_offset_mm, start_mdeg, ..PlantConfig::with_rescue(rescue) };
        config.gear.efficiency_percent = efficiency_percent;
        let person = PersonConfig { mass_kg, ..PersonConfig::reference() };
        let mut plant = Plant::new(&config, &person, seed);
        for (faults, setpoint_mdeg_per_s, brake, relay, for_ms) in phases {
            *plant.faults_mut() = faults;
            plant.spotter(SpotterAct::Crank { mdeg_per_s: setpoint_mdeg_per_s });
            for _ in 0..for_ms {
                let before = plant.true_tilt_mdeg();
                let input = DriveInput { setpoint_mdeg_per_s, brake, relay };
                plant.advance(plant.now_ms() + 1, input);
                let moved = plant.true_tilt_mdeg() - before;
                prop_assert!(moved.abs() <= 181, "{moved} mdeg in 1 ms");
                prop_assert!(plant.true_tilt_mdeg().abs() <= 120_000, "{}", plant.true_tilt_mdeg());
            }
            let sensed = plant.sense();
            for tilt in [sensed.tilt_drive, sensed.tilt_imu].into_iter().flatten() {
                prop_assert!((-181_000..=181_000).contains(&tilt), "{tilt}");
            }
        }
    }

    #[test]
    fn a_healthy_drive_never_jerks(
        setpoints in proptest::collection::vec((-6_000..=6_000i32, 10..3_000u64), 1..12),
        start_mdeg in -60_000..60_000i32,
    ) {
        let mut plant = table_at(start_mdeg);
        for (rate, for_ms) in setpoints {
            for _ in 0..for_ms {
                let before = plant.true_tilt_mdeg();
                plant.advance(plant.now_ms() + 1, DriveInput::turn(rate));
                let moved = plant.true_tilt_mdeg() - before;
                prop_assert!(moved.abs() <= 8, "{moved} mdeg in 1 ms at {rate}");
            }
        }
    }
}
