//! What every column of the result tables means: its unit, what a rate is divided by, whether it
//! counts patients, and a sentence for readers. The lists stand in columns.rs and tables.rs; how a
//! number is computed stands with its finding.

/// What a column is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A number of things.
    Count,
    /// A number of things a working day.
    CountPerDay,
    /// A number of things a week.
    CountPerWeek,
    /// A number of things a quarter.
    CountPerQuarter,
    /// A fraction from 0 to 1, shown as a percentage.
    Share,
    /// One number divided by another; it may pass 1.
    Ratio,
    /// Days.
    Days,
    /// Weeks.
    Weeks,
    /// Kilometres.
    Km,
    /// For each 1,000 people.
    PerThousand,
    /// For each 100,000 people.
    PerHundredThousand,
    /// Full-time equivalents.
    Fte,
    /// An amount of money, in the currency of whoever set it.
    Money,
    /// A fraction from 0 to 1, shown as a decimal.
    Probability,
    /// A measure without unit that only its order and its proportions give a meaning.
    Score,
    /// A place in an order, from 1.
    Rank,
    /// A number that only names a thing.
    Label,
    /// Yes or no.
    Flag,
    /// A key, a name, a word or a sentence.
    Text,
    /// A calendar day.
    Date,
    /// A calendar month.
    Month,
    /// A calendar quarter.
    Quarter,
}

/// A column of a result table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metric {
    /// The column's name.
    pub name: &'static str,
    /// What it is measured in.
    pub unit: Unit,
    /// What a rate counts: a column of the same table where there is one, else words. Empty where
    /// the column is no rate.
    pub numerator: &'static str,
    /// What a rate is divided by, written like the numerator.
    pub denominator: &'static str,
    /// Whether the value tells a number of patients, referrals or services (one referral is one
    /// patient's care): such a count itself, or a multiple of it such as a weekly mean. Small
    /// ones are withheld from a board.
    pub counts_patients: bool,
    /// What the number means, in words for the report's definitions.
    pub sentence: &'static str,
}

/// The metric of a column of any table. What is derived from a column (`_low`, `_high`, `_q`,
/// `_change`, `_change_year` and these one after another) has the column's own metric, unless it
/// has an entry of its own. `None` where the column is unknown. Where the table is known,
/// [`of`] knows better.
///
/// ```
/// use catchment_base::metrics::{Unit, find};
/// let metric = find("leakage_change_year_low").unwrap();
/// assert_eq!((metric.name, metric.unit), ("leakage", Unit::Share));
/// assert_eq!((metric.numerator, metric.denominator), ("leaked", "n"));
/// assert_eq!(find("limit_low").unwrap().name, "limit_low");
/// assert!(find("low").is_none());
/// ```
pub fn find(column: &str) -> Option<&'static Metric> {
    derived(column, &entry)
}

/// The metric of a table's column: what the column means in that table where it means something
/// else there than elsewhere, derived columns included, else what [`find`] says.
///
/// ```
/// use catchment_base::metrics::{Unit, of};
/// assert_eq!(of("reasons", "addressable").unwrap().unit, Unit::Flag);
/// assert_eq!(of("leakage_by_specialty", "addressable").unwrap().unit, Unit::Count);
/// assert_eq!(of("our_refusals", "share_low").unwrap().denominator, "received");
/// assert!(of("leakage_by_specialty", "change").is_none());
/// ```
pub fn of(table: &str, column: &str) -> Option<&'static Metric> {
    derived(column, &|name| {
        entry_of(table, name).or_else(|| entry(name))
    })
}

/// The entry of a name, or of what the name is derived from.
fn derived(
    column: &str,
    entry: &dyn Fn(&str) -> Option<&'static Metric>,
) -> Option<&'static Metric> {
    let suffixes = ["_low", "_high", "_q", "_change_year", "_change"];
    let stem = |suffix: &&str| derived(column.strip_suffix(*suffix)?, entry);
    entry(column).or_else(|| suffixes.iter().find_map(stem))
}

fn entry(name: &str) -> Option<&'static Metric> {
    let at = METRICS.binary_search_by(|metric| metric.name.cmp(name));
    METRICS.get(at.ok()?)
}

