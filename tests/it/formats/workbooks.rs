//! Excel workbooks as people make them: preambles, blank columns, totals, true dates, numbers for codes,
//! several tables and notes in one book.

use std::io::{Cursor, Read, Write};

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet};

use super::{COLUMNS, RICH, STORED, content, expected, gzipped, holds};
use crate::inbox::{Inbox, number};

/// How the content is laid out in a sheet.
#[derive(Clone, Copy)]
struct Layout {
    /// Rows above the header.
    preamble: u32,
    /// Blank columns before the first.
    blank: u16,
    /// Days as true dates, identifiers and ZIP codes as numbers.
    typed: bool,
    has_total: bool,
    /// Days between the book's first day and that of 1900.
    shift: u32,
}

const PLAIN: Layout = Layout {
    preamble: 0,
    blank: 0,
    typed: false,
    has_total: false,
    shift: 0,
};

fn write(sheet: &mut Worksheet, rows: &[Vec<String>], layout: Layout) {
    for row in 0..layout.preamble {
        if row % 3 == 0 {
            sheet
                .write(row, 0, format!("Referral report, part {row}"))
                .unwrap();
        }
    }
    for (at, column) in COLUMNS.iter().enumerate() {
        sheet
            .write(layout.preamble, layout.blank + at as u16, *column)
            .unwrap();
    }
    for (at, cells) in rows.iter().enumerate() {
        let row = layout.preamble + 1 + at as u32;
        for (place, cell) in cells
            .iter()
            .enumerate()
            .filter(|(_, cell)| !cell.is_empty())
        {
            let column = layout.blank + place as u16;
            if layout.typed {
                write_typed(sheet, (row, column), COLUMNS[place], cell, layout.shift);
            } else {
                sheet.write(row, column, cell).unwrap();
            }
        }
    }
    if layout.has_total {
        let row = layout.preamble + 1 + rows.len() as u32;
        sheet.write(row, layout.blank, "Grand Total").unwrap();
        sheet
            .write(row, layout.blank + 3, rows.len() as u32)
            .unwrap();
    }
}

/// A cell as Excel itself would hold it.
fn write_typed(sheet: &mut Worksheet, at: (u32, u16), column: &str, cell: &str, shift: u32) {
    let (row, place) = at;
    if column.ends_with("_on") || column == "updated_at" {
        let whole = if cell.contains('T') {
            "m/d/yy h:mm"
        } else {
            "m/d/yy"
        };
        let day = ExcelDateTime::parse_from_str(cell).unwrap();
        let serial = day.to_excel() - f64::from(shift);
        let format = Format::new().set_num_format(whole);
        sheet
            .write_with_format(row, place, serial, &format)
            .unwrap();
    } else if column.ends_with("_npi") || column == "patient_zip" {
        sheet
            .write(row, place, cell.parse::<f64>().unwrap())
            .unwrap();
    } else if cell == "true" || cell == "false" {
        sheet.write(row, place, cell == "true").unwrap();
    } else {
        sheet.write(row, place, cell).unwrap();
    }
}

fn book(layout: Layout, rows: &[Vec<String>]) -> Vec<u8> {
    let mut book = Workbook::new();
    write(book.add_worksheet(), rows, layout);
    book.save_to_buffer().unwrap()
}

#[test]
fn a_workbook_stores_what_a_plain_file_stores() {
    let rows = content(&RICH);
    let stored = expected(&rows);
    holds("book.xlsx", &book(PLAIN, &rows), &[], &stored, "xlsx");
    let typed = Layout {
        typed: true,
        ..PLAIN
    };
    holds("book.xlsx", &book(typed, &rows), &[], &stored, "xlsx");
    let dressed = Layout {
        preamble: 13,
        blank: 1,
        typed: true,
        has_total: true,
        shift: 0,
    };
    let bytes = book(dressed, &rows);
    let form = "xlsx, header in row 14";
    let said = holds("book.xlsx", &bytes, &[], &stored, form);
    // Thirteen lines above the header and the total.
    assert_eq!(number(said.only(), "skipped_lines"), 14);
    let form = format!("unpacked from gzip, {form}");
    holds("book.xlsx.gz", &gzipped(&bytes), &[], &stored, &form);
    // What the user says of the header's row is heeded.
    let inbox = Inbox::make();
    inbox.put("book.xlsx", &bytes);
    assert_eq!(
        inbox.take(&["--header-row", "12"]).reports[0]["fate"],
        "passed_over"
    );
}

