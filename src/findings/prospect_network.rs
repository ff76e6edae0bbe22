//! The network in which prospects are looked for, as it was on a day: who is tied to whom by
//! referrals, patients or a place of work, which specialists are ours, and who is a candidate.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::context::Context;
use crate::base::{Error, Result, Table};
use crate::network::graph::{Network, Tie};

/// The marts behind it.
pub(super) const MARTS: [&str; 5] = [
    "int_prospect_ties",
    "int_prospect_providers",
    "int_prospect_sites",
    "int_prospect_arrivals",
    "int_referral_span",
];

/// Referrals to us in a year from which on somebody more than hardly refers.
pub(super) const FEWEST_A_YEAR: i64 = 3;
/// Where more work than this, working there makes nobody colleagues.
const MOST_COLLEAGUES: usize = 50;

/// The day on which the network is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AsOf {
    /// The quarter's last day.
    Now,
    /// The last day of the quarter two earlier.
    Before,
}

impl AsOf {
    fn word(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::Before => "before",
        }
    }
}

/// A provider of a roster or a register, as it was on the day.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) name: String,
    pub(super) specialty: String,
    pub(super) affiliation: String,
    pub(super) practice_id: String,
    pub(super) practice_name: String,
    pub(super) county: String,
    pub(super) territory: String,
    pub(super) point: Option<(f64, f64)>,
    pub(super) refers: bool,
}

impl Person {
    pub(super) fn is_inside(&self) -> bool {
        matches!(self.affiliation.as_str(), "own" | "affiliated")
    }
}

/// What a provider sent us.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sent {
    /// In the year that ends with the day, and in the year before.
    pub(super) years: [i64; 2],
    /// In the two quarters after the day; nothing is known of them as of now.
    pub(super) after: i64,
}

impl Sent {
    /// Whether it has hardly referred to us: under three in either year.
    fn is_hardly_any(self) -> bool {
        self.years.iter().all(|n| *n < FEWEST_A_YEAR)
    }
}

/// The network on a day; its nodes are providers in the order of their NPIs.
pub(super) struct ProspectNetwork {
    pub(super) npis: Vec<String>,
    pub(super) people: Vec<Option<Person>>,
    /// Who is tied to whom, by work at one place too.
    pub(super) network: Network,
    /// Ties by referrals or patients alone.
    pub(super) observed: Network,
    /// The specialty of each of our specialists, as a place in `specialties`.
    pub(super) labels: Vec<Option<u16>>,
    pub(super) specialties: Vec<String>,
    /// Where each specialty of ours is seen.
    pub(super) sites: Vec<Vec<(f64, f64)>>,
    /// Those who could refer to us and do not, or hardly do.
    pub(super) candidates: Vec<u32>,
    pub(super) sent: Vec<Sent>,
}

impl ProspectNetwork {
    pub(super) fn read(context: &Context<'_>, as_of: AsOf) -> Result<Self> {
        let people = read_people(context, as_of)?;
        let table = context.warehouse.read("int_prospect_ties")?;
        let (npis, ties) = read_ties(&table, &people, as_of)?;
        let failed = |e| Error::internal("the network of prospects can't be built").because(e);
        let nodes = npis.len() as u32;
        let observed = Network::build(nodes, &ties).map_err(failed)?;
        let people: Vec<Option<Person>> = npis
            .iter()
            .scan(people, |people, npi| Some(people.remove(npi)))
            .collect();
        let beside = colleagues(&people, &observed);
        let network =
            Network::build(nodes, &[ties.as_slice(), &beside].concat()).map_err(failed)?;
        let (specialties, labels) = read_labels(context, as_of, &npis, &people)?;
        let mut out = Self {
            sites: read_sites(context, as_of, &specialties)?,
            sent: read_sent(context, as_of, &npis)?,
            candidates: Vec::new(),
            npis,
            people,
            network,
            labels,
            specialties,
            observed,
        };
        out.candidates = (0..out.npis.len() as u32)
            .filter(|&node| out.is_candidate(node))
            .collect();
        Ok(out)
    }

