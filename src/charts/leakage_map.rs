//! `leakage_map`: from which counties do referrals leak? A map of the referring practices' counties
//! in shades of their leakage, beside the list with the intervals.

use std::collections::BTreeSet;

use catchment_base::{Result, Table, places, units};

use crate::canvas::axes::ticks;
use crate::canvas::font;
use crate::canvas::frame::{Drawing, Frame, Heading};
use crate::canvas::map::{Map, middle};
use crate::canvas::record::{Record, records};
use crate::canvas::rows::{Groups, columns};
use crate::canvas::shapes::{Ring, shapes};
use crate::canvas::sheet::{Anchor, Mark, Paint, Rect, Sheet};
use crate::canvas::theme::{Colour, Palette};
use crate::canvas::words::{self, Interval, counted, share};
use crate::catalogue::{Chart, Tables};

/// The catalogue's entry.
pub(crate) const CHART: Chart = Chart {
    name: "leakage_map",
    question: "Leakage where?",
    reads: &["leakage_by_referring_county"],
    internal: false,
    draw,
};

const TABLE: &str = "leakage_by_referring_county";

/// Under so many eligible referrals a county is hollow and not ranked.
const FEW: i64 = 30;

/// Above this share of unknown destinations a county is not ranked.
const UNKNOWN: f64 = 0.10;

/// So many shades can be told apart.
const SHADES: usize = 5;

/// Keys of rows that are no county: practices whose place nobody knows, and the sum.
const NOWHERE: [&str; 3] = ["unknown", "all", ""];

/// One county of the quarter.
struct County {
    name: String,
    /// Empty where no shape is known for the name.
    fips: &'static str,
    n: Option<i64>,
    leakage: Option<f64>,
    interval: Interval,
    shrunk: Option<f64>,
    too_unknown: bool,
}

impl County {
    fn ranked(&self) -> bool {
        self.leakage.is_some() && !self.hollow()
    }

    fn hollow(&self) -> bool {
        self.too_unknown || self.n.is_some_and(|n| n < FEW)
    }

    /// What stands in place of a rate that is not there.
    fn lacks(&self) -> &'static str {
        if self.n == Some(0) {
            "no referral"
        } else {
            "withheld"
        }
    }
}

fn draw(tables: &Tables, frame: &Frame) -> Result<Drawing> {
    let Some(table) = tables.rows(TABLE, "quarter", &frame.quarter.to_string())? else {
        return Ok(missing(frame));
    };
    let (nowhere, known): (Vec<_>, Vec<_>) = counties(&table)?
        .into_iter()
        .partition(|county| NOWHERE.contains(&county.name.as_str()));
    let all = order(known);
    if all.is_empty() {
        return Ok(missing(frame));
    }
    let shades = Shades::new(&all);
    let heading = heading(frame, &all, &shades);
    let mut sheet = Sheet::new(CHART.name, frame, heading, CHART.internal);
    for county in nowhere.iter().filter(|county| county.name == "unknown") {
        let n = county
            .n
            .map_or("A withheld number of".to_string(), units::count);
        sheet.note(format!("{n} eligible referrals have no known county."));
    }
    picture(&mut sheet, &all, &shades)?;
    Ok(sheet.finish())
}

fn missing(frame: &Frame) -> Drawing {
    let subtitle = format!(
        "Share of eligible referrals sent outside, by county, {}",
        frame.quarter.for_people()
    );
    let alt = "Empty map of leakage by county: no eligible referral is known.";
    let heading = Heading::missing("No leakage to map yet", subtitle, TABLE, alt);
    let sentence = format!(
        "No eligible referral of an aligned referrer in a known county is known for {}. An export of the \
         orders that our own providers place, and a list of practices with their ZIP codes, bring this map.",
        frame.quarter.for_people(),
    );
    Sheet::missing(CHART.name, frame, heading, CHART.internal, &sentence)
}

fn counties(table: &Table) -> Result<Vec<County>> {
    let county = |row: Record<'_>| {
        let bounds = row.interval("leakage_bound")?;
        Ok(County {
            name: row.text("county")?,
            fips: "",
            n: row.int("n")?,
            leakage: row.real("leakage")?,
            interval: row.interval("leakage")?,
            shrunk: row.real("shrunk_leakage")?,
            too_unknown: bounds.is_some_and(|(low, high)| high - low > UNKNOWN + 1e-9),
        })
    };
    let mut all: Vec<County> = records(table).map(county).collect::<Result<_>>()?;
    place(&mut all);
    Ok(all)
}

