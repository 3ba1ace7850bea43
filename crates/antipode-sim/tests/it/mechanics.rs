//! Statics, drive and brake.

use super::{run, run_until, table_at};
use antipode_sim::person::{PersonConfig, Sex};
use antipode_sim::plant::{BrakeConfig, BrakeJam, DriveInput, GearConfig, Plant, PlantConfig};

fn table(boom_offset_mm: i32, mass_kg: u16, start_mdeg: i32) -> Plant {
    let config = PlantConfig { boom_offset_mm, start_mdeg, ..PlantConfig::reference() };
    Plant::new(&config, &PersonConfig { mass_kg, ..PersonConfig::reference() }, 1)
}

#[test]
fn weight_moments_match_statics() {
    let rows = [(80, [16, 39, 78, 118]), (136, [27, 67, 133, 200]), (159, [31, 78, 156, 234])];
    for (mass_kg, moments) in rows {
        for (offset_mm, expected_nm) in [20, 50, 100, 150].into_iter().zip(moments) {
            let moment = table(offset_mm, mass_kg, 0).weight_moment_mnm();
            assert!((moment - expected_nm * 1_000).abs() <= 600, "{mass_kg} kg: {moment} mN m");
        }
    }
}

#[test]
fn raised_arms_take_46_newton_metres_at_80_kg_and_79_at_136() {
    for (mass_kg, expected_nm) in [(80, 46), (136, 79)] {
        let person = PersonConfig { mass_kg, height_cm: 174, ..PersonConfig::reference() };
        let mut plant = Plant::new(&PlantConfig::reference(), &person, 1);
        let before = plant.weight_moment_mnm();
        plant.raise_arms(true);
        run(&mut plant, 1_500, DriveInput::HELD);
        let taken = before - plant.weight_moment_mnm();
        assert!((taken - expected_nm * 1_000).abs() < 1_000, "{taken} mN m");
    }
}

#[test]
fn a_heavy_person_far_from_the_pivot_is_held_at_60_degrees_by_the_brake_alone() {
    let gear = GearConfig { efficiency_percent: 90, ..PlantConfig::reference().gear };
    let config =
        PlantConfig { gear, boom_offset_mm: 150, start_mdeg: 60_000, ..PlantConfig::reference() };
    let person = PersonConfig { mass_kg: 136, ..PersonConfig::reference() };
    for input in [DriveInput::HELD, DriveInput::DEAD] {
        let mut plant = Plant::new(&config, &person, 1);
        run(&mut plant, 600_000, input);
        assert_eq!(plant.true_tilt_mdeg(), 60_000);
    }
}

#[test]
fn a_self_locking_gear_holds_without_brake_and_a_light_one_does_not() {
    for (efficiency_percent, holds) in [(45, true), (85, false)] {
        let gear = GearConfig { efficiency_percent, ..PlantConfig::reference().gear };
        let config = PlantConfig {
            gear,
            boom_offset_mm: 75,
            start_mdeg: 40_000,
            ..PlantConfig::reference()
        };
        let mut plant = Plant::new(&config, &PersonConfig::reference(), 1);
        plant.faults_mut().brake_jam = Some(BrakeJam::Open);
        run(&mut plant, 2_000, DriveInput::DEAD);
        assert_eq!(plant.true_tilt_mdeg() == 40_000, holds, "{}", plant.true_tilt_mdeg());
    }
}

#[test]
fn the_drive_reaches_its_rate_and_holds_it_both_ways() {
    for (start_mdeg, rate) in [(-3_000, 1_500), (-3_000, 3_000), (60_000, -3_000), (60_000, -6_000)]
    {
        let mut plant = table_at(start_mdeg);
        run(&mut plant, 2_000, DriveInput::turn(rate));
        for _ in 0..300 {
            run(&mut plant, 10, DriveInput::turn(rate));
            let off = plant.true_rate_mdeg_per_s() - rate;
            assert!(off.abs() <= 30, "rate {} for {rate}", plant.true_rate_mdeg_per_s());
        }
    }
}

#[test]
fn zero_rate_then_brake_stands_still_within_a_fifth_of_a_degree() {
    let mut plant = table_at(10_000);
    run(&mut plant, 4_000, DriveInput::turn(3_000));
    let at_command = plant.true_tilt_mdeg();
    run(&mut plant, 400, DriveInput::turn(0));
    run(&mut plant, 400, DriveInput::HELD);
    let travelled = plant.true_tilt_mdeg() - at_command;
    assert!((0..600).contains(&travelled), "{travelled} mdeg");
    let held = plant.true_tilt_mdeg();
    run(&mut plant, 60_000, DriveInput::HELD);
    assert_eq!(plant.true_tilt_mdeg(), held);
    assert_eq!(plant.true_rate_mdeg_per_s(), 0);
}

