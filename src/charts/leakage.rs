//! `leakage`: where do we leak? A bar with its interval for each specialty, most leaking first;
//! what is too few or too unknown to rank stands apart, and so does what we do not offer.

use catchment_base::{Quarter, Result, Table, units};

use crate::canvas::axes::ticks;
use crate::canvas::frame::{Drawing, Frame, Heading};
use crate::canvas::plot::{Fill, Plot};
use crate::canvas::record::{Record, records};
use crate::canvas::rows::{Groups, columns};
use crate::canvas::sheet::{Anchor, Mark, Paint, Rect, Sheet};
use crate::canvas::theme::LABEL;
use crate::canvas::words::{self, Change, Interval, share};
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
        self.bounds
            .is_some_and(|(low, high)| high - low > UNKNOWN + 1e-9)
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
    before: Quarter,
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
    let subtitle = format!(
        "Share of eligible referrals sent outside, {}",
        frame.quarter.for_people()
    );
    let alt = "Empty bar chart of leakage by specialty: no eligible referral is known.";
    let heading = Heading::missing("No leakage to show yet", subtitle, TABLE, alt);
    let sentence = format!(
        "No eligible referral of an aligned referrer is known for {}. An export of the orders that our \
         own providers place brings this chart; a list of providers with their affiliations tells \
         inside from outside.",
        frame.quarter.for_people(),
    );
    Sheet::missing(CHART.name, frame, heading, CHART.internal, &sentence)
}

fn specialties(table: &Table) -> Result<Vec<Specialty>> {
    let specialty = |row: Record<'_>| {
        Ok(Specialty {
            name: row.text("specialty")?,
            n: row.int("n")?,
            leakage: row.real("leakage")?,
            interval: row.interval("leakage")?,
            shrunk: row.real("shrunk_leakage")?,
            bounds: row.interval("leakage_bound")?,
            unknown: row.int("unknown_destination")?,
            change: row.change("leakage_change", 0.0)?,
            not_offered: row.int("not_offered")?,
            leakage_all: row.real("leakage_all")?,
            interval_all: row.interval("leakage_all")?,
        })
    };
    records(table).map(specialty).collect()
}

fn order(rows: Vec<Specialty>, frame: &Frame) -> Shown {
    let (all, mut rows): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.name == "all");
    let all = all.into_iter().next();
    // A specialty with no eligible referral has no rate; it is told in the row for what we do not offer.
    rows.retain(|row| row.n != Some(0));
    let bounds_only = all.as_ref().is_some_and(Specialty::too_unknown);
    let apart =
        |row: &Specialty| bounds_only || row.few() || row.too_unknown() || row.leakage.is_none();
    // Those apart have no rank: they stand by name, as if all had one rate.
    let rate = |row: &Specialty| row.shrunk.filter(|_| !apart(row)).unwrap_or(0.0);
    rows.sort_by(|a, b| {
        let by_rate = apart(a).cmp(&apart(b)).then(rate(b).total_cmp(&rate(a)));
        by_rate.then_with(|| a.name.cmp(&b.name))
    });
    let ranked = rows.iter().filter(|row| !apart(row)).count();
    Shown {
        rows,
        ranked,
        all,
        bounds_only,
        before: frame.quarter.plus(-1),
    }
}

