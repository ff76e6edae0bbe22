//! A referral's row in an export: the thirty columns of the canonical layout as the referral
//! stands on a day. Which rows a file has is exports.rs's; dirt is mess.rs's.

use std::fmt::Write;

use catchment_base::{Day, specialties};

use crate::course::{LAPSES, Referral};
use crate::names::folded;
use crate::orders::{CARES, Nature, PRIORITIES, REASONS, SETTINGS, To};
use crate::organizations::Affiliation;
use crate::patients::PAYERS;
use crate::random::{Subject, mix, mix_unit};
use crate::services::{self, AGE_BANDS, SERVICES};
use crate::world::World;

/// The columns, in the layout's order.
pub(crate) const COLUMNS: [&str; 30] = [
    "referral_id",
    "updated_at",
    "referred_on",
    "status",
    "status_reason",
    "referring_npi",
    "referring_name",
    "referring_practice",
    "referring_department",
    "setting",
    "referred_to_npi",
    "referred_to_name",
    "referred_to_practice",
    "referred_to_organization",
    "direction",
    "specialty",
    "service_type",
    "is_renewal",
    "replaces_id",
    "reason_code",
    "priority",
    "patient_id",
    "patient_zip",
    "age_band",
    "payer",
    "scheduled_on",
    "appointment_on",
    "completed_on",
    "report_sent_on",
    "expires_on",
];

/// Numbers of [`COLUMNS`] that others speak of.
pub(crate) mod column {
    pub(crate) const REFERRAL_ID: usize = 0;
    pub(crate) const UPDATED_AT: usize = 1;
    pub(crate) const REFERRED_ON: usize = 2;
    pub(crate) const STATUS: usize = 3;
    pub(crate) const STATUS_REASON: usize = 4;
    pub(crate) const REFERRING_NPI: usize = 5;
    pub(crate) const REFERRING_NAME: usize = 6;
    pub(crate) const REFERRING_PRACTICE: usize = 7;
    pub(crate) const REFERRING_DEPARTMENT: usize = 8;
    pub(crate) const SETTING: usize = 9;
    pub(crate) const REFERRED_TO_NPI: usize = 10;
    pub(crate) const REFERRED_TO_PRACTICE: usize = 12;
    pub(crate) const REFERRED_TO_ORGANIZATION: usize = 13;
    pub(crate) const DIRECTION: usize = 14;
    pub(crate) const SPECIALTY: usize = 15;
    pub(crate) const SERVICE_TYPE: usize = 16;
    pub(crate) const IS_RENEWAL: usize = 17;
    pub(crate) const REPLACES_ID: usize = 18;
    pub(crate) const REASON_CODE: usize = 19;
    pub(crate) const PRIORITY: usize = 20;
    pub(crate) const PATIENT_ID: usize = 21;
    pub(crate) const PATIENT_ZIP: usize = 22;
    pub(crate) const PAYER: usize = 24;
    pub(crate) const SCHEDULED_ON: usize = 25;
    pub(crate) const APPOINTMENT_ON: usize = 26;
    pub(crate) const REPORT_SENT_ON: usize = 28;
    pub(crate) const EXPIRES_ON: usize = 29;
}

/// The share of rows that name a provider without the NPI, where the name is nobody else's.
const NAME_ONLY: f64 = 0.02;

/// Cells one behind the other.
#[derive(Debug, Default, Clone)]
pub(crate) struct Cells {
    text: String,
    ends: Vec<usize>,
}

impl Cells {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.end();
    }

    fn end(&mut self) {
        self.ends.push(self.text.len());
    }

    /// The cell of a column.
    pub(crate) fn get(&self, column: usize) -> &str {
        let start = if column == 0 {
            0
        } else {
            self.ends[column - 1]
        };
        &self.text[start..self.ends[column]]
    }
}

/// The hour and minute at which an order was changed on a day.
pub(crate) fn time_of(seed: u64, order: u64, day: Day) -> (u64, u64) {
    let time = mix(seed, Subject::Rows, order, day.0 as u64);
    (7 + time % 12, time / 12 % 60)
}

/// Writes rows.
#[derive(Debug)]
pub(crate) struct Rows<'a> {
    world: &'a World,
    /// The days from `first_date` on, as text.
    dates: Vec<String>,
    first_date: Day,
    /// By service: its name, and other words that find it.
    words: Vec<[String; 3]>,
}

impl<'a> Rows<'a> {
    /// For the orders of a world.
    pub(crate) fn new(world: &'a World) -> Self {
        let first_date = world.settings.first_day();
        let last = world.settings.last_day().plus(2 * i32::from(LAPSES) + 60);
        let dates = (first_date.0..=last.0)
            .map(|d| Day(d).to_string())
            .collect();
        Self {
            world,
            dates,
            first_date,
            words: (0..SERVICES.len()).map(words).collect(),
        }
    }

    fn date(&self, day: Option<Day>) -> &str {
        let at = day.map(|day| (day.0 - self.first_date.0) as usize);
        at.and_then(|at| self.dates.get(at))
            .map_or("", String::as_str)
    }

    fn roll(&self, referral: &Referral, tag: u64) -> f64 {
        mix_unit(
            self.world.settings.seed,
            Subject::Rows,
            referral.order.id,
            tag,
        )
    }

