//! What a finding is, and what it may read.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::network::ReferralNetwork;
use super::prospect_judgement::Judgement;
use super::recoverable::{Assigned, Recovered};
use super::standing::Standing;
use super::tie_changes::TieChanges;
use crate::base::{Config, Day, Error, Quarter, Result, Table};
use crate::marts::Warehouse;

/// What every finding is given.
pub struct Context<'a> {
    /// The marts of the quarter, built.
    pub warehouse: &'a Warehouse<'a>,
    /// The configuration.
    pub config: &'a Config,
    /// The run's quarter.
    pub quarter: Quarter,
    /// Who gets which slot is reckoned once, also where parts of the referrals are looked at.
    assigned: Rc<OnceCell<Assigned>>,
    recovered: OnceCell<Recovered>,
    network: OnceCell<ReferralNetwork>,
    tie_changes: OnceCell<TieChanges>,
    is_part: bool,
    prospects_judged: OnceCell<Judgement>,
    standings: Vec<Standing>,
}

impl<'a> Context<'a> {
    /// What findings of a quarter are given.
    pub fn new(warehouse: &'a Warehouse<'a>, config: &'a Config, quarter: Quarter) -> Self {
        Self {
            warehouse,
            config,
            quarter,
            assigned: Rc::default(),
            recovered: OnceCell::new(),
            network: OnceCell::new(),
            tie_changes: OnceCell::new(),
            is_part: false,
            prospects_judged: OnceCell::new(),
            standings: Vec::new(),
        }
    }

    /// With the lists of past quarters' ends, the latest first.
    #[must_use]
    pub fn with_standings(mut self, standings: Vec<Standing>) -> Self {
        self.standings = standings;
        self
    }

    /// The day of the first referral of all that is known; none where there is none. For findings with the
    /// mart `int_referral_span`.
    pub(super) fn data_begins(&self) -> Result<Option<Day>> {
        let span = self.warehouse.read("int_referral_span")?;
        Ok(span.days("first_on")?.first().copied().flatten())
    }

    /// The lists of past quarters' ends; none where none were made.
    pub(super) fn standings(&self) -> &[Standing] {
        &self.standings
    }

    /// What they are given of a part of the referrals: slots stay with whom they were assigned to
    /// among all.
    pub fn within<'p>(&'p self, warehouse: &'p Warehouse<'p>) -> Result<Context<'p>> {
        self.assigned()?;
        Ok(Context {
            warehouse,
            config: self.config,
            quarter: self.quarter,
            assigned: Rc::clone(&self.assigned),
            recovered: OnceCell::new(),
            network: OnceCell::new(),
            tie_changes: OnceCell::new(),
            is_part: true,
            prospects_judged: OnceCell::new(),
            standings: Vec::new(),
        })
    }

    /// The Benjamini-Hochberg family of a row: its quarter's, but for rows `all`. In a part nobody has
    /// one, so that p-values stand in place of q-values until all parts are one table.
    pub(super) fn family(&self, quarter: Quarter, is_all: bool) -> Option<u32> {
        (!self.is_part && !is_all).then(|| quarter.index() as u32)
    }

    fn assigned(&self) -> Result<&Assigned> {
        if self.assigned.get().is_none() {
            let assigned = Assigned::reckon(self)?;
            self.assigned.set(assigned).ok();
        }
        self.assigned
            .get()
            .ok_or_else(|| Error::internal("slots are not assigned"))
    }

    /// The leaked referrals that could have stayed; reckoned when it is first asked for.
    pub(super) fn recovered(&self) -> Result<&Recovered> {
        if let Some(recovered) = self.recovered.get() {
            return Ok(recovered);
        }
        let recovered = Recovered::count(self, self.assigned()?)?;
        Ok(self.recovered.get_or_init(|| recovered))
    }

    /// The referral network with its communities; built when it is first asked for.
    pub(super) fn network(&self) -> Result<&ReferralNetwork> {
        if let Some(network) = self.network.get() {
            return Ok(network);
        }
        let network = ReferralNetwork::read(self)?;
        Ok(self.network.get_or_init(|| network))
    }

    /// What became of the ties against a year before; judged when it is first asked for.
    pub(super) fn tie_changes(&self) -> Result<&TieChanges> {
        if let Some(changes) = self.tie_changes.get() {
            return Ok(changes);
        }
        let changes = TieChanges::read(self)?;
        Ok(self.tie_changes.get_or_init(|| changes))
    }

    /// What the rule for prospects is worth; reckoned when it is first asked for.
    pub(super) fn prospects_judged(&self) -> Result<&Judgement> {
        if let Some(judged) = self.prospects_judged.get() {
            return Ok(judged);
        }
        let judged = Judgement::reckon(self)?;
        Ok(self.prospects_judged.get_or_init(|| judged))
    }
}

/// The tables that findings have made so far, by name.
pub type Made = BTreeMap<String, Table>;

/// A finding: its table's name, the marts that it reads, and how it is made.
pub struct Finding {
    /// The table's name, which is its file's.
    pub name: &'static str,
    /// The marts that it reads.
    pub marts: &'static [&'static str],
    /// Makes the table.
    pub make: fn(&Context<'_>, &Made) -> Result<Table>,
}

/// A table that an earlier finding has made.
pub(super) fn made<'m>(made: &'m Made, name: &str) -> Result<&'m Table> {
    made.get(name)
        .ok_or_else(|| Error::internal(format!("finding {name} is read before it is made")))
}
