//! One content in every form that files come in: the same rows are stored, and the line that is printed
//! says how the file was read.

mod columnar;
mod messages;
mod workbooks;

use std::io::Write;

use encoding_rs::WINDOWS_1252;

use crate::inbox::{Inbox, Said, number, reason};

/// The columns that the files have.
const COLUMNS: [&str; 12] = [
    "referral_id",
    "updated_at",
    "referred_on",
    "status",
    "referring_npi",
    "referring_name",
    "referred_to_name",
    "specialty",
    "is_renewal",
    "patient_id",
    "patient_zip",
    "appointment_on",
];
/// What is stored of them, as a query.
const STORED: &str = "select referral_id, source, updated_at, referred_on, status, referring_npi, referring_name, \
     referred_to_name, specialty, is_renewal, length(patient_id) as hashed, patient_zip, appointment_on \
     from referral_versions order by referral_id";

/// Names that need quoting.
const RICH: [&str; 5] = [
    "Núñez, José",
    "Bo \"Red\" O'Neil",
    "Smith; Jones | Lee",
    "Two\nlines, one cell",
    "'Quoted' whole",
];

/// The rows of the content; names rotate.
fn content(names: &[&str]) -> Vec<Vec<String>> {
    let statuses = ["requested", "Pending Review", "completed", "NO SHOW"];
    let mut rows = Vec::new();
    for n in 0..20 {
        let at = |list: &[&str]| list[n % list.len()].to_string();
        rows.push(vec![
            format!("R{n:03}"),
            format!("2026-07-{:02}T08:30:00", n + 6),
            format!("2026-07-{:02}", n % 5 + 1),
            at(&statuses),
            at(&["1234567893", "1003033051", ""]),
            at(names),
            at(&["Dr. Lee", "", "NULL"]),
            at(&["Cardiology", "Orthopedic Surgery"]),
            at(&["true", "false", ""]),
            format!("P{n}"),
            at(&["02139", "87102", ""]),
            at(&["2026-08-01", ""]),
        ]);
    }
    rows
}

/// A text of delimited lines.
fn delimited(rows: &[Vec<String>], delimiter: char, quote: Option<char>, end: &str) -> String {
    let header: Vec<String> = COLUMNS.map(str::to_string).to_vec();
    let mut text = String::new();
    for row in std::iter::once(&header).chain(rows) {
        let cells: Vec<String> = row
            .iter()
            .map(|cell| match quote {
                Some(quote) if cell.contains([delimiter, quote, '\n']) => {
                    let doubled = cell.replace(quote, &format!("{quote}{quote}"));
                    format!("{quote}{doubled}{quote}")
                }
                _ => cell.clone(),
            })
            .collect();
        text.push_str(&cells.join(&delimiter.to_string()));
        text.push_str(end);
    }
    text
}

/// What a plain file of these rows stores.
fn expected(rows: &[Vec<String>]) -> String {
    let inbox = Inbox::make();
    inbox.put("plain.csv", delimited(rows, ',', Some('"'), "\n"));
    let said = inbox.take(&[]);
    assert_eq!(number(said.only(), "accepted"), 20);
    assert_eq!(said.only()["form"], "");
    inbox.ask(STORED)
}

/// Takes a file into a workspace of its own; it must store the same, and say so.
fn holds(name: &str, bytes: &[u8], options: &[&str], stored: &str, form: &str) -> Said {
    let inbox = Inbox::make();
    inbox.put(name, bytes);
    let said = inbox.take(options);
    assert_eq!(inbox.ask(STORED), stored, "{name}: {said:?}");
    assert_eq!(said.only()["form"], form, "{name}");
    let told = said.line(name);
    assert_eq!(
        told.contains("read as "),
        !form.is_empty(),
        "{name}: {told}"
    );
    assert!(told.contains(form), "{name}: {told}");
    said
}

