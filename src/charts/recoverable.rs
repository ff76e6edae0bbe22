//! `recoverable`: what could stay? A bar of the leaked referrals of each specialty, of which those
//! that are addressable and those that could have stayed start at the same end.

use catchment_base::{Result, Table, units};

use crate::canvas::axes::ticks;
use crate::canvas::callouts::{Callout, Callouts};
use crate::canvas::frame::{Drawing, Frame, Heading};
use crate::canvas::plot::Plot;
use crate::canvas::record::{Record, records};
use crate::canvas::rows::{Rows, columns};
use crate::canvas::sheet::{Anchor, Mark, Rect, Sheet};
use crate::canvas::stacks::Ink;
use crate::canvas::theme::LABEL;
use crate::canvas::words::FEW;
use crate::catalogue::{Chart, Tables};

/// The catalogue's entry.
pub(crate) const CHART: Chart = Chart {
    name: "recoverable",
    question: "What could stay?",
    reads: &[TABLE],
    internal: false,
    draw,
};

const TABLE: &str = "leakage_by_specialty";

/// One specialty of the quarter, or the row `all`.
struct Specialty {
    name: String,
    n: Option<i64>,
    leaked: Option<i64>,
    addressable: Option<i64>,
    /// Could have stayed, by the column that the chart shows.
    recoverable: Option<i64>,
}

/// What the chart shows: the specialties, most recoverable first, and the row `all` for the title.
struct Shown {
    rows: Vec<Specialty>,
    all: Option<Specialty>,
    column: &'static str,
}

impl Shown {
    /// What is added where payers are unknown.
    fn condition(&self) -> &'static str {
        if self.column == "recoverable" {
            ""
        } else {
            " if their insurance is taken"
        }
    }
}

fn draw(tables: &Tables, frame: &Frame) -> Result<Drawing> {
    let Some(table) = tables.rows(TABLE, "quarter", &frame.quarter.to_string())? else {
        return Ok(missing(frame));
    };
    let Some(column) = column(&table)? else {
        return Ok(missing(frame));
    };
    let shown = order(specialties(&table, column)?, column);
    if shown.rows.is_empty() && shown.all.is_none() {
        return Ok(missing(frame));
    }
    let mut sheet = Sheet::new(CHART.name, frame, heading(frame, &shown), CHART.internal);
    picture(&mut sheet, &shown)?;
    Ok(sheet.finish())
}

/// The column that tells what could have stayed: `recoverable`, or where it is empty everywhere the
/// one that takes every insurance as taken. None where neither was computed.
fn column(table: &Table) -> Result<Option<&'static str>> {
    let known = |column: &'static str| -> Result<bool> {
        let there = table.has(column) && table.ints(column)?.iter().any(Option::is_some);
        Ok(there)
    };
    for column in ["recoverable", "recoverable_if_covered"] {
        if known(column)? {
            return Ok(Some(column));
        }
    }
    // Where the leaked are withheld too it is not for want of slots.
    let withheld = table.has("recoverable") && table.rows() > 0 && !known("leaked")?;
    Ok(withheld.then_some("recoverable"))
}

fn missing(frame: &Frame) -> Drawing {
    let quarter = frame.quarter.for_people();
    let subtitle = format!("Leaked referrals that could have stayed, by specialty, {quarter}");
    let alt = "Empty bar chart of leaked referrals that could have stayed: no open slot is known.";
    let heading = Heading::missing("No recoverable referrals to show yet", subtitle, TABLE, alt);
    let sentence = format!(
        "For {quarter} leaked referrals can’t be set against open slots. A capacity table (practice, \
         specialty, week, new-patient slots) beside the orders of our own providers brings this chart."
    );
    Sheet::missing(CHART.name, frame, heading, CHART.internal, &sentence)
}

