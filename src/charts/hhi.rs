//! `hhi`: how concentrated are the markets? A dot for each specialty at its Herfindahl-Hirschman
//! index, most concentrated first, beside the line above which a market counts as highly so.

use catchment_base::{Result, Table, units};

use crate::canvas::axes::ticks;
use crate::canvas::frame::{Drawing, Frame, Heading};
use crate::canvas::plot::{Fill, Plot};
use crate::canvas::record::records;
use crate::canvas::rows::{Rows, columns};
use crate::canvas::sheet::{Anchor, Mark, Paint, Rect, Sheet};
use crate::canvas::theme::LABEL;
use crate::canvas::words::{FEW, counted, share, whole};
use crate::catalogue::{Chart, Tables};

/// The catalogue's entry.
pub(crate) const CHART: Chart = Chart {
    name: "hhi",
    question: "How concentrated?",
    reads: &[TABLE],
    internal: false,
    draw,
};

const TABLE: &str = "competitors";

/// As many lines as a board reads.
const MOST: usize = 15;

/// Above this a market is highly concentrated (merger guidelines of 2023).
const HIGH: f64 = 1800.0;

/// One specialty's market.
struct Market {
    specialty: String,
    concentration: Option<f64>,
    /// The organization with the greatest share.
    largest: Option<(String, f64)>,
    /// Everybody's patients, where the table has them.
    patients: Option<i64>,
    few: bool,
}

fn draw(tables: &Tables, frame: &Frame) -> Result<Drawing> {
    let Some(table) = tables.rows(TABLE, "quarter", &frame.quarter.to_string())? else {
        return Ok(missing(frame));
    };
    let known = |column| -> Result<bool> { Ok(table.reals(column)?.iter().any(Option::is_some)) };
    // Where what was received is withheld too it is not for want of claims.
    if !known("concentration")? && known("received")? {
        return Ok(missing(frame));
    }
    let all = markets(&table)?;
    if all.is_empty() {
        return Ok(missing(frame));
    }
    let mut sheet = Sheet::new(CHART.name, frame, heading(frame, &all), CHART.internal);
    picture(&mut sheet, &all)?;
    Ok(sheet.finish())
}

fn missing(frame: &Frame) -> Drawing {
    let quarter = frame.quarter.for_people();
    let subtitle = format!("Concentration of the market by specialty, {quarter}");
    let alt = "Empty dot chart of the concentration of markets: no claims are known.";
    let heading = Heading::missing("No concentration to show yet", subtitle, TABLE, alt);
    let sentence =
        "Our own orders do not show the whole market. Claims of all payers bring this chart.";
    Sheet::missing(CHART.name, frame, heading, CHART.internal, sentence)
}

/// The markets, most concentrated first. The table has a market's index in the row of each of its
/// organizations.
fn markets(table: &Table) -> Result<Vec<Market>> {
    let mut out: Vec<Market> = Vec::new();
    for row in records(table) {
        let specialty = row.text("specialty")?;
        let index = out.iter().position(|market| market.specialty == specialty);
        let concentration = row.real("concentration")?;
        let rate = row.real("market_share")?;
        let named = row.name("organization_name", "organization_id")?;
        let largest = rate.map(|rate| (named, rate));
        let patients = match table.has("patients") {
            true => row.int("patients")?,
            false => None,
        };
        let few = whole(row.int("received")?, rate).is_some_and(|n| n < FEW);
        match index.and_then(|index| out.get_mut(index)) {
            Some(market) => {
                market.concentration = market.concentration.or(concentration);
                let greatest = market
                    .largest
                    .as_ref()
                    .map_or(f64::MIN, |largest| largest.1);
                market.largest = largest.filter(|l| l.1 > greatest).or(market.largest.take());
                market.patients = market.patients.zip(patients).map(|(sum, n)| sum + n);
                market.few |= few;
            }
            None => out.push(Market {
                specialty,
                concentration,
                largest,
                patients,
                few,
            }),
        }
    }
    for market in &mut out {
        market.few = market.patients.map_or(market.few, |n| n < FEW);
    }
    // All specialties together are no market.
    out.retain(|market| market.specialty != "all");
    let value = |market: &Market| market.concentration.unwrap_or(-1.0);
    out.sort_by(|a, b| {
        let most = a.few.cmp(&b.few).then(value(b).total_cmp(&value(a)));
        most.then_with(|| a.specialty.cmp(&b.specialty))
    });
    Ok(out)
}

fn heading(frame: &Frame, all: &[Market]) -> Heading {
    let titles = titles(all);
    let above = all
        .iter()
        .filter(|m| m.concentration.is_some_and(|c| c > HIGH))
        .count();
    let known = all.iter().filter(|m| m.concentration.is_some()).count();
    let mut footer = vec![
        "Herfindahl-Hirschman index: the sum of the squared market shares in percent, at most 10,000."
            .to_string(),
    ];
    if known > 0 {
        let of = counted(known, "market is", "markets are");
        footer.push(format!(
            "{} of {of} above 1,800.",
            units::count(above as i64)
        ));
    }
    if all.iter().any(|market| market.few) {
        let counted = counted_things(all);
        footer.push(format!("Hollow, not ranked: fewer than {FEW} {counted}."));
    }
    let last = all
        .iter()
        .rev()
        .find(|m| !m.few && m.concentration.is_some());
    let last = last
        .filter(|_| known > 1)
        .and_then(|m| Some((m, m.concentration?)));
    let least = last.map(|(m, c)| format!(" Least: {}, {}.", m.specialty, units::real(c, 0)));
    Heading {
        alt: format!(
            "Dot chart of the concentration of markets by specialty, Herfindahl-Hirschman index, {}. {}. {} above 1,800.{}",
            frame.quarter,
            titles.first().map_or("", |t| t),
            counted(above, "is", "are"),
            least.unwrap_or_default(),
        ),
        titles,
        subtitle: format!(
            "Concentration of the market by specialty, Herfindahl-Hirschman index, {}, most first",
            frame.quarter.for_people()
        ),
        footer,
    }
}

