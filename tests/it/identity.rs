//! Who is who: names taken apart, names that mean nobody, and small rosters on which every answer
//! can be reasoned out. Planted truth on a made territory is planted.rs's.

mod answers;
mod people;
mod planted;
mod scale;

use std::path::Path;

use catchment::base::{Table, Workspace, npi};
use catchment::engine::{Engine, Parameters};
use catchment::identity::{Counts, Meaning, Name, fold_organization, meaning, resolve};
use catchment::lake::Snapshot;

use crate::inbox::Inbox;

/// The resolved names of a workspace.
pub struct Resolved {
    pub counts: Counts,
    engine: Engine,
    _scratch: tempfile::TempDir,
}

impl Resolved {
    pub fn of(folder: &Path) -> Self {
        let scratch = tempfile::tempdir().unwrap();
        let engine = Engine::new(scratch.path(), Some(1 << 30), Some(2)).unwrap();
        let workspace = Workspace::at(folder);
        let snapshot = Snapshot::read(&engine, &workspace).unwrap();
        snapshot.register(&engine).unwrap();
        let counts = resolve(&engine, &workspace).unwrap();
        if let Ok(path) = std::env::var("DUMPDIR") {
            static N: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
            let n = N.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            let mut bytes = Vec::new();
            for name in ["referring", "referred_to", "review"] {
                let table = engine
                    .query(
                        "d",
                        &format!("select * from identity_{name}"),
                        &Parameters::new(),
                    )
                    .unwrap();
                table.to_csv(&mut bytes).unwrap();
            }
            std::fs::write(format!("{path}/{n}"), bytes).unwrap();
        }
        Self {
            counts,
            engine,
            _scratch: scratch,
        }
    }

    pub fn table(&self, sql: &str) -> Table {
        self.engine.query("asked", sql, &Parameters::new()).unwrap()
    }

    /// The NPI and the method of a referring name, whatever stands beside it.
    fn referring(&self, name: &str) -> (String, String) {
        let table = self.table("select * from identity_referring");
        let row = (0..table.rows())
            .find(|&row| table.cell("referring_name", row).unwrap() == name)
            .unwrap_or_else(|| panic!("{name} was not asked for"));
        let cell = |column: &str| table.cell(column, row).unwrap();
        (cell("npi"), cell("matched"))
    }

    fn method(&self, name: &str) -> String {
        self.referring(name).1
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for name in ["referring", "referred_to", "review"] {
            let table = self.table(&format!("select * from identity_{name}"));
            table.to_csv(&mut bytes).unwrap();
        }
        bytes
    }
}

/// The NPI of a small number.
pub fn number(n: u32) -> String {
    npi::complete(100_000_000 + n)
}

const ROSTER: &str = "npi,name,practice_id,practice_name,organization_id,specialty,zip\n";
const REFERRALS: &str = "referral_id,referred_on,status,referring_npi,referring_name,referring_practice,referring_department,referred_to_npi,referred_to_name,referred_to_practice,referred_to_organization,specialty\n";

/// A roster of these providers (number, name, practice, specialty), each practice with its id.
fn roster(providers: &[(u32, &str, &str, &str)]) -> String {
    let rows = providers.iter().map(|(n, name, practice, specialty)| {
        let id = practice.replace(' ', "");
        let npi = number(*n);
        format!(
            "{npi},\"{name}\",{id},\"{practice}\",O1,{specialty},4320{}\n",
            id.len() % 10
        )
    });
    ROSTER.to_string() + &rows.collect::<String>()
}

/// Referrals by these names (name, practice, department), each to a provider of the roster.
fn referrals(names: &[(&str, &str, &str)]) -> String {
    let rows = names.iter().enumerate().map(|(at, (name, practice, department))| {
        format!("{at},2026-07-01,requested,,\"{name}\",\"{practice}\",{department},{},,,,Cardiology\n", number(1))
    });
    REFERRALS.to_string() + &rows.collect::<String>()
}

fn resolved(
    providers: &[(u32, &str, &str, &str)],
    names: &[(&str, &str, &str)],
) -> (Inbox, Resolved) {
    let inbox = Inbox::make();
    inbox.put("providers.csv", roster(providers));
    inbox.put("referrals.csv", referrals(names));
    inbox.take(&[]);
    let resolved = Resolved::of(inbox.fresh.path());
    (inbox, resolved)
}

