//! Planted truth: a made territory whose NPIs are blanked and whose names are varied in known ways,
//! among namesakes, fathers and sons, and colleagues whom the roster lacks.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use tempfile::TempDir;

use super::people::{Draw, KINDS, Person, varied};
use super::{REFERRALS, Resolved, number};
use crate::workspace::{Fresh, Territory, read_csv};

/// What stands behind a varied row: the provider, or nobody of the roster.
struct Truth {
    npi: Option<String>,
    kind: &'static str,
    /// Whether the roster has one provider alone whose last name, what is told of the first name
    /// (all of it or a letter) and practice, where one is told, are those that were meant.
    is_resolvable: bool,
}

/// A roster and varied referrals in a folder, and the truth by id.
struct Planted {
    folder: TempDir,
    truth: BTreeMap<String, Truth>,
}

impl Planted {
    /// A workspace that took the files in.
    fn taken_in(&self) -> Fresh {
        let fresh = Fresh::make();
        fresh.ingest(&[self.folder.path()]);
        fresh
    }
}

/// The columns of the roster that are kept.
const KEPT: [&str; 7] = [
    "npi",
    "name",
    "practice_id",
    "practice_name",
    "organization_id",
    "specialty",
    "zip",
];

type Row = BTreeMap<String, String>;

fn person(row: &Row) -> Option<Person> {
    let (given, last) = row["name"].split_once(' ')?;
    Some(Person {
        npi: row["npi"].clone(),
        given: given.to_string(),
        last: last.to_string(),
        practice: row["practice_name"].clone(),
        specialty: row["specialty"].clone(),
    })
}

/// The individual providers of a territory, with namesakes, fathers and sons; and their roster.
fn people(territory: &Territory) -> (Vec<Person>, String) {
    let mut rows = territory.rows("providers.csv");
    let mut seen = BTreeSet::new();
    let own: Vec<Row> = rows
        .iter()
        .filter(|r| r["entity_type"] == "individual" && seen.insert(r["npi"].clone()))
        .filter(|r| person(r).is_some())
        .cloned()
        .collect();
    let mut found: Vec<Person> = own.iter().filter_map(person).collect();
    for at in (0..own.len()).step_by(20) {
        // A namesake of another practice and specialty; and a son at the same practice.
        let mut namesake = own[(at + 7) % own.len()].clone();
        namesake.insert("name".into(), own[at]["name"].clone());
        namesake.insert("npi".into(), number(900_000 + at as u32));
        let mut son = own[(at + 11) % own.len()].clone();
        son.insert("npi".into(), number(950_000 + at as u32));
        found.extend([&namesake, &son].into_iter().filter_map(person));
        let name = format!("{} Jr", son["name"]);
        son.insert("name".into(), name);
        rows.extend([namesake, son]);
    }
    let mut text = KEPT.join(",") + "\n";
    for row in &rows {
        let cells = KEPT.map(|column| format!("\"{}\"", row[column]));
        text.push_str(&format!("{}\n", cells.join(",")));
    }
    (found, text)
}

/// A colleague of somebody, whom the roster lacks: another's first name before this last name.
/// None where it has one by chance.
fn stranger(people: &[Person], colleague: &Person, draw: &mut Draw) -> Option<Person> {
    let given = &people[draw.below(people.len())].given;
    let mut family = people.iter().filter(|p| p.last == colleague.last);
    family.all(|p| p.given != *given).then(|| Person {
        given: given.clone(),
        ..colleague.clone()
    })
}

/// A row whose referring end (or else the other one) has a varied name and no NPI.
fn written(id: &str, person: &Person, (name, place): (&str, &str), is_referring: bool) -> String {
    let Person { npi, specialty, .. } = person;
    let ends = if is_referring {
        format!(",\"{name}\",\"{place}\",\"{specialty} Clinic\",{npi},,,,Cardiology")
    } else {
        format!("{npi},,,,,\"{name}\",\"{place}\",,\"{specialty}\"")
    };
    format!("{id},2026-07-01,requested,{ends}\n")
}

/// How many providers of a roster a name can mean: by last name, first name or its letter, and
/// practice or none.
#[derive(Default)]
struct Namesakes(BTreeMap<[String; 3], BTreeSet<String>>);

impl Namesakes {
    /// Of all rows of a roster, sons by their fathers' names.
    fn of(roster: &Path) -> Self {
        let mut found = Self::default();
        for mut row in read_csv(roster) {
            row.insert("name".into(), row["name"].trim_end_matches(" Jr").into());
            let Some(person) = person(&row) else { continue };
            for practice in ["", &person.practice] {
                for given in [&person.given[..], &person.given[..1]] {
                    let key = [&person.last[..], given, practice].map(String::from);
                    found.0.entry(key).or_default().insert(person.npi.clone());
                }
            }
        }
        found
    }

