//! From the text of catchment.toml to a checked [`Config`]: one function a section. Everything
//! that is wrong is refused with its key, its line, what was found and what is expected.

use std::path::PathBuf;

use super::document::{self, Found, Section};
use super::keys::{KEYS, one_of};
use super::sections::{
    Config, Counting, Cuts, Deck, Ingest, Lapsed, Organisation, Overflow, Privacy, SourceConfig,
    Underserved,
};
use super::values::{above_zero, by_name, level, set_of, time_zone, whole};
use super::words::ServiceType;
use super::{named, rules};
use crate::error::Result;

/// A hundred years of days: more is a slip of the finger.
const MOST_DAYS: u32 = 36_525;

/// The standards that `[underserved] standard` may name.
const STANDARDS: &[&str] = &["benchmark"];

impl Config {
    /// Reads and checks the text of catchment.toml.
    ///
    /// # Errors
    /// A wrong use (exit 2) that names the key and its line: no TOML, an unknown key (with the
    /// nearest known one), a value of the wrong type or out of its range, an unknown word, or a
    /// name that is defined nowhere.
    ///
    /// ```
    /// use catchment_base::Config;
    /// let error = Config::parse("[lapsed]\nlevel = 5").unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "lapsed.level: found 5; expected a number above 0 and at most 1"
    /// );
    /// ```
    pub fn parse(text: &str) -> Result<Self> {
        let table = document::parse(text)?;
        let file = Section::document(text, table.get_ref(), KEYS)?;
        let territories = named::territories(&file)?;
        let liaisons = file.named("liaisons")?.into_iter();
        Ok(Self {
            organisation: organisation(&file.section("organisation")?)?,
            sources: by_name(file.named("sources")?, source)?,
            network: named::network(&file.section("network")?)?,
            specialties: named::specialties(&file)?,
            ingest: ingest(&file.section("ingest")?)?,
            counting: counting(&file.section("counting")?)?,
            underserved: underserved(&file.section("underserved")?)?,
            overflow: overflow(&file.section("overflow")?)?,
            lapsed: lapsed(&file.section("lapsed")?)?,
            liaisons: by_name(liaisons, |section| named::liaison(section, &territories))?,
            privacy: privacy(&file.section("privacy")?)?,
            cuts: Cuts {
                by: file.section("cuts")?.maybe("by", Found::word)?,
            },
            goals: named::goals(&file)?,
            deck: deck(&file.section("deck")?)?,
            territories,
        })
    }
}

fn organisation(section: &Section) -> Result<Organisation> {
    let mut all = Organisation::default();
    section.set("name", &mut all.name, Found::text)?;
    section.set("time_zone", &mut all.time_zone, time_zone)?;
    Ok(all)
}

fn source(section: &Section) -> Result<SourceConfig> {
    Ok(SourceConfig {
        paths: set_of(section.maybe("paths", |found| found.list(Found::text))?),
        layout: section.maybe("layout", Found::text)?,
        time_zone: section.maybe("time_zone", time_zone)?,
    })
}

fn ingest(section: &Section) -> Result<Ingest> {
    let share = |found: &Found| {
        found.number("a share from 0 to 1, like 0.02 for 2 %", |n| {
            (0.0..=1.0).contains(&n)
        })
    };
    Ok(Ingest {
        quarantine_limit: section.maybe("quarantine_limit", share)?,
    })
}

fn counting(section: &Section) -> Result<Counting> {
    let mut all = Counting::default();
    section.set("episode_days", &mut all.episode_days, |found| {
        found.whole("a whole number of days, 0 or more", 0..=MOST_DAYS)
    })?;
    section.set("service_types", &mut all.service_types, |found| {
        found.list(|word| match word.word()? {
            ServiceType::PostAcute => Err(word.refuse(
                "another kind of service: patients choose post-acute care freely (42 CFR 482.43)",
            )),
            kind => Ok(kind),
        })
    })?;
    if all.service_types.is_empty() {
        let help = "name at least one kind of service, like consult";
        return Err(section.fault("service_types", "found an empty list", help));
    }
    all.service_types = set_of(Some(all.service_types));
    Ok(all)
}

