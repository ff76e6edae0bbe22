//! What a column means in one table where it means something else elsewhere, or where its name says
//! nothing without its table.

use super::{Metric, Unit};

/// Columns with a meaning of their own in a table, by table and name.
pub static BY_TABLE: &[(&str, &[Metric])] = &[
    ("competitors", COMPETITORS),
    ("fragility", FRAGILITY),
    ("inbound_bridge", INBOUND_BRIDGE),
    ("lapsed", REFERRERS),
    ("lapsed_summary", LAPSED_SUMMARY),
    ("leakage_chains", LEAKAGE_CHAINS),
    ("leakage_change_explained", LEAKAGE_CHANGE_EXPLAINED),
    ("leakage_flows", LEAKAGE_FLOWS),
    ("leakage_ledger", LEAKAGE_LEDGER),
    ("our_refusals", OUR_REFUSALS),
    ("payer_mix", PAYER_MIX),
    ("reasons", REASONS),
    ("referrer_cohorts", REFERRER_COHORTS),
    ("referrers", REFERRERS),
    ("referrers_models", REFERRERS_MODELS),
    ("watch", REFERRERS),
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

static REASONS: &[Metric] = metrics! {
    addressable: Flag =
        "Whether we could do something about the reason; a reason that is not stated counts \
         as such.";
    n: Count [patients] = "Leaked referrals with the reason.";
    share: Share ("n" / "leaked referrals of the specialty") =
        "The share of the specialty's leaked referrals that have the reason.";
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