    /// Outside our own, an individual who sees patients as far as anybody says, with a tie to
    /// somebody, who hardly refers to us. Who is only referred to shows nothing of whom it refers to.
    fn is_candidate(&self, node: u32) -> bool {
        let at = node as usize;
        let may_refer = self.people[at]
            .as_ref()
            .is_none_or(|p| p.refers && p.affiliation != "own");
        may_refer && self.network.out_degree(node) > 0 && self.sent[at].is_hardly_any()
    }

    /// Our specialists, for whom somebody may be a prospect.
    pub(super) fn ours(&self) -> Vec<u32> {
        let nodes = 0..self.labels.len() as u32;
        nodes
            .filter(|&node| self.labels[node as usize].is_some())
            .collect()
    }
}

fn read_people(context: &Context<'_>, as_of: AsOf) -> Result<BTreeMap<String, Person>> {
    let table = of_day(context, "int_prospect_providers", as_of)?;
    let texts = |column: &str| table.texts(column);
    let (npis, names, specialties) = (texts("npi")?, texts("name")?, texts("specialty")?);
    let (affiliations, practices) = (texts("affiliation")?, texts("practice_id")?);
    let (practice_names, counties) = (texts("practice_name")?, texts("county")?);
    let territories = texts("territory")?;
    let (lats, lons, refers) = (
        table.reals("lat")?,
        table.reals("lon")?,
        table.flag("refers")?,
    );
    let text = |column: &[Option<String>], row: usize| column[row].clone().unwrap_or_default();
    Ok((0..table.rows())
        .map(|row| {
            let person = Person {
                name: text(&names, row),
                specialty: text(&specialties, row),
                affiliation: text(&affiliations, row),
                practice_id: text(&practices, row),
                practice_name: text(&practice_names, row),
                county: text(&counties, row),
                territory: text(&territories, row),
                point: lats[row].zip(lons[row]),
                refers: refers.value(row),
            };
            (text(&npis, row), person)
        })
        .collect())
}

fn of_day(context: &Context<'_>, mart: &str, as_of: AsOf) -> Result<Table> {
    context.warehouse.read(mart)?.only("as_of", as_of.word())
}

/// Everybody by NPI, and the ties with their weight: referrals or patients, whichever are more, for
/// both may tell of the same care.
fn read_ties(
    table: &Table,
    people: &BTreeMap<String, Person>,
    as_of: AsOf,
) -> Result<(Vec<String>, Vec<Tie>)> {
    let (from, to) = (table.text("npi_from")?, table.text("npi_to")?);
    let column = |kind: &str| table.counts(&format!("{kind}_{}", as_of.word()));
    let (referrals, patients) = (column("referrals")?, column("patients")?);
    let weight = |row: usize| referrals[row].max(patients[row]);
    let rows: Vec<usize> = (0..table.rows()).filter(|row| weight(*row) > 0).collect();
    let mut known: HashSet<&str> = people.keys().map(String::as_str).collect();
    for &row in &rows {
        known.extend([from.value(row), to.value(row)]);
    }
    let mut npis: Vec<&str> = known.into_iter().collect();
    npis.sort_unstable();
    let node: HashMap<&str, u32> = npis.iter().copied().zip(0..).collect();
    let ties = rows
        .into_iter()
        .filter_map(|row| {
            Some(Tie {
                from: *node.get(from.value(row))?,
                to: *node.get(to.value(row))?,
                weight: weight(row) as f64,
            })
        })
        .collect();
    Ok((npis.into_iter().map(str::to_string).collect(), ties))
}

