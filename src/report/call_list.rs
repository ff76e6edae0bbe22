//! The call list as a workbook that leaves the office with a liaison: one sheet of visits, one that
//! explains it. It gives months, never days of care, and takes every row as it comes.

use catchment_base::metrics;
use catchment_base::{Day, Error, Quarter, Result, Table, units};
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet,
    XlsxError,
};

use crate::{compliance, wording};

/// What the workbook is made of.
#[derive(Debug, Clone)]
pub struct CallList<'a> {
    /// The rows of `call_list`, in the order to show them.
    pub table: &'a Table,
    /// Whose list it is.
    pub organisation: &'a str,
    /// The quarter under review.
    pub quarter: Quarter,
    /// The day as of which everything is known.
    pub as_of: Day,
}

/// How a column of the sheet is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Month,
    Rank,
    Number,
}

/// The columns in the order in which a liaison reads them: name, width in characters, kind.
const COLUMNS: [(&str, f64, Kind); 12] = [
    ("rank", 6.0, Kind::Rank),
    ("territory", 13.0, Kind::Text),
    ("practice_name", 24.0, Kind::Text),
    ("county", 12.0, Kind::Text),
    ("specialty", 15.0, Kind::Text),
    ("why", 9.0, Kind::Text),
    ("evidence", 36.0, Kind::Text),
    ("suggested_topic", 20.0, Kind::Text),
    ("conversation_starter", 36.0, Kind::Text),
    ("last_visit_month", 10.0, Kind::Month),
    ("expected_referrals", 10.0, Kind::Number),
    ("practice_id", 14.0, Kind::Text),
];

/// The rows above the list: a title, and of when and for whom it is. Row numbers count from 0.
const HEAD: u32 = 2;
const INK: Color = Color::RGB(0x1F_2933);
const GRID: Color = Color::RGB(0xE4_E7EB);
const OURS: Color = Color::RGB(0x0F_3D6E);
const SHORT: Color = Color::RGB(0xB8_3A0A);

/// The call list as the bytes of an Excel workbook; the same list gives the same bytes. No cell is a
/// formula, whatever it begins with.
///
/// Fails where the table lacks a column of the call list, or a text is longer than a cell holds.
pub fn call_list(list: &CallList<'_>) -> Result<Vec<u8>> {
    for (name, _, _) in COLUMNS {
        if !list.table.has(name) {
            return Err(Error::internal(format!(
                "table {} has no column {name}",
                list.table.name()
            )));
        }
    }
    let mut workbook = Workbook::new();
    properties(&mut workbook, list)?;
    let calls = workbook.add_worksheet();
    calls.set_name("Call list").map_err(failed)?;
    write_calls(calls, list)?;
    let about = workbook.add_worksheet();
    about.set_name("About this list").map_err(failed)?;
    write_about(about, list)?;
    workbook.save_to_buffer().map_err(failed)
}

fn failed(cause: XlsxError) -> Error {
    Error::internal("the call list can't be written as a workbook").because(cause)
}

/// The workbook's own dates are the as-of day, since a clock would change its bytes.
fn properties(workbook: &mut Workbook, list: &CallList<'_>) -> Result<()> {
    let day = list.as_of;
    let year = u16::try_from(day.year())
        .map_err(|e| Error::internal("the as-of day has no year").because(e))?;
    let created = ExcelDateTime::from_ymd(year, day.month() as u8, day.day_of_month() as u8)
        .map_err(failed)?;
    let properties = DocProperties::new()
        .set_title(title(list))
        .set_subject("Internal")
        .set_author(list.organisation)
        .set_creation_datetime(&created);
    workbook.set_properties(&properties);
    Ok(())
}

fn title(list: &CallList<'_>) -> String {
    format!("Call list {}", list.quarter.for_people())
}

fn subtitle(list: &CallList<'_>) -> String {
    format!(
        "Internal. {}, known as of {}.",
        list.organisation,
        wording::day(list.as_of)
    )
}

