//! `lapsed`: who lapsed? The referrers whose loss weighs most, each with the last four quarters,
//! the slope from the usual number to the present one, and what is lost. It names referrers, so it
//! is internal.

use catchment_base::{Result, Table, units};

use crate::canvas::frame::{Drawing, Frame, Heading};
use crate::canvas::plot::{Fill, Plot};
use crate::canvas::record::{Record, records};
use crate::canvas::rows::{Rows, columns};
use crate::canvas::sheet::{Anchor, Mark, Paint, Rect, Sheet};
use crate::canvas::vocabulary;
use crate::canvas::words::{self, counted, short};
use crate::catalogue::{Chart, Tables};

/// The catalogue's entry.
pub(crate) const CHART: Chart = Chart {
    name: "lapsed",
    question: "Who lapsed?",
    reads: &["lapsed", "run_info"],
    internal: true,
    draw,
};

const TABLE: &str = "lapsed";

/// As many lines as a list to act on should have.
const MOST: usize = 12;

/// The columns of the last four quarters, oldest first.
const QUARTERS: [&str; 4] = ["q_3", "q_2", "q_1", "q_0"];

/// One referrer.
struct Referrer {
    npi: String,
    name: String,
    practice: String,
    specialty: String,
    county: String,
    quarters: [Option<i64>; 4],
    former: Option<f64>,
    present: Option<f64>,
    days_silent: Option<i64>,
    /// Why, where the table says so.
    cause: Option<String>,
    loss: Option<f64>,
}

fn draw(tables: &Tables, frame: &Frame) -> Result<Drawing> {
    let Some(table) = tables.get(TABLE).filter(|table| table.rows() > 0) else {
        return Ok(missing(frame));
    };
    let all = referrers(&table.sorted_by(&["rank", "referring_npi"])?)?;
    let heading = heading(frame, &all, tables.other_lapse_rule()?);
    let mut sheet = Sheet::new(CHART.name, frame, heading, CHART.internal);
    picture(&mut sheet, frame, &all)?;
    Ok(sheet.finish())
}

fn missing(frame: &Frame) -> Drawing {
    let subtitle = format!(
        "Lapsed referrers, as of {}",
        words::day(frame.quarter.last_day())
    );
    let alt = "Empty list of lapsed referrers.";
    let heading = Heading::missing("No referrer is found to have lapsed", subtitle, TABLE, alt);
    let sentence = "Nobody's silence is long enough to say that they have stopped. Where no referrals from \
                    outside are loaded yet, an export of incoming referrals over eight quarters brings \
                    this chart.";
    Sheet::missing(CHART.name, frame, heading, CHART.internal, sentence)
}

fn referrers(table: &Table) -> Result<Vec<Referrer>> {
    let referrer = |row: Record<'_>| {
        let [q3, q2, q1, q0] = QUARTERS.map(|column| row.int(column));
        Ok(Referrer {
            npi: row.text("referring_npi")?,
            name: row.name("referring_name", "referring_npi")?,
            practice: row.name("practice_name", "practice_id")?,
            specialty: row.text("specialty")?,
            county: row.text("county")?,
            quarters: [q3?, q2?, q1?, q0?],
            former: row.real("former_per_quarter")?,
            present: row.real("present_per_quarter")?,
            days_silent: row.int("days_silent")?,
            cause: if table.has("cause") {
                Some(vocabulary::cause(&row.text("cause")?))
            } else {
                None
            },
            loss: row.real("expected_lapse_loss")?,
        })
    };
    records(table).map(referrer).collect()
}

/// The words around the picture; `other_rule` is what counts as a lapse where it is not the gap test.
fn heading(frame: &Frame, all: &[Referrer], other_rule: Option<String>) -> Heading {
    let (who, rule) = match other_rule {
        None => (
            "Referrers whose silence their own rhythm does not explain",
            "q-value of the gap under the level set".to_string(),
        ),
        Some(rule) => (
            "Referrers who have been silent for as long as the rule in use asks",
            format!("the rule {rule}, the same for everybody, whatever their rhythm"),
        ),
    };
    let count = counted(all.len(), "referrer", "referrers");
    let alone = if all.len() > 1 { "alone " } else { "" };
    let first = all.first().and_then(|r| {
        let former = short(r.former?);
        Some(format!("; {} {alone}sent {former} a quarter", r.name))
    });
    let first = first.unwrap_or_default();
    let title = format!("{count} lapsed{first}");
    let loss = all.first().and_then(|r| r.loss).map_or(String::new(), |l| {
        format!(" Greatest expected loss: {} referrals a quarter.", short(l))
    });
    Heading {
        alt: format!(
            "Table of lapsed referrers by expected loss a quarter, with bars for the last four quarters, \
             as of {}. {title}.{loss}",
            frame.quarter
        ),
        titles: vec![title, format!("{count} lapsed")],
        subtitle: format!(
            "{who}, by expected loss of referrals a quarter, {}",
            frame.quarter.for_people()
        ),
        footer: vec![
            "Before and now: referrals a quarter a year before and in the last two quarters; expected loss: \
             the difference of the two, each shrunk towards its specialty’s mean, never below 0."
                .to_string(),
            format!("Lapsed: {rule}; silent and at-risk referrers are not in it."),
        ],
    }
}

