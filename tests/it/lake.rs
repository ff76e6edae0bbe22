//! What the lake promises: loads count once, an interrupted one leaves nothing visible, several
//! processes may load at once, and no patient can be read in it.

use std::collections::BTreeMap;
use std::path::Path;

use catchment::base::progress::Silent;
use catchment::base::{Result, Workspace};
use catchment::engine::{Engine, Parameters};
use catchment::input::{Held, Pseudonyms, Settings, Wish, recognise};
use catchment::lake::{Lake, Load, Outcome, Snapshot};
use catchment::mapping::Library;
use proptest::prelude::*;

use crate::workspace::{Fresh, Territory, done, program, refused};

const HEADER: &str = "referral_id,updated_at,referred_on,status,referring_npi,referring_name,referred_to_npi,patient_id,patient_zip,appointment_on\n";

fn row(id: &str, updated: &str, status: &str) -> String {
    format!("{id},{updated},2026-07-06,{status},1234567893,,,P1,87102,\n")
}

/// Loads a text as a file of a workspace, through the rooms.
fn load(folder: &Path, name: &str, text: &str) -> Result<Outcome> {
    load_bytes(folder, name, text.as_bytes(), &Wish::default())
}

fn load_bytes(folder: &Path, name: &str, bytes: &[u8], wish: &Wish) -> Result<Outcome> {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    let workspace = Workspace::at(folder);
    let scratch = workspace.new_scratch()?;
    let engine = Engine::new(scratch.path(), Some(1 << 30), Some(2))?;
    let mut lake = Lake::open(&engine, &workspace, false)?;
    let library = Library::built_in();
    let mut found = recognise(&path, library, wish)?;
    let mut recognised = found.tables.remove(0);
    let pseudonyms = Pseudonyms::new(b"a key of the tests' own");
    let settings = Settings {
        scratch: scratch.path(),
        pseudonyms: &pseudonyms,
        zone: "America/Denver".parse().unwrap(),
        source: None,
    };
    lake.load(&mut recognised, &Held::default(), &settings, &Silent)
}

fn loaded(outcome: Outcome) -> Load {
    match outcome {
        Outcome::Loaded { load, .. } => load,
        Outcome::Known(_) => panic!("was known"),
    }
}

fn versions(folder: &Path) -> i64 {
    let workspace = Workspace::at(folder);
    let engine = Engine::new(folder, Some(1 << 30), Some(2)).unwrap();
    Snapshot::read(&engine, &workspace)
        .unwrap()
        .register(&engine)
        .unwrap();
    let table = engine
        .query(
            "n",
            "select count(*) as n from lake_referrals",
            &Parameters::new(),
        )
        .unwrap();
    table.ints("n").unwrap()[0].unwrap()
}

#[test]
fn each_row_is_accepted_superseded_duplicate_or_quarantined() {
    let folder = tempfile::tempdir().unwrap();
    let first = format!(
        "{HEADER}{}{}{}",
        row("R1", "2026-07-07", "requested"),
        row("R2", "2026-07-07", "whatever"),
        row("R3", "2026-07-07", "accepted")
    );
    let load1 = loaded(load(folder.path(), "july.csv", &first).unwrap());
    assert_eq!(
        (load1.rows_read, load1.accepted, load1.quarantined),
        (3, 2, 1)
    );
    assert_eq!(load1.by_reason[5], 1, "unknown_status");

    // A later version of R1, an older one of R3, one that is stored already, and one given twice.
    let second = format!(
        "{HEADER}{}{}{}{}{}",
        row("R1", "2026-08-01", "completed"),
        row("R3", "2026-07-06", "requested"),
        row("R3", "2026-07-07", "accepted"),
        row("R4", "2026-08-02", "requested"),
        row("R4", "2026-08-02", "requested")
    );
    let load2 = loaded(load(folder.path(), "august.csv", &second).unwrap());
    assert_eq!(
        (
            load2.rows_read,
            load2.accepted,
            load2.superseded,
            load2.duplicate,
            load2.conflicting
        ),
        (5, 2, 1, 2, 0)
    );
    assert_eq!(load2.latest_on.unwrap().to_string(), "2026-08-02");
    assert_eq!(versions(folder.path()), 5);

    // One key and time with other content: both stay, and are counted.
    let third = format!("{HEADER}{}", row("R4", "2026-08-02", "accepted"));
    let load3 = loaded(load(folder.path(), "again.csv", &third).unwrap());
    assert_eq!(
        (load3.accepted + load3.superseded, load3.conflicting),
        (1, 1)
    );

    // The same content under another name is the same load.
    assert!(matches!(
        load(folder.path(), "copy.csv", &second).unwrap(),
        Outcome::Known(_)
    ));
    assert_eq!(versions(folder.path()), 6);
}

