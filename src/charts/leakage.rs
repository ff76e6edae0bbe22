//! `leakage`: where do we leak? A bar with its interval for each specialty, most leaking first;
//! what is too few or too unknown to rank stands apart, and so does what we do not offer.

use catchment_base::{Result, Table, units};

use crate::canvas::font::Weight;
use crate::canvas::frame::{Drawing, Frame, Heading};
use crate::canvas::plot::{Fill, Plot, ticks};
use crate::canvas::rows::{Rows, columns};
use crate::canvas::sheet::{Anchor, Mark, Paint, Rect, Sheet, Words};
use crate::canvas::theme::LABEL;
use crate::canvas::words::{self, Change, Interval, counted, share};
use crate::catalogue::{Chart, Tables};

/// The catalogue's entry.
pub(crate) const CHART: Chart = Chart {
    name: "leakage",
    question: "Where do we leak?",
    reads: &["leakage_by_specialty"],
    internal: false,
    draw,
};

const TABLE: &str = "leakage_by_specialty";

/// Under so many eligible referrals a rate is drawn hollow and not ranked.
const FEW: i64 = 30;

/// Above this share of unknown destinations only the bounds are said, and nothing is ranked.
const UNKNOWN: f64 = 0.10;

/// One specialty of the quarter, or the row `all`.
#[derive(Debug, Clone)]
struct Specialty {
    name: String,
    n: Option<i64>,
    leakage: Option<f64>,
    interval: Interval,
    shrunk: Option<f64>,
    bounds: Interval,
    unknown: Option<i64>,
    change: Change,
    not_offered: Option<i64>,
    leakage_all: Option<f64>,
    interval_all: Interval,
}

impl Specialty {
    /// The share of unknown destinations is the distance between the bounds.
    fn too_unknown(&self) -> bool {
        self.bounds.is_some_and(|(low, high)| high - low > UNKNOWN)
    }

    fn few(&self) -> bool {
        self.n.is_some_and(|n| n < FEW)
    }
}

/// What the chart shows: the specialties in their order, how many of them are ranked, and the sum.
struct Shown {
    rows: Vec<Specialty>,
    ranked: usize,
    all: Option<Specialty>,
    /// Too many destinations are unknown: bounds only.
    bounds_only: bool,
    before: String,
}

fn draw(tables: &Tables, frame: &Frame) -> Result<Drawing> {
    let quarter = frame.quarter.to_string();
    let Some(table) = tables.rows(TABLE, "quarter", &quarter)? else {
        return Ok(missing(frame));
    };
    let shown = order(specialties(&table)?, frame);
    if shown.rows.is_empty() && shown.all.is_none() {
        return Ok(missing(frame));
    }
    let mut sheet = Sheet::new(CHART.name, frame, heading(frame, &shown), CHART.internal);
    picture(&mut sheet, &shown)?;
    Ok(sheet.finish())
}

fn missing(frame: &Frame) -> Drawing {
    let heading = Heading {
        titles: vec!["No leakage to show yet".to_string()],
        subtitle: format!("Share of eligible referrals sent outside, {}", frame.quarter.for_people()),
        footer: vec![format!("Table {TABLE}.")],
        alt: "Empty bar chart of leakage by specialty: no eligible referral is known.".to_string(),
    };
    let sentence = format!(
        "No eligible referral of an aligned referrer is known for {}. An export of the orders that our \
         own providers place brings this chart; a list of providers with their affiliations tells \
         inside from outside.",
        frame.quarter.for_people(),
    );
    Sheet::missing(CHART.name, frame, heading, CHART.internal, &sentence)
}

fn specialties(table: &Table) -> Result<Vec<Specialty>> {
    let names = table.texts("specialty")?;
    let real = |column: &str| table.reals(column);
    let (leakage, low, high) = (real("leakage")?, real("leakage_low")?, real("leakage_high")?);
    let (bound_low, bound_high) = (real("leakage_bound_low")?, real("leakage_bound_high")?);
    let (all, all_low, all_high) = (real("leakage_all")?, real("leakage_all_low")?, real("leakage_all_high")?);
    let shrunk = real("shrunk_leakage")?;
    let change = [real("leakage_change")?, real("leakage_change_low")?, real("leakage_change_high")?, real("leakage_change_q")?];
    let (n, unknown, not_offered) = (table.ints("n")?, table.ints("unknown_destination")?, table.ints("not_offered")?);
    let at = |column: &[Option<f64>], row: usize| column.get(row).copied().flatten();
    let count = |column: &[Option<i64>], row: usize| column.get(row).copied().flatten();
    let rows = names.into_iter().enumerate().map(|(row, name)| {
        let [value, ends_low, ends_high, q] = change.each_ref().map(|column| at(column, row));
        Specialty {
            name: name.unwrap_or_else(|| "unknown".to_string()),
            n: count(&n, row),
            leakage: at(&leakage, row),
            interval: at(&low, row).zip(at(&high, row)),
            shrunk: at(&shrunk, row),
            bounds: at(&bound_low, row).zip(at(&bound_high, row)),
            unknown: count(&unknown, row),
            change: Change::judge(value, ends_low.zip(ends_high), q, 0.0),
            not_offered: count(&not_offered, row),
            leakage_all: at(&all, row),
            interval_all: at(&all_low, row).zip(at(&all_high, row)),
        }
    });
    Ok(rows.collect())
}

