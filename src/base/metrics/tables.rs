//! What a column means in one table where it means something else elsewhere, or where its name says
//! nothing without its table.

use super::{Metric, Unit};

/// Columns with a meaning of their own in a table, by table and name.
pub static BY_TABLE: &[(&str, &[Metric])] = &[
    ("backtest", BACKTEST),
    ("backtest_lists", BACKTEST_LISTS),
    ("communities", COMMUNITIES),
    ("competitors", COMPETITORS),
    ("fragility", FRAGILITY),
    ("inbound_bridge", INBOUND_BRIDGE),
    ("lapsed", REFERRERS),
    ("lapsed_summary", LAPSED_SUMMARY),
    ("leakage_chains", LEAKAGE_CHAINS),
    ("leakage_change_explained", LEAKAGE_CHANGE_EXPLAINED),
    ("leakage_flows", LEAKAGE_FLOWS),
    ("leakage_ledger", LEAKAGE_LEDGER),
    ("network_nodes", NETWORK_NODES),
    ("network_tie_changes", TIE_CHANGES),
    ("network_ties", TIE_CHANGES),
    ("our_refusals", OUR_REFUSALS),
    ("payer_mix", PAYER_MIX),
    ("prospects", PROSPECTS),
    ("prospects_judged", PROSPECTS_JUDGED),
    ("reasons", REASONS),
    ("referrer_cohorts", REFERRER_COHORTS),
    ("referrer_practices", REFERRER_PRACTICES),
    ("referrers", REFERRERS),
    ("referrers_models", REFERRERS_MODELS),
    ("service_area", SERVICE_AREA),
    ("watch", REFERRERS),
];

static BACKTEST: &[Metric] = metrics! {
    as_known: Flag =
        "Whether at most a fifth of the referrals had to be walked back from a later version, so \
         that the list is the one that could have been made then.";
    as_of_quarter: Text =
        "The quarter at whose end the list was made; all for those quarters together.";
    auc: Probability =
        "The chance that of two referrers, one of whom sent nothing in the two quarters after, \
         the rule ranks that one higher; 0.5 is a toss of a coin.";
    auc_gain: Score =
        "The area under the curve of catchment less the rule's, on the same referrers.";
    bin: Text =
        "The tenth that the chance forecast lies in: 01 is up to 10 %, 10 from 90 %; all for \
         everyone.";
    came_back: Count =
        "Of those listed and not visited after it, the referrers who sent again in the two \
         quarters after.";
    came_back_visited: Count =
        "Of those listed and visited in the two quarters after, the referrers who sent again in \
         them.";
    false_alarm_rate: Share ("those of them listed" / "referrers who sent again in the two quarters after") =
        "Of the referrers who sent again, the share that the rule had listed.";
    flagged: Count = "Referrers whom the rule listed.";
    flagged_visited: Count =
        "Referrers listed whose practice had a contact with us in the two quarters after.";
    n: Count = "Referrers judged then.";
    observed: Share ("those of them who sent nothing in the two quarters after" / "n") =
        "The share of the referrers judged of whom nothing came in the two quarters after.";
    precision: Share ("those of them who sent nothing in the two quarters after" / "flagged") =
        "Of the referrers listed, the share of whom nothing came in the two quarters after.";
    predicted: Probability =
        "The mean chance forecast that nothing comes in the two quarters after.";
    recall: Share ("those of them listed" / "referrers of whom nothing came in the two quarters after") =
        "Of the referrers of whom nothing came, the share that the rule had listed.";
    referrals_back: Count [patients] =
        "Referrals in the two quarters after of those listed and not visited after it.";
    referrals_back_visited: Count [patients] =
        "Referrals in the two quarters after of those listed and visited in them.";
    rule: Text =
        "Who makes the list: catchment as it is; days=90 and days=180, everyone silent so long; \
         recency, as many of the longest silent; at_risk, the warnings among those not listed.";
    weeks_ahead: Weeks =
        "Half of the warnings that came true came at least so long before the silence was \
         provable.";
};

static BACKTEST_LISTS: &[Metric] = metrics! {
    as_known: Flag =
        "Whether at most a fifth of the referrals had to be walked back from a later version, so \
         that the list is the one that could have been made then.";
    as_of_quarter: Quarter = "The quarter at whose end the list was made.";
    bin: Text = "The tenth that the chance forecast lies in: 01 is up to 10 %, 10 from 90 %.";
    recency: Flag =
        "Whether the referrer was among as many of the longest silent as lapsed by our rule.";
    referrals_after: Count [patients] = "Referrals in the two quarters after.";
    visited_after: Flag =
        "Whether the practice had a contact with us in the two quarters after.";
    weeks_to_lapse: Weeks =
        "Weeks of further silence after which it would have been a lapse.";
};

