//! Lines and columns as real files have them: preambles, totals, blank and repeated lines, row numbers,
//! text over several lines, columns that wander.

use super::{Inbox, number, reason};

const HEADER: &str = "referral_id,referred_on,status,referring_npi,referring_name";

fn row(n: usize) -> String {
    format!(
        "R{n},2026-07-{:02},requested,1234567893,Ann Smith",
        n % 28 + 1
    )
}

/// The rows that are stored, by id.
fn ids(inbox: &Inbox) -> Vec<String> {
    inbox
        .rows("select referral_id from lake_referrals order by 1")
        .concat()
}

#[test]
fn what_is_no_row_is_skipped_and_counted() {
    let mut text =
        "Referral report,,,,\n\n\"Printed by: A, B\",,,,\nFrom 1 July to 31 July\n".to_string();
    text.push_str(&format!("\n{HEADER}\n{}\n{}\n\n , ,,,\n", row(1), row(2)));
    // A second page.
    text.push_str(&format!(
        "{HEADER}\n{}\n,,,,\nTotal,2,,,\nGRAND TOTAL:,,,,3\n",
        row(3)
    ));
    let inbox = Inbox::make();
    inbox.put("report.csv", &text);
    let said = inbox.take(&[]);
    assert_eq!(ids(&inbox), ["R1", "R2", "R3"], "{said:?}");
    assert_eq!(said.only()["form"], "header in row 6");
    assert_eq!(number(said.only(), "rows_read"), 3);
    // Five lines above the header, three blank ones, the header again, two totals.
    assert_eq!(number(said.only(), "skipped_lines"), 11);
    // Rows are numbered as a spreadsheet numbers them.
    let sql = "select row_number from lake_referrals order by 1";
    assert_eq!(inbox.rows(sql).concat(), ["7", "8", "12"]);
}

#[test]
fn a_header_may_stand_in_row_14() {
    let mut text = "preamble,one,two\n".repeat(13);
    text.push_str(&format!("{HEADER}\n{}\n", row(1)));
    let inbox = Inbox::make();
    inbox.put("report.csv", &text);
    let said = inbox.take(&[]);
    assert_eq!(said.only()["form"], "header in row 14");
    assert_eq!(ids(&inbox), ["R1"]);
    let inbox = Inbox::make();
    inbox.put("report.csv", &text);
    assert_eq!(
        inbox.take(&["--header-row", "3"]).reports[0]["fate"],
        "passed_over"
    );
}

#[test]
fn a_row_that_begins_like_a_total_is_a_row() {
    let inbox = Inbox::make();
    let text = format!(
        "{HEADER}\nTotal,2026-07-01,requested,1234567893,Ann Smith\nSUM1,2026-07-01,requested,1234567893,\n"
    );
    inbox.put("rows.csv", text);
    assert_eq!(number(inbox.take(&[]).only(), "accepted"), 2);
}

#[test]
fn row_numbers_and_blank_columns_are_left_out() {
    for (extra, name) in [
        ("", ""),
        ("Unnamed: 0", "Unnamed: 0"),
        ("#", "#"),
        ("index", "index"),
    ] {
        let inbox = Inbox::make();
        let text = format!("{extra},{HEADER}\n0,{}\n1,{}\n", row(1), row(2));
        inbox.put("numbered.csv", text);
        let said = inbox.take(&[]);
        assert_eq!(ids(&inbox), ["R1", "R2"], "{said:?}");
        assert_eq!(said.only()["unknown_columns"], name);
    }
    // Every line may end by a delimiter, the header's too, or only the rows'.
    for (head, tail) in [("", ","), (",", ","), (",", ""), (",,,", ",,,")] {
        let inbox = Inbox::make();
        inbox.put(
            "tails.csv",
            format!("{HEADER}{head}\n{}{tail}\n{}{tail}\n", row(1), row(2)),
        );
        let said = inbox.take(&[]);
        assert_eq!(ids(&inbox), ["R1", "R2"], "'{head}' '{tail}': {said:?}");
    }
}

#[test]
fn columns_may_wander_from_month_to_month() {
    let inbox = Inbox::make();
    inbox.put("1.csv", format!("{HEADER}\n{}\n", row(1)));
    inbox.put(
        "2.csv",
        "Status,Referring NPI,REFERRING-NAME,Remark,Referral ID,Referred On\nrequested,1234567893,Ann Smith,x,R2,2026-07-03\n",
    );
    inbox.put(
        "3.txt",
        "referringnpi\tReferralId\tstatus\treferred_on\n1234567893\tR3\trequested\t2026-07-04\n",
    );
    let said = inbox.take(&[]);
    assert_eq!(said.reports.len(), 3);
    assert_eq!(ids(&inbox), ["R1", "R2", "R3"]);
    assert_eq!(said.file("2.csv")["unknown_columns"], "Remark");
    let sql = "select count(distinct referring_npi), count(distinct status), max(referred_on) from lake_referrals";
    assert_eq!(inbox.rows(sql), [["1", "1", "2026-07-04"]]);
}