#[test]
fn opening_the_relay_in_motion_ends_it_within_half_a_degree() {
    let mut plant = table_at(20_000);
    run(&mut plant, 3_000, DriveInput::turn(3_000));
    let at_cut = plant.true_tilt_mdeg();
    run(&mut plant, 500, DriveInput::DEAD);
    assert_eq!(plant.true_rate_mdeg_per_s(), 0);
    assert!((plant.true_tilt_mdeg() - at_cut).abs() < 500);
}

#[test]
fn a_setting_five_centimetres_off_shows_in_the_current() {
    // Makers' rule: 2.5 cm tall. Wrong by 5 cm either way is 75 and -25.
    let lowering_ma = |boom_offset_mm| {
        let mut plant = table(boom_offset_mm, 80, -3_000);
        run(&mut plant, 6_000, DriveInput::turn(1_500));
        plant.sense().current_ma
    };
    let (right, tall, short) = (lowering_ma(25), lowering_ma(75), lowering_ma(-25));
    assert!(tall > 2 * right, "right {right} mA, too tall {tall} mA");
    assert!(short < right * 2 / 3, "right {right} mA, too short {short} mA");
}

#[test]
fn a_setting_too_short_makes_the_weight_pull_head_down() {
    assert!(table(25, 80, 0).weight_moment_mnm() > 0);
    assert!(table(-25, 80, 0).weight_moment_mnm() < 0);
}

#[test]
fn end_stops_hold_against_the_full_drive() {
    for (rate, low, high) in [(6_000, 80_000, 82_000), (-6_000, -87_000, -85_000)] {
        let mut plant = table_at(0);
        run(&mut plant, 60_000, DriveInput::turn(rate));
        let tilt = plant.true_tilt_mdeg();
        assert!((low..=high).contains(&tilt), "{tilt}");
        assert!(plant.sense().current_ma > 5_000, "{}", plant.sense().current_ma);
    }
}

#[test]
fn work_warms_the_drive_and_rest_cools_it() {
    let mut plant = table(100, 136, -3_000);
    for _ in 0..15 {
        run(&mut plant, 10_000, DriveInput::turn(6_000));
        run(&mut plant, 10_000, DriveInput::turn(-6_000));
    }
    let warm = plant.sense().temperature_c;
    assert!((24..70).contains(&warm), "{warm}");
    run(&mut plant, 3_600_000, DriveInput::HELD);
    assert!(plant.sense().temperature_c <= 22);
}

#[test]
fn long_steps_agree_with_full_millisecond_steps() {
    let script: [(u64, i32); 14] = [
        (500, 400),
        (500, 900),
        (9_000, 1_500),
        (400, 700),
        (300, 0),
        (8_000, 0),
        (11_000, 3_000),
        (500, 0),
        (30_000, 0),
        (12_000, -3_000),
        (600, -1_000),
        (4_000, 2_000),
        (6_000, -1_000),
        (2_000, 0),
    ];
    for (boom_offset_mm, efficiency_percent, sex) in
        [(25, 45, Sex::Male), (-30, 45, Sex::Female), (90, 80, Sex::Male)]
    {
        let gear = GearConfig { efficiency_percent, ..PlantConfig::reference().gear };
        let coarse = PlantConfig { gear, boom_offset_mm, ..PlantConfig::reference() };
        let fine = PlantConfig { always_fine: true, ..coarse.clone() };
        let person = PersonConfig { sex, ..PersonConfig::reference() };
        let mut plants = [Plant::new(&coarse, &person, 1), Plant::new(&fine, &person, 1)];
        for (round, (for_ms, rate)) in script.into_iter().cycle().take(42).enumerate() {
            let input = DriveInput {
                setpoint_mdeg_per_s: rate,
                brake: rate == 0 && for_ms > 1_000,
                relay: true,
            };
            for plant in &mut plants {
                run(plant, for_ms, input);
            }
            let [coarse, fine] = &plants;
            let apart = coarse.true_tilt_mdeg() - fine.true_tilt_mdeg();
            assert!(apart.abs() <= 10, "round {round}: {apart} mdeg apart");
        }
    }
}

#[test]
fn how_often_the_controller_looks_does_not_matter() {
    let mut plants = [table_at(-3_000), table_at(-3_000)];
    for (for_ms, rate) in [(10_000u64, 2_000), (1_000, 0), (8_000, -1_500)] {
        for (plant, tick) in plants.iter_mut().zip([1, 7]) {
            let end = plant.now_ms() + for_ms;
            while plant.now_ms() < end {
                plant.advance((plant.now_ms() + tick).min(end), DriveInput::turn(rate));
            }
        }
    }
    let apart = plants[0].true_tilt_mdeg() - plants[1].true_tilt_mdeg();
    assert!(apart.abs() <= 10, "{apart} mdeg apart");
}

