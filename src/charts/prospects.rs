//! `prospects`: who next? The providers most worth a visit, each with what could come of it and why,
//! and a map of where they are. It names providers, so it is internal.

use std::collections::BTreeSet;

use catchment_base::{Result, Table, places, units};

use crate::canvas::areas::around;
use crate::canvas::axes::ticks;
use crate::canvas::frame::{Drawing, Frame, Heading};
use crate::canvas::map::Map;
use crate::canvas::plot::{Fill, Plot};
use crate::canvas::record::{Record, records};
use crate::canvas::rows::{Rows, columns};
use crate::canvas::shapes::{Ring, shapes};
use crate::canvas::sheet::{Anchor, Mark, Paint, Rect, Sheet};
use crate::canvas::theme::LABEL;
use crate::canvas::words::counted;
use crate::catalogue::{Chart, Tables};

/// The catalogue's entry.
pub(crate) const CHART: Chart = Chart {
    name: "prospects",
    question: "Who next?",
    reads: &["prospects"],
    internal: true,
    draw,
};

const TABLE: &str = "prospects";

/// As many lines as a list to act on should have.
const MOST: usize = 15;

/// The radius of a dot on the map.
const DOT: f64 = 19.0;

/// One provider.
struct Prospect {
    npi: String,
    name: String,
    practice: String,
    county: String,
    reasons: String,
    /// What the bar shows.
    value: Option<f64>,
    /// How many of our referrers the provider is tied to, where the table says so.
    tied: Option<i64>,
    /// Longitude and latitude.
    at: Option<(f64, f64)>,
}

impl Prospect {
    /// The reasons beyond the number of ties, which has a column of its own; who hovers sees them all.
    fn why(&self) -> String {
        let first = self.tied.and(self.reasons.split_once("; "));
        let beyond = first.filter(|(first, _)| first.starts_with("tied to"));
        beyond.map_or(self.reasons.clone(), |(_, rest)| rest.to_string())
    }
}

/// What the bars show: what is expected, or the score where nobody could judge what a score brings.
struct Measure {
    column: &'static str,
    head: &'static str,
    /// Behind a number, within a sentence.
    unit: &'static str,
    subtitle: &'static str,
    footer: &'static str,
}

const EXPECTED: Measure = Measure {
    column: "expected_referrals",
    head: "Referrals expected a quarter",
    unit: " referrals a quarter expected",
    subtitle: "referrals expected a quarter",
    footer: "Expected: an estimate from what began with such a score, without interval; more is in table prospects.",
};

const SCORE: Measure = Measure {
    column: "score",
    head: "Score",
    unit: " is the score",
    subtitle: "score of ties to our referrers",
    footer: "What a score brings can’t be judged yet: there are too few quarters before this one.",
};

impl Measure {
    fn is_expected(&self) -> bool {
        self.column == EXPECTED.column
    }
}

fn draw(tables: &Tables, frame: &Frame) -> Result<Drawing> {
    let Some(table) = tables.get(TABLE).filter(|table| table.rows() > 0) else {
        return Ok(missing(frame));
    };
    let tied = table.has("our_referrers_tied");
    let judged = table.reals(EXPECTED.column)?.iter().any(Option::is_some);
    let measure = if judged { EXPECTED } else { SCORE };
    let all = prospects(&table.sorted_by(&["rank", "npi"])?, tied, &measure)?;
    let heading = heading(frame, &all, &measure);
    let mut sheet = Sheet::new(CHART.name, frame, heading, CHART.internal);
    picture(&mut sheet, &all, &measure)?;
    Ok(sheet.finish())
}

fn missing(frame: &Frame) -> Drawing {
    let subtitle = format!(
        "Providers who could well refer to us and do not, or hardly do, {}",
        frame.quarter.for_people()
    );
    let alt = "Empty list of prospects: no provider outside is like our referrers.";
    let heading = Heading::missing("No prospect is found yet", subtitle, TABLE, alt);
    let sentence = "No provider who does not refer to us is tied to those who do. Exports of referrals over \
                    four quarters, a file of shared patients, and a register of the area’s providers bring \
                    this chart.";
    Sheet::missing(CHART.name, frame, heading, CHART.internal, sentence)
}

