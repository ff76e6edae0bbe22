//! A change of leakage taken apart: that the parts always add up, that a single cause lands in its
//! own part, a case worked by hand, and the same parts from whole tables of rates.

use catchment_stats::explained::{Cell, Counts, Explained, Period, explain};
use proptest::prelude::*;

fn counts(leaked: u64, n: u64) -> Counts {
    Counts { leaked, n }
}

fn plain(counted: Counts) -> Period {
    Period {
        counted,
        as_before: counted,
    }
}

fn cell(referrer: u32, specialty: u32, before: Counts, after: Counts) -> Cell {
    Cell {
        referrer,
        specialty,
        in_both: true,
        before: plain(before),
        after: plain(after),
    }
}

/// Change, mix, rate, new, lost, affiliation and coverage.
fn parts(e: &Explained) -> [i64; 7] {
    let [new, lost] = [e.new_referrers, e.lost_referrers];
    let [other, feeds] = [e.affiliation, e.coverage];
    [e.change, e.mix, e.rate, new, lost, other, feeds]
}

/// Nothing but one part, and the whole change in it.
fn only(cells: &[Cell], part: usize) -> Result<(), TestCaseError> {
    let explained = explain(cells).unwrap();
    let mut expected = [0; 7];
    expected[0] = explained.to - explained.from;
    expected[part] = expected[0];
    prop_assert_eq!(parts(&explained), expected);
    Ok(())
}

fn some() -> impl Strategy<Value = Counts> {
    (0_u64..40, 1_u64..40).prop_map(|(leaked, n)| counts(leaked.min(n), n))
}

fn any_counts() -> impl Strategy<Value = Counts> {
    prop_oneof![1 => Just(counts(0, 0)), 3 => some()]
}

fn any_period() -> impl Strategy<Value = Period> {
    let same = any_counts().prop_map(plain);
    let changed =
        (any_counts(), any_counts()).prop_map(|(counted, as_before)| Period { counted, as_before });
    prop_oneof![3 => same, 1 => changed]
}

fn any_cells() -> impl Strategy<Value = Vec<Cell>> {
    let one = (
        0_u32..5,
        0_u32..3,
        prop::bool::weighted(0.8),
        any_period(),
        any_period(),
    );
    let cell = one.prop_map(|(referrer, specialty, in_both, before, after)| Cell {
        referrer,
        specialty,
        in_both,
        before,
        after,
    });
    prop::collection::vec(cell, 1..14)
}

/// Cells of two referrals and more that stay as they are, each of another referrer and specialty.
fn steady_cells() -> impl Strategy<Value = Vec<Cell>> {
    prop::collection::vec(some(), 1..8).prop_map(|all| {
        let numbered = all.into_iter().enumerate();
        numbered
            .map(|(at, counts)| cell(at as u32 / 2, at as u32 % 3, counts, counts))
            .collect()
    })
}

fn times(counts: Counts, factor: u64) -> Counts {
    Counts {
        leaked: counts.leaked * factor,
        n: counts.n * factor,
    }
}

/// Two specialties, worked by hand. Referrer 1 is in both quarters in both specialties, referrer 2
/// starts with the second, 3 is new, 4 is gone, 5 came with an acquired practice, and a feed began.
#[test]
fn by_hand() {
    let mut acquired = cell(5, 1, counts(0, 0), counts(10, 10));
    acquired.after.as_before = counts(0, 0);
    let mut begun = cell(1, 1, counts(0, 0), counts(0, 20));
    begun.in_both = false;
    let explained = explain(&[
        cell(1, 1, counts(10, 40), counts(12, 40)),
        cell(1, 2, counts(5, 10), counts(4, 10)),
        cell(2, 1, counts(0, 50), counts(0, 40)),
        cell(2, 2, counts(0, 0), counts(6, 10)),
        cell(3, 1, counts(0, 0), counts(20, 20)),
        cell(4, 2, counts(30, 50), counts(0, 0)),
        acquired,
        begun,
    ])
    .unwrap();
    // L0 = 45/150, L1 = 52/150; L1* = 52/130, A1* = 42/120, R1 = 22/100, R0 = 15/100.
    assert_eq!((explained.from, explained.to), (30_000_000, 34_666_667));
    assert_eq!(explained.coverage, -5_333_333);
    assert_eq!(explained.affiliation, 5_000_000);
    assert_eq!(explained.new_referrers, 13_000_000);
    assert_eq!(explained.lost_referrers, -15_000_000);
    // .4 (.30 - .25) + .1 (.4 - .5) + .45 (0) + .05 (.6 - .5), the last from specialty 2's 5 of 10.
    assert_eq!(explained.rate, 1_500_000);
    // 0 + 0 + 0 (.4 - .5) + .55 (.1 - 0).
    assert_eq!(explained.mix, 5_500_000);
}

