//! `concentration`: on whom do we depend? Curves of the share that the first referrers send, most
//! referrals first, one a specialty, with the first, the first five and the first ten.

use catchment_base::{Result, Table, units};

use crate::canvas::axes::ticks;
use crate::canvas::frame::{Drawing, Frame, Heading};
use crate::canvas::labels::spread;
use crate::canvas::plot::{Fill, Plot};
use crate::canvas::record::{Record, records};
use crate::canvas::rows::columns;
use crate::canvas::sheet::{Anchor, Mark, Paint, Rect, Sheet};
use crate::canvas::theme::{Colour, LABEL};
use crate::canvas::words::share;
use crate::catalogue::{Chart, Tables};

/// The catalogue's entry.
pub(crate) const CHART: Chart = Chart {
    name: "concentration",
    question: "On whom do we depend?",
    reads: &["concentration_curve", "fragility", "run_info"],
    internal: false,
    draw,
};

const TABLE: &str = "concentration_curve";

/// Under so many referrals a specialty's dots are hollow, and the title is not about it.
const FEW: i64 = 30;

/// So many curves can be told apart, beside the highlight and the sum: those of the largest
/// specialties.
const MOST: usize = 4;

/// Their colours: the classes but for the one of the highlight.
const CLASSES: [usize; MOST] = [0, 2, 3, 4];

/// So many referrers are drawn; a curve that goes on is almost level there.
const REFERRERS: i64 = 60;

/// The points of a curve that bear a dot.
const FIRST: [i64; 3] = [1, 5, 10];

/// One specialty, or the row `all`.
struct Curve {
    specialty: String,
    n: Option<i64>,
    /// Referrers, and the share that they send together.
    points: Vec<(i64, Option<f64>)>,
    first: [Option<f64>; 3],
}

impl Curve {
    fn is_all(&self) -> bool {
        self.specialty == "all"
    }

    fn few(&self) -> bool {
        self.n.is_some_and(|n| n < FEW)
    }

    /// How many referrers it has.
    fn referrers(&self) -> i64 {
        self.points.iter().map(|point| point.0).max().unwrap_or(0)
    }

    fn known(&self) -> bool {
        self.points.iter().any(|point| point.1.is_some())
    }

    /// The share that so many send together; all of it where there are fewer.
    fn sent_by(&self, count: i64) -> Option<f64> {
        let count = count.min(self.referrers());
        self.points.iter().find(|point| point.0 == count)?.1
    }

    /// The last point that is drawn.
    fn end(&self, most: i64) -> Option<(i64, f64)> {
        let drawn = self.points.iter().filter(|point| point.0 <= most);
        drawn
            .filter_map(|(at, share)| Some((*at, (*share)?)))
            .next_back()
    }
}

fn draw(tables: &Tables, frame: &Frame) -> Result<Drawing> {
    let Some(table) = tables.get(TABLE).filter(|table| table.rows() > 0) else {
        return Ok(missing(frame));
    };
    let sums = tables.rows("fragility", "practice_id", "all")?;
    let mut all = curves(table, sums.as_ref())?;
    // The largest first, and the sum of all last.
    all.sort_by(|a, b| {
        let size = |c: &Curve| c.n.unwrap_or(-1).max(c.referrers());
        a.is_all()
            .cmp(&b.is_all())
            .then(size(b).cmp(&size(a)))
            .then_with(|| a.specialty.cmp(&b.specialty))
    });
    let own = all.iter().filter(|c| !c.is_all()).count();
    let first = most_concentrated(&all);
    let (_, many) = tables.inbound()?;
    let shown = shown(&all, first);
    let drawn = shown.iter().filter(|(c, _)| !c.is_all()).count();
    let mut sheet = Sheet::new(
        CHART.name,
        frame,
        heading(frame, first, &shown, many),
        CHART.internal,
    );
    let further = ("further specialty", "further specialties");
    sheet.further(own - drawn, further, TABLE);
    picture(&sheet, &shown, many)?;
    Ok(sheet.finish())
}

