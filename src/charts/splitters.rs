//! `splitters`: who splits? A strip of dots, one a referrer, by leakage and class; the area of a dot
//! is the referrer's referrals. It names referrers, so it is internal.

use catchment_base::{Result, Table, units};

use crate::canvas::axes::ticks;
use crate::canvas::frame::{Drawing, Frame, Heading};
use crate::canvas::plot::{Fill, Plot};
use crate::canvas::record::{Record, records};
use crate::canvas::rows::columns;
use crate::canvas::sheet::{Mark, Paint, Rect, Sheet};
use crate::canvas::theme::LABEL;
use crate::canvas::words::{self, Interval, counted, share};
use crate::catalogue::{Chart, Tables};

/// The catalogue's entry.
pub(crate) const CHART: Chart = Chart {
    name: "splitters",
    question: "Who splits?",
    reads: &["leakage_by_referrer"],
    internal: true,
    draw,
};

const TABLE: &str = "leakage_by_referrer";

/// Under so many eligible referrals a dot is hollow.
const FEW: i64 = 30;

/// More dots than this nobody can tell apart.
const MOST: usize = 600;

/// The radius of the largest dot.
const RADIUS: f64 = 44.0;

/// No dot is smaller.
const LEAST: f64 = 6.0;

/// The lanes from the top down: class, name, and the place of its colour among the classes.
const LANES: [(&str, &str, Option<usize>); 5] = [
    ("splitter", "Splitters", Some(2)),
    ("leaker", "Leakers", Some(1)),
    ("loyalist", "Loyalists", Some(0)),
    ("too_few", "Too few to class", None),
    ("not_observed", "Not observed", None),
];

/// One referrer of the quarter.
struct Referrer {
    npi: String,
    name: String,
    practice: String,
    n: Option<i64>,
    rate: Option<f64>,
    leakage: Option<f64>,
    interval: Interval,
    class: String,
}

/// A lane as it is drawn.
struct Lane<'a> {
    name: &'a str,
    colour: Option<usize>,
    /// The referrers who have a dot, most referrals first.
    dots: Vec<&'a Referrer>,
    /// All of them.
    count: usize,
}

fn draw(tables: &Tables, frame: &Frame) -> Result<Drawing> {
    let Some(table) = tables.rows(TABLE, "quarter", &frame.quarter.to_string())? else {
        return Ok(missing(frame));
    };
    let mut all = referrers(&table)?;
    all.retain(|referrer| referrer.n != Some(0));
    if all.is_empty() {
        return Ok(missing(frame));
    }
    // Who is left out sends least.
    all.sort_by(|a, b| b.n.cmp(&a.n).then_with(|| a.npi.cmp(&b.npi)));
    let mut sheet = Sheet::new(CHART.name, frame, heading(frame, &all), CHART.internal);
    picture(&mut sheet, &all)?;
    Ok(sheet.finish())
}

fn missing(frame: &Frame) -> Drawing {
    let subtitle = format!("Leakage of each referrer, {}", frame.quarter.for_people());
    let alt = "Empty strip of referrers by leakage: no eligible referral is known.";
    let heading = Heading::missing("No referrer to class yet", subtitle, TABLE, alt);
    let sentence = format!(
        "No aligned referrer has an eligible referral in {}. An export of the orders that our own providers \
         place brings this chart.",
        frame.quarter.for_people(),
    );
    Sheet::missing(CHART.name, frame, heading, CHART.internal, &sentence)
}

fn referrers(table: &Table) -> Result<Vec<Referrer>> {
    let referrer = |row: Record<'_>| {
        Ok(Referrer {
            npi: row.text("referring_npi")?,
            name: row.name("referring_name", "referring_npi")?,
            practice: row.name("practice_name", "practice_id")?,
            n: row.int("n")?,
            rate: row.real("shrunk_leakage")?,
            leakage: row.real("leakage")?,
            interval: row.interval("leakage")?,
            class: row.text("class")?,
        })
    };
    records(table).map(referrer).collect()
}

