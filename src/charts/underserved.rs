//! `underserved`: where is care short? Each county and specialty as a dot against its benchmark,
//! which stands at the same place in every line; the distance between them is what is missing.

use catchment_base::{Result, Table, units};

use crate::canvas::axes::ticks;
use crate::canvas::frame::{Drawing, Frame, Heading};
use crate::canvas::plot::{Fill, Plot};
use crate::canvas::record::{Record, records};
use crate::canvas::rows::{Rows, columns};
use crate::canvas::sheet::{Anchor, Mark, Paint, Rect, Sheet};
use crate::canvas::theme::LABEL;
use crate::canvas::words::{counted, short};
use crate::catalogue::{Chart, Tables};

/// The catalogue's entry.
pub(crate) const CHART: Chart = Chart {
    name: "underserved",
    question: "Where is care short?",
    reads: &["underserved"],
    internal: false,
    draw,
};

const TABLE: &str = "underserved";

/// As many lines as a board reads.
const MOST: usize = 15;

/// One county and specialty.
struct Place {
    county: String,
    specialty: String,
    population: Option<i64>,
    access: Option<f64>,
    benchmark: Option<f64>,
    gap_fte: Option<f64>,
    nearest_km: Option<f64>,
    edge: bool,
    /// `None` where the roster holds our own providers alone, so that nothing can be judged.
    short: Option<bool>,
}

impl Place {
    /// Where the dot stands: access in benchmarks.
    fn share(&self) -> Option<f64> {
        self.access
            .zip(self.benchmark.filter(|b| *b > 0.0))
            .map(|(access, benchmark)| access / benchmark)
    }
}

fn draw(tables: &Tables, frame: &Frame) -> Result<Drawing> {
    let Some(table) = tables.rows(TABLE, "quarter", &frame.quarter.to_string())? else {
        return Ok(missing(frame));
    };
    let named = records(&table)
        .next()
        .map(|row| row.text("benchmark_name"))
        .transpose()?;
    let named = named.unwrap_or_default();
    let all = places(&table.sorted_by(&["rank", "county", "specialty"])?)?;
    if all.is_empty() {
        return Ok(missing(frame));
    }
    let mut sheet = Sheet::new(
        CHART.name,
        frame,
        heading(frame, &all, &named),
        CHART.internal,
    );
    picture(&mut sheet, &all)?;
    Ok(sheet.finish())
}

fn missing(frame: &Frame) -> Drawing {
    let subtitle = format!(
        "Access to providers by county and specialty, {}",
        frame.quarter.for_people()
    );
    let alt = "Empty dot chart of access to care: no population by ZIP code is known.";
    let heading = Heading::missing("No access to care to show yet", subtitle, TABLE, alt);
    let sentence = "Access needs people and providers with their places. A population table by ZIP code and \
                    a list of all providers of the area, such as the NPPES or CMS file, bring this chart.";
    Sheet::missing(CHART.name, frame, heading, CHART.internal, sentence)
}

fn places(table: &Table) -> Result<Vec<Place>> {
    let place = |row: Record<'_>| {
        Ok(Place {
            county: row.text("county")?,
            specialty: row.text("specialty")?,
            population: row.int("population")?,
            access: row.real("access")?,
            benchmark: row.real("benchmark")?,
            gap_fte: row.real("gap_fte")?,
            nearest_km: row.real("nearest_km")?,
            edge: row.flag("edge")?.unwrap_or(false),
            short: row.flag("underserved")?,
        })
    };
    let mut places: Vec<Place> = records(table).map(place).collect::<Result<_>>()?;
    // The sum over specialties has no benchmark that would mean anything.
    places.retain(|place| place.specialty != "all");
    Ok(places)
}