/// The columns; those of no width are left out in half a slide.
struct Columns {
    rank: Rect,
    name: Rect,
    specialty: Rect,
    quarters: Rect,
    slope: Rect,
    silent: Rect,
    loss: Rect,
}

impl Columns {
    fn new(sheet: &Sheet, area: Rect) -> Self {
        let parts = if sheet.is_half() {
            [0.0, 580.0, 0.0, 400.0, 0.0, 290.0, 350.0]
        } else {
            [70.0, 850.0, 540.0, 450.0, 450.0, 330.0, 570.0]
        };
        let gap = if sheet.is_half() { 40.0 } else { 60.0 };
        let [rank, name, specialty, quarters, slope, silent, loss] = columns(area, gap, parts);
        Self {
            rank,
            name,
            specialty,
            quarters,
            slope,
            silent,
            loss,
        }
    }
}

fn picture(sheet: &mut Sheet, frame: &Frame, all: &[Referrer]) -> Result<()> {
    let area = sheet.area();
    let columns = Columns::new(sheet, area);
    let quarters = format!(
        "Referrals, {} to {}",
        words::quarter(frame.quarter.plus(-3)),
        words::quarter(frame.quarter)
    );
    let silent = if all.iter().any(|r| r.cause.is_some()) {
        "Days silent, cause"
    } else {
        "Days silent"
    };
    let heads = [
        (columns.name, Anchor::Start, "Referrer, practice"),
        (columns.specialty, Anchor::Start, "Most referred to, county"),
        (columns.quarters, Anchor::Start, quarters.as_str()),
        (
            columns.slope,
            Anchor::Middle,
            "Referrals a quarter, before and now",
        ),
        (columns.silent, Anchor::End, silent),
        (columns.loss, Anchor::Start, "Expected loss a quarter"),
    ];
    let top = sheet.heads(area, &heads) + 12.0;
    let rows = Rows::fit(top, area.y1, all.len().min(MOST), 108.0, 142.0);
    let left = all.len() - rows.count;
    sheet.further(left, ("further referrer", "further referrers"), TABLE);
    let shown = all.get(..rows.count).unwrap_or(all);
    let scales = Scales::new(shown);
    for (row, referrer) in shown.iter().enumerate() {
        if row > 0 {
            let y = rows.top + rows.pitch * row as f64;
            sheet.line(
                (area.x0, y),
                (area.x1, y),
                Paint::Line(sheet.palette.grid, 1.0, 2),
            );
        }
        line(sheet, &columns, &rows, row, referrer, &scales)?;
    }
    Ok(())
}

/// The scales that all lines share, so that they can be compared.
struct Scales {
    quarter: f64,
    rate: f64,
    loss: f64,
}

impl Scales {
    fn new(shown: &[Referrer]) -> Self {
        let most = |values: &mut dyn Iterator<Item = f64>| values.fold(1e-9, f64::max);
        Self {
            quarter: most(
                &mut shown
                    .iter()
                    .flat_map(|r| r.quarters)
                    .flatten()
                    .map(|q| q as f64),
            ),
            rate: most(&mut shown.iter().flat_map(|r| [r.former, r.present]).flatten()),
            loss: most(&mut shown.iter().filter_map(|r| r.loss)),
        }
    }
}