fn underserved(section: &Section) -> Result<Underserved> {
    let mut all = Underserved::default();
    section.set("bands_km", &mut all.bands_km, |found| {
        found.list(|band| above_zero(band, "kilometres"))
    })?;
    section.set("weights", &mut all.weights, |found| found.list(level))?;
    section.set("standard", &mut all.standard, |found| {
        let name = found.text()?;
        if STANDARDS.contains(&name.as_str()) {
            Ok(name)
        } else {
            Err(found.refuse(one_of(STANDARDS)))
        }
    })?;
    section.set("short", &mut all.short, level)?;
    whole(section, all, rules::of_underserved)
}

fn overflow(section: &Section) -> Result<Overflow> {
    let mut all = Overflow::default();
    let ratio = |found: &Found| above_zero(found, "referrals for each slot");
    section.set("over", &mut all.over, ratio)?;
    section.set("tight", &mut all.tight, ratio)?;
    section.set("slack", &mut all.slack, ratio)?;
    section.set("max_km", &mut all.max_km, |found| {
        above_zero(found, "kilometres")
    })?;
    section.set(
        "visits_per_referral",
        &mut all.visits_per_referral,
        |found| above_zero(found, "slots for each referral"),
    )?;
    whole(section, all, rules::of_overflow)
}

fn lapsed(section: &Section) -> Result<Lapsed> {
    let mut all = Lapsed::default();
    let days = |found: &Found| found.whole("a whole number of days, 1 or more", 1..=MOST_DAYS);
    section.set("level", &mut all.level, level)?;
    section.set("minimum_days", &mut all.minimum_days, days)?;
    section.set("silent_days", &mut all.silent_days, days)?;
    section.set("rule", &mut all.rule, Found::word)?;
    section.set("backtest_quarters", &mut all.backtest_quarters, |found| {
        found.whole("a whole number of quarters, from 0 to 8", 0..=8)
    })?;
    Ok(all)
}

fn privacy(section: &Section) -> Result<Privacy> {
    let mut all = Privacy::default();
    section.set("min_cell", &mut all.min_cell, |found| {
        found.whole(
            "a whole number, at least 11: smaller counts could tell a patient",
            11..=u32::MAX,
        )
    })?;
    Ok(all)
}

