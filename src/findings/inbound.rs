//! What comes in: by territory, specialty, referrers' affiliation and receiving practice, with the
//! rows `all` of each but the affiliation.

use std::collections::BTreeMap;

use super::context::{Context, Finding, Made};
use super::estimates::changes;
use crate::base::{Quarter, Result, Table, TableBuilder, calendar};
use crate::stats::changes::{CountCluster, rate_ratio_change};
use crate::stats::comparisons::Change;

pub(super) const FINDING: Finding = Finding {
    name: "inbound",
    marts: &["int_inbound_cells"],
    make,
};

const ALL: &str = "all";

/// territory, specialty, referring affiliation, receiving practice.
type Key = [String; 4];

#[derive(Default)]
struct Counts {
    by_referrer: Vec<(u32, u64)>,
    completed: u64,
    declined: u64,
}

impl Counts {
    fn n(&self) -> u64 {
        self.by_referrer.iter().map(|c| c.1).sum()
    }
}

struct Cell {
    key: Key,
    quarter: Quarter,
    referrer: u32,
    n: u64,
    completed: u64,
    declined: u64,
}

fn make(context: &Context<'_>, _made: &Made) -> Result<Table> {
    let (cells, names) = read(context)?;
    let shown = context.quarter.last(8);
    let mut rows: Vec<Row> = Vec::new();
    for pattern in 0..8u32 {
        rows.extend(rows_of(&cells, pattern, &shown));
    }
    rows.sort_by(|a, b| (&a.key, a.quarter).cmp(&(&b.key, b.quarter)));
    assemble(&rows, &names)
}

fn read(context: &Context<'_>) -> Result<(Vec<Cell>, BTreeMap<String, String>)> {
    let table = context.warehouse.read("int_inbound_cells")?.sorted_by(&[
        "territory",
        "specialty",
        "referring_affiliation",
        "receiving_practice_id",
        "quarter",
        "referring_npi",
    ])?;
    let keys = [
        "territory",
        "specialty",
        "referring_affiliation",
        "receiving_practice_id",
    ];
    let keys = [
        table.text(keys[0])?,
        table.text(keys[1])?,
        table.text(keys[2])?,
        table.text(keys[3])?,
    ];
    let (quarters, npis) = (table.text("quarter")?, table.text("referring_npi")?);
    let titles = table.text("receiving_practice_name")?;
    let (n, completed, declined) = (
        table.int("n")?,
        table.int("completed")?,
        table.int("declined_by_us")?,
    );
    let mut numbers: Vec<&str> = npis.iter().flatten().collect();
    numbers.sort_unstable();
    numbers.dedup();
    let mut names = BTreeMap::new();
    let count = |value: i64| value.max(0) as u64;
    let cells = (0..table.rows())
        .map(|row| {
            names.insert(
                keys[3].value(row).to_string(),
                titles.value(row).to_string(),
            );
            Ok(Cell {
                key: keys.map(|k| k.value(row).to_string()),
                quarter: quarters.value(row).parse()?,
                referrer: numbers.partition_point(|npi| *npi < npis.value(row)) as u32,
                n: count(n.value(row)),
                completed: count(completed.value(row)),
                declined: count(declined.value(row)),
            })
        })
        .collect::<Result<_>>()?;
    Ok((cells, names))
}

struct Row {
    key: Key,
    quarter: Quarter,
    n: u64,
    completed: u64,
    declined: u64,
    change: Option<Change>,
    change_year: Option<Change>,
    /// Which keys are written out and not `all`; rows of one pattern and quarter are one family.
    pattern: u32,
}

