//! Two feeds of referrals made by hand, as files: one goes on, the other stops in August, and both
//! leave out what real exports leave out.

use std::path::PathBuf;

use catchment::base::{Day, npi};
use tempfile::TempDir;

const COLUMNS: &str = "source,referral_id,updated_at,referred_on,status,status_reason,referring_npi,\
    referring_name,referring_practice,referred_to_npi,referred_to_organization,specialty,is_renewal,\
    replaces_id,patient_id,scheduled_on,appointment_on,completed_on,report_sent_on\n";

/// Referrers 0 to 8 work at practice A, B or C alone; 9 works at B and C, at neither first.
pub const REFERRERS: u32 = 10;
const SPECIALIST: u32 = 20;

pub fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub fn npi_of(number: u32) -> String {
    npi::complete(100_000_000 + number)
}

pub fn practices_of(referrer: u32) -> &'static [&'static str] {
    match (referrer, referrer % 3) {
        (9, _) => &["B", "C"],
        (_, 0) => &["A"],
        (_, 1) => &["B"],
        _ => &["C"],
    }
}

/// Two feeds in a folder: east goes on, west has no referral after its last day. The first export
/// of each ends in June; the second holds what came or changed since.
pub struct Feeds {
    pub folder: TempDir,
    files: Vec<PathBuf>,
}

impl Feeds {
    /// `west_ends` is the latest day of west's second export.
    pub fn make(west_ends: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut feeds = Self {
            folder,
            files: Vec::new(),
        };
        feeds.write_roster();
        let (june, september) = (day("2026-06-30"), day("2026-09-30"));
        for (source, last, ends, step) in [
            ("east", september, september, 1),
            ("west", day("2026-08-14"), day(west_ends), 2),
        ] {
            let (mut early, mut late) = (COLUMNS.to_string(), COLUMNS.to_string());
            let (mut placed, mut number) = (day("2024-11-04"), 0);
            while placed <= last {
                number += 1;
                if placed.weekday() < 5 {
                    // In May and June nobody was there to enter orders.
                    let is_late = placed >= day("2026-05-18") && placed <= june;
                    let entered = placed.plus(if is_late { 45 } else { 0 });
                    let settled = placed.plus(40);
                    let order = Order {
                        source,
                        number,
                        placed,
                    };
                    if settled <= june {
                        early.push_str(&order.line(settled));
                    } else {
                        if entered <= june {
                            early.push_str(&order.line(entered));
                        }
                        if entered <= ends {
                            late.push_str(&order.line(settled.min(ends)));
                        }
                    }
                }
                if number % step == 0 {
                    placed = placed.plus(1);
                }
            }
            feeds.write(&format!("{source}-june.csv"), &early);
            feeds.write(&format!("{source}-september.csv"), &late);
        }
        feeds
    }

    fn write_roster(&mut self) {
        let mut text = "npi,name,practice_id,practice_name,specialty,affiliation\n".to_string();
        for referrer in 0..REFERRERS {
            for practice in practices_of(referrer) {
                text.push_str(&format!(
                    "{},Anna Number{referrer},{practice},{practice} Street,Family Medicine,independent\n",
                    npi_of(referrer)
                ));
            }
        }
        text.push_str(&format!(
            "{},Carla Heart,H,Heart House,Cardiology,own\n",
            npi_of(SPECIALIST)
        ));
        self.write("providers.csv", &text);
        self.write(
            "organizations.csv",
            "organization_id,name,affiliation\nL,Lakeside,competitor\n",
        );
    }

    fn write(&mut self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        self.files.push(path);
    }

    pub fn named(&self, part: &str) -> Vec<PathBuf> {
        let has = |f: &&PathBuf| f.file_name().unwrap().to_str().unwrap().contains(part);
        self.files.iter().filter(has).cloned().collect()
    }
}

/// An order, which says less or more by its number.
struct Order {
    source: &'static str,
    number: i32,
    placed: Day,
}

impl Order {
    /// Its version of a day, as a line of an export.
    fn line(&self, updated: Day) -> String {
        let n = self.number;
        let every = |of: i32| n % of == 0;
        let then = |days: i32, left_out: bool| {
            let on = self.placed.plus(days);
            (on <= updated && !left_out).then(|| on.to_string())
        };
        let scheduled = then(2, every(7));
        let seen = self.placed.plus(10) <= updated;
        let status = match (seen, &scheduled) {
            _ if every(31) => "void",
            _ if every(37) => "cancelled",
            (true, _) => "completed",
            (false, Some(_)) => "scheduled",
            _ => "requested",
        };
        let referrer = (n * 13 % REFERRERS as i32) as u32;
        let name = if every(12) {
            "Norma Nowhere".to_string()
        } else {
            format!("Anna Number{referrer}")
        };
        let practice = practices_of(referrer)[0];
        let specialty = match n {
            _ if every(13) => "Starlight therapy",
            _ if every(5) => "",
            _ => "Cardiology",
        };
        let or = |text: String, is: bool| if is { text } else { String::new() };
        let cells = [
            self.source.to_string(),
            format!("R{n:05}"),
            updated.to_string(),
            self.placed.to_string(),
            status.to_string(),
            or("duplicate".to_string(), every(37) && !every(31)),
            or(npi_of(referrer), !every(6)),
            name,
            or(format!("{practice} Street"), every(3)),
            or(npi_of(SPECIALIST), n % 4 > 1),
            or("Lakeside".to_string(), n % 4 == 1),
            specialty.to_string(),
            or("true".to_string(), every(23)),
            or(format!("R{:05}", n - 1), every(29)),
            or(format!("P{}", n * 7919 % 61), !every(17)),
            scheduled.unwrap_or_default(),
            then(10, every(8)).unwrap_or_default(),
            then(10, every(11)).unwrap_or_default(),
            then(15, every(9)).unwrap_or_default(),
        ];
        cells.join(",") + "\n"
    }
}