    /// Whether a person written in this way can be nobody else of the roster.
    fn is_alone(&self, person: &Person, kind: &str, is_bare: bool) -> bool {
        let letters = match kind {
            "initial" | "practice misspelt" => 1,
            _ => person.given.len(),
        };
        let practice = if is_bare { "" } else { &person.practice[..] };
        let key = [&person.last[..], &person.given[..letters], practice].map(String::from);
        self.0[&key].len() == 1
    }
}

/// A territory of so many primary care providers, and as many varied rows as `rows` says of the
/// number of its people.
fn plant(pcps: u32, seed: u64, rows: impl Fn(usize) -> usize) -> Planted {
    let territory = Territory::make(pcps, 2, seed);
    let folder = tempfile::tempdir().unwrap();
    let (people, roster) = people(&territory);
    std::fs::write(folder.path().join("providers.csv"), roster).unwrap();
    let namesakes = Namesakes::of(&folder.path().join("providers.csv"));
    let mut draw = Draw(seed);
    let (mut truth, mut text) = (BTreeMap::new(), REFERRALS.to_string());
    for row in 0..rows(people.len()) {
        let person = &people[draw.below(people.len())];
        let kind = KINDS[draw.below(KINDS.len())];
        let is_bare = draw.below(6) == 0;
        let unknown = match draw.below(12) {
            0 => stranger(&people, person, &mut draw),
            _ => None,
        };
        let (name, practice) = match &unknown {
            Some(unknown) => varied(unknown, "credentials", &mut draw),
            None => varied(person, kind, &mut draw),
        };
        let practice = if is_bare { "" } else { &practice };
        let id = format!("V{row}");
        text.push_str(&written(&id, person, (&name, practice), row % 2 == 0));
        let what = match unknown {
            Some(_) => Truth {
                npi: None,
                kind: "stranger",
                is_resolvable: false,
            },
            None => Truth {
                npi: Some(person.npi.clone()),
                kind,
                is_resolvable: namesakes.is_alone(person, kind, is_bare),
            },
        };
        truth.insert(id, what);
    }
    std::fs::write(folder.path().join("referrals.csv"), text).unwrap();
    let organizations = "organizations.csv";
    std::fs::copy(
        territory.file(organizations),
        folder.path().join(organizations),
    )
    .unwrap();
    Planted { folder, truth }
}

/// A small territory in which many names are open.
fn plant_small(seed: u64) -> Planted {
    plant(300, seed, |people| 3 * people)
}

/// Every row of the lake with what its varied end was resolved to.
const ROWS: &str = "
  select l.referral_id, coalesce(f.npi, t.npi) as npi, coalesce(f.matched, t.matched) as matched,
    coalesce(f.score, t.score) as score, coalesce(l.referring_name, l.referred_to_name) as name,
    coalesce(l.referring_practice, l.referred_to_practice) as practice
  from lake_referrals as l
  left join identity_referring as f
    on l.referring_npi is null and f.referring_name = l.referring_name
    and f.referring_practice = coalesce(l.referring_practice, '')
    and f.referring_department = coalesce(l.referring_department, '')
  left join identity_referred_to as t
    on l.referred_to_npi is null and t.referred_to_name = l.referred_to_name
    and t.referred_to_practice = coalesce(l.referred_to_practice, '')
    and t.referred_to_organization = coalesce(l.referred_to_organization, '')
    and t.specialty_text = coalesce(l.specialty, '')
  order by l.referral_id";

/// The candidates of each name under review.
fn under_review(found: &Resolved) -> BTreeMap<(String, String), BTreeSet<String>> {
    let table = found.table("select name, practice, candidate_npi from identity_review");
    let mut out = BTreeMap::<_, BTreeSet<String>>::new();
    for row in 0..table.rows() {
        let cell = |column: &str| table.cell(column, row).unwrap();
        out.entry((cell("name"), cell("practice")))
            .or_default()
            .insert(cell("candidate_npi"));
    }
    out
}

/// What came of names over several territories.
#[derive(Debug, Default)]
struct Sums {
    accepted: f64,
    right: f64,
    resolvable: f64,
    found: f64,
    rostered: f64,
    open: f64,
    shown: f64,
}

