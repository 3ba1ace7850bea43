use proptest::prelude::*;

use super::*;

fn table(points: &[(i32, i32)]) -> Result<StrokeTable, StrokeError> {
    let point = |&(stroke, tilt_mdeg)| StrokePoint { stroke, tilt_mdeg };
    StrokeTable::new(points.iter().map(point).collect())
}

#[test]
fn only_a_strictly_monotone_table_is_one() {
    for (points, why) in [
        (&[(0, 0)][..], StrokeError::Count(1)),
        (&[(0, 0), (0, 10)], StrokeError::Stroke(1)),
        (&[(0, 0), (10, 10), (5, 20)], StrokeError::Stroke(2)),
        (&[(0, 0), (10, 0)], StrokeError::Tilt(1)),
        (&[(0, 0), (10, 10), (20, 10)], StrokeError::Tilt(2)),
        (&[(0, 0), (10, 10), (20, 5)], StrokeError::Tilt(2)),
        (&[(0, 0), (10, 95_001)], StrokeError::Range(1)),
    ] {
        assert_eq!(table(points), Err(why), "{points:?}");
    }
    assert!(table(&[(0, 20_000), (10, 10_000), (20, -5)]).is_ok());
}

#[test]
fn between_points_it_is_straight_and_beyond_them_it_ends() {
    let table = table(&[(0, -10_000), (100_000, 20_000), (300_000, 60_000)]).unwrap();
    for (stroke, tilt) in [
        (0, Some(-10_000)),
        (50_000, Some(5_000)),
        (100_000, Some(20_000)),
        (200_000, Some(40_000)),
        (300_000, Some(60_000)),
        (305_000, Some(61_000)),
        (305_001, None),
        (-3_337, None),
        (-3_333, Some(-10_999)),
        (i32::MAX, None),
        (i32::MIN, None),
    ] {
        assert_eq!(table.tilt_mdeg(stroke), tilt, "{stroke}");
    }
    assert_eq!(table.stroke(70_000), 300_000);
    assert_eq!(table.stroke(-70_000), 0);
}

#[test]
fn a_rate_is_turned_at_the_slope_where_the_bed_stands() {
    let table = table(&[(0, 40_000), (100_000, 20_000), (300_000, 0)]).unwrap();
    assert!(!table.out_is_down());
    assert_eq!(table.speed(Some(50_000), 1_000), -5_000);
    assert_eq!(table.speed(Some(200_000), 1_000), -10_000);
    assert_eq!(table.speed(None, 1_000), -5_000, "the slowest");
    assert_eq!(table.rate_mdeg_s(Some(200_000), -10_000), 1_000);
    assert_eq!(table.rate_mdeg_s(None, -10_000), 2_000, "the fastest");
}

proptest! {
    /// A tilt turned into a stroke and back is never more head-down than asked, and close to it.
    #[test]
    fn the_way_there_and_back_never_ends_more_head_down(
        steps in proptest::collection::vec((1i32..100_000, 1i32..9_000), 1..10),
        falls: bool,
        share in 0i64..=1_000,
    ) {
        let mut point = StrokePoint { stroke: -50_000, tilt_mdeg: if falls { 90_000 } else { -90_000 } };
        let mut points = vec![point];
        for (stroke, tilt) in steps {
            point.stroke += stroke;
            point.tilt_mdeg += if falls { -tilt } else { tilt };
            points.push(point);
        }
        let table = StrokeTable::new(points).unwrap();
        let (low, high) = table.tilts();
        let tilt = low + i32::try_from(i64::from(high - low) * share / 1_000).unwrap();
        let back = table.tilt_mdeg(table.stroke(tilt)).unwrap();
        let step = i64::from(table.rate_mdeg_s(None, 1)).abs() + 2;
        prop_assert!(back <= tilt + 1 && i64::from(tilt - back) <= step, "{tilt} {back}");
    }
}
