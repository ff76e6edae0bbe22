//! `network`: what is the network? A map of its backbone, each community an area of its own, with
//! the names of those who hold it together. It names providers, so it is internal.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use catchment_base::{Result, Table, units};

use crate::canvas::areas::{Disc, Fit, around, outline};
use crate::canvas::font::{self, Weight};
use crate::canvas::frame::{Drawing, Frame, Heading};
use crate::canvas::record::{Record, records};
use crate::canvas::shapes::Ring;
use crate::canvas::sheet::{Mark, Paint, Path, Rect, Sheet};
use crate::canvas::theme::{Colour, LABEL};
use crate::canvas::words::counted;
use crate::catalogue::{Chart, Tables};

/// The catalogue's entry.
pub(crate) const CHART: Chart = Chart {
    name: "network",
    question: "What is the network?",
    reads: &[NODES, TIES],
    internal: true,
    draw,
};

const NODES: &str = "network_nodes";
const TIES: &str = "network_ties";

/// Ties below this level are the backbone.
const LEVEL: f64 = 0.05;

/// More ties than this nobody can tell apart: on a whole slide, and on half of one.
const MOST: (usize, usize) = (600, 300);

/// So many names: on a whole slide, and on half of one.
const NAMES: (usize, usize) = (15, 7);

/// So many of the largest communities have a colour of their own.
const COLOURS: usize = 5;

/// One provider.
struct Node {
    npi: String,
    name: String,
    specialty: String,
    county: String,
    community: i64,
    role: Role,
    partners: Option<i64>,
    at: (f64, f64),
}

/// What a provider is to the network, most telling first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Role {
    Hub,
    Bridge,
    Anchor,
    Periphery,
}

impl Role {
    fn read(word: &str) -> Self {
        match word {
            "hub" => Self::Hub,
            "bridge" => Self::Bridge,
            "anchor" => Self::Anchor,
            _ => Self::Periphery,
        }
    }

    /// As it stands behind a name.
    fn said(self) -> &'static str {
        match self {
            Self::Hub => ", hub",
            Self::Bridge => ", bridge",
            Self::Anchor => ", anchor",
            Self::Periphery => "",
        }
    }

    /// The radius of its mark.
    fn radius(self) -> f64 {
        match self {
            Self::Hub => 26.0,
            Self::Bridge => 24.0,
            Self::Anchor => 20.0,
            Self::Periphery => 11.0,
        }
    }
}

/// A tie of the backbone, by the places of its ends among the nodes.
struct Tie {
    from: usize,
    to: usize,
    referrals: Option<i64>,
    p: f64,
}

/// What is drawn of the network.
struct Shown {
    nodes: Vec<Node>,
    /// The strongest ties of the backbone.
    ties: Vec<Tie>,
    /// How many of the backbone there are.
    backbone: usize,
    /// The nodes that have a tie drawn.
    drawn: BTreeSet<usize>,
}

fn draw(tables: &Tables, frame: &Frame) -> Result<Drawing> {
    let half = frame.shape == crate::Shape::Half;
    let Some(mut shown) = read(tables)? else {
        return Ok(missing(frame));
    };
    shown.limit(if half { MOST.1 } else { MOST.0 });
    if shown.drawn.is_empty() {
        return Ok(missing(frame));
    }
    let sheet = Sheet::new(CHART.name, frame, heading(frame, &shown), CHART.internal);
    picture(&sheet, &shown)?;
    Ok(sheet.finish())
}

fn missing(frame: &Frame) -> Drawing {
    let subtitle = format!(
        "The backbone of the referral network, {}",
        frame.quarter.for_people()
    );
    let alt = "Empty map of the referral network: no tie stands out.";
    let heading = Heading::missing("No network to map yet", subtitle, NODES, alt);
    let sentence = "No tie between two providers is stronger than chance would make it. Exports of referrals \
                    over four quarters, or a file of shared patients, bring this map.";
    Sheet::missing(CHART.name, frame, heading, CHART.internal, sentence)
}