impl Sums {
    fn add(&mut self, planted: &Planted) {
        let fresh = planted.taken_in();
        let resolved = Resolved::of(fresh.path());
        let review = under_review(&resolved);
        let rows = resolved.table(ROWS);
        let one = |is: bool| f64::from(u8::from(is));
        for row in 0..rows.rows() {
            let cell = |column: &str| rows.cell(column, row).unwrap();
            let truth = &planted.truth[&cell("referral_id")];
            let npi = Some(cell("npi")).filter(|n| !n.is_empty());
            let is_right = npi == truth.npi;
            self.accepted += one(npi.is_some());
            self.right += one(npi.is_some() && is_right);
            self.resolvable += one(truth.is_resolvable);
            self.found += one(truth.is_resolvable && is_right);
            self.rostered += one(truth.npi.is_some());
            if truth.is_resolvable && npi.is_none() {
                let what = ["name", "practice", "matched", "score"].map(cell);
                println!("missed: {} {what:?}", truth.kind);
            }
            if npi.is_some() && !is_right {
                let what = ["name", "practice", "matched", "score"].map(cell);
                println!("wrong: {} {what:?}", truth.kind);
            }
            if let (None, Some(meant)) = (&npi, &truth.npi) {
                let shows = review.get(&(cell("name"), cell("practice")));
                self.open += 1.0;
                self.shown += one(shows.is_some_and(|s| s.contains(meant)));
            }
        }
    }
}

/// Over three seeds: of what is accepted 99 in 100 are right, of what can be told apart 9 in 10 are
/// accepted, and most of the others' truth stands among the candidates for a person.
#[test]
fn varied_names_are_found_and_others_are_not() {
    let mut sums = Sums::default();
    for seed in [1, 2, 3] {
        sums.add(&plant_small(seed));
    }
    println!("{sums:?}");
    assert!(
        sums.accepted > 3000.0 && sums.right >= 0.99 * sums.accepted,
        "{sums:?}"
    );
    assert!(
        sums.resolvable > 3000.0 && sums.found >= 0.95 * sums.resolvable,
        "{sums:?}"
    );
    assert!(
        sums.open > 300.0 && sums.shown >= 0.9 * sums.open,
        "{sums:?}"
    );
}

/// 50,000 providers, and rows without NPI that are 5 in 100 of five referrals a provider: of what is
/// accepted 99 in 100 are right, and of what leaves nothing open 97 in 100 are accepted.
#[test]
fn fifty_thousand_providers_are_told_apart() {
    let started = std::time::Instant::now();
    let planted = plant(17_500, 6, |people| people / 4);
    println!("made {:?}", started.elapsed());
    let mut sums = Sums::default();
    sums.add(&planted);
    println!("{sums:?} {:?}", started.elapsed());
    let rostered = std::fs::read_to_string(planted.folder.path().join("providers.csv")).unwrap();
    println!("{}", rostered.lines().count());
    assert!(sums.right >= 0.99 * sums.accepted, "{sums:?}");
    assert!(sums.found >= 0.97 * sums.resolvable, "{sums:?}");
}

/// Namesakes that nothing tells apart, and fathers and sons, are never taken for each other.
#[test]
fn namesakes_without_circumstances_stay_open() {
    let planted = plant_small(4);
    let fresh = planted.taken_in();
    let resolved = Resolved::of(fresh.path());
    let bare = resolved.table(
        "select f.referring_name, f.matched from identity_referring as f
         where f.referring_practice = '' and f.referring_department = '' and f.npi is not null",
    );
    let roster = resolved.table("select name, count(distinct npi) as n from lake_providers group by name having count(distinct npi) > 1");
    let twice: BTreeSet<String> = roster
        .texts("name")
        .unwrap()
        .into_iter()
        .flatten()
        .map(|n| catchment::identity::fold(&n))
        .collect();
    assert!(twice.len() > 20);
    for row in 0..bare.rows() {
        let name = bare.cell("referring_name", row).unwrap();
        assert!(!twice.contains(&catchment::identity::fold(&name)), "{name}");
    }
}

/// One thread or two, the roster before or after the referrals: the same bytes.
#[test]
fn resolutions_do_not_depend_on_threads_or_order() {
    let planted = plant_small(5);
    let fresh = planted.taken_in();
    let bytes = Resolved::of(fresh.path()).bytes();
    std::fs::remove_dir_all(fresh.path().join(".cache")).unwrap();
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .unwrap();
    let alone = pool.install(|| Resolved::of(fresh.path()));
    assert!(alone.counts.comparisons > 0);
    assert!(bytes == alone.bytes());
    let piecemeal = Fresh::make();
    for name in ["referrals.csv", "organizations.csv", "providers.csv"] {
        piecemeal.ingest(&[&planted.folder.path().join(name)]);
        Resolved::of(piecemeal.path());
    }
    assert!(bytes == Resolved::of(piecemeal.path()).bytes());
}