/// Finds the shape of each county by its name. Names that several states have are settled by the
/// states of the others.
fn place(all: &mut [County]) {
    let alone = |name: &&str| places::states_of([], [*name]).is_ok();
    let known: Vec<&str> = all.iter().map(|c| c.name.as_str()).filter(alone).collect();
    let states = places::states_of([], known).unwrap_or_default();
    let mut taken = BTreeSet::new();
    for county in all {
        let found = places::county_fips(&county.name, &states);
        let drawn = found.filter(|fips| !shapes().rings(fips).is_empty());
        // Of two names for one county the second can't be drawn as well.
        county.fips = drawn.filter(|fips| taken.insert(*fips)).unwrap_or_default();
    }
}

/// Most leaking first; what is not ranked last, by name.
fn order(mut all: Vec<County>) -> Vec<County> {
    let rate = |c: &County| c.shrunk.filter(|_| c.ranked()).unwrap_or(0.0);
    all.sort_by(|a, b| {
        let by_rate = b.ranked().cmp(&a.ranked());
        by_rate
            .then(rate(b).total_cmp(&rate(a)))
            .then_with(|| a.name.cmp(&b.name))
    });
    all
}

/// Shades of even steps between round values that hold every ranked rate.
struct Shades {
    ends: Vec<f64>,
}

impl Shades {
    fn new(all: &[County]) -> Self {
        let rates = || all.iter().filter(|c| c.ranked()).filter_map(|c| c.leakage);
        let Some(low) = rates().reduce(f64::min) else {
            return Self { ends: Vec::new() };
        };
        // Rates that hardly differ have one shade, not five.
        let high = rates().fold(low, f64::max).max(low + 0.05);
        let fine = ticks(low, high, 5);
        let ends = if fine.len() > SHADES + 1 {
            ticks(low, high, 4)
        } else {
            fine
        };
        Self { ends }
    }

    fn colour(&self, rate: f64, palette: &Palette) -> Colour {
        let steps = self.ends.len().saturating_sub(1).max(1);
        let inner = self.ends.iter().skip(1).take(steps - 1);
        let step = inner.filter(|end| rate >= **end).count();
        let last = palette.sequential.len() - 1;
        let shade = (step * last).checked_div(steps - 1).unwrap_or(last / 2);
        let found = palette.sequential.get(shade.min(last));
        found.copied().unwrap_or(palette.bars)
    }

    fn said(&self) -> Option<String> {
        let (first, last) = (self.ends.first()?, self.ends.last()?);
        let step = self.ends.get(1)? - first;
        let places = usize::from((step * 100.0).fract().abs() > 1e-6);
        Some(format!(
            "Shades: {} to {} in steps of {} points.",
            units::percent(*first, places),
            units::percent(*last, places),
            units::real(step * 100.0, places)
        ))
    }
}

fn heading(frame: &Frame, all: &[County], shades: &Shades) -> Heading {
    let titles = titles(all);
    let ranked = all.iter().filter(|c| c.ranked()).count();
    let mut footer: Vec<String> = shades.said().into_iter().collect();
    if all.iter().any(|c| c.hollow() && c.leakage.is_some()) {
        footer.push(format!(
            "Hollow, not ranked: fewer than {FEW} referrals, or over 10\u{202f}% of destinations unknown."
        ));
    }
    let lost = all.iter().filter(|c| c.fips.is_empty()).count();
    if lost > 0 {
        let rows = counted(lost, "county", "counties").replacen(' ', "\u{a0}", 1);
        footer.push(format!("{rows} can’t be placed on the map."));
    }
    footer.push("Outlines: US Census Bureau, 2017.".to_string());
    footer.push("No outside benchmark uses this definition.".to_string());
    let last = all.iter().take(ranked).next_back().filter(|_| ranked > 1);
    let least = last.and_then(|c| Some(format!(" Least: {}, {}.", c.name, share(c.leakage?))));
    Heading {
        alt: format!(
            "Map of leakage by county of the referring practice, {}, with a list of 95\u{202f}% intervals. \
             {}.{}",
            frame.quarter,
            titles.first().map_or("", |t| t),
            least.unwrap_or_default(),
        ),
        titles,
        subtitle: format!(
            "Leakage: share of aligned referrers’ eligible referrals directed outside, %, by county, {}",
            frame.quarter.for_people()
        ),
        footer,
    }
}