fn specialties(table: &Table, column: &str) -> Result<Vec<Specialty>> {
    let specialty = |row: Record<'_>| {
        Ok(Specialty {
            name: row.text("specialty")?,
            n: row.int("n")?,
            leaked: row.int("leaked")?,
            addressable: row.int("addressable")?,
            recoverable: row.int(column)?,
        })
    };
    records(table).map(specialty).collect()
}

fn order(rows: Vec<Specialty>, column: &'static str) -> Shown {
    let (all, mut rows): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.name == "all");
    // Where nothing leaked nothing could have stayed.
    rows.retain(|row| row.leaked != Some(0));
    rows.sort_by(|a, b| {
        let most = b
            .recoverable
            .cmp(&a.recoverable)
            .then(b.leaked.cmp(&a.leaked));
        most.then_with(|| a.name.cmp(&b.name))
    });
    Shown {
        rows,
        all: all.into_iter().next(),
        column,
    }
}

fn heading(frame: &Frame, shown: &Shown) -> Heading {
    let titles = titles(shown);
    let mut footer = vec![
        "Recoverable: addressable, and an open slot of that week inside, of the specialty and age group and \
         within reach, each slot used once."
            .to_string(),
    ];
    if !shown.condition().is_empty() {
        footer.push("Which insurance our providers take is not known.".to_string());
    }
    if shown.rows.iter().any(|row| row.n.is_some_and(|n| n < FEW)) {
        footer.push(format!("Hollow: of fewer than {FEW} eligible referrals."));
    }
    let least = shown
        .rows
        .iter()
        .rev()
        .find(|row| row.recoverable.is_some());
    let least = least.filter(|_| shown.rows.len() > 1).map(|row| {
        format!(
            " Least: {}, {}.",
            row.name,
            row.recoverable.map_or(String::new(), units::count)
        )
    });
    Heading {
        alt: format!(
            "Stacked bar chart of leaked referrals by specialty, those recoverable first, {}. {}.{}",
            frame.quarter,
            titles.first().map_or("", |t| t),
            least.unwrap_or_default(),
        ),
        titles,
        subtitle: format!(
            "Leaked referrals of aligned referrers that could have stayed{}, by specialty, {}",
            shown.condition(),
            frame.quarter.for_people()
        ),
        footer,
    }
}

fn titles(shown: &Shown) -> Vec<String> {
    let condition = shown.condition();
    let first = shown.all.as_ref().or(shown.rows.first());
    let known = first.and_then(|row| Some((row, row.recoverable?, row.leaked?)));
    let Some((row, recoverable, leaked)) = known else {
        return vec!["The number of referrals that could have stayed is withheld".to_string()];
    };
    let of = if row.name == "all" {
        "leaked"
    } else {
        &row.name
    };
    let (one, all) = (units::count(recoverable), units::count(leaked));
    vec![
        format!("{one} of {all} {of} referrals could have stayed{condition}"),
        format!("{one} of {all} referrals could have stayed{condition}"),
    ]
}

/// The columns of a line: name, bars, how many of how many.
struct Columns {
    name: Rect,
    plot: Rect,
    of: Rect,
}

fn picture(sheet: &mut Sheet, shown: &Shown) -> Result<()> {
    let area = sheet.area();
    let half = sheet.is_half();
    let parts = if half {
        [520.0, 740.0, 320.0]
    } else {
        [760.0, 2280.0, 440.0]
    };
    let [name, plot, of] = columns(area, if half { 40.0 } else { 60.0 }, parts);
    let columns = Columns { name, plot, of };
    let heads = [
        (name, Anchor::Start, "Specialty"),
        (plot, Anchor::Start, "Leaked referrals"),
        (of, Anchor::End, "Recoverable of leaked"),
    ];
    let top = sheet.heads(area, &heads) + 20.0;
    let longest = shown.rows.iter().filter_map(|row| row.leaked).max();
    let ticks = ticks(
        0.0,
        longest.unwrap_or(1).max(1) as f64,
        if half { 3 } else { 5 },
    );
    let scale = (0.0, ticks.last().copied().unwrap_or(1.0));
    let across = columns
        .plot
        .across(columns.plot.x0 + 4.0, columns.plot.x1 - 44.0);
    let names = callouts(sheet, shown, across, scale.1);
    let callouts = Callouts::fit(names, area.x0, area.x1);
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
        line(
            sheet,
            &plot,
            &columns,
            shown.column,
            row,
            (rows.middle(place), thick),
        )?;
    }
    Ok(())
}

