//! `fragility`: how fragile is what comes in? A dot for each specialty at the share that its largest
//! practice sends, with the concentration over all of them.

use catchment_base::{Result, Table, units};

use crate::canvas::axes::ticks;
use crate::canvas::frame::{Drawing, Frame, Heading};
use crate::canvas::plot::{Fill, Plot};
use crate::canvas::record::{Record, records};
use crate::canvas::rows::{Groups, columns};
use crate::canvas::sheet::{Anchor, Mark, Rect, Sheet};
use crate::canvas::theme::LABEL;
use crate::canvas::words::{counted, share};
use crate::catalogue::{Chart, Tables};

/// The catalogue's entry.
pub(crate) const CHART: Chart = Chart {
    name: "fragility",
    question: "How fragile?",
    reads: &["fragility", "run_info"],
    internal: false,
    draw,
};

const TABLE: &str = "fragility";

/// Under so many referrals a specialty is hollow and not ranked.
const FEW: i64 = 30;

/// One specialty, or the row `all`.
#[derive(Clone)]
struct Specialty {
    name: String,
    n: Option<i64>,
    top: Option<f64>,
    herfindahl: Option<f64>,
    bridges: Option<i64>,
}

impl Specialty {
    fn ranked(&self) -> bool {
        self.top.is_some() && !self.few()
    }

    fn few(&self) -> bool {
        self.n.is_some_and(|n| n < FEW)
    }
}

/// The specialties in their order, how many of them are ranked, and the sum.
struct Shown {
    rows: Vec<Specialty>,
    ranked: usize,
    all: Option<Specialty>,
    /// What comes in, one and many.
    inbound: (&'static str, &'static str),
}

fn draw(tables: &Tables, frame: &Frame) -> Result<Drawing> {
    let Some(table) = tables.rows(TABLE, "practice_id", "all")? else {
        return Ok(missing(frame));
    };
    let shown = order(specialties(&table)?, tables.inbound()?);
    let mut sheet = Sheet::new(CHART.name, frame, heading(frame, &shown), CHART.internal);
    picture(&mut sheet, &shown)?;
    Ok(sheet.finish())
}

fn missing(frame: &Frame) -> Drawing {
    let subtitle = format!(
        "Share of inbound referrals from the largest practice, by specialty, {}",
        frame.quarter.for_people()
    );
    let alt =
        "Empty chart of the share that the largest practice sends: no inbound referral is known.";
    let heading = Heading::missing("No practices to depend on yet", subtitle, TABLE, alt);
    let sentence = format!(
        "No referral that came in from a known practice is known up to {}. An export of incoming referrals \
         and a list of practices bring this chart.",
        frame.quarter.for_people(),
    );
    Sheet::missing(CHART.name, frame, heading, CHART.internal, &sentence)
}

fn specialties(table: &Table) -> Result<Vec<Specialty>> {
    let specialty = |row: Record<'_>| {
        Ok(Specialty {
            name: row.text("specialty")?,
            n: row.int("n")?,
            top: row.real("top_1")?,
            herfindahl: row.real("herfindahl")?,
            // The network brings this column.
            bridges: if table.has("bridges") {
                row.int("bridges")?
            } else {
                None
            },
        })
    };
    records(table).map(specialty).collect()
}

fn order(rows: Vec<Specialty>, inbound: (&'static str, &'static str)) -> Shown {
    let (all, mut rows): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.name == "all");
    let top = |row: &Specialty| row.top.filter(|_| row.ranked()).unwrap_or(0.0);
    rows.sort_by(|a, b| {
        let by_top = b.ranked().cmp(&a.ranked()).then(top(b).total_cmp(&top(a)));
        by_top.then_with(|| a.name.cmp(&b.name))
    });
    Shown {
        ranked: rows.iter().filter(|row| row.ranked()).count(),
        rows,
        all: all.into_iter().next(),
        inbound,
    }
}

