//! `payers`: who pays? A bar of 100 % for each payer, filled by its share of the referrals, with the
//! interval and the change on last year.

use catchment_base::{Result, Table, units};

use crate::canvas::bars::{Look, VALUE};
use crate::canvas::frame::{Drawing, Frame, Heading};
use crate::canvas::plot::{Fill, Plot};
use crate::canvas::record::{Record, records};
use crate::canvas::rows::{Rows, columns};
use crate::canvas::sheet::{Anchor, Mark, Paint, Rect, Sheet};
use crate::canvas::theme::LABEL;
use crate::canvas::vocabulary;
use crate::canvas::words::{self, Change, FEW, Interval, share, whole};
use crate::catalogue::{Chart, Tables};

/// The catalogue's entry.
pub(crate) const CHART: Chart = Chart {
    name: "payers",
    question: "Who pays?",
    reads: &[TABLE],
    internal: false,
    draw,
};

const TABLE: &str = "payer_mix";

/// As many lines as a board reads.
const MOST: usize = 15;

/// One payer, over all specialties.
struct Payer {
    /// As the table has it.
    key: String,
    n: Option<i64>,
    share: Option<f64>,
    interval: Interval,
    leakage: Option<f64>,
    leakage_interval: Interval,
    change: Change,
}

impl Payer {
    fn known(&self) -> bool {
        self.key != "unknown"
    }

    fn name(&self) -> String {
        vocabulary::key(&self.key)
    }

    fn few(&self) -> bool {
        whole(self.n, self.share).is_some_and(|n| n < FEW)
    }
}

fn draw(tables: &Tables, frame: &Frame) -> Result<Drawing> {
    let Some(table) = tables.rows(TABLE, "quarter", &frame.quarter.to_string())? else {
        return Ok(missing(frame));
    };
    let all = payers(&table.only("specialty", "all")?)?;
    // Where no payer is known there is no mix.
    if !all.iter().any(Payer::known) {
        return Ok(missing(frame));
    }
    let mut sheet = Sheet::new(CHART.name, frame, heading(frame, &all), CHART.internal);
    picture(&mut sheet, &all)?;
    Ok(sheet.finish())
}

fn missing(frame: &Frame) -> Drawing {
    let quarter = frame.quarter.for_people();
    let subtitle = format!("Referrals by payer, share of all, {quarter}");
    let alt = "Empty bar chart of referrals by payer: no payer is known.";
    let heading = Heading::missing("No payers to show yet", subtitle, TABLE, alt);
    let sentence = format!(
        "No referral of {quarter} names its payer. An export of referrals with a payer column brings this chart."
    );
    Sheet::missing(CHART.name, frame, heading, CHART.internal, &sentence)
}

/// The payers, most first, those unknown last; a row for all of them is none.
fn payers(table: &Table) -> Result<Vec<Payer>> {
    let payer = |row: Record<'_>| {
        Ok(Payer {
            key: row.text("payer")?,
            n: row.int("n")?,
            share: row.real("share")?,
            interval: row.interval("share")?,
            leakage: row.real("leakage")?,
            leakage_interval: row.interval("leakage")?,
            change: row.change("share_change_year", 0.0)?,
        })
    };
    let mut all: Vec<Payer> = records(table).map(payer).collect::<Result<_>>()?;
    all.retain(|payer| payer.key != "all");
    let rate = |payer: &Payer| payer.share.unwrap_or(-1.0);
    all.sort_by(|a, b| {
        let most = b.known().cmp(&a.known()).then(rate(b).total_cmp(&rate(a)));
        most.then_with(|| a.key.cmp(&b.key))
    });
    Ok(all)
}

fn heading(frame: &Frame, all: &[Payer]) -> Heading {
    let titles = titles(all);
    let mut footer = vec![
        "Filled: the payer’s share of all referrals; lines: 95\u{202f}% intervals.".to_string(),
    ];
    let n = all
        .iter()
        .filter_map(|payer| whole(payer.n, payer.share))
        .max();
    let unknown = all
        .iter()
        .find(|payer| !payer.known())
        .and_then(|payer| payer.n);
    if let Some(n) = unknown.filter(|n| *n > 0) {
        let verb = if n == 1 { "names" } else { "name" };
        footer.push(format!(
            "{} {verb} no payer (hatched).",
            words::counted(n as usize, "referral", "referrals")
        ));
    }
    if n.is_some_and(|n| n < FEW) {
        footer.push(format!("Hollow: of fewer than {FEW} referrals."));
    }
    footer.push("No outside benchmark uses this definition of leakage.".to_string());
    let least = all
        .iter()
        .rev()
        .find(|payer| payer.known() && payer.share.is_some());
    let least = least.filter(|payer| !std::ptr::eq(*payer, &all[0]));
    let least = least.and_then(|payer| {
        Some(format!(
            " Least: {}, {}.",
            payer.name(),
            share(payer.share?)
        ))
    });
    Heading {
        alt: format!(
            "100\u{202f}% bar chart of referrals by payer with 95\u{202f}% intervals, {}. {}.{}",
            frame.quarter,
            titles.first().map_or("", |t| t),
            least.unwrap_or_default(),
        ),
        titles,
        subtitle: format!(
            "Payers’ shares of all referrals, %, {}, most first",
            frame.quarter.for_people()
        ),
        footer,
    }
}