fn of_class(all: &[Referrer], class: &str) -> usize {
    all.iter().filter(|r| r.class == class).count()
}

fn heading(frame: &Frame, all: &[Referrer]) -> Heading {
    let title = title(all);
    let (few, loyal) = (of_class(all, "too_few"), of_class(all, "loyalist"));
    Heading {
        alt: format!(
            "Strip of dots, one a referrer, by leakage and class, {}. {title}. {}, {} too few referrals to be \
             classed.",
            frame.quarter,
            counted(loyal, "loyalist", "loyalists"),
            counted(few, "has", "have"),
        ),
        titles: vec![title],
        subtitle: format!(
            "Leakage of each aligned referrer, shrunk towards the mix of specialties, %, {}",
            frame.quarter.for_people()
        ),
        footer: vec![
            format!("Area of a dot: eligible referrals; hollow: fewer than {FEW}."),
            "Loyalists keep 80\u{202f}% or more, leakers 20\u{202f}% or less; fewer than 11 referrals: no class."
                .to_string(),
            format!("Intervals are in table {TABLE}."),
        ],
    }
}

fn title(all: &[Referrer]) -> String {
    let (split, leak) = (of_class(all, "splitter"), of_class(all, "leaker"));
    let classed = split + leak + of_class(all, "loyalist");
    if classed == 0 {
        return "No referrer has enough referrals to be classed".to_string();
    }
    let verbs = |count: usize, one: &'static str, many| if count == 1 { one } else { many };
    match (split, leak) {
        (0, 0) => "No referrer splits or leaks".to_string(),
        (0, leak) => format!(
            "{} {}, none splits",
            counted(leak, "referrer", "referrers"),
            verbs(leak, "leaks", "leak")
        ),
        (split, leak) => format!(
            "{} {}, {} {}",
            counted(split, "referrer", "referrers"),
            verbs(split, "splits", "split"),
            if leak == 0 {
                "none".to_string()
            } else {
                units::count(leak as i64)
            },
            if leak == 0 {
                "leaks"
            } else {
                verbs(leak, "leaks", "leak")
            }
        ),
    }
}

fn picture(sheet: &mut Sheet, all: &[Referrer]) -> Result<()> {
    let known = || all.iter().filter(|r| r.rate.is_some());
    let drawn: Vec<&Referrer> = known().take(MOST).collect();
    let hidden: Vec<&Referrer> = all.iter().filter(|r| r.rate.is_none()).collect();
    sheet.further(
        known().count() - drawn.len(),
        ("further referrer", "further referrers"),
        TABLE,
    );
    let lane = |(class, name, colour): (&str, &'static str, Option<usize>)| Lane {
        name,
        colour,
        dots: drawn.iter().filter(|r| r.class == class).copied().collect(),
        count: of_class(all, class),
    };
    let lanes = LANES.into_iter().map(lane).filter(|lane| lane.count > 0);
    let lanes: Vec<Lane<'_>> = lanes.collect();
    let area = sheet.area();
    let half = sheet.is_half();
    let parts = if half {
        [430.0, 1210.0]
    } else {
        [620.0, 2900.0]
    };
    let [names, strip] = columns(area, 40.0, parts);
    let strip = strip.across(strip.x0 + 30.0, strip.x1 - 60.0);
    let below = if hidden.is_empty() { 0.0 } else { 200.0 };
    let foot = area.y1 - LABEL * 1.5 - below;
    strips(sheet, &lanes, names, strip.down(area.y0, foot))?;
    if !hidden.is_empty() {
        let at = strip.down(area.y1 - 150.0, area.y1);
        unknown(sheet, &hidden, names, at)?;
    }
    Ok(())
}

/// Where the lanes stand, from the top down; those with more referrers are higher.
fn heights(lanes: &[Lane<'_>], at: Rect) -> Vec<Rect> {
    let weight = |lane: &Lane<'_>| 3.0 + (lane.count as f64).sqrt();
    let share = at.height() / lanes.iter().map(weight).sum::<f64>();
    let mut y = at.y0;
    let own = |lane: &Lane<'_>| {
        let here = at.down(y, y + weight(lane) * share);
        y = here.y1;
        here
    };
    lanes.iter().map(own).collect()
}

