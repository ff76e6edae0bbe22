//! `flows`: where do leaked referrals go? Bands from the counties of the referring practices to the
//! destinations, as wide as the referrals are many.

use std::collections::BTreeMap;

use catchment_base::{Result, Table, units};

use crate::canvas::frame::{Drawing, Frame, Heading};
use crate::canvas::labels;
use crate::canvas::record::{Record, records};
use crate::canvas::rows::columns;
use crate::canvas::sheet::{Anchor, Mark, Paint, Path, Rect, Sheet};
use crate::canvas::theme::LABEL;
use crate::catalogue::{Chart, Tables};

/// The catalogue's entry.
pub(crate) const CHART: Chart = Chart {
    name: "flows",
    question: "Where to?",
    reads: &["leakage_flows"],
    internal: false,
    draw,
};

const TABLE: &str = "leakage_flows";

/// So many a side have a name; the rest are together.
const MOST: usize = 8;

/// A practice with fewer referring providers is treated as a single referrer, and not placed.
const FEWEST_PROVIDERS: i64 = 3;

/// The key of what is together at an end.
const OTHER: &str = "other";

/// The room between the ends of a side.
const GAP: f64 = 40.0;

/// The height of an end whose referrals are withheld.
const WITHHELD: f64 = 44.0;

/// An end of bands: a county, or a destination.
struct End {
    key: String,
    name: String,
    /// `None` where every count is withheld.
    n: Option<i64>,
}

/// A band between two ends, by their places.
struct Band {
    from: usize,
    to: usize,
    n: i64,
}

/// What the chart shows.
struct Shown {
    left: Vec<End>,
    right: Vec<End>,
    bands: Vec<Band>,
    /// Rows whose count is withheld.
    hidden: usize,
    /// The widest band both of whose ends have a name.
    widest: Option<usize>,
}

/// One row of the table.
struct Row {
    county: String,
    destination: String,
    name: String,
    n: Option<i64>,
}

fn draw(tables: &Tables, frame: &Frame) -> Result<Drawing> {
    let Some(table) = tables.get(TABLE).filter(|table| table.rows() > 0) else {
        return Ok(missing(frame));
    };
    let shown = gather(&rows(table)?);
    if shown.left.is_empty() {
        return Ok(missing(frame));
    }
    let mut sheet = Sheet::new(CHART.name, frame, heading(frame, &shown), CHART.internal);
    if shown.hidden > 0 {
        let (rows, verb) = if shown.hidden == 1 {
            ("row", "is")
        } else {
            ("rows", "are")
        };
        sheet.note(format!(
            "The counts of {} {rows} {verb} withheld and in no band.",
            units::count(shown.hidden as i64)
        ));
    }
    picture(&sheet, &shown)?;
    Ok(sheet.finish())
}

fn missing(frame: &Frame) -> Drawing {
    let subtitle = format!(
        "Referrals directed outside, by county and destination, {}",
        frame.quarter.for_people()
    );
    let alt = "Empty flow chart of leaked referrals: no leaked referral is known.";
    let heading = Heading::missing("No leaked referrals to follow yet", subtitle, TABLE, alt);
    let sentence = format!(
        "No referral of an aligned referrer is known to have been directed outside in {}. An export of the \
         orders that our own providers place, with their destinations, brings this chart.",
        frame.quarter.for_people(),
    );
    Sheet::missing(CHART.name, frame, heading, CHART.internal, &sentence)
}

fn rows(table: &Table) -> Result<Vec<Row>> {
    let row = |row: Record<'_>| {
        let small = row
            .int("providers")?
            .is_none_or(|providers| providers < FEWEST_PROVIDERS);
        let county = row.text("county")?;
        let row = Row {
            county: if small || county.is_empty() || county == "unknown" {
                OTHER.to_string()
            } else {
                county
            },
            destination: row.text("destination_id")?,
            name: row.name("destination_name", "destination_id")?,
            n: row.int("n")?,
        };
        Ok(row)
    };
    // A row for all specialties would count each referral twice.
    let is_part = |row: &Record<'_>| -> Result<bool> { Ok(row.text("specialty")? != "all") };
    let mut out = Vec::new();
    for record in records(table) {
        if is_part(&record)? {
            out.push(row(record)?);
        }
    }
    Ok(out)
}

