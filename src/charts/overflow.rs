//! `overflow`: which sites overflow? Weekly demand beside weekly slots for each site and specialty,
//! fullest first, with the backlog and the wait that come of it.

use catchment_base::{Result, Table, units};

use crate::canvas::axes::ticks;
use crate::canvas::frame::{Drawing, Frame, Heading};
use crate::canvas::plot::{Fill, Plot};
use crate::canvas::record::{Record, records};
use crate::canvas::rows::{Rows, columns};
use crate::canvas::sheet::{Anchor, Mark, Rect, Sheet};
use crate::canvas::theme::LABEL;
use crate::canvas::words::{Interval, counted, share, short};
use crate::catalogue::{Chart, Tables};

/// The catalogue's entry.
pub(crate) const CHART: Chart = Chart {
    name: "overflow",
    question: "Which sites overflow?",
    reads: &["overflow"],
    internal: false,
    draw,
};

const TABLE: &str = "overflow";

/// As many lines as a board reads.
const MOST: usize = 15;

/// One site and specialty of the quarter.
struct Site {
    practice_id: String,
    practice: String,
    specialty: String,
    demand: Option<f64>,
    slots: Option<f64>,
    utilisation: Option<f64>,
    backlog_weeks: Option<f64>,
    wait: Option<f64>,
    wait_interval: Interval,
    over: bool,
    no_capacity: bool,
}

fn draw(tables: &Tables, frame: &Frame) -> Result<Drawing> {
    let Some(table) = tables.rows(TABLE, "quarter", &frame.quarter.to_string())? else {
        return Ok(missing(frame));
    };
    let all = order(sites(&table)?);
    if all.iter().all(|site| site.no_capacity) {
        return Ok(missing(frame));
    }
    let mut sheet = Sheet::new(CHART.name, frame, heading(frame, &all), CHART.internal);
    picture(&mut sheet, &all)?;
    Ok(sheet.finish())
}

fn missing(frame: &Frame) -> Drawing {
    let subtitle = format!(
        "Weekly demand and weekly slots by site, {}",
        frame.quarter.for_people()
    );
    let alt = "Empty chart of weekly demand and slots by site: no capacity is known.";
    let heading = Heading::missing(
        "No capacity to compare demand with yet",
        subtitle,
        TABLE,
        alt,
    );
    let sentence = format!(
        "For {} no site has both referrals and known slots. A capacity table (practice, specialty, week, \
         new-patient slots) beside the referrals brings this chart.",
        frame.quarter.for_people(),
    );
    Sheet::missing(CHART.name, frame, heading, CHART.internal, &sentence)
}

fn sites(table: &Table) -> Result<Vec<Site>> {
    let site = |row: Record<'_>| {
        let status = row.text("status")?;
        Ok(Site {
            practice_id: row.text("practice_id")?,
            practice: row.name("practice_name", "practice_id")?,
            specialty: row.text("specialty")?,
            demand: row.real("weekly_demand")?,
            slots: row.real("weekly_slots")?,
            utilisation: row.real("utilisation_4q")?,
            backlog_weeks: row.real("backlog_weeks")?,
            wait: row.real("median_wait_days")?,
            wait_interval: row.interval("median_wait_days")?,
            over: status == "over_capacity",
            no_capacity: status == "no_capacity_known",
        })
    };
    let mut sites: Vec<Site> = records(table).map(site).collect::<Result<_>>()?;
    // A site's sum over specialties adds slots that can't stand in for each other.
    sites.retain(|site| site.specialty != "all");
    Ok(sites)
}

/// Fullest first; sites without known slots last, most demand first.
fn order(mut sites: Vec<Site>) -> Vec<Site> {
    sites.sort_by(|a, b| {
        let most = |a: Option<f64>, b: Option<f64>| b.unwrap_or(-1.0).total_cmp(&a.unwrap_or(-1.0));
        a.no_capacity
            .cmp(&b.no_capacity)
            .then_with(|| most(a.utilisation, b.utilisation))
            .then_with(|| most(a.demand, b.demand))
            .then_with(|| a.practice_id.cmp(&b.practice_id))
            .then_with(|| a.specialty.cmp(&b.specialty))
    });
    sites
}