/// A name that is the patient's own is taken out; what then lacks a referrer is refused for that.
#[test]
fn a_referrer_that_is_the_patient_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let text = "referral_id,referred_on,status,referring_name,patient_id,patient_name\n\
        R1,2026-07-06,requested,Zacharias Quillfeather,P-10001,\"Quillfeather, Zacharias\"\n";
    let load = loaded(load(folder.path(), "one.csv", text).unwrap());
    assert_eq!((load.rows_read, load.quarantined), (1, 1));
    assert_eq!(load.by_reason[0], 1, "missing_required");
}

#[test]
fn ids_that_mean_other_referrals_ask_for_a_source() {
    let folder = tempfile::tempdir().unwrap();
    let file = |day: &str, patient: &str| {
        let rows: String = (1..=4)
            .map(|n| {
                format!("R{n},2026-08-0{n},{day},requested,1234567893,,,{patient}{n},87102,\n")
            })
            .collect();
        format!("{HEADER}{rows}")
    };
    loaded(load(folder.path(), "one.csv", &file("2026-07-01", "A")).unwrap());
    let error = load(folder.path(), "two.csv", &file("2026-07-15", "B"))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("4 of the 4 referral ids") && error.contains("[sources]"),
        "{error}"
    );
    // A corrected day alone is a later version, and no stranger.
    loaded(load(folder.path(), "three.csv", &file("2026-07-02", "A")).unwrap());
}

#[test]
fn a_load_that_was_cut_off_is_not_seen_and_is_made_good() {
    let folder = tempfile::tempdir().unwrap();
    let text = format!("{HEADER}{}", row("R1", "2026-07-07", "requested"));
    loaded(load(folder.path(), "one.csv", &text).unwrap());
    let other = format!("{HEADER}{}", row("R2", "2026-07-07", "requested"));
    loaded(load(folder.path(), "two.csv", &other).unwrap());
    assert_eq!(versions(folder.path()), 2);
    // The process dies after the data is committed and before the row that makes it visible.
    let log = folder.path().join("lake/loads/_delta_log");
    let last = std::fs::read_dir(&log)
        .unwrap()
        .map(|e| e.unwrap().path())
        .max()
        .unwrap();
    std::fs::remove_file(last).unwrap();
    assert_eq!(versions(folder.path()), 1);
    let again = loaded(load(folder.path(), "two.csv", &other).unwrap());
    assert_eq!((again.accepted, again.duplicate), (1, 0));
    assert_eq!(versions(folder.path()), 2);
}