static COMMUNITIES: &[Metric] = metrics! {
    agreement: Score =
        "How far repeated searches agree on the partition as a whole, the mean adjusted Rand \
         index; 1 where they all found the same.";
    community: Label =
        "The number of the community, the largest 1: a group that refers within itself more than \
         chance would have it.";
    community_before: Label =
        "The number of the community of the network one quarter earlier that this one continues.";
    main_county: Text = "The county of most of the community's providers.";
    main_specialties: Text =
        "The three most common specialties of the community's providers, the most common first.";
    modularity: Score =
        "The share of referrals inside communities above what chance would put there, for the \
         whole partition.";
    modularity_part: Score = "What the community adds to the modularity of the whole partition.";
    our_share: Share ("referrals to us" / "our_share_n") =
        "Of what aligned referrers in the community sent to known destinations along ties, the \
         share that went inside our system.";
    our_share_n: Count [patients] =
        "Referrals that aligned referrers in the community sent to known destinations along ties.";
    patients_inside: Count [patients] =
        "Patients of the ties within the community; who is of several ties counts for each.";
    patients_leaving: Count [patients] =
        "Patients of the ties out of the community; who is of several ties counts for each.";
    providers: Count = "Providers in the community.";
    referrals_inside: Count [patients] =
        "Referrals from one provider of the community to another.";
    referrals_leaving: Count [patients] =
        "Referrals from a provider of the community to one who is not in it.";
    searches: Count = "How many times communities were sought, each time from another seed.";
    similarity_before: Score =
        "The referrals of the providers who are in both this community and the one it continues, \
         over those of the providers who are in either.";
    stability: Score =
        "How far repeated searches find this community again: the mean similarity of its nearest \
         likeness in each; 0.75 or more is stable.";
};

static COMPETITORS: &[Metric] = metrics! {
    is_us: Flag =
        "Whether the organization is one of ours, as far as claims or shared patients show it.";
    organization_id: Text =
        "The id of the organization; a destination or provider of no known organization stands \
         for itself.";
    organization_name: Text =
        "The name of the organization, or of the destination or provider that stands for itself.";
    patients: Count [patients] =
        "The organization's patients, from claims, else shared patients; none where nothing is \
         known of the market.";
    rank: Rank =
        "The place by leaked referrals received within specialty and quarter; 1 received most.";
    received: Count [patients] =
        "Leaked referrals that the organization received; 0 where the market alone knows it.";
    share: Share ("received" / "leaked referrals of the specialty") =
        "The organization's share of what aligned referrers sent outside; we are not in it.";
};

static FRAGILITY: &[Metric] = metrics! {
    bridges: Count =
        "Of those who send or receive the row's referrals, the providers without whom someone \
         would be cut off from the rest of their community.";
    n: Count [patients] =
        "External inbound referrals of the last four quarters; where no referral is known, \
         patients shared with a provider inside.";
    practice_id: Text =
        "The referring practice, whose senders are its referrers; all means that the senders \
         are the practices.";
};

static LEAKAGE_CHAINS: &[Metric] = metrics! {
    n: Count [patients] =
        "Eligible referrals that one of our providers completed, of patients who are known.";
    share: Share ("went_outside" / "n") =
        "The share of completed referrals whose care went on outside within 90 days.";
};

static LEAKAGE_CHANGE_EXPLAINED: &[Metric] = metrics! {
    affiliation: Share =
        "The part of the change that is due to referrers or destinations whose affiliation is \
         not that of the earlier quarter's last day.";
    change: Share =
        "Leakage in the later quarter less leakage in the earlier one; the six parts add up to \
         it.";
    coverage: Share =
        "The part of the change that is due to feeds that gave referrals in one of the quarters \
         alone.";
    lost_referrers: Share =
        "The part of the change that is due to referrers who are in the earlier quarter only.";
    mix: Share =
        "The part of the change that is due to who referred how much in which specialty, at \
         unchanged leakage of each.";
    new_referrers: Share =
        "The part of the change that is due to referrers who are in the later quarter only.";
    rate: Share =
        "The part of the change that is due to referrers sending more or less of the same \
         specialty outside.";
};

static LEAKAGE_FLOWS: &[Metric] = metrics! {
    n: Count [patients] =
        "Leaked referrals from the practice to the destination in the run's quarter.";
    providers: Count =
        "Aligned referrers of the practice with a referral in the quarter; under three the \
         practice is treated as a single referrer.";
};

static LEAKAGE_LEDGER: &[Metric] = metrics! {
    class: Text =
        "What became of the referrals: each aligned referral is in exactly one class.";
    n: Count [patients] = "Referrals by aligned referrers in the class.";
    share: Share ("n" / "referrals by aligned referrers of the specialty and quarter") =
        "The share of aligned referrers' referrals that are in the class.";
};

