//! `leakage_change`: why did leakage change? A waterfall of the six parts into which the change falls,
//! on the quarter before and, where there is room, on the year before.

use catchment_base::{Quarter, Result, units};

use crate::canvas::axes::ticks;
use crate::canvas::frame::{Drawing, Frame, Heading};
use crate::canvas::plot::{Fill, Plot};
use crate::canvas::record::{Record, records};
use crate::canvas::rows::{Rows, columns};
use crate::canvas::sheet::{Anchor, Mark, Paint, Rect, Sheet};
use crate::canvas::theme::{Colour, LABEL};
use crate::canvas::words::{self, Change, Interval, share};
use crate::catalogue::{Chart, Tables};

/// The catalogue's entry.
pub(crate) const CHART: Chart = Chart {
    name: "leakage_change",
    question: "Why did it change?",
    reads: &["leakage_change_explained"],
    internal: false,
    draw,
};

const TABLE: &str = "leakage_change_explained";

/// The parts in the order in which they are drawn: column, name of the line, words of the title.
const PARTS: [(&str, &str, &str); 6] = [
    ("rate", "Rate of the same referrers", "the rate is"),
    ("mix", "Mix of referrers, specialties", "the mix is"),
    ("new_referrers", "New referrers", "new referrers are"),
    ("lost_referrers", "Lost referrers", "lost referrers are"),
    (
        "affiliation",
        "Changed affiliations",
        "changed affiliations are",
    ),
    ("coverage", "Changed feeds", "changed feeds are"),
];

/// The comparisons, the first of which the title speaks of.
const COMPARISONS: [&str; 2] = ["quarter_before", "year_before"];

/// The change between two quarters.
struct Explained {
    comparison: String,
    from: String,
    to: String,
    leakage_from: Option<f64>,
    leakage_to: Option<f64>,
    change: Option<f64>,
    interval: Interval,
    parts: [Option<f64>; 6],
}

impl Explained {
    fn judged(&self) -> Change {
        Change::judge(self.change, self.interval, None, 0.0)
    }

    /// Where each part begins and ends, one on top of the other; a part that is not known breaks the
    /// stair, since nobody can say where the next one begins.
    fn stairs(&self) -> Vec<Option<(f64, f64)>> {
        let mut at = Some(0.0);
        let step = |part: &Option<f64>| {
            let ends = at.zip(*part).map(|(start, part)| (start, start + part));
            at = ends.map(|ends| ends.1);
            ends
        };
        self.parts.iter().map(step).collect()
    }

    fn reach(&self) -> impl Iterator<Item = f64> {
        let stairs = self.stairs().into_iter().flatten();
        let change = self.change.into_iter();
        let ends = self.interval.into_iter();
        stairs
            .chain(ends)
            .flat_map(|ends| [ends.0, ends.1])
            .chain(change)
    }
}

fn draw(tables: &Tables, frame: &Frame) -> Result<Drawing> {
    let Some(table) = tables.rows(TABLE, "specialty", "all")? else {
        return Ok(missing(frame));
    };
    let all: Vec<Explained> = records(&table).map(explained).collect::<Result<_>>()?;
    let of = |name: &&str| all.iter().find(|e| e.comparison == **name);
    let found: Vec<&Explained> = COMPARISONS.iter().filter_map(of).collect();
    let Some(first) = found.first() else {
        return Ok(missing(frame));
    };
    let mut sheet = Sheet::new(CHART.name, frame, heading(frame, first), CHART.internal);
    let panels = if sheet.is_half() { 1 } else { 2 };
    let shown = found.get(..panels.min(found.len())).unwrap_or(&found);
    sheet.further(
        found.len() - shown.len(),
        ("further comparison", "further comparisons"),
        TABLE,
    );
    picture(&sheet, shown)?;
    Ok(sheet.finish())
}

fn explained(row: Record<'_>) -> Result<Explained> {
    let mut parts = [None; 6];
    for (part, (column, _, _)) in parts.iter_mut().zip(PARTS) {
        *part = row.real(column)?;
    }
    Ok(Explained {
        comparison: row.text("comparison")?,
        from: row.text("from_quarter")?,
        to: row.text("to_quarter")?,
        leakage_from: row.real("leakage_from")?,
        leakage_to: row.real("leakage_to")?,
        change: row.real("change")?,
        interval: row.interval("change")?,
        parts,
    })
}

