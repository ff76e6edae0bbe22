//! `volume`: how did the volume of referrals that come to us move? A line with its process limits,
//! so that a quarter is called unusual only where the limits say so.

use catchment_base::{Result, Table, units};

use crate::canvas::axes::{decimals, ticks};
use crate::canvas::font;
use crate::canvas::frame::{Drawing, Frame, Heading};
use crate::canvas::labels;
use crate::canvas::plot::{Fill, Plot};
use crate::canvas::record::{Record, records};
use crate::canvas::sheet::{Anchor, Mark, Paint, Rect, Sheet};
use crate::canvas::theme::LABEL;
use crate::canvas::words::{self, Change};
use crate::catalogue::{Chart, Tables};

/// The catalogue's entry.
pub(crate) const CHART: Chart = Chart {
    name: "volume",
    question: "How did volume move?",
    reads: &["volume"],
    internal: false,
    draw,
};

/// Under so many referrals a point is drawn hollow.
const FEW: i64 = 30;

/// One quarter.
struct Point {
    quarter: String,
    referrals: Option<i64>,
    a_day: Option<f64>,
    signal: String,
}

impl Point {
    fn is_signal(&self) -> bool {
        matches!(self.signal.as_str(), "above" | "below" | "run")
    }
}

/// The centre line and its limits, where there are enough quarters for them.
struct Limits {
    mean: f64,
    low: f64,
    high: f64,
}

fn draw(tables: &Tables, frame: &Frame) -> Result<Drawing> {
    let found = tables.get("volume").filter(|table| table.rows() > 0);
    let Some(table) = found else {
        return Ok(missing(frame));
    };
    let table = table.sorted_by(&["quarter"])?;
    let points = points(&table)?;
    let Some(last) = points
        .iter()
        .position(|p| p.quarter == frame.quarter.to_string())
    else {
        return Ok(missing(frame));
    };
    let Some(row) = records(&table).nth(last) else {
        return Ok(missing(frame));
    };
    let (limits, change) = (limits(row)?, change(row)?);
    let mut sheet = Sheet::new(
        CHART.name,
        frame,
        heading(frame, &points, last, limits.as_ref(), &change),
        false,
    );
    let values: Vec<f64> = points.iter().filter_map(|p| p.a_day).collect();
    let bounds = limits.iter().flat_map(|l| [l.low.max(0.0), l.high]);
    let (low, high) = bounds
        .chain(values.iter().copied())
        .fold((f64::INFINITY, 0.0f64), |(low, high), v| {
            (low.min(v), high.max(v))
        });
    // Where the values lie far from zero the line would be flat; the footer says where it starts.
    let from = if values.len() > 1 && low > high * 0.5 {
        low - (high - low).max(high * 0.2) * 0.25
    } else {
        0.0
    };
    let ticks = ticks(from, high.max(1e-9), 5);
    if let Some(start) = ticks.first().filter(|t| **t > 0.0) {
        sheet.note(format!(
            "The scale starts at {}.",
            units::real(*start, decimals(&ticks))
        ));
    }
    picture(&sheet, &points, last, limits.as_ref(), &ticks)?;
    Ok(sheet.finish())
}

fn missing(frame: &Frame) -> Drawing {
    let subtitle = format!(
        "External referrals a working day, by quarter to {}",
        frame.quarter.for_people()
    );
    let alt = "Empty line chart of external referrals a working day: no referral has been loaded.";
    let heading = Heading::missing("No referrals to show yet", subtitle, CHART.name, alt);
    let sentence = format!(
        "No referral placed up to {} is known. An export of referrals brings this chart; a list of \
         providers with their affiliations tells which of them came in from outside.",
        words::day(frame.quarter.last_day()),
    );
    Sheet::missing(CHART.name, frame, heading, CHART.internal, &sentence)
}

fn points(table: &Table) -> Result<Vec<Point>> {
    let point = |row: Record<'_>| {
        Ok(Point {
            quarter: row.text("quarter")?,
            referrals: row.int("inbound_external")?,
            a_day: row.real("inbound_per_day")?,
            signal: row.text("signal")?,
        })
    };
    records(table).map(point).collect()
}

fn limits(row: Record<'_>) -> Result<Option<Limits>> {
    let ends = row.interval("limit")?;
    let mean = row.real("mean")?;
    Ok(mean
        .zip(ends)
        .map(|(mean, (low, high))| Limits { mean, low, high }))
}

/// The change on last year and the sentence with its interval.
fn change(row: Record<'_>) -> Result<(Change, Option<String>)> {
    const COLUMN: &str = "inbound_external_change_year";
    let known = row.real(COLUMN)?.zip(row.interval(COLUMN)?);
    let sentence = known.map(|(value, ends)| {
        let value = units::ratio_change(value);
        let interval = words::interval(ends, units::ratio_change);
        format!("Change on last year, a working day: {value} (95\u{202f}% interval {interval}).")
    });
    Ok((row.change(COLUMN, 1.0)?, sentence))
}

