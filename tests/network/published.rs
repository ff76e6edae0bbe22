//! Networks whose numbers others have published.

use std::collections::BTreeMap;

use catchment_network::centrality::{betweenness, clustering, pagerank};
use catchment_network::graph::{Network, Tie};
use catchment_network::shared_patients::Seen;
use catchment_network::{backbone, brokerage, care_density, components, cut_points, roles};

use crate::both_ways;

/// A network of named nodes and the columns that are expected of each.
struct Case {
    pairs: Vec<(u32, u32, f64)>,
    expected: BTreeMap<String, Vec<f64>>,
    names: Vec<String>,
}

impl Case {
    fn read(edges: &str, expected: &str) -> Self {
        let mut lines = expected.lines();
        let header: Vec<&str> = lines.next().unwrap().split(',').skip(1).collect();
        let mut names = Vec::new();
        let mut columns: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        for line in lines {
            let (name, values) = line.split_once(',').unwrap();
            names.push(name.to_string());
            for (column, value) in header.iter().zip(values.split(',')) {
                let value = value.parse().unwrap();
                columns.entry(column.to_string()).or_default().push(value);
            }
        }
        let number = |name: &str| names.iter().position(|known| known == name).unwrap() as u32;
        let pairs = edges
            .lines()
            .skip(1)
            .map(|line| {
                let cells: Vec<&str> = line.split(',').collect();
                let weight = cells.get(2).map_or(1.0, |weight| weight.parse().unwrap());
                (number(cells[0]), number(cells[1]), weight)
            })
            .collect();
        Self {
            pairs,
            expected: columns,
            names,
        }
    }

    fn unweighted(&self) -> Network {
        let ties = both_ways(self.pairs.iter().map(|&(a, b, _)| (a, b)));
        Network::build(self.names.len() as u32, &ties).unwrap()
    }

    fn weighted(&self) -> Network {
        let ties: Vec<Tie> = self
            .pairs
            .iter()
            .flat_map(|&(a, b, weight)| [(a, b, weight), (b, a, weight)])
            .map(|(from, to, weight)| Tie { from, to, weight })
            .collect();
        Network::build(self.names.len() as u32, &ties).unwrap()
    }

    fn compare(&self, column: &str, actual: &[f64]) {
        let expected = &self.expected[column];
        assert_eq!(expected.len(), actual.len());
        for ((name, expected), actual) in self.names.iter().zip(expected).zip(actual) {
            assert!(
                (expected - actual).abs() < 1e-9,
                "{column} of {name}: {actual} instead of {expected}"
            );
        }
    }

    fn compare_unweighted(&self) {
        let network = self.unweighted();
        let degrees: Vec<f64> = (0..network.node_count())
            .map(|node| network.out_degree(node) as f64)
            .collect();
        self.compare("degree", &degrees);
        let between = betweenness::measure(&network, &Default::default());
        self.compare("betweenness", &between.values);
        self.compare("clustering", &clustering::measure(&network));
        let ranked = pagerank::rank(&network, &Default::default()).unwrap();
        self.compare("pagerank", &ranked.ranks);
        self.compare("constraint", &constraint(&network));
        let cut_off = cut_points::find(&network).cut_off;
        let is_cut_point = |cut_off: &u32| f64::from(u8::from(*cut_off > 0));
        let cut_points: Vec<f64> = cut_off.iter().map(is_cut_point).collect();
        self.compare("articulation", &cut_points);
    }

    /// The ties that are bridges, by the names of their ends.
    fn bridges(&self) -> Vec<(&str, &str)> {
        let name = |node: u32| self.names[node as usize].as_str();
        let bridges = cut_points::find(&self.unweighted()).bridges;
        let mut named: Vec<(&str, &str)> = bridges
            .iter()
            .map(|&(a, b)| (name(a).min(name(b)), name(a).max(name(b))))
            .collect();
        named.sort_unstable();
        named
    }
}

/// The constraint of every node, all of which have ties.
fn constraint(network: &Network) -> Vec<f64> {
    let constraint = brokerage::measure_constraint(network);
    constraint.into_iter().map(Option::unwrap).collect()
}

fn karate() -> Case {
    Case::read(
        include_str!("data/karate_edges.csv"),
        include_str!("data/karate_expected.csv"),
    )
}

