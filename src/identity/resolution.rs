//! Resolves the distinct names of a run in their circumstances, and hands the answers to the engine
//! as small tables.

use std::collections::BTreeMap;
use std::path::Path;

use super::answers::{self, Answer, Taken, key};
use super::blocks::Blocks;
use super::cache::Cache;
use super::comparison::{Asked, department_specialty};
use super::matching::{Verdict, judge};
use super::nobody::{Meaning, meaning};
use super::roster::Roster;
use super::texts;
use crate::base::{Result, Table, TableBuilder, Workspace, specialties};
use crate::engine::{Engine, Parameters};
use crate::mapping::Vocabulary;

/// How many distinct names were resolved how.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Distinct names in their circumstances.
    pub names: u64,
    /// Of these, resolved to a provider.
    pub resolved: u64,
    /// Names by method: `exact`, `exact_with_practice`, `similar`, `person`, `patient_self`,
    /// `nobody`, `unresolved`.
    pub methods: BTreeMap<String, u64>,
    /// Unresolved names with candidates for a person.
    pub in_review: u64,
    /// Pairs of a name and a provider that were compared for it; 0 where the last resolution still
    /// held.
    pub comparisons: u64,
    /// Distinct specialty texts.
    pub specialty_texts: u64,
    /// Of these, outside the set.
    pub unknown_specialty_texts: u64,
}

/// One end of a referral whose names are resolved.
struct End {
    word: &'static str,
    table: &'static str,
    /// The columns that make up a name with its circumstances, the name first.
    keys: &'static [&'static str],
    sql: &'static str,
}

/// A referring name is never resolved by the referral's specialty: that is the other end's.
const ENDS: [End; 2] = [
    End {
        word: "referring",
        table: "identity_referring",
        keys: &[
            "referring_name",
            "referring_practice",
            "referring_department",
        ],
        sql: "select referring_name, coalesce(referring_practice, '') as referring_practice,
                coalesce(referring_department, '') as referring_department, count(*) as rows
              from lake_referrals where referring_npi is null and referring_name is not null
              group by 1, 2, 3",
    },
    End {
        word: "referred_to",
        table: "identity_referred_to",
        keys: &[
            "referred_to_name",
            "referred_to_practice",
            "referred_to_organization",
            "specialty_text",
        ],
        sql: "select referred_to_name, coalesce(referred_to_practice, '') as referred_to_practice,
                coalesce(referred_to_organization, '') as referred_to_organization,
                coalesce(specialty, '') as specialty_text, count(*) as rows
              from lake_referrals where referred_to_npi is null and referred_to_name is not null
              group by 1, 2, 3, 4",
    },
];

/// The columns of the review, in their order.
const REVIEW: [&str; 13] = [
    "key",
    "end",
    "name",
    "practice",
    "department",
    "organization",
    "specialty",
    "candidate_npi",
    "candidate_name",
    "candidate_practice",
    "candidate_specialty",
    "score",
    "agrees",
];

/// Resolves what the registered lake holds, and registers `identity_specialties`,
/// `identity_practices`, `identity_organizations`, `identity_referring`, `identity_referred_to` and
/// `identity_review`. Answers of the workspace win over everything. Without a new name, answer or
/// row of the roster nothing is compared.
pub fn resolve(engine: &Engine, workspace: &Workspace) -> Result<Counts> {
    let mut counts = Counts::default();
    let vocabulary = Vocabulary::of(workspace)?;
    let specialties = texts::register_specialties(engine, &vocabulary, &mut counts)?;
    texts::register_names(engine)?;
    let [referring, referred_to] = ENDS.each_ref().map(|end| names(engine, end));
    let names = [referring?, referred_to?];
    let rows = roster_rows(engine)?;
    let organizations = organization_rows(engine)?;
    let answers = answers::read(workspace)?;
    let said = answers
        .iter()
        .map(|(key, (_, answer))| format!("{key} {}", answer.word()));
    let said: Vec<String> = said.chain([vocabulary.specialty_fingerprint()]).collect();
    let cache = Cache::of(
        workspace,
        &[&names[0], &names[1], &rows, &organizations],
        &said,
    );
    let kept = cache.load().filter(|kept| fits(kept, &names));
    let tables = match kept {
        Some(kept) => kept,
        None => {
            let roster = Roster::read(&rows, &organizations, &specialties)?;
            let made = make(&roster, &names, &answers, &mut counts)?;
            cache.store(&made.iter().collect::<Vec<_>>());
            made
        }
    };
    for (end, table) in ENDS.iter().zip(&tables) {
        count(table, &mut counts)?;
        engine.register(&table.clone().renamed(end.table))?;
    }
    let review = &tables[2];
    let mut keys = review.texts("key")?;
    keys.dedup();
    counts.in_review = keys.len() as u64;
    engine.register(&review.clone().renamed("identity_review"))?;
    tracing::debug!(
        names = counts.names,
        resolved = counts.resolved,
        comparisons = counts.comparisons,
        "names resolved"
    );
    Ok(counts)
}