fn heading(
    frame: &Frame,
    points: &[Point],
    last: usize,
    limits: Option<&Limits>,
    change: &(Change, Option<String>),
) -> Heading {
    let here = points.get(last).and_then(|p| p.referrals);
    let count = here.map_or(String::new(), units::count);
    let noun = if here == Some(1) {
        "referral"
    } else {
        "referrals"
    };
    let title = match change.0 {
        _ if here.is_none() => "The number of referrals that came in is withheld".to_string(),
        Change::Missing => format!("{count} {noun} came in from outside"),
        Change::Unclear => format!("{count} {noun} came in, no clear change on last year"),
        Change::Clear(ratio) => format!(
            "{count} {noun} came in, {} on last year",
            units::ratio_change(ratio)
        ),
    };
    let shown = format!(
        "{} to {}",
        points.first().map_or("", |p| &p.quarter),
        frame.quarter
    );
    let mut footer: Vec<String> = change.1.iter().cloned().collect();
    footer.push(match limits {
        Some(_) => "Limits: mean ± 2.66 × mean moving range of the quarters shown.".to_string(),
        None => "Too few quarters for limits.".to_string(),
    });
    if points.iter().any(|p| p.referrals.is_some_and(|n| n < FEW)) {
        footer.push(format!("Hollow: fewer than {FEW} referrals."));
    }
    let alt = format!(
        "Line chart of external referrals a working day, {shown}. {}. {}{}",
        title,
        extremes(points),
        change.1.as_deref().unwrap_or_default(),
    );
    Heading {
        titles: vec![title],
        subtitle: format!(
            "Referrals to our providers by referrers who are not our own, a working day, by quarter to {}",
            frame.quarter.for_people()
        ),
        footer,
        alt,
    }
}

fn extremes(points: &[Point]) -> String {
    let known = || {
        points
            .iter()
            .filter_map(|p| p.a_day.map(|v| (v, &p.quarter)))
    };
    let least = known().min_by(|a, b| a.0.total_cmp(&b.0));
    let most = known().max_by(|a, b| a.0.total_cmp(&b.0));
    match (least, most) {
        (Some(least), Some(most)) => format!(
            "Least {} in {}, most {} in {}. ",
            units::real(least.0, 1),
            least.1,
            units::real(most.0, 1),
            most.1
        ),
        _ => String::new(),
    }
}

fn picture(
    sheet: &Sheet,
    points: &[Point],
    last: usize,
    limits: Option<&Limits>,
    ticks: &[f64],
) -> Result<()> {
    let area = sheet.area();
    let (first, top) = (
        ticks.first().copied().unwrap_or(0.0),
        ticks.last().copied().unwrap_or(1.0),
    );
    let label = |tick: &f64| units::real(*tick, decimals(ticks));
    let wide = |tick| font::width(&label(tick), LABEL, font::Weight::Regular);
    let axis = ticks.iter().map(wide).fold(0.0, f64::max);
    let side = if sheet.is_half() { 270.0 } else { 400.0 };
    let at = Rect {
        x0: area.x0 + axis + 40.0,
        y0: area.y0 + 50.0,
        x1: area.x1 - side,
        y1: area.y1 - 150.0,
    };
    let count = points.len() as f64;
    let plot = sheet.plot(at, (-0.5, count - 0.5), (first, top));
    if let Some(limits) = limits {
        let (low, high) = (limits.low.max(first), limits.high.min(top));
        plot.band((-0.5, count - 0.5), low, high, sheet.palette.band)?;
    }
    sheet.grid_up(&plot, at, ticks, units::real);
    let labels = side_labels(sheet, &plot, at, limits, ticks);
    quarters(sheet, &plot, at, points);
    line(sheet, &plot, points)?;
    for (place, point) in points.iter().enumerate() {
        dot(sheet, &plot, at, place, point)?;
    }
    values(sheet, &plot, points, last, &labels, decimals(ticks).max(1));
    Ok(())
}

/// Draws mean and limits with their names on the right, and gives where their lines run.
fn side_labels(
    sheet: &Sheet,
    plot: &Plot,
    at: Rect,
    limits: Option<&Limits>,
    ticks: &[f64],
) -> Vec<Rect> {
    let Some(limits) = limits else {
        return Vec::new();
    };
    let lines = [
        ("Upper limit", limits.high),
        ("Mean", limits.mean),
        ("Lower limit", limits.low),
    ];
    let shown: Vec<_> = lines
        .into_iter()
        .filter(|(_, value)| ticks.first().is_some_and(|first| value >= first))
        .collect();
    let heights: Vec<f64> = shown
        .iter()
        .map(|(_, value)| plot.at(0.0, *value).1)
        .collect();
    let apart = labels::spread(&heights, LABEL * 1.25, at.y0, at.y1);
    let mut taken = Vec::new();
    for (((name, value), height), label) in shown.iter().zip(&heights).zip(&apart) {
        let paint = if *name == "Mean" {
            Paint::Line(sheet.palette.bars, 1.0, 4)
        } else {
            Paint::Dashes(sheet.palette.bars, 4)
        };
        sheet.line((at.x0, *height), (at.x1, *height), paint);
        let name = if sheet.is_half() {
            name.trim_end_matches(" limit")
        } else {
            name
        };
        let column = at.across(at.x1 + 30.0, sheet.area().x1);
        let text = format!("{name} {}", units::real(*value, decimals(ticks).max(1)));
        sheet.cell(column, *label, sheet.quiet(), &text);
        taken.push(at.down(height - 6.0, height + 6.0));
    }
    taken
}

