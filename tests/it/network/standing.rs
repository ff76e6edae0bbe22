//! How providers and ties of a made territory stand, reckoned all over again from the tables.

use std::collections::{BTreeMap, BTreeSet};

use super::{Row, near, real};
use crate::workspace::{Fresh, Territory, done, records};

/// What two providers exchange, by both ends.
type Exchanged = BTreeMap<String, BTreeMap<String, f64>>;

/// The network by its tables.
struct Tables {
    nodes: BTreeMap<String, Row>,
    ties: Vec<Row>,
    exchanged: Exchanged,
}

impl Tables {
    fn read(fresh: &Fresh) -> Self {
        let nodes = fresh.table("network_nodes").into_iter();
        let ties = fresh.table("network_ties");
        let mut exchanged = Exchanged::new();
        for tie in &ties {
            let (from, to, n) = (&tie["npi_from"], &tie["npi_to"], real(tie, "referrals"));
            for (one, other) in [(from, to), (to, from)] {
                let row = exchanged.entry(one.clone()).or_default();
                *row.entry(other.clone()).or_default() += n;
            }
        }
        Self {
            nodes: nodes.map(|row| (row["npi"].clone(), row)).collect(),
            ties,
            exchanged,
        }
    }

    fn community(&self, npi: &str) -> &str {
        &self.nodes[npi]["community"]
    }

    /// Whom somebody reaches without one other; within the community where it is asked for.
    fn reached(&self, start: &str, without: &str, within: bool) -> BTreeSet<String> {
        let mut found = BTreeSet::from([start.to_string()]);
        let mut waiting = vec![start.to_string()];
        while let Some(npi) = waiting.pop() {
            for other in self.exchanged[&npi]
                .keys()
                .filter(|other| *other != without)
            {
                let joined = !within || self.community(other) == self.community(&npi);
                if joined && found.insert(other.clone()) {
                    waiting.push(other.clone());
                }
            }
        }
        found
    }

    /// How many lose the largest part that remains without somebody.
    fn cut_off(&self, npi: &str, within: bool) -> usize {
        let mut left = self.reached(npi, "", within);
        left.remove(npi);
        let (all, mut largest) = (left.len(), 0);
        while let Some(next) = left.first().cloned() {
            let part = self.reached(&next, npi, within);
            largest = largest.max(part.len());
            left.retain(|other| !part.contains(other));
        }
        all - largest
    }

    fn total(&self, npi: &str) -> f64 {
        self.exchanged[npi].values().sum()
    }

    fn share(&self, one: &str, other: &str) -> f64 {
        let n = self.exchanged[one].get(other).copied().unwrap_or(0.0);
        n / self.total(one)
    }

    fn constraint(&self, npi: &str) -> f64 {
        let partners = self.exchanged[npi].keys();
        let of = |partner: &String| {
            let around = self.exchanged[npi].keys();
            let over: f64 = around
                .map(|q| self.share(npi, q) * self.share(q, partner))
                .sum();
            (self.share(npi, partner) + over).powi(2)
        };
        partners.map(of).sum()
    }

    /// What somebody exchanges with each community.
    fn by_community(&self, npi: &str) -> BTreeMap<&str, f64> {
        let mut out = BTreeMap::new();
        for (other, n) in &self.exchanged[npi] {
            *out.entry(self.community(other)).or_default() += n;
        }
        out
    }

    fn inside(&self, npi: &str) -> f64 {
        let by_community = self.by_community(npi);
        by_community
            .get(self.community(npi))
            .copied()
            .unwrap_or(0.0)
    }

    fn beyond(&self, npi: &str) -> f64 {
        self.total(npi) - self.inside(npi)
    }

    fn within_z(&self, npi: &str) -> f64 {
        let members = self
            .nodes
            .keys()
            .filter(|o| self.community(o) == self.community(npi));
        z(self.inside(npi), members.map(|other| self.inside(other)))
    }

    fn between_z(&self, npi: &str) -> f64 {
        z(
            self.beyond(npi),
            self.nodes.keys().map(|other| self.beyond(other)),
        )
    }

    fn participation(&self, npi: &str) -> f64 {
        let total = self.total(npi);
        1.0 - self
            .by_community(npi)
            .values()
            .map(|k| (k / total).powi(2))
            .sum::<f64>()
    }
}

/// Standard deviations above the mean.
fn z(value: f64, values: impl Iterator<Item = f64>) -> f64 {
    let values: Vec<f64> = values.collect();
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|k| (k - mean).powi(2)).sum::<f64>() / n;
    if variance > 0.0 {
        (value - mean) / variance.sqrt()
    } else {
        0.0
    }
}

/// The role by the words of the method page.
fn role(row: &Row) -> &'static str {
    let stands_out = |column: &str| real(row, column) >= 2.5;
    let is_only_link = row["articulation"] == "true" && real(row, "participation") > 0.30;
    match (stands_out("within_z"), stands_out("between_z")) {
        (true, true) => "hub",
        (true, false) => "anchor",
        (false, true) => "bridge",
        (false, false) if is_only_link => "bridge",
        (false, false) => "periphery",
    }
}

