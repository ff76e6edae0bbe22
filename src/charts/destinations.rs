//! `destinations`: who gains? The destinations that receive most of what leaks, of the specialty
//! that leaks most and of all specialties, each with its share and interval.

use catchment_base::{Result, Table, units};

use crate::canvas::bars::{Look, VALUE};
use crate::canvas::frame::{Drawing, Frame, Heading};
use crate::canvas::plot::{Fill, Plot};
use crate::canvas::record::{Record, records};
use crate::canvas::rows::{Rows, columns};
use crate::canvas::sheet::{Anchor, Mark, Rect, Sheet};
use crate::canvas::theme::LABEL;
use crate::canvas::words::{self, Change, FEW, Interval, share, whole};
use crate::catalogue::{Chart, Tables};

/// The catalogue's entry.
pub(crate) const CHART: Chart = Chart {
    name: "destinations",
    question: "Who gains?",
    reads: &[TABLE, "leakage_by_specialty"],
    internal: false,
    draw,
};

const TABLE: &str = "leakage_by_destination";

/// As many destinations of a specialty as a board reads.
const MOST: usize = 8;

/// One destination of a specialty.
struct Destination {
    id: String,
    name: String,
    received: Option<i64>,
    share: Option<f64>,
    interval: Interval,
    change: Change,
    ranked: bool,
}

impl Destination {
    fn few(&self) -> bool {
        whole(self.received, self.share).is_some_and(|n| n < FEW)
    }
}

/// A specialty with its destinations, most first.
struct Group {
    /// As the table has it.
    specialty: String,
    rows: Vec<Destination>,
    /// The leaked referrals that shares are of.
    leaked: Option<i64>,
}

impl Group {
    /// Its name, as it stands within a sentence.
    fn name(&self) -> &str {
        match self.specialty.as_str() {
            "all" => "all specialties",
            name => name,
        }
    }

    /// Its first destination, where one may be called so.
    fn first(&self) -> Option<&Destination> {
        self.rows
            .first()
            .filter(|row| row.ranked && row.share.is_some() && !row.few())
    }
}

fn draw(tables: &Tables, frame: &Frame) -> Result<Drawing> {
    let quarter = frame.quarter.to_string();
    let Some(table) = tables.rows(TABLE, "quarter", &quarter)? else {
        return Ok(missing(frame));
    };
    let by_specialty = tables.rows("leakage_by_specialty", "quarter", &quarter)?;
    let mut groups = Vec::new();
    let most = by_specialty.as_ref().map(leaks_most).transpose()?.flatten();
    for specialty in most.iter().map(String::as_str).chain(["all"]) {
        let rows = destinations(&table.only("specialty", specialty)?)?;
        let leaked = match &by_specialty {
            Some(by) => records(&by.only("specialty", specialty)?)
                .next()
                .map(|row| row.int("leaked")),
            None => None,
        };
        if !rows.is_empty() {
            groups.push(Group {
                specialty: specialty.to_string(),
                rows,
                leaked: leaked.transpose()?.flatten(),
            });
        }
    }
    if groups.is_empty() {
        return Ok(missing(frame));
    }
    let mut sheet = Sheet::new(CHART.name, frame, heading(frame, &groups), CHART.internal);
    picture(&mut sheet, &groups, frame)?;
    Ok(sheet.finish())
}

fn missing(frame: &Frame) -> Drawing {
    let quarter = frame.quarter.for_people();
    let subtitle = format!("Destinations of leaked referrals, {quarter}");
    let alt = "Empty bar chart of the destinations of leaked referrals: none is known.";
    let heading = Heading::missing("No destinations to show yet", subtitle, TABLE, alt);
    let sentence = format!(
        "No leaked referral of {quarter} has a known destination. An export of the orders that our own \
         providers place, with the provider or organization referred to, brings this chart."
    );
    Sheet::missing(CHART.name, frame, heading, CHART.internal, &sentence)
}

/// The specialty that leaks most, by the table's rank.
fn leaks_most(table: &Table) -> Result<Option<String>> {
    for row in records(table) {
        if row.int("rank")? == Some(1) {
            return Ok(Some(row.text("specialty")?));
        }
    }
    Ok(None)
}