#[test]
fn time_that_has_passed_is_no_step() {
    let mut plant = table_at(5_000);
    run(&mut plant, 100, DriveInput::turn(1_000));
    let before = plant.clone();
    plant.advance(50, DriveInput::turn(1_000));
    assert_eq!(plant.now_ms(), before.now_ms());
    assert_eq!(plant.true_tilt_mdeg(), before.true_tilt_mdeg());
}

#[test]
fn a_full_descent_takes_as_long_as_its_rate_says() {
    let mut plant = table_at(0);
    let took =
        run_until(&mut plant, 60_000, DriveInput::turn(3_000), |p| p.true_tilt_mdeg() >= 60_000);
    let took = took.expect("the table reaches 60 degrees");
    assert!((20_000..21_000).contains(&took), "{took} ms");
}

/// A table whose gear a load can turn, with the weight 75 mm off the pivot.
fn light_gear(rated_torque_nm: u16, start_mdeg: i32) -> PlantConfig {
    let gear =
        GearConfig { efficiency_percent: 85, rated_torque_nm, ..PlantConfig::reference().gear };
    PlantConfig { gear, boom_offset_mm: 75, start_mdeg, ..PlantConfig::reference() }
}

#[test]
fn the_steeper_the_bed_the_less_the_weight_turns_it() {
    let current_ma = |start_mdeg| {
        let mut plant = table(75, 80, start_mdeg);
        run(&mut plant, 2_000, DriveInput::turn(1_500));
        plant.sense().current_ma
    };
    // The cosine of 60 degrees is a half; idling and bearings do not care.
    let (level, steep) = (current_ma(0), current_ma(59_000));
    let ratio = f64::from(steep - 370) / f64::from(level - 370);
    assert!((0.47..0.53).contains(&ratio), "{level} mA, {steep} mA");
}

#[test]
fn the_drive_waits_for_the_brake_to_open_and_holds_until_it_has_closed() {
    let mut plant = Plant::new(&light_gear(250, 40_000), &PersonConfig::reference(), 1);
    run(&mut plant, 110, DriveInput::turn(1_000));
    assert_eq!((plant.true_tilt_mdeg(), plant.sense().current_ma), (40_000, 0));
    run(&mut plant, 3_000, DriveInput::turn(0));
    let there = plant.true_tilt_mdeg();
    run(&mut plant, 1_000, DriveInput::HELD);
    assert!((plant.true_tilt_mdeg() - there).abs() <= 1, "no drop while the brake closes");
    run(&mut plant, 1_000, DriveInput::turn(0));
    let there = plant.true_tilt_mdeg();
    run(&mut plant, 1_000, DriveInput::DEAD);
    let dropped = there - plant.true_tilt_mdeg();
    assert!((20..500).contains(&dropped), "{dropped} mdeg until the brake has closed");
}

#[test]
fn a_dead_motor_brakes_a_falling_bed() {
    let mut plant = Plant::new(&light_gear(250, 20_000), &PersonConfig::reference(), 1);
    plant.faults_mut().brake_jam = Some(BrakeJam::Open);
    run(&mut plant, 1_500, DriveInput::DEAD);
    let rate = plant.true_rate_mdeg_per_s();
    assert!((-12_000..-6_000).contains(&rate), "{rate}");
}

#[test]
fn an_overloaded_drive_falls_back_with_what_it_lacks() {
    let mut plant = Plant::new(&light_gear(20, 30_000), &PersonConfig::reference(), 1);
    run(&mut plant, 1_000, DriveInput::turn(0));
    assert!(plant.true_rate_mdeg_per_s() < -20_000, "{}", plant.true_rate_mdeg_per_s());
}

#[test]
fn a_brake_too_weak_for_the_weight_slips() {
    let brake = BrakeConfig { slip_torque_nm: 20, ..PlantConfig::reference().brake };
    let config = PlantConfig { brake, ..light_gear(250, 10_000) };
    let mut plant = Plant::new(&config, &PersonConfig::reference(), 1);
    run(&mut plant, 1_000, DriveInput::HELD);
    assert!(plant.true_tilt_mdeg() < 9_000, "{}", plant.true_tilt_mdeg());
}

#[test]
fn a_jump_of_the_setpoint_does_not_jerk_the_person() {
    let mut plant = table_at(0);
    run(&mut plant, 1_000, DriveInput::turn(0));
    for _ in 0..1_000 {
        let before = plant.true_rate_mdeg_per_s();
        plant.advance(plant.now_ms() + 1, DriveInput::turn(6_000));
        // 20 degrees a second squared, and half as much again where the loop catches up.
        assert!((plant.true_rate_mdeg_per_s() - before).abs() <= 30);
    }
}

#[test]
fn cold_grease_draws_more_current() {
    let current_ma = |room_c| {
        let config = PlantConfig { room_c, ..PlantConfig::reference() };
        let mut plant = Plant::new(&config, &PersonConfig::reference(), 1);
        run(&mut plant, 4_000, DriveInput::turn(1_500));
        plant.sense().current_ma
    };
    assert!(current_ma(5) > current_ma(35) + 10);
}
