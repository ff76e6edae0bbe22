//! `lapsed_summary`: how many referrals a quarter did we lose, and how many came back? Lost to the
//! left and gained to the right of zero, specialty by specialty, with what is left of both.

use catchment_base::{Result, Table, units};

use crate::canvas::axes::ticks;
use crate::canvas::frame::{Drawing, Frame, Heading};
use crate::canvas::plot::{Fill, Plot};
use crate::canvas::record::{Record, records};
use crate::canvas::rows::{Groups, columns};
use crate::canvas::sheet::{Anchor, Mark, Rect, Sheet};
use crate::canvas::theme::LABEL;
use crate::canvas::words::{self, Interval, counted};
use crate::catalogue::{Chart, Tables};

/// The catalogue's entry.
pub(crate) const CHART: Chart = Chart {
    name: "lapsed_summary",
    question: "How many did we lose?",
    reads: &["lapsed_summary"],
    internal: false,
    draw,
};

const TABLE: &str = "lapsed_summary";

/// One specialty, or the row `all`, over all territories.
#[derive(Clone)]
struct Specialty {
    name: String,
    count: Option<i64>,
    lost: (Option<f64>, Interval),
    gained: (Option<f64>, Interval),
    net: (Option<f64>, Interval),
}

/// The specialties in their order, and the sum.
struct Shown {
    rows: Vec<Specialty>,
    all: Option<Specialty>,
}

fn draw(tables: &Tables, frame: &Frame) -> Result<Drawing> {
    let Some(table) = tables.rows(TABLE, "territory", "all")? else {
        return Ok(missing(frame));
    };
    let shown = order(specialties(&table)?);
    let mut sheet = Sheet::new(CHART.name, frame, heading(frame, &shown), CHART.internal);
    picture(&mut sheet, &shown)?;
    Ok(sheet.finish())
}

fn missing(frame: &Frame) -> Drawing {
    let subtitle = format!(
        "Referrals a quarter lost with lapsed referrers, and gained, {}",
        frame.quarter.for_people()
    );
    let alt = "Empty bars of what lapsed referrers cost: no referrer is known.";
    let heading = Heading::missing("Nothing lost or gained is known yet", subtitle, TABLE, alt);
    let sentence = "No referrer from outside has a rhythm to judge by. An export of incoming referrals over \
                    eight quarters brings this chart.";
    Sheet::missing(CHART.name, frame, heading, CHART.internal, sentence)
}

fn specialties(table: &Table) -> Result<Vec<Specialty>> {
    let value = |row: &Record<'_>, column: &str| Ok((row.real(column)?, row.interval(column)?));
    let specialty = |row: Record<'_>| {
        Ok(Specialty {
            name: row.text("specialty")?,
            count: row.int("count")?,
            lost: value(&row, "lost_per_quarter")?,
            gained: value(&row, "gained_per_quarter")?,
            net: value(&row, "net")?,
        })
    };
    records(table).map(specialty).collect()
}

/// Most lost first.
fn order(rows: Vec<Specialty>) -> Shown {
    let (all, mut rows): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.name == "all");
    let lost = |row: &Specialty| row.lost.0.unwrap_or(0.0);
    rows.sort_by(|a, b| {
        lost(b)
            .total_cmp(&lost(a))
            .then_with(|| a.name.cmp(&b.name))
    });
    Shown {
        rows,
        all: all.into_iter().next(),
    }
}

fn rate(value: f64) -> String {
    units::real(value, 1)
}

fn change(value: f64) -> String {
    units::signed(value, 1)
}

