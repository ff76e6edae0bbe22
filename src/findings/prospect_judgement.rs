//! What the rule for prospects is worth: candidates as they were two quarters ago, scored from what
//! was known then, and who of them has begun to refer to us since.

use std::collections::BTreeSet;

use super::context::Context;
use super::prospect_network::{AsOf, FEWEST_A_YEAR, ProspectNetwork, Sent};
use super::prospect_scores::{Distances, Scored, fit_decay, score};
use crate::base::{Error, Result};
use crate::network::centrality::pagerank::PageRankSettings;
use crate::network::prospects::personalised;
use crate::stats::discrimination::{Area, Precision, area, precision_at};
use crate::stats::shrinkage::fit_gamma_poisson;

/// The ways of ranking candidates that are held against each other, by name.
pub(super) const METHODS: [&str; 4] = [
    "catchment",
    "distance",
    "personalised_pagerank",
    "preferential_attachment",
];

/// Fewer new ties than this, or candidates without one, judge nothing.
const FEWEST_NEW_TIES: usize = 10;
/// How many are looked at for the precision.
const LOOKED_AT: u64 = 100;
/// Bands of scores whose referrals are counted together.
const BANDS: usize = 10;
/// Quarters in which new ties are looked for.
const QUARTERS_AFTER: f64 = 2.0;

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Judgement {
    /// Whether there is anything to judge: whether a specialist of ours is known.
    pub(super) is_asked: bool,
    /// For each of [`METHODS`]; empty where nothing could be judged.
    pub(super) methods: Vec<(Option<Area>, Option<Precision>)>,
    /// Ties from one provider to another, as known then.
    pub(super) ties_train: Option<i64>,
    /// Candidates who have gained a tie since.
    pub(super) ties_test: Option<i64>,
    pub(super) candidates: Option<i64>,
    /// The distance at which the chance of a tie had fallen to 1 / e.
    pub(super) scale_km: Option<f64>,
    /// In words, what was judged or why nothing was.
    pub(super) note: String,
    /// What candidates of a score have sent since.
    pub(super) bands: Option<Bands>,
}

impl Judgement {
    pub(super) fn reckon(context: &Context<'_>) -> Result<Self> {
        if !knows_ours(context)? {
            return Ok(Self::default());
        }
        if let Some(note) = too_short(context)? {
            return Ok(Self::without(note));
        }
        let network = ProspectNetwork::read(context, AsOf::Before)?;
        if network.ours().is_empty() {
            return Ok(Self::without(
                "no specialist of ours is known of two quarters ago",
            ));
        }
        let distances = Distances::of(&network);
        let decay = fit_decay(&network, &distances);
        let own = own_by_now(context)?;
        let scored: Vec<Scored> = score(&network, &distances, decay)
            .into_iter()
            .filter(|s| !own.contains(network.npis[s.node as usize].as_str()))
            .collect();
        let mut out = Self::of(&network, &scored)?;
        out.scale_km = decay.scale_km();
        Ok(out)
    }

    /// Holds the methods against who has gained a tie, where there are enough of them.
    fn of(network: &ProspectNetwork, scored: &[Scored]) -> Result<Self> {
        let gained: Vec<bool> = scored
            .iter()
            .map(|s| gained_a_tie(network.sent[s.node as usize]))
            .collect();
        let new = gained.iter().filter(|gained| **gained).count();
        let mut out = Self {
            is_asked: true,
            ties_train: Some(network.observed.arc_count() as i64),
            ties_test: Some(new as i64),
            candidates: Some(scored.len() as i64),
            note: format!("{new} of {} candidates gained a tie", scored.len()),
            ..Self::default()
        };
        if new < FEWEST_NEW_TIES || scored.len() - new < FEWEST_NEW_TIES {
            out.note +=
                &format!("; at least {FEWEST_NEW_TIES} who did and as many who did not are needed");
            return Ok(out);
        }
        for scores in rivals(network, scored)? {
            let judged: Vec<(f64, bool)> = scores.into_iter().zip(gained.iter().copied()).collect();
            out.methods.push(judge(&judged));
        }
        out.bands = Some(Bands::count(scored, &network.sent));
        Ok(out)
    }

    fn without(note: &str) -> Self {
        Self {
            is_asked: true,
            note: note.to_string(),
            ..Self::default()
        }
    }
}

/// Whether a specialist of ours is known at all.
fn knows_ours(context: &Context<'_>) -> Result<bool> {
    let people = context.warehouse.read("int_prospect_providers")?;
    let now = people.only("as_of", "now")?;
    Ok(now.flag("is_ours")?.iter().any(|ours| ours == Some(true)))
}

