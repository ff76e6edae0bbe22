//! What a column means in one table where it means something else elsewhere, or where its name says
//! nothing without its table.

use super::{Metric, Unit};

/// Columns with a meaning of their own in a table, by table and name.
pub static BY_TABLE: &[(&str, &[Metric])] = &[
    ("competitors", COMPETITORS),
    ("fragility", FRAGILITY),
    ("leakage_chains", LEAKAGE_CHAINS),
    ("leakage_change_explained", LEAKAGE_CHANGE_EXPLAINED),
    ("leakage_flows", LEAKAGE_FLOWS),
    ("leakage_ledger", LEAKAGE_LEDGER),
    ("our_refusals", OUR_REFUSALS),
    ("payer_mix", PAYER_MIX),
    ("prospects", PROSPECTS),
    ("prospects_judged", PROSPECTS_JUDGED),
    ("reasons", REASONS),
];

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