fn missing(frame: &Frame) -> Drawing {
    let subtitle = format!(
        "Share of inbound referrals that the first referrers send, {}",
        frame.quarter.for_people()
    );
    let alt =
        "Empty chart of how many referrers send most referrals: no inbound referral is known.";
    let heading = Heading::missing("No referrers to depend on yet", subtitle, TABLE, alt);
    let sentence = format!(
        "No referral that came in is known up to {}. An export of incoming referrals with their referring \
         providers brings this chart.",
        frame.quarter.for_people(),
    );
    Sheet::missing(CHART.name, frame, heading, CHART.internal, &sentence)
}

fn curves(table: &Table, sums: Option<&Table>) -> Result<Vec<Curve>> {
    let mut all: Vec<Curve> = Vec::new();
    let table = table.sorted_by(&["specialty", "referrers"])?;
    for row in records(&table) {
        let specialty = row.text("specialty")?;
        if all.last().is_none_or(|last| last.specialty != specialty) {
            all.push(Curve {
                specialty,
                n: None,
                points: Vec::new(),
                first: [None; 3],
            });
        }
        let point = row
            .int("referrers")?
            .zip(Some(row.real("cumulative_share")?));
        if let Some(last) = all.last_mut() {
            last.points.extend(point);
        }
    }
    let sums: Vec<Record<'_>> = sums.map(|sums| records(sums).collect()).unwrap_or_default();
    for row in sums {
        let specialty = row.text("specialty")?;
        if let Some(curve) = all.iter_mut().find(|curve| curve.specialty == specialty) {
            curve.n = row.int("n")?;
        }
    }
    for curve in &mut all {
        curve.first = FIRST.map(|count| curve.sent_by(count));
    }
    Ok(all)
}

/// The specialty whose first ten referrers send the greatest share. Where somebody has more than
/// ten, those with fewer, of whom ten send all, don't count.
fn most_concentrated(all: &[Curve]) -> Option<&Curve> {
    let known = || {
        all.iter()
            .filter(|c| !c.is_all() && !c.few() && c.first[2].is_some())
    };
    let many = known().any(|c| c.referrers() > 10);
    // Of equals the first, which is the largest, counts.
    known()
        .filter(|c| c.referrers() > 10 || !many)
        .reduce(|best, c| if c.first[2] > best.first[2] { c } else { best })
}

/// What a curve is in the picture.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    First,
    /// One of the others, by its class.
    Other(usize),
    All,
}

/// The curves that are drawn: the highlight, the largest, and all together.
fn shown<'c>(all: &'c [Curve], first: Option<&'c Curve>) -> Vec<(&'c Curve, Part)> {
    let is_first = |c: &Curve| first.is_some_and(|first| first.specialty == c.specialty);
    let others = all.iter().filter(|c| !c.is_all() && !is_first(c));
    let first = first.into_iter().map(|c| (c, Part::First));
    let others = others
        .zip(CLASSES)
        .map(|(c, class)| (c, Part::Other(class)));
    let sum = all.iter().filter(|c| c.is_all()).map(|c| (c, Part::All));
    first.chain(others).chain(sum).collect()
}

fn heading(frame: &Frame, first: Option<&Curve>, shown: &[(&Curve, Part)], many: &str) -> Heading {
    let title = match first {
        Some(curve) => format!(
            "Ten referrers send {} of {}",
            curve.first[2].map_or("–".to_string(), share),
            curve.specialty
        ),
        None if shown.iter().any(|(c, _)| c.known()) => {
            format!("No specialty has {FEW} {many}, so none is compared")
        }
        None => "What the first referrers send is withheld".to_string(),
    };
    let shorter = first
        .and_then(|curve| curve.first[2])
        .map(|ten| format!("Ten referrers send {} of one specialty", share(ten)));
    let mut footer = vec![format!(
        "Dots: the first, the first five and the first ten referrers by {many}."
    )];
    let most = shown.iter().map(|(c, _)| c.referrers()).max().unwrap_or(0);
    if most > REFERRERS {
        footer.push(format!(
            "Drawn to {REFERRERS} referrers; the longest curve has {}.",
            units::count(most)
        ));
    }
    if shown.iter().any(|(c, _)| c.few()) {
        footer.push(format!("Hollow: fewer than {FEW} {many}."));
    }
    let n = shown
        .iter()
        .find(|(c, _)| c.is_all())
        .and_then(|(c, _)| c.n);
    if let Some(n) = n {
        footer.push(format!("{} {many} in all.", units::count(n)));
    }
    let all = shown.iter().find(|(c, _)| c.is_all());
    let sum = all.and_then(|(c, _)| c.first[2]);
    let sum = sum.map_or(String::new(), |ten| {
        format!(" All specialties: {}.", share(ten))
    });
    Heading {
        alt: format!(
            "Curves of the share of inbound {many} that the first referrers send, by specialty, {}. \
             {title}.{sum}",
            frame.quarter
        ),
        titles: [title].into_iter().chain(shorter).collect(),
        subtitle: format!(
            "Share of external inbound {many} from the first referrers, most {many} first, %, by \
             specialty, {}",
            frame.quarter.for_people()
        ),
        footer,
    }
}

