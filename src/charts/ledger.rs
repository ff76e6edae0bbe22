//! `ledger`: what becomes of them? A bar of 100 % for each specialty, in parts: kept, gone outside,
//! and what is neither; every referral of an aligned referrer stands in one part.

use catchment_base::{Result, Table, units};

use crate::canvas::callouts::{Callout, Callouts};
use crate::canvas::frame::{Drawing, Frame, Heading};
use crate::canvas::plot::Plot;
use crate::canvas::record::{Record, records};
use crate::canvas::rows::{Rows, columns};
use crate::canvas::sheet::{Anchor, Mark, Paint, Rect, Sheet};
use crate::canvas::stacks::Ink;
use crate::canvas::theme::{LABEL, Palette};
use crate::canvas::vocabulary;
use crate::canvas::words::{FEW, UNKNOWN, share, whole};
use crate::catalogue::{Chart, Tables};

/// The catalogue's entry.
pub(crate) const CHART: Chart = Chart {
    name: "ledger",
    question: "What becomes of them?",
    reads: &[TABLE],
    internal: false,
    draw,
};

const TABLE: &str = "leakage_ledger";

/// The classes from left to right: what stayed, what left, what is neither.
const CLASSES: [&str; 9] = [
    "kept_completed",
    "kept_pending",
    "kept_not_done",
    "declined_by_us",
    "left_redirected",
    "left_directed",
    "not_offered",
    "unknown_destination",
    "same_provider",
];

/// The class that the title speaks of and the order follows.
const LEFT: &str = "left_directed";

/// One class of a specialty.
struct Part {
    class: String,
    n: Option<i64>,
    share: Option<f64>,
}

/// A specialty with its classes, from left to right.
struct Specialty {
    name: String,
    parts: Vec<Part>,
}

impl Specialty {
    fn part(&self, class: &str) -> Option<&Part> {
        self.parts.iter().find(|part| part.class == class)
    }

    fn n(&self, class: &str) -> Option<i64> {
        self.part(class).and_then(|part| part.n)
    }

    fn share(&self, class: &str) -> f64 {
        let part = self.part(class).and_then(|part| part.share);
        part.unwrap_or(0.0)
    }

    fn few(&self) -> bool {
        let all = self.parts.iter().filter_map(|p| whole(p.n, p.share)).max();
        all.is_some_and(|n| n < FEW)
    }

    /// Whether too many destinations are unknown, of those that we could have served.
    fn too_unknown(&self) -> bool {
        let asked = 1.0 - self.share("not_offered") - self.share("same_provider");
        self.share("unknown_destination") > UNKNOWN * asked + 1e-9
    }
}

/// What the chart shows: the specialties in their order, and the row `all` above them.
struct Shown {
    all: Option<Specialty>,
    rows: Vec<Specialty>,
    ranked: bool,
}

fn draw(tables: &Tables, frame: &Frame) -> Result<Drawing> {
    let Some(table) = tables.rows(TABLE, "quarter", &frame.quarter.to_string())? else {
        return Ok(missing(frame));
    };
    let shown = order(specialties(&table)?);
    let mut sheet = Sheet::new(CHART.name, frame, heading(frame, &shown), CHART.internal);
    picture(&mut sheet, &shown)?;
    Ok(sheet.finish())
}

fn missing(frame: &Frame) -> Drawing {
    let quarter = frame.quarter.for_people();
    let subtitle = format!("What became of aligned referrers’ referrals, share of all, {quarter}");
    let alt =
        "Empty bar chart of what became of referrals: no order of an aligned referrer is known.";
    let heading = Heading::missing("No referrals to follow yet", subtitle, TABLE, alt);
    let sentence = format!(
        "No referral of an aligned referrer is known for {quarter}. An export of the orders that our own \
         providers place, with status and dates, brings this chart."
    );
    Sheet::missing(CHART.name, frame, heading, CHART.internal, &sentence)
}

fn specialties(table: &Table) -> Result<Vec<Specialty>> {
    let mut out: Vec<Specialty> = Vec::new();
    for row in records(table) {
        let name = row.text("specialty")?;
        let part = part(row)?;
        match out.iter_mut().find(|specialty| specialty.name == name) {
            Some(specialty) => specialty.parts.push(part),
            None => out.push(Specialty {
                name,
                parts: vec![part],
            }),
        }
    }
    let place = |part: &Part| CLASSES.iter().position(|class| *class == part.class);
    for specialty in &mut out {
        specialty
            .parts
            .sort_by_key(|part| place(part).unwrap_or(CLASSES.len()));
    }
    Ok(out)
}

fn part(row: Record<'_>) -> Result<Part> {
    Ok(Part {
        class: row.text("class")?,
        n: row.int("n")?,
        share: row.real("share")?,
    })
}

