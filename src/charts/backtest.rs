//! `backtest`: are forecasts right? What was forecast, bin by bin, beside what came: on the diagonal
//! both are the same.

use std::collections::BTreeSet;

use catchment_base::{Quarter, Result, Table, units};

use crate::canvas::axes::ticks;
use crate::canvas::frame::{Drawing, Frame, Heading};
use crate::canvas::plot::{Fill, Plot};
use crate::canvas::record::{Record, records};
use crate::canvas::rows::{Rows, columns};
use crate::canvas::sheet::{Anchor, Mark, Paint, Rect, Sheet};
use crate::canvas::theme::LABEL;
use crate::canvas::words::{self, FEW, Interval, counted, estimate, share};
use crate::catalogue::{Chart, Tables};

/// The catalogue's entry.
pub(crate) const CHART: Chart = Chart {
    name: "backtest",
    question: "Are forecasts right?",
    reads: &["backtest"],
    internal: false,
    draw,
};

const TABLE: &str = "backtest";

/// The forecasts of all quarters together.
const ALL: &str = "all";

/// The rule whose forecasts are chances; the others say yes or no.
const RULE: &str = "catchment";

/// One bin of forecasts made at the end of a quarter.
struct Bin {
    as_of: String,
    bin: String,
    n: Option<i64>,
    predicted: Option<f64>,
    observed: Option<f64>,
    interval: Interval,
    as_known: bool,
}

impl Bin {
    fn hollow(&self) -> bool {
        !self.as_known || self.n.is_some_and(|n| n < FEW)
    }
}

fn draw(tables: &Tables, frame: &Frame) -> Result<Drawing> {
    let Some(table) = tables.rows(TABLE, "rule", RULE)? else {
        return Ok(missing(frame));
    };
    let all = bins(&table)?;
    // All forecasts together where the table has them, else those of the last quarter.
    let quarters: BTreeSet<String> = all.iter().map(|bin| bin.as_of.clone()).collect();
    let together = quarters.contains(ALL);
    let last = match together {
        true => ALL.to_string(),
        false => quarters.last().cloned().unwrap_or_default(),
    };
    let (shown, mut before): (Vec<_>, Vec<_>) = all.into_iter().partition(|bin| bin.as_of == last);
    if together {
        // They are shown already, as parts.
        before.clear();
    }
    let made = made_on(&quarters, together);
    if shown.is_empty() {
        return Ok(missing(frame));
    }
    let heading = heading(frame, &shown, &made);
    let mut sheet = Sheet::new(CHART.name, frame, heading, CHART.internal);
    sheet.further(
        before.len(),
        ("bin of an earlier forecast", "bins of earlier forecasts"),
        TABLE,
    );
    picture(&mut sheet, &shown)?;
    Ok(sheet.finish())
}

fn missing(frame: &Frame) -> Drawing {
    let subtitle = format!(
        "Share of referrers who lapsed, by the chance forecast, up to {}",
        frame.quarter.for_people()
    );
    let alt = "Empty calibration chart: no forecast is old enough to be judged.";
    let heading = Heading::missing("No forecast can be judged yet", subtitle, TABLE, alt);
    let sentence = "A forecast is judged by what came after it. An export of incoming referrals over twelve \
                    quarters brings this chart.";
    Sheet::missing(CHART.name, frame, heading, CHART.internal, sentence)
}

fn bins(table: &Table) -> Result<Vec<Bin>> {
    let bin = |row: Record<'_>| {
        Ok(Bin {
            as_of: row.text("as_of_quarter")?,
            bin: match row.text("bin") {
                Ok(text) => text,
                Err(error) => row.int("bin")?.map(|bin| bin.to_string()).ok_or(error)?,
            },
            n: row.int("n")?,
            predicted: row.real("predicted")?,
            observed: row.real("observed")?,
            interval: row.interval("observed")?,
            as_known: row.flag("as_known")?.unwrap_or(true),
        })
    };
    let mut bins: Vec<Bin> = records(table).map(bin).collect::<Result<_>>()?;
    // The row of all bins is no point, and an empty bin has nothing to show.
    bins.retain(|bin| bin.bin != "all" && bin.n != Some(0));
    bins.sort_by(|a, b| {
        let of = |bin: &Bin| bin.predicted.unwrap_or(2.0);
        of(a).total_cmp(&of(b)).then_with(|| a.bin.cmp(&b.bin))
    });
    Ok(bins)
}