#[test]
fn karate_as_in_networkx() {
    let case = karate();
    case.compare_unweighted();
    let network = case.weighted();
    assert_eq!((network.node_count(), network.edge_count()), (34, 78));
    let ranked = pagerank::rank(&network, &Default::default()).unwrap();
    case.compare("pagerank_weighted", &ranked.ranks);
    case.compare("constraint_weighted", &constraint(&network));
    assert_eq!(case.bridges(), [("0", "11")]);
    let clubs: Vec<u32> = case.expected["club"]
        .iter()
        .map(|club| *club as u32)
        .collect();
    let standings = roles::stand(&network, &clubs);
    let within_z: Vec<f64> = standings.iter().map(|s| s.within_z).collect();
    case.compare("within_z", &within_z);
    let participation: Vec<f64> = standings.iter().map(|s| s.participation).collect();
    case.compare("participation", &participation);
    // Transitivity and mean clustering, published for the whole network.
    assert!((transitivity(&network) - 0.255_681_818_181_818_2).abs() < 1e-12);
    assert_eq!(components::find(&network).sizes, [34]);
    let mean = clustering::measure(&network).iter().sum::<f64>() / 34.0;
    assert!((mean - 0.570_638_478_207_682_3).abs() < 1e-12);
}

/// Every tie of the karate club, given in both directions: each end judges it among its own.
#[test]
fn the_backbone_of_karate_as_in_netbone() {
    let network = karate().weighted();
    let mut compared = 0;
    for line in include_str!("data/karate_backbone.csv").lines().skip(1) {
        let cells: Vec<f64> = line.split(',').map(|cell| cell.parse().unwrap()).collect();
        // The karate club's names are its nodes' numbers.
        let ends = (cells[0] as u32, cells[1] as u32);
        let mut both = backbone::measure(&network)
            .filter(|s| [ends, (ends.1, ends.0)].contains(&(s.tie.from, s.tie.to)));
        let (one, other) = (both.next().unwrap(), both.next().unwrap());
        assert_eq!(
            (one.out_alpha, one.in_alpha),
            (other.in_alpha, other.out_alpha)
        );
        assert!((one.p() - cells[2]).abs() < 1e-9, "{line}: {}", one.p());
        compared += 1;
    }
    assert_eq!(compared, 78);
}

#[test]
fn florentine_families_as_in_networkx() {
    let case = Case::read(
        include_str!("data/florentine_edges.csv"),
        include_str!("data/florentine_expected.csv"),
    );
    case.compare_unweighted();
    let bridges = [
        ("Acciaiuoli", "Medici"),
        ("Albizzi", "Ginori"),
        ("Guadagni", "Lamberteschi"),
        ("Medici", "Salviati"),
        ("Pazzi", "Salviati"),
    ];
    assert_eq!(case.bridges(), bridges);
}

#[test]
fn krackhardt_kite_as_in_networkx() {
    let case = Case::read(
        include_str!("data/krackhardt_kite_edges.csv"),
        include_str!("data/krackhardt_kite_expected.csv"),
    );
    case.compare_unweighted();
    assert_eq!(case.bridges(), [("7", "8"), ("8", "9")]);
}

/// Thirteen encounters of four patients at three providers: the patient and the provider of each.
/// The first two providers share three patients, as do the first and the last; the other two share two.
#[test]
fn care_density_counted_by_hand() {
    let lines = include_str!("data/toy_encounters.csv").lines().skip(1);
    let encounter = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        let patient = cells[0][1..].parse::<u32>().unwrap() - 1;
        (patient, u32::from(cells[1].as_bytes()[0] - b'A'))
    };
    let encounters: Vec<(u32, u32)> = lines.map(encounter).collect();
    assert_eq!(encounters.len(), 13);
    let densities = [8.0 / 3.0, 3.0, 8.0 / 3.0, 3.0].map(Some);
    assert_eq!(
        care_density::of_patients(&Seen::build(encounters)),
        densities
    );
}

/// The shape of a network of shared patients: nearly all are tied, and the
/// weights differ.
#[test]
fn davis_southern_women_as_in_networkx() {
    let case = Case::read(
        include_str!("data/davis_projection.csv"),
        include_str!("data/davis_expected.csv"),
    );
    let network = case.weighted();
    assert_eq!((network.node_count(), network.edge_count()), (18, 139));
    let possible = 18.0 * 17.0 / 2.0;
    assert!((network.edge_count() as f64 / possible - 0.908_496_732_026_143_8).abs() < 1e-12);
    let strengths: Vec<f64> = (0..18).map(|node| network.out_strength(node)).collect();
    case.compare("strength", &strengths);
    let both_directions = 2.0 * 322.0;
    assert_eq!(strengths.iter().sum::<f64>(), both_directions);
    assert!((transitivity(&network) - 0.928_396_272_682_687_5).abs() < 1e-12);
    assert_eq!(components::find(&network).sizes, [18]);
}