    /// Fills the cells of a referral as it stands at the end of a day.
    pub(crate) fn fill(&self, referral: &Referral, day: Day, cells: &mut Cells) {
        cells.text.clear();
        cells.ends.clear();
        let order = &referral.order;
        let state = referral.state_on(day);
        // Writing to a string cannot fail.
        let _ = write!(cells.text, "R{}", order.id);
        cells.end();
        cells.text.push_str(self.date(Some(state.updated_on)));
        let time = time_of(self.world.settings.seed, order.id, state.updated_on);
        let _ = write!(cells.text, "T{:02}:{:02}:00", time.0, time.1);
        cells.end();
        cells.push(self.date(Some(order.day)));
        cells.push(state.status);
        cells.push(REASONS[usize::from(state.reason)]);
        self.fill_referrer(referral, cells);
        cells.push(SETTINGS[usize::from(order.setting)]);
        self.fill_destination(referral, cells);
        self.fill_order(referral, cells);
        for date in [
            state.scheduled_on,
            state.appointment_on,
            state.completed_on,
            state.report_sent_on,
        ] {
            cells.push(self.date(date));
        }
        cells.push(self.date(Some(order.day.plus(i32::from(LAPSES)))));
    }

    /// Whether the referrer's name is nobody else's.
    pub(crate) fn is_known_by_name(&self, referral: &Referral) -> bool {
        let who = &self.world.referrers.all[referral.order.referrer as usize];
        self.world.roster.providers[who.provider as usize].has_unique_name
    }

    /// Pushes NPI and name of a provider: mostly both, at times one alone.
    fn fill_person(&self, provider: u32, roll: f64, cells: &mut Cells) {
        let person = &self.world.roster.providers[provider as usize];
        if roll < NAME_ONLY && person.has_unique_name && !person.is_organization {
            cells.push("");
            cells.push(&folded(&person.name));
        } else {
            cells.push(&person.npi);
            cells.push(if roll > 0.94 { "" } else { &person.name });
        }
    }

    fn fill_referrer(&self, referral: &Referral, cells: &mut Cells) {
        let order = &referral.order;
        let who = &self.world.referrers.all[order.referrer as usize];
        self.fill_person(who.provider, self.roll(referral, 1), cells);
        cells.push(
            &self
                .world
                .roster
                .practice(who.provider, order.places.0)
                .name,
        );
        if who.is_own(order.day) {
            let specialty = &self.world.roster.providers[who.provider as usize]
                .specialty
                .name;
            cells.text.push_str(specialty);
            cells.text.push_str(" Clinic");
        }
        cells.end();
    }

    fn fill_destination(&self, referral: &Referral, cells: &mut Cells) {
        let order = &referral.order;
        let roster = &self.world.roster;
        let is_own = self.world.referrers.all[order.referrer as usize].is_own(order.day);
        match order.to {
            To::Provider(provider) => {
                self.fill_person(provider, self.roll(referral, 2), cells);
                cells.push(&roster.practice(provider, order.places.1).name);
                let practice = roster.providers[provider as usize].practices[0];
                cells.push(&roster.organization(practice, order.day).name);
                let is_ours = roster.affiliation(provider, order.day) == Affiliation::Own;
                cells.push(match (is_own, is_ours) {
                    (true, true) => "internal",
                    (true, false) => "outgoing",
                    (false, _) => "incoming",
                });
            }
            To::Stranger(number) => {
                let stranger = &self.world.strangers[number as usize];
                cells.push(stranger.npi.as_deref().unwrap_or(""));
                cells.push(&stranger.name);
                cells.push("");
                cells.push(&stranger.organization);
                cells.push("outgoing");
            }
            To::Nobody => (0..5).for_each(|_| cells.push("")),
        }
    }

    /// What is ordered, for whom, and who pays.
    fn fill_order(&self, referral: &Referral, cells: &mut Cells) {
        let order = &referral.order;
        let words = &self.words[usize::from(order.service)];
        let roll = self.roll(referral, 3);
        let is_provider = matches!(order.to, To::Provider(_));
        cells.push(match roll {
            0.0..0.015 if is_provider => "",
            0.015..0.035 => &words[1],
            0.035..0.045 => &words[2],
            _ => &words[0],
        });
        cells.push(CARES[usize::from(order.care)]);
        cells.push(if order.nature == Nature::Renewal {
            "true"
        } else {
            ""
        });
        if order.replaces > 0 {
            let _ = write!(cells.text, "R{}", order.replaces);
        }
        cells.end();
        let diagnoses = SERVICES[usize::from(order.service)].diagnoses;
        cells.push(match self.roll(referral, 4) {
            0.0..0.5 => diagnoses[0],
            0.5..0.85 => diagnoses[1],
            _ => "",
        });
        cells.push(PRIORITIES[usize::from(order.priority)]);
        let _ = write!(cells.text, "P{:08}", order.patient + 1);
        cells.end();
        let zip = self.world.zip_of(order.referrer);
        let home = self.world.patients.home(order.patient, zip);
        cells.push(&self.world.land.zips[home as usize].place.zip);
        cells.push(if order.states_age {
            AGE_BANDS[usize::from(order.age)]
        } else {
            ""
        });
        cells.push(PAYERS[usize::from(order.payer)]);
    }
}

/// A service's name, its first code and its first other word, where these find the same service.
fn words(service: usize) -> [String; 3] {
    let row = services::specialty(service);
    let other = |words: &[String]| {
        let found = words
            .iter()
            .find(|word| specialties::find(word).is_some_and(|found| found.name == row.name));
        found.unwrap_or(&row.name).clone()
    };
    [
        row.name.clone(),
        other(&row.nucc_codes),
        other(&row.aliases),
    ]
}