fn destinations(table: &Table) -> Result<Vec<Destination>> {
    let destination = |row: Record<'_>| {
        Ok(Destination {
            id: row.text("destination_id")?,
            name: row.name("destination_name", "destination_id")?,
            received: row.int("received")?,
            share: row.real("share")?,
            interval: row.interval("share")?,
            change: row.change("received_change", 1.0)?,
            ranked: row.int("rank")?.is_some(),
        })
    };
    let mut all: Vec<Destination> = records(table).map(destination).collect::<Result<_>>()?;
    all.sort_by(|a, b| {
        // Where nothing is ranked they stand by name.
        let most = b.ranked.cmp(&a.ranked).then(match a.ranked && b.ranked {
            true => b.received.cmp(&a.received),
            false => std::cmp::Ordering::Equal,
        });
        most.then_with(|| a.name.cmp(&b.name))
            .then_with(|| a.id.cmp(&b.id))
    });
    Ok(all)
}

fn heading(frame: &Frame, groups: &[Group]) -> Heading {
    let titles = titles(groups);
    let mut footer = Vec::new();
    let leaked = groups
        .iter()
        .filter_map(|group| Some((group.name(), group.leaked?)));
    let leaked: Vec<String> = leaked
        .map(|(name, n)| format!("{} of {name}", units::count(n)))
        .collect();
    if !leaked.is_empty() {
        footer.push(format!(
            "Leaked: {}; lines: 95\u{202f}% intervals.",
            leaked.join(", ")
        ));
    }
    let every = || groups.iter().flat_map(|group| &group.rows);
    if every().any(|row| !row.ranked && row.received.is_some()) {
        footer.push("Not ranked: over 10\u{202f}% of destinations are unknown.".to_string());
    }
    if every().any(Destination::few) {
        footer.push(format!("Hollow: of fewer than {FEW}."));
    }
    footer.push(words::NOBODY.to_string());
    let all = groups
        .iter()
        .rev()
        .find(|group| group.specialty == "all" && groups.len() > 1);
    let all = all
        .and_then(Group::first)
        .and_then(|row| Some((row, row.share?)));
    let all = all.map(|(row, rate)| format!(" Of all specialties: {}, {}.", row.name, share(rate)));
    Heading {
        alt: format!(
            "Bar chart of the destinations of leaked referrals with 95\u{202f}% intervals, {}. {}.{}",
            frame.quarter,
            titles.first().map_or("", |t| t),
            all.unwrap_or_default(),
        ),
        titles,
        subtitle: format!(
            "Destinations of aligned referrers’ leaked referrals, share of leaked, %, {}",
            frame.quarter.for_people()
        ),
        footer,
    }
}

/// The destination of which the title speaks.
fn spoken(groups: &[Group]) -> Option<(&Group, &Destination)> {
    groups
        .iter()
        .find_map(|group| Some((group, group.first()?)))
}

fn titles(groups: &[Group]) -> Vec<String> {
    let known = spoken(groups).and_then(|(group, row)| Some((group, row, share(row.share?))));
    let Some((group, row, rate)) = known else {
        let every = |is: fn(&Destination) -> bool| groups.iter().flat_map(|g| &g.rows).all(is);
        let title = if every(|row| row.received.is_none()) {
            "The destinations’ shares are withheld"
        } else if every(|row| !row.ranked) {
            "No destination is ranked: too many are unknown"
        } else {
            "Too few referrals leaked to rank their destinations"
        };
        return vec![title.to_string()];
    };
    let of = match group.specialty.as_str() {
        "all" => "leaked referrals".to_string(),
        name => format!("leaked {name}"),
    };
    vec![
        format!("{} receives {rate} of {of}", row.name),
        format!("The first destination receives {rate} of {of}"),
        format!("The first destination receives {rate}"),
    ]
}

/// The columns of a line: destination, bar, how many, change.
struct Columns {
    name: Rect,
    plot: Rect,
    received: Rect,
    change: Rect,
}

/// The room of a group's head.
const HEAD: f64 = 84.0;

