//! What every paper says about its use, and which tables need which sentence. The words follow the
//! physician self-referral law (42 CFR 411.354(d)(4)); the rules themselves are kept by those who
//! compute.

/// Nothing here is about pay.
pub const NO_PAY: &str = "Nothing here computes pay, or any part of it, from the volume or value of referrals, and volume \
     goals belong to a service line, never to a person.";

/// What a conversation is about.
pub const OUR_SERVICE: &str = "Conversation starters speak of our own service (the wait, the report back, a new clinic), never \
     of the provider's volumes, of competitors or of money.";

/// Why a referral may rightly go elsewhere.
pub const RIGHT_REASONS: &str = "The patient's preference, the insurer's choice and the physician's judgement are reasons for a \
     referral that nobody should change (42 CFR 411.354(d)(4)).";

/// Why leakage is compared with nobody else's.
pub const NO_BENCHMARK: &str =
    "No outside benchmark uses this definition of leakage; compare with yourself.";

/// The sentences that belong beside a result table: leakage is explained wherever it is shown, and
/// wherever destinations of aligned referrers are shown the right reasons stand.
///
/// ```
/// use catchment_report::compliance::{NO_BENCHMARK, RIGHT_REASONS, beside};
/// assert_eq!(beside("leakage_by_specialty"), [NO_BENCHMARK, RIGHT_REASONS]);
/// assert_eq!(beside("reasons"), [RIGHT_REASONS]);
/// assert!(beside("volume").is_empty());
/// ```
pub fn beside(table: &str) -> &'static [&'static str] {
    if table.starts_with("leakage") {
        &[NO_BENCHMARK, RIGHT_REASONS]
    } else if matches!(table, "reasons" | "competitors") {
        &[RIGHT_REASONS]
    } else {
        &[]
    }
}