fn titles(all: &[County]) -> Vec<String> {
    let ranked = all.iter().filter(|c| c.ranked()).count();
    let Some(first) = all.first().filter(|c| c.ranked()) else {
        let every = |is: fn(&County) -> bool| all.iter().all(is);
        let title = match (every(|c| c.leakage.is_none()), every(|c| c.too_unknown)) {
            (true, _) => "Leakage by county is withheld".to_string(),
            (_, true) => "No county can be ranked".to_string(),
            _ => format!("No county has {FEW} eligible referrals, so none is ranked"),
        };
        return vec![title];
    };
    let rate = first.leakage.map_or("–".to_string(), share);
    let n = first.n.map_or("–".to_string(), units::count);
    let most = if ranked > 1 { " most:" } else { "" };
    vec![
        format!("{} leaks{most} {rate} of {n} referrals", first.name),
        format!("The highest leakage is {rate} of {n} referrals"),
    ]
}

fn picture(sheet: &mut Sheet, all: &[County], shades: &Shades) -> Result<()> {
    let area = sheet.area();
    let (map, list) = if sheet.is_half() {
        let middle = area.y0 + area.height() * 0.52;
        (
            area.down(area.y0, middle - 30.0),
            area.down(middle, area.y1),
        )
    } else {
        let [map, list] = columns(area, 80.0, [2100.0, 1420.0]);
        (map, list)
    };
    let highlighted = all.first().is_some_and(County::ranked);
    draw_map(sheet, all, shades, map, highlighted)?;
    draw_list(sheet, all, shades, list, highlighted);
    Ok(())
}

/// A county with its rings on the sheet, and whether it is the first of the list.
type Laid<'a> = (&'a County, Vec<Ring>, bool);

fn draw_map(
    sheet: &Sheet,
    all: &[County],
    shades: &Shades,
    at: Rect,
    highlighted: bool,
) -> Result<()> {
    let placed: Vec<&County> = all.iter().filter(|c| !c.fips.is_empty()).collect();
    let rings: Vec<Ring> = placed.iter().flat_map(|c| shapes().rings(c.fips)).collect();
    if rings.is_empty() {
        let words = sheet.quiet();
        sheet.cell(at, (at.y0 + at.y1) / 2.0, words, "No county can be placed");
        return Ok(());
    }
    let map = Map::new(&rings, at);
    let own: BTreeSet<&str> = placed.iter().map(|c| c.fips).collect();
    for fips in shapes().neighbours(&own) {
        let around = map.lay(&shapes().rings(fips));
        sheet.rings(&around, Paint::Line(sheet.palette.context, 1.0, 3));
    }
    let first = all.first().map_or("", |c| c.fips);
    let mut laid: Vec<Laid<'_>> = placed
        .iter()
        .map(|c| {
            let first = highlighted && c.fips == first;
            (*c, map.lay(&shapes().rings(c.fips)), first)
        })
        .collect();
    // The outline of the highlight lies on those of its neighbours.
    laid.sort_by_key(|(_, _, first)| *first);
    for county in &laid {
        shape(sheet, shades, county)?;
    }
    // The highlight has its label first, then the counties with the most referrals.
    laid.sort_by_key(|(county, _, first)| (!first, std::cmp::Reverse(county.n)));
    for (county, rings, first) in &laid {
        let rate = county
            .leakage
            .map_or(county.lacks().to_string(), |rate| units::percent(rate, 0));
        let words = sheet.named(*first);
        // A label much wider than its county would seem to belong to its neighbour.
        let room = if *first {
            at.width()
        } else {
            1.3 * wide(rings)
        };
        let mut texts = vec![format!("{} {rate}", county.name), county.name.clone()];
        texts.retain(|text| font::width(text, words.size, words.weight) < room);
        if let Some(point) = middle(rings) {
            sheet.plate(point, words, &texts, at);
        }
    }
    Ok(())
}

