//! A user's own mappings: which file they take, what a mended one changes, what a wrong one says.

use super::{HEADER, rows};
use crate::inbox::{Inbox, number, reason};

#[test]
fn a_mended_mapping_brings_back_what_was_quarantined() {
    let inbox = Inbox::make();
    inbox.put(
        "queue.csv",
        format!(
            "{HEADER}{}",
            rows(1, &["requested", "Pt never called back", "Sent out", "huh"])
        ),
    );
    let first = inbox.take(&[]);
    assert_eq!(reason(first.only(), "unknown_status"), 3);
    assert_eq!(inbox.cell("select count(*) from lake_quarantine"), "3");

    let mended = "extends = \"canonical_referrals\"\n[words.status]\n\"Pt never called back\" = \"expired\"\n\
        \"sent  OUT\" = \"redirected\"\n";
    inbox.mapping("queue", mended);
    let second = inbox.take(&[]);
    assert!(
        second
            .line("queue.csv")
            .contains("takes the place of an earlier reading"),
        "{second:?}"
    );
    assert_eq!(
        (
            number(second.only(), "accepted"),
            number(second.only(), "duplicate")
        ),
        (3, 0)
    );
    let sql = "select referral_id, status from lake_referrals order by 1";
    let stored = inbox.rows(sql);
    assert_eq!(
        stored,
        [["R1", "requested"], ["R2", "expired"], ["R3", "redirected"]]
    );
    assert_eq!(
        inbox.rows("select row_number from lake_quarantine"),
        [["5"]]
    );

    inbox.mapping("queue", &format!("{mended}huh = \"void\"\n"));
    inbox.take(&[]);
    assert_eq!(inbox.cell("select count(*) from lake_quarantine"), "0");
    assert_eq!(inbox.cell("select count(*) from lake_referrals"), "4");
    let sql = "select count(*), sum(accepted), sum(quarantined), max(mapping) from lake_loads";
    assert_eq!(inbox.rows(sql), [["1", "4", "0", "queue"]]);
}

#[test]
fn a_mapping_that_says_the_same_changes_nothing_and_one_that_goes_does() {
    let inbox = Inbox::make();
    let statuses = ["requested", "Sent out", "huh"];
    inbox.put("queue.csv", format!("{HEADER}{}", rows(1, &statuses)));
    let mended =
        "extends = \"canonical_referrals\"\n[words.status]\n\"sent  OUT\" = \"redirected\"\n";
    inbox.mapping("queue", &format!("{mended}huh = \"void\"\n"));
    assert_eq!(number(inbox.take(&[]).only(), "accepted"), 3);
    // A remark or an order of lines changes nothing.
    let same = format!("# a remark\n{mended}huh  =  \"void\"\n");
    inbox.mapping("queue", &same);
    assert!(
        inbox
            .take(&[])
            .line("queue.csv")
            .contains("loaded before, unchanged")
    );
    // A mapping that goes takes its words with it.
    std::fs::remove_file(inbox.fresh.path().join("mappings/queue.toml")).unwrap();
    assert_eq!(number(inbox.take(&[]).only(), "quarantined"), 2);
    assert_eq!(inbox.cell("select count(*) from lake_referrals"), "1");
}

#[test]
fn rows_that_a_filter_takes_are_counted_by_its_name() {
    let inbox = Inbox::make();
    inbox.mapping(
        "ours",
        "extends = \"canonical_referrals\"\n[[set_aside]]\nname = \"tests\"\nwhen = \"starts(payer, 'Plan 1')\"\n\
         [[set_aside]]\nname = \"other states\"\nwhen = \"payer in ('Plan 2', 'plan 3')\"\n\
         [[set_aside]]\nname = \"nobody\"\nwhen = \"payer = 'X'\"\n",
    );
    // A row that is set aside is not judged.
    let text = format!(
        "{HEADER}{}",
        rows(1, &["requested", "huh", "accepted", "accepted", "huh"])
    );
    inbox.put("a.csv", text);
    let said = inbox.take(&[]);
    let load = said.only();
    assert_eq!(
        ["set_aside", "accepted", "quarantined"].map(|key| number(load, key)),
        [3, 1, 1],
        "{said:?}"
    );
    assert_eq!(load["set_aside_by"], "other states 2, tests 1");
    assert!(
        said.line("a.csv")
            .contains("; set aside: other states 2, tests 1"),
        "{said:?}"
    );
    let sql = "select set_aside, set_aside_by from lake_loads";
    assert_eq!(inbox.rows(sql), [["3", "other states 2, tests 1"]]);
}

