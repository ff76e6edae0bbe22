//! `cohorts`: do new referrers stay? A heat map: a line for those who began in a quarter, a cell for
//! each quarter since, in shades of the share who still refer.

use std::collections::{BTreeMap, BTreeSet};

use catchment_base::{Quarter, Result, Table, units};

use crate::canvas::frame::{Drawing, Frame, Heading};
use crate::canvas::record::{Record, records};
use crate::canvas::rows::{Rows, columns};
use crate::canvas::sheet::{Anchor, Mark, Paint, Rect, Sheet};
use crate::canvas::theme::{Colour, LABEL};
use crate::canvas::words::{self, FEW, Interval, share};
use crate::catalogue::{Chart, Tables};

/// The catalogue's entry.
pub(crate) const CHART: Chart = Chart {
    name: "cohorts",
    question: "Do new ones stay?",
    reads: &["referrer_cohorts"],
    internal: false,
    draw,
};

const TABLE: &str = "referrer_cohorts";

/// So many quarters since the first: on a whole slide, and on half of one.
const MOST: (i64, i64) = (12, 6);

/// One cell.
struct Cell {
    began: String,
    since: i64,
    n: Option<i64>,
    active: Option<i64>,
    share: Option<f64>,
    interval: Interval,
}

impl Cell {
    fn hollow(&self) -> bool {
        self.n.is_some_and(|n| n < FEW)
    }
}

fn draw(tables: &Tables, frame: &Frame) -> Result<Drawing> {
    let Some(table) = tables.get(TABLE).filter(|table| table.rows() > 0) else {
        return Ok(missing(frame));
    };
    let all = cells(&table.sorted_by(&["first_quarter", "quarters_since"])?)?;
    if told(&all).is_none() {
        return Ok(missing(frame));
    }
    let mut sheet = Sheet::new(CHART.name, frame, heading(frame, &all), CHART.internal);
    picture(&mut sheet, &all)?;
    Ok(sheet.finish())
}

fn missing(frame: &Frame) -> Drawing {
    let subtitle = format!(
        "Share of new referrers who still refer, by quarter of their first referral, {}",
        frame.quarter.for_people()
    );
    let alt =
        "Empty heat map of new referrers: nobody is known to have begun a quarter ago or earlier.";
    let heading = Heading::missing("No new referrers to follow yet", subtitle, TABLE, alt);
    let sentence = "New is who refers for the first time after four quarters of data without a referral. An \
                    export of incoming referrals over six quarters or more brings this chart.";
    Sheet::missing(CHART.name, frame, heading, CHART.internal, sentence)
}

fn cells(table: &Table) -> Result<Vec<Cell>> {
    let cell = |row: Record<'_>| {
        Ok(Cell {
            began: row.text("first_quarter")?,
            since: row.int("quarters_since")?.unwrap_or(0),
            n: row.int("n")?,
            active: row.int("active")?,
            share: row.real("share")?,
            interval: row.interval("share")?,
        })
    };
    records(table).map(cell).collect()
}

/// A quarter as people write it, or the text where it is none.
fn quarter(text: &str) -> String {
    text.parse::<Quarter>()
        .map_or_else(|_| text.to_string(), words::quarter)
}

/// The cell that the title speaks of: the last of the oldest line that is not too small, or else of
/// the oldest. In their first quarter all refer by definition, so that one tells nothing.
fn told(all: &[Cell]) -> Option<&Cell> {
    let last = |cell: &&Cell| {
        let later = |other: &Cell| other.began == cell.began && other.since > cell.since;
        cell.since > 0 && !all.iter().any(later)
    };
    let ends = || all.iter().filter(last);
    ends().find(|cell| !cell.hollow()).or(ends().next())
}

fn heading(frame: &Frame, all: &[Cell]) -> Heading {
    let titles = titles(all);
    let mut footer = vec![
        "Began: the first referral after four quarters of data without one; active: referred in that quarter."
            .to_string(),
        "Shades: 0\u{202f}% to 100\u{202f}% in steps of 20 points; intervals are in the table.".to_string(),
    ];
    if all.iter().any(|cell| cell.hollow() && cell.share.is_some()) {
        footer.push(format!("Hollow: fewer than {FEW} began."));
    }
    let lines: BTreeSet<&str> = all.iter().map(|cell| cell.began.as_str()).collect();
    let first = lines.first().map_or(String::new(), |q| quarter(q));
    let last = lines.last().map_or(String::new(), |q| quarter(q));
    Heading {
        alt: format!(
            "Heat map of the share of new referrers who still refer, by quarter of their first referral, {first} \
             to {last}. {}.",
            titles.first().map_or("", |title| title),
        ),
        titles,
        subtitle: format!(
            "Share of new external referrers who refer in each quarter since their first, %, as of {}",
            frame.quarter.for_people()
        ),
        footer,
    }
}

