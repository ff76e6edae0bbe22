//! What a person settles, and that it wins over everything.

use std::collections::BTreeMap;

use catchment::base::Workspace;
use catchment::identity::{answers_file, review};

use super::{Resolved, number, resolved};
use crate::inbox::Inbox;
use crate::workspace::{done, read_csv, refused};

/// Two of one name and nothing that tells them apart; the sheet that asks for a person.
fn asked_of_a_person() -> (Inbox, std::path::PathBuf) {
    let (inbox, before) = resolved(
        &[
            (1, "Anna Smith", "East Clinic", "Cardiology"),
            (2, "Anna Smith", "West Clinic", "Cardiology"),
            (3, "Omar Vance", "East Clinic", "Cardiology"),
        ],
        &[("Anna Smith", "", ""), ("VANCE, OMAR", "", "")],
    );
    assert_eq!(before.method("Anna Smith"), "unresolved");
    let sheet = inbox.fresh.path().join("open.csv");
    let arguments = ["identity", "review", "--out", sheet.to_str().unwrap()];
    let said = done(&[&["-w", inbox.fresh.text()][..], &arguments].concat());
    assert!(said.starts_with("1 name with 2 candidates"), "{said}");
    (inbox, sheet)
}

/// The sheet shows both candidates with what speaks for them.
#[test]
fn a_person_is_shown_the_candidates() {
    let (inbox, sheet) = asked_of_a_person();
    let counts = done(&["-w", inbox.fresh.text(), "identity"]);
    let expected = "1 of 2 distinct names resolved to a provider\n  exact 1\n  unresolved 1\n1 of";
    assert!(counts.starts_with(expected), "{counts}");
    let rows = read_csv(&sheet);
    assert_eq!(rows.len(), 2);
    let scores: Vec<f64> = rows.iter().map(|r| r["score"].parse().unwrap()).collect();
    assert!(scores.iter().all(|s| (0.3..=0.5).contains(s)), "{scores:?}");
    assert_eq!(rows[0]["name"], "Anna Smith");
    assert_eq!(rows[0]["candidate_practice"], "East Clinic");
    assert_eq!(rows[1]["candidate_npi"], number(2));
    assert!(rows[0]["agrees"].contains("last name; first name"));
    let xlsx = ["identity", "review", "--out", "open.xlsx"];
    let complaint = refused(&[&["-w", inbox.fresh.text()][..], &xlsx].concat(), 2);
    assert!(complaint.contains("csv"), "{complaint}");
}

/// The sheet comes back with answers; what is wrong in it is named by row, and then nothing is taken.
#[test]
fn a_person_settles_what_is_open() {
    let (inbox, sheet) = asked_of_a_person();
    let text = std::fs::read_to_string(&sheet).unwrap();
    let answered = |row: usize, answer: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_string).collect();
        lines[row].push_str(answer);
        std::fs::write(&sheet, lines.join("\r\n")).unwrap();
    };
    let arguments = ["identity", "review", "--take", sheet.to_str().unwrap()];
    let take = [&["-w", inbox.fresh.text()][..], &arguments].concat();
    answered(2, "1234567890");
    let complaint = refused(&take, 1);
    assert!(complaint.contains("row 3, answer"), "{complaint}");
    let key = read_csv(&sheet)[0]["key"].clone();
    std::fs::write(&sheet, text.replace(&key, "abcdefghijklmnop")).unwrap();
    let complaint = refused(&take, 1);
    assert!(complaint.contains("row 2, key"), "{complaint}");
    assert!(!answers_file(&Workspace::at(inbox.fresh.path())).exists());
    let settled = || Resolved::of(inbox.fresh.path()).referring("Anna Smith");
    answered(2, "yes");
    assert!(done(&take).starts_with("1 answer taken (1 new or changed), 0 left open"));
    assert_eq!(settled(), (number(2), "person".to_string()));
    for (answer, method) in [("none", "person"), ("nobody", "nobody")] {
        answered(1, answer);
        done(&take);
        assert_eq!(settled(), (String::new(), method.to_string()));
    }
}