/// The places and the backbone, where both are there.
fn read(tables: &Tables) -> Result<Option<Shown>> {
    let (Some(nodes), Some(ties)) = (tables.get(NODES), tables.get(TIES)) else {
        return Ok(None);
    };
    let placed = ["x", "y", "community", "role"];
    if !placed.iter().all(|column| nodes.has(column)) || !ties.has("backbone_p") {
        return Ok(None);
    }
    let nodes: Vec<Option<Node>> = records(nodes).map(node).collect::<Result<_>>()?;
    let nodes: Vec<Node> = nodes.into_iter().flatten().collect();
    let place: BTreeMap<&str, usize> = nodes.iter().map(|n| n.npi.as_str()).zip(0..).collect();
    let ties = backbone(ties, &place)?;
    Ok(Some(Shown {
        backbone: ties.len(),
        nodes,
        ties,
        drawn: BTreeSet::new(),
    }))
}

fn node(row: Record<'_>) -> Result<Option<Node>> {
    let at = row.real("x")?.zip(row.real("y")?);
    let (Some(at), Some(community)) = (at, row.int("community")?) else {
        return Ok(None);
    };
    Ok(Some(Node {
        npi: row.text("npi")?,
        name: row.name("name", "npi")?,
        specialty: row.text("specialty")?,
        county: row.text("county")?,
        community,
        role: Role::read(&row.text("role")?),
        partners: row.int("partners_in")?,
        at,
    }))
}

fn backbone(table: &Table, place: &BTreeMap<&str, usize>) -> Result<Vec<Tie>> {
    let mut ties = Vec::new();
    for row in records(table) {
        let Some(p) = row.real("backbone_p")?.filter(|p| *p < LEVEL) else {
            continue;
        };
        let (from, to) = (row.text("npi_from")?, row.text("npi_to")?);
        if let Some((from, to)) = place.get(from.as_str()).zip(place.get(to.as_str())) {
            ties.push(Tie {
                from: *from,
                to: *to,
                referrals: row.int("referrals")?,
                p,
            });
        }
    }
    Ok(ties)
}

impl Shown {
    /// Leaves the ties with the most referrals; of two alike the less likely.
    fn limit(&mut self, most: usize) {
        self.ties.sort_by(|a, b| {
            let by_referrals = b.referrals.cmp(&a.referrals);
            by_referrals
                .then(a.p.total_cmp(&b.p))
                .then((a.from, a.to).cmp(&(b.from, b.to)))
        });
        self.ties.truncate(most);
        let ends = self.ties.iter().flat_map(|tie| [tie.from, tie.to]);
        self.drawn = ends.collect();
    }

    fn node(&self, place: usize) -> Option<&Node> {
        self.nodes.get(place)
    }

    /// The nodes drawn, in the order of the table.
    fn drawn(&self) -> impl Iterator<Item = &Node> {
        self.drawn.iter().filter_map(|place| self.node(*place))
    }

    /// Those whose names stand on the map, most telling first: hubs, bridges and anchors in turn, each
    /// by the number of their referrers.
    fn named(&self, most: usize) -> Vec<&Node> {
        let mut all: Vec<&Node> = self.drawn().collect();
        all.sort_by(|a, b| {
            let by_partners = b.partners.cmp(&a.partners);
            (a.role.cmp(&b.role))
                .then(by_partners)
                .then_with(|| a.npi.cmp(&b.npi))
        });
        let of = |role: Role| all.iter().filter(move |n| n.role == role);
        let (mut hubs, mut bridges) = (of(Role::Hub), of(Role::Bridge));
        let (mut anchors, mut others) = (of(Role::Anchor), of(Role::Periphery));
        let mut named = Vec::new();
        while named.len() < most {
            let before = named.len();
            named.extend(hubs.next());
            named.extend(bridges.next());
            named.extend(anchors.next());
            if named.len() == before {
                named.extend(others.next());
            }
            if named.len() == before {
                break;
            }
        }
        named.truncate(most);
        named.into_iter().copied().collect()
    }
}

/// The hub that most refer to; where there is none, whoever most refer to.
fn first(shown: &Shown) -> Option<(&Node, i64)> {
    let drawn = shown.drawn();
    let known = drawn.filter_map(|node| Some((node, node.partners?)));
    known.max_by_key(|(node, partners)| (node.role == Role::Hub, *partners, Reverse(&node.npi)))
}