fn heading(frame: &Frame, shown: &Shown) -> Heading {
    let titles = titles(shown);
    let first = shown.rows.first();
    let most =
        first.and_then(|row| Some(format!(" Most lost: {}, {}.", row.name, rate(row.lost.0?))));
    let count = shown.all.as_ref().and_then(|all| all.count);
    let mut footer = vec![
        "Lost: the former less the present rate of lapsed referrers, each shrunk; gained: the present less the \
         former rate of new and returning ones; referrals a quarter."
            .to_string(),
        "Lines: 95\u{202f}% intervals.".to_string(),
    ];
    if let Some(count) = count {
        footer.push(format!(
            "{} lapsed in all.",
            counted(count.max(0) as usize, "referrer", "referrers")
        ));
    }
    Heading {
        alt: format!(
            "Bars of referrals a quarter lost and gained by specialty, {}. {}.{}",
            frame.quarter,
            titles.first().map_or("", |title| title),
            most.unwrap_or_default(),
        ),
        titles,
        subtitle: format!(
            "Referrals a quarter lost with lapsed referrers, and gained from new and returning ones, {}",
            frame.quarter.for_people()
        ),
        footer,
    }
}

fn titles(shown: &Shown) -> Vec<String> {
    let Some(row) = shown.all.as_ref().or(shown.rows.first()) else {
        return vec!["Nothing lost or gained is known yet".to_string()];
    };
    let values = row.lost.0.zip(row.gained.0).zip(row.net.0);
    let Some(((lost, gained), net)) = values else {
        return vec!["What was lost and gained is withheld".to_string()];
    };
    let said = format!("{} a quarter lost, {} gained", rate(lost), rate(gained));
    match row.net.1 {
        Some(ends) if ends.0 > 0.0 || ends.1 < 0.0 => vec![
            format!(
                "{said}, net {} ({})",
                change(net),
                words::interval(ends, change)
            ),
            said,
        ],
        // The interval holds no change.
        _ => vec![format!("{said}: no clear change"), said],
    }
}

struct Columns {
    name: Rect,
    plot: Rect,
    count: Rect,
    lost: Rect,
    gained: Rect,
    net: Rect,
}

fn picture(sheet: &mut Sheet, shown: &Shown) -> Result<()> {
    let area = sheet.area();
    let half = sheet.is_half();
    let parts = if half {
        [520.0, 560.0, 0.0, 170.0, 190.0, 170.0]
    } else {
        [820.0, 1300.0, 220.0, 220.0, 240.0, 620.0]
    };
    let [name, plot, count, lost, gained, net] =
        columns(area, if half { 28.0 } else { 40.0 }, parts);
    let columns = Columns {
        name,
        plot: plot.across(plot.x0 + 40.0, plot.x1 - 40.0),
        count,
        lost,
        gained,
        net,
    };
    let heads = [
        (name, Anchor::Start, "Specialty"),
        (plot, Anchor::Middle, "Lost, gained a quarter"),
        (count, Anchor::End, "Lapsed"),
        (lost, Anchor::End, "Lost"),
        (gained, Anchor::End, "Gained"),
        (
            net,
            Anchor::End,
            if half {
                "Net"
            } else {
                "Net (95\u{202f}% interval)"
            },
        ),
    ];
    let top = sheet.heads(area, &heads) + 14.0;
    let sums = usize::from(shown.all.is_some());
    let places = Groups::fit(top, area.y1 - LABEL * 1.5, [shown.rows.len(), 0, sums]);
    sheet.further(
        shown.rows.len() - places.kept,
        ("further specialty", "further specialties"),
        TABLE,
    );
    let end = places.lines.last().map_or(top, |y| y + places.pitch / 2.0) + 10.0;
    lines(
        sheet,
        shown,
        &columns,
        columns.plot.down(top - 14.0, end),
        &places,
    )
}

/// How far the bars and their intervals reach, to the left and to the right; the sum has no bar, since
/// it would make all others short.
fn reach(shown: &[&Specialty]) -> (f64, f64) {
    let far = |value: &(Option<f64>, Interval)| {
        let end = value.1.map_or(0.0, |ends| ends.1);
        value.0.map_or(0.0, |value| value.max(end))
    };
    let lost = shown.iter().map(|row| far(&row.lost)).fold(0.0, f64::max);
    let gained = shown.iter().map(|row| far(&row.gained)).fold(0.0, f64::max);
    (lost, gained)
}