fn heading(frame: &Frame, shown: &Shown) -> Heading {
    let (one, many) = shown.inbound;
    let titles = titles(shown);
    let mut footer = vec![
        "Herfindahl: the sum of the squared shares of all practices; the lower, the less depends on one."
            .to_string(),
    ];
    if has_bridges(shown) {
        footer.push("Bridges: providers whose loss would split a community.".to_string());
    }
    if shown.rows.iter().any(|row| row.few() && row.top.is_some()) {
        footer.push(format!("Hollow, not ranked: fewer than {FEW} {many}."));
    }
    if let Some(n) = shown.all.as_ref().and_then(|all| all.n) {
        footer.push(format!("{} in all.", counted(n.max(0) as usize, one, many)));
    }
    let last = shown.rows.iter().take(shown.ranked).next_back();
    let least = last
        .filter(|_| shown.ranked > 1)
        .and_then(|row| Some(format!(" Least: {}, {}.", row.name, share(row.top?))));
    let sum = shown.all.as_ref().and_then(|all| all.top);
    let sum = sum.map(|top| format!(" All specialties: {}.", share(top)));
    Heading {
        alt: format!(
            "Dots of the share of inbound {many} that the largest practice sends, by specialty, {}. {}.{}{}",
            frame.quarter,
            titles.first().map_or("", |t| t),
            least.unwrap_or_default(),
            sum.unwrap_or_default(),
        ),
        titles,
        subtitle: format!(
            "Share of external inbound {many} that the largest practice sends, %, by specialty, {}",
            frame.quarter.for_people()
        ),
        footer,
    }
}

fn titles(shown: &Shown) -> Vec<String> {
    let (_, many) = shown.inbound;
    let first = shown.rows.first().filter(|row| row.ranked());
    let Some((row, top)) = first.and_then(|row| Some((row, row.top?))) else {
        let every = |is: fn(&Specialty) -> bool| shown.rows.iter().all(is);
        let sum = shown.all.as_ref().and_then(|all| all.top);
        return vec![match sum {
            Some(top) if shown.rows.is_empty() => {
                format!("One practice sends {} of all {many}", share(top))
            }
            _ if every(|row| row.top.is_none()) => {
                "What the largest practice sends is withheld".to_string()
            }
            _ => format!("No specialty has {FEW} {many}, so none is ranked"),
        }];
    };
    vec![
        format!("{} hangs on {} from one practice", row.name, share(top)),
        format!("One practice sends {} of one specialty", share(top)),
    ]
}

fn has_bridges(shown: &Shown) -> bool {
    let every = shown.rows.iter().chain(&shown.all);
    every.into_iter().any(|row| row.bridges.is_some())
}

struct Columns {
    name: Rect,
    plot: Rect,
    top: Rect,
    herfindahl: Rect,
    bridges: Rect,
    n: Rect,
}

fn picture(sheet: &mut Sheet, shown: &Shown) -> Result<()> {
    let area = sheet.area();
    let half = sheet.is_half();
    let wanted = |width: f64| if has_bridges(shown) { width } else { 0.0 };
    let parts = if half {
        [560.0, 560.0, 180.0, 0.0, 0.0, 170.0]
    } else {
        [860.0, 1500.0, 240.0, 280.0, wanted(220.0), 240.0]
    };
    let [name, plot, top, herfindahl, bridges, n] =
        columns(area, if half { 30.0 } else { 50.0 }, parts);
    let columns = Columns {
        name,
        plot,
        top,
        herfindahl,
        bridges,
        n,
    };
    let heads = [
        (name, Anchor::Start, "Specialty"),
        (plot, Anchor::Start, "From the largest practice"),
        (top, Anchor::End, "Share"),
        (herfindahl, Anchor::End, "Herfindahl"),
        (bridges, Anchor::End, "Bridges"),
        (n, Anchor::End, "Referrals"),
    ];
    let head = sheet.heads(area, &heads) + 14.0;
    let sums = usize::from(shown.all.is_some());
    let all = shown.rows.len();
    let groups = [shown.ranked, all - shown.ranked, sums];
    let places = Groups::fit(head, area.y1 - LABEL * 1.5, groups);
    sheet.further(
        all - places.kept,
        ("further specialty", "further specialties"),
        TABLE,
    );
    if let Some(middle) = places.head {
        sheet.cell(columns.name, middle, sheet.quiet(), "Not ranked");
    }
    let end = places.lines.last().map_or(head, |y| y + places.pitch / 2.0) + 10.0;
    let at = columns.plot.down(head - 14.0, end);
    lines(sheet, shown, &columns, at, &places)
}