/// Why time can't be split: the last two quarters are looked at, and four before them say who hardly
/// referred.
fn too_short(context: &Context<'_>) -> Result<Option<&'static str>> {
    let needed = context.quarter.plus(-5).first_day();
    Ok(match context.data_begins()? {
        None => Some("no referral is dated, so nothing can be split by time"),
        Some(first_on) if first_on > needed => {
            Some("referrals reach back less than four quarters before the last two")
        }
        Some(_) => None,
    })
}

/// What a method's scores are worth against who gained a tie; nothing where they are all the same, as
/// when nobody's place is known.
fn judge(judged: &[(f64, bool)]) -> (Option<Area>, Option<Precision>) {
    if judged.windows(2).all(|pair| pair[0].0 == pair[1].0) {
        return (None, None);
    }
    (area(judged), precision_at(LOOKED_AT, judged))
}

/// Who is own by now: what such a provider sends us since is no new tie.
fn own_by_now(context: &Context<'_>) -> Result<BTreeSet<String>> {
    let now = context
        .warehouse
        .read("int_prospect_providers")?
        .only("as_of", "now")?
        .only("affiliation", "own")?;
    Ok(now.texts("npi")?.into_iter().flatten().collect())
}

/// The first referral of who had sent none in two years, or three of who had sent one or two a year.
fn gained_a_tie(sent: Sent) -> bool {
    let needed = if sent.years == [0, 0] {
        1
    } else {
        FEWEST_A_YEAR
    };
    sent.after >= needed
}

/// The scores of the candidates by each of [`METHODS`].
fn rivals(network: &ProspectNetwork, scored: &[Scored]) -> Result<[Vec<f64>; 4]> {
    let ours = network.ours();
    let ranked = personalised::rank(&network.network, &ours, &PageRankSettings::default())
        .map_err(|e| Error::internal("personalised PageRank").because(e))?;
    let by = |of: &dyn Fn(&Scored) -> f64| scored.iter().map(of).collect();
    // Every product has the ties of ours as a factor, so they are added up first.
    let degree = |node: u32| network.network.neighbours(node).len() as f64;
    let of_ours: f64 = ours.iter().map(|&node| degree(node)).sum();
    Ok([
        by(&|s| s.score),
        by(&|s| s.nearest_km.map_or(f64::NEG_INFINITY, |km| -km)),
        by(&|s| ranked.ranks[s.node as usize]),
        by(&|s| degree(s.node) * of_ours),
    ])
}

/// Bands of scores from the least on, each with what its candidates sent us a quarter.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bands {
    /// The least score of each band, and the referrals a quarter of one in it.
    steps: Vec<(f64, f64)>,
}

impl Bands {
    /// Ten bands of as many candidates each, equals together. What a band's candidates sent is drawn
    /// toward what all sent (gamma-Poisson), and where a higher band then has less than a lower one,
    /// they are pooled.
    fn count(scored: &[Scored], sent: &[Sent]) -> Self {
        let mut order: Vec<(f64, i64)> = scored
            .iter()
            .map(|s| (s.score, sent[s.node as usize].after))
            .collect();
        order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let size = order.len().div_ceil(BANDS).max(1);
        let mut bands: Vec<(f64, u64, f64)> = Vec::new();
        let mut filled = size;
        for level in order.chunk_by(|a, b| a.0 == b.0) {
            if filled >= size {
                bands.push((level[0].0, 0, 0.0));
                filled = 0;
            }
            if let Some(band) = bands.last_mut() {
                band.1 += level.iter().map(|one| one.1.max(0) as u64).sum::<u64>();
                band.2 += QUARTERS_AFTER * level.len() as f64;
            }
            filled += level.len();
        }
        let groups: Vec<(u64, f64)> = bands.iter().map(|b| (b.1, b.2)).collect();
        let prior = fit_gamma_poisson(&groups);
        let (all, quarters) = groups
            .iter()
            .fold((0u64, 0.0), |sum, group| (sum.0 + group.0, sum.1 + group.1));
        let shrunk = groups.iter().map(|&(n, exposure)| match prior {
            Some(prior) => (prior.posterior_mean(n, exposure), exposure),
            None => (all as f64 / quarters, exposure),
        });
        let rising = pool(&shrunk.collect::<Vec<_>>());
        Self {
            steps: bands.iter().map(|b| b.0).zip(rising).collect(),
        }
    }

    /// Referrals a quarter of a candidate with this score.
    pub(super) fn expected(&self, score: f64) -> Option<f64> {
        let above = self.steps.partition_point(|step| step.0 <= score);
        let at = above.saturating_sub(1);
        self.steps.get(at).map(|step| step.1)
    }
}

/// Pools neighbours until no value is less than the one before it: the rising values nearest to the
/// given ones by weighted squares (Ayer and others 1955).
fn pool(values: &[(f64, f64)]) -> Vec<f64> {
    let mut blocks: Vec<(f64, f64, usize)> = Vec::new();
    for &(value, weight) in values {
        let mut block = (value, weight, 1);
        while let Some(last) = blocks.pop_if(|last| last.0 > block.0) {
            let weight = last.1 + block.1;
            block.0 = (last.0 * last.1 + block.0 * block.1) / weight;
            block = (block.0, weight, last.2 + block.2);
        }
        blocks.push(block);
    }
    blocks
        .iter()
        .flat_map(|block| std::iter::repeat_n(block.0, block.2))
        .collect()
}