fn prospects(table: &Table, tied: bool, measure: &Measure) -> Result<Vec<Prospect>> {
    let prospect = |row: Record<'_>| {
        Ok(Prospect {
            npi: row.text("npi")?,
            name: row.name("name", "npi")?,
            practice: row.name("practice_name", "practice_id")?,
            county: row.text("county")?,
            reasons: row.text("reasons")?,
            value: row.real(measure.column)?,
            tied: if tied {
                row.int("our_referrers_tied")?
            } else {
                None
            },
            at: row.real("lon")?.zip(row.real("lat")?),
        })
    };
    records(table).map(prospect).collect()
}

fn heading(frame: &Frame, all: &[Prospect], measure: &Measure) -> Heading {
    let titles = titles(all, measure);
    let shown = all.get(..all.len().min(MOST)).unwrap_or(all);
    let known = |p: Option<&Prospect>| p.and_then(|p| Some((p.name.clone(), p.value?)));
    let most = known(shown.first());
    let most = most.map(|(name, n)| format!(" {name}: {}{}.", units::real(n, 1), measure.unit));
    let last = known(shown.last()).filter(|_| shown.len() > 1);
    let last = last.map(|(name, n)| format!(" Last shown: {name}, {}.", units::real(n, 1)));
    Heading {
        alt: format!(
            "Bars of prospects in the order of their rank ({}), with a map, {}. {}.{}{}",
            measure.subtitle,
            frame.quarter,
            titles.first().map_or("", |t| t),
            most.unwrap_or_default(),
            last.unwrap_or_default(),
        ),
        titles,
        subtitle: format!(
            "Providers who could well refer to us and do not, or hardly do: {}, {}",
            measure.subtitle,
            frame.quarter.for_people()
        ),
        footer: vec![measure.footer.to_string()],
    }
}

fn titles(all: &[Prospect], measure: &Measure) -> Vec<String> {
    let Some(first) = all.first() else {
        return Vec::new();
    };
    if let Some(count) = first.tied.filter(|count| *count > 0) {
        let count = units::count(count);
        return vec![
            format!("{} is tied to {count} of our referrers", first.name),
            format!("The first prospect is tied to {count} of our referrers"),
        ];
    }
    let count = counted(all.len(), "prospect", "prospects");
    let Some(value) = first.value.filter(|_| measure.is_expected()) else {
        return vec![
            format!("{} comes first of {count}", first.name),
            format!("{count} could refer to us"),
        ];
    };
    let expected = units::real(value, 1);
    vec![
        format!("{} could send {expected} referrals a quarter", first.name),
        format!("The first prospect could send {expected} referrals a quarter"),
    ]
}

struct Columns {
    rank: Rect,
    name: Rect,
    practice: Rect,
    reasons: Rect,
    plot: Rect,
    tied: Rect,
}

/// The room that a value takes right of its bar.
const VALUE: f64 = 120.0;

