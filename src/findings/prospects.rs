//! Who could well refer to us and does not, or hardly does: candidates by how much of their partners'
//! work is with our specialists, less with distance. The method is docs/methods/prospects.md.

use super::context::{Context, Finding, Made};
use super::prospect_network::{AsOf, MARTS, Person, ProspectNetwork};
use super::prospect_scores::{Distances, Scored, fit_decay, score};
use crate::base::{Result, Table, TableBuilder, units};

pub(super) const FINDING: Finding = Finding {
    name: "prospects",
    marts: &MARTS,
    make,
};

fn make(context: &Context<'_>, _made: &Made) -> Result<Table> {
    let network = ProspectNetwork::read(context, AsOf::Now)?;
    let distances = Distances::of(&network);
    let decay = fit_decay(&network, &distances);
    let mut listed: Vec<Scored> = score(&network, &distances, decay)
        .into_iter()
        .filter(|s| s.score > 0.0)
        .collect();
    // Candidates come in the order of their NPIs, and a stable sort leaves equals in it.
    listed.sort_by(|a, b| b.score.total_cmp(&a.score));
    let bands = &context.prospects_judged()?.bands;
    let rows: Vec<Row<'_>> = listed.iter().map(|s| Row::of(&network, s)).collect();
    let place = |of: &dyn Fn(&Person) -> String| -> Vec<Option<String>> {
        let text = |row: &Row<'_>| row.person.map_or_else(|| "unknown".to_string(), of);
        rows.iter().map(|row| Some(text(row))).collect()
    };
    let point = |of: &dyn Fn((f64, f64)) -> f64| -> Vec<Option<f64>> {
        rows.iter()
            .map(|row| row.person.and_then(|p| p.point).map(of))
            .collect()
    };
    TableBuilder::new("prospects")
        .text("npi", rows.iter().map(|row| Some(row.npi)))
        .text("name", rows.iter().map(|row| Some(row.name)))
        .text("specialty", place(&|p| p.specialty.clone()))
        .text("affiliation", place(&|p| p.affiliation.clone()))
        .text("practice_id", place(&|p| p.practice_id.clone()))
        .text("practice_name", place(&|p| p.practice_name.clone()))
        .text("county", place(&|p| p.county.clone()))
        .text("territory", place(&|p| p.territory.clone()))
        .real("lat", point(&|p| p.0))
        .real("lon", point(&|p| p.1))
        .real("score", rows.iter().map(|row| Some(row.scored.score)))
        .text("reasons", rows.iter().map(|row| Some(row.reasons())))
        .real(
            "expected_referrals",
            rows.iter()
                .map(|row| bands.as_ref()?.expected(row.scored.score)),
        )
        .text("suggested_specialty", rows.iter().map(|row| row.specialty))
        .text(
            "suggested_introducer",
            rows.iter().map(|row| row.introducer.map(|i| i.1)),
        )
        .int("rank", (1..).take(rows.len()).map(Some))
        .text(
            "introducer_npi",
            rows.iter().map(|row| row.introducer.map(|i| i.0)),
        )
        .real("distance_km", rows.iter().map(|row| row.km))
        .int(
            "our_referrers_tied",
            rows.iter().map(|row| Some(row.scored.through.len() as i64)),
        )
        .int("partners", rows.iter().map(|row| Some(row.partners)))
        .finish()
}

/// A prospect with all that is said of it.
struct Row<'a> {
    npi: &'a str,
    name: &'a str,
    person: Option<&'a Person>,
    scored: &'a Scored,
    /// The specialty of ours that fits best, and how far away it is.
    specialty: Option<&'a str>,
    km: Option<f64>,
    /// Of the partners over whom ties lead to us, those who work at the same place.
    beside: usize,
    /// NPI and name of who could introduce us, and whether they work at the same place alone.
    introducer: Option<(&'a str, &'a str)>,
    works_beside: bool,
    partners: i64,
}

impl<'a> Row<'a> {
    fn of(network: &'a ProspectNetwork, scored: &'a Scored) -> Self {
        let at = scored.node as usize;
        let person = network.people[at].as_ref();
        let is_beside = |other: u32| {
            let other = network.people[other as usize].as_ref();
            let here = person
                .map(|p| p.practice_id.as_str())
                .filter(|id| *id != "unknown");
            here.is_some() && other.map(|p| p.practice_id.as_str()) == here
        };
        let best = scored.best();
        let introducer = introducer(network, scored.node);
        Self {
            npi: &network.npis[at],
            name: person.map_or(network.npis[at].as_str(), |p| p.name.as_str()),
            person,
            scored,
            specialty: best.map(|fit| network.specialties[usize::from(fit.label)].as_str()),
            km: best.and_then(|fit| fit.km),
            beside: scored.through.iter().filter(|z| is_beside(**z)).count(),
            introducer: introducer.and_then(|node| {
                let name = network.people[node as usize].as_ref()?.name.as_str();
                Some((network.npis[node as usize].as_str(), name))
            }),
            works_beside: introducer.is_some_and(is_beside),
            partners: network.observed.neighbours(scored.node).len() as i64,
        }
    }

    /// Why, in words: ties, distance and who is known; nothing of volumes, money or competitors.
    fn reasons(&self) -> String {
        let count = self.scored.through.len() as i64;
        let mut ties = format!(
            "tied to {} who {} with our specialists",
            units::counted(count, "provider"),
            if count == 1 { "works" } else { "work" },
        );
        if self.beside > 0 {
            ties += &match (self.beside as i64 == count, count) {
                (true, 1) => ", at the same practice".to_string(),
                (true, _) => ", all at the same practice".to_string(),
                (false, _) => format!(", {} of them at the same practice", self.beside),
            };
        }
        let mut parts = vec![ties];
        if let (Some(specialty), Some(km)) = (self.specialty, self.km) {
            parts.push(match km < 1.0 {
                true => format!("less than 1 km from our {specialty}"),
                false => format!("{} km from our {specialty}", units::real(km, 0)),
            });
        }
        if let Some((_, name)) = self.introducer {
            let verb = if self.works_beside {
                "works beside"
            } else {
                "shares patients with"
            };
            parts.push(format!("{verb} {name}"));
        }
        parts.join("; ")
    }
}

/// The provider inside with whom a candidate has the strongest tie; of equals the first by NPI.
fn introducer(network: &ProspectNetwork, node: u32) -> Option<u32> {
    let inside = network.network.partners(node).filter(|(other, _)| {
        let person = network.people[*other as usize].as_ref();
        person.is_some_and(|p| p.is_inside() && p.refers)
    });
    let stronger = |best: Option<(u32, f64)>, next: (u32, f64)| match best {
        Some(best) if best.1 >= next.1 => Some(best),
        _ => Some(next),
    };
    inside.fold(None, stronger).map(|(other, _)| other)
}