fn picture(sheet: &mut Sheet, groups: &[Group], frame: &Frame) -> Result<()> {
    let area = sheet.area();
    let half = sheet.is_half();
    let parts = if half {
        [560.0, 540.0, 190.0, 350.0]
    } else {
        [1120.0, 1600.0, 260.0, 460.0]
    };
    let [name, plot, received, change] = columns(area, if half { 30.0 } else { 56.0 }, parts);
    let columns = Columns {
        name,
        plot,
        received,
        change,
    };
    let on = format!("Change on {}", words::quarter(frame.quarter.plus(-1)));
    let heads = [
        (name, Anchor::Start, "Destination"),
        (plot, Anchor::Start, "Share of leaked"),
        (received, Anchor::End, "Leaked"),
        (change, Anchor::End, on.as_str()),
    ];
    let top = sheet.heads(area, &heads) + 6.0;
    let wanted: usize = groups.iter().map(|group| group.rows.len().min(MOST)).sum();
    let bottom = area.y1 - LABEL * 1.5 - HEAD * groups.len() as f64;
    let rows = Rows::fit(top, bottom, wanted, 66.0, 96.0);
    // Where there is no room for all, each group has its part of it.
    let each = if rows.count < wanted {
        rows.count / groups.len().max(1)
    } else {
        MOST
    };
    let kept = |group: &Group| group.rows.len().min(each);
    let left: usize = groups
        .iter()
        .map(|group| group.rows.len() - kept(group))
        .sum();
    sheet.further(left, ("further destination", "further destinations"), TABLE);
    let drawn: usize = groups.iter().map(kept).sum();
    let at = Rect {
        y0: rows.top,
        y1: rows.top + rows.pitch * drawn as f64 + HEAD * groups.len() as f64 + 6.0,
        ..columns
            .plot
            .across(columns.plot.x0 + 4.0, columns.plot.x1 - VALUE)
    };
    lines(sheet, &columns, at, groups, (each, rows.pitch))
}

/// The lines of every group below its head, `each` of a group at most.
fn lines(
    sheet: &Sheet,
    columns: &Columns,
    at: Rect,
    groups: &[Group],
    (each, pitch): (usize, f64),
) -> Result<()> {
    let drawn = groups.iter().flat_map(|group| group.rows.iter().take(each));
    let plot = sheet.shares(at, drawn.map(|row| (row.share, row.interval)));
    let first = spoken(groups).map(|(_, row)| row);
    let mut y = at.y0;
    for group in groups {
        let head = match group.specialty.as_str() {
            "all" => "All specialties",
            name => name,
        };
        let words = sheet.quiet().bold(true);
        sheet.cell(columns.name, y + HEAD * 0.56, words, head);
        y += HEAD;
        for row in group.rows.iter().take(each) {
            let line = Line {
                group,
                row,
                first: first.is_some_and(|first| std::ptr::eq(first, row)),
                middle: y + pitch / 2.0,
                half: (pitch * 0.31).min(28.0),
            };
            mark(sheet, &plot, at, columns, &line)?;
            y += pitch;
        }
    }
    Ok(())
}

/// One line as it is drawn.
struct Line<'a> {
    group: &'a Group,
    row: &'a Destination,
    first: bool,
    middle: f64,
    /// Half the thickness of the bar.
    half: f64,
}

fn mark(sheet: &Sheet, plot: &Plot, at: Rect, columns: &Columns, line: &Line<'_>) -> Result<()> {
    let Line { row, middle, .. } = *line;
    let words = sheet.named(line.first);
    sheet.cell(columns.name, middle, words, &row.name);
    let plain = sheet.words().from(Anchor::End);
    let received = row.received.map_or("withheld".to_string(), units::count);
    sheet.cell(columns.received, middle, plain, &received);
    let clear = matches!(row.change, Change::Clear(_));
    let tone = if clear {
        plain
    } else {
        sheet.quiet().from(Anchor::End)
    };
    sheet.cell(
        columns.change,
        middle,
        tone,
        &row.change.words(units::ratio_change),
    );
    let written = row.share.map_or("withheld".to_string(), share);
    let ends = row
        .interval
        .map(|i| format!(" ({})", words::interval(i, share)));
    let mark = Mark {
        table: TABLE,
        key: &format!("{}|{}", row.id, line.group.specialty),
        column: "share",
        value: row.share,
        title: format!(
            "{}, {}: {written}{}, {received}",
            row.name,
            line.group.name(),
            ends.unwrap_or_default()
        ),
    };
    let fill = if row.few() { Fill::Hollow } else { Fill::Solid };
    let (shown, look) = (
        (row.share, row.interval),
        Look::Bar(sheet.tone(line.first), fill),
    );
    sheet.mark(&mark, || {
        sheet.share_bar(plot, at, (middle, line.half), shown, look)
    })?;
    sheet.share_value(plot, at, middle, words, shown);
    Ok(())
}
