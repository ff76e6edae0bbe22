//! `bridge`: what moved the volume? A waterfall from the referrals of a year before to those now, over what new
//! and returning, growing and declining, and lapsed referrers brought or took.

use catchment_base::{Result, units};

use crate::canvas::axes::ticks;
use crate::canvas::frame::{Drawing, Frame, Heading};
use crate::canvas::plot::{Fill, Plot};
use crate::canvas::record::{Record, records};
use crate::canvas::rows::{Rows, columns};
use crate::canvas::sheet::{Anchor, Mark, Paint, Rect, Sheet};
use crate::canvas::theme::LABEL;
use crate::catalogue::{Chart, Tables};

/// The catalogue's entry.
pub(crate) const CHART: Chart = Chart {
    name: "bridge",
    question: "What moved it?",
    reads: &["inbound_bridge"],
    internal: false,
    draw,
};

const TABLE: &str = "inbound_bridge";

/// The parts in the order of the stair: column and name.
const PARTS: [(&str, &str); 7] = [
    ("new", "New referrers"),
    ("reactivated", "Returning referrers"),
    ("growing", "Growing referrers"),
    ("stable", "Stable referrers"),
    ("declining", "Declining referrers"),
    ("lapsed", "Lapsed referrers"),
    ("affiliation_changed", "Changed affiliation"),
];

/// The row of all specialties and territories.
struct Bridge {
    from: Option<i64>,
    to: Option<i64>,
    parts: [Option<i64>; 7],
}

impl Bridge {
    /// The ends of each part; one that is not known breaks the stair.
    fn stairs(&self) -> Vec<Option<(i64, i64)>> {
        let mut at = self.from;
        let step = |part: &Option<i64>| {
            let ends = at.zip(*part).map(|(start, part)| (start, start + part));
            at = ends.map(|ends| ends.1);
            ends
        };
        self.parts.iter().map(step).collect()
    }

    /// The sum of two parts, where both are known.
    fn both(&self, one: usize, other: usize) -> Option<i64> {
        let part = |place: usize| self.parts.get(place).copied().flatten();
        Some(part(one)? + part(other)?)
    }
}

fn draw(tables: &Tables, frame: &Frame) -> Result<Drawing> {
    let Some(table) = tables.rows(TABLE, "specialty", "all")? else {
        return Ok(missing(frame));
    };
    let whole = table.only("territory", "all")?;
    let found = records(&whole).next().map(bridge).transpose()?;
    let Some(bridge) = found else {
        return Ok(missing(frame));
    };
    let sheet = Sheet::new(CHART.name, frame, heading(frame, &bridge), CHART.internal);
    picture(&sheet, &bridge)?;
    Ok(sheet.finish())
}

fn bridge(row: Record<'_>) -> Result<Bridge> {
    let mut parts = [None; 7];
    for (part, (column, _)) in parts.iter_mut().zip(PARTS) {
        *part = row.int(column)?;
    }
    Ok(Bridge {
        from: row.int("from_n")?,
        to: row.int("to_n")?,
        parts,
    })
}

fn missing(frame: &Frame) -> Drawing {
    let subtitle = format!(
        "What moved external inbound referrals, {}",
        frame.quarter.for_people()
    );
    let alt = "Empty waterfall chart of inbound referrals: two quarters can’t be compared yet.";
    let heading = Heading::missing("No change in volume to explain yet", subtitle, TABLE, alt);
    let sentence = format!(
        "No earlier quarter stands beside {}. An export of incoming referrals over eight quarters brings \
         this chart.",
        frame.quarter.for_people(),
    );
    Sheet::missing(CHART.name, frame, heading, CHART.internal, &sentence)
}

fn heading(frame: &Frame, bridge: &Bridge) -> Heading {
    let titles = titles(bridge);
    let known = |value: Option<i64>| value.map_or("withheld".to_string(), units::count);
    Heading {
        alt: format!(
            "Waterfall chart of external inbound referrals, {}: from {} to {}. {}.",
            frame.quarter,
            known(bridge.from),
            known(bridge.to),
            titles.first().map_or("", |title| title),
        ),
        titles,
        subtitle: format!(
            "External inbound referrals of two quarters beside those a year before, by what became of who \
             sends them, {}",
            frame.quarter.for_people()
        ),
        footer: vec![
            "Blue: gained; orange: lost. The parts add up to the change; they are counts and have no \
             interval."
                .to_string(),
            "Declining: those at risk or silent too. Changed affiliation: referrers who were own for a part of \
             the time."
                .to_string(),
        ],
    }
}

fn titles(bridge: &Bridge) -> Vec<String> {
    let sums = bridge.both(0, 1).zip(bridge.both(5, 4));
    let Some((gained, lost)) = sums else {
        return vec!["What moved the volume is withheld".to_string()];
    };
    let (gained, lost) = (units::count(gained), units::count(lost.abs()));
    vec![format!(
        "New and returning referrers brought {gained}; lapsed and declining took {lost}"
    )]
}