fn order(rows: Vec<Specialty>, frame: &Frame) -> Shown {
    let (all, mut rows): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.name == "all");
    let all = all.into_iter().next();
    // A specialty with no eligible referral has no rate; it is told in the row for what we do not offer.
    rows.retain(|row| row.n != Some(0));
    let bounds_only = all.as_ref().is_some_and(Specialty::too_unknown);
    let apart = |row: &Specialty| bounds_only || row.few() || row.too_unknown() || row.leakage.is_none();
    rows.sort_by(|a, b| {
        apart(a).cmp(&apart(b)).then_with(|| {
            let by_rate = b.shrunk.unwrap_or(0.0).total_cmp(&a.shrunk.unwrap_or(0.0));
            if apart(a) { a.name.cmp(&b.name) } else { by_rate.then_with(|| a.name.cmp(&b.name)) }
        })
    });
    let ranked = rows.iter().filter(|row| !apart(row)).count();
    Shown { rows, ranked, all, bounds_only, before: frame.quarter.plus(-1).for_people() }
}

fn heading(frame: &Frame, shown: &Shown) -> Heading {
    let titles = titles(shown);
    let mut footer = vec!["Bars: leakage; lines: 95 % intervals.".to_string()];
    if let Some(all) = &shown.all {
        if let (Some(n), Some(unknown)) = (all.n, all.unknown) {
            footer.push(format!(
                "{} eligible referrals of aligned referrers; {} more have an unknown destination and are in no bar.",
                units::count(n),
                units::count(unknown)
            ));
        }
    }
    if !shown.bounds_only && shown.ranked > 1 {
        footer.push("Order: leakage shrunk towards the mean.".to_string());
    }
    if shown.rows.iter().any(Specialty::few) {
        footer.push(format!("Hollow: fewer than {FEW} referrals."));
    }
    footer.push("No outside benchmark uses this definition.".to_string());
    let alt = format!(
        "Bar chart of leakage by specialty with 95 % intervals, {}. {}.{}",
        frame.quarter,
        titles.first().map_or("", |t| t),
        least(shown),
    );
    let order = if shown.bounds_only { "bounds only, by name" } else { "most first" };
    Heading {
        titles,
        subtitle: format!(
            "Leakage: share of aligned referrers' eligible referrals directed outside, %, {}, {order}",
            frame.quarter.for_people()
        ),
        footer,
        alt,
    }
}

fn titles(shown: &Shown) -> Vec<String> {
    if shown.bounds_only {
        let all = shown.all.as_ref();
        let (low, high) = all.and_then(|a| a.bounds).unwrap_or_default();
        let unknown = all.and_then(|a| a.unknown).map_or("too many".to_string(), units::count);
        return vec![
            format!(
                "Leakage lies between {} and {}: {unknown} referrals have no known destination",
                share(low),
                share(high)
            ),
            format!("Leakage lies between {} and {}", share(low), share(high)),
        ];
    }
    let Some(first) = shown.rows.first().filter(|_| shown.ranked > 0) else {
        return vec![format!("No specialty has {FEW} eligible referrals, so none is ranked")];
    };
    let (rate, n) = (first.leakage.map_or("–".to_string(), share), first.n.map_or("–".to_string(), units::count));
    let said = match first.change {
        Change::Missing => String::new(),
        Change::Unclear => format!(", no clear change on {}", shown.before),
        Change::Clear(points) => format!(", {} on {}", units::points(points), shown.before),
    };
    vec![
        format!("{} leaks most: {rate} of {n} referrals{said}", first.name),
        format!("{} leaks most: {rate} of {n} referrals", first.name),
        format!("{} leaks most: {rate} of {n}", first.name),
    ]
}

fn least(shown: &Shown) -> String {
    let last = shown.ranked.checked_sub(1).filter(|at| *at > 0).and_then(|at| shown.rows.get(at));
    let all = shown.all.as_ref().and_then(|a| a.leakage);
    let mut out = String::new();
    if let Some((name, rate)) = last.and_then(|row| row.leakage.map(|rate| (&row.name, rate))) {
        out.push_str(&format!(" Least: {name}, {}.", share(rate)));
    }
    if let Some(rate) = all.filter(|_| !shown.bounds_only) {
        out.push_str(&format!(" All specialties: {}.", share(rate)));
    }
    out
}

