//! Files of one export that belong together, in one folder.

use crate::inbox::{Inbox, Said, number, reason};

const MAPPING: &str = r#"
title = "Orders with letters and changes"
table = "referrals"
[recognise]
columns = ["REFERRAL_ID", "ENTRY_DATE", "RFL_STATUS"]
[columns]
referral_id = "REFERRAL_ID"
referred_on = "ENTRY_DATE"
status = "RFL_STATUS"
referring_npi = "REF_NPI"
report_sent_on = "LETTERS.SENT_DATE"
updated_at = "CHANGES.CHANGE_DATE"
payer = { expression = "upper(CHANGES.CHANGED_BY)" }
[[join]]
name = "LETTERS"
columns = ["REFERRAL_ID", "SENT_DATE"]
on = "REFERRAL_ID"
[[join]]
name = "CHANGES"
columns = ["RFL_ID", "CHANGE_DATE"]
on = "RFL_ID"
parent = "REFERRAL_ID"
latest = "CHANGE_DATE"
where = "CHANGE_TYPE != 'Print'"
[[set_aside]]
name = "never sent"
when = "RFL_STATUS = 'expired' and LETTERS.SENT_DATE is empty"
"#;

const ORDERS: &str = "REFERRAL_ID,ENTRY_DATE,RFL_STATUS,REF_NPI\n\
    R1,2026-07-01,completed,1234567893\nR2,2026-07-02,requested,1234567893\n\
    R3,2026-07-03,completed,1234567893\nR4,2026-07-04,expired,1234567893\n\
    R5,2026-07-05,whatever,1234567893\n";
const LETTERS: &str =
    "REFERRAL_ID,SENT_DATE\nR1,2026-07-20\nR3,2026-07-21\nR9,2026-07-21\n,2026-07-21\n";
const CHANGES: &str = "RFL_ID,CHANGE_DATE,CHANGE_TYPE,CHANGED_BY\n\
    R1,2026-07-22,Edit,ann\nR1,2026-07-30 10:00:00,Edit,bo\nR1,2026-07-31,Print,eve\nR1,2026-07-29,Edit,kim\n\
    R3,2026-07-22,Edit,lee\nR5,2026-07-22,Edit,joe\n";

fn export() -> Inbox {
    let inbox = Inbox::make();
    inbox.mapping("orders", MAPPING);
    inbox.put("orders.csv", ORDERS);
    inbox.put("letters.csv", LETTERS);
    inbox.put("changes.csv", CHANGES);
    inbox
}

fn counts(said: &Said, file: &str, keys: &[&str]) -> Vec<u64> {
    keys.iter()
        .map(|key| number(said.file(file), key))
        .collect()
}

#[test]
fn files_of_an_export_are_joined_and_each_row_is_accounted_for() {
    let inbox = export();
    let said = inbox.take(&[]);
    let keys = [
        "rows_read",
        "accepted",
        "joined",
        "quarantined",
        "set_aside",
    ];
    assert_eq!(
        counts(&said, "orders.csv", &keys),
        [5, 3, 0, 1, 1],
        "{said:?}"
    );
    assert_eq!(said.file("orders.csv")["set_aside_by"], "never sent 1");
    assert_eq!(counts(&said, "letters.csv", &keys), [4, 0, 2, 2, 0]);
    let letters = said.file("letters.csv");
    assert_eq!(
        (
            reason(letters, "missing_parent"),
            reason(letters, "missing_required")
        ),
        (1, 1)
    );
    assert_eq!(counts(&said, "changes.csv", &keys), [6, 0, 5, 0, 1]);
    assert!(
        said.line("letters.csv")
            .starts_with("letters.csv: referrals, 4 rows: 2 quarantined, 2 joined"),
        "{said:?}"
    );

    let sql =
        "select referral_id, report_sent_on, updated_at, payer from lake_referrals order by 1";
    let stored = inbox.rows(sql);
    assert_eq!(stored[0], ["R1", "2026-07-20", "2026-07-30T10:00:00", "BO"]);
    // Where no change is known the export's latest is the row's.
    assert_eq!(stored[1], ["R2", "", "2026-07-30T00:00:00", ""]);
    assert_eq!(
        stored[2],
        ["R3", "2026-07-21", "2026-07-22T00:00:00", "LEE"]
    );
    let sql = "select row_number, reasons, cells from lake_quarantine where file = 'letters.csv' order by 1";
    let refused = inbox.rows(sql);
    assert_eq!(refused[0], ["4", "missing_parent", "{}"]);
    assert_eq!(refused[1], ["5", "missing_required", "{}"]);
    // Nothing is left to do.
    let again = inbox.take(&[]);
    assert_eq!(
        again.lines.matches("loaded before, unchanged").count(),
        3,
        "{again:?}"
    );
}