static NETWORK_NODES: &[Metric] = metrics! {
    articulation: Flag =
        "Whether someone would be cut off from the rest of the network without the provider.";
    between_z: Score =
        "How far the provider's referrals to and from other communities are above the mean of \
         all providers, in standard deviations.";
    betweenness_se: Score =
        "The standard error of betweenness where it is estimated from a sample, as it is beyond \
         20,000 providers; empty where it is exact.";
    care_density: Score [patients] =
        "How many patients two providers of the same patient share, on average over the pairs \
         of each patient and over the provider's patients.";
    community: Label =
        "The number of the provider's community, the largest 1: a group that refers within \
         itself more than chance would have it.";
    constraint: Score =
        "How far the provider's partners are each other's partners too (Burt's constraint); low \
         where the provider connects those who would not meet otherwise.";
    cut_off: Count =
        "Providers who would be cut off from the largest remaining part without this one.";
    participation: Score =
        "How evenly the provider's referrals, in and out, spread over communities: 0 where all \
         stay in one.";
    role: Text =
        "What the provider is to the communities: hub (stands out in its own and among all by \
         what it exchanges with others), anchor (in its own), bridge (with others, or the only \
         link to someone), or periphery.";
    splits_community: Flag =
        "Whether someone would be cut off from the rest of the provider's community without it.";
    within_z: Score =
        "How far the provider's referrals within its community are above the mean of the \
         members, in standard deviations.";
    x: Score = "Where a picture of the network has the provider, from left to right.";
    y: Score = "Where a picture of the network has the provider, from bottom to top.";
};

static TIE_CHANGES: &[Metric] = metrics! {
    affiliation_to: Text =
        "How the provider who is referred to stood to us on the quarter's last day.";
    backbone_p: Probability =
        "The chance that one of so many ties of an end is as strong by accident, the lesser of \
         the two ends' (disparity filter).";
    change: Text =
        "The last two quarters against the same two a year before: gained, lost, strengthened, \
         weakened, unchanged, or not_observed where a source began too late or fell silent.";
    change_ratio: Ratio
        ("referrals a working day in the last two quarters" / "the same a year before") =
        "The tie's referrals a working day in the last two quarters, divided by those in the \
         same two a year before.";
    referrals_before: Count [patients] =
        "Referrals of the tie in the same two quarters a year before.";
    referrals_now: Count [patients] = "Referrals of the tie in the last two quarters.";
};

static OUR_REFUSALS: &[Metric] = metrics! {
    n: Count [patients] =
        "Referrals to the practice that were turned away for the reason: declined, expired, or \
         left without a booking.";
    reason: Text =
        "The reason that the export states for the referral's status; unknown where it says \
         nothing.";
    received: Count [patients] =
        "All referrals to the practice in the specialty and quarter, whatever became of them.";
    share: Share ("n" / "received") =
        "The share of the practice's referrals that were turned away for the reason.";
};

static PAYER_MIX: &[Metric] = metrics! {
    leakage: Share ("eligible referrals directed outside" / "leakage_n") =
        "Of the payer's eligible referrals by aligned referrers, the share that was directed \
         outside.";
    n: Count [patients] = "Referrals to a provider inside, whoever sent them.";
    share: Share ("n" / "referrals to a provider inside of every payer") =
        "The payer's share of the referrals to a provider inside.";
};

static PROSPECTS: &[Metric] = metrics! {
    distance_km: Km =
        "The distance from the prospect's practice to the nearest of ours with the suggested \
         specialty.";
    expected_referrals: CountPerQuarter [patients] =
        "Referrals to us a quarter of candidates with such a score two quarters ago, who began \
         or not; drawn toward the mean of all.";
    introducer_npi: Text =
        "The National Provider Identifier of who could introduce us.";
    lat: Score = "The latitude of the practice in degrees.";
    lon: Score = "The longitude of the practice in degrees.";
    our_referrers_tied: Count =
        "Partners of the prospect, and colleagues at its practice, who have referrals or \
         patients with our specialists.";
    partners: Count =
        "Providers with whom the prospect has referrals or patients, as far as it is seen.";
    reasons: Text =
        "Why it could refer to us, in words: whom it is tied to, how near we are, who knows it.";
    score: Score =
        "For each specialty of ours the shares of the partners' ties that are with it, added up \
         and falling with distance; over all specialties.";
    specialty: Text = "The prospect's own specialty.";
    suggested_introducer: Text =
        "Of our own and affiliated providers the one with the strongest tie to the prospect.";
    suggested_specialty: Text = "The specialty of ours with the greatest part of the score.";
};

