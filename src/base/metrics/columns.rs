//! What each column of the result tables means, wherever it stands. A column that means something
//! else in one table has a line of its own in the list by table.

use super::{Metric, Unit};

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
    bg_nbd_expected: CountPerQuarter [patients] =
        "Referrals expected in the next quarter by BG/NBD, for comparison only.";
    bg_nbd_p_alive: Probability =
        "The probability of still referring by BG/NBD, for comparison only: it is 1 for \
         everyone who came once.";
    booked_known: Count [patients] = "Referrals whose day of booking is known.";
    booked_known_share: Share ("completed_booked" / "completed") =
        "Of completed referrals, the share whose day of booking is known.";
    bridges: Count =
        "Providers whose loss would split a community of the network.";
    cause: Text =
        "What explains the silence, as far as anything loaded tells: stopped, switched, retired, \
         moved, id_changed, acquired_by_competitor, affiliation_changed, insurer_changed, \
         clinic_closed or feed_stopped; empty where nothing does.";
    changed_on: Date =
        "The day since which the status holds, as far as the referral days tell; it describes \
         and tests nothing.";
    class: Text =
        "The referrer by share kept: loyalist (80 % or more), splitter, leaker (20 % or less), \
         too_few, or not_observed.";
    class_probability: Probability =
        "How probable the class is, given the referrer's eligible referrals and those of \
         similar referrers.";
    clustering: Score =
        "The share of pairs of a provider's partners who are partners of each other, ties taken \
         as undirected.";
    comparison: Text =
        "What the quarter is compared with: the quarter before, or the same quarter a year \
         before.";
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
    concentration: Score =
        "How concentrated the market is, from claims, else shared patients: the sum of the \
         squared shares in per cent (Herfindahl-Hirschman), 10,000 where one organization has all.";
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
    cumulative_share: Share
        ("external inbound referrals of so many of the largest referrers" / "external inbound referrals of the four quarters") =
        "The share of external inbound referrals that so many of the largest referrers send \
         together.";
    days_silent: Days =
        "Days from the referrer's last referral to the last day up to which our exports are \
         complete.";
    declined: Count [patients] = "Referrals to us that were declined.";
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
    expected_next_quarter: CountPerQuarter [patients] =
        "Referrals expected in the next quarter, the chance of having stopped included \
         (MBG/CNBD-k).";
    expected_referrals: CountPerQuarter [patients] =
        "Referrals a quarter that the practice could send again.";
    expired: Count [patients] = "Referrals to us that expired.";
    fell: Flag =
        "Whether at least half of what the lapsed referrers no longer send is missing from the \
         practice, so that no colleague has taken over; or the practice itself has lapsed.";
    fields_emptied: Count =
        "Optional fields that could not be read and were emptied; their rows were kept.";
    file: Text = "The file that was loaded.";
    first_on: Date = "The day of the first referral.";
    form: Text = "How the file is written, where that is out of the ordinary.";
    former_per_quarter: CountPerQuarter [patients] =
        "Referrals a quarter that the referrer used to send, a year before.";
    from_quarter: Quarter = "The earlier quarter of the comparison.";
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
    herfindahl: Score =
        "How concentrated the senders are: the sum of their squared shares in per cent \
         (Herfindahl-Hirschman), 10,000 where one sends everything.";
    inbound_external: Count [patients] =
        "Referrals to a provider inside from referrers who were not own on that day.";
    inbound_internal: Count [patients] = "Referrals to a provider inside from our own referrers.";
    inbound_per_day: CountPerDay ("inbound_external" / "working_days") [patients] =
        "External inbound referrals for each working day.";
    joined: Count = "Rows that belong to another file's rows and were joined to them.";
    kept: Count [patients] =
        "Eligible referrals of aligned referrers that were directed inside.";
    lapse_on: Date =
        "The day from which the silence is more than chance if nothing comes before, or since \
         which it is; of the lapsed, the silent and those at risk by their silence.";
    lapse_rule: Text =
        "By what a silence counts as a lapse: gap (the referrer's own rhythm), or so many days.";
    lapsed_former_per_quarter: CountPerQuarter [patients] =
        "Referrals a quarter of the lapsed referrers of the practice, in the last two quarters a \
         year before.";
    lapsed_present_per_quarter: CountPerQuarter [patients] =
        "Referrals a quarter of the lapsed referrers of the practice, in the last two quarters.";
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
    leakage_from: Share
        ("leaked referrals of the earlier quarter" / "eligible referrals of the earlier quarter") =
        "Leakage in the earlier quarter of the comparison.";
    leakage_n: Count [patients] =
        "Eligible referrals by aligned referrers, where the row's own n counts something else.";
    leakage_to: Share
        ("leaked referrals of the later quarter" / "eligible referrals of the later quarter") =
        "Leakage in the later quarter of the comparison.";
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
    lost_if_top_left: CountPerQuarter [patients] =
        "External inbound referrals a quarter that would be lost if the largest sender left.";
    mapping: Text = "The mapping that the file was read through.";
    market_share: Share
        ("patients whom the organization treated" / "patients whom each organization treated, added up") =
        "The organization's share of the patients in claims, or in shared patients where there \
         are no claims, ourselves included; empty without either.";
    mbg_cnbd_k_expected: CountPerQuarter [patients] =
        "Referrals expected in the next quarter by MBG/CNBD-k.";
    mbg_cnbd_k_p_alive: Probability =
        "The probability of still referring by MBG/CNBD-k.";
    mbg_nbd_expected: CountPerQuarter [patients] =
        "Referrals expected in the next quarter by MBG/NBD.";
    mbg_nbd_p_alive: Probability =
        "The probability of still referring by MBG/NBD.";
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
    network_from_on: Date = "The first day of what the network is of; none where no file says it.";
    network_of: Text =
        "What the ties of the network are: referrals, shared_patients or, where neither is known, \
         nothing.";
    network_to_on: Date = "The last day of what the network is of; none where no file says it.";
    not_addressable: Count [patients] =
        "Leaked referrals whose reason for going outside is one that nobody should change, such \
         as the patient's wish or the insurer's choice.";
    not_offered: Count [patients] =
        "Referrals by aligned referrers for a service that we do not offer on that day; they \
         are not eligible.";
    npi: Text = "The provider's National Provider Identifier.";
    npi_from: Text = "The referring provider's National Provider Identifier.";
    npi_to: Text = "The referred-to provider's National Provider Identifier.";
    observed_share: Share ("received" / "leaked referrals of the specialty") =
        "The organization's share of what aligned referrers sent outside; we are not in it.";
    operated_outside: Count [patients] =
        "Completed referrals after which our provider worked under somebody outside, or referred \
         to somebody outside, as far as claims show it.";
    ordered_outside: Count [patients] =
        "Completed referrals after which our provider directed the patient outside for something \
         that we offer.";
    organization_id: Text = "The id of the organization.";
    organization_name: Text = "The name of the organization.";
    out_of_county_share: Share
        ("referrals of the county's patients to a provider in another county" / "referrals of the county's patients with a placed provider") =
        "The share of the county's referrals that lead patients out of the county.";
    outside: Count [patients] =
        "Eligible referrals whose destination was outside on the day of the referral.";
    own: Count [patients] =
        "Eligible referrals whose destination was our own on the day of the referral.";
    p_alive: Probability =
        "The probability of still referring, by MBG/CNBD-k over the last eight quarters.";
    p_quiet: Probability =
        "The chance that no referral comes in the two quarters after this one, by the pace of \
         the last eight quarters and one rate of stopping for all; the backtest judges it.";
    p_stopped: Probability =
        "The chance of having stopped, by the pace of the last eight quarters and one rate of \
         stopping for all.";
    pagerank: Score =
        "The provider's weight in the network: how often a walk along referrals arrives here \
         (damping 0.85); all add up to 1.";
    pareto_nbd_expected: CountPerQuarter [patients] =
        "Referrals expected in the next quarter by Pareto/NBD.";
    pareto_nbd_p_alive: Probability =
        "The probability of still referring by Pareto/NBD.";
    partners_in: Count = "Providers who refer to this one.";
    partners_out: Count = "Providers to whom this one refers.";
    patients: Count [patients] =
        "Patients whom the two providers share, or who were referred from the one to the other.";
    patients_in: Count [patients] =
        "Patients of the ties to this provider; who is of several ties counts for each.";
    patients_out: Count [patients] =
        "Patients of the ties from this provider; who is of several ties counts for each.";
    payer: Text = "Who pays, as the export writes it; unknown where it says nothing.";
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
    rate_ratio: Ratio ("present_per_quarter" / "former_per_quarter") =
        "Referrals in the last two quarters against the same two a year before.";
    realised_leakage: Share ("eligible referrals that ended outside" / "realised_leakage_n") =
        "Of the eligible referrals whose place of care is known 90 days after the quarter's end, \
         the share that ended outside; empty for younger quarters.";
    realised_leakage_n: Count [patients] =
        "Eligible referrals whose place of care is known 90 days after the quarter's end.";
    reason: Text =
        "The reason that the export states, in the words of the vocabulary; unknown where it \
         says nothing.";
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
    recoverable: Count [patients] =
        "Addressable leaked referrals that open new-patient slots could have taken, each slot \
         used once: in the week of the order, within reach, for the age and the payer.";
    recoverable_if_covered: Count [patients] =
        "Recoverable referrals where payers are not known: how many could have stayed if every \
         payer were taken.";
    referral_days: Days [patients] = "Days on which the referrer placed at least one referral.";
    referrals: Count [patients] = "Referrals that are counted here.";
    referrals_in: Count [patients] =
        "Referrals to this provider; none where the network is of shared patients.";
    referrals_out: Count [patients] =
        "Referrals by this provider; none where the network is of shared patients.";
    referrals_per_1000: PerThousand
        ("referrals of the people who live here" / "population") [patients] =
        "Referrals for each 1,000 people who live here.";
    referrers: Count = "How many of the largest referrers are added up.";
    referrers_lapsed: Count =
        "Referrers of the practice who have lapsed.";
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
    switched_to: Text =
        "Where the referrer's patients are sent since, as claims, orders or shared patients show \
         it; empty where nothing does.";
    table_name: Text = "The table that the file feeds.";
    territory: Text = "The territory that the place belongs to.";
    thin: Text = "What is known of fewer than 90 % of 30 or more; empty for nothing.";
    to_quarter: Quarter = "The later quarter of the comparison.";
    top_1: Share ("external inbound referrals of the largest sender" / "n") =
        "The share that the largest sender has.";
    top_10: Share ("external inbound referrals of the ten largest senders" / "n") =
        "The share that the ten largest senders have together.";
    top_5: Share ("external inbound referrals of the five largest senders" / "n") =
        "The share that the five largest senders have together.";
    typical_gap_days: Days =
        "The referrer's usual number of days from one referral day to the next.";
    underserved: Flag =
        "Whether access falls short: below half the benchmark (or the share that is set), with \
         at least half a full-time provider missing, and not at the edge.";
    unknown_columns: Text = "Columns of the file that are kept out of the lake.";
    unknown_destination: Count [patients] =
        "Referrals by aligned referrers whose destination is not known; they are neither inside \
         nor outside.";
    unscheduled_after_14_days: Count [patients] =
        "Referrals to us that were placed 14 days or more before their quarter's end and had no \
         booking then.";
    utilisation: Ratio ("weekly_demand" / "weekly_slots") =
        "The quarter's demand divided by the new-patient slots offered; above 1 more is asked \
         for than there is.";
    utilisation_4q: Ratio
        ("weekly demand of the last four quarters" / "weekly slots of the last four quarters") =
        "Demand divided by new-patient slots over the last four quarters.";
    value_recoverable: Money [patients] =
        "What the recoverable referrals would have contributed: their number times the \
         specialty's completion share times the contribution that is set for a referral.";
    version: Text = "The version of the program that made the results.";
    wait_p90_days: Days =
        "The days after which nine of ten patients have been seen, from referral to visit, \
         those who left taken into account.";
    weekly_demand: CountPerWeek ("n" / "13 weeks") [patients] =
        "New-patient slots that the quarter's referrals ask for in a week.";
    weekly_slots: CountPerWeek = "New-patient slots offered in a week, on average.";
    went_outside: Count [patients] =
        "Completed referrals whose care went on outside within 90 days, by an order or by claims.";
    why: Text = "Why the practice is on the list.";
    working_days: Days = "Working days of the quarter: Monday to Friday but federal holidays.";
};