/// What too few of makes a market hollow.
fn counted_things(all: &[Market]) -> &'static str {
    match all.iter().any(|market| market.patients.is_some()) {
        true => "patients",
        false => "referrals",
    }
}

fn titles(all: &[Market]) -> Vec<String> {
    let first = all.first().filter(|market| !market.few);
    let Some((market, value)) = first.and_then(|m| Some((m, m.concentration?))) else {
        let title = if all.iter().all(|market| market.concentration.is_none()) {
            "The concentration of the markets is withheld"
        } else {
            &format!(
                "Too few {} to say which market is most concentrated",
                counted_things(all)
            )
        };
        return vec![title.to_string()];
    };
    let value = units::real(value, 0);
    if all.len() == 1 {
        return vec![format!(
            "The concentration of {} is {value}",
            market.specialty
        )];
    }
    vec![
        format!("{} is most concentrated: {value}", market.specialty),
        format!("The most concentrated market is at {value}"),
    ]
}

/// The columns of a line.
struct Columns {
    specialty: Rect,
    plot: Rect,
    value: Rect,
    largest: Rect,
}

fn picture(sheet: &mut Sheet, all: &[Market]) -> Result<()> {
    let area = sheet.area();
    let half = sheet.is_half();
    let parts = if half {
        [560.0, 800.0, 220.0, 0.0]
    } else {
        [760.0, 1600.0, 240.0, 840.0]
    };
    let [specialty, plot, value, largest] = columns(area, if half { 40.0 } else { 60.0 }, parts);
    let columns = Columns {
        specialty,
        plot,
        value,
        largest,
    };
    let heads = [
        (specialty, Anchor::Start, "Specialty"),
        (plot, Anchor::Start, "Concentration"),
        (value, Anchor::End, "Index"),
        (largest, Anchor::Start, "Largest share of the market"),
    ];
    let top = sheet.heads(area, &heads);
    // Above the first line stands the name of the limit.
    let bottom = area.y1 - LABEL * 1.5;
    let rows = Rows::fit(top + LABEL * 1.4, bottom, all.len().min(MOST), 66.0, 108.0);
    sheet.further(
        all.len() - rows.count,
        ("further market", "further markets"),
        TABLE,
    );
    lines(sheet, all.get(..rows.count).unwrap_or(all), &columns, &rows)
}

fn lines(sheet: &Sheet, shown: &[Market], columns: &Columns, rows: &Rows) -> Result<()> {
    let known = shown.iter().filter_map(|market| market.concentration);
    let ticks = ticks(
        0.0,
        known.fold(HIGH, f64::max),
        if sheet.is_half() { 3 } else { 5 },
    );
    let at = Rect {
        y0: rows.top,
        y1: rows.bottom() + 6.0,
        ..columns
            .plot
            .across(columns.plot.x0 + 30.0, columns.plot.x1 - 60.0)
    };
    let scale = (0.0, ticks.last().copied().unwrap_or(HIGH));
    let plot = sheet.plot(at, scale, (at.height(), 0.0));
    sheet.grid_across(&plot, at, &ticks, units::real);
    let (x, _) = plot.at(HIGH, 0.0);
    let limit = Paint::Dashes(sheet.palette.second, 5);
    sheet.line((x, at.y0), (x, at.y1), limit);
    let (name, above) = (sheet.quiet().from(Anchor::Middle), rows.top - LABEL * 0.35);
    sheet.text((x, above), name, "highly concentrated above 1,800");
    for (place, market) in shown.iter().enumerate() {
        let first = place == 0 && !market.few && market.concentration.is_some();
        let middle = rows.middle(place);
        line(sheet, &plot, columns, at, middle, (market, first))?;
    }
    Ok(())
}

fn line(
    sheet: &Sheet,
    plot: &Plot,
    columns: &Columns,
    at: Rect,
    middle: f64,
    (market, first): (&Market, bool),
) -> Result<()> {
    let words = sheet.named(first);
    sheet.cell(columns.specialty, middle, words, &market.specialty);
    let written = market
        .concentration
        .map_or("withheld".to_string(), |c| units::real(c, 0));
    sheet.cell(columns.value, middle, words.from(Anchor::End), &written);
    let largest = match &market.largest {
        Some((name, rate)) => format!("{} {name}", share(*rate)),
        None => "–".to_string(),
    };
    if columns.largest.width() > 0.0 {
        sheet.cell(columns.largest, middle, sheet.words(), &largest);
    }
    let mark = Mark {
        table: TABLE,
        key: &market.specialty,
        column: "concentration",
        value: market.concentration,
        title: format!("{}: {written}", market.specialty),
    };
    sheet.mark(&mark, || {
        let Some(value) = market.concentration else {
            sheet.hatch(at, middle, "withheld");
            return Ok(());
        };
        let fill = if market.few {
            Fill::Hollow
        } else {
            Fill::Solid
        };
        plot.dot((value, middle - at.y0), 20, sheet.tone(first), fill)
    })
}