#[test]
fn every_delimiter_is_found() {
    let rows = content(&RICH);
    let stored = expected(&rows);
    assert!(stored.contains("\"Bo \"\"Red\"\" O'Neil\"") && stored.contains("Two\nlines"));
    for (delimiter, form) in [
        (',', ""),
        ('\t', "tab-delimited"),
        (';', "semicolon-delimited"),
        ('|', "pipe-delimited"),
        ('^', "^-delimited"),
        ('~', "~-delimited"),
        ('\x1f', "byte 31-delimited"),
        ('\x01', "byte 1-delimited"),
    ] {
        let text = delimited(&rows, delimiter, Some('"'), "\n");
        holds("file.txt", text.as_bytes(), &[], &stored, form);
    }
    // One that nobody uses must be named.
    let text = delimited(&rows, '#', Some('"'), "\n");
    let inbox = Inbox::make();
    inbox.put("file.txt", &text);
    assert_eq!(inbox.take(&[]).reports[0]["fate"], "passed_over");
    let options = ["--delimiter", "#"];
    holds(
        "file.txt",
        text.as_bytes(),
        &options,
        &stored,
        "#-delimited",
    );
}

#[test]
fn lines_end_in_every_way() {
    let rows = content(&RICH);
    let stored = expected(&rows);
    for end in ["\n", "\r\n", "\r"] {
        let text = delimited(&rows, ',', Some('"'), end);
        let text = if end == "\r" {
            text.replace('\n', "\r")
        } else {
            text
        };
        holds("file.csv", text.as_bytes(), &[], &stored, "");
        // The last line needs no end.
        let cut = text.strip_suffix(end).unwrap();
        holds("file.csv", cut.as_bytes(), &[], &stored, "");
    }
}

#[test]
fn quotes_may_be_apostrophes_or_mean_nothing() {
    let rows = content(&RICH);
    let stored = expected(&rows);
    let quoted = delimited(&rows, ',', Some('\''), "\n");
    let options = ["--quote", "'"];
    holds(
        "file.csv",
        quoted.as_bytes(),
        &options,
        &stored,
        "quoted by '",
    );
    // Where every cell stands in apostrophes, nobody has to say so.
    let all: String = quoted_whole(&rows, '\'');
    holds("file.csv", all.as_bytes(), &[], &stored, "quoted by '");
    let all: String = quoted_whole(&rows, '"');
    holds("file.csv", all.as_bytes(), &[], &stored, "");

    // A quote that opens a cell and never closes is an inch or a nickname where there is no quoting.
    let names = ["\"Red\" Smith", "5\" Lee", "\"Bo", "O'Neil, no"];
    let rows = content(&names);
    let stored = expected(&rows);
    let text = delimited(&rows, '|', None, "\n");
    holds(
        "file.txt",
        text.as_bytes(),
        &["--quote", "none"],
        &stored,
        "pipe-delimited, without quoting",
    );
}

/// Every cell of a file in quotes.
fn quoted_whole(rows: &[Vec<String>], quote: char) -> String {
    let header: Vec<String> = COLUMNS.map(str::to_string).to_vec();
    let line = |row: &Vec<String>| -> String {
        let cells: Vec<String> = row
            .iter()
            .map(|cell| cell.replace(quote, &format!("{quote}{quote}")))
            .map(|cell| format!("{quote}{cell}{quote}"))
            .collect();
        cells.join(",") + "\n"
    };
    std::iter::once(&header).chain(rows).map(line).collect()
}

fn utf16(text: &str, is_big: bool, mark: bool) -> Vec<u8> {
    let units = mark.then_some(0xfeff).into_iter();
    units
        .chain(text.encode_utf16())
        .flat_map(|unit: u16| {
            if is_big {
                unit.to_be_bytes()
            } else {
                unit.to_le_bytes()
            }
        })
        .collect()
}

#[test]
fn letters_are_read_however_they_are_written() {
    let rows = content(&[RICH, ["Åse", "Zoë D’Arcy", "Œuvre", "ß", "–"]].concat());
    let stored = expected(&rows);
    let text = delimited(&rows, ',', Some('"'), "\r\n");
    let (windows, _, lost) = WINDOWS_1252.encode(&text);
    assert!(!lost);
    let marked = ["\u{feff}", &text].concat().into_bytes();
    for (bytes, form) in [
        (text.clone().into_bytes(), ""),
        (marked, ""),
        (utf16(&text, false, true), "UTF-16LE"),
        (utf16(&text, true, true), "UTF-16BE"),
        (utf16(&text, false, false), "UTF-16LE"),
        (utf16(&text, true, false), "UTF-16BE"),
        (windows.to_vec(), "windows-1252"),
    ] {
        holds("file.csv", &bytes, &[], &stored, form);
        holds(
            "file.csv.gz",
            &gzipped(&bytes),
            &[],
            &stored,
            &with_packing("gzip", form),
        );
    }
    // Old Macs' line ends in another encoding.
    let returns = text.replace("\r\n", "\r").replace('\n', "\r");
    holds(
        "file.csv",
        &utf16(&returns, true, true),
        &[],
        &stored,
        "UTF-16BE",
    );
    // A user's word comes before what is found.
    let wrong = Inbox::make();
    wrong.put("file.csv", text.as_bytes());
    let said = wrong.take(&["--encoding", "windows-1252"]);
    assert_eq!(said.only()["form"], "windows-1252");
    assert!(wrong.ask(STORED).contains("NÃºÃ±ez"));
}