static PROSPECTS_JUDGED: &[Metric] = metrics! {
    auc: Probability =
        "The chance that of two candidates, one of whom gained a tie to us, the method ranks \
         that one higher; 0.5 is a toss of a coin.";
    candidates: Count =
        "Providers who could have begun to refer to us, as known two quarters ago.";
    method: Text =
        "How candidates are ranked: as in prospects (catchment), by nearness (distance), by \
         personalised PageRank, or by number of ties (preferential_attachment).";
    note: Text = "What was judged, or why nothing could be.";
    precision_at_100: Share
        ("those of them who gained a tie" / "the hundred ranked highest, or all where there are fewer") =
        "Of the hundred candidates ranked highest, the share who gained a tie in the two \
         quarters since.";
    scale_km: Km =
        "The distance at which the chance of a tie had fallen to 1 / e, as fitted to what was \
         known two quarters ago; empty where it does not fall.";
    ties_test: Count = "Candidates who gained a tie to us in the last two quarters.";
    ties_train: Count = "Ties from one provider to another, as known two quarters ago.";
};

static REASONS: &[Metric] = metrics! {
    addressable: Flag =
        "Whether we could do something about the reason; a reason that is not stated counts \
         as such.";
    n: Count [patients] = "Leaked referrals with the reason.";
    share: Share ("n" / "leaked referrals of the specialty") =
        "The share of the specialty's leaked referrals that have the reason.";
};

static SERVICE_AREA: &[Metric] = metrics! {
    cumulative_patient_share: Share ("patients of so many ZIP codes" / "our patients whose ZIP code is known") =
        "The share of our patients who live in this ZIP code and those above it.";
    patient_share: Share ("patients" / "our patients whose ZIP code is known") =
        "The share of our patients who live in the ZIP code.";
    patients: Count [patients] =
        "Patients of counted referrals to us in the last four quarters who live in the ZIP code.";
    place: Text = "The name of the ZIP code's place.";
    reached: Flag = "Whether the contiguous ZIP codes give the share of patients that was asked for.";
    territory: Text = "The territory that is defined as the service area.";
    zip: Text = "The ZIP code.";
};

static INBOUND_BRIDGE: &[Metric] = metrics! {
    affiliation_changed: Count [patients] =
        "What came more or less from referrers who were own in one of the quarters and not in \
         another.";
    declining: Count [patients] =
        "What came more or less from referrers who decline, are at risk or are silent without \
         proof.";
    from_n: Count [patients] =
        "External inbound referrals of the same two quarters a year before.";
    growing: Count [patients] = "What came more or less from referrers who grow.";
    lapsed: Count [patients] =
        "What came more or less from referrers who have lapsed.";
    new: Count [patients] = "What came from referrers who began in the last two quarters.";
    reactivated: Count [patients] =
        "What came more or less from referrers who came back in the last two quarters.";
    stable: Count [patients] =
        "What came more or less from everybody else, such as stable referrers, those with too \
         few days, and those without a number.";
    to_n: Count [patients] = "External inbound referrals of the last two quarters.";
};

static LAPSED_SUMMARY: &[Metric] = metrics! {
    count: Count = "Referrers who have lapsed.";
    gained_per_quarter: CountPerQuarter [patients] =
        "Referrals a quarter that referrers who are new or came back send more than a year \
         before, shrunk.";
    lost_per_quarter: CountPerQuarter [patients] =
        "Referrals a quarter that referrers who have lapsed send less than a year before, shrunk.";
    net: CountPerQuarter [patients] =
        "What was gained a quarter less what was lost.";
};

static REFERRER_COHORTS: &[Metric] = metrics! {
    active: Count = "Those of them who referred in this quarter.";
    first_quarter: Quarter =
        "The quarter of the first referral, after four quarters of data without one.";
    n: Count = "Referrers who began in the first quarter.";
    quarters_since: Count = "Quarters since the first one.";
    share: Share ("active" / "n") = "The share of them who referred in this quarter.";
};

static REFERRER_PRACTICES: &[Metric] = metrics! {
    reason: Text = "Why the practice has the status, in a sentence.";
    referrers: Count =
        "Everyone outside our own who has referred from the practice to the specialty.";
};

static REFERRERS: &[Metric] = metrics! {
    reason: Text = "Why the referrer has the status, in a sentence.";
};

static REFERRERS_MODELS: &[Metric] = metrics! {
    identified: Flag =
        "Whether the referral days tell the parameters of MBG/CNBD-k, so that its \
         probabilities mean something.";
    k: Label =
        "The stages of a gap in MBG/CNBD-k that fit best; 1 is at random, more is more \
         regular.";
    t: Weeks =
        "Weeks from the first referral day of the last eight quarters to the last complete day \
         of the source.";
    t_x: Weeks =
        "Weeks from the first to the last referral day of the last eight quarters.";
    x: Count =
        "Referral days after the first in the last eight quarters.";
};