fn write_calls(sheet: &mut Worksheet, list: &CallList<'_>) -> Result<()> {
    write_heads(sheet, list)?;
    let cell = plain()
        .set_border_bottom(FormatBorder::Thin)
        .set_border_bottom_color(GRID)
        .set_align(FormatAlign::Top);
    for (at, (name, _, kind)) in (0u16..).zip(COLUMNS) {
        write_column(sheet, list.table, at, (name, kind), &cell)?;
    }
    for row in 0..list.table.rows() {
        let lines = lines(list.table, row)?;
        sheet
            .set_row_height(HEAD + 1 + row as u32, height(lines))
            .map_err(failed)?;
    }
    let last = HEAD + list.table.rows().max(1) as u32;
    if list.table.rows() == 0 {
        let none = "No call is listed for this quarter.";
        sheet
            .write_string_with_format(HEAD + 1, 0, none, &cell)
            .map_err(failed)?;
    }
    sheet
        .autofilter(HEAD, 0, last, COLUMNS.len() as u16 - 1)
        .map_err(failed)?;
    // Rank, territory and practice stay in sight, whatever is read beside them.
    sheet.set_freeze_panes(HEAD + 1, 3).map_err(failed)?;
    sheet.set_repeat_rows(HEAD, HEAD).map_err(failed)?;
    print(sheet, list);
    Ok(())
}

fn write_heads(sheet: &mut Worksheet, list: &CallList<'_>) -> Result<()> {
    let bold = plain().set_bold();
    let top = bold.clone().set_font_size(16).set_font_color(OURS);
    sheet
        .write_string_with_format(0, 0, title(list), &top)
        .map_err(failed)?;
    let whom = bold.clone().set_font_color(SHORT);
    sheet
        .write_string_with_format(1, 0, subtitle(list), &whom)
        .map_err(failed)?;
    let head = bold
        .set_font_color(Color::White)
        .set_background_color(OURS)
        .set_text_wrap()
        .set_align(FormatAlign::VerticalCenter);
    for (at, (name, width, _)) in (0u16..).zip(COLUMNS) {
        sheet.set_column_width(at, width).map_err(failed)?;
        sheet
            .write_string_with_format(HEAD, at, wording::head(name), &head)
            .map_err(failed)?;
    }
    for (row, points) in [(0, 26), (1, 20), (HEAD, 44)] {
        sheet.set_row_height(row, points).map_err(failed)?;
    }
    Ok(())
}

/// The format that all others begin with.
fn plain() -> Format {
    Format::new()
        .set_font_name("Arial")
        .set_font_size(10)
        .set_font_color(INK)
}

/// How many lines the tallest cell of a row takes.
fn lines(table: &Table, row: usize) -> Result<usize> {
    let mut most = 1;
    for (name, width, kind) in COLUMNS {
        if kind == Kind::Text {
            most = most.max(wrapped(&table.cell(name, row)?, width));
        }
    }
    Ok(most)
}

/// The lines that a text takes in a column of so many characters, broken between words. Programs
/// do not all find a row's height by themselves.
fn wrapped(text: &str, width: f64) -> usize {
    // Widths count digits of the workbook's own font; text in this one runs narrower.
    let room = (width * 1.15) as usize;
    let (mut lines, mut used) = (1, 0);
    for word in text.split_whitespace() {
        let long = word.chars().count();
        let needed = if used == 0 { long } else { used + 1 + long };
        if needed <= room {
            used = needed;
        } else {
            // A word longer than a line is broken within.
            lines += usize::from(used > 0) + long.saturating_sub(1) / room.max(1);
            used = long.saturating_sub(1) % room.max(1) + 1;
        }
    }
    lines
}

/// The height of a row of so many lines, in points; Excel allows 409.
fn height(lines: usize) -> f64 {
    (lines as f64 * 13.0 + 4.0).min(409.0)
}

fn write_column(
    sheet: &mut Worksheet,
    table: &Table,
    at: u16,
    (name, kind): (&str, Kind),
    cell: &Format,
) -> Result<()> {
    let row_of = |row: usize| HEAD + 1 + row as u32;
    if matches!(kind, Kind::Rank | Kind::Number) {
        let format = match kind {
            Kind::Rank => cell
                .clone()
                .set_num_format("0")
                .set_align(FormatAlign::Center),
            _ => cell.clone().set_num_format("#,##0.0"),
        };
        for (row, value) in table.reals(name)?.into_iter().enumerate() {
            match value {
                Some(value) => sheet.write_number_with_format(row_of(row), at, value, &format),
                None => sheet.write_blank(row_of(row), at, &format),
            }
            .map_err(failed)?;
        }
        return Ok(());
    }
    let format = cell.clone().set_text_wrap().set_indent(1);
    let quoted = format.clone().set_quote_prefix();
    for row in 0..table.rows() {
        let text = table.cell(name, row)?;
        let text = if kind == Kind::Month {
            month(&text)
        } else {
            text
        };
        // A text that looks like a formula stays a text even when somebody edits the cell.
        let format = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
            &quoted
        } else {
            &format
        };
        if text.is_empty() {
            sheet.write_blank(row_of(row), at, format).map_err(failed)?;
        } else {
            sheet
                .write_string_with_format(row_of(row), at, text, format)
                .map_err(failed)?;
        }
    }
    Ok(())
}

