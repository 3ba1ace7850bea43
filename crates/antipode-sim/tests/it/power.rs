//! What happens to a person head-down when the power goes (hazards H-13 and H-14).

use super::{run, run_until};
use antipode_sim::person::PersonConfig;
use antipode_sim::plant::{DriveInput, LatchFault, Plant, PlantConfig, Rescue, SpotterAct};

fn table(rescue: Rescue, start_mdeg: i32) -> Plant {
    let config = PlantConfig { start_mdeg, ..PlantConfig::with_rescue(rescue) };
    Plant::new(&config, &PersonConfig::reference(), 1)
}

fn in_rest_band(plant: &Plant) -> bool {
    (-10_000..=0).contains(&plant.true_tilt_mdeg())
}

#[test]
fn by_gravity_the_person_comes_up_within_30_seconds_gently_and_stays_in_the_rest_band() {
    for (start_mdeg, input) in
        [(60_000, DriveInput::HELD), (60_000, DriveInput::turn(3_000)), (15_000, DriveInput::DEAD)]
    {
        let mut plant = table(Rescue::Gravity, start_mdeg);
        plant.faults_mut().all_power_cut = true;
        let took = run_until(&mut plant, 60_000, input, |p| {
            assert!(p.true_rate_mdeg_per_s().abs() <= 6_000, "{}", p.true_rate_mdeg_per_s());
            p.true_tilt_mdeg() <= -2_000
        });
        let took = took.expect("the weight brings the bed up");
        assert!(took <= 32_000, "{took} ms from {start_mdeg}");
        run(&mut plant, 120_000, input);
        assert!(in_rest_band(&plant), "{}", plant.true_tilt_mdeg());
        assert_eq!(plant.true_rate_mdeg_per_s(), 0);
        assert!(!plant.sense().powered);
    }
}

#[test]
fn gravity_never_takes_a_person_with_raised_arms_further_down() {
    let mut plant = table(Rescue::Gravity, 30_000);
    plant.raise_arms(true);
    run(&mut plant, 2_000, DriveInput::HELD);
    assert!(plant.weight_moment_mnm() < 0);
    plant.faults_mut().all_power_cut = true;
    run(&mut plant, 30_000, DriveInput::HELD);
    assert_eq!(plant.true_tilt_mdeg(), 30_000);
    plant.raise_arms(false);
    run(&mut plant, 30_000, DriveInput::HELD);
    assert!(in_rest_band(&plant), "{}", plant.true_tilt_mdeg());
}

#[test]
fn gravity_leaves_an_upright_bed_where_it_is() {
    let mut plant = table(Rescue::Gravity, -75_000);
    plant.faults_mut().all_power_cut = true;
    run(&mut plant, 60_000, DriveInput::HELD);
    assert!((plant.true_tilt_mdeg() + 75_000).abs() < 500, "{}", plant.true_tilt_mdeg());
}

#[test]
fn the_release_lever_works_with_the_power_on() {
    let mut plant = table(Rescue::Gravity, 45_000);
    assert!(plant.spotter(SpotterAct::Release));
    run(&mut plant, 30_000, DriveInput::HELD);
    assert!(in_rest_band(&plant), "{}", plant.true_tilt_mdeg());
}

#[test]
fn on_battery_the_drive_still_returns_and_the_controller_knows() {
    let mut plant = table(Rescue::Battery, 60_000);
    plant.faults_mut().mains_cut = true;
    run(&mut plant, 100, DriveInput::HELD);
    let sensed = plant.sense();
    assert!(sensed.powered && !sensed.mains && sensed.battery_percent >= 99);
    let took =
        run_until(&mut plant, 45_000, DriveInput::turn(-3_000), |p| p.true_tilt_mdeg() <= -3_000);
    assert!(took.is_some());
}

#[test]
fn an_empty_battery_is_a_power_cut() {
    let mut config =
        PlantConfig { start_mdeg: 30_000, ..PlantConfig::with_rescue(Rescue::Battery) };
    config.supply.battery_mah = 1;
    let mut plant = Plant::new(&config, &PersonConfig::reference(), 1);
    plant.faults_mut().mains_cut = true;
    run(&mut plant, 60_000, DriveInput::turn(-1_000));
    assert!(!plant.powered());
    assert!(plant.true_tilt_mdeg() > 0 && plant.true_rate_mdeg_per_s() == 0);
}