#[test]
fn names_are_taken_apart() {
    let cases = [
        ("Smith, Anna B", "SMITH", "ANNA", "B", ""),
        ("Dr. Anna B. Smith, M.D., FACC", "SMITH", "ANNA", "B", ""),
        ("SMITH MD,ANNA", "SMITH", "ANNA", "", ""),
        ("John Smith Jr.", "SMITH", "JOHN", "", "JR"),
        ("Smith, John, III, MD", "SMITH", "JOHN", "", "III"),
        ("Smith Sr, John", "SMITH", "JOHN", "", "SR"),
        ("Maria De La Cruz", "DELACRUZ", "MARIA", "", ""),
        ("DE LA CRUZ, MARIA", "DELACRUZ", "MARIA", "", ""),
        ("Anna Smith-Jones NP-C", "SMITHJONES", "ANNA", "", ""),
        ("O’Neil, José", "ONEIL", "JOSE", "", ""),
        ("Do, Anna", "DO", "ANNA", "", ""),
        ("Anna Do, DO", "DO", "ANNA", "", ""),
        ("J.R. Smith", "SMITH", "J", "R", ""),
        ("Smith", "SMITH", "", "", ""),
        ("Dr. Smith", "SMITH", "", "", ""),
        ("", "", "", "", ""),
    ];
    for (text, last, given, middle, generation) in cases {
        let name = Name::parse(text);
        let found = [&name.last, &name.given, &name.middle, &name.generation];
        assert_eq!(found, [last, given, middle, generation], "{text}");
    }
    assert_eq!(Name::parse("Anna Smith-Jones").parts, ["SMITH", "JONES"]);
    assert_eq!(
        Name::parse("SMITH, ANNA").folded,
        Name::parse("anna  Smith MD").folded
    );
}

#[test]
fn names_that_mean_nobody_are_known_whole() {
    for name in [
        "PROVIDER, NOT IN SYSTEM",
        "NO PCP",
        "Unknown",
        "TEST",
        "test, provider",
        "Provider Unknown",
        "Not in Provider System",
        "PHYSICIAN, UNKNOWN MD",
        "N/A",
        "-",
        "ZZTEST, PROVIDER",
        "External Provider",
    ] {
        assert_eq!(meaning(name), Meaning::Nobody, "{name}");
    }
    for name in [
        "SELF, REFERRED",
        "Self",
        "self-referral",
        "PATIENT, SELF",
        "Self Referred",
    ] {
        assert_eq!(meaning(name), Meaning::PatientSelf, "{name}");
    }
    for name in [
        "Self, Anna",
        "Theo Test",
        "Doctor, Anna",
        "Anna None",
        "Unknowna Smith",
    ] {
        assert_eq!(meaning(name), Meaning::Somebody, "{name}");
    }
}

#[test]
fn names_of_organizations_are_folded() {
    let one = "HEART GROUP OHIO";
    for name in [
        "Heart Group of Ohio",
        "The Heart Group of Ohio, LLC",
        "HEART GROUP OF OHIO P.C.",
        "Jones MD PA d/b/a Heart Group of Ohio",
        "Heart & Group Ohio, Inc.",
    ] {
        assert_eq!(fold_organization(name), one, "{name}");
    }
    assert_ne!(
        fold_organization("Oak Clinic 2"),
        fold_organization("Oak Clinic 3")
    );
    assert_eq!(fold_organization("LLC"), "LLC");
    assert_eq!(fold_organization(""), "");
}

/// The whole name where one bears it; the practice where several do; else nobody is guessed.
#[test]
fn a_name_that_several_bear_needs_circumstances() {
    let (_inbox, found) = resolved(
        &[
            (1, "Anna Smith", "East Clinic", "Cardiology"),
            (2, "Anna Smith", "West Clinic", "Cardiology"),
            (3, "Omar Vance", "East Clinic", "Cardiology"),
            (4, "John Hale Sr", "Hale Family", "Family Medicine"),
            (5, "John Hale Jr", "Hale Family", "Family Medicine"),
            (6, "Mary Ann Stone", "West Clinic", "Urology"),
            (7, "Mary B Stone", "West Clinic", "Urology"),
        ],
        &[
            ("VANCE, OMAR", "", ""),
            ("Smith, Anna", "East Clinic", ""),
            ("SMITH, ANNA", "The West Clinic, LLC", ""),
            ("Anna Smith", "", ""),
            ("Anna Smith MD", "North Clinic", ""),
            ("John Hale", "Hale Family", ""),
            ("John Hale, Jr., MD", "Hale Family", ""),
            ("John Hale III", "Hale Family", ""),
            ("Mary Stone", "West Clinic", ""),
        ],
    );
    let all = [
        ("VANCE, OMAR", 3, "exact"),
        ("Smith, Anna", 1, "exact_with_practice"),
        ("SMITH, ANNA", 2, "exact_with_practice"),
        ("John Hale, Jr., MD", 5, "exact"),
    ];
    for (name, n, method) in all {
        assert_eq!(
            found.referring(name),
            (number(n), method.to_string()),
            "{name}"
        );
    }
    for name in [
        "Anna Smith",
        "Anna Smith MD",
        "John Hale",
        "John Hale III",
        "Mary Stone",
    ] {
        assert_eq!(
            found.referring(name),
            (String::new(), "unresolved".to_string()),
            "{name}"
        );
    }
    assert_eq!((found.counts.names, found.counts.resolved), (9, 4));
    assert!(found.counts.in_review >= 4, "{:?}", found.counts);
}

