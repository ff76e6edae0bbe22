//! `refusals`: how many do we turn away? A bar for each specialty, most first: declined, expired,
//! and still without an appointment after 14 days.

use catchment_base::{Result, Table, units};

use crate::canvas::axes::ticks;
use crate::canvas::callouts::{Callout, Callouts};
use crate::canvas::frame::{Drawing, Frame, Heading};
use crate::canvas::plot::Plot;
use crate::canvas::record::{Record, records};
use crate::canvas::rows::{Rows, columns};
use crate::canvas::sheet::{Anchor, Mark, Rect, Sheet};
use crate::canvas::stacks::Ink;
use crate::canvas::theme::{LABEL, Palette};
use crate::canvas::vocabulary;
use crate::canvas::words::counted;
use crate::catalogue::{Chart, Tables};

/// The catalogue's entry.
pub(crate) const CHART: Chart = Chart {
    name: "refusals",
    question: "How many do we turn away?",
    reads: &[TABLE],
    internal: false,
    draw,
};

const TABLE: &str = "our_refusals";

/// The parts of a bar: the columns, and how they are called.
const PARTS: [(&str, &str); 3] = [
    ("declined", "Declined"),
    ("expired", "Expired"),
    ("unscheduled_after_14_days", "No appointment after 14 days"),
];

/// The text of a key that stands for all of its kind.
const ALL: &str = "all";

/// A row of the table.
struct Row {
    specialty: String,
    practice: String,
    reason: String,
    refused: Refused,
}

/// Referrals turned away: all, and the three parts; `None` where they are withheld.
#[derive(Debug, Clone, Copy)]
struct Refused {
    n: Option<i64>,
    parts: [Option<i64>; 3],
    /// Whether the table has no row for them, so that single rows stand side by side. No sentence
    /// says a number that is in no row.
    added: bool,
}

/// What the chart shows.
struct Shown {
    rows: Vec<(String, Refused)>,
    all: Option<Refused>,
    /// The stated reason that comes first.
    reason: Option<String>,
}

fn draw(tables: &Tables, frame: &Frame) -> Result<Drawing> {
    let Some(table) = tables.rows(TABLE, "quarter", &frame.quarter.to_string())? else {
        return Ok(missing(frame));
    };
    let shown = order(&rows(&table)?);
    if shown.rows.is_empty() && shown.all.is_none() {
        return Ok(missing(frame));
    }
    let mut sheet = Sheet::new(CHART.name, frame, heading(frame, &shown), CHART.internal);
    picture(&mut sheet, &shown)?;
    Ok(sheet.finish())
}

fn missing(frame: &Frame) -> Drawing {
    let quarter = frame.quarter.for_people();
    let subtitle = format!("Referrals to us that we turned away, by specialty, {quarter}");
    let alt = "Empty bar chart of referrals that we turned away: none is known.";
    let heading = Heading::missing("No refusals to show yet", subtitle, TABLE, alt);
    let sentence = format!(
        "No referral to us is known for {quarter} that was declined, expired or is without an appointment \
         after 14 days. An export of the referrals that come in, with status and dates, brings this chart."
    );
    Sheet::missing(CHART.name, frame, heading, CHART.internal, &sentence)
}

fn rows(table: &Table) -> Result<Vec<Row>> {
    let row = |row: Record<'_>| {
        let [declined, expired, unscheduled] = PARTS.map(|(column, _)| row.int(column));
        Ok(Row {
            specialty: row.text("specialty")?,
            practice: row.text("receiving_practice_id")?,
            reason: row.text("reason")?,
            refused: Refused {
                n: row.int("n")?,
                parts: [declined?, expired?, unscheduled?],
                added: false,
            },
        })
    };
    records(table).map(row).collect()
}

/// The referrals of a specialty and a reason, of all where none is named: the table's own row for
/// them, else what its single rows come to, which is withheld where one of them is.
fn refused(rows: &[Row], specialty: Option<&str>, reason: Option<&str>) -> Option<Refused> {
    let is = |key: &str, wanted: Option<&str>| key == wanted.unwrap_or(ALL);
    let whole = |row: &&Row| {
        is(&row.specialty, specialty) && is(&row.reason, reason) && row.practice == ALL
    };
    if let Some(row) = rows.iter().find(whole) {
        return Some(row.refused);
    }
    let single = |row: &&Row| {
        [&row.specialty, &row.practice, &row.reason]
            .iter()
            .all(|key| *key != ALL)
            && specialty.is_none_or(|s| row.specialty == s)
            && reason.is_none_or(|r| row.reason == r)
    };
    let single: Vec<&Refused> = rows.iter().filter(single).map(|row| &row.refused).collect();
    let sum = |of: &dyn Fn(&Refused) -> Option<i64>| single.iter().map(|r| of(r)).sum();
    let part = |at: usize| sum(&|r| r.parts.get(at).copied().flatten());
    (!single.is_empty()).then(|| Refused {
        n: sum(&|r| r.n),
        parts: [part(0), part(1), part(2)],
        added: true,
    })
}