fn entry_of(table: &str, name: &str) -> Option<&'static Metric> {
    let at = BY_TABLE.binary_search_by(|(known, _)| known.cmp(&table));
    let (_, entries) = BY_TABLE.get(at.ok()?)?;
    entries.iter().find(|metric| metric.name == name)
}

/// One entry a line or two: name, unit, what a rate divides by what, whether it counts patients,
/// and the sentence.
macro_rules! metrics {
    ($($name:ident: $unit:ident $(($over:literal / $under:literal))? $([$patients:ident])? = $sentence:literal;)+) => {
        &[$(Metric {
            name: stringify!($name),
            unit: Unit::$unit,
            numerator: metrics!(@text $($over)?),
            denominator: metrics!(@text $($under)?),
            counts_patients: metrics!(@flag $($patients)?),
            sentence: $sentence,
        }),+]
    };
    (@text) => { "" };
    (@text $text:literal) => { $text };
    (@flag) => { false };
    (@flag patients) => { true };
}

// The lists stand after the macro that they are written in.
mod columns;
mod tables;

pub use columns::METRICS;
pub use tables::BY_TABLE;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_unique() {
        for pair in METRICS.windows(2) {
            assert!(
                pair[0].name < pair[1].name,
                "{} {}",
                pair[0].name,
                pair[1].name
            );
        }
        assert!(
            METRICS
                .iter()
                .all(|metric| find(metric.name) == Some(metric))
        );
        assert!(BY_TABLE.is_sorted_by(|a, b| a.0 < b.0));
        for (table, entries) in BY_TABLE {
            assert!(entries.is_sorted_by(|a, b| a.name < b.name), "{table}");
            assert!(entries.iter().all(|m| of(table, m.name) == Some(m)));
        }
    }

    /// The entries of both lists, each with the table that it is for.
    fn everywhere() -> Vec<(&'static str, &'static Metric)> {
        let here = BY_TABLE
            .iter()
            .flat_map(|(t, list)| list.iter().map(|m| (*t, m)));
        METRICS.iter().map(|m| ("", m)).chain(here).collect()
    }

    #[test]
    fn what_a_table_says_differs_from_what_is_said_elsewhere() {
        for (table, entries) in BY_TABLE {
            for metric in *entries {
                let elsewhere = find(metric.name);
                assert_ne!(elsewhere, Some(metric), "{table}: {}", metric.name);
                let said = elsewhere.map(|found| found.sentence);
                assert_ne!(said, Some(metric.sentence), "{table}: {}", metric.name);
            }
        }
    }

    #[test]
    fn a_table_goes_before_the_general_list() {
        let unit = |table, column| of(table, column).map(|metric| metric.unit);
        assert_eq!(
            unit("leakage_change_explained", "affiliation"),
            Some(Unit::Share)
        );
        assert_eq!(unit("network_nodes", "affiliation"), Some(Unit::Text));
        assert_eq!(unit("", "affiliation"), Some(Unit::Text));
        assert_eq!(
            unit("leakage_change_explained", "change_high"),
            Some(Unit::Share)
        );
        assert_eq!(
            unit("leakage_change_explained", "leakage_to"),
            Some(Unit::Share)
        );
        assert_eq!(unit("reasons", "change"), None);
        let sentence = |table, column| of(table, column).map(|metric| metric.sentence);
        let classes = ["leakage_ledger", "leakage_by_referrer"].map(|t| sentence(t, "class"));
        assert_ne!(classes[0], classes[1]);
        // What is derived follows its table, and an entry of its own goes before both.
        let changed = of("payer_mix", "share_change_year_q").unwrap();
        assert_eq!(
            changed.denominator,
            "referrals to a provider inside of every payer"
        );
        assert_eq!(
            of("payer_mix", "leakage_high").unwrap().denominator,
            "leakage_n"
        );
        assert_eq!(of("reasons", "limit_low"), find("limit_low"));
        assert_eq!(of("reasons", "nothing"), None);
    }

    /// Whoever knows what a referral contributes reads its number from the money.
    #[test]
    fn money_counts_patients() {
        let money = find("value_recoverable_low").unwrap();
        assert_eq!((money.unit, money.counts_patients), (Unit::Money, true));
    }

    #[test]
    fn every_sentence_is_one() {
        for sentence in everywhere().into_iter().map(|(_, metric)| metric.sentence) {
            assert!(sentence.starts_with(char::is_uppercase), "{sentence}");
            assert!(
                sentence.ends_with('.') && !sentence.contains("  "),
                "{sentence}"
            );
            // To every reader these words speak of the insurer's network.
            let lower = sentence.to_lowercase();
            assert!(!lower.contains("in network") && !lower.contains("out of network"));
        }
    }

    #[test]
    fn rates_have_both_ends_and_these_are_columns_or_words() {
        for (table, metric) in everywhere() {
            assert_eq!(
                metric.numerator.is_empty(),
                metric.denominator.is_empty(),
                "{}",
                metric.name
            );
            for end in [metric.numerator, metric.denominator] {
                let fits = end.is_empty() || end.contains(' ') || of(table, end).is_some();
                assert!(fits, "{}: {end}", metric.name);
            }
            // A rate whose numerator counts patients but whose value hides it is no count.
            let is_share = matches!(metric.unit, Unit::Share | Unit::Ratio | Unit::Probability);
            assert!(!(is_share && metric.counts_patients), "{}", metric.name);
            let is_words = matches!(
                metric.unit,
                Unit::Text | Unit::Date | Unit::Quarter | Unit::Flag
            );
            assert!(!(is_words && metric.counts_patients), "{}", metric.name);
        }
    }

    /// The columns of the tables, as their contract lists them.
    /// Leakage's columns, which several tables have.
    const LEAKAGE: &str = "n leaked leakage leakage_low leakage_high leakage_change leakage_change_low \
             leakage_change_high leakage_change_q leakage_change_year leakage_change_year_low \
             leakage_change_year_high leakage_change_year_q shrunk_leakage own affiliated outside \
             unknown_destination leakage_bound_low leakage_bound_high not_offered leakage_all \
             leakage_all_low leakage_all_high leakage_all_n not_addressable addressable rank";

    const LATER: &str = "recoverable recoverable_if_covered realised_leakage realised_leakage_low \
             realised_leakage_high realised_leakage_n value_recoverable value_recoverable_low \
             value_recoverable_high";

    /// What means something else in a table, or stands there alone.
    const COLUMNS_BY_TABLE: &[(&str, &str)] = &[
        ("leakage_by_specialty", LATER),
        ("leakage_by_practice", LATER),
        ("leakage_ledger", "specialty class quarter n share"),
        (
            "leakage_change_explained",
            "specialty comparison from_quarter to_quarter leakage_from leakage_to change \
                 change_low change_high mix rate new_referrers lost_referrers affiliation coverage",
        ),
        (
            "leakage_flows",
            "practice_id specialty destination_id practice_name county territory \
                 destination_name n providers",
        ),
        (
            "reasons",
            "specialty reason quarter n share share_low share_high addressable n_change \
                 n_change_low n_change_high n_change_q",
        ),
        (
            "our_refusals",
            "specialty receiving_practice_id reason quarter receiving_practice_name county \
                 territory n share share_low share_high declined expired \
                 unscheduled_after_14_days received",
        ),
        (
            "payer_mix",
            "payer specialty quarter n share share_low share_high leakage leakage_low \
                 leakage_high leakage_n share_change_year share_change_year_low \
                 share_change_year_high share_change_year_q",
        ),
        (
            "competitors",
            "organization_id specialty quarter organization_name received observed_share \
                 observed_share_low observed_share_high market_share market_share_low \
                 market_share_high rank share_change share_change_low share_change_high \
                 share_change_q concentration is_us",
        ),
        (
            "fragility",
            "specialty practice_id practice_name n herfindahl top_1 top_5 top_10 \
                 lost_if_top_left bridges",
        ),
        (
            "communities",
            "community providers referrals_inside referrals_leaving our_share our_share_low \
                 our_share_high our_share_n main_specialties main_county modularity stability \
                 community_before similarity_before modularity_part agreement searches",
        ),
        (
            "network_nodes",
            "npi name referrals_in referrals_out partners_in partners_out pagerank betweenness \
                 clustering component community role affiliation x y specialty practice_id \
                 practice_name county territory within_z between_z participation constraint articulation \
                 cut_off splits_community care_density betweenness_se",
        ),
        (
            "network_ties",
            "npi_from name_from npi_to name_to referrals patients share_of_out share_of_in \
                 reciprocity backbone_p first_on last_on change change_ratio change_ratio_low \
                 change_ratio_high change_ratio_q",
        ),
        (
            "network_tie_changes",
            "npi_from npi_to name_from name_to affiliation_to referrals_before referrals_now \
                 change_ratio change_ratio_low change_ratio_high change_ratio_q change",
        ),
        (
            "concentration_curve",
            "specialty referrers cumulative_share",
        ),
        (
            "service_area",
            "zip territory place county patients patient_share cumulative_patient_share reached rank",
        ),
        (
            "prospects",
            "npi name specialty affiliation practice_id practice_name county territory lat lon score \
                 reasons expected_referrals suggested_specialty suggested_introducer rank introducer_npi \
                 distance_km our_referrers_tied partners",
        ),
        (
            "prospects_judged",
            "method auc auc_low auc_high precision_at_100 precision_at_100_low precision_at_100_high \
                 ties_train ties_test candidates scale_km note",
        ),
    ];

    /// The columns of each table.
    const COLUMNS_OF_TABLES: &[&str] = &[
        "quarter as_of_on sources first_on last_on version configuration_hash audience \
             network_of network_from_on network_to_on lapse_rule",
        "quarter working_days inbound_external inbound_per_day inbound_internal aligned kept \
             inbound_external_change_year inbound_external_change_year_low \
             inbound_external_change_year_high inbound_external_change_year_q mean limit_low \
             limit_high signal",
        "territory specialty referring_affiliation receiving_practice_id \
             receiving_practice_name quarter n working_days n_change n_change_low n_change_high \
             n_change_q n_change_year n_change_year_low n_change_year_high n_change_year_q \
             completed declined_by_us",
        "specialty quarter",
        LEAKAGE,
        "referring_npi referring_name practice_id practice_name class class_probability",
        "destination_id destination_name specialty quarter received share share_low share_high \
             received_change received_change_low received_change_high received_change_q \
             distance_km rank",
        "referring_npi referring_name practice_id practice_name county territory specialty \
             first_on last_on days_silent referrals referral_days q_3 q_2 q_1 q_0 \
             typical_gap_days former_per_quarter present_per_quarter gap_p gap_q \
             expected_lapse_loss status rank",
        "county territory specialty quarter population providers fte access spar benchmark \
             benchmark_name gap_fte nearest_km referrals_per_1000 out_of_county_share edge roster \
             rank underserved",
        "practice_id practice_name specialty quarter weekly_demand weekly_slots utilisation \
             utilisation_4q backlog backlog_weeks backlog_change median_wait_days \
             median_wait_days_low median_wait_days_high wait_p90_days status",
        "npi name referrals_in referrals_out partners_in partners_out pagerank betweenness \
             clustering component affiliation patients_in patients_out",
        "npi_from name_from npi_to name_to referrals patients share_of_out share_of_in \
             reciprocity first_on last_on",
        "source quarter rows referring_resolved destination_resolved specialty_known \
             booked_known appointment_known completed_known report_known reconstructed \
             possible_repeats ambiguous_practice last_complete_on entry_lag_p95_days silent",
        "territory practice_id practice_name specialty why evidence suggested_topic \
             conversation_starter last_visit_month expected_referrals rank",
        "file rows_read accepted superseded duplicate quarantined set_aside fields_emptied \
             conflicting skipped_lines joined quarantined_missing_required quarantined_bad_date \
             quarantined_future_date quarantined_date_order quarantined_bad_npi \
             quarantined_unknown_status quarantined_bad_zip quarantined_bad_number \
             quarantined_malformed_row",
    ];

    #[test]
    fn every_column_of_every_table_is_found() {
        for column in COLUMNS_OF_TABLES
            .iter()
            .flat_map(|table| table.split_whitespace())
        {
            assert!(find(column).is_some(), "{column}");
        }
        for (table, columns) in COLUMNS_BY_TABLE {
            for column in columns.split_whitespace() {
                assert!(of(table, column).is_some(), "{table}: {column}");
            }
        }
        let near_miss = [
            "",
            "_low",
            "leaked_",
            "leakage_total",
            "change",
            "_change_year",
        ];
        assert!(near_miss.iter().all(|column| find(column).is_none()));
    }
}
