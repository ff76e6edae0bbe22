//! Planted truth: a made territory whose NPIs are blanked and whose names are varied in known ways,
//! among namesakes, fathers and sons, and colleagues whom the roster lacks.

use std::collections::{BTreeMap, BTreeSet};

use tempfile::TempDir;

use super::people::{Draw, KINDS, Person, varied};
use super::{REFERRALS, Resolved, number};
use crate::workspace::{Fresh, Territory};

/// What stands behind a varied row: the provider, or nobody of the roster.
struct Truth {
    npi: Option<String>,
    kind: &'static str,
    /// Whether name and circumstances fit one provider alone.
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

fn plant(seed: u64) -> Planted {
    let territory = Territory::make(300, 2, seed);
    let (people, roster) = people(&territory);
    let mut draw = Draw(seed);
    let (mut truth, mut text) = (BTreeMap::new(), REFERRALS.to_string());
    // Who shares last name and initial at one practice can't be told apart by either.
    let place = |p: &Person| (p.last.clone(), p.given[..1].to_string(), p.practice.clone());
    let mut alike = BTreeMap::new();
    for person in &people {
        *alike.entry(place(person)).or_insert(0) += 1;
    }
    for row in 0..3 * people.len() {
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
                is_resolvable: !is_bare && alike[&place(person)] == 1,
            },
        };
        truth.insert(id, what);
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("providers.csv"), roster).unwrap();
    std::fs::write(folder.path().join("referrals.csv"), text).unwrap();
    let organizations = "organizations.csv";
    std::fs::copy(
        territory.file(organizations),
        folder.path().join(organizations),
    )
    .unwrap();
    Planted { folder, truth }
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
        sums.add(&plant(seed));
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

/// Namesakes that nothing tells apart, and fathers and sons, are never taken for each other.
#[test]
fn namesakes_without_circumstances_stay_open() {
    let planted = plant(4);
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
    let planted = plant(5);
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