#[test]
fn text_over_several_lines_is_one_cell() {
    let inbox = Inbox::make();
    let text = format!(
        "{HEADER},note\r\nR1,2026-07-01,requested,1234567893,\"Ann\r\nSmith, \"\"Bo\"\"\",\"one\r\ntwo\n\n\nthree, \"\r\n{},\r\n",
        row(2)
    );
    inbox.put("lines.csv", text);
    let said = inbox.take(&[]);
    assert_eq!(number(said.only(), "rows_read"), 2, "{said:?}");
    assert_eq!(ids(&inbox), ["R1", "R2"]);
    let name = inbox.cell("select referring_name from lake_referrals where referral_id = 'R1'");
    assert_eq!(name.replace("\r\n", "\n"), "Ann\nSmith, \"Bo\"");
}

#[test]
fn a_quote_that_never_closes_costs_its_own_row() {
    let inbox = Inbox::make();
    let mut text = format!("{HEADER}\n");
    for n in 1..=6 {
        if n == 3 {
            text.push_str("R3,2026-07-01,requested,1234567893,\"Ann Smith\n");
        } else {
            text.push_str(&format!("{}\n", row(n)));
        }
    }
    inbox.put("open.csv", text);
    let said = inbox.take(&[]);
    assert_eq!(number(said.only(), "rows_read"), 6, "{said:?}");
    assert_eq!(reason(said.only(), "malformed_row"), 1);
    assert_eq!(ids(&inbox), ["R1", "R2", "R4", "R5", "R6"]);
    let sql = "select row_number, file, cells from lake_quarantine";
    assert_eq!(inbox.rows(sql), [["4", "open.csv", ""]]);
}

#[test]
fn rows_with_too_many_or_too_few_cells_are_malformed() {
    let inbox = Inbox::make();
    let text = format!(
        "{HEADER}\n{}\n{},more,and more\nR3,2026-07-01,requested\n{}\nR5\n",
        row(1),
        row(2),
        row(4)
    );
    inbox.put("torn.csv", text);
    let said = inbox.take(&[]);
    assert_eq!(ids(&inbox), ["R1", "R4"], "{said:?}");
    assert_eq!(reason(said.only(), "malformed_row"), 3);
}

#[test]
fn quotes_within_cells_stay() {
    let inbox = Inbox::make();
    let text = format!(
        "{HEADER}\nR1,2026-07-01,requested,1234567893,Ann \"Bo\" Smith\nR2,2026-07-01,requested,1234567893,5\" Lee\n\
         R3,2026-07-01,requested,1234567893,\"Ann\" Smith\n{}\n",
        row(4)
    );
    inbox.put("quotes.csv", text);
    inbox.take(&[]);
    let names = inbox.rows("select referring_name from lake_referrals order by referral_id");
    assert_eq!(
        names.concat(),
        ["Ann \"Bo\" Smith", "5\" Lee", "Ann Smith", "Ann Smith"]
    );
}

#[test]
fn a_name_that_two_columns_have_stops_the_load_only_where_it_is_read() {
    let inbox = Inbox::make();
    inbox.put(
        "twice.csv",
        format!("{HEADER},Referral_ID\n{},R1\n", row(1)),
    );
    let line = inbox.refused(&[]);
    assert!(
        line.contains("twice.csv") && line.contains("referral_id"),
        "{line}"
    );
    let inbox = Inbox::make();
    inbox.put("twice.csv", format!("{HEADER},note,note\n{},a,b\n", row(1)));
    let said = inbox.take(&[]);
    assert_eq!(said.only()["unknown_columns"], "note, note");
}

#[test]
fn a_header_over_several_lines_is_told_on_one() {
    let inbox = Inbox::make();
    inbox.put(
        "book.csv",
        "\u{feff}\"referral\n id\",referred_on,status,referring_npi,\"Plan\r\n\x1b[31mname\"\nR1,2026-07-01,new,1234567893,x\n",
    );
    let said = inbox.take(&[]);
    assert_eq!(said.lines.lines().count(), 1, "{said:?}");
    assert_eq!(said.only()["unknown_columns"], "Plan [31mname");
    assert_eq!(ids(&inbox), ["R1"]);
}

#[test]
fn a_line_that_names_the_delimiter_for_a_spreadsheet_is_skipped() {
    let inbox = Inbox::make();
    let text = format!("sep=;\n{HEADER}\n{}\n", row(1)).replace(',', ";");
    inbox.put("sep.csv", text);
    let said = inbox.take(&[]);
    assert_eq!(ids(&inbox), ["R1"]);
    assert_eq!(said.only()["form"], "semicolon-delimited, header in row 2");
    assert_eq!(number(said.only(), "skipped_lines"), 1);
}

#[test]
fn a_zero_byte_costs_its_own_row() {
    let inbox = Inbox::make();
    let mut text = format!("{HEADER}\n");
    for n in 1..=40 {
        text.push_str(&format!("{}{}\n", row(n), if n == 3 { "\0" } else { "" }));
    }
    inbox.put("zero.csv", text);
    let said = inbox.take(&[]);
    assert_eq!(number(said.only(), "accepted"), 39, "{said:?}");
    assert_eq!(reason(said.only(), "malformed_row"), 1);
    assert_eq!(inbox.cell("select row_number from lake_quarantine"), "4");
}
