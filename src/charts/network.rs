//! `network`: what is the network? A map of its backbone, each community an area of its own, with
//! the names of those who hold it together. It names providers, so it is internal.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use catchment_base::{Result, units};

use crate::canvas::areas::{Disc, Fit, around, outline};
use crate::canvas::font::{self, Weight};
use crate::canvas::frame::{Drawing, Frame, Heading};
use crate::canvas::shapes::Ring;
use crate::canvas::sheet::{Mark, Paint, Path, Rect, Sheet};
use crate::canvas::theme::{Colour, LABEL};
use crate::canvas::words::counted;
use crate::catalogue::{Chart, Tables};

mod shown;

use shown::{Counts, Node, Role, Shown, read};

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

/// More ties than this nobody can tell apart: on a whole slide, and on half of one.
const MOST: (usize, usize) = (600, 300);

/// So many names: on a whole slide, and on half of one.
const NAMES: (usize, usize) = (15, 7);

/// So many of the largest communities have a colour of their own.
const COLOURS: usize = 5;

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

/// The hub that most refer to; where there is none, whoever most refer to.
fn first(shown: &Shown) -> Option<(&Node, i64)> {
    let drawn = shown.drawn();
    let known = drawn.filter_map(|node| Some((node, node.partners?)));
    known.max_by_key(|(node, partners)| (node.role == Role::Hub, *partners, Reverse(&node.npi)))
}

fn heading(frame: &Frame, shown: &Shown) -> Heading {
    let titles = match first(shown) {
        Some((node, partners)) => {
            let (one, more) = shown.counts.partners();
            let referrers = counted(partners.max(0) as usize, one, more);
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
    let with = match commonest(shown) {
        of if of.words.is_empty() => String::new(),
        of => format!(", with its {}", of.by),
    };
    footer.push(format!(
        "Ringed: hub; diamond: bridge; large: anchor. Number: community{with}."
    ));
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
        subtitle: format!("{}, {}", shows(shown.counts), frame.quarter.for_people()),
        footer,
    }
}

/// What the map is of.
fn shows(counts: Counts) -> &'static str {
    match counts {
        Counts::Referrals => {
            "Backbone of the referral network by community; width: referrals in four quarters"
        }
        Counts::Patients => {
            "Backbone of the network of shared patients by community; width: patients in common"
        }
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
        mark(sheet, shown.counts, node, place.of(node.at))?;
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
    let most = shown.ties.iter().filter_map(|tie| tie.weight).max();
    let most = most.unwrap_or(1).max(1) as f64;
    // The strongest lie on top.
    for tie in shown.ties.iter().rev() {
        let Some((from, to)) = shown.node(tie.from).zip(shown.node(tie.to)) else {
            continue;
        };
        let n = tie.weight.map_or("withheld".to_string(), units::count);
        let mark = Mark {
            table: TIES,
            key: &format!("{}|{}", from.npi, to.npi),
            column: shown.counts.column(),
            value: tie.weight.map(|n| n as f64),
            title: format!("{} to {}: {n}", from.name, to.name),
        };
        let (one, other) = (place.of(from.at), place.of(to.at));
        let paint = match tie.weight {
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

fn mark(sheet: &Sheet, counts: Counts, node: &Node, at: (f64, f64)) -> Result<()> {
    let partners = node
        .partners
        .map_or("a withheld number of".to_string(), units::count);
    let mark = Mark {
        table: NODES,
        key: &node.npi,
        column: "partners_in",
        value: node.partners.map(|partners| partners as f64),
        title: format!(
            "{}{}: {partners} {}; {}, {}; community {}",
            node.name,
            node.role.said(),
            counts.partners().1,
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

/// The numbers of the coloured communities at their areas, each with what most of its providers have in
/// common.
fn communities(sheet: &Sheet, shown: &Shown, areas: &[(i64, Ring)], taken: &mut Vec<Rect>) {
    let of = commonest(shown);
    for (community, outline) in areas
        .iter()
        .filter(|(community, _)| is_coloured(*community))
    {
        let text = match of.words.get(community) {
            Some(word) => format!("{community}: {}", short(word)),
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

fn is_coloured(community: i64) -> bool {
    (1..=COLOURS as i64).contains(&community)
}

/// What communities are told apart by, and the word of each.
struct Commonest<'s> {
    by: &'static str,
    words: BTreeMap<i64, &'s str>,
}

/// The county that most providers of each coloured community are in, or the specialty that most have,
/// where these tell more of them apart.
fn commonest(shown: &Shown) -> Commonest<'_> {
    let different = |of: &Commonest<'_>| of.words.values().collect::<BTreeSet<_>>().len();
    let counties = Commonest::of(shown, "county", |node| &node.county);
    let specialties = Commonest::of(shown, "most common specialty", |node| &node.specialty);
    if different(&specialties) > different(&counties) {
        specialties
    } else {
        counties
    }
}

impl<'s> Commonest<'s> {
    fn of(shown: &'s Shown, by: &'static str, word: fn(&Node) -> &str) -> Self {
        let mut counts: BTreeMap<i64, BTreeMap<&str, usize>> = BTreeMap::new();
        for node in shown.nodes.iter().filter(|n| is_coloured(n.community)) {
            let word = word(node);
            if !matches!(word, "" | "unknown" | "Unknown") {
                let words = counts.entry(node.community).or_default();
                *words.entry(word).or_default() += 1;
            }
        }
        let words = counts.into_iter().filter_map(|(community, words)| {
            // Of equals the first by name.
            let most = words
                .into_iter()
                .max_by_key(|&(word, n)| (n, Reverse(word)));
            Some((community, most?.0))
        });
        Self {
            by,
            words: words.collect(),
        }
    }
}