fn lines(sheet: &Sheet, shown: &Shown, columns: &Columns, at: Rect, places: &Groups) -> Result<()> {
    let rows = shown.rows.iter().take(places.kept);
    let drawn: Vec<&Specialty> = rows.chain(&shown.all).collect();
    let barred = if drawn.len() > 1 {
        places.kept
    } else {
        drawn.len()
    };
    let (left, right) = reach(drawn.get(..barred).unwrap_or(&drawn));
    let (left, right) = if left + right > 0.0 {
        (left, right)
    } else {
        (1.0, 1.0)
    };
    let ticks = ticks(-left, right, if sheet.is_half() { 3 } else { 6 });
    let ends = (
        ticks.first().copied().unwrap_or(-1.0),
        ticks.last().copied().unwrap_or(1.0),
    );
    let plot = sheet.plot(at, ends, (at.height(), 0.0));
    sheet.grid_across(&plot, at, &ticks, |tick, places| {
        units::real(tick.abs(), places)
    });
    for (place, (row, &middle)) in drawn.iter().zip(&places.lines).enumerate() {
        let sum = place >= places.kept && drawn.len() > 1;
        let name = if row.name == "all" {
            "All specialties"
        } else {
            &row.name
        };
        let words = sheet.words().bold(sum);
        sheet.cell(columns.name, middle, words, name);
        let end = words.from(Anchor::End);
        let known =
            |value: Option<f64>, write: fn(f64) -> String| value.map_or("–".to_string(), write);
        let count = row.count.map_or("–".to_string(), units::count);
        let net = match row.net {
            (Some(net), Some(ends)) if !sheet.is_half() => {
                format!("{} ({})", change(net), words::interval(ends, change))
            }
            (net, _) => known(net, change),
        };
        let cells = [
            (columns.count, count),
            (columns.lost, known(row.lost.0, rate)),
            (columns.gained, known(row.gained.0, rate)),
            (columns.net, net),
        ];
        for (column, text) in cells.iter().filter(|(column, _)| column.width() > 0.0) {
            sheet.cell(*column, middle, end, text);
        }
        let line = Line {
            middle,
            half: (places.pitch * 0.28).min(30.0),
            bars: !sum,
        };
        mark(sheet, (&plot, at), row, &line)?;
    }
    Ok(())
}

/// Where a line stands, and whether it has bars.
struct Line {
    middle: f64,
    half: f64,
    bars: bool,
}

fn mark(sheet: &Sheet, (plot, at): (&Plot, Rect), row: &Specialty, line: &Line) -> Result<()> {
    let known = |value: Option<f64>| value.map_or("withheld".to_string(), rate);
    let mark = Mark {
        table: TABLE,
        key: &format!("{}|all", row.name),
        column: "net",
        value: row.net.0,
        title: format!(
            "{}: {} a quarter lost, {} gained",
            row.name,
            known(row.lost.0),
            known(row.gained.0)
        ),
    };
    sheet.mark(&mark, || {
        let (Some(lost), Some(gained)) = (row.lost.0, row.gained.0) else {
            sheet.hatch(at, line.middle, "withheld");
            return Ok(());
        };
        if !line.bars {
            return Ok(());
        }
        let (y, half) = (line.middle - at.y0, line.half);
        let parts = [
            (
                "lost_per_quarter",
                lost,
                -1.0,
                row.lost.1,
                sheet.palette.highlight,
            ),
            (
                "gained_per_quarter",
                gained,
                1.0,
                row.gained.1,
                sheet.palette.ours,
            ),
        ];
        for (column, value, sign, ends, colour) in parts {
            sheet.part(column, value, || {
                plot.bar(0.0, sign * value, y, half, colour, Fill::Solid)?;
                match ends {
                    Some((low, high)) => {
                        let ends = (sign * low, sign * high);
                        plot.interval(ends, y, (half * 1.1) as i32, sheet.palette.ink)
                    }
                    None => Ok(()),
                }
            })?;
        }
        Ok(())
    })
}