/// The share of pairs of neighbours, over the whole network, that are tied.
fn transitivity(network: &Network) -> f64 {
    let triangles: u64 = clustering::count_triangles(network).iter().sum();
    let pairs: usize = (0..network.node_count())
        .map(|node| network.neighbours(node).len())
        .map(|degree| degree * (degree - 1) / 2)
        .sum();
    triangles as f64 / pairs as f64
}

/// An example of LDBC Graphalytics: its network, and its node ids in order.
fn ldbc(nodes: &str, edges: &str, directed: bool) -> (Network, Vec<u64>) {
    let ids: Vec<u64> = nodes.lines().map(|line| line.parse().unwrap()).collect();
    let number = |id: &str| {
        let id: u64 = id.parse().unwrap();
        ids.iter().position(|&known| known == id).unwrap() as u32
    };
    let pairs = edges.lines().map(|line| {
        let mut cells = line.split(' ');
        (number(cells.next().unwrap()), number(cells.next().unwrap()))
    });
    let mut ties = both_ways(pairs);
    if directed {
        // Every second tie is the way back.
        ties = ties.into_iter().step_by(2).collect();
    }
    (Network::build(ids.len() as u32, &ties).unwrap(), ids)
}

/// The values of a result file, checked to be of the same nodes.
fn ldbc_values(file: &str, ids: &[u64]) -> Vec<f64> {
    file.lines()
        .zip(ids)
        .map(|(line, id)| {
            let (node, value) = line.split_once(' ').unwrap();
            assert_eq!(node, id.to_string());
            value.parse().unwrap()
        })
        .collect()
}

fn ldbc_pagerank(network: &Network) -> Vec<f64> {
    let settings = pagerank::PageRankSettings {
        most_iterations: 2,
        ..Default::default()
    };
    pagerank::rank(network, &settings).unwrap().ranks
}

fn assert_near(actual: &[f64], expected: &[f64]) {
    assert_eq!(actual.len(), expected.len());
    for (actual, expected) in actual.iter().zip(expected) {
        assert!((actual - expected).abs() < 1e-12, "{actual} {expected}");
    }
}

#[test]
fn ldbc_directed_example() {
    let (network, ids) = ldbc(
        include_str!("data/example-directed.v"),
        include_str!("data/example-directed.e"),
        true,
    );
    let expected = ldbc_values(include_str!("data/example-directed-PR"), &ids);
    assert_near(&ldbc_pagerank(&network), &expected);
    // LDBC counts the arcs between the neighbours, and not the pairs that are
    // tied, so its coefficient follows from ours only where no two neighbours
    // refer to each other: there it is half of ours.
    let expected = ldbc_values(include_str!("data/example-directed-LCC"), &ids);
    let arcs: Vec<Tie> = network.arcs().collect();
    let is_arc = |from, to| arcs.iter().any(|tie| (tie.from, tie.to) == (from, to));
    let mut compared = 0;
    for (node, ours) in (0..).zip(clustering::measure(&network)) {
        let around = network.neighbours(node);
        let mutual = around
            .iter()
            .any(|&a| around.iter().any(|&b| is_arc(a, b) && is_arc(b, a)));
        if !mutual {
            assert!((ours / 2.0 - expected[node as usize]).abs() < 1e-12);
            compared += 1;
        }
    }
    assert_eq!(compared, 7);
    let expected = ldbc_values(include_str!("data/example-directed-WCC"), &ids);
    assert!(expected.iter().all(|&least| least == expected[0]));
    assert_eq!(components::find(&network).sizes, [10]);
}

#[test]
fn ldbc_undirected_example() {
    let (network, ids) = ldbc(
        include_str!("data/example-undirected.v"),
        include_str!("data/example-undirected.e"),
        false,
    );
    let expected = ldbc_values(include_str!("data/example-undirected-PR"), &ids);
    assert_near(&ldbc_pagerank(&network), &expected);
    let expected = ldbc_values(include_str!("data/example-undirected-LCC"), &ids);
    assert_near(&clustering::measure(&network), &expected);
    let expected = ldbc_values(include_str!("data/example-undirected-WCC"), &ids);
    assert!(expected.iter().all(|&least| least == expected[0]));
    assert_eq!(components::find(&network).of, [1; 9]);
}
