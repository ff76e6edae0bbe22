//! Files and folders taken in as a user takes them in: once, again, after a change of the file or of the
//! mapping, as a trial, and broken off.

mod exports;
mod mappings;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::inbox::{Inbox, number};
use crate::workspace::{Fresh, Territory, done, program};

const HEADER: &str = "referral_id,updated_at,referred_on,status,referring_npi,payer\n";

/// Rows of a file; each status once, from a number on.
fn rows(first: usize, statuses: &[&str]) -> String {
    let mut text = String::new();
    for (n, status) in statuses.iter().enumerate() {
        let id = first + n;
        text.push_str(&format!(
            "R{id},2026-07-31,2026-07-06,{status},1234567893,Plan {id}\n"
        ));
    }
    text
}

/// Every file below a folder with its bytes.
fn bytes_below(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in folder.read_dir().into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.insert(path.display().to_string(), Vec::new());
            found.extend(bytes_below(&path));
        } else {
            found.insert(path.display().to_string(), std::fs::read(&path).unwrap());
        }
    }
    found
}

#[test]
fn a_second_call_finds_everything_loaded_before() {
    let inbox = Inbox::make();
    inbox.put(
        "a.csv",
        format!("{HEADER}{}", rows(1, &["requested", "accepted"])),
    );
    inbox.put(
        "b.csv.gz",
        flate(&format!("{HEADER}{}", rows(3, &["requested", "huh"]))),
    );
    inbox.put("deeper/c.txt", "npi\tname\n1234567893\tSmith\n");
    let first = inbox.take(&[]);
    assert_eq!(first.reports.len(), 3);
    let before = bytes_below(&inbox.fresh.path().join("lake"));
    let second = inbox.take(&[]);
    let said: Vec<String> = ["a.csv", "b.csv.gz", "deeper/c.txt"]
        .iter()
        .map(|name| {
            format!(
                "{}: loaded before, unchanged",
                inbox.path().join(name).display()
            )
        })
        .collect();
    assert_eq!(second.lines.lines().collect::<Vec<_>>(), said);
    assert!(
        second.reports.iter().all(|r| r["fate"] == "known"),
        "{second:?}"
    );
    assert_eq!(bytes_below(&inbox.fresh.path().join("lake")), before);
    let summary = inbox.fresh.ingest(&[inbox.path()]);
    assert_eq!(summary, "3 files loaded before\n");

    // A changed file alone is loaded; a moved one is known.
    inbox.put(
        "a.csv",
        format!(
            "{HEADER}{}",
            rows(1, &["requested", "accepted", "completed"])
        ),
    );
    std::fs::rename(inbox.path().join("b.csv.gz"), inbox.path().join("moved")).unwrap();
    let third = inbox.take(&[]);
    assert_eq!(third.only()["file"], "a.csv");
    assert_eq!(
        (
            number(third.only(), "accepted"),
            number(third.only(), "duplicate")
        ),
        (1, 2)
    );
    assert_eq!(third.lines.matches("loaded before, unchanged").count(), 2);
    // One file given twice is one file.
    let a = inbox.path().join("a.csv");
    let twice = program(&["-w", inbox.fresh.text(), "ingest"])
        .args([&a, &a])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&twice.stderr).lines().count(), 1);
}

fn flate(text: &str) -> Vec<u8> {
    let mut packed = Vec::new();
    flate2::read::GzEncoder::new(text.as_bytes(), flate2::Compression::fast())
        .read_to_end(&mut packed)
        .unwrap();
    packed
}

#[test]
fn a_dry_run_says_what_a_load_would_do_and_changes_nothing() {
    let inbox = Inbox::make();
    inbox.put(
        "a.csv",
        format!("{HEADER}{}", rows(1, &["requested", "huh", "accepted"])),
    );
    inbox.take(&[]);
    let later = rows(1, &["requested"]) + &rows(7, &["requested", "who"]);
    inbox.put("b.csv", format!("{HEADER}{later}"));
    inbox.put("c.csv", "npi,name\n1234567893,Smith\n1234567890,Lee\n");
    inbox.put("d.csv", "colour,weight\nred,1\n");
    let before = bytes_below(inbox.fresh.path());
    let dry = inbox.take(&["--dry-run"]);
    assert_eq!(
        bytes_below(inbox.fresh.path()),
        before,
        "a dry run keeps nothing"
    );
    let wet = inbox.take(&[]);
    assert_eq!(dry.lines, wet.lines);
    assert_eq!(dry.reports, wet.reports);
    let load = wet.file("b.csv");
    let counts = ["accepted", "duplicate", "quarantined"].map(|key| number(load, key));
    assert_eq!(counts, [1, 1, 1]);
    // For a person it says so.
    let fresh = Fresh::make();
    let text = done(&[
        "-w",
        fresh.text(),
        "ingest",
        "--dry-run",
        inbox.path().to_str().unwrap(),
    ]);
    assert!(
        text.starts_with("nothing was kept; this is what would happen\n"),
        "{text}"
    );
    assert!(!fresh.path().join("lake").exists());
}