/// The same practice does not make two colleagues one, nor the same last name.
#[test]
fn colleagues_and_families_are_not_merged() {
    let providers: Vec<(u32, String)> = (1..=40)
        .map(|n| {
            (
                n,
                format!(
                    "Given{} Vandermeer{}",
                    char::from(b'A' + (n % 26) as u8),
                    n / 26
                ),
            )
        })
        .collect();
    let mut roster: Vec<(u32, &str, &str, &str)> = providers
        .iter()
        .map(|(n, name)| (*n, name.as_str(), "Big Clinic", "Cardiology"))
        .collect();
    roster.push((100, "Robert Quillfeather", "East Clinic", "Cardiology"));
    let (_inbox, found) = resolved(
        &roster,
        &[
            ("Louis Quillfeather", "East Clinic", ""),
            ("Robert Harrowgate", "East Clinic", ""),
            ("SELF, REFERRED", "East Clinic", ""),
            ("PROVIDER, NOT IN SYSTEM", "East Clinic", ""),
            ("Bob Quillfeather", "East Clinic", "Cardiology Clinic"),
            ("Quillfeather, R", "East Clinic", "Cardiology Clinic"),
            ("Quilfeather, Robert", "East Clinc", ""),
        ],
    );
    for name in ["Louis Quillfeather", "Robert Harrowgate"] {
        assert_eq!(found.method(name), "unresolved");
    }
    assert_eq!(found.method("SELF, REFERRED"), "patient_self");
    assert_eq!(found.method("PROVIDER, NOT IN SYSTEM"), "nobody");
    for name in ["Bob Quillfeather", "Quillfeather, R", "Quilfeather, Robert"] {
        assert_eq!(
            found.referring(name),
            (number(100), "similar".to_string()),
            "{name}"
        );
    }
}

/// A referral's specialty is the referred-to provider's: it tells two of a name apart at that end,
/// and never at the other.
#[test]
fn the_specialty_speaks_for_the_referred_to_provider_alone() {
    let inbox = Inbox::make();
    inbox.put(
        "providers.csv",
        roster(&[
            (1, "Anna Smith", "East Clinic", "Cardiology"),
            (2, "Anna Smith", "West Clinic", "Urology"),
            (3, "Omar Vance", "West Clinic", "Urology"),
            (4, "Ida Marlow", "West Clinic", "Dermatology"),
        ]),
    );
    let mut text = REFERRALS.to_string();
    text.push_str("1,2026-07-01,requested,,Anna Smith,,,,\"SMITH, ANNA\",,,Cardiology\n");
    text.push_str("2,2026-07-01,requested,,Anna Smith,,,,\"SMITH, ANNA\",,,Urology\n");
    inbox.put("referrals.csv", text);
    inbox.take(&[]);
    let found = Resolved::of(inbox.fresh.path());
    assert_eq!(found.method("Anna Smith"), "unresolved");
    let table = found.table("select specialty_text, npi from identity_referred_to order by 1");
    assert_eq!(table.cell("npi", 0).unwrap(), number(1));
    assert_eq!(table.cell("npi", 1).unwrap(), number(2));
}

/// A roster that comes later mends what came before; nothing is compared while nothing is new; what
/// is damaged or gone is made again, with the same bytes.
#[test]
fn resolutions_are_kept_until_something_is_new() {
    let names: Vec<(&str, &str, &str)> = vec![
        ("Bob Quillfeather", "East Clinic", ""),
        ("Ida Marlow", "", ""),
    ];
    let inbox = Inbox::make();
    let fresh = inbox.fresh.path().to_path_buf();
    inbox.put("referrals.csv", referrals(&names));
    inbox.take(&[]);
    let before = Resolved::of(&fresh);
    assert_eq!(before.counts.resolved, 0);
    let providers = [
        (1, "Robert Quillfeather", "East Clinic", "Cardiology"),
        (2, "Ida Marlow", "West Clinic", "Urology"),
        (3, "Omar Vance", "West Clinic", "Urology"),
    ];
    inbox.put("providers.csv", roster(&providers));
    inbox.take(&[]);
    let first = Resolved::of(&fresh);
    assert_eq!(first.counts.resolved, 2);
    assert!(first.counts.comparisons > 0);
    let again = Resolved::of(&fresh);
    assert_eq!(again.counts.comparisons, 0);
    assert_eq!(first.bytes(), again.bytes());
    let shelf = fresh.join(".cache/identity");
    let kept = shelf.read_dir().unwrap().next().unwrap().unwrap().path();
    for name in ["referring.parquet", "digest"] {
        let path = kept.join(name);
        let mut bytes = std::fs::read(&path).unwrap();
        let at = bytes.len() / 2;
        bytes[at] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        let made = Resolved::of(&fresh);
        assert!(made.counts.comparisons > 0, "{name}");
        assert_eq!(first.bytes(), made.bytes());
        assert_eq!(Resolved::of(&fresh).counts.comparisons, 0);
    }
    std::fs::remove_dir_all(&shelf).unwrap();
    assert!(Resolved::of(&fresh).counts.comparisons > 0);
    inbox.put(
        "more.csv",
        referrals(&[("Vance, O", "West Clinic", "")]).replace("\n0,", "\nX,"),
    );
    inbox.take(&[]);
    assert!(Resolved::of(&fresh).counts.comparisons > 0);
}