/// The rows in which the keys of the pattern's bits are `all`.
fn rows_of(cells: &[Cell], pattern: u32, shown: &[Quarter]) -> Vec<Row> {
    let mut groups: BTreeMap<Key, BTreeMap<Quarter, Counts>> = BTreeMap::new();
    for cell in cells {
        let mut key = cell.key.clone();
        for (bit, at) in [0usize, 1, 3].into_iter().enumerate() {
            if pattern & (1 << bit) != 0 {
                key[at] = ALL.to_string();
            } else if key[at] == ALL {
                // Where no territory is configured its only name is `all` already.
                key[at].clear();
            }
        }
        if key.iter().any(String::is_empty) {
            continue;
        }
        let counts = groups
            .entry(key)
            .or_default()
            .entry(cell.quarter)
            .or_default();
        counts.by_referrer.push((cell.referrer, cell.n));
        counts.completed += cell.completed;
        counts.declined += cell.declined;
    }
    let none = Counts::default();
    let mut rows = Vec::new();
    for (key, mut quarters) in groups {
        for counts in quarters.values_mut() {
            merge(&mut counts.by_referrer);
        }
        let of = |quarter: Quarter| quarters.get(&quarter).unwrap_or(&none);
        for &quarter in shown {
            let (now, before, year) = (of(quarter), of(quarter.plus(-1)), of(quarter.plus(-4)));
            if now.n() + before.n() + year.n() == 0 {
                continue;
            }
            rows.push(Row {
                key: key.clone(),
                quarter,
                n: now.n(),
                completed: now.completed,
                declined: now.declined,
                change: change(now, before, quarter, 1),
                change_year: change(now, year, quarter, 4),
                pattern,
            });
        }
    }
    rows
}

/// Adds up the counts of one referrer, in the order of referrers.
fn merge(counts: &mut Vec<(u32, u64)>) {
    counts.sort_unstable();
    counts.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
}

fn change(now: &Counts, before: &Counts, quarter: Quarter, back: i32) -> Option<Change> {
    if before.by_referrer.is_empty() {
        return None;
    }
    let mut pairs: BTreeMap<u32, CountCluster> = BTreeMap::new();
    for (referrer, n) in &now.by_referrer {
        pairs
            .entry(*referrer)
            .or_insert(CountCluster {
                count: 0,
                base_count: 0,
            })
            .count = *n;
    }
    for (referrer, n) in &before.by_referrer {
        pairs
            .entry(*referrer)
            .or_insert(CountCluster {
                count: 0,
                base_count: 0,
            })
            .base_count = *n;
    }
    let clusters: Vec<CountCluster> = pairs.into_values().collect();
    rate_ratio_change(
        &clusters,
        working_days(quarter) as f64,
        working_days(quarter.plus(-back)) as f64,
    )
}

fn working_days(quarter: Quarter) -> i64 {
    calendar::working_days(quarter.first_day(), quarter.last_day())
}

fn assemble(rows: &[Row], names: &BTreeMap<String, String>) -> Result<Table> {
    let text = |at: usize| rows.iter().map(move |r| Some(&r.key[at]));
    let name = |row: &Row| {
        names
            .get(&row.key[3])
            .map_or_else(|| row.key[3].clone(), Clone::clone)
    };
    let family = |row: &Row| {
        let keyed = row.key.iter().any(|k| k != ALL);
        keyed.then(|| row.quarter.index() as u32 * 8 + row.pattern)
    };
    let families: Vec<Option<u32>> = rows.iter().map(family).collect();
    let out = TableBuilder::new("inbound")
        .text("territory", text(0))
        .text("specialty", text(1))
        .text("referring_affiliation", text(2))
        .text("receiving_practice_id", text(3))
        .text("quarter", rows.iter().map(|r| Some(r.quarter.to_string())))
        .text(
            "receiving_practice_name",
            rows.iter().map(|r| Some(name(r))),
        )
        .int("n", rows.iter().map(|r| Some(r.n as i64)))
        .int(
            "working_days",
            rows.iter().map(|r| Some(working_days(r.quarter))),
        );
    let out = changes(
        out,
        "n_change",
        &rows.iter().map(|r| r.change).collect::<Vec<_>>(),
        &families,
    );
    let out = changes(
        out,
        "n_change_year",
        &rows.iter().map(|r| r.change_year).collect::<Vec<_>>(),
        &families,
    );
    out.int("completed", rows.iter().map(|r| Some(r.completed as i64)))
        .int(
            "declined_by_us",
            rows.iter().map(|r| Some(r.declined as i64)),
        )
        .finish()
}