fn line(
    sheet: &Sheet,
    columns: &Columns,
    rows: &Rows,
    row: usize,
    referrer: &Referrer,
    scales: &Scales,
) -> Result<()> {
    let first = row == 0;
    let middle = rows.middle(row);
    let half = rows.pitch / 2.0 - 14.0;
    let at = |column: Rect| column.down(middle - half, middle + half);
    if columns.rank.width() > 0.0 {
        let rank = (row + 1).to_string();
        sheet.cell(columns.rank, middle, sheet.quiet().from(Anchor::End), &rank);
        let to = (referrer.specialty.as_str(), referrer.county.as_str());
        sheet.two_lines(columns.specialty, middle, sheet.words(), to);
    }
    let who = (referrer.name.as_str(), referrer.practice.as_str());
    sheet.two_lines(columns.name, middle, sheet.named(first).bold(true), who);
    let silent = referrer.days_silent.map_or("–".to_string(), units::count);
    let end = sheet.words().from(Anchor::End);
    match referrer.cause.as_deref() {
        None => sheet.cell(columns.silent, middle, end, &silent),
        Some(cause) => sheet.two_lines(columns.silent, middle, end, (&silent, cause)),
    }
    let rate = |value: Option<f64>| value.map_or("withheld".to_string(), short);
    let (before, now) = (rate(referrer.former), rate(referrer.present));
    let mark = Mark {
        table: TABLE,
        key: &referrer.npi,
        column: "expected_lapse_loss",
        value: referrer.loss,
        title: format!(
            "{}: {before} a quarter before, {now} now, silent for {silent} days",
            referrer.name
        ),
    };
    sheet.mark(&mark, || {
        quarters(sheet, at(columns.quarters), referrer, scales.quarter)?;
        if columns.slope.width() > 0.0 {
            slope(sheet, at(columns.slope), referrer, scales.rate, first)?;
        }
        loss(
            sheet,
            at(columns.loss),
            middle,
            referrer.loss,
            scales.loss,
            first,
        )
    })
}

/// A bar for each of the last four quarters with its number below.
fn quarters(sheet: &Sheet, at: Rect, referrer: &Referrer, most: f64) -> Result<()> {
    let foot = at.y1 - 42.0;
    let plot = sheet.plot(at.down(at.y0 - 4.0, foot), (0.0, 4.0), (0.0, most));
    let base = Paint::Line(sheet.palette.context, 1.0, 3);
    sheet.line((at.x0, foot), (at.x1, foot), base);
    for (place, (column, value)) in QUARTERS.iter().zip(referrer.quarters).enumerate() {
        let x = place as f64;
        if let Some(count) = value {
            let (low, high) = ((x + 0.12, 0.0), (x + 0.88, count as f64));
            let bar = || plot.block(low, high, sheet.palette.bars, Fill::Solid);
            sheet.part(
                column,
                count as f64,
                || if count > 0 { bar() } else { Ok(()) },
            )?;
        }
        let (centre, _) = plot.at(x + 0.5, 0.0);
        let words = sheet.quiet().from(Anchor::Middle);
        sheet.text(
            (centre, at.y1 - 1.0),
            words,
            &value.map_or("–".to_string(), units::count),
        );
    }
    Ok(())
}

/// From the former number a quarter down to the present one.
fn slope(sheet: &Sheet, at: Rect, referrer: &Referrer, most: f64, first: bool) -> Result<()> {
    let Some((former, present)) = referrer.former.zip(referrer.present) else {
        sheet.hatch(
            at.across(at.x0 + 100.0, at.x1),
            (at.y0 + at.y1) / 2.0,
            "withheld",
        );
        return Ok(());
    };
    let inner = at
        .across(at.x0 + 120.0, at.x1 - 120.0)
        .down(at.y0 + 10.0, at.y1 - 10.0);
    let plot: Plot = sheet.plot(inner, (0.0, 1.0), (0.0, most));
    let colour = sheet.tone(first);
    plot.line(vec![(0.0, former), (1.0, present)], colour, 6)?;
    let dot = |column: &str, x: f64, value: f64| {
        sheet.part(column, value, || {
            plot.dot((x, value), 12, colour, Fill::Solid)
        })
    };
    dot("former_per_quarter", 0.0, former)?;
    dot("present_per_quarter", 1.0, present)?;
    let (left, right) = (plot.at(0.0, former), plot.at(1.0, present));
    let words = sheet.words();
    let before = at.across(at.x0, left.0 - 28.0);
    sheet.cell(
        before,
        left.1,
        words.from(Anchor::End),
        &units::real(former, 1),
    );
    let now = at.across(right.0 + 28.0, at.x1);
    sheet.cell(now, right.1, words, &units::real(present, 1));
    Ok(())
}

fn loss(
    sheet: &Sheet,
    at: Rect,
    middle: f64,
    loss: Option<f64>,
    most: f64,
    first: bool,
) -> Result<()> {
    let Some(value) = loss else {
        sheet.hatch(at, middle, "withheld");
        return Ok(());
    };
    // The value stands right of the longest bar.
    let plot = sheet.plot(
        at.across(at.x0, at.x1 - 130.0),
        (0.0, most),
        (at.height(), 0.0),
    );
    plot.bar(
        0.0,
        value,
        middle - at.y0,
        26.0,
        sheet.tone(first),
        Fill::Solid,
    )?;
    let (end, _) = plot.at(value, 0.0);
    let right = at.across(end + 20.0, at.x1 + 20.0);
    sheet.cell(right, middle, sheet.named(first), &units::real(value, 1));
    Ok(())
}