fn with_packing(packing: &str, form: &str) -> String {
    let parts = [format!("unpacked from {packing}"), form.to_string()];
    let parts: Vec<String> = parts.into_iter().filter(|p| !p.is_empty()).collect();
    parts.join(", ")
}

/// A file of many plain rows, and one row with an accent at its end.
fn accent_at_the_end() -> (String, usize) {
    let mut text = format!("{}\n", COLUMNS.join(","));
    let mut n = 0;
    while text.len() < 2_200_000 {
        text.push_str(&format!(
            "R{n:06},2026-07-31,2026-07-01,requested,1234567893,Ann Smith,Dr. Lee,Cardiology,no,P{n},87102,\n"
        ));
        n += 1;
    }
    text.push_str(
        "RLAST,2026-07-31,2026-07-01,requested,1234567893,Núñez,Dr. Lee,Cardiology,no,P,87102,\n",
    );
    (text, n + 1)
}

#[test]
fn an_accent_two_megabytes_down_settles_the_whole_file() {
    let (text, rows) = accent_at_the_end();
    let (windows, _, _) = WINDOWS_1252.encode(&text);
    for (name, bytes) in [
        ("late.csv", windows.to_vec()),
        ("late.csv.gz", gzipped(&windows)),
    ] {
        let inbox = Inbox::make();
        inbox.put(name, bytes);
        let said = inbox.take(&[]);
        assert_eq!(number(said.only(), "accepted"), rows as u64);
        assert!(said.line(name).contains("windows-1252"), "{said:?}");
        let sql = "select referring_name from lake_referrals where referral_id = 'RLAST'";
        assert_eq!(inbox.cell(sql), "Núñez");
    }
}