fn deck(section: &Section) -> Result<Deck> {
    let path = |found: &Found| found.text().map(PathBuf::from);
    Ok(Deck {
        template: section.maybe("template", path)?,
        logo: section.maybe("logo", path)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::keys::KEYS;
    use crate::config::{Affiliation, Cut, Direction, LapseRule, Subject};
    use crate::quarter::Day;
    use chrono_tz::Tz;
    use std::path::Path;

    fn refused(text: &str) -> String {
        let error = Config::parse(text).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        error.at(Path::new("c")).to_string()
    }

    #[test]
    fn nothing_means_the_defaults() {
        for text in [
            "",
            "\u{feff}",
            "# Only a remark.\r\n",
            "[lapsed]\n[network]\n",
        ] {
            assert_eq!(Config::parse(text).unwrap(), Config::default());
        }
        assert!(Config::default().sources.is_empty());
        assert_eq!(Config::default().network.aligned, [Affiliation::Own]);
    }

    #[test]
    fn every_value_arrives_in_its_field() {
        let config = Config::parse(&crate::config::template::tests::uncommented()).unwrap();
        let day = |text: &str| text.parse::<Day>().unwrap();
        let source = &config.sources["epic_north"];
        assert_eq!(source.paths, ["exports/epic/", "referrals_north_*.csv"]);
        assert_eq!(source.layout.as_deref(), Some("epic"));
        assert_eq!(source.time_zone, Some(Tz::America__Chicago));
        assert_eq!(config.network.exclude, ["ORG-0417"]);
        let [organization, provider] = config.network.overrides.as_slice() else {
            panic!()
        };
        assert_eq!(
            organization.subject,
            Subject::OrganizationId("ORG-0093".into())
        );
        assert_eq!(organization.from, Some(day("2025-01-01")));
        assert_eq!(organization.to, Some(day("2026-06-30")));
        assert_eq!(provider.subject, Subject::Npi("1234567893".into()));
        assert_eq!(
            (provider.affiliation, provider.from, provider.to),
            (Affiliation::Own, None, None)
        );
        let north = &config.territories["North"];
        assert_eq!((north.counties.len(), north.zips.len()), (2, 2));
        assert_eq!(north.liaison.as_deref(), Some("Ana Reyes"));
        let cardiology = config.specialty("Cardiology");
        assert_eq!(cardiology.group.as_deref(), Some("Heart Institute"));
        assert_eq!(
            (cardiology.offered, cardiology.reach_km),
            (Some(true), 90.0)
        );
        assert_eq!(cardiology.benchmark_per_100k, Some(7.5));
        assert_eq!(cardiology.contribution, Some(850.0));
        assert_eq!(config.ingest.quarantine_limit, Some(0.02));
        let liaison = &config.liaisons["Ana Reyes"];
        assert_eq!(liaison.territory.as_deref(), Some("North"));
        assert_eq!(liaison.visits_per_week, Some(12.0));
        assert_eq!(config.cuts.by, Some(Cut::Payer));
        let goal = &config.goals[0];
        assert_eq!((goal.target, goal.direction), (0.25, Direction::Down));
        assert_eq!(goal.by, Some(day("2027-06-30")));
        assert_eq!(
            config.deck.logo.as_deref(),
            Some(Path::new("brand/logo.png"))
        );
    }

    #[test]
    fn settings_arrive_in_their_fields() {
        let text = "[organisation]\nname = 'North'\n[counting]\nepisode_days = 0x1e\n\
                    service_types = ['lab', 'dme', 'lab']\n\
                    [underserved]\nbands_km = [5, 10.5]\nweights = [0.9, 0.1]\nshort = 1\n\
                    [overflow]\nover = 1.2\ntight = 1.1\nslack = 0.5\nmax_km = 1\nvisits_per_referral = 1.3\n\
                    [lapsed]\nlevel = 0.2\nminimum_days = 5\nsilent_days = 1_00\n\
                    rule = 'days=90'\nbacktest_quarters = 8\n[privacy]\nmin_cell = 20";
        let config = Config::parse(text).unwrap();
        assert_eq!(config.organisation.name, "North");
        assert_eq!(config.counting.episode_days, 30);
        assert_eq!(
            config.counting.service_types,
            [ServiceType::Lab, ServiceType::Dme]
        );
        assert_eq!(config.underserved.bands_km, [5.0, 10.5]);
        assert_eq!(config.underserved.weights, [0.9, 0.1]);
        assert_eq!(config.underserved.short, 1.0);
        let expected = Overflow {
            over: 1.2,
            tight: 1.1,
            slack: 0.5,
            max_km: 1.0,
            visits_per_referral: 1.3,
        };
        assert_eq!(config.overflow, expected);
        let expected = Lapsed {
            level: 0.2,
            minimum_days: 5,
            silent_days: 100,
            rule: LapseRule::Days(90),
            backtest_quarters: 8,
        };
        assert_eq!(config.lapsed, expected);
        assert_eq!(config.privacy.min_cell, 20);
    }

    /// What is refused, and the whole line that says so.
    #[test]
    fn what_is_wrong_is_refused_with_key_line_finding_and_expectation() {
        for (text, expected) in [
            (
                "[lapsed]\nlevle = 0.1",
                "c, row 2, lapsed.levle: this key is unknown; the nearest known one is 'level'",
            ),
            (
                "\n[organization]\nname = 'x'",
                "c, row 2, organization: this key is unknown; the nearest known one is 'organisation'",
            ),
            (
                "[[goals]]\nname = 'x'\ntarge = 1",
                "c, row 3, goals.targe: this key is unknown; the nearest known one is 'target'",
            ),
            (
                "min_cell = 12",
                "c, row 1, min_cell: this key is unknown; the nearest known one is 'privacy.min_cell'",
            ),
            (
                "[organisation]\nname = ' '",
                "c, row 2, organisation.name: found ' '; expected a text of one line that is not empty",
            ),
            (
                "[organisation]\nname = 3",
                "c, row 2, organisation.name: found 3; expected a text in quotes",
            ),
            (
                "[organisation]\ntime_zone = 'America/NewYork'",
                "c, row 2, organisation.time_zone: found 'America/NewYork'; expected a time zone like America/New_York; the nearest is 'America/New_York'",
            ),
            (
                "lapsed = 3",
                "c, row 1, lapsed: found 3; expected the table [lapsed]",
            ),
            (
                "[lapsed]\nlevel = 0",
                "c, row 2, lapsed.level: found 0; expected a number above 0 and at most 1",
            ),
            (
                "[lapsed]\nlevel = nan",
                "c, row 2, lapsed.level: found nan; expected a number above 0 and at most 1",
            ),
            (
                "[lapsed]\nminimum_days = 2.5",
                "c, row 2, lapsed.minimum_days: found 2.5; expected a whole number of days, 1 or more",
            ),
            (
                "[lapsed]\nsilent_days = -1",
                "c, row 2, lapsed.silent_days: found -1; expected a whole number of days, 1 or more",
            ),
            (
                "[privacy]\nmin_cell = 5",
                "c, row 2, privacy.min_cell: found 5; expected a whole number, at least 11: smaller counts could tell a patient",
            ),
            (
                "[underserved]\nweights = [1, 0.5]",
                "c, row 2, underserved.weights: found 2 weights for 3 bands; expected one weight for each of bands_km",
            ),
            (
                "[underserved]\nweights = [0.5, 1, 0.2]",
                "c, row 2, underserved.weights: found [0.5, 1.0, 0.2]; expected no weight greater than the one before it",
            ),
            (
                "[underserved]\nweights = [1,\n 1.5, 0.2]",
                "c, row 3, underserved.weights: found 1.5; expected a number above 0 and at most 1",
            ),
            (
                "[underserved]\nbands_km = [15, 15, 60]",
                "c, row 2, underserved.bands_km: found [15.0, 15.0, 60.0]; expected at least one distance, each greater than the one before it",
            ),
            (
                "[underserved]\nbands_km = []\nweights = []",
                "c, row 2, underserved.bands_km: found []; expected at least one distance, each greater than the one before it",
            ),
            (
                "[underserved]\nstandard = 'mine'",
                "c, row 2, underserved.standard: found 'mine'; expected benchmark",
            ),
            (
                "[overflow]\nslack = 0.9",
                "c, row 2, overflow.slack: found 0.9; expected less than tight, 0.85",
            ),
            (
                "[overflow]\ntight = 1.1",
                "c, row 2, overflow.tight: found 1.1; expected at most over, 1",
            ),
            (
                "[network]\naligned = ['owned']",
                "c, row 2, network.aligned: 'owned' is no affiliation; expected own, affiliated, independent or competitor; the nearest is 'own'",
            ),
            (
                "[network]\naligned = ['competitor']",
                "c, row 2, network.aligned: found 'competitor'; expected own or affiliated: the others' orders are not all seen",
            ),
            (
                "[network]\naligned = []",
                "c, row 2, network.aligned: found an empty list; name own, affiliated or both",
            ),
            (
                "[network]\naligned = 'own'",
                "c, row 2, network.aligned: found 'own'; expected a list in [ ]",
            ),
            (
                "[counting]\nservice_types = ['post_acute']",
                "c, row 2, counting.service_types: found 'post_acute'; expected another kind of service: patients choose post-acute care freely (42 CFR 482.43)",
            ),
            (
                "[ingest]\nquarantine_limit = 2",
                "c, row 2, ingest.quarantine_limit: found 2; expected a share from 0 to 1, like 0.02 for 2 %",
            ),
            (
                "[territories.North]\nzips = ['8750']",
                "c, row 2, territories.North.zips: found '8750'; expected a ZIP code of five digits in quotes",
            ),
            (
                "[territories.North]\nzips = [87501]",
                "c, row 2, territories.North.zips: found 87501; expected a ZIP code of five digits in quotes",
            ),
            (
                "[territories.A]\nzips = ['87501']\n[territories.B]\nzips = ['87501']",
                "c, row 4, territories.B.zips: '87501' stands in the territory 'A' too; a place belongs to one territory: leave it in one of them",
            ),
            (
                "[territories.All]",
                "c, row 1, territories.All: a territory is called 'All'; choose another name: tables use this one for a row of their own",
            ),
            (
                "[territories.North]\n[liaisons.Ana]\nterritory = 'Noth'",
                "c, row 3, liaisons.Ana.territory: found 'Noth'; expected a territory of this file; the nearest is 'North'",
            ),
            (
                "[liaisons.Ana]\nterritory = 'North'",
                "c, row 2, liaisons.Ana.territory: found 'North'; expected a territory of this file, which has none: add [territories.NAME]",
            ),
            (
                "[specialties.Cardiolgy]\nreach_km = 1",
                "c, row 1, specialties.Cardiolgy: 'Cardiolgy' is no specialty of the set; the nearest one is 'Cardiology'",
            ),
            (
                "[specialties.Cardiology]\n[specialties.Heart]",
                "c, row 2, specialties.Heart: 'Cardiology' stands here a second time, under another name; bring both tables into one",
            ),
            (
                "[specialties.Cardiology]\noffered = 'yes'",
                "c, row 2, specialties.Cardiology.offered: found 'yes'; expected true or false, without quotes",
            ),
            (
                "[network]\noverrides = [{ affiliation = 'own' }]",
                "c, row 2, network.overrides.organization_id: is missing, and npi too; say whom it is about with one of them",
            ),
            (
                "[[network.overrides]]\nnpi = '1234567893'\norganization_id = 'a'",
                "c, row 2, network.overrides.npi: stands beside organization_id; write one entry for each",
            ),
            (
                "[[network.overrides]]\nnpi = '1234567890'",
                "c, row 2, network.overrides.npi: found '1234567890'; expected an NPI in quotes: ten digits with a right check digit",
            ),
            (
                "[[network.overrides]]\norganization_id = 'a'\naffiliation = 'own'\nfrom = 2026-02-01\nto = '2026-01-31'",
                "c, row 5, network.overrides.to: found 2026-01-31; expected 2026-02-01 or later",
            ),
            (
                "[[network.overrides]]\norganization_id = 'a'\nfrom = 2026-02-01T00:00:00",
                "c, row 3, network.overrides.from: found 2026-02-01T00:00:00; expected a day like 2026-03-31",
            ),
            (
                "[[goals]]\nname = 'x'\nmeasure = 'n'",
                "c, row 1, goals.target: is missing; give it a value",
            ),
            (
                "[[goals]]\nname = 'x'\nmeasure = 'n'\ntarget = 1\nby = '2026Q5'",
                "c, row 5, goals.by: found '2026Q5'; expected a quarter like 2026Q4 or a day like 2026-12-31",
            ),
            (
                "[cuts]\nby = 'payor'",
                "c, row 2, cuts.by: 'payor' is no cut; expected payer, priority, territory or age_band; the nearest is 'payer'",
            ),
        ] {
            assert_eq!(refused(text), expected, "{text}");
        }
        assert!(refused("a = 1\nb = = 2").starts_with("c, row 2: is no valid TOML"));
    }

    /// No key is known without being read: a table where a value belongs is refused everywhere.
    #[test]
    fn every_known_key_is_read() {
        for (table, keys) in KEYS.iter().filter(|(table, _)| !table.is_empty()) {
            let header = match table.strip_suffix("[]") {
                Some(list) => format!("[[{list}]]"),
                None => format!("[{}]", table.replace('*', "Cardiology")),
            };
            for key in *keys {
                // What an entry can't do without.
                let rest = match *table {
                    "network.overrides[]" if !["npi", "organization_id"].contains(key) => {
                        "organization_id = 'a'\n"
                    }
                    _ => "",
                };
                let rest = match (*table, *key) {
                    ("goals[]", "measure") => "name = 'a'\n",
                    ("goals[]", "target") => "name = 'a'\nmeasure = 'a'\n",
                    ("goals[]", "by" | "direction") => "name = 'a'\nmeasure = 'a'\ntarget = 1\n",
                    _ => rest,
                };
                let message = refused(&format!("{header}\n{rest}{key} = {{ x = 1 }}"));
                assert!(
                    message.contains("found a table"),
                    "{table} {key}: {message}"
                );
            }
        }
    }
}