#[test]
fn processes_that_load_at_once_lose_nothing() {
    let territory = Territory::make(20, 8, 11);
    let fresh = Fresh::make();
    let children: Vec<_> = territory
        .exports()
        .iter()
        .map(|file| {
            let mut command = program(&["-w", fresh.text(), "ingest", file.to_str().unwrap()]);
            command
                .stdout(std::process::Stdio::null())
                .stderr(std::process::Stdio::null());
            command.spawn().unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let together = Fresh::make();
    together.ingest(&[territory.path()]);
    let count = |fresh: &Fresh| {
        done(&[
            "-w",
            fresh.text(),
            "query",
            "select count(*) as n from referral_versions",
            "--format",
            "csv",
        ])
    };
    assert_eq!(count(&fresh), count(&together));
}

#[test]
fn no_patient_can_be_read_in_the_workspace() {
    let fresh = Fresh::make();
    let file = fresh.path().join("export.csv");
    let mut text = HEADER
        .replace("patient_id", "patient_id,patient_name,birth_date")
        .to_string();
    for n in 0..40 {
        let status = if n % 4 == 0 { "nonsense" } else { "requested" };
        text.push_str(&format!(
            "R{n},2026-09-30,2026-07-06,{status},1234567893,,,MRN-77{n:04},Zacharias Quillfeather,1931-05-0{},87102,\n",
            n % 9 + 1
        ));
    }
    std::fs::write(&file, &text).unwrap();
    let output = program(&["-w", fresh.text(), "ingest", file.to_str().unwrap()])
        .env("CATCHMENT_LOG", "trace")
        .output()
        .unwrap();
    assert!(output.status.success());
    std::fs::remove_file(&file).unwrap();
    fresh.run();
    let mut haystacks = vec![(
        "messages".to_string(),
        [output.stdout, output.stderr].concat(),
    )];
    collect(fresh.path(), &mut haystacks);
    assert!(haystacks.len() > 30);
    for (name, bytes) in haystacks {
        let text = String::from_utf8_lossy(&bytes);
        for secret in ["MRN-77", "Quillfeather", "1931-05"] {
            assert!(!text.contains(secret), "{secret} in {name}");
        }
    }
    // Parquet is compressed: what it holds is asked of the engine.
    let sql = "select count(*) as n from lake_quarantine where cells like '%MRN%' or cells like '%Quill%'";
    assert!(done(&["-w", fresh.text(), "query", sql, "--format", "csv"]).ends_with("\n0\n"));
    let sql = "select min(length(patient_id)) as a, max(length(patient_id)) as b, count(distinct patient_id) as c from referral_versions";
    assert!(done(&["-w", fresh.text(), "query", sql, "--format", "csv"]).ends_with("\n64,64,30\n"));
}

fn collect(folder: &Path, into: &mut Vec<(String, Vec<u8>)>) {
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, into);
        } else {
            into.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
}

/// HMAC-SHA-256 of RFC 4231, test case 2.
#[test]
fn pseudonyms_are_the_published_hash() {
    assert_eq!(
        Pseudonyms::new(b"Jefe").of("what do ya want for nothing?"),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    );
}

#[test]
fn a_file_without_a_table_or_a_key_is_refused_in_one_line() {
    let fresh = Fresh::make();
    let file = fresh.path().join("odd.csv");
    std::fs::write(&file, "a,b\n1,2\n").unwrap();
    assert!(fresh.ingest(&[&file]).contains("1 file passed over"));
    std::fs::write(fresh.path().join("catchment.key"), "no key").unwrap();
    let message = refused(&["-w", fresh.text(), "ingest", file.to_str().unwrap()], 1);
    assert!(message.contains("the key file is damaged"), "{message}");
    assert_eq!(message.lines().count(), 1);
}

/// A cell of generated dirt.
fn dirt() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => Just("2026-07-06".to_string()),
        1 => Just("2031-01-01".to_string()),
        1 => Just("31/02/2026".to_string()),
        2 => Just("requested".to_string()),
        2 => Just("1234567893".to_string()),
        1 => Just("1234567890".to_string()),
        2 => Just(String::new()),
        1 => "[a-zéÜ\"' ,;|\t\n]{0,12}",
    ]
}