/// Answers win over an exact match too, and over the list of those who mean nobody.
#[test]
fn answers_win_over_everything() {
    let (inbox, found) = resolved(
        &[
            (1, "Anna Smith", "East Clinic", "Cardiology"),
            (2, "Omar Vance", "East Clinic", "Cardiology"),
        ],
        &[("Anna Smith", "", ""), ("UNKNOWN", "East Clinic", "")],
    );
    assert_eq!(found.method("Anna Smith"), "exact");
    let engine = &found.engine;
    let workspace = Workspace::at(inbox.fresh.path());
    assert_eq!(review(engine, &workspace).unwrap().rows(), 0);
    let mut answers = BTreeMap::new();
    for (name, practice, answer) in [
        ("Anna Smith", "", number(2)),
        ("UNKNOWN", "East Clinic", number(1)),
    ] {
        let key = catchment::identity::name_key("referring", &[name, practice, ""]);
        answers.insert(key, answer);
    }
    let lines: String = answers
        .iter()
        .map(|(key, answer)| format!("{key},,{answer}\n"))
        .collect();
    let path = answers_file(&workspace);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, format!("key,name,answer\n{lines}")).unwrap();
    let found = Resolved::of(inbox.fresh.path());
    assert_eq!(
        found.referring("Anna Smith"),
        (number(2), "person".to_string())
    );
    assert_eq!(
        found.referring("UNKNOWN"),
        (number(1), "person".to_string())
    );
    std::fs::write(&path, "key,name,answer\nx,,17\n").unwrap();
    let complaint = refused(&["-w", inbox.fresh.text(), "identity"], 1);
    assert!(
        complaint.contains("answers.csv, row 2, answer"),
        "{complaint}"
    );
}

/// Texts of specialties that nobody knows are listed with their counts, and a line of vocabulary.toml
/// settles them for the next run; a status word in it has its file read again.
#[test]
fn a_person_settles_words_in_a_vocabulary() {
    let inbox = Inbox::make();
    inbox.put(
        "referrals.csv",
        "referral_id,referred_on,status,referring_name,specialty,updated_at\n\
         1,2026-07-01,requested,Ann Doe,Blorbology,2026-09-30\n\
         2,2026-07-01,requested,Ann Doe,BLORBOLOGY,2026-09-30\n\
         3,2026-07-01,parked,Ann Doe,AMB REF TO CARDIOLOGY,2026-09-30\n",
    );
    inbox.take(&[]);
    let workspace = inbox.fresh.text();
    let shown = done(&["-w", workspace, "identity", "specialties"]);
    assert!(
        shown.contains("2 of 2 specialty texts") || shown.contains("outside the set"),
        "{shown}"
    );
    assert!(
        shown.contains("Blorbology") && !shown.contains("CARDIOLOGY"),
        "{shown}"
    );
    let draft = done(&["-w", workspace, "identity", "specialties", "--draft"]);
    assert!(draft.starts_with("[specialty]\n# \"B"), "{draft}");
    assert_eq!(inbox.cell("select count(*) from lake_quarantine"), "1");
    let file = inbox.fresh.path().join("vocabulary.toml");
    std::fs::write(
        &file,
        "[specialty]\n\"blorbology\" = \"Rheumatology\"\n[status]\n\"parked\" = \"in_review\"\n",
    )
    .unwrap();
    inbox.take(&[]);
    assert_eq!(inbox.cell("select count(*) from lake_quarantine"), "0");
    let rows = inbox.query("select referral_id, specialty, status from referrals order by 1");
    assert_eq!(
        rows,
        [
            ["1", "Rheumatology", "requested"],
            ["2", "Rheumatology", "requested"],
            ["3", "Cardiology", "in_review"]
        ]
    );
    let all = done(&["-w", workspace, "identity", "specialties", "--all"]);
    assert!(all.contains("Blorbology  = Rheumatology (person)"), "{all}");
    std::fs::write(&file, "[specialty]\n\"x\" = \"Cardiolgy\"\n").unwrap();
    let said = refused(&["-w", workspace, "identity", "specialties"], 2);
    assert!(
        said.contains("vocabulary.toml, row 2") && said.contains("'Cardiology'"),
        "{said}"
    );
}