/// A quarter as people write it, or the text where it is none.
fn quarter(text: &str) -> String {
    text.parse::<Quarter>()
        .map_or_else(|_| text.to_string(), words::quarter)
}

/// The bin that the title speaks of: the highest chance among those that are not too small.
fn told(shown: &[Bin]) -> Option<&Bin> {
    let known = || {
        shown
            .iter()
            .filter(|b| b.predicted.is_some() && b.observed.is_some())
    };
    known().rfind(|bin| !bin.hollow()).or(known().next_back())
}

/// Whether the forecast lies in the interval of what came.
fn holds(bin: &Bin) -> Option<bool> {
    let (predicted, (low, high)) = bin.predicted.zip(bin.interval)?;
    Some(low <= predicted && predicted <= high)
}

/// When the forecasts were made.
fn made_on(quarters: &BTreeSet<String>, together: bool) -> String {
    let plain: Vec<&String> = quarters.iter().filter(|text| *text != ALL).collect();
    let (Some(first), Some(last)) = (plain.first(), plain.last()) else {
        return "at the ends of past quarters".to_string();
    };
    match together && plain.len() > 1 {
        true => format!(
            "at the ends of {}, {} to {}",
            counted(plain.len(), "quarter", "quarters"),
            quarter(first),
            quarter(last)
        ),
        false => format!("at the end of {}", quarter(last)),
    }
}

fn heading(frame: &Frame, shown: &[Bin], made: &str) -> Heading {
    let titles = titles(shown);
    let judged = shown.iter().filter_map(holds).count();
    let held = shown
        .iter()
        .filter_map(holds)
        .filter(|holds| *holds)
        .count();
    let all: i64 = shown.iter().filter_map(|bin| bin.n).sum();
    let mut footer = vec![
        "Diagonal: forecast and outcome agree. Lines: 95\u{202f}% intervals; area of a dot: referrers.".to_string(),
    ];
    if judged > 0 {
        footer.push(format!(
            "{} of {} hold the diagonal.",
            units::count(held as i64),
            counted(judged, "interval", "intervals")
        ));
    }
    if all > 0 {
        footer.push(format!(
            "{} in all.",
            counted(all as usize, "referrer", "referrers")
        ));
    }
    if shown.iter().any(Bin::hollow) {
        let few = format!(
            "Hollow: fewer than {FEW} referrers, or over 20\u{202f}% of the rows reconstructed."
        );
        footer.push(few);
    }
    Heading {
        alt: format!(
            "Calibration chart of the chance that nothing comes in the two quarters after, as forecast {made}, \
             beside the share of whom nothing came. {}. {held} of {judged} intervals hold the diagonal.",
            titles.first().map_or("", |title| title),
        ),
        titles,
        subtitle: format!(
            "Share of referrers of whom nothing came in the two quarters after, %, by the chance forecast {made}, \
             as known in {}",
            frame.quarter.for_people()
        ),
        footer,
    }
}

fn titles(shown: &[Bin]) -> Vec<String> {
    let found = told(shown).and_then(|bin| bin.predicted.zip(bin.observed));
    let Some((predicted, observed)) = found else {
        return vec!["How forecasts fared is withheld".to_string()];
    };
    vec![format!(
        "Of those given {}, {} lapsed",
        share(predicted),
        share(observed)
    )]
}