fn gather(rows: &[Row]) -> Shown {
    let left = ends(rows.iter().map(|r| (&r.county, &r.county, r.n)));
    let right = ends(rows.iter().map(|r| (&r.destination, &r.name, r.n)));
    let place = |ends: &[End], key: &str| {
        let own = ends.iter().position(|end| end.key == key);
        own.unwrap_or(ends.len().saturating_sub(1))
    };
    let mut sums: BTreeMap<(usize, usize), i64> = BTreeMap::new();
    for row in rows {
        if let Some(n) = row.n {
            let ends = (place(&left, &row.county), place(&right, &row.destination));
            *sums.entry(ends).or_default() += n;
        }
    }
    let bands: Vec<Band> = sums
        .into_iter()
        .filter(|(_, n)| *n > 0)
        .map(|((from, to), n)| Band { from, to, n })
        .collect();
    let named = |ends: &[End], at: usize| ends.get(at).is_some_and(|end| end.key != OTHER);
    let widest = bands
        .iter()
        .enumerate()
        .filter(|(_, band)| named(&left, band.from) && named(&right, band.to))
        // Of bands of one width the first counts.
        .max_by_key(|(place, band)| (band.n, std::cmp::Reverse(*place)))
        .map(|(place, _)| place);
    Shown {
        hidden: rows.iter().filter(|row| row.n.is_none()).count(),
        left,
        right,
        bands,
        widest,
    }
}

/// The ends of a side: the first by their referrals, and the rest as one.
fn ends<'r>(rows: impl Iterator<Item = (&'r String, &'r String, Option<i64>)>) -> Vec<End> {
    let mut sums: BTreeMap<&str, (&str, Option<i64>)> = BTreeMap::new();
    for (key, name, n) in rows {
        let sum = sums.entry(key).or_insert((name, None));
        sum.1 = match (sum.1, n) {
            (None, n) => n,
            (Some(sum), n) => Some(sum + n.unwrap_or(0)),
        };
    }
    let (rest, mut own): (Vec<_>, Vec<_>) = sums.into_iter().partition(|(key, _)| *key == OTHER);
    own.sort_by_key(|(key, (_, n))| (std::cmp::Reverse(n.unwrap_or(-1)), *key));
    let beyond = own.split_off(own.len().min(MOST));
    let together: Vec<Option<i64>> = rest.iter().chain(&beyond).map(|(_, (_, n))| *n).collect();
    let mut out: Vec<End> = own
        .into_iter()
        .map(|(key, (name, n))| End {
            key: key.to_string(),
            name: name.to_string(),
            n,
        })
        .collect();
    if !together.is_empty() {
        let known = together.iter().any(Option::is_some);
        out.push(End {
            key: OTHER.to_string(),
            name: "Other".to_string(),
            n: known.then(|| together.iter().flatten().sum()),
        });
    }
    out
}

fn heading(frame: &Frame, shown: &Shown) -> Heading {
    let titles = titles(shown);
    let total: i64 = shown.bands.iter().map(|band| band.n).sum();
    let most = |ends: &[End], what: &str| {
        let first = ends.first().filter(|end| end.key != OTHER);
        first
            .and_then(|end| {
                Some(format!(
                    " Most {what} {}, {}.",
                    end.name,
                    units::count(end.n?)
                ))
            })
            .unwrap_or_default()
    };
    let sum = (total > 0).then(|| {
        format!(
            "{} leaked referrals; a band is as wide as its referrals are many.",
            units::count(total)
        )
    });
    let other = format!(
        "Other: what is beyond the first {MOST}, and practices with fewer than {FEWEST_PROVIDERS} referring \
         providers."
    );
    Heading {
        footer: sum.into_iter().chain([other]).collect(),
        alt: format!(
            "Flow chart of leaked referrals from counties to destinations, {}. {}.{}{}",
            frame.quarter,
            titles.first().map_or("", |t| t),
            most(&shown.left, "come from"),
            most(&shown.right, "go to"),
        ),
        titles,
        subtitle: format!(
            "Aligned referrers’ leaked referrals from the practice’s county to the destination, {}",
            frame.quarter.for_people()
        ),
    }
}