fn heading(frame: &Frame, all: &[Site]) -> Heading {
    let titles = titles(all);
    let over = all.iter().filter(|site| site.over).count();
    let known = all.iter().filter(|site| !site.no_capacity).count();
    let mut footer = vec![format!(
        "{} of {} over capacity: utilisation of four quarters above 100\u{202f}%, and a backlog of four weeks or more.",
        units::count(over as i64),
        counted(known, "site and specialty is", "sites and specialties are"),
    )];
    footer.push(
        "Wait: median days with 95 % interval, those still waiting counted."
            .replace("95 %", "95\u{202f}%"),
    );
    if known < all.len() {
        let rest = counted(all.len() - known, "has", "have");
        footer.push(format!("{rest} no known slots."));
    }
    Heading {
        alt: format!(
            "Dumbbell chart of weekly demand and weekly slots by site and specialty, fullest first, {}. {}. \
             {} over capacity.",
            frame.quarter,
            titles.first().map_or("", |t| t),
            units::count(over as i64),
        ),
        titles,
        subtitle: format!(
            "New referrals and new-patient slots a week, by site and specialty, fullest first, {}",
            frame.quarter.for_people()
        ),
        footer,
    }
}

fn titles(all: &[Site]) -> Vec<String> {
    if let Some(site) = all.iter().find(|site| site.over) {
        let name = &site.practice;
        let Some((demand, slots)) = site.demand.zip(site.slots) else {
            return vec![
                format!("{name} is over capacity"),
                "One site is over capacity".to_string(),
            ];
        };
        let (demand, slots) = (short(demand), short(slots));
        return vec![
            format!(
                "{name} gets {demand} {} referrals a week for {slots} slots",
                site.specialty
            ),
            format!("{name} gets {demand} a week for {slots} slots"),
            format!("The fullest site gets {demand} a week for {slots} slots"),
        ];
    }
    let nearest = all
        .first()
        .and_then(|site| site.utilisation.map(|used| (site, used)));
    let mut titles = Vec::new();
    if let Some((site, used)) = nearest {
        titles.push(format!(
            "No site is over capacity; {} comes nearest at {}",
            site.practice,
            share(used)
        ));
    }
    titles.push("No site is over capacity".to_string());
    titles
}

struct Columns {
    practice: Rect,
    specialty: Rect,
    plot: Rect,
    used: Rect,
    backlog: Rect,
    wait: Rect,
}

fn picture(sheet: &mut Sheet, all: &[Site]) -> Result<()> {
    let area = sheet.area();
    let half = sheet.is_half();
    let parts = if half {
        [600.0, 0.0, 660.0, 200.0, 0.0, 0.0]
    } else {
        [820.0, 560.0, 1150.0, 240.0, 230.0, 340.0]
    };
    let [practice, specialty, plot, used, backlog, wait] =
        columns(area, if half { 40.0 } else { 56.0 }, parts);
    let columns = Columns {
        practice,
        specialty,
        plot,
        used,
        backlog,
        wait,
    };
    let heads = [
        (
            practice,
            Anchor::Start,
            if half { "Site, specialty" } else { "Site" },
        ),
        (specialty, Anchor::Start, "Specialty"),
        (plot, Anchor::Start, "A week"),
        (used, Anchor::End, "Used, four quarters"),
        (backlog, Anchor::End, "Backlog, weeks"),
        (wait, Anchor::End, "Median wait, days"),
    ];
    let top = sheet.heads(area, &heads);
    let (least, most) = if half { (106.0, 124.0) } else { (66.0, 112.0) };
    // Above the first line stand the names of its two marks.
    let rows = Rows::fit(
        top + LABEL * 1.3,
        area.y1 - LABEL * 1.5,
        all.len().min(MOST),
        least,
        most,
    );
    sheet.further(
        all.len() - rows.count,
        ("further one", "further ones"),
        TABLE,
    );
    let shown = all.get(..rows.count).unwrap_or(all);
    marks(sheet, shown, &columns, &rows)
}

fn marks(sheet: &Sheet, shown: &[Site], columns: &Columns, rows: &Rows) -> Result<()> {
    let most = shown
        .iter()
        .flat_map(|site| [site.demand, site.slots])
        .flatten()
        .fold(1.0, f64::max);
    let ticks = ticks(0.0, most, if sheet.is_half() { 3 } else { 5 });
    let at = Rect {
        x0: columns.plot.x0 + 30.0,
        x1: columns.plot.x1 - 40.0,
        y0: rows.top,
        y1: rows.bottom() + 6.0,
    };
    let plot = sheet.plot(
        at,
        (0.0, ticks.last().copied().unwrap_or(1.0)),
        (at.height(), 0.0),
    );
    sheet.grid_across(&plot, at, &ticks, units::real);
    if let Some((demand, slots)) = shown.first().and_then(|site| site.demand.zip(site.slots)) {
        name_marks(sheet, &plot, rows.top - LABEL * 0.3, demand, slots);
    }
    for (row, site) in shown.iter().enumerate() {
        cells(sheet, columns, rows.middle(row), site, row == 0);
        mark(sheet, &plot, at, rows.middle(row), site)?;
    }
    Ok(())
}

