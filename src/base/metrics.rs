//! What every column of the result tables means: its unit, what a rate is divided by, whether it
//! counts patients, and a sentence for readers. How a number is computed stands with its finding.

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

/// The metric of a column. What is derived from a column (`_low`, `_high`, `_q`, `_change`,
/// `_change_year` and these one after another) has the column's own metric, unless it has an
/// entry of its own. `None` where the column is unknown.
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
    if let Ok(at) = METRICS.binary_search_by(|metric| metric.name.cmp(column)) {
        return METRICS.get(at);
    }
    let suffixes = ["_low", "_high", "_q", "_change_year", "_change"];
    suffixes
        .iter()
        .find_map(|suffix| find(column.strip_suffix(suffix)?))
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

/// Every column of the result tables, by name.
pub static METRICS: &[Metric] = metrics! {
    accepted: Count [patients] =
        "Rows that were stored as a version, the latest known of its referral when the load \
         ended.";
    access: PerHundredThousand
        ("full-time equivalents within reach" / "people who share them, by distance") =
        "Full-time providers within reach for each 100,000 people, nearer ones and less crowded \
         ones counting more (E2SFCA).";
    addressable: Count [patients] =
        "Leaked referrals whose reason for going outside is not known, or is one that we could \
         change.";
    affiliated: Count [patients] =
        "Eligible referrals whose destination was affiliated with us on the day of the \
         referral.";
    affiliation: Text =
        "How the provider stood to us on the quarter's last day: own, affiliated, independent \
         or competitor.";
    aligned: Count [patients] =
        "Counted consults and procedures placed by aligned referrers, unknown destinations and \
         services that we do not offer included.";
    ambiguous_practice: Count [patients] =
        "Referrals that name no practice and whose referring provider had several that day, so \
         that the primary one, else the first by id, stands for it.";
    appointment_known: Count [patients] = "Referrals whose day of appointment is known.";
    appointment_known_share: Share ("completed_appointment" / "completed") =
        "Of completed referrals, the share whose day of appointment is known.";
    as_of_on: Date = "The last day that the results know of; nothing that came later is in them.";
    audience: Text = "Who may see these results: internal, or board.";
    backlog: Count [patients] =
        "Referrals of the last 180 days that were neither seen nor closed at the quarter's end.";
    backlog_change: Count [patients] =
        "The backlog at this quarter's end less the one at the end of the quarter before.";
    backlog_weeks: Weeks ("backlog" / "weekly_slots") =
        "How many weeks of new-patient slots the backlog would fill.";
    benchmark: PerHundredThousand =
        "The full-time providers for each 100,000 people that access is judged against.";
    benchmark_name: Text =
        "Where the benchmark comes from: the configuration, or the territory's own mean.";
    betweenness: Score =
        "The share of shortest paths between other providers that pass through this one, ties \
         taken as undirected and of equal weight.";
    booked_known: Count [patients] = "Referrals whose day of booking is known.";
    booked_known_share: Share ("completed_booked" / "completed") =
        "Of completed referrals, the share whose day of booking is known.";
    class: Text =
        "The referrer by share kept: loyalist (80 % or more), splitter, leaker (20 % or less), \
         too_few, or not_observed.";
    class_probability: Probability =
        "How probable the class is, given the referrer's eligible referrals and those of \
         similar referrers.";
    clustering: Score =
        "The share of pairs of a provider's partners who are partners of each other, ties taken \
         as undirected.";
    completed: Count [patients] = "Referrals whose patient was seen.";
    completed_appointment: Count [patients] =
        "Completed referrals whose day of appointment is known.";
    completed_booked: Count [patients] = "Completed referrals whose day of booking is known.";
    completed_dated: Count [patients] = "Completed referrals whose day of visit is known.";
    completed_known: Count [patients] = "Referrals whose day of visit is known.";
    completed_known_share: Share ("completed_dated" / "completed") =
        "Of completed referrals, the share whose day of visit is known.";
    completed_reported: Count [patients] =
        "Completed referrals for which the day of a report back is known.";
    component: Label = "The number that names the connected part of the network where the provider is.";
    configuration_hash: Text =
        "The fingerprint of the configuration; equal fingerprints mean equal settings.";
    conflicting: Count [patients] =
        "Rows that share key and time of version with another row but differ from it in \
         content.";
    conversation_starter: Text = "A sentence about our service to open the visit with.";
    counted: Count [patients] =
        "Referrals that count: not void, not entered in error, and no renewal or replacement of \
         another.";
    county: Text = "The county, as the population table writes it.";
    days_silent: Days =
        "Days from the referrer's last referral to the last day up to which our exports are \
         complete.";
    declined_by_us: Count [patients] = "Referrals that a provider inside declined.";
    destination_id: Text =
        "The id of the destination: its practice, else its organization, else its name.";
    destination_name: Text = "The name of the destination.";
    destination_placed: Count [patients] =
        "Referrals whose destination is known to be inside or outside.";
    destination_placed_share: Share ("destination_placed" / "rows") =
        "The share of referrals whose destination is known to be inside or outside.";
    destination_resolved: Count [patients] =
        "Referrals whose referred-to provider has an NPI, stated or found by name.";
    destination_resolved_share: Share ("destination_resolved" / "rows") =
        "The share of referrals whose referred-to provider has an NPI, stated or found by name.";
    distance_km: Km =
        "The median distance from the referring practices to the destination.";
    duplicate: Count [patients] =
        "Rows whose version is stored already; they were not stored again.";
    edge: Flag =
        "Whether the county lies at the edge of the population table, so that supply beyond the \
         edge is not seen and no judgement is made.";
    entry_lag_p95_days: Days =
        "The days that 95 % of the source's referrals do not exceed from the order to the export \
         that first held it.";
    evidence: Text = "What speaks for the call, in a sentence.";
    expected_lapse_loss: CountPerQuarter [patients] =
        "Referrals a quarter that were lost: the shrunk former rate of the same quarters less \
         the shrunk present rate, never below 0.";
    expected_referrals: CountPerQuarter [patients] =
        "Referrals a quarter that the practice could send again.";
    fields_emptied: Count =
        "Optional fields that could not be read and were emptied; their rows were kept.";
    file: Text = "The file that was loaded.";
    first_on: Date = "The day of the first referral.";
    form: Text = "How the file is written, where that is out of the ordinary.";
    former_per_quarter: CountPerQuarter [patients] =
        "Referrals a quarter that the referrer used to send, a year before.";
    fte: Fte = "Full-time equivalents of the providers who work here.";
    gap_fte: Fte =
        "Full-time providers that are missing: the benchmark less access, times the population, \
         never below 0.";
    gap_p: Probability =
        "How probable a silence of this length is for a referrer with this rhythm who has not \
         stopped.";
    gap_q: Probability =
        "The silence's p-value after allowing for the number of referrers tested (Benjamini- \
         Hochberg).";
    inbound_external: Count [patients] =
        "Referrals to a provider inside from referrers who were not own on that day.";
    inbound_internal: Count [patients] = "Referrals to a provider inside from our own referrers.";
    inbound_per_day: CountPerDay ("inbound_external" / "working_days") [patients] =
        "External inbound referrals for each working day.";
    joined: Count = "Rows that belong to another file's rows and were joined to them.";
    kept: Count [patients] =
        "Eligible referrals of aligned referrers that were directed inside.";
    last_complete_on: Date =
        "The last day up to which the source is complete: the latest day of its newest export, \
         less its entry lag.";
    last_on: Date = "The day of the last referral.";
    last_visit_month: Month = "The month of our last visit to the practice.";
    latest_on: Date = "The latest day that the file knows of.";
    leakage: Share ("leaked" / "n") =
        "Of the referrals by aligned referrers that we could have served, the share that was \
         directed outside.";
    leakage_all: Share
        ("all counted referrals directed outside" / "leakage_all_n") =
        "Of all counted referrals by aligned referrers, services that we do not offer included, \
         the share that was directed outside.";
    leakage_all_n: Count [patients] =
        "All counted referrals by aligned referrers with a known destination.";
    leakage_bound_high: Share
        ("leaked and unknown destinations" / "eligible referrals and unknown destinations") =
        "What leakage would be if every unknown destination were outside.";
    leakage_bound_low: Share ("leaked" / "eligible referrals and unknown destinations") =
        "What leakage would be if every unknown destination were inside.";
    leaked: Count [patients] =
        "Eligible referrals by aligned referrers that were directed outside.";
    limit_high: CountPerDay =
        "The upper process limit of inbound referrals a working day: mean plus 2.66 times the \
         mean moving range.";
    limit_low: CountPerDay =
        "The lower process limit of inbound referrals a working day: mean less 2.66 times the \
         mean moving range.";
    load_id: Text = "What identifies the load: content, layout, vocabulary, source and zone.";
    longest_gap_days: Days =
        "The longest time between two days with referrals in the 400 days before the last one.";
    mapping: Text = "The mapping that the file was read through.";
    mean: CountPerDay = "The mean of inbound referrals a working day over the quarters shown.";
    median_wait_days: Days =
        "The days after which half of the patients referred in the 180 days up to the quarter's \
         end have been seen; those who left never are.";
    n: Count [patients] =
        "The referrals that the row counts; where the row has a rate, its denominator.";
    name: Text = "The name of the provider.";
    name_from: Text = "The name of the referring provider.";
    name_to: Text = "The name of the referred-to provider.";
    nearest_km: Km =
        "The mean distance from people's ZIP codes to the nearest provider of any affiliation, \
         weighted by population.";
    not_addressable: Count [patients] =
        "Leaked referrals whose reason for going outside is one that nobody should change, such \
         as the patient's wish or the insurer's choice.";
    not_offered: Count [patients] =
        "Referrals by aligned referrers for a service that we do not offer on that day; they \
         are not eligible.";
    npi: Text = "The provider's National Provider Identifier.";
    npi_from: Text = "The referring provider's National Provider Identifier.";
    npi_to: Text = "The referred-to provider's National Provider Identifier.";
    organization_id: Text = "The id of the organization.";
    organization_name: Text = "The name of the organization.";
    out_of_county_share: Share
        ("referrals of the county's patients to a provider in another county" / "referrals of the county's patients with a placed provider") =
        "The share of the county's referrals that lead patients out of the county.";
    outside: Count [patients] =
        "Eligible referrals whose destination was outside on the day of the referral.";
    own: Count [patients] =
        "Eligible referrals whose destination was our own on the day of the referral.";
    pagerank: Score =
        "The provider's weight in the network: how often a walk along referrals arrives here \
         (damping 0.85); all add up to 1.";
    partners_in: Count = "Providers who refer to this one.";
    partners_out: Count = "Providers to whom this one refers.";
    patients: Count [patients] =
        "Patients whom the two providers share, or who were referred from the one to the other.";
    population: Count = "People who live here.";
    possible_repeats: Count [patients] =
        "Referrals for the patient, specialty and referring practice of another at most 90 days \
         before, that do not say that they renew or replace it.";
    practice_id: Text = "The id of the practice.";
    practice_name: Text = "The name of the practice.";
    present_per_quarter: CountPerQuarter [patients] =
        "Referrals a quarter that the referrer sends at present.";
    providers: Count = "Providers of the specialty who work here.";
    q_0: Count [patients] = "Referrals in this quarter.";
    q_1: Count [patients] = "Referrals in the quarter before.";
    q_2: Count [patients] = "Referrals two quarters ago.";
    q_3: Count [patients] = "Referrals three quarters ago.";
    quarantined: Count [patients] = "Rows that were kept aside with their reasons and not stored.";
    quarantined_bad_date: Count [patients] =
        "Rows kept aside because a required day could not be read.";
    quarantined_bad_npi: Count [patients] =
        "Rows kept aside because an NPI that they need has a wrong check digit.";
    quarantined_bad_number: Count [patients] =
        "Rows kept aside because a required number could not be read.";
    quarantined_bad_zip: Count [patients] =
        "Rows kept aside because a required ZIP code could not be read.";
    quarantined_date_order: Count [patients] =
        "Rows kept aside because their days contradict each other, such as an appointment \
         before the order.";
    quarantined_future_date: Count [patients] =
        "Rows kept aside because a day lies after the one on which the row was written.";
    quarantined_malformed_row: Count [patients] =
        "Rows kept aside because they could not be taken apart into fields.";
    quarantined_missing_parent: Count [patients] =
        "Rows of a joined file kept aside because the row that they belong to is missing.";
    quarantined_missing_required: Count [patients] =
        "Rows kept aside because a required field is empty.";
    quarantined_unknown_status: Count [patients] =
        "Rows kept aside because their status is in no vocabulary.";
    quarter: Quarter = "The calendar quarter.";
    rank: Rank = "The place in the table's order; 1 comes first.";
    received: Count [patients] = "Leaked referrals that this destination received.";
    receiving_practice_id: Text = "The id of the practice inside that the referrals came to.";
    receiving_practice_name: Text = "The name of the practice inside that the referrals came to.";
    reciprocity: Ratio
        ("the lesser weight of the two directions" / "the greater weight of the two directions") =
        "How evenly the two providers refer to each other: 0 is one way only, 1 is the same \
         both ways.";
    reconstructed: Count [patients] =
        "Referrals that have no version of the quarter's end and are walked back from a later \
         one.";
    referral_days: Days [patients] = "Days on which the referrer placed at least one referral.";
    referrals: Count [patients] = "Referrals that are counted here.";
    referrals_in: Count [patients] = "Referrals to this provider.";
    referrals_out: Count [patients] = "Referrals by this provider.";
    referrals_per_1000: PerThousand
        ("referrals of the people who live here" / "population") [patients] =
        "Referrals for each 1,000 people who live here.";
    referring_affiliation: Text =
        "How the referring provider stood to us on the day of the referral.";
    referring_name: Text = "The name of the referring provider.";
    referring_npi: Text = "The referring provider's National Provider Identifier.";
    referring_resolved: Count [patients] =
        "Referrals whose referring provider has an NPI, stated or found by name.";
    referring_resolved_share: Share ("referring_resolved" / "rows") =
        "The share of referrals whose referring provider has an NPI, stated or found by name.";
    report_known: Count [patients] = "Referrals for which the day of a report back is known.";
    report_known_share: Share ("completed_reported" / "completed") =
        "Of completed referrals, the share for which the day of a report back is known.";
    roster: Text =
        "Whose providers supply is counted from: all, or own where the roster knows nobody \
         outside; then no judgement is made.";
    rows: Count [patients] =
        "Referrals of the source that were placed in the quarter, those that do not count included.";
    rows_read: Count [patients] =
        "Rows that the file holds; they are accepted, superseded, duplicate, quarantined or set \
         aside, each exactly once.";
    set_aside: Count [patients] =
        "Rows that a filter of the layout leaves out, such as prior authorisations in a table \
         of referrals.";
    set_aside_by: Text = "How many rows each filter of the mapping left out.";
    share: Share ("received" / "leaked referrals of the specialty") =
        "The destination's share of the specialty's leaked referrals.";
    share_of_in: Share ("referrals" / "referrals that the referred-to provider receives") =
        "The tie's share of what the referred-to provider receives.";
    share_of_out: Share ("referrals" / "referrals that the referring provider sends") =
        "The tie's share of what the referring provider sends.";
    shrunk_leakage: Share =
        "Leakage drawn towards the mean where few referrals stand behind it, so that small \
         numbers do not lead a ranking.";
    signal: Text =
        "Whether the quarter stands out: above or below its process limits, run where eight in \
         a row lie on one side of the mean, or none.";
    silent: Flag =
        "Whether the source had fallen silent at the quarter's end: longer without a referral \
         than ever in the 400 days before.";
    skipped_lines: Count = "Blank lines, preamble and totals, which are no rows.";
    source: Text = "The record system that the rows come from.";
    sources: Text = "The record systems that the results come from.";
    spar: Ratio ("access" / "the mean access of all counties") =
        "Access relative to the mean of all counties; 1 is the mean.";
    specialty: Text =
        "The specialty that the referral asks for; all means every specialty together.";
    specialty_known: Count [patients] = "Referrals whose specialty is in the set.";
    specialty_known_share: Share ("specialty_known" / "rows") =
        "The share of referrals whose specialty is in the set.";
    status: Text = "What the row was judged to be, by the rules of its table.";
    suggested_topic: Text = "What the visit could be about.";
    superseded: Count [patients] =
        "Rows that were stored as a version, though a later one of the same referral was known \
         already.";
    table_name: Text = "The table that the file feeds.";
    territory: Text = "The territory that the place belongs to.";
    thin: Text = "What is known of fewer than 90 % of 30 or more; empty for nothing.";
    typical_gap_days: Days =
        "The referrer's usual number of days from one referral day to the next.";
    underserved: Flag =
        "Whether access falls short: below half the benchmark (or the share that is set), with \
         at least half a full-time provider missing, and not at the edge.";
    unknown_columns: Text = "Columns of the file that are kept out of the lake.";
    unknown_destination: Count [patients] =
        "Referrals by aligned referrers whose destination is not known; they are neither inside \
         nor outside.";
    utilisation: Ratio ("weekly_demand" / "weekly_slots") =
        "The quarter's demand divided by the new-patient slots offered; above 1 more is asked \
         for than there is.";
    utilisation_4q: Ratio
        ("weekly demand of the last four quarters" / "weekly slots of the last four quarters") =
        "Demand divided by new-patient slots over the last four quarters.";
    version: Text = "The version of the program that made the results.";
    wait_p90_days: Days =
        "The days after which nine of ten patients have been seen, from referral to visit, \
         those who left taken into account.";
    weekly_demand: CountPerWeek ("n" / "13 weeks") [patients] =
        "New-patient slots that the quarter's referrals ask for in a week.";
    weekly_slots: CountPerWeek = "New-patient slots offered in a week, on average.";
    why: Text = "Why the practice is on the list.";
    working_days: Days = "Working days of the quarter: Monday to Friday but federal holidays.";
};

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
    }

    #[test]
    fn every_sentence_is_one() {
        for sentence in METRICS.iter().map(|metric| metric.sentence) {
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
        for metric in METRICS {
            assert_eq!(
                metric.numerator.is_empty(),
                metric.denominator.is_empty(),
                "{}",
                metric.name
            );
            for end in [metric.numerator, metric.denominator] {
                let fits = end.is_empty() || end.contains(' ') || find(end).is_some();
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
    #[test]
    fn every_column_of_every_table_is_found() {
        let leakage = "n leaked leakage leakage_low leakage_high leakage_change leakage_change_low \
             leakage_change_high leakage_change_q leakage_change_year leakage_change_year_low \
             leakage_change_year_high leakage_change_year_q shrunk_leakage own affiliated outside \
             unknown_destination leakage_bound_low leakage_bound_high not_offered leakage_all \
             leakage_all_low leakage_all_high leakage_all_n not_addressable addressable rank";
        let tables = [
            "quarter as_of_on sources first_on last_on version configuration_hash audience",
            "quarter working_days inbound_external inbound_per_day inbound_internal aligned kept \
             inbound_external_change_year inbound_external_change_year_low \
             inbound_external_change_year_high inbound_external_change_year_q mean limit_low \
             limit_high signal",
            "territory specialty referring_affiliation receiving_practice_id \
             receiving_practice_name quarter n working_days n_change n_change_low n_change_high \
             n_change_q n_change_year n_change_year_low n_change_year_high n_change_year_q \
             completed declined_by_us",
            "specialty quarter",
            leakage,
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
             clustering component affiliation",
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
        for column in tables.iter().flat_map(|table| table.split_whitespace()) {
            assert!(find(column).is_some(), "{column}");
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
