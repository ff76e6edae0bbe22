//! `competitors`: how do rivals move? The ranks of organizations over eight quarters, one line each,
//! by their share of the market where it is known, else of what left us.

use catchment_base::{Quarter, Result, Table, units};

use crate::canvas::font::CAPITAL;
use crate::canvas::frame::{Drawing, Frame, Heading};
use crate::canvas::labels;
use crate::canvas::plot::{Fill, Plot};
use crate::canvas::record::{Record, records};
use crate::canvas::rows::columns;
use crate::canvas::sheet::{Anchor, Mark, Rect, Sheet};
use crate::canvas::theme::{Colour, LABEL};
use crate::canvas::words::{self, Change, FEW, Interval, share, whole};
use crate::catalogue::{Chart, Tables};

/// The catalogue's entry.
pub(crate) const CHART: Chart = Chart {
    name: "competitors",
    question: "How do rivals move?",
    reads: &[TABLE],
    internal: false,
    draw,
};

const TABLE: &str = "competitors";

/// As many organizations as lines can be told apart.
const MOST: usize = 8;

/// The lowest rank that has a place.
const LOWEST: i64 = 12;

/// How many quarters are shown.
const QUARTERS: i32 = 8;

/// An organization's rank in one quarter.
struct Point {
    /// The quarter's place, 0 the first shown.
    place: i32,
    quarter: Quarter,
    rank: Option<i64>,
    received: Option<i64>,
    share: Option<f64>,
    interval: Interval,
    change: Change,
}

impl Point {
    fn few(&self) -> bool {
        whole(self.received, self.share).is_some_and(|n| n < FEW)
    }
}

/// An organization with its quarters in their order.
struct Organization {
    id: String,
    name: String,
    ours: bool,
    points: Vec<Point>,
}

impl Organization {
    /// Its point of the quarter under review, which is the last.
    fn now(&self) -> Option<&Point> {
        self.points
            .last()
            .filter(|point| point.place == QUARTERS - 1)
    }

    /// The rank of the quarter before and of this one, where the share changed clearly to match.
    fn moved(&self) -> Option<(i64, i64)> {
        let now = self.now()?;
        let before = self
            .points
            .iter()
            .find(|point| point.place == QUARTERS - 2)?;
        let (from, to) = (before.rank?, now.rank?);
        let Change::Clear(change) = now.change else {
            return None;
        };
        let same = (change > 0.0 && to < from) || (change < 0.0 && to > from);
        same.then_some((from, to))
    }
}

/// What the chart shows.
struct Shown {
    all: Vec<Organization>,
    /// How many of them have a line.
    kept: usize,
    /// Whose share it is: `market_share` or `observed_share`.
    column: &'static str,
    before: Quarter,
}

impl Shown {
    fn of(&self) -> &'static str {
        if self.column == "market_share" {
            "the market"
        } else {
            "what left us"
        }
    }

    /// Whom the title speaks of: who moved most, else the first.
    fn first(&self) -> Option<&Organization> {
        let kept = || self.all.iter().take(self.kept);
        let far = |o: &&Organization| {
            o.moved()
                .map(|(from, to)| ((from - to).abs(), from > to, -to))
        };
        let moved = kept().filter(|o| o.moved().is_some()).max_by_key(far);
        moved.or_else(|| {
            kept()
                .next()
                .filter(|o| o.now().is_some_and(|p| p.rank.is_some()))
        })
    }
}

fn draw(tables: &Tables, frame: &Frame) -> Result<Drawing> {
    let Some(table) = tables.rows(TABLE, "specialty", "all")? else {
        return Ok(missing(frame, false));
    };
    let shown = order(&table, frame)?;
    let now = || shown.all.iter().filter_map(Organization::now);
    let unranked =
        now().all(|p| p.rank.is_none()) && now().any(|p| p.received.is_some_and(|n| n > 0));
    // Shared patients alone know everybody's market, and nothing that left us.
    let nothing_left = now().next().is_some() && now().all(|p| p.received == Some(0));
    if shown.all.is_empty() || unranked || nothing_left {
        return Ok(missing(frame, unranked));
    }
    let mut sheet = Sheet::new(CHART.name, frame, heading(frame, &shown), CHART.internal);
    picture(&mut sheet, &shown)?;
    Ok(sheet.finish())
}

