//! The program as its users meet it: what it says, and how it ends.

use crate::workspace::{Fresh, Territory, done, program, refused};

#[test]
fn wrong_usage_ends_with_two_and_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    for (arguments, word) in [
        (vec!["-w", path, "run"], "is no workspace"),
        (vec!["-w", path, "status"], "catchment init"),
        (vec!["simulate", path, "--state", "ZZ"], "ZZ"),
        (vec!["simulate", path, "--last-quarter", "2026Q5"], "2026Q3"),
    ] {
        let message = refused(&arguments, 2);
        assert!(message.contains(word), "{message}");
        assert_eq!(message.trim_end().lines().count(), 1, "{message}");
    }
    refused(&["fly"], 2);
}

#[test]
fn a_workspace_is_made_once() {
    let fresh = Fresh::make();
    let message = refused(&["init", fresh.text()], 2);
    assert!(message.contains("is a workspace already"), "{message}");
    let config = std::fs::read_to_string(fresh.path().join("catchment.toml")).unwrap();
    assert!(config.contains("[organisation]"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(fresh.path().join("catchment.key"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let status = done(&["-w", fresh.text(), "status"]);
    assert!(
        status.contains("set yours under [organisation]")
            && status.contains("no referrals are loaded")
    );
    let message = refused(&["-w", fresh.text(), "run"], 2);
    assert!(message.contains("no referrals are loaded"), "{message}");
}

#[test]
fn a_typing_error_in_the_configuration_names_line_and_nearest_key() {
    let fresh = Fresh::make();
    let path = fresh.path().join("catchment.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("\nslack = ", "\nslak = ")).unwrap();
    let message = refused(&["-w", fresh.text(), "status"], 2);
    assert!(
        message.contains("catchment.toml, row ") && message.contains("slack"),
        "{message}"
    );
}

#[test]
fn queries_answer_in_every_format() {
    let territory = Territory::make(20, 5, 6);
    let fresh = Fresh::make();
    fresh.ingest(&[territory.path()]);
    let ask = |arguments: &[&str]| {
        let mut all = vec!["-w", fresh.text(), "query"];
        all.extend(arguments);
        done(&all)
    };
    let n = territory.rows("organizations.csv").len();
    assert_eq!(
        ask(&["select count(*) as n from organizations", "--format", "csv"]),
        format!("n\n{n}\n")
    );
    assert_eq!(
        ask(&["select $a + 1 as b", "-p", "a=2", "--format", "json"]),
        "[{\"b\":3}]\n"
    );
    assert!(ask(&["select 'x' as word"]).contains("| word |"));
    assert!(ask(&["stg_population", "--format", "csv"]).starts_with("zip,county_text"));
    let bytes = program(&[
        "-w",
        fresh.text(),
        "query",
        "select 1 as one",
        "--format",
        "parquet",
    ])
    .output()
    .unwrap();
    assert!(bytes.stdout.starts_with(b"PAR1") && bytes.stdout.ends_with(b"PAR1"));
    // What is known at an earlier quarter's end is less.
    let count = |quarter: &str| -> i64 {
        let text = ask(&[
            "select count(*) as n from referrals",
            "--quarter",
            quarter,
            "--format",
            "csv",
        ]);
        text.trim_start_matches("n\n").trim().parse().unwrap()
    };
    assert!(count("2026Q1") < count("2026Q3"));

    let message = refused(&["-w", fresh.text(), "query", "leakage_by_specialty"], 2);
    assert!(message.contains("run first"), "{message}");
    let message = refused(&["-w", fresh.text(), "query", "leakge_by_specialty"], 2);
    assert!(
        message.contains("did you mean 'leakage_by_specialty'"),
        "{message}"
    );
    refused(&["-w", fresh.text(), "query", "select from where"], 2);
    fresh.run();
    assert!(
        ask(&["leakage_by_specialty", "--format", "csv"]).starts_with("specialty,quarter,n,leaked")
    );
}

#[test]
fn own_sql_takes_precedence_and_a_circle_is_named() {
    let territory = Territory::make(20, 4, 6);
    let fresh = Fresh::make();
    fresh.ingest(&[territory.path()]);
    let shelf = fresh.path().join("queries/results");
    std::fs::create_dir_all(&shelf).unwrap();
    let own = "-- title: Own\n-- grain: quarter\n-- inputs: reference_quarters\n-- definition: Own.\nselect quarter, 7 as seven from reference_quarters\n";
    std::fs::write(shelf.join("my_own.sql"), own).unwrap();
    let text = done(&[
        "-w",
        fresh.text(),
        "query",
        "select max(seven) as s from my_own",
        "--format",
        "csv",
    ]);
    assert_eq!(text, "s\n7\n");
    std::fs::write(
        shelf.join("my_own.sql"),
        own.replace("from reference_quarters", "from my_other"),
    )
    .unwrap();
    std::fs::write(
        shelf.join("my_other.sql"),
        own.replace("from reference_quarters", "from my_own"),
    )
    .unwrap();
    let message = refused(&["-w", fresh.text(), "query", "my_own"], 2);
    assert!(
        message.contains("my_other") && message.contains("->"),
        "{message}"
    );
    // A check that fails is told with its mart.
    std::fs::remove_file(shelf.join("my_other.sql")).unwrap();
    std::fs::write(
        shelf.join("my_own.sql"),
        own.replace("-- inputs", "-- checks: seven = 8\n-- inputs"),
    )
    .unwrap();
    let message = refused(&["-w", fresh.text(), "query", "my_own"], 1);
    assert!(
        message.contains("seven = 8") && message.contains("my_own"),
        "{message}"
    );
}

#[test]
fn a_run_replaces_only_its_own_results() {
    let territory = Territory::make(20, 4, 6);
    let fresh = Fresh::make();
    fresh.ingest(&[territory.path()]);
    let elsewhere = tempfile::tempdir().unwrap();
    std::fs::write(elsewhere.path().join("thesis.txt"), "mine").unwrap();
    let out = elsewhere.path().to_str().unwrap();
    let message = refused(&["-w", fresh.text(), "run", "--out", out], 2);
    assert!(message.contains("holds other files"), "{message}");
    assert!(elsewhere.path().join("thesis.txt").is_file());
    let summary = fresh.run();
    assert!(summary.contains("call list") && summary.contains("2026 Q3 (Jul–Sep)"));
    fresh.run();
    assert!(
        !fresh.path().join(".scratch").exists(),
        "scratch files stay behind"
    );
}

#[test]
fn more_dirt_than_the_limit_ends_with_three() {
    let territory = Territory::with(40, 4, 2, true, false);
    let fresh = Fresh::make();
    let path = fresh.path().join("catchment.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(
        &path,
        text.replace("#: quarantine_limit = 0.02", "quarantine_limit = 0.0001"),
    )
    .unwrap();
    let output = program(&[
        "-w",
        fresh.text(),
        "ingest",
        territory.path().to_str().unwrap(),
    ])
    .output()
    .unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
}

#[test]
fn completions_name_the_commands() {
    for shell in ["bash", "zsh", "fish", "powershell"] {
        assert!(done(&["completions", shell]).contains("ingest"), "{shell}");
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_is_told() {
    // The superuser may write anywhere: then there is nothing to refuse.
    let fresh = Fresh::make();
    let file = fresh.path().join("lake");
    std::fs::write(&file, "in the way").unwrap();
    let territory = Territory::make(20, 2, 6);
    let message = refused(
        &[
            "-w",
            fresh.text(),
            "ingest",
            territory.path().to_str().unwrap(),
        ],
        1,
    );
    assert!(message.contains("lake"), "{message}");
}