/// Names the two marks of the first line, each on its outer side.
fn name_marks(sheet: &Sheet, plot: &Plot, baseline: f64, demand: f64, slots: f64) {
    let (left, right) = if slots < demand {
        (slots, demand)
    } else {
        (demand, slots)
    };
    let (left, right) = (plot.at(left, 0.0).0, plot.at(right, 0.0).0);
    let between = (left + right) / 2.0;
    let (own, sent) = (("slots", sheet.palette.ours), ("demand", sheet.palette.ink));
    let (first, second) = if slots < demand {
        (own, sent)
    } else {
        (sent, own)
    };
    let ends = [
        (first, Anchor::End, (left + 18.0).min(between - 14.0)),
        (second, Anchor::Start, (right - 18.0).max(between + 14.0)),
    ];
    for ((name, colour), anchor, x) in ends {
        sheet.text(
            (x, baseline),
            sheet.words().from(anchor).tinted(colour),
            name,
        );
    }
}

fn cells(sheet: &Sheet, columns: &Columns, middle: f64, site: &Site, first: bool) {
    let words = sheet.named(first && site.over);
    let plain = sheet.words().from(Anchor::End);
    let used = match site.utilisation {
        Some(used) => units::percent(used, 0),
        None if site.no_capacity => "not known".to_string(),
        None => "–".to_string(),
    };
    let used_words = if site.over { words } else { sheet.words() }.from(Anchor::End);
    sheet.cell(columns.used, middle, used_words, &used);
    if sheet.is_half() {
        sheet.two_lines(
            columns.practice,
            middle,
            words,
            (&site.practice, &site.specialty),
        );
        return;
    }
    sheet.cell(columns.practice, middle, words, &site.practice);
    sheet.cell(columns.specialty, middle, words, &site.specialty);
    let backlog = site
        .backlog_weeks
        .map_or("–".to_string(), |weeks| units::real(weeks, 1));
    sheet.cell(columns.backlog, middle, plain, &backlog);
    let wait = match (site.wait, site.wait_interval) {
        (Some(wait), Some((low, high))) => {
            format!(
                "{} ({}–{})",
                units::real(wait, 0),
                units::real(low, 0),
                units::real(high, 0)
            )
        }
        (Some(wait), None) => units::real(wait, 0),
        (None, _) => "–".to_string(),
    };
    sheet.cell(columns.wait, middle, plain, &wait);
}

fn mark(sheet: &Sheet, plot: &Plot, at: Rect, middle: f64, site: &Site) -> Result<()> {
    let key = format!("{}|{}", site.practice_id, site.specialty);
    let written = |value: Option<f64>| value.map_or("not known".to_string(), short);
    let mark = Mark {
        table: TABLE,
        key: &key,
        column: "weekly_demand",
        value: site.demand,
        title: format!(
            "{}, {}: demand {}, slots {} a week",
            site.practice,
            site.specialty,
            written(site.demand),
            written(site.slots)
        ),
    };
    let y = middle - at.y0;
    sheet.mark(&mark, || {
        let colour = sheet.tone(site.over);
        if let (Some(demand), Some(slots)) = (site.demand, site.slots) {
            plot.line(
                vec![(demand, y), (slots, y)],
                colour,
                if site.over { 10 } else { 6 },
            )?;
        }
        if let Some(slots) = site.slots {
            sheet.part("weekly_slots", slots, || {
                plot.post((slots, y), 34, sheet.palette.ours)
            })?;
        }
        match site.demand {
            Some(demand) => plot.dot((demand, y), 20, colour, Fill::Solid),
            None => {
                // The hatch keeps off the post, to whose right there may be no room.
                let (zero, _) = plot.at(0.0, 0.0);
                let post = site
                    .slots
                    .map_or(zero, |slots| plot.at(slots, 0.0).0 + 40.0);
                let x = if post + 320.0 < at.x1 { post } else { zero };
                sheet.hatch(at.across(x, at.x1), middle, "withheld");
                Ok(())
            }
        }
    })
}
