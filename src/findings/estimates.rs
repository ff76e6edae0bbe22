//! Columns of rates, intervals, changes and q-values, as every table writes them.

use crate::base::TableBuilder;
use crate::stats::comparisons::Change;
use crate::stats::intervals::Interval;
use crate::stats::multiplicity::q_values;

/// A value with its 95 % interval; nothing where there is no denominator.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Estimate {
    pub value: Option<f64>,
    pub low: Option<f64>,
    pub high: Option<f64>,
}

impl Estimate {
    pub(super) fn of(value: f64, interval: Interval) -> Self {
        Self {
            value: Some(value),
            low: Some(interval.low),
            high: Some(interval.high),
        }
    }

    /// So many times as much.
    pub(super) fn times(self, factor: f64) -> Self {
        let times = |value: Option<f64>| value.map(|value| value * factor);
        Self {
            value: times(self.value),
            low: times(self.low),
            high: times(self.high),
        }
    }

    /// Two together; the limits are added, which is never too narrow.
    pub(super) fn plus(self, other: Self) -> Self {
        let plus = |a: Option<f64>, b: Option<f64>| Some(a? + b?);
        Self {
            value: plus(self.value, other.value),
            low: plus(self.low, other.low),
            high: plus(self.high, other.high),
        }
    }

    /// A share with its interval; nothing where `n` is 0.
    pub(super) fn share(successes: u64, n: u64, interval: impl FnOnce() -> Interval) -> Self {
        if n == 0 {
            Self::default()
        } else {
            Self::of(successes as f64 / n as f64, interval())
        }
    }
}

/// Adds the columns `name`, `name_low` and `name_high`.
pub(super) fn estimates(out: TableBuilder, name: &str, values: &[Estimate]) -> TableBuilder {
    out.real(name, values.iter().map(|v| v.value))
        .real(&format!("{name}_low"), values.iter().map(|v| v.low))
        .real(&format!("{name}_high"), values.iter().map(|v| v.high))
}

/// Adds the columns `name`, `_low`, `_high` and `_q`. `families` says for each row which
/// Benjamini-Hochberg family it belongs to; none is a family of its own.
pub(super) fn changes(
    out: TableBuilder,
    name: &str,
    values: &[Option<Change>],
    families: &[Option<u32>],
) -> TableBuilder {
    let q = family_q_values(
        &values.iter().map(|v| v.map(|c| c.p)).collect::<Vec<_>>(),
        families,
    );
    changed(out, name, values, &q)
}

/// Adds the columns `name`, `_low`, `_high` and `_q` of changes whose q-values are known.
pub(super) fn changed(
    out: TableBuilder,
    name: &str,
    values: &[Option<Change>],
    q: &[Option<f64>],
) -> TableBuilder {
    out.real(name, values.iter().map(|v| v.map(|c| c.estimate)))
        .real(
            &format!("{name}_low"),
            values.iter().map(|v| v.map(|c| c.low)),
        )
        .real(
            &format!("{name}_high"),
            values.iter().map(|v| v.map(|c| c.high)),
        )
        .real(&format!("{name}_q"), q.iter().copied())
}

/// Benjamini-Hochberg q-values within families; a row without a family keeps its p-value.
pub(crate) fn family_q_values(p: &[Option<f64>], families: &[Option<u32>]) -> Vec<Option<f64>> {
    let mut out: Vec<Option<f64>> = p.to_vec();
    let mut order: Vec<usize> = (0..p.len())
        .filter(|row| families[*row].is_some())
        .collect();
    order.sort_by_key(|row| (families[*row], *row));
    for family in order.chunk_by(|a, b| families[*a] == families[*b]) {
        let q = q_values(&family.iter().map(|row| p[*row]).collect::<Vec<_>>());
        for (row, q) in family.iter().zip(q) {
            out[*row] = q;
        }
    }
    out
}

/// Ranks from 1 by falling score, ties by row; rows without a score have none.
pub(super) fn ranks(scores: &[Option<f64>]) -> Vec<Option<i64>> {
    let mut order: Vec<usize> = (0..scores.len())
        .filter(|row| scores[*row].is_some())
        .collect();
    order.sort_by(|a, b| {
        let (a_score, b_score) = (scores[*a].unwrap_or(0.0), scores[*b].unwrap_or(0.0));
        b_score.total_cmp(&a_score).then(a.cmp(b))
    });
    let mut out = vec![None; scores.len()];
    for (rank, row) in order.into_iter().enumerate() {
        out[row] = Some(rank as i64 + 1);
    }
    out
}