/// The columns right of the curves: name, and the shares of the first one, five and ten.
struct Columns {
    name: Rect,
    first: [Rect; 3],
}

fn picture(sheet: &Sheet, shown: &[(&Curve, Part)], many: &str) -> Result<()> {
    let area = sheet.area();
    let half = sheet.is_half();
    let parts = if half {
        [960.0, 430.0, 0.0, 0.0, 190.0]
    } else {
        [2080.0, 720.0, 190.0, 190.0, 190.0]
    };
    let [curve, name, one, five, ten] = columns(area, 36.0, parts);
    let heads = [
        (curve, Anchor::Start, "Share sent by the first referrers"),
        (name, Anchor::Start, "Specialty"),
        (one, Anchor::End, "First"),
        (five, Anchor::End, "Five"),
        (ten, Anchor::End, "Ten"),
    ];
    let top = sheet.heads(area, &heads) + 40.0;
    let at = curve
        .across(curve.x0 + 150.0, curve.x1 - 30.0)
        .down(top, area.y1 - LABEL * 2.9);
    let longest = shown.iter().map(|(c, _)| c.referrers()).max().unwrap_or(0);
    let most = longest.clamp(10, REFERRERS);
    let plot = sheet.plot(at, (0.0, most as f64), (0.0, 1.0));
    sheet.grid_up(&plot, at, &ticks(0.0, 1.0, 5), |t, _| units::percent(t, 0));
    below(sheet, &plot, at, most, many);
    for (curve, part) in shown.iter().rev() {
        line(sheet, &plot, curve, colour(sheet, *part), most)?;
    }
    let columns = Columns {
        name,
        first: [one, five, ten],
    };
    names(sheet, &plot, at, shown, &columns, most);
    Ok(())
}

fn colour(sheet: &Sheet, part: Part) -> Colour {
    let palette = &sheet.palette;
    match part {
        Part::First => palette.highlight,
        Part::Other(class) => palette.classes.get(class).copied().unwrap_or(palette.bars),
        Part::All => palette.bars,
    }
}

/// The number of referrers below the curves.
fn below(sheet: &Sheet, plot: &Plot, at: Rect, most: i64, many: &str) {
    let tens = (2..=most / 10).map(|ten| ten * 10);
    let words = sheet.quiet().from(Anchor::Middle);
    for count in [1, 5, 10].into_iter().chain(tens) {
        let (x, _) = plot.at(count as f64, 0.0);
        sheet.line(
            (x, at.y1),
            (x, at.y1 + 14.0),
            Paint::Line(sheet.palette.bars, 1.0, 3),
        );
        // In half a slide 1 and 5 would touch where there are many.
        let crowded = count == 1 && sheet.is_half() && most > 30;
        if !crowded {
            sheet.text((x, at.y1 + LABEL * 1.3), words, &units::count(count));
        }
    }
    let middle = ((at.x0 + at.x1) / 2.0, at.y1 + LABEL * 2.55);
    let title = format!("Referrers, most {many} first");
    sheet.text(middle, words, &title);
}