#[test]
fn with_all_power_gone_battery_crank_and_none_hold_for_ever() {
    for rescue in [Rescue::Battery, Rescue::Crank, Rescue::None] {
        let mut plant = table(rescue, 60_000);
        plant.faults_mut().all_power_cut = true;
        run(&mut plant, 600_000, DriveInput::turn(-3_000));
        assert_eq!(plant.true_tilt_mdeg(), 60_000, "{rescue:?}");
    }
}

#[test]
fn a_spotter_winds_the_person_up_where_there_is_a_crank_and_only_there() {
    for rescue in [Rescue::Gravity, Rescue::Battery, Rescue::Crank, Rescue::None] {
        let mut plant = table(rescue, 60_000);
        plant.faults_mut().all_power_cut = true;
        let works = plant.spotter(SpotterAct::Crank { mdeg_per_s: -2_000 });
        assert_eq!(works, matches!(rescue, Rescue::Crank | Rescue::Battery), "{rescue:?}");
        if works {
            let took = run_until(&mut plant, 60_000, DriveInput::DEAD, in_rest_band);
            assert!((29_000..32_000).contains(&took.expect("the crank turns the bed")), "{took:?}");
            plant.spotter(SpotterAct::HandsOff);
            run(&mut plant, 60_000, DriveInput::DEAD);
            assert!(in_rest_band(&plant));
        }
    }
}

#[test]
fn a_load_that_is_too_much_for_the_hands_does_not_turn_the_crank_back() {
    let config = PlantConfig { start_mdeg: 40_000, ..PlantConfig::with_rescue(Rescue::Crank) };
    let heavy = PersonConfig { mass_kg: 150, height_cm: 195, ..PersonConfig::reference() };
    let mut plant = Plant::new(&config, &heavy, 1);
    plant.faults_mut().latch_first = Some(LatchFault::Opens);
    plant.faults_mut().latch_second = Some(LatchFault::Opens);
    run(&mut plant, 5_000, DriveInput::HELD);
    assert!(plant.slid_mm() > 100 && plant.weight_moment_mnm() < -260_000);
    plant.faults_mut().all_power_cut = true;
    assert!(plant.spotter(SpotterAct::Crank { mdeg_per_s: -2_000 }));
    run(&mut plant, 60_000, DriveInput::DEAD);
    assert!((39_900..=40_000).contains(&plant.true_tilt_mdeg()), "{}", plant.true_tilt_mdeg());
}

#[test]
fn a_crank_does_not_fight_a_live_drive() {
    let mut plant = table(Rescue::Crank, 30_000);
    plant.spotter(SpotterAct::Crank { mdeg_per_s: -2_000 });
    run(&mut plant, 5_000, DriveInput::HELD);
    assert_eq!(plant.true_tilt_mdeg(), 30_000);
}

#[test]
fn power_that_comes_back_moves_nothing_by_itself() {
    let mut plant = table(Rescue::Gravity, 50_000);
    plant.faults_mut().all_power_cut = true;
    run(&mut plant, 5_000, DriveInput::HELD);
    plant.faults_mut().all_power_cut = false;
    run(&mut plant, 1_000, DriveInput::HELD);
    let there = plant.true_tilt_mdeg();
    run(&mut plant, 60_000, DriveInput::HELD);
    assert_eq!(plant.true_tilt_mdeg(), there);
    assert!(plant.sense().powered);
}

#[test]
fn a_sag_slows_the_drive_and_a_deep_one_resets_the_controller() {
    let mut plant = table(Rescue::Crank, 30_000);
    plant.faults_mut().supply_sag_mv = 8_000;
    run(&mut plant, 5_000, DriveInput::turn(-6_000));
    assert!((-5_600..-3_000).contains(&plant.true_rate_mdeg_per_s()));
    assert!((15_000..16_100).contains(&plant.sense().supply_mv));
    plant.faults_mut().supply_sag_mv = 12_000;
    run(&mut plant, 1_000, DriveInput::turn(-6_000));
    assert!(!plant.powered());
    assert_eq!(plant.true_rate_mdeg_per_s(), 0);
    plant.faults_mut().supply_sag_mv = 8_000;
    run(&mut plant, 1_000, DriveInput::turn(-6_000));
    assert!(!plant.powered(), "what kept it running does not start it again");
    plant.faults_mut().supply_sag_mv = 0;
    run(&mut plant, 1_000, DriveInput::HELD);
    assert!(plant.powered());
}