fn titles(all: &[Payer]) -> Vec<String> {
    let first = all.first().filter(|payer| payer.known());
    let Some((payer, rate)) = first.and_then(|payer| Some((payer, payer.share?))) else {
        return vec!["The payers’ shares are withheld".to_string()];
    };
    let (name, rate) = (payer.name(), share(rate));
    let said = match payer.change {
        Change::Missing => String::new(),
        change => format!(", {} on last year", change.words(units::points)),
    };
    vec![
        format!("{name} is {rate} of referrals{said}"),
        format!("{name} is {rate} of referrals"),
        format!("The first payer is {rate} of referrals{said}"),
    ]
}

/// The columns of a line.
struct Columns {
    name: Rect,
    plot: Rect,
    n: Rect,
    change: Rect,
    leakage: Rect,
}

fn picture(sheet: &mut Sheet, all: &[Payer]) -> Result<()> {
    let area = sheet.area();
    let half = sheet.is_half();
    let parts = if half {
        [410.0, 630.0, 190.0, 350.0, 0.0]
    } else {
        [680.0, 1420.0, 240.0, 470.0, 560.0]
    };
    let [name, plot, n, change, leakage] = columns(area, if half { 30.0 } else { 56.0 }, parts);
    let columns = Columns {
        name,
        plot,
        n,
        change,
        leakage,
    };
    let heads = [
        (name, Anchor::Start, "Payer"),
        (plot, Anchor::Start, "Share of referrals"),
        (n, Anchor::End, "Referrals"),
        (change, Anchor::End, "Change on last year"),
        (leakage, Anchor::End, "Leakage (95\u{202f}% interval)"),
    ];
    let top = sheet.heads(area, &heads) + 14.0;
    let rows = Rows::fit(top, area.y1 - LABEL * 1.5, all.len().min(MOST), 66.0, 108.0);
    sheet.further(
        all.len() - rows.count,
        ("further payer", "further payers"),
        TABLE,
    );
    let shown = all.get(..rows.count).unwrap_or(all);
    let at = Rect {
        y0: rows.top,
        y1: rows.bottom() + 6.0,
        // The value stands right of the longest interval.
        ..columns
            .plot
            .across(columns.plot.x0 + 4.0, columns.plot.x1 - VALUE)
    };
    let plot = sheet.plot(at, (0.0, 1.0), (at.height(), 0.0));
    let ticks = if half {
        vec![0.0, 0.5, 1.0]
    } else {
        vec![0.0, 0.25, 0.5, 0.75, 1.0]
    };
    sheet.grid_across(&plot, at, &ticks, |t, _| units::percent(t, 0));
    let thick = (rows.pitch * 0.31).min(30.0);
    for (place, payer) in shown.iter().enumerate() {
        let first = place == 0 && payer.known() && payer.share.is_some();
        cells(sheet, &columns, rows.middle(place), payer, first);
        mark(
            sheet,
            &plot,
            at,
            (rows.middle(place), thick),
            (payer, first),
        )?;
    }
    Ok(())
}

fn cells(sheet: &Sheet, columns: &Columns, middle: f64, payer: &Payer, first: bool) {
    sheet.cell(columns.name, middle, sheet.named(first), &payer.name());
    let plain = sheet.words().from(Anchor::End);
    let n = payer.n.map_or("withheld".to_string(), units::count);
    sheet.cell(columns.n, middle, plain, &n);
    let clear = matches!(payer.change, Change::Clear(_));
    let tone = if clear {
        plain
    } else {
        sheet.quiet().from(Anchor::End)
    };
    sheet.cell(
        columns.change,
        middle,
        tone,
        &payer.change.words(units::points),
    );
    if columns.leakage.width() > 0.0 {
        let leakage = payer
            .leakage
            .map(|rate| words::estimate(rate, payer.leakage_interval));
        let leakage = leakage.unwrap_or("–".to_string());
        sheet.cell(columns.leakage, middle, plain, &leakage);
    }
}

fn mark(
    sheet: &Sheet,
    plot: &Plot,
    at: Rect,
    (middle, half): (f64, f64),
    (payer, first): (&Payer, bool),
) -> Result<()> {
    let name = payer.name();
    let written = payer.share.map_or("withheld".to_string(), share);
    let ends = payer
        .interval
        .map(|i| format!(" ({})", words::interval(i, share)));
    let n = payer.n.map(|n| format!(", {}", units::count(n)));
    let mark = Mark {
        table: TABLE,
        key: &payer.key,
        column: "share",
        value: payer.share,
        title: format!(
            "{name}: {written}{}{}",
            ends.unwrap_or_default(),
            n.unwrap_or_default()
        ),
    };
    let bar = at.down(middle - half, middle + half);
    if payer.share.is_some() {
        sheet.rect(bar, Paint::Fill(sheet.palette.grid, 1.0));
    }
    let fill = if payer.few() {
        Fill::Hollow
    } else {
        Fill::Solid
    };
    let look = if payer.known() {
        Look::Bar(sheet.tone(first), fill)
    } else {
        Look::Hatch
    };
    let shown = (payer.share, payer.interval);
    sheet.mark(&mark, || {
        sheet.share_bar(plot, at, (middle, half), shown, look)
    })?;
    sheet.share_value(plot, at, middle, sheet.named(first), shown);
    Ok(())
}