fn line(sheet: &Sheet, plot: &Plot, curve: &Curve, colour: Colour, most: i64) -> Result<()> {
    let end = curve.end(most);
    let written = end.map_or("withheld".to_string(), |(at, value)| {
        format!("{} from {}", share(value), units::count(at))
    });
    let mark = Mark {
        table: TABLE,
        key: &curve.specialty,
        column: "cumulative_share",
        value: end.map(|end| end.1),
        title: format!("{}: {written}", curve.specialty),
    };
    let width = if curve.is_all() { 5 } else { 8 };
    sheet.mark(&mark, || {
        let mut run = vec![(0.0, 0.0)];
        for (at, value) in curve.points.iter().filter(|point| point.0 <= most) {
            match value {
                Some(value) => run.push((*at as f64, *value)),
                // Nobody can say how the curve runs there.
                None => {
                    stretch(plot, std::mem::take(&mut run), colour, width)?;
                }
            }
        }
        stretch(plot, run, colour, width)?;
        dots(sheet, plot, curve, colour)
    })
}

fn stretch(plot: &Plot, run: Vec<(f64, f64)>, colour: Colour, width: u32) -> Result<()> {
    if run.len() > 1 {
        plot.line(run, colour, width)
    } else {
        Ok(())
    }
}

/// The dots of the first one, five and ten.
fn dots(sheet: &Sheet, plot: &Plot, curve: &Curve, colour: Colour) -> Result<()> {
    let fill = if curve.few() {
        Fill::Hollow
    } else {
        Fill::Solid
    };
    for (value, at) in curve.first.iter().zip(FIRST) {
        // A specialty with fewer referrers has no such point on its curve.
        if let Some(value) = value.filter(|_| at <= curve.referrers()) {
            sheet.part("cumulative_share", value, || {
                plot.dot((at as f64, value), 14, colour, fill)
            })?;
        }
    }
    Ok(())
}

/// By the height of the end, then by that of the tenth, so that no two leaders cross.
fn order<'s, 'c>(shown: &'s [(&'c Curve, Part)], most: i64) -> Vec<&'s (&'c Curve, Part)> {
    let ended = |c: &Curve| c.end(most).map_or(0.0, |end| end.1);
    let ten = |c: &Curve| c.first[2].unwrap_or(0.0);
    let mut order: Vec<_> = shown.iter().collect();
    order.sort_by(|(a, _), (b, _)| {
        let by_end = ended(b).total_cmp(&ended(a));
        by_end.then(ten(b).total_cmp(&ten(a)))
    });
    order
}

/// The names at the height at which their curves end, with the shares.
fn names(
    sheet: &Sheet,
    plot: &Plot,
    at: Rect,
    shown: &[(&Curve, Part)],
    columns: &Columns,
    most: i64,
) {
    let order = order(shown, most);
    let ends: Vec<(f64, f64)> = order
        .iter()
        .map(|(c, _)| {
            let (x, value) = c.end(most).unwrap_or((most, 0.0));
            plot.at(x as f64, value)
        })
        .collect();
    let heights: Vec<f64> = ends.iter().map(|end| end.1).collect();
    let half = LABEL * 0.6;
    let lines = spread(&heights, LABEL * 1.4, at.y0, at.y1 - half);
    for (((curve, part), end), height) in order.into_iter().zip(ends).zip(lines) {
        let name = if curve.is_all() {
            "All specialties"
        } else {
            &curve.specialty
        };
        if curve.known() {
            let tint = colour(sheet, *part);
            let to = (columns.name.x0 - 14.0, height);
            sheet.line((end.0 + 8.0, end.1), to, Paint::Line(tint, 1.0, 3));
        } else {
            let block = at.across(at.x0 + 40.0, at.x1);
            sheet.hatch(block, height, "withheld");
        }
        let is_first = *part == Part::First;
        let words = sheet.named(is_first);
        sheet.cell(
            columns.name,
            height,
            words.bold(is_first || curve.is_all()),
            name,
        );
        for (column, value) in columns.first.iter().zip(curve.first) {
            if column.width() > 0.0 {
                let written = value.map_or("–".to_string(), share);
                sheet.cell(
                    *column,
                    height,
                    words.bold(false).from(Anchor::End),
                    &written,
                );
            }
        }
    }
}