fn missing(frame: &Frame, unranked: bool) -> Drawing {
    let quarter = frame.quarter.for_people();
    let subtitle =
        format!("Ranks of other organizations by their share of what left us, {quarter}");
    let (title, sentence) = if unranked {
        let sentence = format!(
            "For {quarter} too many destinations are unknown to rank organizations. A list of the providers \
             of the area, such as the NPPES file, with their organizations places more of them."
        );
        ("No organization is ranked", sentence)
    } else {
        let sentence = format!(
            "No referral of {quarter} is known that went to another organization. An export of the orders \
             that our own providers place, or claims, bring this chart."
        );
        ("No other organizations to show yet", sentence)
    };
    let alt = "Empty chart of the ranks of organizations: none can be ranked.";
    let heading = Heading::missing(title, subtitle, TABLE, alt);
    Sheet::missing(CHART.name, frame, heading, CHART.internal, &sentence)
}

/// The organizations of the quarter, by rank.
fn order(table: &Table, frame: &Frame) -> Result<Shown> {
    let market = table.reals("market_share")?.iter().any(Option::is_some);
    let column = if market {
        "market_share"
    } else {
        "observed_share"
    };
    let mut all: Vec<Organization> = Vec::new();
    for row in records(table) {
        let quarter: Quarter = row.text("quarter")?.parse()?;
        let place = QUARTERS - 1 + quarter.index() - frame.quarter.index();
        if !(0..QUARTERS).contains(&place) {
            continue;
        }
        let id = row.text("organization_id")?;
        let point = point(row, column, quarter, place)?;
        if let Some(known) = all.iter_mut().find(|o| o.id == id) {
            known.points.push(point);
            continue;
        }
        let name = row.name("organization_name", "organization_id")?;
        all.push(Organization {
            ours: name == frame.organisation,
            name,
            id,
            points: vec![point],
        });
    }
    for organization in &mut all {
        organization.points.sort_by_key(|point| point.place);
    }
    all.retain(|organization| organization.now().is_some());
    let rank = |o: &Organization| o.now().and_then(|point| point.rank).unwrap_or(i64::MAX);
    all.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.name.cmp(&b.name)));
    Ok(Shown {
        kept: all.len().min(MOST),
        all,
        column,
        before: frame.quarter.plus(-1),
    })
}

fn point(row: Record<'_>, column: &str, quarter: Quarter, place: i32) -> Result<Point> {
    Ok(Point {
        place,
        quarter,
        rank: row.int("rank")?,
        received: row.int("received")?,
        share: row.real(column)?,
        interval: row.interval(column)?,
        change: row.change("share_change", 0.0)?,
    })
}

fn heading(frame: &Frame, shown: &Shown) -> Heading {
    let titles = titles(shown);
    let mut footer = vec![format!(
        "Share: of {}, all specialties, with 95\u{202f}% interval{}.",
        shown.of(),
        if shown.column == "market_share" {
            ""
        } else {
            "; we are not in it"
        }
    )];
    let points = || shown.all.iter().take(shown.kept).flat_map(|o| &o.points);
    let low = points()
        .filter(|p| p.rank.is_some_and(|rank| rank > LOWEST))
        .count();
    if low > 0 {
        let ranks = words::counted(low, "earlier rank is", "earlier ranks are");
        footer.push(format!("{ranks} below {LOWEST} and not drawn."));
    }
    if points().any(Point::few) {
        footer.push(format!("Hollow: of fewer than {FEW} referrals."));
    }
    footer.push(words::NOBODY.to_string());
    Heading {
        alt: format!(
            "Bump chart of the ranks of organizations by their share of {}, eight quarters to {}. {}.",
            shown.of(),
            frame.quarter,
            titles.first().map_or("", |t| t),
        ),
        titles,
        subtitle: format!(
            "Rank of organizations by their share of {}, all specialties, by quarter to {}",
            shown.of(),
            frame.quarter.for_people()
        ),
        footer,
    }
}