#[test]
fn reports_are_json_whatever_became_of_the_files() {
    let inbox = Inbox::make();
    inbox.put(
        "good.csv",
        format!("{HEADER}{}", rows(1, &["requested", "huh"])),
    );
    inbox.put("none.csv", "colour,weight\nred,1\n");
    inbox.put("cut.csv.gz", &flate(&"x,y\n".repeat(500))[..30]);
    let said = inbox.take(&[]);
    assert_eq!(said.code, 1, "{said:?}");
    let fates: Vec<&Value> = said.reports.iter().map(|r| &r["fate"]).collect();
    assert_eq!(fates, ["failed", "loaded", "passed_over"]);
    assert!(
        said.reports[0]["message"]
            .as_str()
            .unwrap()
            .contains("cut.csv.gz")
    );
    assert_eq!(
        said.reports[1]["quarantined_by_reason"]["unknown_status"],
        1
    );
    // What is asked for and is not there is a slip.
    let output = program(&["-w", inbox.fresh.text(), "ingest", "--json", "nowhere.csv"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(String::from_utf8_lossy(&output.stderr).lines().count(), 1);
    assert!(output.stdout.is_empty());
}

#[test]
fn a_workspace_does_not_swallow_itself() {
    let territory = Territory::make(20, 4, 6);
    let fresh = Fresh::make();
    let exports = fresh.path().join("exports");
    std::fs::create_dir(&exports).unwrap();
    for file in territory.path().read_dir().unwrap() {
        let file = file.unwrap().path();
        if file.is_file() {
            std::fs::copy(&file, exports.join(file.file_name().unwrap())).unwrap();
        }
    }
    let loads = |fresh: &Fresh| {
        let output = program(&["-w", fresh.text(), "ingest", "--json", fresh.text()])
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        let reports: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
        for report in &reports {
            assert!(
                report["path"].as_str().unwrap().contains("/exports/"),
                "{report}"
            );
        }
        reports.iter().filter(|r| r["fate"] == "loaded").count()
    };
    assert!(loads(&fresh) > 5);
    fresh.run();
    assert!(fresh.path().join("out").is_dir());
    assert_eq!(loads(&fresh), 0, "results are no input");
}

#[cfg(unix)]
#[test]
fn links_and_pipes_in_a_folder_stop_nobody() {
    use std::os::unix::fs::symlink;
    let inbox = Inbox::make();
    let file = inbox.put("a.csv", format!("{HEADER}{}", rows(1, &["requested"])));
    symlink(inbox.path(), inbox.path().join("circle")).unwrap();
    let pipe = inbox.path().join("pipe");
    assert!(Command::new("mkfifo").arg(pipe).status().unwrap().success());
    let said = inbox.take(&[]);
    assert_eq!((said.code, said.reports.len()), (0, 1), "{said:?}");
    symlink("nowhere", inbox.path().join("b.csv")).unwrap();
    let said = inbox.take(&[]);
    assert_eq!((said.code, said.reports.len()), (1, 2), "{said:?}");
    assert_eq!(said.reports[1]["fate"], "failed");
    // What a lake holds is read through its log alone, also another workspace's.
    let other = Fresh::make();
    other.ingest(&[&file]);
    for folder in ["lake", "lake/referrals"] {
        let said = inbox.take_path(&other.path().join(folder), &[]);
        assert!(said.reports.is_empty(), "{said:?}");
    }
    let said = inbox.take_path(&inbox.fresh.path().join("lake/referrals"), &[]);
    assert!(said.reports.is_empty(), "{said:?}");
}

/// Two files: a small one, and one that takes a while.
fn slow_inbox() -> Inbox {
    let inbox = Inbox::make();
    inbox.put(
        "a.csv",
        format!("{HEADER}{}", rows(1, &["requested", "huh"])),
    );
    let mut text = HEADER.to_string();
    for n in 0..400_000 {
        text.push_str(&format!(
            "B{n},2026-07-31,2026-07-{:02},requested,1234567893,Plan\n",
            n % 28 + 1
        ));
    }
    inbox.put("b.csv", text);
    inbox.put("c.csv", format!("{HEADER}{}", rows(9, &["requested"])));
    inbox
}

#[cfg(unix)]
#[test]
fn a_call_that_is_broken_off_keeps_whole_files_and_is_made_good() {
    let inbox = slow_inbox();
    let mut child = program(&["-w", inbox.fresh.text(), "ingest"])
        .arg(inbox.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    assert!(first.contains("a.csv: referrals, 2 rows"), "{first}");
    let killed = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    let rest: Vec<String> = lines.map(Result::unwrap).collect();
    let code = child.wait().unwrap().code();
    assert_eq!(code, Some(1), "{rest:?}");
    assert_eq!(
        rest,
        [
            "stopping; once more to stop at once",
            "catchment: stopped; 1 file loaded by this call and kept, the others wait for the next"
        ]
    );
    assert_eq!(inbox.cell("select count(*) from lake_loads"), "1");
    assert_eq!(inbox.cell("select count(*) from lake_referrals"), "1");
    assert!(!inbox.fresh.path().join(".scratch").exists());

    let said = inbox.take(&[]);
    assert_eq!(said.file("b.csv")["accepted"], 400_000);
    assert_eq!(said.file("a.csv")["fate"], "known");
    let undisturbed = slow_inbox();
    undisturbed.take(&[]);
    let sql = "select count(*), count(distinct referral_id), min(referred_on) from lake_referrals";
    assert_eq!(inbox.rows(sql), undisturbed.rows(sql));
    let sql =
        "select file, rows_read, accepted, duplicate, quarantined from lake_loads order by file";
    assert_eq!(inbox.rows(sql), undisturbed.rows(sql));
}