/// The names that a person should settle, a row a candidate, the names of most referrals first.
/// Columns: those of `identity_review`, `rows` (stored rows with that name) and an empty `answer`.
/// The registered lake is resolved first.
pub fn review(engine: &Engine, workspace: &Workspace) -> Result<Table> {
    resolve(engine, workspace)?;
    let mut rows = BTreeMap::<String, i64>::new();
    for end in &ENDS {
        let names = names(engine, end)?;
        let counts = names.counts("rows")?;
        for (key, n) in keys_of(end, &names)?.into_iter().zip(counts) {
            rows.insert(key, n);
        }
    }
    let table = ask(engine, "review", "select * from identity_review")?;
    let keys = table.texts("key")?;
    let of = |key: &Option<String>| key.as_ref().and_then(|k| rows.get(k)).copied().unwrap_or(0);
    let mut order: Vec<usize> = (0..table.rows()).collect();
    order.sort_by(|&a, &b| {
        let by_rows = of(&keys[b]).cmp(&of(&keys[a]));
        by_rows.then_with(|| keys[a].cmp(&keys[b])).then(a.cmp(&b))
    });
    let table = table.pick(&order)?;
    let keys = table.texts("key")?;
    let mut out = TableBuilder::new("identity_review");
    for column in REVIEW {
        out = match column {
            "score" => out.real(column, table.reals(column)?),
            _ => out.text(column, table.texts(column)?.into_iter().map(inert)),
        };
    }
    out.int("rows", keys.iter().map(|key| Some(of(key))))
        .text("answer", keys.iter().map(|_| None::<&str>))
        .finish()
}

/// A text that no spreadsheet takes for a formula.
fn inert(text: Option<String>) -> Option<String> {
    text.map(|text| match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t') => format!("'{text}"),
        _ => text,
    })
}

/// What each text of a specialty means, those of most referrals first. Columns: `text`, `rows`
/// (stored referrals that have it), `specialty` (empty where it is outside the set), `method`
/// (`person`, `code`, `name`, `words`, `alike`, `unknown`) and `score`.
pub fn specialty_texts(engine: &Engine, workspace: &Workspace) -> Result<Table> {
    texts::specialty_texts(engine, &Vocabulary::of(workspace)?)
}

/// Takes an answered sheet back; see [`answers::take`].
pub fn take(engine: &Engine, workspace: &Workspace, path: &Path) -> Result<Taken> {
    let mut known = BTreeMap::new();
    for end in &ENDS {
        let names = names(engine, end)?;
        let texts = names.texts(end.keys[0])?;
        let texts = texts.into_iter().map(Option::unwrap_or_default);
        known.extend(keys_of(end, &names)?.into_iter().zip(texts));
    }
    answers::take(workspace, &known, path)
}

pub(super) fn ask(engine: &Engine, name: &str, sql: &str) -> Result<Table> {
    engine.query(name, sql, &Parameters::new())
}

fn names(engine: &Engine, end: &End) -> Result<Table> {
    ask(engine, end.word, end.sql)?.sorted_by(end.keys)
}

fn roster_rows(engine: &Engine) -> Result<Table> {
    let columns = [
        "npi",
        "name",
        "practice_name",
        "practice_id",
        "organization_id",
        "specialty",
        "zip",
    ];
    ask(
        engine,
        "roster",
        "select distinct npi, name, practice_name, practice_id, organization_id,
           coalesce(specialty, taxonomy_code) as specialty, zip
         from lake_providers
         where name is not null and coalesce(entity_type, 'individual') = 'individual'",
    )?
    .sorted_by(&columns)
}

fn organization_rows(engine: &Engine) -> Result<Table> {
    ask(
        engine,
        "organizations",
        "select distinct organization_id, name from lake_organizations where name is not null",
    )?
    .sorted_by(&["organization_id", "name"])
}

/// Whether kept tables are of these names.
fn fits(kept: &[Table], names: &[Table; 2]) -> bool {
    kept.len() == 3
        && kept.iter().zip(names).all(|(k, n)| k.rows() == n.rows())
        && REVIEW.iter().all(|column| kept[2].has(column))
}

fn keys_of(end: &End, names: &Table) -> Result<Vec<String>> {
    let columns: Vec<_> = end
        .keys
        .iter()
        .map(|column| names.text(column))
        .collect::<Result<_>>()?;
    Ok((0..names.rows())
        .map(|row| {
            let texts: Vec<&str> = columns.iter().map(|c| c.value(row)).collect();
            key(end.word, &texts)
        })
        .collect())
}

fn count(table: &Table, counts: &mut Counts) -> Result<()> {
    let (npis, methods) = (table.texts("npi")?, table.texts("matched")?);
    counts.names += npis.len() as u64;
    counts.resolved += npis.iter().flatten().count() as u64;
    for method in methods.into_iter().flatten() {
        *counts.methods.entry(method).or_default() += 1;
    }
    Ok(())
}

type Settled = BTreeMap<String, (String, Answer)>;