fn heading(frame: &Frame, shown: &Shown) -> Heading {
    let titles = match first(shown) {
        Some((node, partners)) => {
            let referrers = counted(partners.max(0) as usize, "referrer", "referrers");
            vec![
                format!("{} joins {referrers}", node.name),
                format!("The first hub joins {referrers}"),
            ]
        }
        None => vec!["Whom the first hub joins is withheld".to_string()],
    };
    let communities: BTreeSet<i64> = shown.drawn().map(|node| node.community).collect();
    let mut footer =
        vec!["Backbone: ties stronger than chance makes them (p under 0.05).".to_string()];
    let left = shown.backbone - shown.ties.len();
    if left > 0 {
        let verb = if left == 1 { "is" } else { "are" };
        footer.push(format!(
            "The {} strongest are drawn, {} {verb} left out.",
            units::count(shown.ties.len() as i64),
            units::count(left as i64),
        ));
    }
    let hidden = shown.nodes.len() - shown.drawn.len();
    if hidden > 0 {
        let verb = if hidden == 1 { "is" } else { "are" };
        let providers = counted(hidden, "provider", "providers");
        footer.push(format!("{providers} without a drawn tie {verb} not shown."));
    }
    footer.push(
        "Ringed: hub; diamond: bridge; large: anchor. Number: community, with its county."
            .to_string(),
    );
    if communities.len() > COLOURS {
        footer.push("Grey: smaller communities.".to_string());
    }
    Heading {
        alt: format!(
            "Network map of {} in {}, {}. {}.",
            counted(shown.drawn.len(), "provider", "providers"),
            counted(communities.len(), "community", "communities"),
            frame.quarter,
            titles.first().map_or("", |title| title),
        ),
        titles,
        subtitle: format!(
            "Backbone of the referral network by community; width: referrals in four quarters, {}",
            frame.quarter.for_people()
        ),
        footer,
    }
}

/// The room between a community's outer nodes and the edge of its area.
const RIM: f64 = 34.0;

fn picture(sheet: &Sheet, shown: &Shown) -> Result<()> {
    let area = sheet.area();
    let inner = area
        .across(area.x0 + 60.0, area.x1 - 60.0)
        .down(area.y0 + LABEL + RIM, area.y1 - RIM - 10.0);
    let points: Vec<(f64, f64)> = shown.drawn().map(|node| node.at).collect();
    let place = Fit::new(&points, inner);
    let areas = areas(shown, &place);
    for (_, area) in &areas {
        let mut path = Path::default();
        path.ring(area);
        sheet.path(&path, Paint::Fill(sheet.palette.band, 1.0));
    }
    ties(sheet, shown, &place)?;
    let mut order: Vec<&Node> = shown.drawn().collect();
    // The large lie above the small.
    order.sort_by_key(|node| Reverse(node.role));
    let mut taken = Vec::new();
    for node in order {
        mark(sheet, node, place.of(node.at))?;
        taken.push(around(place.of(node.at), node.role.radius() + 3.0));
    }
    let most = if sheet.is_half() { NAMES.1 } else { NAMES.0 };
    let first = first(shown).map(|(node, _)| node.npi.as_str());
    let is_first = |node: &&Node| Some(node.npi.as_str()) == first;
    let name = |node: &Node, taken: &mut Vec<Rect>| {
        let words = sheet.words().bold(is_first(&node));
        let text = format!("{}{}", short(&node.name), node.role.said());
        let whole = format!("{}{}", node.name, node.role.said());
        let at = (place.of(node.at), node.role.radius());
        sheet.name_near(at, words, (&text, &whole), area, taken);
    };
    // The hub of the title has its name first, then the communities have theirs.
    let named = shown.named(most);
    let (hub, others): (Vec<&Node>, Vec<&Node>) = named.into_iter().partition(is_first);
    hub.into_iter().for_each(|node| name(node, &mut taken));
    communities(sheet, shown, &areas, &mut taken);
    others.into_iter().for_each(|node| name(node, &mut taken));
    Ok(())
}

/// A name as wide as can stand on a map.
fn short(name: &str) -> String {
    font::cut(name, LABEL, Weight::Regular, 640.0)
}

/// The colour of a community; beyond the largest they are grey.
fn colour(sheet: &Sheet, community: i64) -> Colour {
    let own = usize::try_from(community - 1)
        .ok()
        .filter(|at| *at < COLOURS);
    let class = own.and_then(|at| sheet.palette.classes.get(at));
    class.copied().unwrap_or(sheet.palette.bars)
}

/// The outline of each community: around its nodes, with room.
fn areas(shown: &Shown, place: &Fit) -> Vec<(i64, Ring)> {
    let mut discs: BTreeMap<i64, Vec<Disc>> = BTreeMap::new();
    for node in shown.drawn() {
        let disc = (place.of(node.at), node.role.radius() + RIM);
        discs.entry(node.community).or_default().push(disc);
    }
    let outlines = discs.into_iter();
    outlines
        .map(|(community, discs)| (community, outline(discs.into_iter())))
        .collect()
}

