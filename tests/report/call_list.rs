//! The call list's workbook, read as the parts of its archive.

use std::io::{Cursor, Read};

use catchment_base::TableBuilder;
use catchment_report::{CallList, call_list};

use crate::markup::parse;
use crate::sample::{HOSTILE, as_of, calls, quarter};

fn list(table: &catchment_base::Table) -> Vec<u8> {
    let list = CallList {
        table,
        organisation: "Lakes & Hills",
        quarter: quarter(),
        as_of: as_of(),
    };
    call_list(&list).unwrap()
}

fn part(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    archive
        .by_name(name)
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    text.split_once("?>")
        .map_or(text.clone(), |(_, body)| body.to_string())
}

/// The cells of a sheet, row by row: their place and their text.
fn cells(bytes: &[u8], sheet: &str) -> Vec<(String, String)> {
    let strings: Vec<String> = parse(&part(bytes, "xl/sharedStrings.xml"))
        .into_iter()
        .filter(|e| e.name == "si")
        .map(|e| e.text)
        .collect();
    parse(&part(bytes, sheet))
        .into_iter()
        .filter(|e| e.name == "c")
        .map(|c| {
            let place = c.get("r").unwrap().to_string();
            let is_text = c.get("t") == Some("s");
            (
                place,
                if is_text {
                    strings[c.text.parse::<usize>().unwrap()].clone()
                } else {
                    c.text
                },
            )
        })
        .collect()
}

fn at<'a>(cells: &'a [(String, String)], place: &str) -> &'a str {
    &cells
        .iter()
        .find(|(p, _)| p == place)
        .unwrap_or_else(|| panic!("{place} is missing"))
        .1
}

#[test]
fn the_sheet_holds_the_table_in_reading_order() {
    let bytes = list(&calls());
    let cells = cells(&bytes, "xl/worksheets/sheet1.xml");
    assert_eq!(at(&cells, "A1"), "Call list 2026 Q3 (Jul–Sep)");
    assert_eq!(
        at(&cells, "A2"),
        "Internal. Lakes & Hills, known as of 30 Sep 2026."
    );
    let heads: Vec<&str> = ('A'..='L').map(|c| at(&cells, &format!("{c}3"))).collect();
    assert_eq!(
        heads,
        [
            "Rank",
            "Territory",
            "Practice",
            "County",
            "Specialty",
            "Why",
            "Evidence",
            "Suggested topic",
            "Conversation starter",
            "Last visit month",
            "Expected referrals (a quarter)",
            "Practice ID"
        ]
    );
    assert_eq!(at(&cells, "A4"), "1");
    assert_eq!(at(&cells, "C5"), HOSTILE);
    assert_eq!(at(&cells, "J4"), "2026-04", "a month, not a day");
    assert_eq!(at(&cells, "K4"), "17.25");
    assert_eq!(
        (at(&cells, "K6"), at(&cells, "D5"), at(&cells, "J6")),
        ("", "", "")
    );
}

#[test]
fn no_cell_is_a_formula_and_none_becomes_one() {
    let bytes = list(&calls());
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
    let elements = parse(&sheet);
    assert!(!elements.iter().any(|e| e.name == "f"));
    let styles = parse(&part(&bytes, "xl/styles.xml"));
    let xfs = styles.iter().position(|e| e.name == "cellXfs").unwrap();
    let formats: Vec<_> = styles[xfs..].iter().filter(|e| e.name == "xf").collect();
    let texts = cells(&bytes, "xl/worksheets/sheet1.xml");
    let mut seen = 0;
    for cell in elements.iter().filter(|e| e.name == "c") {
        let text = at(&texts, cell.get("r").unwrap());
        if text.starts_with(['=', '+', '-', '@']) {
            let style: usize = cell.get("s").unwrap().parse().unwrap();
            assert_eq!(
                (cell.get("t"), formats[style].get("quotePrefix")),
                (Some("s"), Some("1")),
                "{text}"
            );
            seen += 1;
        }
    }
    assert_eq!(seen, 5);
}

#[test]
fn it_is_frozen_filtered_and_printed_as_promised() {
    let bytes = list(&calls());
    let elements = parse(&part(&bytes, "xl/worksheets/sheet1.xml"));
    let one = |name: &str| {
        elements
            .iter()
            .find(|e| e.name == name)
            .unwrap_or_else(|| panic!("no {name}"))
    };
    assert_eq!(
        (one("pane").get("ySplit"), one("pane").get("state")),
        (Some("3"), Some("frozen"))
    );
    assert_eq!(one("autoFilter").get("ref"), Some("A3:L7"));
    assert_eq!(one("pageSetup").get("orientation"), Some("landscape"));
    let header = &one("oddHeader").text;
    assert!(
        header.contains("internal")
            && header.contains("Lakes && Hills")
            && header.ends_with("known as of 30 Sep 2026")
    );
    let widths: Vec<_> = elements.iter().filter(|e| e.name == "col").collect();
    assert_eq!(widths.last().and_then(|col| col.get("max")), Some("12"));
    assert!(widths.iter().all(|col| col.get("customWidth") == Some("1")));
    let book = part(&bytes, "xl/workbook.xml");
    assert!(book.contains("'Call list'!$3:$3") && book.contains("name=\"About this list\""));
}

#[test]
fn the_second_sheet_explains_columns_and_says_the_rules() {
    let bytes = list(&calls());
    let texts: Vec<String> = cells(&bytes, "xl/worksheets/sheet2.xml")
        .into_iter()
        .map(|c| c.1)
        .collect();
    let all = texts.join("\n");
    for words in [
        "computes pay",
        "our own service",
        "patient's preference",
        "insurer's choice",
        "physician's judgement",
    ] {
        assert!(all.contains(words), "{words}");
    }
    for head in ["Evidence", "Conversation starter", "Last visit month"] {
        let at = texts.iter().position(|t| t == head).unwrap();
        assert!(texts[at + 1].ends_with('.'), "{head}");
    }
}

#[test]
fn the_same_list_has_the_same_bytes_and_no_clock() {
    let first = list(&calls());
    // Times in archives have steps of two seconds.
    std::thread::sleep(std::time::Duration::from_millis(2_100));
    assert_eq!(first, list(&calls()));
    assert!(part(&first, "docProps/core.xml").contains("2026-09-30T00:00:00Z"));
}

#[test]
fn an_empty_list_says_so_and_a_wrong_table_is_refused() {
    let bytes = list(&calls().pick(&[]).unwrap());
    assert_eq!(
        at(&cells(&bytes, "xl/worksheets/sheet1.xml"), "A4"),
        "No call is listed for this quarter."
    );
    let table = TableBuilder::new("call_list")
        .text("territory", [Some("x")])
        .finish()
        .unwrap();
    let list = CallList {
        table: &table,
        organisation: "",
        quarter: quarter(),
        as_of: as_of(),
    };
    assert!(call_list(&list).is_err());
}
