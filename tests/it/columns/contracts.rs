//! What is promised of each result table of the first territory, written out by hand.

use arrow::datatypes::DataType;

/// A result table as its readers know it.
pub struct Contract {
    pub name: &'static str,
    /// The columns that make a row unique, in the order of the sort.
    pub key: &'static [&'static str],
    /// The columns that rows are sorted by where it is not the key.
    pub sorted: &'static [&'static str],
    /// Keys and columns in their order, a letter behind each colon: T text, I count, R number, D day,
    /// F flag. `x±` is x, x_low and x_high; `x±q` has x_q beside; both are numbers.
    pub columns: &'static str,
}

/// Leakage's columns, which several tables have.
macro_rules! leakage {
    () => {
        "n:I leaked:I leakage± leakage_change±q leakage_change_year±q shrunk_leakage:R own:I affiliated:I outside:I \
         unknown_destination:I leakage_bound_low:R leakage_bound_high:R not_offered:I leakage_all± \
         not_addressable:I addressable:I recoverable:I realised_leakage± realised_leakage_n:I"
    };
}

/// A referrer's columns, which several tables have.
const REFERRERS: &str = "referring_npi:T practice_id:T county:T territory:T specialty:T first_on:D last_on:D \
    days_silent:I referrals:I referral_days:I q_3:I q_2:I q_1:I q_0:I typical_gap_days:R former_per_quarter:R \
    present_per_quarter:R gap_p:R gap_q:R rate_ratio±q p_alive:R expected_next_quarter:R expected_lapse_loss:R \
    changed_on:D status:T cause:T reason:T rank:I switched_to:T p_stopped:R p_quiet:R lapse_on:D";

