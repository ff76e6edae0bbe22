//! The contract of the result tables: their columns, types, keys and order, and that they are there
//! whatever kinds of input are missing.

mod contracts;

use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;

use arrow::compute::concat_batches;
use arrow::datatypes::DataType;
use catchment::base::{Day, Quarter, Table, metrics};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use contracts::{BY_QUARTER, Contract, LOAD_REPORT, NAMES, TABLES, WITH_ALL};

use crate::workspace::{Fresh, Territory, done, records, run};

impl Contract {
    /// What is wrong with a table's columns.
    fn complaints_of_columns(&self, table: &Table) -> Vec<String> {
        let schema = table.batch().schema();
        let mut found = Vec::new();
        let mut least = 0;
        for (name, kind) in self.promised() {
            let Ok(at) = schema.index_of(&name) else {
                found.push(format!("{}: has no column {name}", self.name));
                continue;
            };
            if schema.field(at).data_type() != &kind {
                found.push(format!(
                    "{}: {name} is {}",
                    self.name,
                    schema.field(at).data_type()
                ));
            }
            // Names and places may stand between; a promised column never comes before its turn.
            if at < least {
                found.push(format!("{}: {name} stands too early", self.name));
            }
            least = least.max(at);
        }
        for column in table.columns() {
            let day = column.ends_with("_on")
                && schema.field_with_name(&column).unwrap().data_type() != &DataType::Date32;
            if day {
                found.push(format!("{}: {column} is no day", self.name));
            }
        }
        for (id, name, is_place) in NAMES {
            let beside: &[&str] = if *is_place {
                &[name, "county", "territory"]
            } else {
                &[name]
            };
            let missing = beside.iter().filter(|n| table.has(id) && !table.has(n));
            found.extend(missing.map(|n| format!("{}: {id} stands without {n}", self.name)));
        }
        found
    }

    /// What is wrong with a table's rows.
    fn complaints_of_rows(&self, table: &Table, quarter: Quarter) -> Vec<String> {
        let mut found = Vec::new();
        let mut seen = BTreeSet::new();
        for row in 0..table.rows() {
            let key: Vec<String> = self
                .key
                .iter()
                .map(|c| table.cell(c, row).unwrap())
                .collect();
            if key.iter().any(String::is_empty) {
                found.push(format!("{}: row {row} has an empty key", self.name));
            }
            if !seen.insert(key.clone()) {
                found.push(format!("{}: {key:?} stands twice", self.name));
            }
        }
        let sorted = table.sorted_by(self.sorted).unwrap();
        let order = |t: &Table| -> Vec<Vec<String>> {
            (0..t.rows())
                .map(|r| self.sorted.iter().map(|c| t.cell(c, r).unwrap()).collect())
                .collect()
        };
        if order(&sorted) != order(table) {
            found.push(format!("{}: is not sorted by {:?}", self.name, self.sorted));
        }
        if table.has("quarter") {
            let back = if self.name == "volume" { 12 } else { 8 };
            let shown: BTreeSet<String> =
                quarter.last(back).iter().map(ToString::to_string).collect();
            let there: BTreeSet<String> = table
                .texts("quarter")
                .unwrap()
                .into_iter()
                .flatten()
                .collect();
            found.extend(
                there
                    .difference(&shown)
                    .map(|q| format!("{}: shows {q}", self.name)),
            );
            let all_of_them = BY_QUARTER.contains(&self.name) || self.name == "volume";
            if table.rows() > 0 && all_of_them && there.len() < shown.len() {
                found.push(format!("{}: shows {there:?} alone", self.name));
            }
        }
        if WITH_ALL.contains(&self.name)
            && table.rows() > 0
            && table.only("specialty", "all").unwrap().rows() == 0
        {
            found.push(format!("{}: has no row 'all'", self.name));
        }
        found
    }
}

fn read_parquet(name: &str, path: &Path) -> Table {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
    let schema = reader.schema().clone();
    let batches: Vec<_> = reader.build().unwrap().map(|b| b.unwrap()).collect();
    let whole = concat_batches(&schema, &batches).unwrap();
    let table = Table::new(name, &whole).unwrap();
    assert_eq!(
        table.batch().schema().fields(),
        schema.fields(),
        "{name} has types that are not the house's"
    );
    table
}

/// Whether a cell of the CSV file says the same as the Parquet file's: numbers as numbers.
fn says_the_same(table: &Table, column: &str, row: usize, cell: &str) -> bool {
    if table.batch().column_by_name(column).unwrap().is_null(row) {
        return cell.is_empty();
    }
    match table.batch().column_by_name(column).unwrap().data_type() {
        DataType::Int64 => cell.parse() == Ok(table.int(column).unwrap().value(row)),
        DataType::Float64 => cell.parse() == Ok(table.real(column).unwrap().value(row)),
        DataType::Boolean => cell.parse() == Ok(table.flag(column).unwrap().value(row)),
        DataType::Date32 => {
            cell.parse::<Day>().unwrap() == Day(table.day(column).unwrap().value(row))
        }
        _ => cell == table.text(column).unwrap().value(row),
    }
}

