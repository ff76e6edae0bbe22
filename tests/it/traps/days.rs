//! Dates as real files write them. An order of day and month is never guessed.

use super::{Emptied, Inbox, Missing, Quarantined, REFERRALS, Stored};
use crate::inbox::{number, reason};

#[test]
fn dates_that_mean_one_day() {
    REFERRALS.spring(
        &[
            ("referred_on", "2008-01-20", Stored("2008-01-20")),
            ("referred_on", "2008-01-20 00:00:00", Stored("2008-01-20")),
            ("referred_on", "2008-01-20T23:59:59", Stored("2008-01-20")),
            ("referred_on", "20100312", Stored("2010-03-12")),
            ("referred_on", "20100312.0", Stored("2010-03-12")),
            ("referred_on", "01-Mar-2015", Stored("2015-03-01")),
            ("referred_on", "1 mar 2015", Stored("2015-03-01")),
            ("referred_on", "Mar 1, 2015 3:15 PM", Stored("2015-03-01")),
            ("referred_on", "2015/3/1", Stored("2015-03-01")),
            ("referred_on", "2024-02-29", Stored("2024-02-29")),
            ("referred_on", "2023-02-29", Quarantined("bad_date")),
            ("referred_on", "31/02/2025", Quarantined("bad_date")),
            // A stray among plain dates is no question.
            ("referred_on", "03/04/2025", Quarantined("bad_date")),
            ("referred_on", "28/05/2015", Quarantined("bad_date")),
            ("referred_on", "0000-00-00", Quarantined("bad_date")),
            ("referred_on", "tomorrow", Quarantined("bad_date")),
            ("referred_on", "45678", Quarantined("bad_date")),
            ("referred_on", "", Quarantined("missing_required")),
            ("referred_on", "NULL", Quarantined("missing_required")),
            ("referred_on", "2026-08-01", Quarantined("future_date")),
            ("referred_on", "9999-12-31", Quarantined("bad_date")),
            ("appointment_on", "31/02/2025", Emptied),
            ("appointment_on", "-", Missing),
            ("appointment_on", "2027-01-01", Stored("2027-01-01")),
            // Before the order: discharge before referral, and the like.
            ("appointment_on", "2026-07-05", Emptied),
            ("scheduled_on", "2026-07-05", Emptied),
            ("scheduled_on", "2026-08-01", Emptied),
            (
                "updated_at",
                "2026-07-31 08:15:00",
                Stored("2026-07-31T08:15:00"),
            ),
        ],
        &[],
    );
}

/// A file whose orders are of these days, and booked on the same.
fn orders(days: &[&str]) -> String {
    let mut text = "referral_id,referred_on,status,referring_npi\n".to_string();
    for (n, day) in days.iter().enumerate() {
        text.push_str(&format!("R{n},{day},requested,1234567893\n"));
    }
    text
}

#[test]
fn enough_telling_dates_settle_the_order_of_a_column() {
    for (days, told, stored) in [
        (
            ["28/05/2015", "03/04/2015", "01/06/2015", "31/02/2015"],
            "referred_on has the day first",
            ["2015-05-28", "2015-04-03", "2015-06-01"],
        ),
        (
            ["05/28/2015", "03/04/2015", "01/06/2015 10:00", "02/31/2015"],
            "referred_on has the month first",
            ["2015-05-28", "2015-03-04", "2015-01-06"],
        ),
        (
            ["28.05.2015", "3.4.2015", "1-6-2015", "31.02.2015"],
            "referred_on has the day first",
            ["2015-05-28", "2015-04-03", "2015-06-01"],
        ),
    ] {
        let inbox = Inbox::make();
        inbox.put("orders.csv", orders(&days));
        let said = inbox.take(&[]);
        assert_eq!(said.only()["form"], told);
        assert_eq!(reason(said.only(), "bad_date"), 1, "{said:?}");
        let rows = inbox.rows("select referred_on from lake_referrals order by referral_id");
        assert_eq!(rows.concat(), stored);
    }
}

#[test]
fn an_ambiguous_column_stops_the_load_until_it_is_settled() {
    let ambiguous = orders(&["03/04/2025", "05/06/2025", "07/08/2025"]);
    let mut few = vec!["03/04/2015"; 30];
    few.push("28/05/2015");
    let mixed = orders(&["28/05/2015", "05/28/2015", "03/04/2015"]);
    for (text, word) in [
        (&ambiguous, "may have the day or the month first"),
        (&orders(&few), "may have the day or the month first"),
        (&mixed, "some of its dates have the day first"),
    ] {
        let inbox = Inbox::make();
        inbox.put("orders.csv", text);
        let line = inbox.refused(&[]);
        assert!(line.contains(word) && line.contains("--dates"), "{line}");
        assert!(
            line.contains("orders.csv") && line.contains("referred_on"),
            "{line}"
        );
        for cell in ["03/04", "05/06", "28/05", "05/28"] {
            assert!(!line.contains(cell), "{line}");
        }
        assert_eq!(inbox.cell("select count(*) from lake_loads"), "0");
    }
    for (pattern, first) in [("DD/MM/YYYY", "2025-04-03"), ("MM/DD/YYYY", "2025-03-04")] {
        let inbox = Inbox::make();
        inbox.put("orders.csv", &ambiguous);
        let said = inbox.take(&["--dates", pattern]);
        assert_eq!(number(said.only(), "accepted"), 3);
        let sql = "select min(referred_on) from lake_referrals";
        assert_eq!(inbox.cell(sql), first);
        // A mapping settles it as well.
        let inbox = Inbox::make();
        let text = format!("extends = \"canonical_referrals\"\n[read]\ndates = [\"{pattern}\"]\n");
        inbox.mapping("ours", &text);
        inbox.put("orders.csv", &ambiguous);
        assert_eq!(inbox.take(&[]).only()["mapping"], "ours");
        assert_eq!(inbox.cell(sql), first);
    }
}

#[test]
fn a_column_may_mix_days_with_and_without_a_time() {
    let inbox = Inbox::make();
    inbox.put(
        "mixed.csv",
        "referral_id,referred_on,status,referring_npi\n\
         R1,2008-01-20,requested,1234567893\nR2,2008-01-20 00:00:00,requested,1234567893\n\
         R3,2008-01-20 00:00:00.000,requested,1234567893\nR4,20080120,requested,1234567893\n",
    );
    assert_eq!(number(inbox.take(&[]).only(), "accepted"), 4);
    let sql = "select count(*) from lake_referrals where referred_on = date '2008-01-20'";
    assert_eq!(inbox.cell(sql), "4");
}

#[test]
fn falling_volume_at_the_end_of_a_file_is_no_future() {
    // Claims that trickle in late: fewer and fewer rows towards the end, none updated.
    let mut text = "claim_id,service_date,rendering_npi\n".to_string();
    let mut n = 0;
    for month in 0..36 {
        for _ in 0..(1 + (36 - month) / 4) {
            n += 1;
            let (year, month) = (2008 + month / 12, month % 12 + 1);
            text.push_str(&format!("C{n},{year}{month:02}15,1234567893\n"));
        }
    }
    text.push_str("CX,20190101,1234567893\n");
    let inbox = Inbox::make();
    inbox.put("claims.csv", text);
    let said = inbox.take(&[]);
    assert_eq!(number(said.only(), "accepted"), n);
    assert_eq!(
        reason(said.only(), "future_date"),
        1,
        "ten years on is a slip"
    );
}