fn lines(sheet: &Sheet, shown: &Shown, columns: &Columns, at: Rect, places: &Groups) -> Result<()> {
    let drawn = || shown.rows.iter().take(places.kept).chain(&shown.all);
    let most = drawn().filter_map(|row| row.top).fold(0.1, f64::max);
    let ticks = ticks(0.0, most, if sheet.is_half() { 3 } else { 5 });
    let at = at.across(at.x0 + 30.0, at.x1 - 50.0);
    let end = ticks.last().copied().unwrap_or(1.0);
    let plot = sheet.plot(at, (0.0, end), (at.height(), 0.0));
    sheet.grid_across(&plot, at, &ticks, |t, places| {
        units::percent(t, places.saturating_sub(2))
    });
    // An index of shares lies below 1, one of per cents below 10,000.
    let largest = drawn().filter_map(|row| row.herfindahl).fold(0.0, f64::max);
    let decimals = if largest > 1.0 { 0 } else { 2 };
    for (place, (row, &middle)) in drawn().zip(&places.lines).enumerate() {
        let sum = place >= places.kept;
        let highlighted = place == 0 && shown.ranked > 0;
        let words = sheet.named(highlighted);
        let name = if sum { "All specialties" } else { &row.name };
        sheet.cell(columns.name, middle, words.bold(highlighted || sum), name);
        let end = sheet.words().from(Anchor::End);
        let top = row.top.map_or("–".to_string(), share);
        sheet.cell(columns.top, middle, words.from(Anchor::End), &top);
        let n = row.n.map_or("–".to_string(), units::count);
        sheet.cell(columns.n, middle, end, &n);
        if columns.herfindahl.width() > 0.0 {
            let index = row.herfindahl;
            let index = index.map_or("–".to_string(), |h| units::real(h, decimals));
            sheet.cell(columns.herfindahl, middle, end, &index);
        }
        if columns.bridges.width() > 0.0 {
            let bridges = row.bridges.map_or("–".to_string(), units::count);
            sheet.cell(columns.bridges, middle, end, &bridges);
        }
        mark(sheet, &plot, at, (row, middle), (highlighted, sum))?;
    }
    Ok(())
}

fn mark(
    sheet: &Sheet,
    plot: &Plot,
    at: Rect,
    (row, middle): (&Specialty, f64),
    (highlighted, sum): (bool, bool),
) -> Result<()> {
    let top = row.top.map_or("withheld".to_string(), share);
    let mark = Mark {
        table: TABLE,
        key: &format!("{}|all", row.name),
        column: "top_1",
        value: row.top,
        title: format!("{}: {top} from the largest practice", row.name),
    };
    let y = middle - at.y0;
    sheet.mark(&mark, || {
        let Some(top) = row.top else {
            sheet.hatch(at, middle, "withheld");
            return Ok(());
        };
        let colour = if sum {
            sheet.palette.second
        } else {
            sheet.tone(highlighted)
        };
        plot.line(vec![(0.0, y), (top, y)], colour, 6)?;
        let fill = if row.few() { Fill::Hollow } else { Fill::Solid };
        plot.dot((top, y), 20, colour, fill)
    })
}