fn complaints_of_csv(table: &Table, path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = records(&text).into_iter();
    let columns = table.columns();
    let mut found = Vec::new();
    if lines.next() != Some(columns.clone()) {
        found.push(format!("{}: the CSV file has other columns", table.name()));
    }
    let lines: Vec<Vec<String>> = lines.collect();
    if lines.len() != table.rows() {
        found.push(format!(
            "{}: the CSV file has {} rows, not {}",
            table.name(),
            lines.len(),
            table.rows()
        ));
    }
    for (row, line) in lines.iter().enumerate().take(table.rows()) {
        for (column, cell) in columns.iter().zip(line) {
            if !says_the_same(table, column, row, cell) {
                found.push(format!(
                    "{}: {column} of row {row} is {cell} in the CSV file",
                    table.name()
                ));
            }
        }
    }
    found
}

fn complaints(contract: &Contract, folder: &Path) -> Vec<String> {
    let table = read_parquet(
        contract.name,
        &folder.join(format!("{}.parquet", contract.name)),
    );
    let mut found = contract.complaints_of_columns(&table);
    if found.is_empty() {
        found.extend(contract.complaints_of_rows(&table, "2026Q3".parse().unwrap()));
        found.extend(complaints_of_csv(
            &table,
            &folder.join(format!("{}.csv", contract.name)),
        ));
    }
    found.truncate(20);
    found
}

/// The names of the files of a folder.
fn names_in(folder: &Path) -> BTreeSet<String> {
    folder
        .read_dir()
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect()
}

/// Every table, no more and no fewer, with its contract kept.
fn check(fresh: &Fresh) {
    let tables = fresh.out().join("tables");
    let promised: BTreeSet<String> = TABLES
        .iter()
        .flat_map(|t| ["csv", "parquet"].map(|ending| format!("{}.{ending}", t.name)))
        .collect();
    assert_eq!(names_in(&tables), promised);
    let mut found: Vec<String> = TABLES
        .iter()
        .flat_map(|contract| complaints(contract, &tables))
        .collect();
    found.extend(complaints(&LOAD_REPORT, &fresh.out().join("history")));
    assert!(
        found.is_empty(),
        "the contract is broken\n  {}",
        found.join("\n  ")
    );
}

/// The row `all` is reckoned from the referrals: counts add up to it, and tables that count the same
/// agree.
fn check_sums(fresh: &Fresh) {
    let tables = fresh.out().join("tables");
    let read = |name: &str| read_parquet(name, &tables.join(format!("{name}.parquet")));
    let sum = |table: &Table, column: &str| -> i64 {
        table.ints(column).unwrap().into_iter().flatten().sum()
    };
    let leakage = read("leakage_by_specialty");
    let all = leakage.only("specialty", "all").unwrap();
    for column in [
        "n",
        "leaked",
        "own",
        "affiliated",
        "outside",
        "unknown_destination",
        "not_offered",
        "addressable",
    ] {
        assert_eq!(sum(&leakage, column), 2 * sum(&all, column), "{column}");
        assert!(sum(&all, "n") > 100);
    }
    assert_eq!(
        sum(&all, "n"),
        sum(&all, "own") + sum(&all, "affiliated") + sum(&all, "outside")
    );
    assert_eq!(sum(&read("leakage_by_referrer"), "n"), sum(&all, "n"));
    let destinations = read("leakage_by_destination");
    assert_eq!(
        sum(&destinations.only("specialty", "all").unwrap(), "received"),
        sum(&all, "leaked")
    );
    let inbound = read("inbound")
        .only("receiving_practice_id", "all")
        .unwrap();
    let whole = inbound.only("territory", "all").unwrap();
    let whole = whole
        .only("specialty", "all")
        .unwrap()
        .only("quarter", "2026Q3")
        .unwrap();
    let volume = read("volume").only("quarter", "2026Q3").unwrap();
    let internal = sum(&whole.only("referring_affiliation", "own").unwrap(), "n");
    assert_eq!(sum(&volume, "inbound_internal"), internal);
    assert_eq!(
        sum(&volume, "inbound_external"),
        sum(&whole, "n") - internal
    );
}

