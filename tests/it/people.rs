//! What people are told of their data on the command line: mappings, quarantine, status.

use crate::inbox::Inbox;
use crate::workspace::{Territory, done, program, refused};

/// A referral log as an office keeps it.
const LOG: &str = "Referral #,Order Date,Current Status,Ref From NPI,Ref From Name,Sent To,Patient MRN,DOB\n\
    1,03/25/2026,Sent to specialist,1234567893,Jane Doe,City Heart,M-100201,1950-02-03\n\
    2,04/26/2026,Completed,1234567893,Jane Doe,City Heart,M-100202,1951-02-03\n\
    3,05/27/2026,Sent to specialist,1234567893,Jane Doe,City Heart,M-100203,1952-02-03\n\
    4,06/28/2026,Completed,1234567890,,City Heart,M-100204,1953-02-03\n";

fn said(arguments: &[&str]) -> (String, String, bool) {
    let output = program(arguments).output().unwrap();
    (
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
        output.status.success(),
    )
}

#[test]
fn mappings_are_listed_and_shown() {
    let inbox = Inbox::make();
    inbox.mapping(
        "ours",
        "title = \"Our own\"\nextends = \"canonical_referrals\"\n",
    );
    let list = done(&["-w", inbox.fresh.text(), "mapping", "list"]);
    let first = list.lines().next().unwrap();
    assert!(first.starts_with("ours ") && first.contains("your own  Our own"));
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("layouts");
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert!(list.lines().any(|l| l.starts_with(&format!("{name} "))));
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(done(&["mapping", "show", name]), text);
    }
    let message = refused(&["mapping", "show", "canonical_referals"], 2);
    assert!(message.contains("did you mean 'canonical_referrals'?"));
}

#[test]
fn a_proposal_is_checked_mended_and_loaded() {
    let inbox = Inbox::make();
    let file = inbox.put("log.csv", LOG);
    let (workspace, file) = (inbox.fresh.text(), file.to_str().unwrap());
    let message = refused(&["-w", workspace, "mapping", "check", file], 1);
    assert!(message.contains("'catchment mapping suggest' proposes one"));

    std::fs::create_dir_all(inbox.fresh.path().join("mappings")).unwrap();
    let out = inbox.fresh.path().join("mappings/office_log.toml");
    let out = out.to_str().unwrap();
    let (_, questions, is_done) = said(&["mapping", "suggest", file, "--out", out]);
    assert!(is_done, "{questions}");
    // The days tell their order, so nothing but the words is asked.
    assert_eq!(questions.lines().count(), 1, "{questions}");
    assert!(questions.contains("'status'") || questions.contains("Current Status"));
    let text = std::fs::read_to_string(out).unwrap();
    assert!(
        text.contains("referred_on = ") && text.contains("MM/DD/YYYY"),
        "{text}"
    );
    assert!(!text.contains("M-1002") && !text.contains("1950"), "{text}");
    let again = refused(&["mapping", "suggest", file, "--out", out], 2);
    assert!(again.contains("is there already"));

    // Checked: what would be refused is said, with its word, and nothing is kept.
    let check = done(&["-w", workspace, "mapping", "check", file]);
    assert!(
        check.contains("4 rows: 1 would be stored, 3 quarantined"),
        "{check}"
    );
    assert!(
        check.contains("no vocabulary knows 'Sent to specialist' (2 rows)"),
        "{check}"
    );
    assert!(
        check.contains("row 2 would be quarantined: unknown_status"),
        "{check}"
    );
    assert!(!check.contains("M-1002"), "{check}");
    assert!(!inbox.fresh.path().join("lake").exists());

    // Mended and loaded.
    let mended = text.replace(
        "# \"Sent to specialist\" = \"\"",
        "\"Sent to specialist\" = \"requested\"",
    );
    assert_ne!(mended, text);
    std::fs::write(out, mended).unwrap();
    let said = inbox.take(&[]);
    assert_eq!(said.file("log.csv")["accepted"], 3, "{said:?}");
    assert_eq!(said.file("log.csv")["mapping"], "office_log");
}

#[test]
fn quarantined_rows_are_listed_by_file_and_reason() {
    let inbox = Inbox::make();
    let header = "referral_id,referred_on,status,referring_npi,referring_name\n";
    inbox.put(
        "a.csv",
        format!("{header}R1,2026-07-01,whatever,1234567893,\nR2,2026-13-01,requested,1234567893,\nR3,2026-07-03,requested,1234567893,\n"),
    );
    inbox.put(
        "b.csv",
        format!("{header}R9,2026-07-01,whatever,1234567890,\n"),
    );
    let none = done(&["-w", inbox.fresh.text(), "quarantine"]);
    assert_eq!(none, "no row is quarantined\n");
    inbox.take(&[]);
    let list = |options: &[&str]| {
        let mut arguments = vec!["-w", inbox.fresh.text(), "quarantine"];
        arguments.extend(options);
        done(&arguments)
    };
    let all = list(&[]);
    assert!(
        all.starts_with("3 rows quarantined\n  a.csv: bad_date 1\n"),
        "{all}"
    );
    assert!(all.contains("a.csv, row 2: unknown_status  {"), "{all}");
    assert!(
        all.contains("\"status\":\"aaaaaaaa\"") && !all.contains("whatever"),
        "{all}"
    );
    let csv = list(&[
        "--reason",
        "unknown_status",
        "--file",
        "b.csv",
        "--format",
        "csv",
    ]);
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 2, "{csv}");
    assert!(
        lines[1].starts_with("b.csv,2,\"bad_npi,unknown_status\",referrals,"),
        "{csv}"
    );
    let message = refused(
        &[
            "-w",
            inbox.fresh.text(),
            "quarantine",
            "--reason",
            "bad_day",
        ],
        2,
    );
    assert!(message.contains("did you mean 'bad_date'?"), "{message}");
    let message = refused(
        &["-w", inbox.fresh.text(), "quarantine", "--file", "c.csv"],
        2,
    );
    assert!(message.contains("no file 'c.csv' is loaded"), "{message}");
}

#[test]
fn status_says_what_each_source_brings_and_what_changed_since_the_run() {
    let territory = Territory::make(20, 6, 8);
    let inbox = Inbox::make();
    let workspace = inbox.fresh.text();
    let exports = territory.exports();
    let (last, before) = exports.split_last().unwrap();
    for file in before {
        inbox.take_path(file, &[]);
    }
    let early = done(&["-w", workspace, "status"]);
    assert!(early.contains("last whole quarter: 2026Q2"), "{early}");
    assert!(
        early.contains("referrals of canonical, by quarter:"),
        "{early}"
    );
    assert!(!early.contains("since the last run"), "{early}");
    done(&["-w", workspace, "run", "--quarter", "2026Q3"]);
    inbox.take_path(last, &[]);
    let late = done(&["-w", workspace, "status"]);
    let changed = late
        .lines()
        .find(|l| l.starts_with("since the last run of 2026Q3: "))
        .unwrap_or_else(|| panic!("{late}"));
    assert!(changed.contains("canonical in 2026Q3 +"), "{changed}");
    assert!(changed.ends_with("run it again"), "{changed}");
    done(&["-w", workspace, "run", "--quarter", "2026Q3"]);
    let same = done(&["-w", workspace, "status"]);
    assert!(
        same.contains("since the last run of 2026Q3: the same referrals"),
        "{same}"
    );
}
