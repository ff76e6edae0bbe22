//! Everything that is fixed before the first order: the land, the roster, who refers, where to,
//! and what is offered.

use std::collections::BTreeSet;

use catchment_base::Result;

use crate::demand::Mixes;
use crate::destinations::{Destinations, Offer, Stranger, strangers};
use crate::patients::Patients;
use crate::people::Land;
use crate::referrers::{Referrers, recruit};
use crate::roster::Roster;
use crate::services::SERVICES;
use crate::settings::Settings;
use crate::staffing::staff;

/// What does not change while orders come.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) settings: Settings,
    pub(crate) land: Land,
    pub(crate) roster: Roster,
    pub(crate) referrers: Referrers,
    pub(crate) destinations: Destinations,
    pub(crate) offer: Offer,
    pub(crate) patients: Patients,
    pub(crate) strangers: Vec<Stranger>,
    pub(crate) mixes: Mixes,
    /// By service: the ages (a bit each) that someone of ours sees from the first day to the last.
    pub(crate) always_seen: Vec<u8>,
}

impl World {
    /// Draws it.
    ///
    /// # Errors
    /// A usage error where the state can't be simulated.
    pub(crate) fn new(settings: &Settings) -> Result<Self> {
        let land = Land::of(&settings.state, settings.seed)?;
        let mut roster = staff(&land, settings);
        let referrers = recruit(&mut roster, settings);
        let destinations = Destinations::choose(&land, &roster, &referrers.all, settings);
        let zips: BTreeSet<u32> = referrers
            .all
            .iter()
            .map(|r| roster.practice(r.provider, 0).zip)
            .collect();
        let zips: Vec<u32> = zips.into_iter().collect();
        Ok(Self {
            patients: Patients::around(&land, &zips, settings.seed),
            offer: Offer::of(&roster, settings),
            strangers: strangers(&roster, settings),
            mixes: Mixes::new(),
            always_seen: always_seen(&roster, settings),
            settings: settings.clone(),
            land,
            roster,
            referrers,
            destinations,
        })
    }

    /// The ZIP point of a referrer's primary practice.
    pub(crate) fn zip_of(&self, referrer: u32) -> u32 {
        let provider = self.referrers.all[referrer as usize].provider;
        self.roster.practice(provider, 0).zip
    }
}

fn always_seen(roster: &Roster, settings: &Settings) -> Vec<u8> {
    let mut seen = vec![0u8; SERVICES.len()];
    for (number, provider) in roster
        .providers
        .iter()
        .enumerate()
        .skip(roster.primary_care)
    {
        let Some(service) = provider.service else {
            continue;
        };
        let stays = provider.from.is_none() && provider.until.is_none();
        let first = settings.first_day();
        let is_ours = roster.affiliation(number as u32, first).word() == "own";
        if stays && is_ours {
            seen[usize::from(service)] |= provider.ages;
        }
    }
    seen
}