fn missing(frame: &Frame) -> Drawing {
    let subtitle = format!(
        "Parts of the change in leakage, in points, {}",
        frame.quarter.for_people()
    );
    let alt = "Empty waterfall chart of the change in leakage: two quarters can’t be compared yet.";
    let heading = Heading::missing("No change in leakage to explain yet", subtitle, TABLE, alt);
    let sentence = format!(
        "No earlier quarter stands beside {}. Exports of the orders that our own providers place, over two \
         quarters or more, bring this chart.",
        frame.quarter.for_people(),
    );
    Sheet::missing(CHART.name, frame, heading, CHART.internal, &sentence)
}

/// A quarter as people write it, or the text where it is none.
fn quarter(text: &str) -> String {
    text.parse::<Quarter>()
        .map_or_else(|_| text.to_string(), words::quarter)
}

fn heading(frame: &Frame, first: &Explained) -> Heading {
    let titles = titles(first);
    let known = |value: Option<f64>| value.map_or("withheld".to_string(), share);
    let interval = first.interval.map_or(String::new(), |ends| {
        format!(" ({})", words::interval(ends, points))
    });
    Heading {
        alt: format!(
            "Waterfall chart of the change in leakage from {} to {}, in points. {}. Leakage {} then, {} now; \
             change {}{interval}.",
            first.from,
            first.to,
            titles.first().map_or("", |t| t),
            known(first.leakage_from),
            known(first.leakage_to),
            first.change.map_or("withheld".to_string(), points),
        ),
        titles,
        subtitle: format!(
            "Change in leakage (share of eligible referrals directed outside) by what made it, in points, {}",
            frame.quarter.for_people()
        ),
        footer: vec![
            "Orange: more leakage; blue: less; grey: no clear change. The parts add up to the change."
                .to_string(),
            "Line: 95\u{202f}% interval of the change; the parts have none.".to_string(),
            "Changed feeds: groups and feeds that only one of the quarters has.".to_string(),
            "No outside benchmark uses this definition.".to_string(),
        ],
    }
}

/// A difference of shares in points, without the word.
fn points(difference: f64) -> String {
    units::signed(difference * 100.0, 1)
}

fn titles(first: &Explained) -> Vec<String> {
    let on = quarter(&first.from);
    let change = match first.judged() {
        Change::Missing => {
            return vec![format!("The change in leakage on {on} is withheld")];
        }
        Change::Unclear => return vec![format!("Leakage shows no clear change on {on}")],
        Change::Clear(change) => change,
    };
    // What goes against the change is no part of an answer to why it is so.
    let known = PARTS.iter().zip(first.parts);
    let largest = known
        .filter_map(|(names, part)| Some((names.2, part?)))
        .filter(|(_, part)| part.signum() == change.signum())
        .max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
    let moved = units::points(change);
    let short = format!("Leakage moved by {moved} on {on}");
    match largest {
        Some((name, part)) => vec![
            format!("Of {moved} of leakage on {on}, {name} {}", points(part)),
            short,
        ],
        None => vec![short],
    }
}

fn picture(sheet: &Sheet, shown: &[&Explained]) -> Result<()> {
    let area = sheet.area();
    let two = shown.len() > 1;
    let second = |width: f64| if two { width } else { 0.0 };
    let parts = if sheet.is_half() {
        [520.0, 860.0, 160.0, 0.0, 0.0]
    } else {
        [720.0, 1100.0, 150.0, second(1100.0), second(150.0)]
    };
    let gap = if sheet.is_half() { 36.0 } else { 64.0 };
    let [name, plot, value, plot_year, value_year] = columns(area, gap, parts);
    let known = |value: Option<f64>| value.map_or("withheld".to_string(), share);
    let head = |e: &&Explained| {
        format!(
            "{} to {}: {} to {}",
            quarter(&e.from),
            quarter(&e.to),
            known(e.leakage_from),
            known(e.leakage_to)
        )
    };
    let said: Vec<String> = shown.iter().map(head).collect();
    let said = |place: usize| said.get(place).map_or("", String::as_str);
    let heads = [
        (name, Anchor::Start, "What made it"),
        (plot, Anchor::Start, said(0)),
        (value, Anchor::End, "Points"),
        (plot_year, Anchor::Start, said(1)),
        (value_year, Anchor::End, "Points"),
    ];
    let top = sheet.heads(area, &heads) + 14.0;
    let rows = Rows::fit(top, area.y1 - LABEL * 1.5, PARTS.len() + 1, 66.0, 180.0);
    for (row, (_, text, _)) in PARTS.iter().enumerate() {
        sheet.cell(name, rows.middle(row), sheet.words(), text);
    }
    let sum = rows.middle(PARTS.len());
    sheet.cell(name, sum, sheet.words().bold(true), "Change");
    let (low, high) = shown
        .iter()
        .flat_map(|e| e.reach())
        .fold((0.0f64, 0.0f64), |(low, high), v| (low.min(v), high.max(v)));
    let ticks = ticks(low, if high > low { high } else { 0.05 }, 4);
    let places = [(plot, value, "x"), (plot_year, value_year, "x-year")];
    for (explained, (plot, value, axis)) in shown.iter().zip(places) {
        let panel = Panel {
            at: plot
                .across(plot.x0 + 30.0, plot.x1 - 30.0)
                .down(rows.top, rows.bottom() + 6.0),
            value,
            axis,
        };
        waterfall(sheet, &panel, &rows, explained, &ticks)?;
    }
    Ok(())
}

