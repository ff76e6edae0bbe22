//! The configuration as the program uses it: one struct a section of catchment.toml, every field
//! with its meaning and its default. How a file becomes one is `parse`'s business.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono_tz::Tz;
use serde::{Serialize, Serializer};

use super::lapse_rule::LapseRule;
use super::words::{Affiliation, Cut, Direction, ServiceType};
use crate::quarter::Day;

/// Everything that catchment.toml says, with defaults where it says nothing. Lists whose order
/// means nothing are sorted and hold no value twice, so that equal configurations are equal.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Config {
    /// Who we are.
    pub organisation: Organisation,
    /// Which files are which exporting system, by the source's name. Default: none; a file then
    /// belongs to the source that its layout names.
    pub sources: BTreeMap<String, SourceConfig>,
    /// Who is inside, and whose orders we see whole.
    pub network: Network,
    /// The territories by name. Default: none, which means one territory that holds all.
    pub territories: BTreeMap<String, Territory>,
    /// What is said of single specialties, by the name that tables show. One that says nothing
    /// but defaults is left out; read it with [`Config::specialty`].
    pub specialties: BTreeMap<String, SpecialtyConfig>,
    /// Loading files.
    pub ingest: Ingest,
    /// What counts, and once.
    pub counting: Counting,
    /// Where care is short.
    pub underserved: Underserved,
    /// Which sites have more demand than slots.
    pub overflow: Overflow,
    /// Which referrers have stopped.
    pub lapsed: Lapsed,
    /// The liaisons by name. Default: none.
    pub liaisons: BTreeMap<String, Liaison>,
    /// What may be shown.
    pub privacy: Privacy,
    /// A further cut of the result tables.
    pub cuts: Cuts,
    /// The goals in the order of the file. Default: none.
    pub goals: Vec<Goal>,
    /// How the deck looks; it changes no number and is no part of the fingerprint.
    #[serde(skip)]
    pub deck: Deck,
}

impl Config {
    /// What holds for a specialty of the set: what the file says of it, else the defaults.
    ///
    /// ```
    /// use catchment_base::Config;
    /// let config = Config::parse("[specialties.Cardiology]\nreach_km = 90").unwrap();
    /// assert_eq!(config.specialty("Cardiology").reach_km, 90.0);
    /// assert_eq!(config.specialty("Neurology").reach_km, 60.0);
    /// ```
    pub fn specialty(&self, name: &str) -> &SpecialtyConfig {
        self.specialties
            .get(name)
            .unwrap_or(&SpecialtyConfig::DEFAULT)
    }
}

/// `[organisation]`
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Organisation {
    /// The name that footers print. Default: "Our organisation" (`init` writes the folder's name).
    pub name: String,
    /// The zone that times with an offset are turned to before their day is taken. Default:
    /// America/New_York.
    #[serde(serialize_with = "zone")]
    pub time_zone: Tz,
}

impl Default for Organisation {
    fn default() -> Self {
        Self {
            name: "Our organisation".to_string(),
            time_zone: Tz::America__New_York,
        }
    }
}

/// `[sources.NAME]`
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct SourceConfig {
    /// Path patterns of the source's files; [`Config::source_of`] has the rules. Default: none,
    /// and then the source claims no file.
    pub paths: Vec<String>,
    /// The layout of its files. Default: recognised from the header.
    pub layout: Option<String>,
    /// The zone of its times that have no offset. Default: the organisation's.
    #[serde(serialize_with = "optional_zone")]
    pub time_zone: Option<Tz>,
}

/// `[network]`
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Network {
    /// The affiliations all of whose orders our exports hold; each is inside. Default: own.
    pub aligned: Vec<Affiliation>,
    /// Ids of organizations that are taken out of the aligned. Default: none.
    pub exclude: Vec<String>,
    /// Affiliations that stand before the rosters', by subject and first day. Two of one subject
    /// share no day. Default: none.
    pub overrides: Vec<Override>,
}

impl Default for Network {
    fn default() -> Self {
        Self {
            aligned: vec![Affiliation::Own],
            exclude: Vec::new(),
            overrides: Vec::new(),
        }
    }
}

/// An entry of `[network] overrides`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Override {
    /// Whom it is about.
    pub subject: Subject,
    /// How they stand to us.
    pub affiliation: Affiliation,
    /// The first day on which it holds. Default: always before.
    #[serde(serialize_with = "optional_day")]
    pub from: Option<Day>,
    /// The last day on which it holds. Default: open.
    #[serde(serialize_with = "optional_day")]
    pub to: Option<Day>,
}

/// Whom an override is about: exactly one of an organization and a provider.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// An organization by its id in the organizations table.
    OrganizationId(String),
    /// A provider by NPI; it goes before an override of the provider's organization.
    Npi(String),
}

/// `[territories.NAME]`
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Territory {
    /// Its counties as the population table writes them. Default: none.
    pub counties: Vec<String>,
    /// Its ZIP codes, five digits each; a ZIP code goes before its county. Default: none.
    pub zips: Vec<String>,
    /// In place of counties and ZIP codes: the fewest contiguous ZIP codes that give this share (above
    /// 0, up to 1) of our patients, as far as they stand in no other territory. Default: none.
    pub service_area: Option<f64>,
    /// The name of the liaison who covers it. Default: none.
    pub liaison: Option<String>,
}

/// `[specialties."NAME"]`
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SpecialtyConfig {
    /// The service line, where it differs from the one of the specialty set. Default: the set's.
    pub group: Option<String>,
    /// Whether we offer it. Default: it is offered where the roster has a provider inside.
    pub offered: Option<bool>,
    /// How far from the patient's ZIP code it can be served, in kilometres. Default: 60.
    pub reach_km: f64,
    /// Providers (FTE) that 100,000 people need. Default: the territory's own mean, named so.
    pub benchmark_per_100k: Option<f64>,
    /// Contribution of one referral in the currency of the user. Default: none, and then no
    /// money is shown.
    pub contribution: Option<f64>,
}