#[test]
fn own_mappings_come_before_those_that_ship() {
    let inbox = Inbox::make();
    inbox.put("a.csv", format!("{HEADER}{}", rows(1, &["requested"])));
    // It reads fewer columns than the one that ships.
    inbox.mapping(
        "poor",
        "table = \"referrals\"\n[columns]\nreferral_id = \"referral_id\"\nreferred_on = \"referred_on\"\n\
         status = \"status\"\nreferring_npi = \"referring_npi\"\n",
    );
    let said = inbox.take(&[]);
    assert_eq!(
        (&said.only()["mapping"], &said.only()["source"]),
        (&"poor".into(), &"poor".into())
    );
    assert_eq!(said.only()["unknown_columns"], "updated_at, payer");
    // The user may still name the other.
    let said = inbox.take(&["--layout", "canonical_referrals"]);
    assert_eq!(said.only()["mapping"], "canonical_referrals");
    // One of the same name takes its place.
    inbox.mapping(
        "canonical_referrals",
        "extends = \"canonical_referrals\"\nsource = \"ours\"\n",
    );
    let said = inbox.take(&["--layout", "canonical_referrals"]);
    assert_eq!(said.only()["source"], "ours");
    // Of two that fit equally well the user must choose.
    std::fs::remove_file(inbox.fresh.path().join("mappings/canonical_referrals.toml")).unwrap();
    inbox.mapping("also", "extends = \"poor\"\n");
    let line = inbox.refused(&[]);
    assert!(
        line.contains("also") && line.contains("poor") && line.contains("a.csv"),
        "{line}"
    );
    let said = inbox.take(&["--layout", "also"]);
    assert_eq!(said.only()["mapping"], "also");
}

#[test]
fn a_mistake_in_a_mapping_is_one_line_with_its_place() {
    let head = "table = \"referrals\"\n[columns]\nreferral_id = \"referral_id\"\nreferred_on = \"referred_on\"\n\
        status = \"status\"\nreferring_npi = \"referring_npi\"\n";
    for (tail, row, word) in [
        ("payor = \"payer\"\n", 7, "payer"),
        ("[words.status]\nx = \"requestd\"\n", 8, "requested"),
        ("[word.status]\nx = \"requested\"\n", 7, "words"),
        (
            "[[set_aside]]\nname = \"x\"\nwhen = \"payer = \"\n",
            9,
            "when",
        ),
        (
            "[[set_aside]]\nname = \"x\"\nwhen = \"uper(payer) = 'X'\"\n",
            9,
            "upper",
        ),
        ("[read]\ndates = [\"MM/DD\"]\n", 8, "dates"),
        ("[read]\nencoding = \"klingon\"\n", 8, "encoding"),
        ("status = \"other\"\n", 7, "duplicate"),
        ("payer = \"a\n", 7, ""),
    ] {
        let inbox = Inbox::make();
        inbox.put("a.csv", format!("{HEADER}{}", rows(1, &["requested"])));
        inbox.mapping("wrong", &format!("{head}{tail}"));
        let said = inbox.take(&[]);
        assert_eq!(
            (said.code, said.lines.lines().count()),
            (2, 1),
            "{tail}: {said:?}"
        );
        let place = format!("mappings/wrong.toml, row {row}");
        assert!(
            said.lines.contains(&place) && said.lines.contains(word),
            "{tail}: {}",
            said.lines
        );
        assert!(!inbox.fresh.path().join("lake/loads").exists());
    }
    let inbox = Inbox::make();
    inbox.put("a.csv", format!("{HEADER}{}", rows(1, &["requested"])));
    let said = inbox.take(&["--layout", "canonical_referals"]);
    assert!(said.lines.contains("canonical_referrals"), "{said:?}");
}