fn strips(sheet: &Sheet, lanes: &[Lane<'_>], names: Rect, at: Rect) -> Result<()> {
    // The scale is the same in every quarter: nothing to everything.
    let ticks = ticks(0.0, 1.0, 5);
    let plot = sheet.plot(at, (0.0, 1.0), (at.height(), 0.0));
    sheet.grid_across(&plot, at, &ticks, |tick, _| units::percent(tick, 0));
    let heights = heights(lanes, at);
    let dots = arranged(&plot, lanes, &heights);
    for ((lane, here), dots) in lanes.iter().zip(heights).zip(&dots) {
        let rule = Paint::Line(sheet.palette.grid, 1.0, 3);
        sheet.line((names.x0, here.y1), (at.x1, here.y1), rule);
        let count = counted(lane.count, "referrer", "referrers");
        let middle = (here.y0 + here.y1) / 2.0;
        let words = sheet.words().bold(true);
        sheet.two_lines(names, middle, words, (lane.name, &count));
        strip(sheet, &plot, lane, dots)?;
    }
    labels(sheet, lanes, &dots);
    Ok(())
}

/// A dot on the sheet: its middle and its radius.
type Dot = ((f64, f64), f64);

/// The dots of each lane, as large as they can be and still stand apart; where there are too many
/// for that, the smallest that were tried.
fn arranged(plot: &Plot, lanes: &[Lane<'_>], heights: &[Rect]) -> Vec<Vec<Dot>> {
    let most = lanes.iter().flat_map(|lane| &lane.dots);
    let most = most.filter_map(|r| r.n).max().unwrap_or(1).max(1);
    let mut unit = RADIUS / (most as f64).sqrt();
    let mut dots = Vec::new();
    for _ in 0..TRIES {
        let mut apart = true;
        let own = |(lane, here): (&Lane<'_>, &Rect)| {
            let (dots, fits) = swarm(plot, lane, *here, unit);
            apart &= fits;
            dots
        };
        dots = lanes.iter().zip(heights).map(own).collect();
        if apart {
            break;
        }
        unit *= 0.85;
    }
    dots
}

/// So often dots are made smaller until they stand apart.
const TRIES: usize = 8;

/// The dots of a lane, moved up and down until none touches another, and whether that was so.
fn swarm(plot: &Plot, lane: &Lane<'_>, at: Rect, unit: f64) -> (Vec<Dot>, bool) {
    let mut placed: Vec<Dot> = Vec::with_capacity(lane.dots.len());
    let mut apart = true;
    for (place, referrer) in lane.dots.iter().enumerate() {
        let radius = (unit * (referrer.n.unwrap_or(0) as f64).sqrt()).max(LEAST);
        let radius = radius.round();
        let x = plot.at(referrer.rate.unwrap_or_default(), 0.0).0;
        let room = (at.height() / 2.0 - radius - 8.0).max(0.0);
        let middle = (at.y0 + at.y1) / 2.0;
        let y = free(&placed, x, radius, (middle, room)).unwrap_or_else(|| {
            apart = false;
            // The golden section spreads what can't stand apart.
            let share = (place as f64 * 0.618_034).fract() * 2.0 - 1.0;
            (middle + share * room).round()
        });
        placed.push(((x, y), radius));
    }
    (placed, apart)
}

/// The height nearest to the middle of the lane, and no further than its room, at which a dot
/// touches none.
fn free(placed: &[Dot], x: f64, radius: f64, (middle, room): (f64, f64)) -> Option<f64> {
    const STEP: f64 = 6.0;
    const APART: f64 = 5.0;
    let touch = |wide: f64| wide + radius + APART;
    let near: Vec<&Dot> = placed
        .iter()
        .filter(|((other, _), wide)| (other - x).abs() < touch(*wide))
        .collect();
    let is_free = |y: &f64| {
        near.iter()
            .all(|((other, height), wide)| (other - x).hypot(height - y) >= touch(*wide))
    };
    let sides = (0..=(room / STEP) as usize).flat_map(|step| {
        let away = step as f64 * STEP;
        [(middle - away).round(), (middle + away).round()]
    });
    sides.into_iter().find(is_free)
}

fn strip(sheet: &Sheet, plot: &Plot, lane: &Lane<'_>, dots: &[Dot]) -> Result<()> {
    let class = lane
        .colour
        .and_then(|place| sheet.palette.classes.get(place));
    let colour = class.copied().unwrap_or(sheet.palette.bars);
    let top = plot.at(0.0, 0.0).1;
    for (referrer, ((_, y), radius)) in lane.dots.iter().zip(dots) {
        let mark = Mark {
            table: TABLE,
            key: &referrer.npi,
            column: "shrunk_leakage",
            value: referrer.rate,
            title: said(referrer),
        };
        let few = referrer.n.is_some_and(|n| n < FEW);
        let fill = if few { Fill::Hollow } else { Fill::Solid };
        let at = (referrer.rate.unwrap_or_default(), y - top);
        sheet.mark(&mark, || plot.dot(at, *radius as u32, colour, fill))?;
    }
    Ok(())
}

fn said(referrer: &Referrer) -> String {
    let known = |rate: Option<f64>| rate.map_or("withheld".to_string(), share);
    let ends = referrer
        .interval
        .map(|ends| format!(" ({})", words::interval(ends, share)));
    format!(
        "{}, {}: {}; as counted {}{} of {}",
        referrer.name,
        referrer.practice,
        known(referrer.rate),
        known(referrer.leakage),
        ends.unwrap_or_default(),
        referrer.n.map_or("–".to_string(), units::count),
    )
}

/// Names beside the largest dots of those who split or leak.
fn labels(sheet: &Sheet, lanes: &[Lane<'_>], dots: &[Vec<Dot>]) {
    let most = if sheet.is_half() { 3 } else { 7 };
    let around = |((x, y), radius): &Dot| Rect {
        x0: x - radius,
        y0: y - radius,
        x1: x + radius,
        y1: y + radius,
    };
    let boxes: Vec<Rect> = dots.iter().flatten().map(around).collect();
    let named = |lane: &Lane<'_>| matches!(lane.colour, Some(1 | 2));
    for (lane, dots) in lanes.iter().zip(dots).filter(|(lane, _)| named(lane)) {
        for (referrer, (point, radius)) in lane.dots.iter().zip(dots).take(most) {
            sheet.label(*point, radius + 10.0, sheet.words(), &referrer.name, &boxes);
        }
    }
}

/// Those without an estimate, a hatched square each.
fn unknown(sheet: &mut Sheet, hidden: &[&Referrer], names: Rect, at: Rect) -> Result<()> {
    const SIDE: f64 = 36.0;
    let across = (at.width() / (SIDE + 12.0)).floor().max(1.0) as usize;
    let room = across * 3;
    let count = counted(hidden.len(), "referrer", "referrers");
    let middle = (at.y0 + at.y1) / 2.0;
    sheet.two_lines(
        names,
        middle,
        sheet.words().bold(true),
        ("Withheld", &count),
    );
    for (place, referrer) in hidden.iter().take(room).enumerate() {
        let (column, line) = ((place % across) as f64, (place / across) as f64);
        let (x, y) = (
            at.x0 + column * (SIDE + 12.0),
            at.y0 + 10.0 + line * (SIDE + 12.0),
        );
        let mark = Mark {
            table: TABLE,
            key: &referrer.npi,
            column: "shrunk_leakage",
            value: None,
            title: said(referrer),
        };
        let square = at.across(x, x + SIDE).down(y, y + SIDE);
        sheet.mark(&mark, || {
            sheet.rect(square, Paint::Hatch(sheet.palette.bars));
            Ok(())
        })?;
    }
    let left = hidden.len().saturating_sub(room);
    sheet.further(left, ("further referrer", "further referrers"), TABLE);
    Ok(())
}