fn picture(sheet: &mut Sheet, all: &[Prospect], measure: &Measure) -> Result<()> {
    let area = sheet.area();
    let half = sheet.is_half();
    let (list, map) = if half {
        let middle = area.y0 + area.height() * 0.62;
        (
            area.down(area.y0, middle - 40.0),
            area.down(middle, area.y1),
        )
    } else {
        let [list, map] = columns(area, 80.0, [2580.0, 940.0]);
        (list, map)
    };
    let has_tied = all.iter().any(|prospect| prospect.tied.is_some());
    let tied = |width: f64| if has_tied { width } else { 0.0 };
    let parts = if half {
        [50.0, 640.0, 0.0, 0.0, 600.0, tied(190.0)]
    } else {
        [56.0, 430.0, 470.0, 860.0, 420.0, tied(170.0)]
    };
    let [rank, name, practice, reasons, plot, tied] =
        columns(list, if half { 30.0 } else { 36.0 }, parts);
    let columns = Columns {
        rank,
        name,
        practice,
        reasons,
        plot: plot.across(plot.x0 + 10.0, plot.x1 - VALUE),
        tied,
    };
    let heads = [
        (name, Anchor::Start, "Prospect"),
        (practice, Anchor::Start, "Practice"),
        (reasons, Anchor::Start, "Why"),
        (plot, Anchor::Start, measure.head),
        (tied, Anchor::End, "Tied to ours"),
    ];
    let top = sheet.heads(list, &heads) + 12.0;
    let rows = Rows::fit(top, list.y1 - LABEL * 1.5, all.len().min(MOST), 64.0, 112.0);
    sheet.further(
        all.len() - rows.count,
        ("further prospect", "further prospects"),
        TABLE,
    );
    let shown = all.get(..rows.count).unwrap_or(all);
    let lost = shown.iter().filter(|p| p.at.is_none()).count();
    if lost > 0 {
        let prospects = counted(lost, "prospect has", "prospects have");
        sheet.note(format!("{prospects} no known place on the map."));
    }
    sheet.note("Outlines: US Census Bureau, 2017.");
    let map = ground(sheet, shown, map);
    lines(sheet, shown, (&columns, &rows), measure, map.as_ref())?;
    if let Some(map) = &map {
        numbers(sheet, shown, map);
    }
    Ok(())
}

fn lines(
    sheet: &Sheet,
    shown: &[Prospect],
    (columns, rows): (&Columns, &Rows),
    measure: &Measure,
    map: Option<&Map>,
) -> Result<()> {
    let most = shown.iter().filter_map(|p| p.value).fold(0.0, f64::max);
    let ticks = ticks(0.0, if most > 0.0 { most } else { 1.0 }, 3);
    let at = columns.plot.down(rows.top, rows.bottom() + 6.0);
    let scale = (0.0, ticks.last().copied().unwrap_or(1.0));
    let plot = sheet.plot(at, scale, (at.height(), 0.0));
    sheet.grid_across(&plot, at, &ticks, units::real);
    for (row, prospect) in shown.iter().enumerate() {
        let middle = rows.middle(row);
        let words = sheet.named(row == 0);
        let rank = (row + 1).to_string();
        sheet.cell(columns.rank, middle, sheet.quiet().from(Anchor::End), &rank);
        sheet.cell(columns.name, middle, words, &prospect.name);
        for (column, text) in [
            (columns.practice, &prospect.practice),
            (columns.reasons, &prospect.why()),
        ] {
            if column.width() > 0.0 {
                sheet.cell(column, middle, sheet.words(), text);
            }
        }
        if columns.tied.width() > 0.0 {
            let tied = prospect.tied.map_or("–".to_string(), units::count);
            sheet.cell(columns.tied, middle, sheet.words().from(Anchor::End), &tied);
        }
        mark(
            sheet,
            (&plot, at),
            (middle, row == 0),
            (prospect, measure),
            map,
        )?;
        if let Some(expected) = prospect.value {
            let right = at.across(plot.at(expected, 0.0).0 + 20.0, at.x1 + VALUE);
            sheet.cell(right, middle, words, &units::real(expected, 1));
        }
    }
    Ok(())
}