/// Every column, those beyond the contract too, says what it means.
fn check_meanings(fresh: &Fresh) {
    let folders = TABLES
        .iter()
        .map(|t| (t, "tables"))
        .chain([(&LOAD_REPORT, "history")]);
    let unexplained: Vec<String> = folders
        .flat_map(|(table, folder)| {
            let path = fresh
                .out()
                .join(folder)
                .join(format!("{}.parquet", table.name));
            let columns = read_parquet(table.name, &path).columns();
            let means_nothing = |c: &String| metrics::of(table.name, c).is_none();
            let unknown = columns.into_iter().filter(means_nothing);
            unknown
                .map(|c| format!("{}: {c}", table.name))
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(
        unexplained.is_empty(),
        "columns without an entry in base::metrics\n  {}",
        unexplained.join("\n  ")
    );
}

#[test]
fn tables_keep_their_contract() {
    let territory = Territory::make(60, 12, 5);
    let fresh = Fresh::looking_back(2);
    fresh.ingest(&[territory.path()]);
    let summary = fresh.run();
    assert!(!summary.contains("missing:"), "{summary}");
    check(&fresh);
    check_sums(&fresh);
    check_meanings(&fresh);
}

/// With referrals alone, and with referrals and roster, a run is done, every table is written, and
/// the summary names what is missing.
#[test]
fn a_missing_kind_of_input_is_no_error() {
    let territory = Territory::make(30, 12, 6);
    let mut files: Vec<_> = territory.exports();
    for (roster, missing) in [
        (
            None,
            &[
                "providers",
                "organizations",
                "population",
                "capacity",
                "visits",
            ][..],
        ),
        (
            Some("providers.csv"),
            &["organizations", "population", "capacity", "visits"][..],
        ),
    ] {
        files.extend(roster.map(|name| territory.file(name)));
        let fresh = Fresh::make();
        fresh.ingest(&files.iter().map(|f| f.as_path()).collect::<Vec<_>>());
        let summary = fresh.run();
        for kind in missing {
            assert!(summary.contains(&format!("no {kind} loaded")), "{summary}");
        }
        assert!(
            !summary.contains("no referrals loaded")
                && summary.matches("missing:").count() == missing.len()
        );
        check(&fresh);
        let unknown = fresh
            .table("inbound")
            .iter()
            .filter(|r| r["receiving_practice_id"] == "unknown")
            .count();
        assert_eq!(
            unknown > 0,
            roster.is_none(),
            "practices are known by the roster alone"
        );
    }
}

/// A workspace without a referral has a map of supply: it runs for a quarter that is named.
#[test]
fn supply_alone_runs() {
    let territory = Territory::make(30, 12, 6);
    let fresh = Fresh::make();
    fresh.ingest(
        &["providers.csv", "organizations.csv", "population.csv"]
            .map(|f| territory.file(f))
            .each_ref()
            .map(|f| f.as_path()),
    );
    let output = run(&["-w", fresh.text(), "run", "--quarter", "2026Q3"]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(String::from_utf8_lossy(&output.stdout).contains("no referrals loaded"));
    check(&fresh);
    assert!(!fresh.table("underserved").is_empty());
    let asked = done(&[
        "-w",
        fresh.text(),
        "query",
        "select count(*) as n from referrers",
        "--quarter",
        "2026Q3",
        "--format",
        "csv",
    ]);
    assert_eq!(asked, "n\n0\n");
}

/// A table that breaks the contract is seen.
#[test]
fn a_broken_contract_is_seen() {
    use catchment::base::TableBuilder;
    let quarter: Quarter = "2026Q3".parse().unwrap();
    let contract = Contract {
        name: "made",
        key: &["practice_id", "quarter"],
        sorted: &["practice_id", "quarter"],
        columns: "practice_id:T quarter:T n:I share±",
    };
    let bare = TableBuilder::new("made")
        .text("quarter", [Some("2026Q3")])
        .text("practice_id", [Some("P")])
        .real("n", [Some(1.0)]);
    let seen = contract
        .complaints_of_columns(&bare.finish().unwrap())
        .join("\n");
    for part in [
        "quarter stands too early",
        "n is Float64",
        "no column share_high",
        "without practice_name",
        "without county",
    ] {
        assert!(seen.contains(part), "{part}: {seen}");
    }
    let rows = TableBuilder::new("made")
        .text("practice_id", [Some("Q"), Some("P"), Some("P"), None])
        .text(
            "quarter",
            [
                Some("2026Q3"),
                Some("2026Q3"),
                Some("2026Q3"),
                Some("2019Q1"),
            ],
        );
    let seen = contract
        .complaints_of_rows(&rows.finish().unwrap(), quarter)
        .join("\n");
    for part in [
        "row 3 has an empty key",
        "stands twice",
        "is not sorted",
        "shows 2019Q1",
    ] {
        assert!(seen.contains(part), "{part}: {seen}");
    }
}
