//! `reasons`: why do they leave? A bar with its interval for each stated reason, most first; what we
//! could do something about is highlighted, and what states no reason stands apart.

use catchment_base::{Result, Table, units};

use crate::canvas::bars::{Look, VALUE};
use crate::canvas::frame::{Drawing, Frame, Heading};
use crate::canvas::plot::{Fill, Plot};
use crate::canvas::record::{Record, records};
use crate::canvas::rows::{Rows, columns};
use crate::canvas::sheet::{Anchor, Mark, Rect, Sheet};
use crate::canvas::theme::LABEL;
use crate::canvas::vocabulary;
use crate::canvas::words::{self, Change, FEW, Interval, share, whole};
use crate::catalogue::{Chart, Tables};

/// The catalogue's entry.
pub(crate) const CHART: Chart = Chart {
    name: "reasons",
    question: "Why do they leave?",
    reads: &[TABLE],
    internal: false,
    draw,
};

const TABLE: &str = "reasons";

/// The word of the table where the export gives no reason.
const NOT_STATED: &str = "not_stated";

/// One reason, over all specialties.
struct Reason {
    word: String,
    n: Option<i64>,
    share: Option<f64>,
    interval: Interval,
    addressable: bool,
    change: Change,
}

impl Reason {
    fn stated(&self) -> bool {
        self.word != NOT_STATED
    }

    fn said(&self) -> String {
        vocabulary::reason(&self.word)
    }
}

fn draw(tables: &Tables, frame: &Frame) -> Result<Drawing> {
    let Some(table) = tables.rows(TABLE, "quarter", &frame.quarter.to_string())? else {
        return Ok(missing(frame));
    };
    let all = reasons(&table.only("specialty", "all")?)?;
    if all.is_empty() {
        return Ok(missing(frame));
    }
    let mut sheet = Sheet::new(CHART.name, frame, heading(frame, &all), CHART.internal);
    picture(&mut sheet, &all, frame)?;
    Ok(sheet.finish())
}

fn missing(frame: &Frame) -> Drawing {
    let quarter = frame.quarter.for_people();
    let subtitle = format!("Reasons of leaked referrals, {quarter}");
    let alt = "Empty bar chart of the reasons of leaked referrals: none is known.";
    let heading = Heading::missing("No reasons to show yet", subtitle, TABLE, alt);
    let sentence = format!(
        "No leaked referral of an aligned referrer is known for {quarter}. An export of the orders that \
         our own providers place, with a reason where they are sent outside, brings this chart."
    );
    Sheet::missing(CHART.name, frame, heading, CHART.internal, &sentence)
}

/// The reasons, most first; what states none comes last.
fn reasons(table: &Table) -> Result<Vec<Reason>> {
    let reason = |row: Record<'_>| {
        Ok(Reason {
            word: row.text("reason")?,
            n: row.int("n")?,
            share: row.real("share")?,
            interval: row.interval("share")?,
            addressable: row.flag("addressable")?.unwrap_or(false),
            change: row.change("n_change", 1.0)?,
        })
    };
    let mut all: Vec<Reason> = records(table).map(reason).collect::<Result<_>>()?;
    all.sort_by(|a, b| {
        let most = b.stated().cmp(&a.stated()).then(b.n.cmp(&a.n));
        most.then_with(|| a.word.cmp(&b.word))
    });
    Ok(all)
}

fn heading(frame: &Frame, all: &[Reason]) -> Heading {
    let titles = titles(all);
    let mut footer = Vec::new();
    let leaked = all.iter().filter_map(|r| whole(r.n, r.share)).max();
    let few = leaked.is_some_and(|n| n < FEW);
    footer.push(
        "Shares are of the leaked referrals of aligned referrers; lines: 95\u{202f}% intervals."
            .to_string(),
    );
    if few {
        footer.push(format!("Hollow: of fewer than {FEW} referrals."));
    }
    footer.push(words::NOBODY.to_string());
    let could = all.iter().filter(|r| r.addressable && r.stated()).count();
    Heading {
        alt: format!(
            "Bar chart of the reasons of leaked referrals, share with 95\u{202f}% intervals, {}. {}. {} addressable.",
            frame.quarter,
            titles.first().map_or("", |t| t),
            words::counted(could, "stated reason is", "stated reasons are"),
        ),
        titles,
        subtitle: format!(
            "Reasons of leaked referrals, all specialties, share of leaked, %, {}; orange: addressable",
            frame.quarter.for_people()
        ),
        footer,
    }
}

fn titles(all: &[Reason]) -> Vec<String> {
    let count = |n: i64| words::counted(n.max(0) as usize, "referral", "referrals");
    let silent = all.iter().find(|r| !r.stated()).and_then(|r| r.n);
    let silent = silent.filter(|n| *n > 0);
    let Some(first) = all.iter().find(|r| r.stated()) else {
        let none = "No reason is stated for leaked referrals";
        let long = silent.map(|n| format!("No reason is stated for {}", count(n)));
        return long.into_iter().chain([none.to_string()]).collect();
    };
    let Some(n) = first.n else {
        return vec!["The reasons of leaked referrals are withheld".to_string()];
    };
    let title = format!("{} comes first: {}", first.said(), count(n));
    let long = silent.map(|n| format!("{title}; {} state no reason", units::count(n)));
    long.into_iter().chain([title]).collect()
}