fn picture(sheet: &mut Sheet, shown: &[Bin]) -> Result<()> {
    let area = sheet.area();
    let (chart, list) = if sheet.is_half() {
        let middle = area.y0 + area.height() * 0.58;
        (
            area.down(area.y0, middle - 30.0),
            area.down(middle, area.y1),
        )
    } else {
        let [chart, list] = columns(area, 120.0, [2000.0, 1480.0]);
        (chart, list)
    };
    let at = chart
        .across(chart.x0 + 170.0, chart.x1 - 40.0)
        .down(chart.y0 + LABEL * 1.2, chart.y1 - LABEL * 3.0);
    let steps = ticks(0.0, 1.0, 5);
    let plot = sheet.plot(at, (0.0, 1.0), (0.0, 1.0));
    sheet.grid_up(&plot, at, &steps, |tick, _| units::percent(tick, 0));
    // Both scales begin at one zero, which is written once.
    let right = steps.get(1..).unwrap_or_default();
    sheet.grid_across(&plot, at, right, |tick, _| units::percent(tick, 0));
    sheet.line(
        (at.x0, at.y0),
        (at.x0, at.y1),
        Paint::Line(sheet.palette.bars, 1.0, 3),
    );
    let (from, to) = (plot.at(0.0, 0.0), plot.at(1.0, 1.0));
    sheet.line(from, to, Paint::Dashes(sheet.palette.bars, 4));
    let words = sheet.quiet();
    sheet.text((chart.x0, chart.y0 + LABEL * 0.4), words, "Lapsed");
    let below = (at.x1, at.y1 + LABEL * 2.6);
    sheet.text(below, words.from(Anchor::End), "Chance forecast");
    let most = shown
        .iter()
        .filter_map(|bin| bin.n)
        .max()
        .unwrap_or(1)
        .max(1);
    let withheld = shown
        .iter()
        .filter(|bin| bin.predicted.is_none() || bin.observed.is_none());
    let mut hidden = withheld.count();
    for bin in shown {
        let first = told(shown).is_some_and(|told| std::ptr::eq(told, bin));
        mark(sheet, (&plot, at), bin, (first, most as f64), &mut hidden)?;
    }
    table(sheet, shown, list);
    Ok(())
}

fn mark(
    sheet: &Sheet,
    (plot, at): (&Plot, Rect),
    bin: &Bin,
    (first, most): (bool, f64),
    hidden: &mut usize,
) -> Result<()> {
    let observed = bin
        .observed
        .map_or("withheld".to_string(), |o| estimate(o, bin.interval));
    let predicted = bin.predicted.map_or("–".to_string(), share);
    let n = bin.n.map_or("–".to_string(), units::count);
    let mark = Mark {
        table: TABLE,
        key: &format!("{}|{RULE}|{}", bin.as_of, bin.bin),
        column: "observed",
        value: bin.predicted.and(bin.observed),
        title: format!("Forecast {predicted}: {observed} of {n} lapsed"),
    };
    sheet.mark(&mark, || {
        let Some((predicted, observed)) = bin.predicted.zip(bin.observed) else {
            // Nobody can say where it stands: hatched squares in a line at the top.
            *hidden = hidden.saturating_sub(1);
            let x = at.x0 + 40.0 + 70.0 * *hidden as f64;
            let square = at.across(x, x + 44.0).down(at.y0 + 20.0, at.y0 + 64.0);
            sheet.rect(square, Paint::Hatch(sheet.palette.bars));
            return Ok(());
        };
        let colour = sheet.tone(first);
        if let Some((low, high)) = bin.interval {
            plot.upright((low, high), predicted, 26, sheet.palette.ink)?;
        }
        let radius = 12.0 + 24.0 * (bin.n.unwrap_or(0).max(0) as f64 / most).sqrt();
        let fill = if bin.hollow() {
            Fill::Hollow
        } else {
            Fill::Solid
        };
        plot.dot((predicted, observed), radius.round() as u32, colour, fill)
    })
}

/// The bins in words, highest chance first.
fn table(sheet: &mut Sheet, shown: &[Bin], at: Rect) {
    let [predicted, observed, n] = columns(at, 40.0, [300.0, 700.0, 300.0]);
    let heads = [
        (predicted, Anchor::End, "Forecast"),
        (observed, Anchor::End, "Lapsed (95\u{202f}% interval)"),
        (n, Anchor::End, "Referrers"),
    ];
    let top = sheet.heads(at, &heads) + 12.0;
    let rows = Rows::fit(top, at.y1, shown.len(), 62.0, 100.0);
    sheet.further(
        shown.len() - rows.count,
        ("further bin", "further bins"),
        TABLE,
    );
    for (row, bin) in shown.iter().rev().take(rows.count).enumerate() {
        let middle = rows.middle(row);
        let first = told(shown).is_some_and(|told| std::ptr::eq(told, bin));
        let words = sheet.named(first).from(Anchor::End);
        let known = |value: Option<f64>| value.map_or("–".to_string(), share);
        sheet.cell(predicted, middle, words, &known(bin.predicted));
        let came = bin
            .observed
            .map_or("withheld".to_string(), |o| estimate(o, bin.interval));
        sheet.cell(observed, middle, words, &came);
        let count = bin.n.map_or("–".to_string(), units::count);
        sheet.cell(n, middle, words, &count);
    }
}