/// Where one comparison stands.
struct Panel<'a> {
    at: Rect,
    value: Rect,
    axis: &'a str,
}

fn waterfall(
    sheet: &Sheet,
    panel: &Panel<'_>,
    rows: &Rows,
    explained: &Explained,
    ticks: &[f64],
) -> Result<()> {
    let at = panel.at;
    let ends = (
        ticks.first().copied().unwrap_or(0.0),
        ticks.last().copied().unwrap_or(1.0),
    );
    let plot = sheet.plot(at, ends, (at.height(), 0.0));
    sheet.grid_across_as(panel.axis, &plot, at, ticks, |tick, places| {
        units::signed(tick * 100.0, places.saturating_sub(2))
    });
    let known = explained.change.map_or("withheld".to_string(), points);
    let mark = Mark {
        table: TABLE,
        key: &format!("all|{}", explained.comparison),
        column: "change",
        value: explained.change,
        title: format!(
            "{} to {}: {known} points",
            quarter(&explained.from),
            quarter(&explained.to)
        ),
    };
    sheet.mark(&mark, || {
        steps(sheet, &plot, panel, rows, explained)?;
        total(sheet, &plot, panel, rows, explained)
    })?;
    let end = |bold: bool| sheet.words().from(Anchor::End).bold(bold);
    let every = explained.parts.iter().chain([&explained.change]);
    for (row, value) in every.enumerate() {
        let written = value.map_or("–".to_string(), points);
        let words = end(row == PARTS.len());
        sheet.cell(panel.value, rows.middle(row), words, &written);
    }
    Ok(())
}

/// The six parts, each from where the one above it ends.
fn steps(
    sheet: &Sheet,
    plot: &Plot,
    panel: &Panel<'_>,
    rows: &Rows,
    explained: &Explained,
) -> Result<()> {
    let half = thickness(rows);
    let clear = matches!(explained.judged(), Change::Clear(_));
    for (row, ends) in explained.stairs().into_iter().enumerate() {
        let middle = rows.middle(row);
        let column = PARTS.get(row).map_or("", |part| part.0);
        let value = explained.parts.get(row).copied().flatten();
        let Some(((start, end), value)) = ends.zip(value) else {
            sheet.hatch(panel.at, middle, "withheld");
            continue;
        };
        // What the next one starts from.
        let (x, link) = (plot.at(end, 0.0).0, Paint::Line(sheet.palette.bars, 1.0, 3));
        sheet.line((x, middle - half), (x, middle + rows.pitch - half), link);
        let colour = tone(sheet, clear, value);
        sheet.part(column, value, || {
            plot.bar(start, end, middle - panel.at.y0, half, colour, Fill::Solid)
        })?;
    }
    Ok(())
}

fn tone(sheet: &Sheet, clear: bool, value: f64) -> Colour {
    match (clear, value > 0.0) {
        (false, _) => sheet.palette.bars,
        (true, true) => sheet.palette.highlight,
        (true, false) => sheet.palette.ours,
    }
}

/// Half the thickness of a bar.
fn thickness(rows: &Rows) -> f64 {
    (rows.pitch * 0.28).min(40.0)
}

/// The change itself, from zero, with its interval.
fn total(
    sheet: &Sheet,
    plot: &Plot,
    panel: &Panel<'_>,
    rows: &Rows,
    explained: &Explained,
) -> Result<()> {
    let middle = rows.middle(PARTS.len());
    let Some(change) = explained.change else {
        sheet.hatch(panel.at, middle, "withheld");
        return Ok(());
    };
    let (y, half) = (middle - panel.at.y0, thickness(rows));
    plot.bar(0.0, change, y, half, sheet.palette.second, Fill::Solid)?;
    match explained.interval {
        Some(ends) => plot.interval(ends, y, (half * 1.1) as i32, sheet.palette.ink),
        None => Ok(()),
    }
}