fn heading(frame: &Frame, all: &[Place], benchmark: &str) -> Heading {
    let titles = titles(all);
    let title = titles.first().map_or("", |t| t);
    let short = all.iter().filter(|p| p.short == Some(true)).count();
    let judged = all.iter().filter(|p| p.short.is_some()).count();
    let mut footer = vec![format!(
        "Access: two-step floating catchment (E2SFCA), FTE per 100,000 people. Benchmark: {benchmark}."
    )];
    if judged > 0 {
        footer.push(format!(
            "{} of {} judged short (orange); a gap under 0.5 FTE never is.",
            units::count(short as i64),
            counted(
                judged,
                "county and specialty is",
                "pairs of county and specialty are"
            )
        ));
    }
    if judged < all.len() {
        footer
            .push("Where the roster holds our own providers alone nothing is judged.".to_string());
    }
    if all.iter().any(|p| p.edge) {
        footer.push(
            "Hollow: at the edge of the population table, so access may lie higher.".to_string(),
        );
    }
    Heading {
        alt: format!(
            "Dot chart of access to care against the benchmark, FTE per 100,000 people by county and \
             specialty, {}. {title}. {} are short.",
            frame.quarter,
            counted(short, "pair", "pairs"),
        ),
        titles,
        subtitle: format!(
            "Access to providers as a share of the benchmark, by county and specialty, greatest gap first, {}",
            frame.quarter.for_people()
        ),
        footer,
    }
}

fn titles(all: &[Place]) -> Vec<String> {
    let first = all.iter().find(|p| p.short == Some(true));
    if let Some((place, gap)) = first.and_then(|p| p.gap_fte.map(|gap| (p, gap))) {
        let gap = units::real(gap, 1);
        return vec![
            format!("{} lacks {gap} FTE of {}", place.county, place.specialty),
            format!("The greatest gap is {gap} FTE"),
        ];
    }
    let judged = all.iter().any(|p| p.short.is_some());
    let title = if judged {
        "No county falls short in any specialty"
    } else {
        "Our own roster alone can’t tell where care is short"
    };
    vec![title.to_string()]
}

struct Columns {
    county: Rect,
    specialty: Rect,
    plot: Rect,
    access: Rect,
    gap: Rect,
    people: Rect,
    nearest: Rect,
}

fn picture(sheet: &mut Sheet, all: &[Place]) -> Result<()> {
    let area = sheet.area();
    let half = sheet.is_half();
    let parts = if half {
        [560.0, 0.0, 560.0, 300.0, 170.0, 0.0, 0.0]
    } else {
        [520.0, 640.0, 1000.0, 330.0, 220.0, 250.0, 250.0]
    };
    let [county, specialty, plot, access, gap, people, nearest] =
        columns(area, if half { 30.0 } else { 56.0 }, parts);
    let columns = Columns {
        county,
        specialty,
        plot,
        access,
        gap,
        people,
        nearest,
    };
    let heads = [
        (
            county,
            Anchor::Start,
            if half { "County, specialty" } else { "County" },
        ),
        (specialty, Anchor::Start, "Specialty"),
        (plot, Anchor::Start, "Access, share of benchmark"),
        (access, Anchor::End, "FTE per 100,000"),
        (gap, Anchor::End, "FTE short"),
        (people, Anchor::End, "People"),
        (nearest, Anchor::End, "Nearest, km"),
    ];
    let top = sheet.heads(area, &heads);
    let (least, most) = if half { (106.0, 124.0) } else { (66.0, 112.0) };
    // Above the first line stands the name of the benchmark.
    let rows = Rows::fit(
        top + LABEL * 1.3,
        area.y1 - LABEL * 1.5,
        all.len().min(MOST),
        least,
        most,
    );
    sheet.further(
        all.len() - rows.count,
        ("further pair", "further pairs"),
        TABLE,
    );
    let shown = all.get(..rows.count).unwrap_or(all);
    marks(sheet, shown, &columns, &rows)
}