/// Ties both ways between those who work at one place, where somebody there has an observed tie: worth one
/// referral each.
fn colleagues(people: &[Option<Person>], observed: &Network) -> Vec<Tie> {
    let mut places: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for (node, person) in (0..).zip(people) {
        let Some(person) = person.as_ref().filter(|p| p.refers) else {
            continue;
        };
        if person.practice_id != "unknown" {
            places.entry(&person.practice_id).or_default().push(node);
        }
    }
    let is_seen = |members: &&Vec<u32>| {
        let seen = members
            .iter()
            .any(|&node| !observed.neighbours(node).is_empty());
        seen && members.len() <= MOST_COLLEAGUES
    };
    let pairs = places.values().filter(is_seen).flat_map(|members| {
        let second = move |at: usize| members[at + 1..].iter().map(move |&to| (members[at], to));
        (0..members.len()).flat_map(second)
    });
    pairs
        .flat_map(|(a, b)| [(a, b), (b, a)])
        .map(|(from, to)| Tie {
            from,
            to,
            weight: 1.0,
        })
        .collect()
}

type Labels = (Vec<String>, Vec<Option<u16>>);

/// The specialties of ours, and for each node the one for which it is ours.
fn read_labels(
    context: &Context<'_>,
    as_of: AsOf,
    npis: &[String],
    people: &[Option<Person>],
) -> Result<Labels> {
    let table = of_day(context, "int_prospect_providers", as_of)?;
    let (is_ours, known) = (table.flag("is_ours")?, table.text("npi")?);
    let ours: BTreeSet<&str> = (0..table.rows())
        .filter(|row| is_ours.value(*row))
        .map(|row| known.value(row))
        .collect();
    let specialty_of = |at: usize| {
        let person = people[at].as_ref()?;
        ours.contains(npis[at].as_str())
            .then(|| person.specialty.clone())
    };
    let named: Vec<Option<String>> = (0..npis.len()).map(specialty_of).collect();
    let specialties: BTreeSet<&String> = named.iter().flatten().collect();
    let specialties: Vec<String> = specialties.into_iter().cloned().collect();
    let label = |name: &String| specialties.partition_point(|known| known < name) as u16;
    let labels = named.iter().map(|name| name.as_ref().map(label)).collect();
    Ok((specialties, labels))
}

fn read_sites(
    context: &Context<'_>,
    as_of: AsOf,
    specialties: &[String],
) -> Result<Vec<Vec<(f64, f64)>>> {
    let table =
        of_day(context, "int_prospect_sites", as_of)?.sorted_by(&["specialty", "practice_id"])?;
    let named = table.text("specialty")?;
    let (lats, lons) = (table.reals("lat")?, table.reals("lon")?);
    let mut sites = vec![Vec::new(); specialties.len()];
    for row in 0..table.rows() {
        let at = specialties.partition_point(|known| known.as_str() < named.value(row));
        if let (Some(sites), Some(point)) = (sites.get_mut(at), lats[row].zip(lons[row])) {
            sites.push(point);
        }
    }
    Ok(sites)
}

fn read_sent(context: &Context<'_>, as_of: AsOf, npis: &[String]) -> Result<Vec<Sent>> {
    let table = context.warehouse.read("int_prospect_arrivals")?;
    let referrers = table.text("referring_npi")?;
    let columns = match as_of {
        AsOf::Now => ["year", "year_before"],
        AsOf::Before => ["split_year", "split_year_before"],
    };
    let [last, earlier] = columns.map(|column| table.counts(column));
    let (last, earlier, after) = (last?, earlier?, table.counts("after")?);
    let mut sent = vec![Sent::default(); npis.len()];
    for row in 0..table.rows() {
        let at = npis.partition_point(|npi| npi.as_str() < referrers.value(row));
        if npis.get(at).is_some_and(|npi| npi == referrers.value(row)) {
            sent[at] = Sent {
                years: [last[row], earlier[row]],
                after: if as_of == AsOf::Now { 0 } else { after[row] },
            };
        }
    }
    Ok(sent)
}