fn titles(shown: &Shown) -> Vec<String> {
    let widest = shown.widest.and_then(|place| shown.bands.get(place));
    let Some(band) = widest else {
        let title = if shown.bands.is_empty() {
            "Where leaked referrals go is withheld"
        } else {
            "No flow can be named: the practices are too small"
        };
        return vec![title.to_string()];
    };
    let name = |ends: &[End], at: usize| ends.get(at).map_or(String::new(), |e| e.name.clone());
    let (from, to) = (name(&shown.left, band.from), name(&shown.right, band.to));
    let n = units::count(band.n);
    let referrals = if band.n == 1 { "referral" } else { "referrals" };
    vec![
        format!("{from} sends {to} {n} {referrals}"),
        format!("{from} sends one destination {n} {referrals}"),
        format!("The widest flow is {n} {referrals}"),
    ]
}

/// The columns: name and count of the left ends, bands, count and name of the right ends.
struct Columns {
    from: Rect,
    sent: Rect,
    bands: Rect,
    received: Rect,
    to: Rect,
}

/// The width of the block at which bands begin and end.
const BLOCK: f64 = 28.0;

fn picture(sheet: &Sheet, shown: &Shown) -> Result<()> {
    let area = sheet.area();
    let half = sheet.is_half();
    let parts = if half {
        [380.0, 140.0, 560.0, 140.0, 460.0]
    } else {
        [560.0, 190.0, 1640.0, 190.0, 880.0]
    };
    let [from, sent, bands, received, to] = columns(area, if half { 20.0 } else { 40.0 }, parts);
    let columns = Columns {
        from,
        sent,
        bands,
        received,
        to,
    };
    let count = if half { "Sent" } else { "Referrals" };
    let heads = [
        (from, Anchor::Start, "From the county"),
        (sent, Anchor::End, count),
        (received, Anchor::End, if half { "Got" } else { count }),
        (to, Anchor::Start, "To the destination"),
    ];
    let top = sheet.heads(area, &heads) + 30.0;
    let at = columns.bands.down(top, area.y1);
    let total: i64 = shown.bands.iter().map(|band| band.n).sum();
    // A single band would fill the slide and say no more by it.
    let most = at.height() * (0.2 * shown.left.len().max(shown.right.len()) as f64).min(1.0);
    let rooms = [&shown.left, &shown.right].map(|ends| room(ends, at.height()).min(most));
    let unit = rooms.iter().copied().fold(f64::INFINITY, f64::min) / total.max(1) as f64;
    let left = stack(&shown.left, unit, at);
    let right = stack(&shown.right, unit, at);
    bands_between(sheet, shown, at, unit, (&left, &right))?;
    side(
        sheet,
        &shown.left,
        &left,
        at,
        (columns.from, columns.sent),
        true,
    )?;
    side(
        sheet,
        &shown.right,
        &right,
        at,
        (columns.to, columns.received),
        false,
    )
}

/// The top and foot of an end, or of a band at an end.
type Span = (f64, f64);

/// The height that a side leaves for its bands.
fn room(ends: &[End], height: f64) -> f64 {
    let hidden = ends.iter().filter(|end| end.n.is_none()).count() as f64;
    let gaps = ends.len().saturating_sub(1) as f64;
    (height - gaps * GAP - hidden * WITHHELD).max(1.0)
}

/// The top and foot of each end, one below the other, in the middle of the height.
fn stack(ends: &[End], unit: f64, at: Rect) -> Vec<Span> {
    let tall = |end: &End| end.n.map_or(WITHHELD, |n| n as f64 * unit);
    let gaps = ends.len().saturating_sub(1) as f64 * GAP;
    let whole: f64 = ends.iter().map(tall).sum::<f64>() + gaps;
    let mut y = at.y0 + (at.height() - whole).max(0.0) / 2.0;
    let place = |end: &End| {
        let span = (y, y + tall(end));
        y = span.1 + GAP;
        span
    };
    ends.iter().map(place).collect()
}

