//! Where referrers send outside since they last referred to us.

use std::collections::BTreeMap;

use super::super::context::Context;
use super::Cause;
use crate::base::{Result, units};

/// Fewer orders or patients than this show no habit.
const LEAST: i64 = 3;

/// Whom a referrer sends patients to since.
#[derive(Debug, Clone)]
pub(super) struct Diversion {
    /// Who receives most of them.
    pub name: String,
    /// All that went outside, and what went there.
    all: i64,
    most: i64,
    evidence: &'static str,
}

/// Everyone's of whom enough is seen, by NPI.
pub(super) struct Diversions(BTreeMap<String, Diversion>);

/// What was counted, as it is said, in the order in which it is believed.
const EVIDENCE: [(&str, &str); 3] = [
    ("order", "orders since the last one to us"),
    ("claim", "patients in claims since"),
    ("shared", "shared patients since"),
];

impl Diversions {
    pub(super) fn read(context: &Context<'_>) -> Result<Self> {
        let table = context
            .warehouse
            .read("int_referrer_diversions")?
            .sorted_by(&[
                "referring_npi",
                "evidence",
                "destination_name",
                "destination_id",
            ])?;
        let (npis, kinds) = (table.text("referring_npi")?, table.text("evidence")?);
        let (names, n) = (table.text("destination_name")?, table.int("n")?);
        let mut found: BTreeMap<(String, String), Diversion> = BTreeMap::new();
        for row in 0..table.rows() {
            let Some((_, evidence)) = EVIDENCE.iter().find(|kind| kind.0 == kinds.value(row))
            else {
                continue;
            };
            let key = (npis.value(row).to_string(), kinds.value(row).to_string());
            let diversion = found.entry(key).or_insert_with(|| Diversion {
                name: String::new(),
                all: 0,
                most: 0,
                evidence,
            });
            diversion.all += n.value(row);
            // Of equals the first by name.
            if n.value(row) > diversion.most {
                diversion.most = n.value(row);
                diversion.name = names.value(row).to_string();
            }
        }
        let mut best: BTreeMap<String, Diversion> = BTreeMap::new();
        for (kind, _) in EVIDENCE {
            for ((npi, of), diversion) in &found {
                if of == kind && diversion.all >= LEAST && !best.contains_key(npi) {
                    best.insert(npi.clone(), diversion.clone());
                }
            }
        }
        Ok(Self(best))
    }

    pub(super) fn of(&self, npi: &str) -> Option<&Diversion> {
        self.0.get(npi)
    }
}

impl Diversion {
    /// The cause, where nothing else explains the silence.
    pub(super) fn switched(&self) -> Cause {
        let said = format!(
            "{} of {} {} went to {}.",
            units::count(self.most),
            units::count(self.all),
            self.evidence,
            self.name
        );
        Cause::new("switched", said).to(&self.name)
    }
}