/// Resolves both ends; gives their tables and the review.
fn make(
    roster: &Roster,
    names: &[Table; 2],
    answers: &Settled,
    counts: &mut Counts,
) -> Result<Vec<Table>> {
    let blocks = Blocks::build(roster);
    let mut tables = Vec::new();
    let mut review = Vec::new();
    for (end, names) in ENDS.iter().zip(names) {
        let rows = settle(roster, &blocks, end, names, answers, counts)?;
        let mut out = TableBuilder::new(end.word);
        for key in end.keys {
            out = out.text(key, names.text(key)?.iter());
        }
        tables.push(
            out.text("npi", rows.iter().map(|r| r.npi.as_deref()))
                .text("matched", rows.iter().map(|r| Some(r.method)))
                .real("score", rows.iter().map(|r| r.score))
                .finish()?,
        );
        for (number, row) in rows.iter().enumerate() {
            for candidate in &row.candidates {
                review.push(review_row(
                    roster,
                    end,
                    names,
                    (number, &row.key),
                    candidate,
                )?);
            }
        }
    }
    let mut out = TableBuilder::new("review");
    for (at, column) in REVIEW.iter().enumerate() {
        out = match *column {
            "score" => out.real(column, review.iter().map(|(_, score)| Some(*score))),
            _ => out.text(column, review.iter().map(|(cells, _)| Some(&cells[at]))),
        };
    }
    tables.push(out.finish()?);
    Ok(tables)
}

/// What a name was resolved to.
struct Row {
    key: String,
    npi: Option<String>,
    method: &'static str,
    score: Option<f64>,
    candidates: Vec<super::matching::Candidate>,
}

/// A person's answers first, then the names that mean nobody, then the roster.
fn settle(
    roster: &Roster,
    blocks: &Blocks,
    end: &End,
    names: &Table,
    answers: &Settled,
    counts: &mut Counts,
) -> Result<Vec<Row>> {
    let keys = keys_of(end, names)?;
    let mut rows = Vec::with_capacity(keys.len());
    let (mut open, mut asked) = (Vec::new(), Vec::new());
    for (number, key) in keys.into_iter().enumerate() {
        let name = names.cell(end.keys[0], number)?;
        let (npi, method) = match (answers.get(&key).map(|a| &a.1), meaning(&name)) {
            (Some(Answer::Provider(npi)), _) => (Some(npi.clone()), "person"),
            (Some(Answer::None), _) => (None, "person"),
            (Some(Answer::Nobody), _) | (None, Meaning::Nobody) => (None, "nobody"),
            (None, Meaning::PatientSelf) => (None, "patient_self"),
            (None, Meaning::Somebody) => {
                open.push(number);
                asked.push(question(roster, end, names, number)?);
                (None, "unresolved")
            }
        };
        rows.push(Row {
            key,
            npi,
            method,
            score: (method == "person").then_some(1.0),
            candidates: Vec::new(),
        });
    }
    let judged = judge(roster, blocks, &asked);
    counts.comparisons += judged.comparisons;
    tracing::debug!(
        end = end.word,
        open = open.len(),
        learnt = judged.is_learnt,
        "names judged"
    );
    for (number, verdict) in open.into_iter().zip(judged.of_names) {
        let Verdict {
            provider,
            method,
            score,
            candidates,
        } = verdict;
        let row = &mut rows[number];
        row.npi = provider.map(|p| roster.providers[p as usize].npi.clone());
        row.method = method;
        row.score = Some(score).filter(|score| *score > 0.0);
        row.candidates = candidates;
    }
    Ok(rows)
}

/// A name with its circumstances, as it is looked for.
fn question(roster: &Roster, end: &End, names: &Table, row: usize) -> Result<Asked> {
    let cell = |at: usize| names.cell(end.keys[at], row);
    let (organization, specialty) = match end.word {
        "referring" => (String::new(), department_specialty(&cell(2)?)),
        _ => (cell(2)?, roster.specialty(&cell(3)?)),
    };
    Ok(Asked::new(
        roster,
        &cell(0)?,
        &cell(1)?,
        &organization,
        specialty,
    ))
}

fn review_row(
    roster: &Roster,
    end: &End,
    names: &Table,
    (row, key): (usize, &str),
    candidate: &super::matching::Candidate,
) -> Result<(Vec<String>, f64)> {
    let cell = |at: usize| names.cell(end.keys[at], row);
    let (department, organization, specialty) = match end.word {
        "referring" => (cell(2)?, String::new(), String::new()),
        _ => (String::new(), cell(2)?, cell(3)?),
    };
    let provider = &roster.providers[candidate.provider as usize];
    let names_of = |texts: Vec<&str>| texts.join("; ");
    let practices = provider.practices.iter().map(String::as_str).collect();
    let known = provider.specialties.iter();
    let known = known.map(|at| specialties::all()[*at as usize].name.as_str());
    let cells = vec![
        key.to_string(),
        end.word.to_string(),
        cell(0)?,
        cell(1)?,
        department,
        organization,
        specialty,
        provider.npi.clone(),
        provider.name.clone(),
        names_of(practices),
        names_of(known.collect()),
        String::new(),
        candidate.agrees.clone(),
    ];
    // Four digits are as many as a person reads.
    Ok((cells, (candidate.score * 1e4).round() / 1e4))
}