/// Rows of generated dirt, of one width or of any.
fn dirty_rows(width: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Vec<String>>> {
    prop::collection::vec(prop::collection::vec(dirt(), width), 0..30)
}

/// How a text file is written.
#[derive(Debug, Clone, Copy)]
struct Writing {
    delimiter: char,
    quote: Option<char>,
    letters: Letters,
    line_end: &'static str,
}

#[derive(Debug, Clone, Copy)]
enum Letters {
    Utf8,
    Marked,
    Utf16 { is_big: bool, is_marked: bool },
    Windows1252,
}

fn writing() -> impl Strategy<Value = Writing> {
    let delimiters = prop::sample::select(vec![',', '\t', ';', '|', '^', '~', '\x1f']);
    let quotes = prop::sample::select(vec![Some('"'), Some('\''), None]);
    let letters = prop_oneof![
        Just(Letters::Utf8),
        Just(Letters::Marked),
        Just(Letters::Windows1252),
        any::<(bool, bool)>().prop_map(|(is_big, is_marked)| Letters::Utf16 { is_big, is_marked }),
    ];
    let line_ends = prop::sample::select(vec!["\n", "\r\n"]);
    (delimiters, quotes, letters, line_ends).prop_map(|(delimiter, quote, letters, line_end)| {
        Writing {
            delimiter,
            quote,
            letters,
            line_end,
        }
    })
}

impl Writing {
    /// The header and rows with ids of their own; every cell goes through a closure.
    fn text(&self, rows: &[Vec<String>], cell: impl Fn(&str) -> String) -> String {
        let header: Vec<String> = HEADER.trim_end().split(',').map(str::to_string).collect();
        let mut text = header.join(&self.delimiter.to_string());
        for (n, cells) in rows.iter().enumerate() {
            text.push_str(self.line_end);
            text.push_str(&format!("R{}", n % 20));
            for one in cells {
                text.push(self.delimiter);
                text.push_str(&cell(one));
            }
        }
        text.push_str(self.line_end);
        text
    }

    /// A cell so that it comes back as it was.
    fn quoted(&self, cell: &str) -> String {
        match self.quote {
            Some(quote) => format!(
                "{quote}{}{quote}",
                cell.replace(quote, &format!("{quote}{quote}"))
            ),
            None => cell.to_string(),
        }
    }

    fn bytes(&self, text: &str) -> Vec<u8> {
        match self.letters {
            Letters::Utf8 => text.as_bytes().to_vec(),
            Letters::Marked => format!("\u{feff}{text}").into_bytes(),
            Letters::Windows1252 => encoding_rs::WINDOWS_1252.encode(text).0.into_owned(),
            Letters::Utf16 { is_big, is_marked } => {
                let mark = is_marked.then_some(0xfeff).into_iter();
                let units = mark.chain(text.encode_utf16());
                units
                    .flat_map(|unit: u16| {
                        if is_big {
                            unit.to_be_bytes()
                        } else {
                            unit.to_le_bytes()
                        }
                    })
                    .collect()
            }
        }
    }

    fn wish(&self) -> Wish {
        Wish {
            reading: catchment::mapping::Reading {
                quote: Some(self.quote.map(|quote| quote as u8)),
                ..Default::default()
            },
            ..Wish::default()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    /// Whatever stands in a file, each of its rows is exactly one thing, and nothing panics. Cells are
    /// written as they are: quotes, delimiters and line ends tear records apart, and a byte is torn.
    #[test]
    fn every_row_is_accounted_for(
        rows in dirty_rows(4..12),
        writing in writing(),
        torn in prop::option::of((any::<u16>(), any::<u8>())),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut bytes = writing.bytes(&writing.text(&rows, str::to_string));
        // Behind the header, which is how the file is known; a short file full of zeros is no text.
        let header = HEADER.len() * 2 + 8;
        if let Some((at, byte)) = torn && bytes.len() > header + 4 {
            let at = header + usize::from(at) % (bytes.len() - header);
            bytes[at] = byte;
        }
        let load = loaded(load_bytes(folder.path(), "dirt.csv", &bytes, &writing.wish()).unwrap());
        prop_assert!(load.adds_up(), "{load:?}");
        let sum: BTreeMap<_, _> = Load::reasons().into_iter().zip(load.by_reason).collect();
        prop_assert!(sum.values().sum::<u64>() >= load.quarantined);
        // Lines and rows: none appears from nowhere.
        prop_assert!(load.rows_read + load.skipped_lines >= u64::from(!rows.is_empty()));
    }

    /// How a file is written changes nothing of what becomes of its rows.
    #[test]
    fn the_same_rows_come_to_the_same_in_any_writing(
        rows in dirty_rows(9..10),
        one in writing(),
        other in writing(),
    ) {
        // What nothing can hold without quotes is left out of both.
        let is_bare = one.quote.is_none() || other.quote.is_none();
        let special = [one.delimiter, other.delimiter, '\n', '\r', '"', '\''];
        let rows: Vec<Vec<String>> = rows
            .into_iter()
            .map(|row| row.into_iter().map(|cell| match is_bare {
                true => cell.replace(special, ""),
                false => cell,
            }).collect())
            .collect();
        let read = |writing: &Writing| {
            let folder = tempfile::tempdir().unwrap();
            let bytes = writing.bytes(&writing.text(&rows, |cell| writing.quoted(cell)));
            let load = loaded(load_bytes(folder.path(), "rows.csv", &bytes, &writing.wish()).unwrap());
            Load {
                load_id: String::new(),
                content_hash: String::new(),
                form: String::new(),
                ..load
            }
        };
        let load = read(&one);
        prop_assert_eq!(load.rows_read, rows.len() as u64);
        prop_assert_eq!(load, read(&other));
    }
}