fn titles(shown: &Shown) -> Vec<String> {
    let known = shown.first().and_then(|o| Some((o, o.now()?)));
    let Some((organization, now)) = known else {
        return vec!["The organizations’ ranks are withheld".to_string()];
    };
    let on = words::quarter(shown.before);
    let name = &organization.name;
    if let Some((from, to)) = organization.moved() {
        let verb = if to < from { "rose" } else { "fell" };
        let points = now.change.words(units::points);
        return vec![
            format!("{name} {verb} from rank {from} to {to}, {points} on {on}"),
            format!("{name} {verb} from rank {from} to {to}"),
            format!("One organization {verb} from rank {from} to {to}"),
        ];
    }
    let of = now.share.map_or(String::new(), |rate| {
        format!(" with {} of {}", share(rate), shown.of())
    });
    let said = match now.change {
        Change::Missing => String::new(),
        change => format!(", {} on {on}", change.words(units::points)),
    };
    vec![
        format!("{name} leads{of}{said}"),
        format!("{name} leads{of}"),
        format!("The first organization leads{of}"),
    ]
}

/// The columns right of the lines.
struct Columns {
    name: Rect,
    share: Rect,
    change: Rect,
}

fn picture(sheet: &mut Sheet, shown: &Shown) -> Result<()> {
    let area = sheet.area();
    let half = sheet.is_half();
    let (parts, named) = if half {
        ([900.0, 780.0, 0.0, 0.0], "Organization, share")
    } else {
        ([1700.0, 820.0, 460.0, 420.0], "Organization")
    };
    let [plot, name, share, change] = columns(area, 50.0, parts);
    let columns = Columns {
        name,
        share,
        change,
    };
    let on = format!("Change on {}", words::quarter(shown.before));
    let heads = [
        (plot, Anchor::Start, "Rank"),
        (name, Anchor::Start, named),
        (share, Anchor::End, "Share (95\u{202f}% interval)"),
        (change, Anchor::End, on.as_str()),
    ];
    let top = sheet.heads(area, &heads) + 30.0;
    sheet.further(
        shown.all.len() - shown.kept,
        ("further organization", "further organizations"),
        TABLE,
    );
    let kept: Vec<&Organization> = shown.all.iter().take(shown.kept).collect();
    let points = kept.iter().flat_map(|o| &o.points);
    let ranks = points.filter_map(|point| point.rank);
    let lowest = ranks.filter(|rank| *rank <= LOWEST).max().unwrap_or(1);
    let lowest = lowest.max(kept.len() as i64) as f64;
    let pitch = ((area.y1 - LABEL * 2.8 - top) / lowest).min(150.0);
    let at = Rect {
        x0: plot.x0 + 70.0,
        x1: plot.x1,
        y0: top,
        y1: top + pitch * lowest,
    };
    let across = (-0.4, f64::from(QUARTERS) - 0.6);
    let scaled = sheet.plot(at, across, (lowest + 0.5, 0.5));
    sheet.quarters(&scaled, at, &shown.before.plus(1).last(QUARTERS));
    let hidden = |o: &&Organization| o.now().is_some_and(|point| point.rank.is_none());
    if kept.iter().all(hidden) {
        return withheld(sheet, &columns, at, &kept);
    }
    for rank in 1..=lowest as i64 {
        let (_, y) = scaled.at(0.0, rank as f64);
        let ranks = plot.across(plot.x0, plot.x0 + 50.0);
        sheet.cell(ranks, y, sheet.quiet().from(Anchor::End), &rank.to_string());
    }
    lines(sheet, &scaled, shown, &kept)?;
    names(sheet, &scaled, &columns, shown, &kept, at);
    Ok(())
}

/// The colour of an organization: us blue, the one of the title highlighted.
fn colour(sheet: &Sheet, shown: &Shown, organization: &Organization) -> Colour {
    let first = shown
        .first()
        .is_some_and(|first| std::ptr::eq(first, organization));
    if organization.ours {
        sheet.palette.ours
    } else {
        sheet.tone(first)
    }
}