/// The columns of a line.
struct Columns {
    name: Rect,
    addressable: Rect,
    plot: Rect,
    n: Rect,
    change: Rect,
}

fn picture(sheet: &mut Sheet, all: &[Reason], frame: &Frame) -> Result<()> {
    let area = sheet.area();
    let half = sheet.is_half();
    let parts = if half {
        [530.0, 0.0, 470.0, 190.0, 370.0]
    } else {
        [680.0, 330.0, 1640.0, 240.0, 460.0]
    };
    let [name, addressable, plot, n, change] = columns(area, if half { 30.0 } else { 56.0 }, parts);
    let columns = Columns {
        name,
        addressable,
        plot,
        n,
        change,
    };
    let on = format!("Change on {}", words::quarter(frame.quarter.plus(-1)));
    let heads = [
        (name, Anchor::Start, "Reason"),
        (addressable, Anchor::Start, "Addressable"),
        (plot, Anchor::Start, "Share of leaked"),
        (n, Anchor::End, "Leaked"),
        (change, Anchor::End, on.as_str()),
    ];
    let top = sheet.heads(area, &heads) + 14.0;
    let (least, most) = if half { (106.0, 124.0) } else { (66.0, 108.0) };
    let rows = Rows::fit(top, area.y1 - LABEL * 1.5, all.len(), least, most);
    sheet.further(
        all.len() - rows.count,
        ("further reason", "further reasons"),
        TABLE,
    );
    // What states no reason stays where there is no room for all, since it may be the most.
    let kept = rows.count.saturating_sub(1);
    let shown: Vec<&Reason> = all.iter().take(kept).chain(all.last()).collect();
    let at = Rect {
        y0: rows.top,
        y1: rows.bottom() + 6.0,
        ..columns
            .plot
            .across(columns.plot.x0 + 4.0, columns.plot.x1 - VALUE)
    };
    let plot = sheet.shares(
        at,
        shown.iter().map(|reason| (reason.share, reason.interval)),
    );
    let thick = if half {
        30.0
    } else {
        (rows.pitch * 0.31).min(30.0)
    };
    for (place, reason) in shown.into_iter().enumerate() {
        let middle = rows.middle(place);
        let first = place == 0 && reason.n.is_some();
        cells(sheet, &columns, middle, reason, first);
        mark(sheet, &plot, at, (middle, thick), reason)?;
    }
    Ok(())
}

fn cells(sheet: &Sheet, columns: &Columns, middle: f64, reason: &Reason, first: bool) {
    let words = sheet.named(first && reason.addressable && reason.stated());
    let words = words.bold(first && reason.stated());
    let can = match (reason.addressable, reason.stated()) {
        (true, true) => "yes",
        (true, false) => "taken as yes",
        (false, _) => "no",
    };
    let name = reason.said();
    if sheet.is_half() {
        let below = match can {
            "no" => "not addressable",
            "yes" => "addressable",
            _ => "taken as addressable",
        };
        sheet.two_lines(columns.name, middle, words, (&name, below));
    } else {
        sheet.cell(columns.name, middle, words, &name);
        sheet.cell(columns.addressable, middle, sheet.quiet(), can);
    }
    let plain = sheet.words().from(Anchor::End);
    let n = reason.n.map_or("withheld".to_string(), units::count);
    sheet.cell(columns.n, middle, plain, &n);
    let clear = matches!(reason.change, Change::Clear(_));
    let tone = if clear {
        plain
    } else {
        sheet.quiet().from(Anchor::End)
    };
    sheet.cell(
        columns.change,
        middle,
        tone,
        &reason.change.words(units::ratio_change),
    );
}

fn mark(
    sheet: &Sheet,
    plot: &Plot,
    at: Rect,
    (middle, half): (f64, f64),
    reason: &Reason,
) -> Result<()> {
    let written = reason.share.map_or("withheld".to_string(), share);
    let ends = reason
        .interval
        .map(|i| format!(" ({})", words::interval(i, share)));
    let n = reason.n.map(|n| format!(", {}", units::count(n)));
    let mark = Mark {
        table: TABLE,
        key: &reason.word,
        column: "share",
        value: reason.share,
        title: format!(
            "{}: {written}{}{}",
            reason.said(),
            ends.unwrap_or_default(),
            n.unwrap_or_default()
        ),
    };
    let few = whole(reason.n, reason.share).is_some_and(|n| n < FEW);
    let fill = if few { Fill::Hollow } else { Fill::Solid };
    let look = if reason.stated() {
        Look::Bar(sheet.tone(reason.addressable), fill)
    } else {
        Look::Hatch
    };
    let shown = (reason.share, reason.interval);
    sheet.mark(&mark, || {
        sheet.share_bar(plot, at, (middle, half), shown, look)
    })?;
    sheet.share_value(plot, at, middle, sheet.words(), shown);
    Ok(())
}