fn order(rows: &[Row]) -> Shown {
    let keys = |of: fn(&Row) -> &String| {
        let mut keys: Vec<&str> = rows.iter().map(|row| of(row).as_str()).collect();
        keys.retain(|key| *key != ALL);
        keys.sort_unstable();
        keys.dedup();
        keys
    };
    let by_specialty = keys(|row| &row.specialty)
        .into_iter()
        .filter_map(|name| Some((name.to_string(), refused(rows, Some(name), None)?)));
    let mut shown: Vec<(String, Refused)> = by_specialty.filter(|(_, r)| r.n != Some(0)).collect();
    shown.sort_by(|a, b| b.1.n.cmp(&a.1.n).then_with(|| a.0.cmp(&b.0)));
    let stated = keys(|row| &row.reason)
        .into_iter()
        .filter(|r| *r != "not_stated");
    let by_reason: Vec<(i64, &str)> = stated
        .filter_map(|reason| Some((refused(rows, None, Some(reason))?.n?, reason)))
        .filter(|(n, _)| *n > 0)
        .collect();
    // Of reasons with one number the first by name comes first.
    let first = by_reason
        .iter()
        .max_by_key(|(n, reason)| (*n, std::cmp::Reverse(*reason)));
    Shown {
        rows: shown,
        all: refused(rows, None, None),
        reason: first.map(|(_, reason)| vocabulary::reason(reason)),
    }
}

fn heading(frame: &Frame, shown: &Shown) -> Heading {
    let titles = titles(shown);
    let mut footer = vec![
        "Referrals to our practices, from inside and outside. No appointment: none is booked 14 days after the referral."
            .to_string(),
    ];
    let written = |n: Option<i64>| n.map_or("withheld".to_string(), units::count);
    let mut parts = String::new();
    if let Some(all) = shown.all.filter(|all| !all.added) {
        let said = PARTS.iter().zip(all.parts);
        let said =
            said.map(|((_, name), n)| format!("{} {}", vocabulary::within(name), written(n)));
        parts = said.collect::<Vec<_>>().join(", ");
        footer.push(format!("All: {parts}."));
    }
    Heading {
        alt: format!(
            "Stacked bar chart of referrals that we turned away, by specialty, {}. {}. {parts}",
            frame.quarter,
            titles.first().map_or("", |t| t),
        ),
        titles,
        subtitle: format!(
            "Referrals to us declined, expired or without an appointment, by specialty, {}, most first",
            frame.quarter.for_people()
        ),
        footer,
    }
}

fn titles(shown: &Shown) -> Vec<String> {
    let Some(n) = shown.all.and_then(|all| all.n) else {
        return vec!["The number of referrals that we turned away is withheld".to_string()];
    };
    let reason = shown.reason.as_deref();
    if shown.all.is_some_and(|all| all.added) {
        let first = |reason| format!("{reason} comes first where we turn referrals away");
        let title = reason.map_or("We turned referrals away".to_string(), first);
        return vec![title];
    }
    let title = format!(
        "We turned away {}",
        counted(n.max(0) as usize, "referral", "referrals")
    );
    let long = reason.map(|r| format!("{title}; {} comes first", vocabulary::within(r)));
    long.into_iter().chain([title]).collect()
}

/// The columns of a line: specialty, bar, how many.
struct Columns {
    name: Rect,
    plot: Rect,
    n: Rect,
}