/// The quarters below the line, the year under its first quarter.
fn quarters(sheet: &Sheet, plot: &Plot, at: Rect, points: &[Point]) {
    let words = sheet.quiet().from(Anchor::Middle);
    let mut year = "";
    for (place, point) in points.iter().enumerate() {
        let (own, number) = point
            .quarter
            .split_at_checked(4)
            .unwrap_or((&point.quarter, ""));
        let (x, _) = plot.at(place as f64, 0.0);
        sheet.text((x, at.y1 + LABEL * 1.3), words, number);
        // In half a slide two years side by side would read as one.
        let next = points
            .get(place + 1)
            .map_or(own, |p| p.quarter.get(..4).unwrap_or(own));
        let crowded = sheet.is_half() && place == 0 && next != own;
        if own != year && !crowded {
            sheet.text((x, at.y1 + LABEL * 2.55), words, own);
            year = own;
        }
    }
}

/// The line, broken where a value is not known.
fn line(sheet: &Sheet, plot: &Plot, points: &[Point]) -> Result<()> {
    let mut run: Vec<(f64, f64)> = Vec::new();
    for (place, point) in points.iter().enumerate() {
        match point.a_day {
            Some(value) => run.push((place as f64, value)),
            None => plot.line(std::mem::take(&mut run), sheet.palette.ours, 8)?,
        }
    }
    plot.line(run, sheet.palette.ours, 8)
}

fn dot(sheet: &Sheet, plot: &Plot, at: Rect, place: usize, point: &Point) -> Result<()> {
    let written = match (point.a_day, point.referrals) {
        (Some(value), Some(n)) => format!(
            "{} a working day, {} in all",
            units::real(value, 1),
            units::count(n)
        ),
        (Some(value), None) => format!("{} a working day", units::real(value, 1)),
        _ => "withheld".to_string(),
    };
    let mark = Mark {
        table: "volume",
        key: &point.quarter,
        column: "inbound_per_day",
        value: point.a_day,
        title: format!("{}: {written}", point.quarter),
    };
    let signal = point.is_signal();
    let colour = if signal {
        sheet.palette.highlight
    } else {
        sheet.palette.ours
    };
    let few = point.referrals.is_some_and(|n| n < FEW);
    let fill = if few { Fill::Hollow } else { Fill::Solid };
    sheet.mark(&mark, || match point.a_day {
        Some(value) => plot.dot(
            (place as f64, value),
            if signal { 24 } else { 16 },
            colour,
            fill,
        ),
        None => {
            let (x, _) = plot.at(place as f64, 0.0);
            let column = Rect {
                x0: x - 30.0,
                x1: x + 30.0,
                y0: at.y1 - 160.0,
                y1: at.y1,
            };
            sheet.rect(column, Paint::Hatch(sheet.palette.bars));
            sheet.label(
                (x, at.y1 - 160.0),
                24.0,
                sheet.quiet(),
                "withheld",
                &[at.down(at.y1 - 160.0, at.y1)],
            );
            Ok(())
        }
    })
}

/// The values that the title and the signals rest on, beside their points.
fn values(
    sheet: &Sheet,
    plot: &Plot,
    points: &[Point],
    last: usize,
    taken: &[Rect],
    places: usize,
) {
    let at = |place: usize, value: f64| plot.at(place as f64, value);
    let known = points
        .iter()
        .enumerate()
        .filter_map(|(place, p)| Some((place, p, p.a_day?)));
    let line: Vec<(f64, f64)> = known
        .clone()
        .map(|(place, _, value)| at(place, value))
        .collect();
    let mut taken = taken.to_vec();
    taken.extend(labels::along(&line, 24.0));
    let named = |(place, point, _): &(usize, &Point, f64)| {
        // A run is named once, at its last quarter.
        let next = points.get(place + 1).map_or("", |p| &p.signal);
        *place == last || point.is_signal() && !(point.signal == "run" && next == "run")
    };
    let mut named: Vec<_> = known.filter(named).collect();
    // The last quarter is what the title speaks of, so it takes its place first.
    named.sort_by_key(|(place, _, _)| *place != last);
    for (place, point, value) in named {
        let palette = sheet.palette;
        let colour = if point.is_signal() {
            palette.highlight
        } else {
            palette.ours
        };
        let words = sheet.words().bold(true).tinted(colour);
        sheet.label(
            at(place, value),
            44.0,
            words,
            &said(point, &units::real(value, places)),
            &taken,
        );
    }
}

fn said(point: &Point, value: &str) -> String {
    match point.signal.as_str() {
        "above" => format!("{value}, above the limit"),
        "below" => format!("{value}, below the limit"),
        "run" => format!("{value}, eight on one side"),
        _ => value.to_string(),
    }
}