/// The columns of a line: name, marks, eligible referrals, change.
struct Columns {
    name: Rect,
    plot: Rect,
    n: Rect,
    change: Rect,
}

fn picture(sheet: &mut Sheet, shown: &Shown) -> Result<()> {
    let area = sheet.area();
    let parts = if sheet.is_half() { [440.0, 560.0, 190.0, 400.0] } else { [860.0, 1830.0, 250.0, 500.0] };
    let [name, plot, n, change] = columns(area, if sheet.is_half() { 30.0 } else { 50.0 }, parts);
    let on = format!("Change on {}", shown.before);
    let rate = if shown.bounds_only { "Leakage, lowest to highest" } else { "Leakage" };
    let heads = [
        (name, Anchor::Start, "Specialty"),
        (plot, Anchor::Start, rate),
        (n, Anchor::End, "Eligible"),
        (change, Anchor::End, on.as_str()),
    ];
    let top = sheet.heads(area, &heads) + 14.0;
    let columns = Columns { name, plot, n, change };
    let sums = sums(shown);
    let apart = shown.rows.len() > shown.ranked && !shown.bounds_only;
    let breaks = usize::from(apart && shown.ranked > 0) + usize::from(!sums.is_empty());
    let bottom = area.y1 - LABEL * 1.5;
    let wanted = shown.rows.len() + sums.len();
    // A break takes half a line more, and a line below says how many rows found no room.
    let rows = Rows::fit(top, bottom - breaks as f64 * BREAK, wanted, 66.0, 108.0);
    let kept = rows.count.saturating_sub(sums.len()).min(shown.rows.len());
    if kept < shown.rows.len() {
        let more = counted(shown.rows.len() - kept, "further specialty is", "further specialties are");
        sheet.note(format!("{more} in table {TABLE}."));
    }
    let places = places(&rows, kept, sums.len(), shown);
    let end = places.last().map_or(top, |y| y + rows.pitch / 2.0) + 10.0;
    let plotted = Rect { y0: top - 14.0, y1: end, ..columns.plot };
    lines(sheet, shown, &columns, plotted, &rows, (&places, kept), &sums)
}

/// The room between the groups of lines.
const BREAK: f64 = 46.0;

/// The middle of each line: the specialties, then the sums, with breaks between the groups.
fn places(rows: &Rows, kept: usize, sums: usize, shown: &Shown) -> Vec<f64> {
    let broken = shown.ranked > 0 && !shown.bounds_only;
    (0..kept + sums)
        .map(|row| {
            let first = if broken && row >= shown.ranked && kept > shown.ranked { BREAK } else { 0.0 };
            let second = if row >= kept && kept > 0 { BREAK } else { 0.0 };
            rows.middle(row) + first + second
        })
        .collect()
}

/// The sum of all specialties, and the same with what we do not offer.
fn sums(shown: &Shown) -> Vec<Specialty> {
    let Some(all) = &shown.all else {
        return Vec::new();
    };
    let whole = Specialty { name: "All specialties".to_string(), ..all.clone() };
    let mut out = vec![whole];
    if let (Some(not_offered), Some(rate)) = (all.not_offered.filter(|n| *n > 0), all.leakage_all) {
        out.push(Specialty {
            name: format!("…and {} that we do not offer", units::count(not_offered)),
            n: None,
            leakage: Some(rate),
            interval: all.interval_all,
            change: Change::Missing,
            bounds: None,
            ..all.clone()
        });
    }
    out
}

fn lines(
    sheet: &Sheet,
    shown: &Shown,
    columns: &Columns,
    at: Rect,
    rows: &Rows,
    (places, kept): (&[f64], usize),
    sums: &[Specialty],
) -> Result<()> {
    let drawn = || shown.rows.iter().take(kept).chain(sums);
    let most = drawn().flat_map(|row| [row.leakage, row.interval.map(|i| i.1), row.bounds.filter(|_| shown.bounds_only).map(|b| b.1)]);
    let most = most.flatten().fold(0.05f64, f64::max);
    let ticks = ticks(0.0, most, if sheet.is_half() { 3 } else { 5 });
    let top = ticks.last().copied().unwrap_or(1.0);
    // The value stands right of the longest interval, so the scale ends before the column does.
    let scaled = Rect { x1: at.x1 - 170.0, ..at };
    let plot = sheet.plot(scaled, (0.0, top), (at.height(), 0.0));
    sheet.grid_across(&plot, scaled, &ticks, |t| units::percent(t, 0));
    for (place, (row, &middle)) in drawn().zip(places).enumerate() {
        let highlighted = place == 0 && shown.ranked > 0;
        let line = Line { row, middle, half: (rows.pitch * 0.31).min(30.0), highlighted, sum: place >= kept, apart: place > kept };
        mark(sheet, shown, &plot, at, columns, &line)?;
    }
    Ok(())
}