/// The letters of an export may come in several files, and a list that orders refer to holds more
/// than they do.
#[test]
fn files_of_one_join_are_read_as_one_and_directories_may_hold_more() {
    let whole = export();
    whole.take(&[]);
    let parted = export();
    let rows: Vec<&str> = LETTERS.lines().skip(1).collect();
    for (name, rows) in [("letters.csv", &rows[..1]), ("more.csv", &rows[1..])] {
        parted.put(
            name,
            format!("REFERRAL_ID,SENT_DATE\n{}\n", rows.join("\n")),
        );
    }
    let said = parted.take(&[]);
    let keys = ["joined", "quarantined"];
    assert_eq!(counts(&said, "letters.csv", &keys), [1, 0], "{said:?}");
    assert_eq!(counts(&said, "more.csv", &keys), [1, 2], "{said:?}");
    let sql = "select referral_id, report_sent_on, payer from lake_referrals order by 1";
    assert_eq!(whole.rows(sql), parted.rows(sql));
    // As a directory, by references: nobody is missing, the rest is set aside.
    let listed = export();
    let lookup = MAPPING.replace(
        "columns = [\"REFERRAL_ID\", \"SENT_DATE\"]",
        "columns = [\"REFERRAL_ID\", \"SENT_DATE\"]\nlookup = true\nreferences = true",
    );
    listed.mapping("orders", &lookup);
    listed.put("letters.csv", LETTERS.replace("\nR", "\nReferral/R"));
    let said = listed.take(&[]);
    let keys = ["joined", "set_aside", "quarantined"];
    assert_eq!(counts(&said, "letters.csv", &keys), [2, 1, 1], "{said:?}");
    assert_eq!(whole.rows(sql), listed.rows(sql));
}

#[test]
fn a_file_without_the_table_that_it_belongs_to_is_told_in_one_line() {
    let inbox = Inbox::make();
    inbox.mapping("orders", MAPPING);
    inbox.put("letters.csv", LETTERS);
    inbox.put("elsewhere/changes.csv", CHANGES);
    let said = inbox.take(&[]);
    assert_eq!((said.code, said.lines.lines().count()), (0, 2), "{said:?}");
    assert!(said.reports.iter().all(|r| r["fate"] == "parted"));
    let line = said.line("letters.csv");
    assert_eq!(
        line,
        "letters.csv: belongs to an export of orders; load it together with the table that it belongs to"
    );
    assert_eq!(inbox.cell("select count(*) from lake_loads"), "0");
    // The table alone is loaded, without the filter that asks for the other, and read again once the
    // other is there.
    inbox.put("orders.csv", ORDERS);
    std::fs::remove_file(inbox.path().join("letters.csv")).unwrap();
    let alone = inbox.take(&[]);
    assert_eq!(number(alone.file("orders.csv"), "accepted"), 4, "{alone:?}");
    let line = alone.line("orders.csv");
    assert!(
        line.contains("read without the filter 'never sent'"),
        "{line}"
    );
    inbox.put("letters.csv", LETTERS);
    let both = inbox.take(&[]);
    assert!(
        both.line("orders.csv")
            .contains("takes the place of an earlier reading"),
        "{both:?}"
    );
    let sql = "select count(*), count(report_sent_on) from lake_referrals";
    assert_eq!(inbox.rows(sql), [["3", "2"]]);
}

#[test]
fn a_joined_file_that_changed_has_its_table_read_again() {
    let inbox = export();
    inbox.take(&[]);
    inbox.put("letters.csv", format!("{LETTERS}R2,2026-07-25\n"));
    let said = inbox.take(&[]);
    assert!(
        said.line("orders.csv")
            .contains("takes the place of an earlier reading"),
        "{said:?}"
    );
    assert_eq!(
        counts(&said, "letters.csv", &["rows_read", "joined"]),
        [5, 3]
    );
    let sql = "select report_sent_on from lake_referrals order by referral_id";
    assert_eq!(
        inbox.rows(sql).concat(),
        ["2026-07-20", "2026-07-25", "2026-07-21"]
    );
    // What the file said before is not counted any more.
    let sql = "select file, count(*) from lake_loads group by file order by file";
    assert_eq!(
        inbox.rows(sql)[1..],
        [["letters.csv", "1"], ["orders.csv", "1"]]
    );
    let sql = "select count(*) from lake_quarantine where file = 'letters.csv'";
    assert_eq!(inbox.cell(sql), "2");
}

#[test]
fn a_joined_file_that_cannot_be_read_stops_its_table_alone() {
    let inbox = export();
    // The damage lies deep, where the file is known already.
    let mut text = LETTERS.to_string();
    for n in 0..90_000 {
        text.push_str(&format!("X{},2026-07-20\n", n * 7919 % 1_000_003));
    }
    let packed = super::flate(&text);
    inbox.put("letters.csv", &packed[..packed.len() - 2_000]);
    inbox.put("roster.csv", "npi,name\n1234567893,Smith\n");
    let said = inbox.take(&[]);
    assert_eq!(said.code, 1, "{said:?}");
    assert_eq!(said.file("roster.csv")["fate"], "loaded");
    assert!(said.line("letters.csv").contains("damaged"), "{said:?}");
    assert_eq!(inbox.cell("select count(*) from lake_referrals"), "0");
}

/// Two changes of one day: the line says which came later, and ten comes after nine.
#[test]
fn of_rows_of_one_day_the_next_column_says_which_counts() {
    let inbox = Inbox::make();
    let latest = MAPPING.replace(
        "latest = \"CHANGE_DATE\"",
        "latest = [\"CHANGE_DATE\", \"LINE\"]",
    );
    assert_ne!(latest, MAPPING);
    inbox.mapping("orders", &latest);
    inbox.put("orders.csv", ORDERS);
    inbox.put("letters.csv", LETTERS);
    let changes = "RFL_ID,LINE,CHANGE_DATE,CHANGE_TYPE,CHANGED_BY\n\
        R1,9,2026-07-30,Edit,zoe\nR1,10,2026-07-30,Edit,ann\nR1,11,2026-07-29,Edit,kim\n\
        R3,2,2026-07-22,Edit,lee\nR3,,2026-07-22,Edit,zoe\n";
    inbox.put("changes.csv", changes);
    inbox.take(&[]);
    let sql = "select referral_id, payer from lake_referrals where payer is not null order by 1";
    assert_eq!(inbox.rows(sql), [["R1", "ANN"], ["R3", "LEE"]]);
}