fn lines(sheet: &Sheet, plot: &Plot, shown: &Shown, kept: &[&Organization]) -> Result<()> {
    // What is highlighted lies above the others.
    let plain = |o: &&&Organization| colour(sheet, shown, o) == sheet.palette.bars;
    let first = kept.iter().filter(|o| plain(o));
    for organization in first.chain(kept.iter().filter(|o| !plain(o))) {
        let colour = colour(sheet, shown, organization);
        let drawn = organization.points.iter().map(|point| {
            let rank = point.rank.filter(|rank| *rank <= LOWEST)?;
            Some((point, (f64::from(point.place), rank as f64)))
        });
        let drawn: Vec<_> = drawn.collect();
        let width = if colour == sheet.palette.bars { 6 } else { 12 };
        for pair in drawn.windows(2) {
            if let [Some((one, from)), Some((two, to))] = pair
                && two.place - one.place == 1
            {
                plot.line(vec![*from, *to], colour, width)?;
            }
        }
        for (point, at) in drawn.into_iter().flatten() {
            let fill = if point.few() {
                Fill::Hollow
            } else {
                Fill::Solid
            };
            mark(sheet, organization, point, || {
                plot.dot(at, 20, colour, fill)
            })?;
        }
    }
    Ok(())
}

fn mark(
    sheet: &Sheet,
    organization: &Organization,
    point: &Point,
    draw: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let rank = point
        .rank
        .map_or("withheld".to_string(), |rank| format!("rank {rank}"));
    let rate = point.share.map(|rate| format!(", {}", share(rate)));
    let mark = Mark {
        table: TABLE,
        key: &format!("{}|{}", organization.id, point.quarter),
        column: "rank",
        value: point.rank.map(|rank| rank as f64),
        title: format!(
            "{}, {}: {rank}{}",
            organization.name,
            point.quarter,
            rate.unwrap_or_default()
        ),
    };
    sheet.mark(&mark, draw)
}

/// The names right of the last quarter, apart where two have one rank.
fn names(
    sheet: &Sheet,
    plot: &Plot,
    columns: &Columns,
    shown: &Shown,
    kept: &[&Organization],
    at: Rect,
) {
    let ranked = kept
        .iter()
        .filter_map(|o| Some((*o, o.now()?, o.now()?.rank?)));
    let ranked: Vec<_> = ranked.filter(|(_, _, rank)| *rank <= LOWEST).collect();
    let heights: Vec<f64> = ranked
        .iter()
        .map(|(_, _, rank)| plot.at(0.0, *rank as f64).1)
        .collect();
    let least: f64 = if sheet.is_half() { 110.0 } else { 60.0 };
    let least = least.min(at.height() / kept.len().max(1) as f64);
    let half = LABEL * CAPITAL / 2.0;
    for ((organization, now, _), middle) in
        ranked
            .iter()
            .zip(labels::spread(&heights, least, at.y0 + half, at.y1 - half))
    {
        let colour = colour(sheet, shown, organization);
        let named = colour != sheet.palette.bars;
        let words = if named {
            sheet.words().bold(true).tinted(colour)
        } else {
            sheet.words()
        };
        let rate = now.share.map(|rate| words::estimate(rate, now.interval));
        let rate = rate.unwrap_or("withheld".to_string());
        let clear = matches!(now.change, Change::Clear(_));
        if sheet.is_half() {
            let said = format!("{rate}, {}", now.change.words(units::points));
            let said = if clear { said } else { rate };
            sheet.two_lines(columns.name, middle, words, (&organization.name, &said));
            continue;
        }
        sheet.cell(columns.name, middle, words, &organization.name);
        let plain = sheet.words().from(Anchor::End);
        sheet.cell(columns.share, middle, plain, &rate);
        let tone = if clear {
            plain
        } else {
            sheet.quiet().from(Anchor::End)
        };
        sheet.cell(
            columns.change,
            middle,
            tone,
            &now.change.words(units::points),
        );
    }
}

/// Where ranks are withheld the names stand by themselves, each beside a hatch.
fn withheld(sheet: &Sheet, columns: &Columns, at: Rect, kept: &[&Organization]) -> Result<()> {
    let pitch = at.height() / kept.len().max(1) as f64;
    for (place, organization) in kept.iter().enumerate() {
        let middle = at.y0 + pitch * (place as f64 + 0.5);
        sheet.cell(columns.name, middle, sheet.words(), &organization.name);
        if let Some(now) = organization.now() {
            mark(sheet, organization, now, || {
                sheet.hatch(at.across(at.x0 + 30.0, at.x1), middle, "withheld");
                Ok(())
            })?;
        }
    }
    Ok(())
}