fn picture(sheet: &Sheet, bridge: &Bridge) -> Result<()> {
    let area = sheet.area();
    let half = sheet.is_half();
    let parts = if half {
        [520.0, 860.0, 200.0]
    } else {
        [760.0, 2400.0, 300.0]
    };
    let [name, plot, value] = columns(area, if half { 36.0 } else { 64.0 }, parts);
    let heads = [
        (name, Anchor::Start, "What moved it"),
        (plot, Anchor::Start, "Referrals"),
        (value, Anchor::End, "Referrals"),
    ];
    let top = sheet.heads(area, &heads) + 14.0;
    let rows = Rows::fit(top, area.y1 - LABEL * 1.5, PARTS.len() + 2, 66.0, 150.0);
    let stairs = bridge.stairs();
    let steps = stairs.iter().flatten().flat_map(|ends| [ends.0, ends.1]);
    let all = steps.chain(bridge.from).chain(bridge.to).map(|n| n as f64);
    let most = all.fold(6.0, f64::max);
    let ticks = ticks(0.0, most, if half { 3 } else { 6 });
    let at = plot
        .across(plot.x0 + 20.0, plot.x1 - 40.0)
        .down(rows.top, rows.bottom() + 6.0);
    let scale = (0.0, ticks.last().copied().unwrap_or(1.0));
    let plot = sheet.plot(at, scale, (at.height(), 0.0));
    sheet.grid_across(&plot, at, &ticks, |tick, _| {
        units::count(tick.round() as i64)
    });
    let middles = Middles {
        rows,
        half: (rows.pitch * 0.28).min(36.0),
    };
    marks(sheet, (&plot, at), &middles, bridge, &stairs)?;
    let end = sheet.words().from(Anchor::End);
    let named = PARTS.iter().map(|(_, name)| *name);
    let names = ["A year before"].into_iter().chain(named).chain(["Now"]);
    let parts = bridge.parts.iter().map(|part| (*part, true));
    let values = [(bridge.from, false)].into_iter().chain(parts);
    let values = values.chain([(bridge.to, false)]);
    for (row, (name_of, (number, signed))) in names.zip(values).enumerate() {
        let middle = rows.middle(row);
        sheet.cell(name, middle, sheet.words().bold(!signed), name_of);
        let write = |n: i64| {
            if signed {
                units::signed(n as f64, 0)
            } else {
                units::count(n)
            }
        };
        let written = number.map_or("–".to_string(), write);
        sheet.cell(value, middle, end.bold(!signed), &written);
    }
    Ok(())
}

/// The lines and half the thickness of a bar.
struct Middles {
    rows: Rows,
    half: f64,
}

fn marks(
    sheet: &Sheet,
    (plot, at): (&Plot, Rect),
    middles: &Middles,
    bridge: &Bridge,
    stairs: &[Option<(i64, i64)>],
) -> Result<()> {
    let known = |value: Option<i64>| value.map_or("withheld".to_string(), units::count);
    let mark = Mark {
        table: TABLE,
        key: "all|all",
        column: "to_n",
        value: bridge.to.map(|n| n as f64),
        title: format!(
            "From {} to {} referrals",
            known(bridge.from),
            known(bridge.to)
        ),
    };
    let Middles { rows, half } = middles;
    let whole = |row: usize, number: Option<i64>| {
        let middle = rows.middle(row);
        match number {
            Some(n) => {
                let colour = sheet.palette.second;
                plot.bar(0.0, n as f64, middle - at.y0, *half, colour, Fill::Solid)
            }
            None => {
                sheet.hatch(at, middle, "withheld");
                Ok(())
            }
        }
    };
    sheet.mark(&mark, || {
        if let Some(from) = bridge.from {
            sheet.part("from_n", from as f64, || whole(0, bridge.from))?;
            link(sheet, plot, middles, 0, from);
        } else {
            whole(0, None)?;
        }
        for (place, ((column, _), ends)) in PARTS.iter().zip(stairs).enumerate() {
            let middle = rows.middle(place + 1);
            let Some((start, end)) = *ends else {
                sheet.hatch(at, middle, "withheld");
                continue;
            };
            let colour = if end >= start {
                sheet.palette.ours
            } else {
                sheet.palette.highlight
            };
            sheet.part(column, (end - start) as f64, || {
                let (from, to) = (start as f64, end as f64);
                plot.bar(from, to, middle - at.y0, *half, colour, Fill::Solid)
            })?;
            link(sheet, plot, middles, place + 1, end);
        }
        whole(PARTS.len() + 1, bridge.to)
    })
}

/// The thin line from the end of a part to the line below it.
fn link(sheet: &Sheet, plot: &Plot, middles: &Middles, row: usize, end: i64) {
    let (x, _) = plot.at(end as f64, 0.0);
    let y = middles.rows.middle(row);
    let paint = Paint::Line(sheet.palette.bars, 1.0, 3);
    let to = y + middles.rows.pitch - middles.half;
    sheet.line((x, y - middles.half), (x, to), paint);
}