/// One line as it is drawn.
struct Line<'a> {
    row: &'a Specialty,
    middle: f64,
    /// Half the thickness of the bar.
    half: f64,
    highlighted: bool,
    sum: bool,
    /// The bar that holds what we do not offer.
    apart: bool,
}

fn mark(sheet: &Sheet, shown: &Shown, plot: &Plot, at: Rect, columns: &Columns, line: &Line<'_>) -> Result<()> {
    let row = line.row;
    let weight = if line.highlighted || line.sum { Weight::Semibold } else { Weight::Regular };
    let colour = if line.highlighted { sheet.palette.highlight } else { sheet.palette.ink };
    let words = Words { weight, colour, ..sheet.words() };
    let plain = Words { weight: Weight::Regular, ..words };
    sheet.cell(columns.name, line.middle, if line.apart { plain } else { words }, &row.name);
    if let Some(n) = row.n {
        sheet.cell(columns.n, line.middle, Words { anchor: Anchor::End, ..plain }, &units::count(n));
    }
    let change = row.change.words(units::points);
    let tone = if matches!(row.change, Change::Clear(_)) { plain } else { sheet.quiet() };
    if !line.apart {
        sheet.cell(columns.change, line.middle, Words { anchor: Anchor::End, ..tone }, &change);
    }
    let ends = row.interval.map(|i| format!(" ({})", words::interval(i, share))).unwrap_or_default();
    let rate = row.leakage.map_or("withheld".to_string(), share);
    let of = row.n.map(|n| format!(" of {}", units::count(n))).unwrap_or_default();
    let (key, column) = if line.sum { ("all", if line.apart { "leakage_all" } else { "leakage" }) } else { (row.name.as_str(), "leakage") };
    let bounds = row.bounds.filter(|_| shown.bounds_only && !line.apart);
    let (column, value) = bounds.map_or((column, row.leakage), |b| ("leakage_bound_high", Some(b.1)));
    let mark = Mark { table: TABLE, key, column, value, title: format!("{}: {rate}{ends}{of}", row.name) };
    let y = line.middle - at.y0;
    sheet.mark(&mark, || bar(sheet, plot, line, bounds, y))?;
    let end = bounds.or(row.interval).map(|i| i.1).or(row.leakage);
    let (label, from) = match (bounds, end) {
        (Some(b), Some(end)) => (format!("{}–{}", units::real(b.0 * 100.0, 1), share(b.1)), end),
        (None, Some(end)) if row.leakage.is_some() => (rate, end),
        _ => ("withheld".to_string(), 0.0),
    };
    let x = plot.at(from.max(row.leakage.unwrap_or(0.0)), 0.0).0 + if row.leakage.is_none() { 110.0 } else { 24.0 };
    sheet.cell(Rect { x0: x, x1: columns.plot.x1 + 60.0, ..at }, line.middle, words, &label);
    Ok(())
}

fn bar(sheet: &Sheet, plot: &Plot, line: &Line<'_>, bounds: Interval, y: f64) -> Result<()> {
    let row = line.row;
    let (x0, _) = plot.at(0.0, 0.0);
    let hatch = |to: f64, from: f64| {
        let at = Rect { x0: from, x1: to, y0: line.middle - line.half, y1: line.middle + line.half };
        sheet.rect(at, Paint::Hatch(sheet.palette.bars));
    };
    if let Some((low, high)) = bounds {
        plot.bar(0.0, low, y, line.half, sheet.palette.bars, Fill::Solid)?;
        hatch(plot.at(high, 0.0).0, plot.at(low, 0.0).0);
        return Ok(());
    }
    let Some(rate) = row.leakage else {
        hatch(x0 + 80.0, x0);
        return Ok(());
    };
    if line.apart {
        hatch(plot.at(rate, 0.0).0, x0);
    } else {
        let colour = if line.sum { sheet.palette.second } else { sheet.tone(line.highlighted) };
        let fill = if row.few() || row.too_unknown() { Fill::Hollow } else { Fill::Solid };
        plot.bar(0.0, rate, y, line.half, colour, fill)?;
    }
    match row.interval {
        Some(ends) => plot.interval(ends, y, (line.half * 1.1) as i32, sheet.palette.ink),
        None => Ok(()),
    }
}
