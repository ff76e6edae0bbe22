//! What leaves, against everything that does not share code with it: planted truth, recounts of the raw
//! files, files made by hand, and what must hold whatever the files say.

mod assignment;
mod chains;
mod change;
mod classes;
mod counts;
mod dependence;
mod hand;
mod handmade;
mod order;
mod others;
mod properties;
pub mod raw;
mod toy;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use crate::workspace::{Fresh, Territory, read_csv};
use raw::Raw;

type Row = BTreeMap<String, String>;
type Rows = Vec<Row>;

/// What is wrong in a run, each with the row, what is expected and what is found.
pub struct Complaints {
    of: String,
    found: Vec<String>,
}

impl Complaints {
    pub fn of(what: &str) -> Self {
        Self {
            of: what.to_string(),
            found: Vec::new(),
        }
    }

    pub fn add(&mut self, what: impl std::fmt::Display) {
        self.found.push(format!("{}: {what}", self.of));
    }

    /// Compares the whole numbers of a table's rows with those that are expected; both hold the same
    /// keys.
    pub fn compare<const N: usize>(
        &mut self,
        table: &str,
        rows: &[Row],
        keys: &[&str],
        columns: [&str; N],
        expected: &BTreeMap<Vec<String>, [i64; N]>,
    ) {
        let mut left: Vec<&Vec<String>> = expected.keys().collect();
        for row in rows {
            let key: Vec<String> = keys.iter().map(|k| row[*k].clone()).collect();
            left.retain(|other| **other != key);
            let Some(expected) = expected.get(&key) else {
                self.add(format!("{table} {key:?}: a row that is not expected"));
                continue;
            };
            for (column, expected) in columns.iter().zip(expected) {
                let found = &row[*column];
                if found.parse() != Ok(*expected) {
                    self.add(format!(
                        "{table} {key:?} {column}: {expected} expected, '{found}' found"
                    ));
                }
            }
        }
        for key in left {
            self.add(format!("{table} {key:?}: no such row"));
        }
    }

    /// Compares a number of a row, where there is one, with what is expected.
    pub fn near(&mut self, place: &str, found: &str, expected: Option<f64>) {
        let is_near = match (found.parse::<f64>(), expected) {
            (Ok(found), Some(expected)) => {
                (found - expected).abs() <= 1e-9 * expected.abs().max(1.0)
            }
            (Err(_), None) => found.is_empty(),
            _ => false,
        };
        if !is_near {
            self.add(format!("{place}: {expected:?} expected, '{found}' found"));
        }
    }

    /// Fails with the first complaints, and how many there are of each table.
    pub fn end(self) {
        let mut tables: BTreeMap<&str, usize> = BTreeMap::new();
        for complaint in &self.found {
            let what = complaint.split_once(": ").map_or("", |(_, what)| what);
            let table = what.split_whitespace().next().unwrap_or("");
            *tables.entry(table).or_default() += 1;
        }
        let shown: Vec<&String> = self.found.iter().take(100).collect();
        assert!(self.found.is_empty(), "{shown:#?}\nof {tables:?}");
    }
}

/// Counts under keys, over what has one.
pub fn tally<T, const N: usize>(
    of: impl IntoIterator<Item = T>,
    keys: impl Fn(&T) -> Vec<Vec<String>>,
    counts: impl Fn(&T) -> [bool; N],
) -> BTreeMap<Vec<String>, [i64; N]> {
    let mut out: BTreeMap<Vec<String>, [i64; N]> = BTreeMap::new();
    for one in of {
        let ones = counts(&one);
        for key in keys(&one) {
            let sums = out.entry(key).or_insert([0; N]);
            for (sum, one) in sums.iter_mut().zip(ones) {
                *sum += i64::from(one);
            }
        }
    }
    out
}

/// Payers that a provider takes, by its NPI: some name none.
fn payers(npi: &str) -> &'static str {
    match npi.bytes().map(u32::from).sum::<u32>() % 5 {
        0 => "",
        1 => "Medicare;Commercial PPO",
        2 => "medicaid; Medicare;Commercial HMO",
        3 => "Commercial PPO|Marketplace|Medicaid",
        _ => "Medicare;Medicaid;Commercial PPO;Commercial HMO;Marketplace;Self-pay",
    }
}

pub fn quoted(cell: &str) -> String {
    match cell.contains([',', '"', '\n']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.to_string(),
    }
}

/// Changes the cells of a CSV file.
pub fn rewrite(path: &Path, mut change: impl FnMut(&mut Row)) {
    let text = std::fs::read_to_string(path).unwrap();
    let header = crate::workspace::records(&text).swap_remove(0);
    let mut out = format!("{}\n", header.join(","));
    for mut row in read_csv(path) {
        change(&mut row);
        let cells: Vec<String> = header.iter().map(|column| quoted(&row[column])).collect();
        out.push_str(&cells.join(","));
        out.push('\n');
    }
    std::fs::write(path, out).unwrap();
}

/// A territory in which some providers say which payers they take.
fn with_payers(pcps: u32, quarters: u32, seed: u64) -> Territory {
    let territory = Territory::with(pcps, quarters, seed, false, true);
    rewrite(&territory.file("providers.csv"), |row| {
        let taken = payers(&row["npi"]).to_string();
        row.insert("payers_accepted".to_string(), taken);
    });
    territory
}

/// What is wrong in a territory: of who could have stayed, and of everything else.
fn check(seed: u64) -> [Complaints; 2] {
    let mut complaints = Complaints::of(&format!("seed {seed}"));
    let mut of_slots = Complaints::of(&format!("seed {seed}"));
    let territory = with_payers(60, 12, seed);
    let fresh = Fresh::make();
    fresh.ingest(&[territory.path()]);
    fresh.run();
    let raw = Raw::read(territory.path());
    counts::check_planted(&mut complaints, &fresh, &territory);
    counts::check_places(&mut complaints, &fresh, &raw);
    counts::check_destinations(&mut complaints, &fresh, &raw);
    counts::check_ledger(&mut complaints, &fresh, &raw);
    counts::check_sums(&mut complaints, &fresh);
    change::check(&mut complaints, &fresh, &raw);
    others::check(&mut complaints, &fresh, &raw);
    dependence::check(&mut complaints, &fresh, &raw);
    assignment::check(&mut of_slots, &fresh, &raw);
    [of_slots, complaints]
}

/// What is wrong in ten territories, two at a time; reckoned once for all tests.
fn checked(at: usize) -> Complaints {
    static CHECKED: OnceLock<Vec<[Complaints; 2]>> = OnceLock::new();
    let all = CHECKED.get_or_init(|| {
        let half = |seeds: [u64; 5]| std::thread::spawn(move || seeds.map(check));
        let halves = [half([1, 2, 3, 4, 5]), half([6, 7, 8, 9, 10])];
        let checked = halves.into_iter().flat_map(|half| half.join().unwrap());
        checked.collect()
    });
    let mut out = Complaints::of("all");
    for complaints in all {
        out.found.extend(complaints[at].found.iter().cloned());
    }
    out
}

/// Ten made territories: every table of leakage is what was planted and what a recount of the files
/// gives.
#[test]
fn ten_territories_are_as_planted() {
    checked(1).end();
}

/// The same territories: who could have stayed, by a twin of its own.
#[test]
fn in_ten_territories_those_who_could_have_stayed_are_the_twins() {
    checked(0).end();
}
