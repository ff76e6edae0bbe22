//! The fingerprint of a configuration: equal for equal meaning, whatever the file looks like.

use super::sections::Config;

impl Config {
    /// 32 hexadecimal digits (the first 16 bytes of BLAKE3) over every key that can change a
    /// number, defaults included. Comments, the order of tables and keys, and defaults written
    /// out do not change it; nor does `[deck]`.
    ///
    /// ```
    /// use catchment_base::Config;
    /// let short = Config::parse("[lapsed]\nlevel = 0.01").unwrap();
    /// let long = Config::parse("# Strict.\n[lapsed]\nsilent_days = 180\nlevel = 1e-2").unwrap();
    /// assert_eq!(short.hash(), long.hash());
    /// assert_ne!(short.hash(), Config::default().hash());
    /// ```
    pub fn hash(&self) -> String {
        let digest = blake3::hash(self.canonical().as_bytes());
        digest
            .as_bytes()
            .iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// The configuration with all its defaults as TOML in the order of the structs.
    fn canonical(&self) -> String {
        // Every field is a text, a number, a flag, or a table or list of these, which TOML holds;
        // a test writes one with every field filled.
        toml::to_string(self).expect("a configuration is TOML")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::template::tests::uncommented;

    #[test]
    fn looks_do_not_change_it() {
        let one = "[network]\naligned = ['own', 'affiliated']\nexclude = ['b', 'a']\n\
                   [specialties.Cardiology]\nreach_km = 90\n";
        let other = "# A remark.\n[specialties.'cardiovascular disease']\ngroup = 'Heart & Vascular'\n\
                     reach_km = 90.0\n[specialties.Neurology]\nreach_km = 60\n[deck]\nlogo = 'x.png'\n\
                     [network]\nexclude = ['a', 'b', 'a']\naligned = ['affiliated', 'own']\n\
                     [privacy]\nmin_cell = 11\n";
        let hash = |text: &str| Config::parse(text).unwrap().hash();
        assert_eq!(hash(one), hash(other));
        assert_eq!(hash("").len(), 32);
        assert_eq!(hash(""), Config::default().hash());
    }

    /// Each change of a number or a name changes it; a change of the deck does not.
    #[test]
    fn every_key_changes_it() {
        let full = uncommented();
        let all = Config::parse(&full).unwrap();
        let mut changed: Vec<Config> = Vec::new();
        let mut with = |change: fn(&mut Config)| {
            let mut config = all.clone();
            change(&mut config);
            changed.push(config);
        };
        with(|c| c.organisation.name.push('x'));
        with(|c| c.organisation.time_zone = chrono_tz::Tz::UTC);
        with(|c| {
            c.sources
                .values_mut()
                .for_each(|s| s.paths.push("x".into()))
        });
        with(|c| c.sources.values_mut().for_each(|s| s.layout = None));
        with(|c| c.sources.values_mut().for_each(|s| s.time_zone = None));
        with(|c| c.network.aligned.clear());
        with(|c| c.network.exclude.clear());
        with(|c| c.network.overrides.iter_mut().for_each(|o| o.from = None));
        with(|c| c.network.overrides.iter_mut().for_each(|o| o.to = None));
        with(|c| c.territories.values_mut().for_each(|t| t.counties.clear()));
        with(|c| c.territories.values_mut().for_each(|t| t.zips.clear()));
        with(|c| {
            c.territories
                .values_mut()
                .for_each(|t| t.service_area = Some(0.5))
        });
        with(|c| c.territories.values_mut().for_each(|t| t.liaison = None));
        with(|c| c.specialties.values_mut().for_each(|s| s.group = None));
        with(|c| c.specialties.values_mut().for_each(|s| s.offered = None));
        with(|c| {
            c.specialties
                .values_mut()
                .for_each(|s| s.benchmark_per_100k = None)
        });
        with(|c| {
            c.specialties
                .values_mut()
                .for_each(|s| s.contribution = None)
        });
        with(|c| c.ingest.quarantine_limit = None);
        with(|c| c.counting.episode_days += 1);
        with(|c| c.underserved.short = 0.25);
        with(|c| c.overflow.max_km += 1.0);
        with(|c| c.lapsed.minimum_days += 1);
        with(|c| c.lapsed.rule = crate::config::LapseRule::Days(90));
        with(|c| c.lapsed.backtest_quarters = 1);
        with(|c| c.liaisons.values_mut().for_each(|l| l.territory = None));
        with(|c| {
            c.liaisons
                .values_mut()
                .for_each(|l| l.visits_per_week = None)
        });
        with(|c| c.privacy.min_cell += 1);
        with(|c| c.cuts.by = None);
        with(|c| c.goals.iter_mut().for_each(|g| g.target += 1.0));
        let mut hashes: Vec<String> = changed.iter().map(Config::hash).collect();
        hashes.push(all.hash());
        hashes.sort();
        let count = hashes.len();
        hashes.dedup();
        assert_eq!(hashes.len(), count);
        let mut plain = all.clone();
        plain.deck = crate::config::Deck::default();
        assert_ne!(plain, all);
        assert_eq!(plain.hash(), all.hash());
    }
}