fn marks(sheet: &Sheet, shown: &[Place], columns: &Columns, rows: &Rows) -> Result<()> {
    let most = shown.iter().filter_map(Place::share).fold(1.0, f64::max);
    let ticks = ticks(0.0, most, if sheet.is_half() { 2 } else { 4 });
    let at = Rect {
        x0: columns.plot.x0 + 36.0,
        x1: columns.plot.x1 - 50.0,
        y0: rows.top,
        y1: rows.bottom() + 6.0,
    };
    let plot = sheet.plot(
        at,
        (0.0, ticks.last().copied().unwrap_or(1.0)),
        (at.height(), 0.0),
    );
    sheet.grid_across(&plot, at, &ticks, |t, places| {
        units::percent(t, places.saturating_sub(2))
    });
    let (x, _) = plot.at(1.0, 0.0);
    sheet.line(
        (x, at.y0),
        (x, at.y1),
        Paint::Line(sheet.palette.ours, 1.0, 6),
    );
    let words = sheet
        .words()
        .from(Anchor::Middle)
        .tinted(sheet.palette.ours);
    sheet.text((x, rows.top - LABEL * 0.3), words, "benchmark");
    for (row, place) in shown.iter().enumerate() {
        cells(sheet, columns, rows.middle(row), place, row == 0);
        mark(sheet, &plot, at, rows.middle(row), place)?;
    }
    Ok(())
}

fn cells(sheet: &Sheet, columns: &Columns, middle: f64, place: &Place, first: bool) {
    let words = sheet.named(first && place.short == Some(true));
    let end = words.from(Anchor::End);
    let plain = sheet.words().from(Anchor::End);
    if sheet.is_half() {
        sheet.two_lines(
            columns.county,
            middle,
            words,
            (&place.county, &place.specialty),
        );
    } else {
        sheet.cell(columns.county, middle, words, &place.county);
        sheet.cell(columns.specialty, middle, words, &place.specialty);
        sheet.cell(
            columns.people,
            middle,
            plain,
            &place.population.map_or("withheld".into(), units::count),
        );
        sheet.cell(
            columns.nearest,
            middle,
            plain,
            &place.nearest_km.map_or("–".into(), |km| units::real(km, 0)),
        );
    }
    let access = place.access.map_or("–".to_string(), |v| units::real(v, 1));
    let benchmark = place
        .benchmark
        .map_or("–".to_string(), |v| units::real(v, 1));
    sheet.cell(
        columns.access,
        middle,
        plain,
        &format!("{access} of {benchmark}"),
    );
    sheet.cell(
        columns.gap,
        middle,
        end,
        &place.gap_fte.map_or("–".to_string(), |v| units::real(v, 1)),
    );
}

fn mark(sheet: &Sheet, plot: &Plot, at: Rect, middle: f64, place: &Place) -> Result<()> {
    let key = format!("{}|{}", place.county, place.specialty);
    let lacking = place.short == Some(true);
    let gap = place.gap_fte.map_or("unknown".to_string(), short);
    let mark = Mark {
        table: TABLE,
        key: &key,
        column: "access",
        value: place.share().and(place.access),
        title: format!("{}, {}: {gap} FTE short", place.county, place.specialty),
    };
    // Where access is known it is the benchmark that lacks.
    let missing = if place.access.is_none() {
        "withheld"
    } else {
        "no benchmark"
    };
    let y = middle - at.y0;
    sheet.mark(&mark, || {
        let Some(share) = place.share() else {
            let (x, _) = plot.at(0.0, 0.0);
            sheet.hatch(at.across(x, at.x1), middle, missing);
            return Ok(());
        };
        let colour = sheet.tone(lacking);
        plot.line(
            vec![(share, y), (1.0, y)],
            colour,
            if lacking { 10 } else { 6 },
        )?;
        let fill = if place.edge {
            Fill::Hollow
        } else {
            Fill::Solid
        };
        plot.dot((share, y), 20, colour, fill)
    })
}