fn mark(
    sheet: &Sheet,
    (plot, at): (&Plot, Rect),
    (middle, first): (f64, bool),
    (prospect, measure): (&Prospect, &Measure),
    map: Option<&Map>,
) -> Result<()> {
    let value = prospect.value;
    let value = value.map_or("unknown".to_string(), |n| units::real(n, 1));
    let mark = Mark {
        table: TABLE,
        key: &prospect.npi,
        column: measure.column,
        value: prospect.value,
        title: format!(
            "{}, {}, {}: {value}{}; {}",
            prospect.name, prospect.practice, prospect.county, measure.unit, prospect.reasons
        ),
    };
    sheet.mark(&mark, || {
        if let Some((map, place)) = map.zip(prospect.at) {
            sheet.part("lat", place.1, || {
                let here = map.place(place);
                sheet.circle(here, DOT + 4.0, Paint::Fill(sheet.palette.paper, 1.0));
                sheet.circle(here, DOT, Paint::Fill(sheet.tone(first), 1.0));
                Ok(())
            })?;
        }
        let Some(value) = prospect.value else {
            sheet.hatch(at.across(at.x0, at.x1 + VALUE), middle, "not known");
            return Ok(());
        };
        plot.bar(
            0.0,
            value,
            middle - at.y0,
            24.0,
            sheet.tone(first),
            Fill::Solid,
        )
    })
}

/// The counties of the prospects and those around them; none where nobody has a place.
fn ground(sheet: &Sheet, shown: &[Prospect], at: Rect) -> Option<Map> {
    let points: Vec<(f64, f64)> = shown.iter().filter_map(|p| p.at).collect();
    if points.is_empty() {
        let words = sheet.quiet();
        sheet.cell(
            at,
            (at.y0 + at.y1) / 2.0,
            words,
            "No prospect can be placed",
        );
        return None;
    }
    let named = || shown.iter().map(|p| p.county.as_str());
    let alone = |name: &&str| places::states_of([], [*name]).is_ok();
    let states = places::states_of([], named().filter(alone)).unwrap_or_default();
    let found = named().filter_map(|name| places::county_fips(name, &states));
    let own: BTreeSet<&str> = found.collect();
    let mut rings: Vec<Ring> = own.iter().flat_map(|fips| shapes().rings(fips)).collect();
    // Every dot lies on the map, with some ground around it.
    rings.extend(points.iter().map(|(x, y)| {
        let (wide, high) = (0.06, 0.05);
        vec![
            (x - wide, y - high),
            (x + wide, y - high),
            (x + wide, y + high),
            (x - wide, y + high),
        ]
    }));
    let map = Map::new(&rings, at);
    for fips in shapes().neighbours(&own) {
        let around = map.lay(&shapes().rings(fips));
        sheet.rings(&around, Paint::Line(sheet.palette.grid, 1.0, 3));
    }
    for fips in &own {
        let county = map.lay(&shapes().rings(fips));
        sheet.rings(&county, Paint::Fill(sheet.palette.band, 1.0));
        sheet.rings(&county, Paint::Line(sheet.palette.context, 1.0, 4));
    }
    Some(map)
}

/// The ranks beside the dots; those at one place in one label.
fn numbers(sheet: &Sheet, shown: &[Prospect], map: &Map) {
    let mut places: Vec<((f64, f64), Vec<String>, bool)> = Vec::new();
    for (row, prospect) in shown.iter().enumerate() {
        let Some(at) = prospect.at.map(|at| map.place(at)) else {
            continue;
        };
        let near = |place: &&mut ((f64, f64), Vec<String>, bool)| {
            (place.0.0 - at.0).hypot(place.0.1 - at.1) < DOT
        };
        let rank = (row + 1).to_string();
        match places.iter_mut().find(near) {
            Some(place) => place.1.push(rank),
            None => places.push((at, vec![rank], row == 0)),
        }
    }
    let boxes: Vec<Rect> = places.iter().map(|place| around(place.0, DOT)).collect();
    for (at, ranks, first) in places {
        if first {
            // The first is not hidden by others at its place.
            sheet.circle(at, DOT, Paint::Fill(sheet.palette.highlight, 1.0));
        }
        let words = sheet.named(first).bold(true);
        sheet.label(at, DOT + 10.0, words, &ranks.join(", "), &boxes);
    }
}