impl SpecialtyConfig {
    pub(super) const DEFAULT: Self = Self {
        group: None,
        offered: None,
        reach_km: 60.0,
        benchmark_per_100k: None,
        contribution: None,
    };
}

impl Default for SpecialtyConfig {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// `[ingest]`
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Ingest {
    /// The share of rows (0 to 1) that may be quarantined before the exit code is 3. Default:
    /// none, and then the exit code is never 3.
    pub quarantine_limit: Option<f64>,
}

/// `[counting]`
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Counting {
    /// Referrals of one patient, specialty and referring practice within so many days are one
    /// episode. Default: 0, only what says that it renews or replaces another is joined.
    pub episode_days: u32,
    /// The kinds of service that leakage covers. Default: consult, procedure.
    pub service_types: Vec<ServiceType>,
}

impl Default for Counting {
    fn default() -> Self {
        Self {
            episode_days: 0,
            service_types: vec![ServiceType::Consult, ServiceType::Procedure],
        }
    }
}

/// `[underserved]`
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Underserved {
    /// The outer ends of the distance bands in kilometres, rising. Default: 15, 30, 60.
    pub bands_km: Vec<f64>,
    /// The weight of each band, above 0 and at most 1, never rising. Default: 1, 0.68, 0.22
    /// (the weights of the enhanced two-step floating catchment area, Luo and Qi 2009).
    pub weights: Vec<f64>,
    /// What access is judged against. Default: `benchmark`.
    pub standard: String,
    /// A county is short where access is below this share of the standard. Default: 0.5.
    pub short: f64,
}

impl Default for Underserved {
    fn default() -> Self {
        Self {
            bands_km: vec![15.0, 30.0, 60.0],
            weights: vec![1.0, 0.68, 0.22],
            standard: "benchmark".to_string(),
            short: 0.5,
        }
    }
}

/// `[overflow]`
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Overflow {
    /// Demand over slots above which a site is over capacity. Default: 1.0.
    pub over: f64,
    /// Demand over slots from which on it is tight. Default: 0.85.
    pub tight: f64,
    /// Demand over slots up to which it has slack. Default: 0.70.
    pub slack: f64,
    /// How far away another site may take its patients, in kilometres. Default: 40.
    pub max_km: f64,
    /// New-patient slots that one referral takes. Default: 1.
    pub visits_per_referral: f64,
}

impl Default for Overflow {
    fn default() -> Self {
        Self {
            over: 1.0,
            tight: 0.85,
            slack: 0.70,
            max_km: 40.0,
            visits_per_referral: 1.0,
        }
    }
}

/// `[lapsed]`
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Lapsed {
    /// A referrer has lapsed where the q-value of the silence is below this. Default: 0.05.
    pub level: f64,
    /// Days with a referral that a referrer needs to be judged. Default: 3.
    pub minimum_days: u32,
    /// Days without a referral after which a referrer is called silent. Default: 180.
    pub silent_days: u32,
    /// By what a silence counts as a lapse. Default: the referrer's own rhythm.
    pub rule: LapseRule,
    /// The past quarters at whose ends a run makes the list again, to see how often it was wrong; at
    /// most 8. Default: 4.
    pub backtest_quarters: u32,
}

impl Default for Lapsed {
    fn default() -> Self {
        Self {
            level: 0.05,
            minimum_days: 3,
            silent_days: 180,
            rule: LapseRule::Gap,
            backtest_quarters: 4,
        }
    }
}

/// `[liaisons.NAME]`
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Liaison {
    /// The territory that the liaison covers. Default: none, all of them.
    pub territory: Option<String>,
    /// Visits that the liaison can make in a week. Default: none, the call list is not cut.
    pub visits_per_week: Option<f64>,
}

/// `[privacy]`
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Privacy {
    /// The least count of patients or referrals that a board's table may show; at least 11, as
    /// the Centers for Medicare & Medicaid Services ask. Default: 11.
    pub min_cell: u32,
}

impl Default for Privacy {
    fn default() -> Self {
        Self { min_cell: 11 }
    }
}

/// `[cuts]`
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Cuts {
    /// What results are cut by besides their own grain. Default: none.
    pub by: Option<Cut>,
}

/// `[[goals]]`
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Goal {
    /// Its name; no two goals share one.
    pub name: String,
    /// The column of a result table that is measured.
    pub measure: String,
    /// What the measure is to reach, in the measure's own unit.
    pub target: f64,
    /// The day by which. Default: none, the target holds in every quarter.
    #[serde(serialize_with = "optional_day")]
    pub by: Option<Day>,
    /// Which way the measure is to move. Default: up.
    pub direction: Direction,
}

/// `[deck]`
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Deck {
    /// A PowerPoint file whose theme the deck takes. Default: the program's own.
    pub template: Option<PathBuf>,
    /// A picture for the title slide. Default: none.
    pub logo: Option<PathBuf>,
}

fn zone<S: Serializer>(zone: &Tz, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(zone.name())
}

// Serde hands over the field as it stands, a reference to an option.
#[allow(clippy::ref_option)]
fn optional_zone<S: Serializer>(zone: &Option<Tz>, serializer: S) -> Result<S::Ok, S::Error> {
    zone.map(|zone| zone.name()).serialize(serializer)
}

// As above.
#[allow(clippy::ref_option)]
fn optional_day<S: Serializer>(day: &Option<Day>, serializer: S) -> Result<S::Ok, S::Error> {
    day.map(|day| day.to_string()).serialize(serializer)
}