fn titles(all: &[Cell]) -> Vec<String> {
    let Some(cell) = told(all) else {
        return vec!["No new referrers to follow yet".to_string()];
    };
    let Some((active, n)) = cell.active.zip(cell.n) else {
        return vec!["How many new referrers stay is withheld".to_string()];
    };
    vec![format!(
        "{} of {} who began in {} still refer",
        units::count(active),
        units::count(n),
        quarter(&cell.began)
    )]
}

fn picture(sheet: &mut Sheet, all: &[Cell]) -> Result<()> {
    let area = sheet.area();
    let half = sheet.is_half();
    let mut lines: BTreeMap<&str, Vec<&Cell>> = BTreeMap::new();
    for cell in all {
        lines.entry(&cell.began).or_default().push(cell);
    }
    let longest = if half { MOST.1 } else { MOST.0 };
    let most = all.iter().map(|cell| cell.since).max().unwrap_or(0);
    let most = most.min(longest);
    let parts = if half {
        [240.0, 220.0, 1160.0]
    } else {
        [400.0, 260.0, 2800.0]
    };
    let [name, n, grid] = columns(area, 40.0, parts);
    let heads = [
        (name, Anchor::Start, "Began in"),
        (n, Anchor::End, "Referrers"),
        (
            grid,
            Anchor::Start,
            "Share who refer, by quarters since the first",
        ),
    ];
    let top = sheet.heads(area, &heads) + LABEL * 1.5;
    let rows = Rows::fit(top, area.y1, lines.len(), 66.0, 120.0);
    // The newest have the least to tell.
    sheet.further(
        lines.len() - rows.count,
        ("further quarter", "further quarters"),
        TABLE,
    );
    let beyond = all.iter().filter(|cell| cell.since > most).count();
    sheet.further(beyond, ("later cell", "later cells"), TABLE);
    let wide = (grid.width() / (most + 1) as f64).min(300.0);
    let at = |since: i64| {
        let x = grid.x0 + wide * since as f64;
        grid.across(x + 3.0, x + wide - 3.0)
    };
    for since in 0..=most {
        let words = sheet.quiet().from(Anchor::Middle);
        sheet.cell(at(since), top - LABEL * 0.7, words, &since.to_string());
    }
    for (row, (began, cells)) in lines.iter().take(rows.count).enumerate() {
        let middle = rows.middle(row);
        sheet.cell(name, middle, sheet.words(), &quarter(began));
        let count = cells.iter().find_map(|cell| cell.n);
        let count = count.map_or("–".to_string(), units::count);
        sheet.cell(n, middle, sheet.words().from(Anchor::End), &count);
        for cell in cells.iter().filter(|cell| cell.since <= most) {
            let half = rows.pitch / 2.0 - 3.0;
            let block = at(cell.since).down(middle - half, middle + half);
            mark(sheet, cell, block)?;
        }
    }
    Ok(())
}

fn shade(sheet: &Sheet, share: f64) -> Colour {
    let shades = sheet.palette.sequential;
    let step = ((share * shades.len() as f64) as usize).min(shades.len() - 1);
    shades.get(step).copied().unwrap_or(sheet.palette.bars)
}

/// Ink, or white or black where they stand out more.
fn readable(ground: Colour, ink: Colour) -> Colour {
    let all = [ink, Colour(0xFF, 0xFF, 0xFF), Colour(0x14, 0x19, 0x1F)];
    let enough = |text: &Colour| ground.contrast(*text) >= 4.5;
    all.into_iter().find(enough).unwrap_or(ink)
}

fn mark(sheet: &Sheet, cell: &Cell, at: Rect) -> Result<()> {
    let known = |value: Option<i64>| value.map_or("–".to_string(), units::count);
    let ends = cell
        .interval
        .map(|ends| format!(" ({})", words::interval(ends, share)));
    let mark = Mark {
        table: TABLE,
        key: &format!("{}|{}", cell.began, cell.since),
        column: "share",
        value: cell.share,
        title: format!(
            "{}, {} quarters since: {} of {}{}",
            quarter(&cell.began),
            cell.since,
            known(cell.active),
            known(cell.n),
            ends.unwrap_or_default()
        ),
    };
    sheet.mark(&mark, || {
        let palette = &sheet.palette;
        let Some(value) = cell.share else {
            sheet.rect(at, Paint::Hatch(palette.bars));
            return Ok(());
        };
        let colour = shade(sheet, value);
        let fill = if cell.hollow() { palette.paper } else { colour };
        let text = readable(fill, palette.ink);
        sheet.rect(at, Paint::Fill(fill, 1.0));
        if cell.hollow() {
            sheet.rect(at, Paint::Line(palette.bars, 1.0, 4));
        }
        let words = sheet.words().tinted(text).from(Anchor::Middle);
        let written = units::percent(value, 0);
        sheet.cell(at, (at.y0 + at.y1) / 2.0, words, &written);
        Ok(())
    })
}
