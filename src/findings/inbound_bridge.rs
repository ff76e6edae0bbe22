//! From what came in a year before to what comes in now, by what became of the referrers: the parts
//! add up exactly. The method is docs/methods/inbound_bridge.md.

use std::collections::{BTreeMap, BTreeSet};

use super::context::{Context, Finding, Made, made};
use super::screening::knows_year_before;
use crate::base::{Quarter, Result, Table, TableBuilder};

pub(super) const FINDING: Finding = Finding {
    name: "inbound_bridge",
    marts: &["int_inbound_cells", "int_referral_span"],
    make,
};

const ALL: &str = "all";

/// The parts in their order, which are the columns between both ends.
const PARTS: [&str; 7] = [
    "new",
    "reactivated",
    "growing",
    "stable",
    "declining",
    "lapsed",
    "affiliation_changed",
];
const AFFILIATION_CHANGED: usize = 6;

/// External referrals of one referrer, of one specialty and territory.
struct Cell {
    specialty: String,
    territory: String,
    referring_npi: String,
    former: i64,
    present: i64,
}

#[derive(Default)]
struct Bridge {
    from: i64,
    to: i64,
    parts: [i64; 7],
}

fn make(context: &Context<'_>, tables: &Made) -> Result<Table> {
    let (cells, were_own) = match knows_year_before(context.data_begins()?, context.quarter) {
        true => read(context)?,
        false => (Vec::new(), BTreeSet::new()),
    };
    let statuses = statuses(made(tables, "referrers")?)?;
    let mut rows: BTreeMap<(String, String), Bridge> = BTreeMap::new();
    for cell in &cells {
        let part = if were_own.contains(&cell.referring_npi) {
            AFFILIATION_CHANGED
        } else {
            part_of(statuses.get(&cell.referring_npi).map_or("", String::as_str))
        };
        for specialty in [ALL, &cell.specialty] {
            // Without territories in the settings everything lies in the one that is named all.
            let own = Some(cell.territory.as_str()).filter(|own| *own != ALL);
            for territory in [Some(ALL), own].into_iter().flatten() {
                let key = (specialty.to_string(), territory.to_string());
                let bridge = rows.entry(key).or_default();
                bridge.from += cell.former;
                bridge.to += cell.present;
                bridge.parts[part] += cell.present - cell.former;
            }
        }
    }
    let mut out = TableBuilder::new("inbound_bridge")
        .text("specialty", rows.keys().map(|key| Some(key.0.as_str())))
        .text("territory", rows.keys().map(|key| Some(key.1.as_str())))
        .int("from_n", rows.values().map(|b| Some(b.from)));
    for (at, part) in PARTS.into_iter().enumerate() {
        out = out.int(part, rows.values().map(|b| Some(b.parts[at])));
    }
    out.int("to_n", rows.values().map(|b| Some(b.to))).finish()
}

/// The part that a referrer's change belongs to. Doubtful and unprovable silence is no lapse, so it
/// counts as a decline; whoever has no status of their own, or too few days for one, is stable.
fn part_of(status: &str) -> usize {
    match status {
        "new" => 0,
        "reactivated" => 1,
        "growing" => 2,
        "declining" | "at_risk" | "silent" => 4,
        "lapsed" => 5,
        _ => 3,
    }
}

fn statuses(referrers: &Table) -> Result<BTreeMap<String, String>> {
    let npis = referrers.texts("referring_npi")?.into_iter().flatten();
    Ok(npis
        .zip(referrers.texts("status")?.into_iter().flatten())
        .collect())
}

/// The external referrals of the last two quarters and of the same two a year before, and who was own
/// in some of them.
fn read(context: &Context<'_>) -> Result<(Vec<Cell>, BTreeSet<String>)> {
    let table = context.warehouse.read("int_inbound_cells")?.sorted_by(&[
        "specialty",
        "territory",
        "referring_npi",
        "quarter",
        "referring_affiliation",
        "receiving_practice_id",
    ])?;
    let texts = |column| table.text(column);
    let (specialties, territories) = (texts("specialty")?, texts("territory")?);
    let (npis, quarters) = (texts("referring_npi")?, texts("quarter")?);
    let (affiliations, n) = (texts("referring_affiliation")?, table.int("n")?);
    let quarter = context.quarter;
    let present = [quarter, quarter.plus(-1)];
    let former = [quarter.plus(-4), quarter.plus(-5)];
    let mut cells: Vec<Cell> = Vec::new();
    let mut were_own = BTreeSet::new();
    for row in 0..table.rows() {
        let of: Quarter = quarters.value(row).parse()?;
        let (is_present, is_former) = (present.contains(&of), former.contains(&of));
        if !is_present && !is_former {
            continue;
        }
        if affiliations.value(row) == "own" {
            were_own.insert(npis.value(row).to_string());
            continue;
        }
        let same = |cell: &&mut Cell| {
            cell.specialty == specialties.value(row)
                && cell.territory == territories.value(row)
                && cell.referring_npi == npis.value(row)
        };
        let count = n.value(row);
        let (now, before) = if is_present { (count, 0) } else { (0, count) };
        match cells.last_mut().filter(same) {
            Some(cell) => {
                cell.present += now;
                cell.former += before;
            }
            None => cells.push(Cell {
                specialty: specialties.value(row).to_string(),
                territory: territories.value(row).to_string(),
                referring_npi: npis.value(row).to_string(),
                former: before,
                present: now,
            }),
        }
    }
    // Those without a number are many, and no affiliation is theirs together.
    were_own.remove("unknown");
    Ok((cells, were_own))
}