/// The names of the three parts, above the first bar.
fn callouts(sheet: &Sheet, shown: &Shown, at: Rect, most: f64) -> Vec<Callout> {
    let known = |row: &Specialty| Some((row.recoverable?, row.addressable?, row.leaked?));
    let Some((recoverable, addressable, leaked)) = shown.rows.first().and_then(known) else {
        return Vec::new();
    };
    let palette = &sheet.palette;
    let parts = [
        (
            0,
            recoverable,
            format!("Could have stayed{}", shown.condition()),
            palette.highlight,
        ),
        (
            recoverable,
            addressable,
            "Addressable, no slot".to_string(),
            palette.under,
        ),
        (
            addressable,
            leaked,
            "Not addressable".to_string(),
            palette.second,
        ),
    ];
    let drawn = parts.into_iter().filter(|(from, to, _, _)| to > from);
    drawn
        .map(|(from, to, name, colour)| Callout {
            x: at.x0 + at.width() * (from + to) as f64 / 2.0 / most,
            name,
            colour,
        })
        .collect()
}

fn line(
    sheet: &Sheet,
    plot: &Plot,
    columns: &Columns,
    column: &str,
    row: &Specialty,
    (middle, half): (f64, f64),
) -> Result<()> {
    sheet.cell(columns.name, middle, sheet.words(), &row.name);
    let written = |n: Option<i64>| n.map_or("withheld".to_string(), units::count);
    let of = match (row.recoverable, row.leaked) {
        (None, None) => "withheld".to_string(),
        (recoverable, leaked) => format!("{} of {}", written(recoverable), written(leaked)),
    };
    sheet.cell(columns.of, middle, sheet.words().from(Anchor::End), &of);
    let mark = Mark {
        table: TABLE,
        key: &row.name,
        column,
        value: row.recoverable.map(|n| n as f64),
        title: format!(
            "{}: {} recoverable, {} addressable, {} leaked",
            row.name,
            written(row.recoverable),
            written(row.addressable),
            written(row.leaked)
        ),
    };
    let at = columns.plot.down(middle - half, middle + half);
    sheet.mark(&mark, || bar(sheet, plot, at, row))
}

/// The three bars over each other: the longer ones lie below, so that each ends at its own value.
fn bar(sheet: &Sheet, plot: &Plot, at: Rect, row: &Specialty) -> Result<()> {
    let hollow = row.n.is_some_and(|n| n < FEW);
    let zero = plot.at(0.0, 0.0).0;
    let end = |n: i64| plot.at(n as f64, 0.0).0;
    let palette = &sheet.palette;
    let parts = [
        (
            "leaked",
            row.leaked,
            Ink::Pale(palette.context, palette.bars),
        ),
        ("addressable", row.addressable, Ink::Full(palette.under)),
    ];
    for (column, n, ink) in parts {
        let Some(n) = n.filter(|n| *n > 0) else {
            continue;
        };
        sheet.part(column, n as f64, || {
            sheet.portion(at.across(zero, end(n)), ink, hollow, "");
            Ok(())
        })?;
    }
    match row.recoverable {
        Some(n) => {
            let (to, ink) = (at.across(zero, end(n)), Ink::Full(palette.highlight));
            sheet.portion(to, ink, hollow, &units::count(n));
        }
        None => {
            let beyond = row.leaked.or(row.addressable).map_or(zero, end);
            sheet.hatch(
                at.across(beyond + 8.0, at.x1),
                (at.y0 + at.y1) / 2.0,
                "withheld",
            );
        }
    }
    Ok(())
}