/// From the westernmost to the easternmost point.
fn wide(rings: &[Ring]) -> f64 {
    let across = || rings.iter().flatten().map(|point| point.0);
    across().fold(f64::NEG_INFINITY, f64::max) - across().fold(f64::INFINITY, f64::min)
}

fn shape(sheet: &Sheet, shades: &Shades, (county, rings, first): &Laid<'_>) -> Result<()> {
    let mark = Mark {
        table: TABLE,
        key: &county.name,
        column: "leakage",
        value: county.leakage,
        title: said(county),
    };
    sheet.mark(&mark, || {
        let palette = &sheet.palette;
        let fill = match county.leakage {
            None => Paint::Hatch(palette.bars),
            Some(_) if county.hollow() => Paint::Fill(palette.paper, 1.0),
            Some(rate) => Paint::Fill(shades.colour(rate, palette), 1.0),
        };
        sheet.rings(rings, fill);
        let (colour, width) = if *first {
            (palette.highlight, 10)
        } else {
            (palette.bars, 4)
        };
        sheet.rings(rings, Paint::Line(colour, 1.0, width));
        Ok(())
    })
}

fn said(county: &County) -> String {
    let rate = county.leakage.map_or(county.lacks().to_string(), share);
    let ends = county
        .interval
        .map(|ends| format!(" ({})", words::interval(ends, share)));
    let of = county.n.map(|n| format!(" of {}", units::count(n)));
    let (ends, of) = (ends.unwrap_or_default(), of.unwrap_or_default());
    format!("{}: {rate}{ends}{of}", county.name)
}

fn draw_list(sheet: &mut Sheet, all: &[County], shades: &Shades, at: Rect, highlighted: bool) {
    let parts = [60.0, 500.0, 180.0, 330.0, 210.0];
    let [swatch, name, rate, interval, n] = columns(at, 30.0, parts);
    let heads = [
        (swatch.across(swatch.x0, name.x1), Anchor::Start, "County"),
        (rate, Anchor::End, "Leakage"),
        (interval, Anchor::End, "95\u{202f}% interval"),
        (n, Anchor::End, "Eligible"),
    ];
    let top = sheet.heads(at, &heads) + 10.0;
    let ranked = all.iter().filter(|c| c.ranked()).count();
    let places = Groups::fit(top, at.y1, [ranked, all.len() - ranked, 0]);
    if places.kept < all.len() {
        sheet.note(format!(
            "The list shows {} of {} counties.",
            units::count(places.kept as i64),
            units::count(all.len() as i64)
        ));
    }
    if let Some(middle) = places.head {
        let both = swatch.across(swatch.x0, name.x1);
        sheet.cell(both, middle, sheet.quiet(), "Not ranked");
    }
    for (place, (county, &middle)) in all.iter().zip(&places.lines).enumerate() {
        let words = sheet.named(highlighted && place == 0);
        let end = words.bold(false).from(Anchor::End);
        if !county.fips.is_empty() {
            let square = swatch
                .across(swatch.x0, swatch.x0 + 48.0)
                .down(middle - 18.0, middle + 18.0);
            patch(sheet, shades, county, square);
        }
        sheet.cell(name, middle, words, &county.name);
        let value = county.leakage.map_or(county.lacks().to_string(), share);
        sheet.cell(rate, middle, words.from(Anchor::End), &value);
        let ends = county.interval.filter(|_| county.leakage.is_some());
        let ends = ends.map_or("–".to_string(), |(low, high)| {
            format!("{}–{}", units::real(low * 100.0, 1), share(high))
        });
        sheet.cell(interval, middle, end, &ends);
        let of = county.n.map_or("–".to_string(), units::count);
        sheet.cell(n, middle, end, &of);
    }
}

/// The shade of a county, beside its name.
fn patch(sheet: &Sheet, shades: &Shades, county: &County, at: Rect) {
    let palette = &sheet.palette;
    let Some(rate) = county.leakage else {
        sheet.rect(at, Paint::Hatch(palette.bars));
        return;
    };
    if county.ranked() {
        sheet.rect(at, Paint::Fill(shades.colour(rate, palette), 1.0));
    }
    sheet.rect(at, Paint::Line(palette.bars, 1.0, 4));
}