/// A month in the form that sorts, `2026-07`, whatever day the text goes on to name.
fn month(text: &str) -> String {
    match wording::month_start(text) {
        Some(day) => format!("{:04}-{:02}", day.year(), day.month()),
        None => text.to_string(),
    }
}

/// How a sheet is printed: landscape, one page wide, the audience and the as-of day on every page.
fn print(sheet: &mut Worksheet, list: &CallList<'_>) {
    // In headers a single ampersand begins a code.
    let organisation = list.organisation.replace('&', "&&");
    sheet
        .set_landscape()
        .set_paper_size(1)
        .set_print_fit_to_pages(1, 0)
        .set_margins(0.5, 0.5, 0.8, 0.7, 0.35, 0.35)
        .set_screen_gridlines(false)
        .set_header(format!(
            "&L&\"Arial,Bold\"&10internal&C&\"Arial,Regular\"&10{organisation}, {}&R&\"Arial,Regular\"&10known as of {}",
            title(list),
            wording::day(list.as_of)
        ))
        .set_footer("&L&\"Arial,Regular\"&9internal&R&\"Arial,Regular\"&9&P of &N");
}

fn write_about(sheet: &mut Worksheet, list: &CallList<'_>) -> Result<()> {
    const WIDTHS: [f64; 2] = [28.0, 96.0];
    let plain = plain().set_text_wrap().set_align(FormatAlign::Top);
    let bold = plain.clone().set_bold();
    let part = bold.clone().set_font_size(12).set_font_color(OURS);
    for (at, width) in (0u16..).zip(WIDTHS) {
        sheet.set_column_width(at, width).map_err(failed)?;
    }
    let mut lines: Vec<(String, String, &Format)> = vec![
        (title(list), String::new(), &part),
        ("For whom".into(), subtitle(list), &bold),
        (
            "Calls".into(),
            units::count(list.table.rows() as i64),
            &bold,
        ),
        (String::new(), String::new(), &plain),
        ("How to use it".into(), String::new(), &part),
    ];
    let uses = [
        (
            "Order",
            "Calls are ranked within a territory; 1 comes first. Sort and filter as you like: the rank stays.",
        ),
        (
            "Months",
            "Dates are months, so that no day of anybody's care can be read from this list.",
        ),
        ("Conversation", compliance::OUR_SERVICE),
        ("Right reasons", compliance::RIGHT_REASONS),
        ("Pay", compliance::NO_PAY),
        (
            "Sharing",
            "This list names practices and their referrals. It is internal: do not hand it to a practice.",
        ),
    ];
    lines.extend(uses.map(|(head, said)| (head.to_string(), said.to_string(), &bold)));
    lines.push((String::new(), String::new(), &plain));
    lines.push(("The columns".into(), String::new(), &part));
    for (name, _, _) in COLUMNS {
        let said = metrics::find(name).map_or("", |metric| metric.sentence);
        lines.push((wording::head(name), said.to_string(), &bold));
    }
    for (row, (head, said, format)) in (0u32..).zip(&lines) {
        sheet
            .write_string_with_format(row, 0, head, format)
            .map_err(failed)?;
        sheet
            .write_string_with_format(row, 1, said, &plain)
            .map_err(failed)?;
        let [first, second] = WIDTHS;
        let lines = wrapped(head, first).max(wrapped(said, second));
        sheet.set_row_height(row, height(lines)).map_err(failed)?;
    }
    print(sheet, list);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_sort_and_hold_no_day() {
        assert_eq!(month("2026-07-14"), "2026-07");
        assert_eq!(month("2026-07"), "2026-07");
        assert_eq!(month(""), "");
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrapped("", 10.0), 1);
        assert_eq!(wrapped("one two", 7.0), 1);
        assert_eq!(wrapped("one two", 6.0), 2);
        assert_eq!(wrapped("one two three", 7.0), 2);
        assert_eq!(wrapped("abcdefghij", 5.0), 2);
        assert_eq!(wrapped("x abcdefghijk y", 5.0), 4);
        assert!(height(1_000) <= 409.0);
    }

    #[test]
    fn every_column_is_explained() {
        for (name, _, _) in COLUMNS {
            assert!(metrics::find(name).is_some(), "{name}");
        }
    }
}