/// The tables of the first territory.
pub const TABLES: &[Contract] = &[
    Contract {
        name: "run_info",
        key: &["quarter"],
        sorted: &["quarter"],
        columns: "quarter:T as_of_on:D sources:T first_on:D last_on:D version:T configuration_hash:T audience:T",
    },
    Contract {
        name: "service_area",
        key: &["zip"],
        sorted: &["rank"],
        columns: "zip:T territory:T place:T county:T patients:I patient_share:R cumulative_patient_share:R \
            reached:F rank:I",
    },
    Contract {
        name: "coverage",
        key: &["source", "quarter"],
        sorted: &["source", "quarter"],
        columns: "source:T quarter:T rows:I referring_resolved:I destination_resolved:I specialty_known:I \
            booked_known:I appointment_known:I completed_known:I report_known:I reconstructed:I possible_repeats:I \
            ambiguous_practice:I last_complete_on:D entry_lag_p95_days:I silent:F",
    },
    Contract {
        name: "volume",
        key: &["quarter"],
        sorted: &["quarter"],
        columns: "quarter:T working_days:I inbound_external:I inbound_per_day:R inbound_internal:I aligned:I kept:I \
            inbound_external_change_year±q mean:R limit_low:R limit_high:R signal:T",
    },
    Contract {
        name: "inbound",
        key: &[
            "territory",
            "specialty",
            "referring_affiliation",
            "receiving_practice_id",
            "quarter",
        ],
        sorted: &[
            "territory",
            "specialty",
            "referring_affiliation",
            "receiving_practice_id",
            "quarter",
        ],
        columns: "territory:T specialty:T referring_affiliation:T receiving_practice_id:T quarter:T n:I \
            working_days:I n_change±q n_change_year±q completed:I declined_by_us:I",
    },
    Contract {
        name: "leakage_by_specialty",
        key: &["specialty", "quarter"],
        sorted: &["specialty", "quarter"],
        columns: concat!(
            "specialty:T quarter:T ",
            leakage!(),
            " value_recoverable± rank:I"
        ),
    },
    Contract {
        name: "leakage_by_referrer",
        key: &["referring_npi", "quarter"],
        sorted: &["referring_npi", "quarter"],
        columns: concat!(
            "referring_npi:T quarter:T practice_id:T ",
            leakage!(),
            " class:T class_probability:R rank:I"
        ),
    },
    Contract {
        name: "leakage_by_destination",
        key: &["destination_id", "specialty", "quarter"],
        sorted: &["destination_id", "specialty", "quarter"],
        columns: "destination_id:T specialty:T quarter:T destination_name:T received:I share± received_change±q \
            distance_km:R rank:I",
    },
    Contract {
        name: "leakage_by_practice",
        key: &["practice_id", "quarter"],
        sorted: &["practice_id", "quarter"],
        columns: concat!("practice_id:T quarter:T ", leakage!(), " rank:I"),
    },
    Contract {
        name: "leakage_by_referring_county",
        key: &["county", "quarter"],
        sorted: &["county", "quarter"],
        columns: concat!("county:T quarter:T ", leakage!(), " rank:I"),
    },
    Contract {
        name: "leakage_by_patient_county",
        key: &["county", "quarter"],
        sorted: &["county", "quarter"],
        columns: concat!("county:T quarter:T ", leakage!(), " rank:I"),
    },
    Contract {
        name: "leakage_ledger",
        key: &["specialty", "class", "quarter"],
        sorted: &["specialty", "class", "quarter"],
        columns: "specialty:T class:T quarter:T n:I share:R",
    },
    Contract {
        name: "leakage_change_explained",
        key: &["specialty", "comparison"],
        sorted: &["specialty", "comparison"],
        columns: "specialty:T comparison:T from_quarter:T to_quarter:T leakage_from:R leakage_to:R change± mix:R rate:R \
            new_referrers:R lost_referrers:R affiliation:R coverage:R",
    },
    Contract {
        name: "leakage_chains",
        key: &["specialty", "quarter"],
        sorted: &["specialty", "quarter"],
        columns: "specialty:T quarter:T n:I ordered_outside:I operated_outside:I went_outside:I share±",
    },
    Contract {
        name: "leakage_flows",
        key: &["practice_id", "specialty", "destination_id"],
        sorted: &["practice_id", "specialty", "destination_id"],
        columns: "practice_id:T specialty:T destination_id:T n:I",
    },
    Contract {
        name: "reasons",
        key: &["specialty", "reason", "quarter"],
        sorted: &["specialty", "reason", "quarter"],
        columns: "specialty:T reason:T quarter:T n:I share± addressable:F n_change±q",
    },
    Contract {
        name: "our_refusals",
        key: &["specialty", "receiving_practice_id", "reason", "quarter"],
        sorted: &["specialty", "receiving_practice_id", "reason", "quarter"],
        columns: "specialty:T receiving_practice_id:T reason:T quarter:T n:I share± declined:I expired:I \
            unscheduled_after_14_days:I",
    },
    Contract {
        name: "payer_mix",
        key: &["payer", "specialty", "quarter"],
        sorted: &["payer", "specialty", "quarter"],
        columns: "payer:T specialty:T quarter:T n:I share± leakage± leakage_n:I share_change_year±q",
    },
    Contract {
        name: "competitors",
        key: &["organization_id", "specialty", "quarter"],
        sorted: &["organization_id", "specialty", "quarter"],
        columns: "organization_id:T specialty:T quarter:T received:I observed_share± market_share± rank:I \
            share_change±q concentration:R",
    },
    Contract {
        name: "fragility",
        key: &["specialty", "practice_id"],
        sorted: &["specialty", "practice_id"],
        columns: "specialty:T practice_id:T n:I herfindahl:R top_1:R top_5:R top_10:R lost_if_top_left:R bridges:I",
    },
    Contract {
        name: "concentration_curve",
        key: &["specialty", "referrers"],
        sorted: &["specialty", "referrers"],
        columns: "specialty:T referrers:I cumulative_share:R",
    },
    Contract {
        name: "referrers",
        key: &["referring_npi"],
        sorted: &["referring_npi"],
        columns: REFERRERS,
    },
    Contract {
        name: "lapsed",
        key: &["referring_npi"],
        sorted: &["rank"],
        columns: REFERRERS,
    },
    Contract {
        name: "referrer_practices",
        key: &["practice_id", "specialty"],
        sorted: &["practice_id", "specialty"],
        columns: "practice_id:T practice_name:T county:T territory:T specialty:T first_on:D last_on:D days_silent:I \
            referrals:I referral_days:I q_3:I q_2:I q_1:I q_0:I typical_gap_days:R former_per_quarter:R \
            present_per_quarter:R gap_p:R gap_q:R rate_ratio±q p_alive:R expected_next_quarter:R \
            expected_lapse_loss:R changed_on:D status:T cause:T reason:T rank:I referrers:I referrers_lapsed:I fell:F",
    },
    Contract {
        name: "backtest_lists",
        key: &["as_of_quarter", "referring_npi"],
        sorted: &["as_of_quarter", "referring_npi"],
        columns: "as_of_quarter:T referring_npi:T referring_name:T practice_id:T practice_name:T county:T territory:T status:T \
            days_silent:I p_quiet:R bin:T weeks_to_lapse:R recency:F referrals_after:I visited_after:F as_known:F",
    },
    Contract {
        name: "backtest",
        key: &["as_of_quarter", "rule", "bin"],
        sorted: &["as_of_quarter", "rule", "bin"],
        columns: "as_of_quarter:T rule:T bin:T n:I predicted:R observed± precision± recall± auc± false_alarm_rate± \
            as_known:F flagged:I auc_gain± came_back:I came_back_visited:I referrals_back:I \
            referrals_back_visited:I flagged_visited:I weeks_ahead:R",
    },
    Contract {
        name: "watch",
        key: &["referring_npi"],
        sorted: &["referring_npi"],
        columns: REFERRERS,
    },
    Contract {
        name: "lapsed_summary",
        key: &["specialty", "territory"],
        sorted: &["specialty", "territory"],
        columns: "specialty:T territory:T count:I lost_per_quarter± gained_per_quarter± net±",
    },
    Contract {
        name: "inbound_bridge",
        key: &["specialty", "territory"],
        sorted: &["specialty", "territory"],
        columns: "specialty:T territory:T from_n:I new:I reactivated:I growing:I stable:I declining:I lapsed:I \
            affiliation_changed:I to_n:I",
    },
    Contract {
        name: "referrer_cohorts",
        key: &["first_quarter", "quarters_since"],
        sorted: &["first_quarter", "quarters_since"],
        columns: "first_quarter:T quarters_since:I n:I active:I share±",
    },
    Contract {
        name: "referrers_models",
        key: &["referring_npi"],
        sorted: &["referring_npi"],
        columns: "referring_npi:T x:I t_x:R t:R bg_nbd_p_alive:R bg_nbd_expected:R mbg_nbd_p_alive:R \
            mbg_nbd_expected:R mbg_cnbd_k_p_alive:R mbg_cnbd_k_expected:R pareto_nbd_p_alive:R \
            pareto_nbd_expected:R identified:F",
    },
    Contract {
        name: "underserved",
        key: &["county", "specialty", "quarter"],
        sorted: &["county", "specialty", "quarter"],
        columns: "county:T specialty:T quarter:T population:I providers:I fte:R access:R spar:R benchmark:R \
            benchmark_name:T gap_fte:R nearest_km:R referrals_per_1000:R out_of_county_share:R edge:F roster:T rank:I \
            underserved:F",
    },
    Contract {
        name: "overflow",
        key: &["practice_id", "specialty", "quarter"],
        sorted: &["practice_id", "specialty", "quarter"],
        columns: "practice_id:T specialty:T quarter:T weekly_demand:R weekly_slots:R utilisation:R utilisation_4q:R \
            backlog:I backlog_weeks:R backlog_change:I median_wait_days± wait_p90_days:R status:T",
    },
    Contract {
        name: "communities",
        key: &["community"],
        sorted: &["community"],
        columns: "community:I providers:I referrals_inside:I referrals_leaving:I our_share± our_share_n:I \
            main_specialties:T main_county:T modularity:R stability:R community_before:I similarity_before:R",
    },
    Contract {
        name: "network_nodes",
        key: &["npi"],
        sorted: &["npi"],
        columns: "npi:T referrals_in:I referrals_out:I partners_in:I partners_out:I pagerank:R betweenness:R \
            clustering:R component:I community:I role:T affiliation:T x:R y:R constraint:R articulation:F \
            care_density:R",
    },
    Contract {
        name: "network_ties",
        key: &["npi_from", "npi_to"],
        sorted: &["npi_from", "npi_to"],
        columns: "npi_from:T npi_to:T referrals:I patients:I share_of_out:R share_of_in:R reciprocity:R backbone_p:R \
            first_on:D last_on:D change:T change_ratio±q",
    },
    Contract {
        name: "network_tie_changes",
        key: &["npi_from", "npi_to"],
        sorted: &["npi_from", "npi_to"],
        columns: "npi_from:T npi_to:T name_from:T name_to:T affiliation_to:T referrals_before:I referrals_now:I \
            change_ratio±q change:T",
    },
    Contract {
        name: "prospects",
        key: &["npi"],
        sorted: &["rank"],
        columns: "npi:T practice_id:T county:T territory:T lat:R lon:R score:R reasons:T expected_referrals:R \
            suggested_specialty:T suggested_introducer:T rank:I",
    },
    Contract {
        name: "prospects_judged",
        key: &["method"],
        sorted: &["method"],
        columns: "method:T auc± precision_at_100± ties_train:I ties_test:I",
    },
    Contract {
        name: "call_list",
        key: &["practice_id", "specialty"],
        sorted: &["territory", "rank"],
        columns: "practice_id:T specialty:T why:T evidence:T suggested_topic:T conversation_starter:T \
            last_visit_month:T expected_referrals:R rank:I",
    },
];