fn order(rows: Vec<Specialty>) -> Shown {
    let (all, mut rows): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.name == "all");
    let all = all.into_iter().next();
    let ranked = !all.as_ref().is_some_and(Specialty::too_unknown);
    rows.sort_by(|a, b| {
        let most = b.share(LEFT).total_cmp(&a.share(LEFT));
        let most = if ranked && !a.few() {
            most
        } else {
            a.name.cmp(&b.name)
        };
        (ranked && a.few())
            .cmp(&(ranked && b.few()))
            .then(most)
            .then_with(|| a.name.cmp(&b.name))
    });
    Shown { all, rows, ranked }
}

fn heading(frame: &Frame, shown: &Shown) -> Heading {
    let titles = titles(shown);
    let mut footer = vec![
        "All counted consults and procedures of aligned referrers; each stands in the first class that fits."
            .to_string(),
    ];
    let unknown = shown.all.as_ref().and_then(|a| a.n("unknown_destination"));
    if let Some(n) = unknown.filter(|n| *n > 0) {
        let n = units::count(n);
        footer.push(format!("{n} have an unknown destination (hatched)."));
    }
    let every = || shown.all.iter().chain(&shown.rows);
    if every().any(Specialty::few) {
        footer.push(format!("Hollow: fewer than {FEW} referrals."));
    }
    let first = every().next();
    let rate = |class: &str| first.and_then(|row| row.part(class)?.share);
    let said =
        |class: &str| rate(class).map(|r| format!(" {}: {}.", vocabulary::class(class), share(r)));
    let extremes: String = [LEFT, "kept_completed"]
        .into_iter()
        .filter_map(said)
        .collect();
    let order = if shown.ranked {
        "most sent outside first"
    } else {
        "by name"
    };
    Heading {
        alt: format!(
            "100\u{202f}% bar chart of what became of aligned referrers’ referrals by specialty, {}. {}.{extremes}",
            frame.quarter,
            titles.first().map_or("", |t| t),
        ),
        titles,
        subtitle: format!(
            "What became of aligned referrers’ referrals by specialty, share of all, %, {}, {order}",
            frame.quarter.for_people()
        ),
        footer,
    }
}

fn titles(shown: &Shown) -> Vec<String> {
    let most = || shown.rows.iter().max_by_key(|row| row.n(LEFT));
    let Some(row) = shown.all.as_ref().or_else(most) else {
        return vec!["No referral is known".to_string()];
    };
    let of = if row.name == "all" {
        String::new()
    } else {
        format!("{} ", row.name)
    };
    let Some(left) = row.n(LEFT) else {
        return vec!["The number of referrals sent outside is withheld".to_string()];
    };
    let (count, noun, were) = match left {
        1 => ("1".to_string(), "referral", "was"),
        _ => (units::count(left), "referrals", "were"),
    };
    let short = format!("{count} {noun} {were} sent outside");
    let title = format!("{count} {of}{noun} {were} sent outside");
    let unknown = row.n("unknown_destination").filter(|_| row.too_unknown());
    let more = match (unknown, row.n("kept_completed")) {
        (Some(n), _) => Some(format!(
            "{} more have no known destination",
            units::count(n)
        )),
        (None, Some(n)) => Some(format!("{} are completed with us so far", units::count(n))),
        _ => None,
    };
    let long = more.map(|more| format!("{title}; {more}"));
    long.into_iter().chain([title, short]).collect()
}

/// The columns of a line: name, bar, how many were sent outside.
struct Columns {
    name: Rect,
    plot: Rect,
    left: Rect,
}

/// The room between the row `all` and the specialties.
const BREAK: f64 = 30.0;

fn picture(sheet: &mut Sheet, shown: &Shown) -> Result<()> {
    let area = sheet.area();
    let half = sheet.is_half();
    let parts = if half {
        [480.0, 900.0, 200.0]
    } else {
        [760.0, 2420.0, 300.0]
    };
    let [name, plot, left] = columns(area, if half { 40.0 } else { 60.0 }, parts);
    let columns = Columns { name, plot, left };
    let heads = [
        (name, Anchor::Start, "Specialty"),
        (plot, Anchor::Start, "Share of referrals"),
        (left, Anchor::End, "Sent outside"),
    ];
    let top = sheet.heads(area, &heads) + 20.0;
    let first = shown.all.as_ref().or(shown.rows.first());
    let scale = columns
        .plot
        .across(columns.plot.x0 + 4.0, columns.plot.x1 - 44.0);
    let names = callouts(sheet, first, scale);
    let callouts = Callouts::fit(names, area.x0, area.x1);
    let sums = usize::from(shown.all.is_some());
    let gap = if shown.all.is_some() { BREAK } else { 0.0 };
    let wanted = shown.rows.len() + sums;
    let bottom = area.y1 - LABEL * 1.5 - gap;
    let rows = Rows::fit(top + callouts.height(), bottom, wanted, 66.0, 108.0);
    let kept = rows.count.saturating_sub(sums);
    sheet.further(
        shown.rows.len() - kept,
        ("further specialty", "further specialties"),
        TABLE,
    );
    let at = scale.down(rows.top, rows.bottom() + gap + 6.0);
    let plot = sheet.plot(at, (0.0, 1.0), (at.height(), 0.0));
    let ticks = if half {
        vec![0.0, 0.5, 1.0]
    } else {
        vec![0.0, 0.25, 0.5, 0.75, 1.0]
    };
    sheet.grid_across(&plot, at, &ticks, |t, _| units::percent(t, 0));
    let thick = (rows.pitch * 0.36).min(34.0);
    callouts.write(sheet, rows.middle(0) - thick);
    let drawn = shown.all.iter().chain(shown.rows.iter().take(kept));
    for (place, row) in drawn.enumerate() {
        let middle = rows.middle(place) + if place >= sums { gap } else { 0.0 };
        line(sheet, &plot, &columns, row, (middle, thick))?;
    }
    Ok(())
}