#[test]
fn torn_letters_among_many_sound_ones_cost_one_row() {
    let mut bytes = delimited(&content(&RICH), ',', Some('"'), "\n").into_bytes();
    let at = bytes
        .windows(5)
        .position(|w| w == "José".as_bytes())
        .unwrap();
    bytes[at + 4] = b' ';
    let inbox = Inbox::make();
    inbox.put("torn.csv", &bytes);
    let said = inbox.take(&[]);
    let load = said.only();
    assert_eq!(
        (number(load, "accepted"), number(load, "quarantined")),
        (19, 1)
    );
    assert_eq!(reason(load, "malformed_row"), 1);
    let kept =
        inbox.rows("select row_number, cells, byte_offset, byte_length from lake_quarantine");
    let (offset, length): (usize, usize) =
        (kept[0][2].parse().unwrap(), kept[0][3].parse().unwrap());
    assert!(
        kept[0][1].is_empty() && offset < at && at < offset + length,
        "{kept:?}"
    );
    assert_eq!(bytes[offset - 1], b'\n');
    assert_eq!(bytes[offset + length - 1], b'\n');
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

/// An archive of files: their names and bytes.
fn zipped(files: &[(&str, &[u8])], method: zip::CompressionMethod) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(method);
    for (name, bytes) in files {
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn files_are_unpacked() {
    let rows = content(&RICH);
    let stored = expected(&rows);
    let text = delimited(&rows, ';', Some('"'), "\n").into_bytes();
    let form = |packing: &str| with_packing(packing, "semicolon-delimited");
    holds("file.csv.gz", &gzipped(&text), &[], &stored, &form("gzip"));
    // Two parts of gzip one after another are one file, and the name means nothing.
    let (one, two) = text.split_at(text.len() / 2);
    let parts = [gzipped(one), gzipped(two)].concat();
    holds("export", &parts, &[], &stored, &form("gzip"));
    let packed = zstd::encode_all(text.as_slice(), 3).unwrap();
    holds("file.zst", &packed, &[], &stored, &form("zstd"));
    for method in [
        zip::CompressionMethod::Deflated,
        zip::CompressionMethod::Stored,
    ] {
        let packed = zipped(&[("file.csv", &text)], method);
        holds("file.zip", &packed, &[], &stored, &form("zip"));
    }
    let from_a_mac = zipped(
        &[("file.csv", &text), ("__MACOSX/._file.csv", b"\0\x05\x16")],
        zip::CompressionMethod::Deflated,
    );
    holds("mac.zip", &from_a_mac, &[], &stored, &form("zip"));
}

#[test]
fn what_cannot_be_unpacked_is_refused_in_one_line() {
    let text = delimited(&content(&RICH), ',', Some('"'), "\n").into_bytes();
    let gz = gzipped(&text);
    let several = zipped(
        &[("a.csv", &text), ("b.csv", &text)],
        zip::CompressionMethod::Deflated,
    );
    let zst = zstd::encode_all(text.as_slice(), 3).unwrap();
    let zip = zipped(&[("a.csv", &text)], zip::CompressionMethod::Deflated);
    for (name, bytes, word) in [
        ("several.zip", several.as_slice(), "several files"),
        ("cut.gz", &gz[..gz.len() / 2], "damaged"),
        ("cut.zst", &zst[..zst.len() / 2], "damaged"),
        ("cut.zip", &zip[..zip.len() / 2], "damaged"),
        (
            "old.xls",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old book",
            "old Excel",
        ),
        ("fake.parquet", b"PAR1 no columns PAR1", "Parquet"),
        ("fake.xlsx", b"PK\x03\x04 no archive", "damaged"),
    ] {
        let inbox = Inbox::make();
        inbox.put(name, bytes);
        let line = inbox.refused(&[]);
        assert!(line.contains(name) && line.contains(word), "{line}");
    }
}

#[test]
fn what_is_no_table_is_passed_over() {
    let inbox = Inbox::make();
    inbox.put("empty.csv", "");
    inbox.put("blank.csv", "\n\n\n");
    inbox.put("mark.csv", "\u{feff}");
    inbox.put("picture.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0");
    inbox.put("note.txt", "Dear colleague,\nthe files follow tomorrow.\n");
    inbox.put("zeros.csv", b"a,b\0,c\n1,2,3\n");
    inbox.put("document.json", "{\n  \"resourceType\": \"Patient\"\n}\n");
    inbox.put("list.json", "[{\"a\": 1}]\n");
    let said = inbox.take(&[]);
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(said.reports.len(), 8);
    assert!(
        said.reports.iter().all(|r| r["fate"] == "passed_over"),
        "{said:?}"
    );
    // A header alone is a table without rows.
    let inbox = Inbox::make();
    inbox.put("header.csv", COLUMNS.join(","));
    let said = inbox.take(&[]);
    assert_eq!(number(said.only(), "rows_read"), 0);
}

/// Pairs without a header, recognised by their cells.
#[test]
fn files_without_a_header_get_names() {
    let inbox = Inbox::make();
    let mapping = "table = \"shared_patients\"\n[recognise]\nshapes = [\"npi\", \"npi\", \"count\", \"count\", \"day\", \"text\"]\n\
        [read]\nnames = [\"first\", \"second\", \"pairs\", \"persons\", \"since\", \"remark\"]\n\
        [columns]\nnpi_from = \"first\"\nnpi_to = \"second\"\ntransactions = \"pairs\"\npatients = \"persons\"\nperiod_from = \"since\"\n";
    inbox.mapping("pairs", mapping);
    let mut text = String::new();
    for n in 0..30 {
        text.push_str(&format!(
            "1234567893|1003033051|{n}|  {}|202601{:02}|\n",
            n + 11,
            n % 28 + 1
        ));
    }
    inbox.put("pairs.dat", text);
    let said = inbox.take(&[]);
    assert_eq!(number(said.only(), "accepted"), 30, "{said:?}");
    // Two days come twice for the one pair, each with other counts.
    assert_eq!(number(said.only(), "conflicting"), 4);
    assert_eq!(said.only()["form"], "pipe-delimited, no header");
    assert_eq!(said.only()["unknown_columns"], "remark");
    let sql = "select min(patients), max(period_from), min(transactions) from lake_shared_patients";
    assert_eq!(inbox.rows(sql), [["11", "2026-01-28", "0"]]);
}