fn check_nodes(tables: &Tables) {
    let mut roles: BTreeMap<String, usize> = BTreeMap::new();
    let (mut cut_points, mut splitting) = (0, 0);
    for (npi, row) in &tables.nodes {
        let (cut, split) = (tables.cut_off(npi, false), tables.cut_off(npi, true));
        assert_eq!(row["cut_off"], cut.to_string(), "{npi}");
        assert_eq!(row["articulation"], (cut > 0).to_string(), "{npi}");
        assert_eq!(row["splits_community"], (split > 0).to_string(), "{npi}");
        cut_points += usize::from(cut > 0);
        splitting += usize::from(split > 0);
        assert!(
            near(real(row, "constraint"), tables.constraint(npi)),
            "{npi}"
        );
        for (column, again) in [
            ("within_z", tables.within_z(npi)),
            ("between_z", tables.between_z(npi)),
            ("participation", tables.participation(npi)),
        ] {
            assert!(near(real(row, column), again), "{column} of {npi}: {again}");
        }
        assert_eq!(row["role"], role(row), "{npi}");
        *roles.entry(row["role"].clone()).or_default() += 1;
        for place in ["x", "y"] {
            assert!((0.0..=1.0).contains(&real(row, place)), "{npi}");
        }
    }
    println!("{roles:?}, {cut_points} cut points, {splitting} split their community");
    assert!(roles.len() >= 3 && cut_points > 0 && splitting > 0);
    let places: BTreeSet<(&str, &str)> = tables
        .nodes
        .values()
        .map(|row| (row["x"].as_str(), row["y"].as_str()))
        .collect();
    assert_eq!(places.len(), tables.nodes.len(), "two stand on one place");
}

/// Communities are numbered by size, and each is in one piece.
fn check_communities(tables: &Tables) {
    let mut members: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for (npi, row) in &tables.nodes {
        members
            .entry(row["community"].parse().unwrap())
            .or_default()
            .push(npi);
    }
    let numbers: Vec<usize> = members.keys().copied().collect();
    assert_eq!(numbers, (1..=members.len()).collect::<Vec<_>>());
    let sizes: Vec<usize> = members.values().map(Vec::len).collect();
    assert!(
        sizes.len() > 1 && sizes.is_sorted_by(|a, b| a >= b),
        "{sizes:?}"
    );
    for of in members.values() {
        assert_eq!(tables.reached(of[0], "", true).len(), of.len());
    }
}

/// The chance by the formula, from the tables' own columns.
fn check_ties(tables: &Tables) {
    let mut sums: BTreeMap<(&str, &str), (f64, f64)> = BTreeMap::new();
    for tie in &tables.ties {
        for end in ["npi_from", "npi_to"] {
            let sum = sums.entry((end, &tie[end])).or_default();
            *sum = (sum.0 + 1.0, sum.1 + real(tie, "referrals"));
        }
    }
    let mut surprising = 0;
    for tie in &tables.ties {
        let alpha = |end: &'static str| {
            let (partners, referrals) = sums[&(end, tie[end].as_str())];
            (1.0 - real(tie, "referrals") / referrals).powf(partners - 1.0)
        };
        // Nothing to the power of nothing is one: an only tie surprises nobody.
        let p = alpha("npi_from").min(alpha("npi_to"));
        assert!(near(real(tie, "backbone_p"), p), "{tie:?} {p}");
        surprising += usize::from(p < 0.05);
    }
    assert!(
        surprising > 10 && surprising < tables.ties.len() / 2,
        "{surprising}"
    );
}

/// Who has seen whom, by the referrals themselves.
fn check_care_density(fresh: &Fresh, tables: &Tables) {
    let sql = "select distinct p.patient_id, p.referring_npi, p.referred_to_npi \
        from int_placed_referrals as p inner join reference_quarters as q on q.quarter = p.quarter \
        where q.age < 4 and p.counts and p.patient_id is not null";
    let asked = [
        "-w",
        fresh.text(),
        "query",
        sql,
        "--quarter",
        "2026Q3",
        "--format",
        "csv",
    ];
    let mut seen: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in records(&done(&asked)).into_iter().skip(1) {
        let known = row[1..]
            .iter()
            .filter(|npi| tables.nodes.contains_key(*npi));
        seen.entry(row[0].clone())
            .or_default()
            .extend(known.cloned());
    }
    let mut shared: BTreeMap<(&String, &String), f64> = BTreeMap::new();
    for npis in seen.values() {
        for (at, one) in npis.iter().enumerate() {
            for other in npis.iter().skip(at + 1) {
                *shared.entry((one, other)).or_default() += 1.0;
            }
        }
    }
    let mut densities: BTreeMap<&String, Vec<f64>> = BTreeMap::new();
    for npis in seen.values().filter(|npis| npis.len() > 1) {
        let pairs: Vec<f64> = shared_of(npis, &shared);
        let mean = pairs.iter().sum::<f64>() / pairs.len() as f64;
        for npi in npis {
            densities.entry(npi).or_default().push(mean);
        }
    }
    assert!(densities.len() > 100, "{}", densities.len());
    for (npi, row) in &tables.nodes {
        match densities.get(npi) {
            Some(of) => {
                let mean = of.iter().sum::<f64>() / of.len() as f64;
                assert!(near(real(row, "care_density"), mean), "{npi} {mean}");
            }
            None => assert_eq!(row["care_density"], "", "{npi}"),
        }
    }
}

fn shared_of(npis: &BTreeSet<String>, shared: &BTreeMap<(&String, &String), f64>) -> Vec<f64> {
    let after = |at: usize| npis.iter().skip(at + 1);
    let each = npis.iter().enumerate();
    each.flat_map(|(at, one)| after(at).map(move |other| shared[&(one, other)]))
        .collect()
}

#[test]
fn providers_and_ties_stand_as_reckoned_again() {
    let territory = Territory::make(60, 12, 5);
    let fresh = Fresh::make();
    fresh.ingest(&[territory.path()]);
    fresh.run();
    let tables = Tables::read(&fresh);
    assert_eq!(tables.nodes.len(), tables.exchanged.len());
    check_ties(&tables);
    check_communities(&tables);
    check_nodes(&tables);
    check_care_density(&fresh, &tables);
}
