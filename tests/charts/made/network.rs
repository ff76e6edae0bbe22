//! Made tables of the network: communities with hubs, places in discs, and the ties between them.

use catchment_base::{Table, TableBuilder};

use super::{Case, LAPSED};

pub struct Node {
    pub npi: String,
    pub community: usize,
    pub role: &'static str,
    pub at: (f64, f64),
    pub partners: i64,
}

/// The sizes of the communities, largest first.
fn sizes(case: Case) -> Vec<usize> {
    match case {
        Case::None => Vec::new(),
        Case::One => vec![2],
        Case::Calm => vec![4, 3],
        // More ties than there is room for.
        Case::Unknown => vec![160, 150, 140, 120, 110, 90, 40, 30],
        _ => vec![34, 26, 22, 18, 15, 12, 8, 5],
    }
}

/// The middle and radius of each community's disc: in two lines.
fn disc(number: usize, size: usize, most: usize) -> ((f64, f64), f64) {
    let column = (number / 2) as f64;
    let radius = 0.11 * (size as f64 / most as f64).sqrt();
    (
        (0.125 + 0.25 * column, 0.13 + 0.27 * (number % 2) as f64),
        radius,
    )
}

pub fn nodes(case: Case) -> Vec<Node> {
    let sizes = sizes(case);
    let most = sizes.first().copied().unwrap_or(1);
    let mut nodes = Vec::new();
    for (number, size) in sizes.iter().enumerate() {
        let (middle, radius) = disc(number, *size, most);
        for member in 0..*size {
            // The first stands in the middle, the others around it.
            let away = radius * (member as f64 / *size as f64).sqrt();
            let angle = member as f64 * 2.399_963;
            let role = match (case, member) {
                (Case::Calm, _) => "periphery",
                (_, 0) if number % 3 < 2 => "hub",
                (_, 0) => "anchor",
                (_, 1) if *size > 10 => "bridge",
                _ => "periphery",
            };
            nodes.push(Node {
                npi: format!("3000{:06}", nodes.len()),
                community: number + 1,
                role,
                at: (middle.0 + away * angle.cos(), middle.1 + away * angle.sin()),
                partners: if member == 0 {
                    *size as i64 - 1
                } else {
                    (member % 4) as i64
                },
            });
        }
    }
    nodes
}

/// From, to, referrals, p.
pub fn ties(case: Case) -> Vec<(usize, usize, i64, f64)> {
    let sizes = sizes(case);
    let mut ties = Vec::new();
    let mut start = 0;
    for (number, size) in sizes.iter().enumerate() {
        for member in 1..*size {
            let own = start + member;
            let n = 3 + (member * member * 5 + number * 7) as i64 % 60;
            ties.push((own, start, n, 0.0001 * member as f64));
            if member > 2 && member % 4 == 3 {
                ties.push((own, start + 1, n / 2, 0.01));
            }
            // Too weak for the backbone.
            ties.push((own, start + (member * 3) % size, 1, 0.4));
        }
        let next = (start + size) % sizes.iter().sum::<usize>();
        if *size > 10 && sizes.len() > 2 {
            ties.push((start + 1, next, 12 + number as i64, 0.002));
        }
        start += size;
    }
    ties.retain(|tie| tie.0 != tie.1);
    ties
}

pub fn network_nodes(case: Case) -> Table {
    let nodes = nodes(case);
    const COUNTIES: [&str; 5] = ["Luzerne", "Lackawanna", "Wayne", "Bradford", "Susquehanna"];
    let person = |at: usize| LAPSED[at % LAPSED.len()];
    let county = |n: &Node| COUNTIES[n.community % 5];
    TableBuilder::new("network_nodes")
        .text("npi", nodes.iter().map(|n| Some(&n.npi)))
        .text(
            "name",
            (0..nodes.len()).map(|at| Some(case.long(person(at).0))),
        )
        .int("partners_in", nodes.iter().map(|n| case.known(n.partners)))
        .text("specialty", (0..nodes.len()).map(|at| Some(person(at).2)))
        .text("county", nodes.iter().map(|n| Some(county(n))))
        .int("community", nodes.iter().map(|n| Some(n.community as i64)))
        .text("role", nodes.iter().map(|n| Some(n.role)))
        .real("x", nodes.iter().map(|n| Some(n.at.0)))
        .real("y", nodes.iter().map(|n| Some(n.at.1)))
        .finish()
        .unwrap()
}

pub fn network_ties(case: Case) -> Table {
    let nodes = nodes(case);
    let ties = ties(case);
    let npi = |at: usize| Some(&nodes[at].npi);
    TableBuilder::new("network_ties")
        .text("npi_from", ties.iter().map(|t| npi(t.0)))
        .text("npi_to", ties.iter().map(|t| npi(t.1)))
        .int("referrals", ties.iter().map(|t| case.known(t.2)))
        .real("backbone_p", ties.iter().map(|t| Some(t.3)))
        .finish()
        .unwrap()
}
