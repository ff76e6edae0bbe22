//! What a finding is, and what it may read.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::prospect_judgement::Judgement;
use super::recoverable::{Assigned, Recovered};
use crate::base::{Config, Error, Quarter, Result, Table};
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
    prospects_judged: OnceCell<Judgement>,
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
            prospects_judged: OnceCell::new(),
        }
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
            prospects_judged: OnceCell::new(),
        })
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