/// The names of the classes above the first bar.
fn callouts(sheet: &Sheet, first: Option<&Specialty>, at: Rect) -> Vec<Callout> {
    let mut from = 0.0;
    let mut out = Vec::new();
    let parts = first.iter().flat_map(|row| &row.parts);
    for (part, share) in parts.filter_map(|part| Some((part, part.share?))) {
        if share > 0.0 {
            out.push(Callout {
                x: at.x0 + at.width() * (from + share / 2.0),
                name: vocabulary::class(&part.class),
                colour: ink(&part.class, &sheet.palette).name(sheet),
            });
        }
        from += share;
    }
    out
}

/// Ours in blue, gone in orange, unknown hatched, the rest grey.
fn ink(class: &str, palette: &Palette) -> Ink {
    match class {
        "kept_completed" => Ink::Full(palette.ours),
        "kept_pending" => Ink::Full(palette.ours_middle),
        "kept_not_done" => Ink::Pale(palette.ours_pale, palette.ours_middle),
        "declined_by_us" => Ink::Full(palette.second),
        "left_redirected" => Ink::Pale(palette.highlight_pale, palette.highlight),
        "left_directed" => Ink::Full(palette.highlight),
        "unknown_destination" => Ink::Hatch(palette.bars),
        _ => Ink::Pale(palette.context, palette.bars),
    }
}

fn line(
    sheet: &Sheet,
    plot: &Plot,
    columns: &Columns,
    row: &Specialty,
    (middle, half): (f64, f64),
) -> Result<()> {
    let sum = row.name == "all";
    let name = if sum { "All specialties" } else { &row.name };
    let words = sheet.words().bold(sum);
    sheet.cell(columns.name, middle, words, name);
    let left = match row.part(LEFT) {
        Some(part) => part.n.map_or("withheld".to_string(), units::count),
        None => "0".to_string(),
    };
    sheet.cell(columns.left, middle, words.from(Anchor::End), &left);
    let bar = columns.plot.down(middle - half, middle + half);
    let (mut from, hollow) = (0.0, row.few());
    let known: f64 = row.parts.iter().filter_map(|part| part.share).sum();
    // Withheld classes come last: together they are the rest of the bar, which is hatched once.
    let (parts, withheld): (Vec<_>, Vec<_>) = row.parts.iter().partition(|p| p.share.is_some());
    for part in parts {
        let share = part.share.unwrap_or(0.0);
        let (x0, x1) = (plot.at(from, 0.0).0, plot.at(from + share, 0.0).0);
        let value = units::percent(share, 0);
        sheet.mark(&mark(row, part, name).as_mark(), || {
            if share > 0.0 {
                let ink = ink(&part.class, &sheet.palette);
                sheet.portion(bar.across(x0, x1), ink, hollow, &value);
            }
            Ok(())
        })?;
        from += share;
    }
    for (place, part) in withheld.into_iter().enumerate() {
        let rest = bar.across(plot.at(known.min(1.0), 0.0).0, plot.at(1.0, 0.0).0);
        sheet.mark(&mark(row, part, name).as_mark(), || {
            if place == 0 && rest.width() > 340.0 {
                sheet.hatch(rest.across(rest.x0 + 8.0, rest.x1), middle, "withheld");
            } else if place == 0 {
                sheet.rect(rest, Paint::Hatch(sheet.palette.second));
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// What a part's mark says.
struct Said {
    key: String,
    value: Option<f64>,
    title: String,
}

impl Said {
    fn as_mark(&self) -> Mark<'_> {
        Mark {
            table: TABLE,
            key: &self.key,
            column: "share",
            value: self.value,
            title: self.title.clone(),
        }
    }
}

fn mark(row: &Specialty, part: &Part, name: &str) -> Said {
    let written = match (part.share, part.n) {
        (Some(rate), Some(n)) => format!("{} ({})", share(rate), units::count(n)),
        (Some(rate), None) => share(rate),
        _ => "withheld".to_string(),
    };
    Said {
        key: format!("{}|{}", row.name, part.class),
        value: part.share,
        title: format!(
            "{name}, {}: {written}",
            vocabulary::within(&vocabulary::class(&part.class))
        ),
    }
}