fn ties(sheet: &Sheet, shown: &Shown, place: &Fit) -> Result<()> {
    let most = shown.ties.iter().filter_map(|tie| tie.referrals).max();
    let most = most.unwrap_or(1).max(1) as f64;
    // The strongest lie on top.
    for tie in shown.ties.iter().rev() {
        let Some((from, to)) = shown.node(tie.from).zip(shown.node(tie.to)) else {
            continue;
        };
        let n = tie.referrals.map_or("withheld".to_string(), units::count);
        let mark = Mark {
            table: TIES,
            key: &format!("{}|{}", from.npi, to.npi),
            column: "referrals",
            value: tie.referrals.map(|n| n as f64),
            title: format!("{} to {}: {n}", from.name, to.name),
        };
        let (one, other) = (place.of(from.at), place.of(to.at));
        let paint = match tie.referrals {
            None => Paint::Dashes(sheet.palette.bars, 3),
            Some(n) => {
                let share = (n as f64 / most).sqrt();
                let tint = if from.community == to.community {
                    colour(sheet, from.community)
                } else {
                    sheet.palette.bars
                };
                Paint::Line(tint, 0.45, (2.0 + 8.0 * share).round() as u32)
            }
        };
        sheet.mark(&mark, || {
            sheet.line(one, other, paint);
            Ok(())
        })?;
    }
    Ok(())
}

fn mark(sheet: &Sheet, node: &Node, at: (f64, f64)) -> Result<()> {
    let partners = node
        .partners
        .map_or("a withheld number of".to_string(), units::count);
    let mark = Mark {
        table: NODES,
        key: &node.npi,
        column: "partners_in",
        value: node.partners.map(|partners| partners as f64),
        title: format!(
            "{}{}: {partners} referrers; {}, {}; community {}",
            node.name,
            node.role.said(),
            node.specialty,
            node.county,
            node.community
        ),
    };
    let (palette, radius) = (&sheet.palette, node.role.radius());
    let fill = match node.partners {
        Some(_) => Paint::Fill(colour(sheet, node.community), 1.0),
        None => Paint::Hatch(palette.bars),
    };
    sheet.mark(&mark, || {
        let rim = Paint::Fill(palette.paper, 1.0);
        if node.role == Role::Bridge {
            let (mut diamond, mut edge) = (Path::default(), Path::default());
            diamond.ring(&corners(at, radius));
            edge.ring(&corners(at, radius + 6.0));
            sheet.path(&edge, rim);
            sheet.path(&diamond, fill);
            return Ok(());
        }
        if node.role == Role::Hub {
            sheet.circle(at, radius + 8.0, rim);
            sheet.circle(at, radius + 5.0, Paint::Line(palette.ink, 1.0, 5));
            sheet.circle(at, radius - 4.0, fill);
        } else {
            sheet.circle(at, radius + 3.0, rim);
            sheet.circle(at, radius, fill);
        }
        Ok(())
    })
}

fn corners((x, y): (f64, f64), half: f64) -> [(f64, f64); 4] {
    [(x, y - half), (x + half, y), (x, y + half), (x - half, y)]
}

/// The numbers of the coloured communities at their areas, each with the county most of its providers
/// are in.
fn communities(sheet: &Sheet, shown: &Shown, areas: &[(i64, Ring)], taken: &mut Vec<Rect>) {
    let named = areas
        .iter()
        .filter(|(community, _)| (1..=COLOURS as i64).contains(community));
    for (community, outline) in named {
        let mut counties: BTreeMap<&str, usize> = BTreeMap::new();
        let own = shown
            .nodes
            .iter()
            .filter(|node| node.community == *community);
        for node in own.filter(|node| !matches!(node.county.as_str(), "" | "unknown")) {
            *counties.entry(&node.county).or_default() += 1;
        }
        let most = counties.values().max();
        let county = counties.iter().find(|(_, count)| Some(*count) == most);
        let text = match county {
            Some((county, _)) => format!("{community}: {}", short(county)),
            None => format!("Community {community}"),
        };
        let top = outline
            .iter()
            .copied()
            .reduce(|a, b| if b.1 < a.1 { b } else { a });
        if let Some((x, y)) = top {
            let words = sheet.quiet().bold(true);
            sheet.name_near(((x, y), 0.0), words, (&text, &text), sheet.area(), taken);
        }
    }
}
