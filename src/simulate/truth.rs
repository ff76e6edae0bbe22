//! What is so: counts of leakage and volume from the simulation's own state, by the definitions of
//! the design and without any query. How they are written is truth_files.rs's.

use catchment_base::{Day, Quarter};

use crate::course::Referral;
use crate::orders::To;
use crate::organizations::Affiliation;
use crate::services::SERVICES;
use crate::world::World;

/// The orders of aligned referrers for consults and procedures, by what became of their direction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Leakage {
    /// Known destination, not the same provider, and a service that is offered.
    pub(crate) eligible: u32,
    /// Eligible ones directed outside.
    pub(crate) leaked: u32,
    /// No known destination.
    pub(crate) unknown: u32,
    /// Known destination, but nobody inside offers it.
    pub(crate) not_offered: u32,
    /// Referred to oneself.
    pub(crate) same_provider: u32,
}

/// What arrives at providers inside, of every kind of care, and of consults and procedures alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Volume {
    /// All, by referrers who are not own.
    pub(crate) external: u32,
    /// All, by referrers who are.
    pub(crate) internal: u32,
    /// Consults and procedures of `external`.
    pub(crate) external_clinical: u32,
    /// Consults and procedures of `internal`.
    pub(crate) internal_clinical: u32,
}

/// The counts of every quarter.
#[derive(Debug)]
pub(crate) struct Tally {
    first: Quarter,
    last_day: Day,
    /// By quarter, then service.
    pub(crate) by_service: Vec<Vec<Leakage>>,
    /// By own referrer (in the order of `own`), then quarter.
    pub(crate) by_referrer: Vec<Leakage>,
    /// The referrers who are ever own.
    pub(crate) own: Vec<u32>,
    place: Vec<u32>,
    pub(crate) volume: Vec<Volume>,
}

impl Tally {
    /// With nothing counted yet.
    pub(crate) fn new(world: &World) -> Self {
        let quarters = world.settings.quarters as usize;
        let all = &world.referrers.all;
        let own: Vec<u32> = (0..all.len() as u32)
            .filter(|&r| all[r as usize].own.0 <= all[r as usize].own.1)
            .collect();
        let mut place = vec![u32::MAX; all.len()];
        for (at, &referrer) in own.iter().enumerate() {
            place[referrer as usize] = at as u32;
        }
        Self {
            first: world.settings.first_quarter(),
            last_day: world.settings.last_day(),
            by_service: vec![vec![Leakage::default(); SERVICES.len()]; quarters],
            by_referrer: vec![Leakage::default(); own.len() * quarters],
            own,
            place,
            volume: vec![Volume::default(); quarters],
        }
    }

    /// Counts a referral, as known on the last day.
    pub(crate) fn count(&mut self, world: &World, referral: &Referral) {
        if !referral.counts(self.last_day) {
            return;
        }
        let order = &referral.order;
        let quarter = (order.day.quarter().index() - self.first.index()) as usize;
        let who = &world.referrers.all[order.referrer as usize];
        let affiliation = world.roster.affiliation(who.provider, order.day);
        let is_clinical = order.is_clinical();
        let is_inside = match order.to {
            To::Provider(provider) => world.roster.affiliation(provider, order.day).is_inside(),
            _ => false,
        };
        if is_inside {
            let volume = &mut self.volume[quarter];
            let (all, clinical) = if affiliation == Affiliation::Own {
                (&mut volume.internal, &mut volume.internal_clinical)
            } else {
                (&mut volume.external, &mut volume.external_clinical)
            };
            *all += 1;
            *clinical += u32::from(is_clinical);
        }
        if affiliation != Affiliation::Own || !is_clinical {
            return;
        }
        let service = usize::from(order.service);
        let is_offered = world.offer.on(service, order.stated_age(), order.day);
        let at = self.place[order.referrer as usize] as usize * self.volume.len() + quarter;
        for row in [
            &mut self.by_service[quarter][service],
            &mut self.by_referrer[at],
        ] {
            match order.to {
                To::Provider(provider) if provider == who.provider => row.same_provider += 1,
                To::Nobody => row.unknown += 1,
                _ if !is_offered => row.not_offered += 1,
                _ => {
                    row.eligible += 1;
                    row.leaked += u32::from(!is_inside);
                }
            }
        }
    }
}