fn bands_between(
    sheet: &Sheet,
    shown: &Shown,
    at: Rect,
    unit: f64,
    (left, right): (&[Span], &[Span]),
) -> Result<()> {
    let mut leaving: Vec<f64> = left.iter().map(|span| span.0).collect();
    let mut arriving: Vec<f64> = right.iter().map(|span| span.0).collect();
    // Bands are in the order of their ends, so they leave and arrive without crossing at a block.
    let mut drawn: Vec<(usize, &Band, Span, Span)> = Vec::new();
    for (place, band) in shown.bands.iter().enumerate() {
        let tall = band.n as f64 * unit;
        let (Some(from), Some(to)) = (leaving.get_mut(band.from), arriving.get_mut(band.to)) else {
            continue;
        };
        drawn.push((place, band, (*from, *from + tall), (*to, *to + tall)));
        *from += tall;
        *to += tall;
    }
    // The highlight lies on top.
    drawn.sort_by_key(|(place, ..)| shown.widest == Some(*place));
    for (place, band, from, to) in drawn {
        let (Some(source), Some(sink)) = (shown.left.get(band.from), shown.right.get(band.to))
        else {
            continue;
        };
        let mark = Mark {
            table: TABLE,
            key: &format!("{}|{}", source.key, sink.key),
            column: "n",
            value: Some(band.n as f64),
            title: format!("{} to {}: {}", source.name, sink.name, units::count(band.n)),
        };
        let ribbon = Path::ribbon((at.x0 + BLOCK, at.x1 - BLOCK), from, to);
        sheet.mark(&mark, || {
            let (colour, share) = if shown.widest == Some(place) {
                (sheet.palette.highlight, 0.9)
            } else {
                (sheet.palette.bars, 0.3)
            };
            sheet.path(&ribbon, Paint::Fill(colour, share));
            sheet.path(&ribbon, Paint::Line(colour, 1.0, 1));
            Ok(())
        })?;
    }
    Ok(())
}

/// The blocks of a side with their names and counts, which move apart where blocks are low.
fn side(
    sheet: &Sheet,
    ends: &[End],
    spans: &[Span],
    at: Rect,
    (names, counts): (Rect, Rect),
    is_left: bool,
) -> Result<()> {
    let block = if is_left {
        at.across(at.x0, at.x0 + BLOCK)
    } else {
        at.across(at.x1 - BLOCK, at.x1)
    };
    let middles: Vec<f64> = spans.iter().map(|span| (span.0 + span.1) / 2.0).collect();
    let half = LABEL * 0.6;
    let lines = labels::spread(&middles, LABEL * 1.3, at.y0 + half, at.y1 - half);
    for (((end, span), middle), line) in ends.iter().zip(spans).zip(&middles).zip(&lines) {
        let here = block.down(span.0, span.1);
        match end.n {
            Some(_) => sheet.rect(here, Paint::Fill(sheet.palette.second, 1.0)),
            // Half a slide has no room for the hatches of both sides.
            None if is_left || !sheet.is_half() => hidden(sheet, end, here, is_left)?,
            None => {}
        }
        let (near, far) = if is_left {
            (block.x0 - 4.0, counts.x1 + 8.0)
        } else {
            (block.x1 + 4.0, block.x1 + 30.0)
        };
        if (line - middle).abs() > 4.0 {
            let thin = Paint::Line(sheet.palette.bars, 1.0, 2);
            sheet.line((near, *middle), (far, *line), thin);
        }
        sheet.cell(names, *line, sheet.words(), &end.name);
        let n = end.n.map_or("–".to_string(), units::count);
        sheet.cell(counts, *line, sheet.quiet().from(Anchor::End), &n);
    }
    Ok(())
}

/// Stands for an end all of whose counts are withheld.
fn hidden(sheet: &Sheet, end: &End, at: Rect, is_left: bool) -> Result<()> {
    let mark = Mark {
        table: TABLE,
        key: &end.key,
        column: "n",
        value: None,
        title: format!("{}: withheld", end.name),
    };
    sheet.mark(&mark, || {
        let room = if is_left {
            at.across(at.x0, at.x0 + 340.0)
        } else {
            at.across(at.x1 - 300.0, at.x1)
        };
        sheet.hatch(room, (at.y0 + at.y1) / 2.0, "withheld");
        Ok(())
    })
}
