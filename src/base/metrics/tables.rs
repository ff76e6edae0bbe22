//! What a column means in one table where it means something else elsewhere, or where its name says
//! nothing without its table.

use super::{Metric, Unit};

/// Columns with a meaning of their own in a table, by table and name.
pub static BY_TABLE: &[(&str, &[Metric])] = &[
    ("communities", COMMUNITIES),
    ("competitors", COMPETITORS),
    ("fragility", FRAGILITY),
    ("leakage_chains", LEAKAGE_CHAINS),
    ("leakage_change_explained", LEAKAGE_CHANGE_EXPLAINED),
    ("leakage_flows", LEAKAGE_FLOWS),
    ("leakage_ledger", LEAKAGE_LEDGER),
    ("network_nodes", NETWORK_NODES),
    ("network_tie_changes", TIE_CHANGES),
    ("network_ties", TIE_CHANGES),
    ("our_refusals", OUR_REFUSALS),
    ("payer_mix", PAYER_MIX),
    ("reasons", REASONS),
    ("service_area", SERVICE_AREA),
];

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
    rank: Rank =
        "The place by leaked referrals received within specialty and quarter; 1 received most.";
    received: Count [patients] =
        "Leaked referrals that the organization received; 0 where the market alone knows it.";
    share: Share ("received" / "leaked referrals of the specialty") =
        "The organization's share of what aligned referrers sent outside; we are not in it.";
};

static FRAGILITY: &[Metric] = metrics! {
    bridges: Count =
        "Referrers counted in the row without whom someone would be cut off from the rest of \
         their community.";
    n: Count [patients] = "External inbound referrals of the last four quarters.";
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
        "What the provider is to the communities: hub (stands out in its own and reaches \
         others), anchor (stands out in its own), bridge (spread over several, or the only link \
         to someone), or periphery.";
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