/// Leakage under the weights of one period and the rates of another.
fn standardised(weights: &[f64], rates: &[f64]) -> f64 {
    let sum: f64 = weights.iter().sum();
    weights.iter().zip(rates).map(|(w, r)| w * r).sum::<f64>() / sum
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn the_parts_add_up(cells in any_cells()) {
        if let Some(explained) = explain(&cells) {
            let [change, parts @ ..] = parts(&explained);
            prop_assert_eq!(change, explained.to - explained.from);
            prop_assert_eq!(parts.iter().sum::<i64>(), change);
        }
    }

    /// Neither the order of the cells, nor a cell in two pieces, nor all counts ten times as large.
    #[test]
    fn what_makes_no_difference(cells in any_cells(), turn in 0_usize..14) {
        let explained = explain(&cells);
        let mut turned = cells.clone();
        turned.rotate_left(turn % cells.len());
        turned.push(Cell { before: plain(counts(0, 0)), after: plain(counts(0, 0)), ..cells[0] });
        prop_assert_eq!(explain(&turned), explained);
        let mut pieces = cells.clone();
        let first = &mut pieces[0];
        let rest = Cell { after: plain(counts(0, 0)), ..*first };
        first.before = plain(counts(0, 0));
        pieces.push(rest);
        prop_assert_eq!(explain(&pieces), explained);
        let tenfold = |p: Period| Period {
            counted: times(p.counted, 10),
            as_before: times(p.as_before, 10),
        };
        let large: Vec<Cell> = cells
            .iter()
            .map(|c| Cell { before: tenfold(c.before), after: tenfold(c.after), ..*c })
            .collect();
        prop_assert_eq!(explain(&large), explained);
    }

    /// Read backwards, every part turns its sign, and who was lost is new.
    #[test]
    fn exchanging_the_periods_turns_all_round(cells in any_cells()) {
        let back: Vec<Cell> = cells
            .iter()
            .map(|c| Cell { before: c.after, after: c.before, ..*c })
            .collect();
        if let (Some(there), Some(back)) = (explain(&cells), explain(&back)) {
            let [change, mix, rate, new, lost, other, feeds] = parts(&back).map(|part| -part);
            prop_assert_eq!(parts(&there), [change, mix, rate, lost, new, other, feeds]);
        }
    }

    #[test]
    fn nothing_changed(cells in steady_cells()) {
        prop_assert_eq!(parts(&explain(&cells).unwrap()), [0; 7]);
    }

    #[test]
    fn only_other_rates(cells in steady_cells(), leaked in prop::collection::vec(0_u64..200, 8), k in 1_u64..4) {
        let mut cells = cells;
        for (cell, leaked) in cells.iter_mut().zip(leaked) {
            let n = cell.before.counted.n * k;
            cell.after = plain(counts(leaked.min(n), n));
        }
        only(&cells, 2)?;
    }

    #[test]
    fn only_another_mix(cells in steady_cells(), factors in prop::collection::vec((1_u64..9, 1_u64..9), 8)) {
        let mut cells = cells;
        for (cell, (before, after)) in cells.iter_mut().zip(factors) {
            let counts = cell.before.counted;
            *cell = Cell { before: plain(times(counts, before)), after: plain(times(counts, after)), ..*cell };
        }
        only(&cells, 1)?;
    }

    /// A referrer turns from one specialty to another, and leaks in each as all do there.
    #[test]
    fn only_another_specialty(n in 1_u64..50, m in 1_u64..50) {
        only(&[
            cell(0, 0, counts(30, 40), counts(30, 40)),
            cell(0, 1, counts(10, 40), counts(10, 40)),
            cell(1, 0, counts(3 * n, 4 * n), counts(0, 0)),
            cell(1, 1, counts(0, 0), counts(m, 4 * m)),
        ], 1)?;
    }

    #[test]
    fn only_new_or_lost_referrers(cells in steady_cells(), others in prop::collection::vec(some(), 1..4)) {
        let (mut new, mut lost) = (cells.clone(), cells);
        for (at, other) in (100..).zip(others) {
            new.push(cell(at, at % 3, counts(0, 0), other));
            lost.push(cell(at, at % 3, other, counts(0, 0)));
        }
        only(&new, 3)?;
        only(&lost, 4)?;
    }

    #[test]
    fn only_other_affiliations(cells in steady_cells(), counted in prop::collection::vec(any_counts(), 8)) {
        let mut cells = cells;
        for (cell, counted) in cells.iter_mut().zip(counted).skip(1) {
            cell.after.counted = counted;
        }
        only(&cells, 5)?;
    }

    #[test]
    fn only_other_feeds(cells in steady_cells(), feeds in prop::collection::vec((any_period(), any_period()), 1..4)) {
        let mut cells = cells;
        for (referrer, (before, after)) in (0..).zip(feeds) {
            cells.push(Cell { referrer, specialty: 0, in_both: false, before, after });
        }
        only(&cells, 6)?;
    }

    /// Rate and mix by direct standardisation, each the mean of its two orders, from filled tables.
    #[test]
    fn equals_standardised_rates(table in prop::collection::vec((some(), some()), 2..10)) {
        let cells: Vec<Cell> = (0..).zip(&table).map(|(at, (b, a))| cell(at, at % 3, *b, *a)).collect();
        let column = |of: fn(&(Counts, Counts)) -> f64| table.iter().map(of).collect::<Vec<f64>>();
        let (w0, w1) = (column(|c| c.0.n as f64), column(|c| c.1.n as f64));
        let l0 = column(|c| c.0.leaked as f64 / c.0.n as f64);
        let l1 = column(|c| c.1.leaked as f64 / c.1.n as f64);
        let by = |w: &[f64], l: &[f64]| 1e8 * standardised(w, l);
        let rate = (by(&w0, &l1) - by(&w0, &l0) + by(&w1, &l1) - by(&w1, &l0)) / 2.0;
        let mix = (by(&w1, &l0) - by(&w0, &l0) + by(&w1, &l1) - by(&w0, &l1)) / 2.0;
        let explained = explain(&cells).unwrap();
        prop_assert!((explained.rate as f64 - rate).abs() < 1.6, "{} {rate}", explained.rate);
        prop_assert!((explained.mix as f64 - mix).abs() < 1.6, "{} {mix}", explained.mix);
    }
}