/// The report of the loads, which stands in history/.
pub const LOAD_REPORT: Contract = Contract {
    name: "load_report",
    key: &["file"],
    sorted: &["file"],
    columns: "file:T rows_read:I accepted:I superseded:I duplicate:I quarantined:I quarantined_missing_required:I \
        quarantined_bad_date:I quarantined_future_date:I quarantined_date_order:I quarantined_bad_npi:I \
        quarantined_unknown_status:I quarantined_bad_zip:I quarantined_bad_number:I quarantined_malformed_row:I \
        set_aside:I fields_emptied:I conflicting:I skipped_lines:I",
};

/// Tables of the last eight quarters, with the row `all` where specialty is in their grain.
pub const BY_QUARTER: &[&str] = &[
    "coverage",
    "inbound",
    "leakage_by_specialty",
    "leakage_by_referrer",
    "leakage_by_destination",
    "overflow",
];
pub const WITH_ALL: &[&str] = &[
    "inbound",
    "leakage_by_specialty",
    "leakage_by_destination",
    "underserved",
    "overflow",
];

/// An id, its name, and whether it is a place, which has county and territory too.
pub const NAMES: &[(&str, &str, bool)] = &[
    ("practice_id", "practice_name", true),
    ("receiving_practice_id", "receiving_practice_name", false),
    ("referring_npi", "referring_name", false),
    ("destination_id", "destination_name", false),
    ("organization_id", "organization_name", false),
    ("npi", "name", false),
    ("npi_from", "name_from", false),
    ("npi_to", "name_to", false),
];

impl Contract {
    /// The promised columns with their types.
    pub fn promised(&self) -> Vec<(String, DataType)> {
        let mut out = Vec::new();
        for word in self.columns.split_whitespace() {
            let (name, kind) = word.split_once(':').unwrap_or((word, "R"));
            let (name, suffixes): (&str, &[&str]) =
                match (name.strip_suffix("±q"), name.strip_suffix('±')) {
                    (Some(name), _) => (name, &["", "_low", "_high", "_q"]),
                    (None, Some(name)) => (name, &["", "_low", "_high"]),
                    (None, None) => (name, &[""]),
                };
            let kind = match kind {
                "T" => DataType::Utf8,
                "I" => DataType::Int64,
                "D" => DataType::Date32,
                "F" => DataType::Boolean,
                _ => DataType::Float64,
            };
            out.extend(
                suffixes
                    .iter()
                    .map(|s| (format!("{name}{s}"), kind.clone())),
            );
        }
        out
    }
}