/// The same book with days counted from 1904.
fn since_1904(bytes: &[u8]) -> Vec<u8> {
    let mut from = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..from.len() {
        let mut member = from.by_index(at).unwrap();
        let name = member.name().unwrap().to_string();
        let mut text = Vec::new();
        member.read_to_end(&mut text).unwrap();
        if name == "xl/workbook.xml" {
            let xml = String::from_utf8(text).unwrap();
            let marked = xml.replace("<workbookPr ", "<workbookPr date1904=\"1\" ");
            assert_ne!(xml, marked);
            text = marked.into_bytes();
        }
        let options = zip::write::SimpleFileOptions::default();
        to.start_file(name, options).unwrap();
        to.write_all(&text).unwrap();
    }
    to.finish().unwrap().into_inner()
}

#[test]
fn days_may_be_counted_from_1904() {
    let rows = content(&RICH);
    let layout = Layout {
        typed: true,
        shift: 1462,
        ..PLAIN
    };
    let bytes = since_1904(&book(layout, &rows));
    holds("mac.xlsx", &bytes, &[], &expected(&rows), "xlsx");
}

#[test]
fn one_book_may_hold_several_tables_and_notes() {
    let rows = content(&RICH);
    let mut book = Workbook::new();
    let notes = book.add_worksheet().set_name("Notes").unwrap();
    notes.write(0, 0, "All numbers are preliminary.").unwrap();
    let sheet = book.add_worksheet().set_name("Open").unwrap();
    write(sheet, &rows[..12], PLAIN);
    let sheet = book.add_worksheet().set_name("Closed & done").unwrap();
    let lower = Layout {
        preamble: 4,
        has_total: true,
        ..PLAIN
    };
    write(sheet, &rows[12..], lower);
    let roster = book.add_worksheet().set_name("Roster").unwrap();
    for (at, (npi, name)) in [("npi", "name"), ("1234567893", "Smith, Ann")]
        .iter()
        .enumerate()
    {
        roster.write(at as u32, 0, *npi).unwrap();
        roster.write(at as u32, 1, *name).unwrap();
    }
    book.add_worksheet().set_name("Empty").unwrap();
    let bytes = book.save_to_buffer().unwrap();

    let inbox = Inbox::make();
    inbox.put("book.xlsx", &bytes);
    let said = inbox.take(&[]);
    assert_eq!(inbox.ask(STORED), expected(&rows));
    assert_eq!(said.reports.len(), 3, "{said:?}");
    let open = said.file("book.xlsx#Open");
    assert_eq!(
        (number(open, "accepted"), &open["form"]),
        (12, &"xlsx, sheet 'Open'".into())
    );
    let closed = said.file("book.xlsx#Closed & done");
    assert_eq!(
        (number(closed, "accepted"), number(closed, "skipped_lines")),
        (8, 5)
    );
    assert_eq!(
        closed["form"],
        "xlsx, sheet 'Closed & done', header in row 5"
    );
    assert_eq!(said.file("book.xlsx#Roster")["table_name"], "providers");
    assert!(!said.lines.contains("Notes") && !said.lines.contains("Empty"));
    // Each line says which sheet it speaks of, and a sheet may be taken alone.
    let inbox = Inbox::make();
    inbox.put("book.xlsx", &bytes);
    let said = inbox.take(&["--sheet", "Open"]);
    assert_eq!(said.only()["file"], "book.xlsx#Open");
    assert_eq!(number(said.only(), "accepted"), 12);
}

#[test]
fn cells_that_excel_could_not_work_out_are_empty() {
    let mut rows = content(&["Ann Smith"]);
    rows.truncate(2);
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    write(sheet, &rows, PLAIN);
    let formula = rust_xlsxwriter::Formula::new("=1/0").set_result("#DIV/0!");
    sheet.write(1, 5, formula).unwrap();
    let formula = rust_xlsxwriter::Formula::new("=UPPER(\"lee\")").set_result("LEE");
    sheet.write(2, 5, formula).unwrap();
    let inbox = Inbox::make();
    inbox.put("book.xlsx", book.save_to_buffer().unwrap());
    assert_eq!(number(inbox.take(&[]).only(), "accepted"), 2);
    let names = inbox.rows("select referring_name from lake_referrals order by referral_id");
    assert_eq!(names, [[""], ["LEE"]]);
}