fn picture(sheet: &mut Sheet, shown: &Shown) -> Result<()> {
    let area = sheet.area();
    let half = sheet.is_half();
    let parts = if half {
        [520.0, 860.0, 200.0]
    } else {
        [760.0, 2420.0, 300.0]
    };
    let [name, plot, n] = columns(area, if half { 40.0 } else { 60.0 }, parts);
    let columns = Columns { name, plot, n };
    let heads = [
        (name, Anchor::Start, "Specialty"),
        (plot, Anchor::Start, "Referrals turned away"),
        (n, Anchor::End, "All"),
    ];
    let top = sheet.heads(area, &heads) + 20.0;
    let longest = shown.rows.iter().filter_map(|(_, refused)| refused.n).max();
    let ticks = ticks(
        0.0,
        longest.unwrap_or(5).max(5) as f64,
        if half { 3 } else { 5 },
    );
    let scale = (0.0, ticks.last().copied().unwrap_or(1.0));
    let across = columns
        .plot
        .across(columns.plot.x0 + 4.0, columns.plot.x1 - 44.0);
    let callouts = Callouts::fit(callouts(sheet, shown, across, scale.1), area.x0, area.x1);
    let bottom = area.y1 - LABEL * 1.5;
    let rows = Rows::fit(
        top + callouts.height(),
        bottom,
        shown.rows.len(),
        66.0,
        108.0,
    );
    sheet.further(
        shown.rows.len() - rows.count,
        ("further specialty", "further specialties"),
        TABLE,
    );
    let at = across.down(rows.top, rows.bottom() + 6.0);
    let plot = sheet.plot(at, scale, (at.height(), 0.0));
    sheet.grid_across(&plot, at, &ticks, units::real);
    let thick = (rows.pitch * 0.34).min(32.0);
    callouts.write(sheet, rows.middle(0) - thick);
    for (place, row) in shown.rows.iter().take(rows.count).enumerate() {
        line(sheet, &plot, &columns, row, (rows.middle(place), thick))?;
    }
    Ok(())
}

/// Declined is highlighted, being our own doing; the others are grey.
fn inks(palette: &Palette) -> [Ink; 3] {
    [
        Ink::Full(palette.highlight),
        Ink::Full(palette.under),
        Ink::Pale(palette.context, palette.bars),
    ]
}

/// The names of the parts above the first bar that has them.
fn callouts(sheet: &Sheet, shown: &Shown, at: Rect, most: f64) -> Vec<Callout> {
    let mut from = 0;
    let mut out = Vec::new();
    let first = shown
        .rows
        .first()
        .map_or([None; 3], |(_, refused)| refused.parts);
    for (((_, name), n), ink) in PARTS.iter().zip(first).zip(inks(&sheet.palette)) {
        let Some(n) = n else {
            return out;
        };
        out.push(Callout {
            x: at.x0 + at.width() * (from as f64 + n as f64 / 2.0) / most,
            name: name.to_string(),
            colour: ink.name(sheet),
        });
        from += n;
    }
    out
}

fn line(
    sheet: &Sheet,
    plot: &Plot,
    columns: &Columns,
    (name, refused): &(String, Refused),
    (middle, half): (f64, f64),
) -> Result<()> {
    sheet.cell(columns.name, middle, sheet.words(), name);
    let written = |n: Option<i64>| n.map_or("withheld".to_string(), units::count);
    let n = written(refused.n);
    sheet.cell(columns.n, middle, sheet.words().from(Anchor::End), &n);
    let said = PARTS.iter().zip(refused.parts);
    let said = said.map(|((_, part), n)| format!("{} {}", vocabulary::within(part), written(n)));
    let mark = Mark {
        table: TABLE,
        key: name,
        column: "n",
        value: refused.n.map(|n| n as f64),
        title: format!("{name}: {n}; {}", said.collect::<Vec<_>>().join(", ")),
    };
    let bar = columns.plot.down(middle - half, middle + half);
    sheet.mark(&mark, || {
        let mut from = 0;
        for (((column, _), n), ink) in PARTS.iter().zip(refused.parts).zip(inks(&sheet.palette)) {
            let Some(n) = n.filter(|n| *n > 0) else {
                continue;
            };
            let (x0, x1) = (
                plot.at(from as f64, 0.0).0,
                plot.at((from + n) as f64, 0.0).0,
            );
            sheet.part(column, n as f64, || {
                sheet.portion(bar.across(x0, x1), ink, false, &units::count(n));
                Ok(())
            })?;
            from += n;
        }
        if refused.n.is_none() || refused.parts.iter().any(Option::is_none) {
            let beyond = plot.at(from as f64, 0.0).0;
            sheet.hatch(bar.across(beyond + 8.0, bar.x1), middle, "withheld");
        }
        Ok(())
    })
}