fn heading(frame: &Frame, shown: &Shown) -> Heading {
    let titles = titles(shown);
    let marks = if shown.bounds_only {
        "Grey: sent outside; hatched: destination unknown."
    } else {
        "Bars: leakage; lines: 95\u{202f}% intervals."
    };
    let mut footer = vec![marks.to_string()];
    let known = shown.all.as_ref().and_then(|all| all.n.zip(all.unknown));
    if let Some((n, unknown)) = known {
        let (n, unknown) = (units::count(n), units::count(unknown));
        footer.push(format!(
            "{n} eligible referrals of aligned referrers; {unknown} more have an unknown destination."
        ));
    }
    if !shown.bounds_only && shown.ranked > 1 {
        footer.push("Order: leakage shrunk towards the mean.".to_string());
    }
    if !shown.bounds_only && shown.ranked < shown.rows.len() {
        footer.push(format!(
            "Hollow, not ranked: fewer than {FEW} referrals, or over 10\u{202f}% of destinations unknown."
        ));
    }
    footer.push("No outside benchmark uses this definition.".to_string());
    let alt = format!(
        "Bar chart of leakage by specialty with 95\u{202f}% intervals, {}. {}.{}",
        frame.quarter,
        titles.first().map_or("", |t| t),
        least(shown),
    );
    let order = match shown {
        Shown {
            bounds_only: true, ..
        } => ", bounds only, by name",
        Shown { ranked: 0, .. } => ", by name",
        _ => ", most first",
    };
    Heading {
        titles,
        subtitle: format!(
            "Leakage: share of aligned referrers’ eligible referrals directed outside, %, {}{order}",
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
        let title = format!("Leakage lies between {} and {}", share(low), share(high));
        let unknown = all.and_then(|a| a.unknown).map(units::count);
        let why = |n| format!("{title}: {n} referrals have no known destination");
        return unknown
            .map(why)
            .into_iter()
            .chain([title.clone()])
            .collect();
    }
    let Some(first) = shown.rows.first().filter(|_| shown.ranked > 0) else {
        let every = |is: fn(&Specialty) -> bool| shown.rows.iter().all(is);
        return vec![
            match (every(|row| row.leakage.is_none()), every(Specialty::few)) {
                (true, _) => "Leakage by specialty is withheld".to_string(),
                (_, true) => {
                    format!("No specialty has {FEW} eligible referrals, so none is ranked")
                }
                _ => "No specialty can be ranked".to_string(),
            },
        ];
    };
    let rate = first.leakage.map_or("–".to_string(), share);
    let n = first.n.map_or("–".to_string(), units::count);
    let said = match first.change {
        Change::Missing => String::new(),
        change => {
            let on = words::quarter(shown.before);
            format!(", {} on {on}", change.words(units::points))
        }
    };
    let most = if shown.ranked > 1 { " most:" } else { "" };
    vec![
        format!("{} leaks{most} {rate} of {n} referrals{said}", first.name),
        format!("{} leaks{most} {rate} of {n} referrals", first.name),
        format!("The highest leakage is {rate} of {n} referrals"),
    ]
}

fn least(shown: &Shown) -> String {
    let mut ranked = shown.rows.iter().take(shown.ranked);
    let last = ranked.next_back().filter(|_| shown.ranked > 1);
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
    let half = sheet.is_half();
    let parts = if half {
        [540.0, 560.0, 170.0, 350.0]
    } else {
        [860.0, 1830.0, 250.0, 500.0]
    };
    let [name, plot, n, change] = columns(area, if half { 30.0 } else { 50.0 }, parts);
    let columns = Columns {
        name,
        plot,
        n,
        change,
    };
    let on = format!("Change on {}", words::quarter(shown.before));
    let rate = if shown.bounds_only {
        "Leakage, lowest to highest"
    } else {
        "Leakage"
    };
    let heads = [
        (name, Anchor::Start, "Specialty"),
        (plot, Anchor::Start, rate),
        (n, Anchor::End, "Eligible"),
        (change, Anchor::End, on.as_str()),
    ];
    let top = sheet.heads(area, &heads) + 14.0;
    let sums = sums(shown);
    // Where nothing is ranked all stand together.
    let all = shown.rows.len();
    let ranked = if shown.bounds_only { all } else { shown.ranked };
    let groups = [ranked, all - ranked, sums.len()];
    let places = Groups::fit(top, area.y1 - LABEL * 1.5, groups);
    let left = all - places.kept;
    sheet.further(left, ("further specialty", "further specialties"), TABLE);
    if let Some(middle) = places.head {
        sheet.cell(columns.name, middle, sheet.quiet(), "Not ranked");
    }
    let end = places.lines.last().map_or(top, |y| y + places.pitch / 2.0) + 10.0;
    let plotted = columns.plot.down(top - 14.0, end);
    lines(sheet, shown, &columns, plotted, &places, &sums)
}

/// The sum of all specialties, and the same with what we do not offer.
fn sums(shown: &Shown) -> Vec<Specialty> {
    let Some(all) = &shown.all else {
        return Vec::new();
    };
    let named = |name: String| Specialty {
        name,
        ..all.clone()
    };
    let mut out = vec![named("All specialties".to_string())];
    // Where only bounds are said, a rate of all referrals can't be said either.
    let not_offered = all.not_offered.filter(|n| *n > 0 && !shown.bounds_only);
    if let Some((not_offered, rate)) = not_offered.zip(all.leakage_all) {
        out.push(Specialty {
            n: None,
            leakage: Some(rate),
            interval: all.interval_all,
            change: Change::Missing,
            bounds: None,
            ..named(format!("With {} not offered", units::count(not_offered)))
        });
    }
    out
}

fn lines(
    sheet: &Sheet,
    shown: &Shown,
    columns: &Columns,
    at: Rect,
    places: &Groups,
    sums: &[Specialty],
) -> Result<()> {
    let drawn = || shown.rows.iter().take(places.kept).chain(sums);
    let most = drawn().flat_map(|row| {
        [
            row.leakage,
            row.interval.map(|i| i.1),
            row.bounds.filter(|_| shown.bounds_only).map(|b| b.1),
        ]
    });
    let most = most.flatten().reduce(f64::max).unwrap_or(1.0).max(0.05);
    let ticks = ticks(0.0, most, if sheet.is_half() { 3 } else { 5 });
    let top = ticks.last().copied().unwrap_or(1.0);
    // The value stands right of the longest interval, so the scale ends before the column does.
    let scaled = at.across(at.x0, at.x1 - 170.0);
    let plot = sheet.plot(scaled, (0.0, top), (at.height(), 0.0));
    sheet.grid_across(&plot, scaled, &ticks, |t, places| {
        units::percent(t, places.saturating_sub(2))
    });
    for (place, (row, &middle)) in drawn().zip(&places.lines).enumerate() {
        let highlighted = place == 0 && shown.ranked > 0;
        let line = Line {
            row,
            middle,
            half: (places.pitch * 0.31).min(30.0),
            highlighted,
            sum: place >= places.kept,
            apart: place > places.kept,
        };
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

fn mark(
    sheet: &Sheet,
    shown: &Shown,
    plot: &Plot,
    at: Rect,
    columns: &Columns,
    line: &Line<'_>,
) -> Result<()> {
    cells(sheet, columns, line);
    let row = line.row;
    let bounds = row.bounds.filter(|_| shown.bounds_only && !line.apart);
    let rate = row.leakage.map_or("withheld".to_string(), share);
    let ends = row
        .interval
        .map(|i| format!(" ({})", words::interval(i, share)));
    let of = row.n.map(|n| format!(" of {}", units::count(n)));
    let (column, value) = match bounds {
        Some((_, high)) => ("leakage_bound_high", Some(high)),
        None if line.apart => ("leakage_all", row.leakage),
        None => ("leakage", row.leakage),
    };
    let mark = Mark {
        table: TABLE,
        key: if line.sum { "all" } else { &row.name },
        column,
        value,
        title: format!(
            "{}: {rate}{}{}",
            row.name,
            ends.unwrap_or_default(),
            of.unwrap_or_default()
        ),
    };
    sheet.mark(&mark, || bar(sheet, plot, at, line, bounds))?;
    let Some(value) = row.leakage else {
        return Ok(());
    };
    let label = match bounds {
        Some((low, high)) => format!("{}–{}", units::real(low * 100.0, 1), share(high)),
        None => rate,
    };
    // The value stands right of the bar and of its interval.
    let end = bounds
        .or(row.interval)
        .map_or(value, |ends| ends.1.max(value));
    let right = at.across(plot.at(end, 0.0).0 + 24.0, at.x1 + 60.0);
    let words = sheet.named(line.highlighted);
    sheet.cell(
        right,
        line.middle,
        words.bold(line.highlighted || line.sum && !line.apart),
        &label,
    );
    Ok(())
}

/// The texts of a line.
fn cells(sheet: &Sheet, columns: &Columns, line: &Line<'_>) {
    let row = line.row;
    let words = sheet.named(line.highlighted);
    let bold = line.highlighted || line.sum && !line.apart;
    sheet.cell(columns.name, line.middle, words.bold(bold), &row.name);
    if line.apart {
        return;
    }
    let plain = words.bold(false).from(Anchor::End);
    let n = row.n.map_or("withheld".to_string(), units::count);
    sheet.cell(columns.n, line.middle, plain, &n);
    let clear = matches!(row.change, Change::Clear(_));
    let tone = if clear {
        plain
    } else {
        sheet.quiet().from(Anchor::End)
    };
    sheet.cell(
        columns.change,
        line.middle,
        tone,
        &row.change.words(units::points),
    );
}

fn bar(sheet: &Sheet, plot: &Plot, at: Rect, line: &Line<'_>, bounds: Interval) -> Result<()> {
    let row = line.row;
    let y = line.middle - at.y0;
    let hatch = |from: f64, to: f64| {
        let (from, to) = (plot.at(from, 0.0).0, plot.at(to, 0.0).0);
        let block = at
            .across(from, to)
            .down(line.middle - line.half, line.middle + line.half);
        sheet.rect(block, Paint::Hatch(sheet.palette.bars));
    };
    let Some(rate) = row.leakage else {
        sheet.hatch(at, line.middle, "withheld");
        return Ok(());
    };
    if let Some((low, high)) = bounds {
        plot.bar(0.0, low, y, line.half, sheet.palette.bars, Fill::Solid)?;
        hatch(low, high);
        return Ok(());
    }
    if line.apart {
        hatch(0.0, rate);
    } else {
        let colour = if line.sum {
            sheet.palette.second
        } else {
            sheet.tone(line.highlighted)
        };
        let fill = if row.few() || row.too_unknown() {
            Fill::Hollow
        } else {
            Fill::Solid
        };
        plot.bar(0.0, rate, y, line.half, colour, fill)?;
    }
    match row.interval {
        Some(ends) => plot.interval(ends, y, (line.half * 1.1) as i32, sheet.palette.ink),
        None => Ok(()),
    }
}
