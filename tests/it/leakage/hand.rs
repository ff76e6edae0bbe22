//! Files written by hand: a roster, slots and orders, with what every test needs filled in.

use std::collections::BTreeMap;

use catchment::base::npi;

use super::raw::QUARTER;
use crate::inbox::Inbox;
use crate::workspace::{Fresh, done};

/// Where an order goes.
#[derive(Debug, Clone)]
pub enum Sent {
    /// To somebody of ours in that specialty.
    Inside,
    /// To a competitor of that specialty.
    Outside,
    /// The export does not say.
    Nowhere,
    To(String),
    /// To an organization by its name, and nobody in it.
    Named(&'static str),
}

/// A row of the roster; what is empty stays empty.
#[derive(Debug, Clone, Default)]
pub struct Provider {
    pub npi: String,
    pub name: &'static str,
    pub practice: String,
    pub affiliation: &'static str,
    pub specialty: &'static str,
    pub ages: &'static str,
    pub payers: &'static str,
    pub takes_no_new: bool,
    pub from: &'static str,
    pub to: &'static str,
}

/// An order; it is of an adult of Albuquerque on Medicare.
#[derive(Debug, Clone)]
pub struct Placed {
    pub file: &'static str,
    pub from: String,
    pub to: Sent,
    pub specialty: &'static str,
    pub day: &'static str,
    pub status: &'static str,
    pub reason: &'static str,
    pub zip: &'static str,
    pub age: &'static str,
    pub payer: &'static str,
    pub visit: &'static str,
    pub completed: &'static str,
    /// The id of the order that it replaces.
    pub replaces: String,
    pub is_renewal: bool,
}

impl Placed {
    pub fn of(from: &str, specialty: &'static str, day: &'static str, to: Sent) -> Self {
        Self {
            file: "referrals.csv",
            from: from.to_string(),
            to,
            specialty,
            day,
            status: "requested",
            reason: "",
            zip: "87102",
            age: "18-64",
            payer: "Medicare",
            visit: "",
            completed: "",
            replaces: String::new(),
            is_renewal: false,
        }
    }
}

/// The files.
#[derive(Default)]
pub struct Hand {
    people: u32,
    roster: String,
    slots: String,
    referrals: BTreeMap<&'static str, Vec<String>>,
    orders: u32,
    /// Who stands ready inside and outside, by specialty.
    ready: BTreeMap<(&'static str, bool), String>,
    pub configuration: String,
}

impl Hand {
    pub fn new() -> Self {
        Self::default()
    }

    /// A row of the roster; a provider without a number gets one.
    pub fn provider(&mut self, row: Provider) -> String {
        let mut row = row;
        if row.npi.is_empty() {
            self.people += 1;
            row.npi = npi::complete(100_000_000 + self.people);
        }
        let organization = row.affiliation;
        let takes = if row.takes_no_new { "false" } else { "true" };
        let practice = &row.practice;
        self.roster += &format!(
            "{},{} {},{organization},{practice},Site {practice},{},87102,{},{},{takes},{},{}\n",
            row.npi, row.name, row.npi, row.specialty, row.ages, row.payers, row.from, row.to
        );
        row.npi
    }

    pub fn referrer(
        &mut self,
        name: &'static str,
        practice: &str,
        affiliation: &'static str,
    ) -> String {
        self.provider(Provider {
            name,
            practice: practice.to_string(),
            affiliation,
            specialty: "Family Medicine",
            ..Provider::default()
        })
    }

    pub fn slots(&mut self, practice: &str, specialty: &str, week_of: &str, slots: u32) {
        self.slots += &format!("{practice},{specialty},{week_of},{slots}\n");
    }

    pub fn order(&mut self, from: &str, specialty: &'static str, day: &'static str, to: Sent) {
        self.place(Placed::of(from, specialty, day, to));
    }

    pub fn orders(
        &mut self,
        n: usize,
        from: &str,
        specialty: &'static str,
        day: &'static str,
        to: &Sent,
    ) {
        for _ in 0..n {
            self.order(from, specialty, day, to.clone());
        }
    }

    /// Writes an order, and gives its id.
    pub fn place(&mut self, order: Placed) -> String {
        let to = match &order.to {
            Sent::Inside => self.somebody(order.specialty, true),
            Sent::Outside => self.somebody(order.specialty, false),
            Sent::Nowhere => String::new(),
            Sent::To(npi) => npi.clone(),
            Sent::Named(_) => String::new(),
        };
        let organization = match &order.to {
            Sent::Named(name) => name,
            _ => "",
        };
        self.orders += 1;
        let Placed {
            from,
            specialty,
            day,
            status,
            reason,
            zip,
            age,
            payer,
            visit,
            completed,
            replaces,
            is_renewal,
            ..
        } = &order;
        let line = format!(
            "R{:05},{day},2026-09-30T12:00:00,{status},{reason},{from},{to},{organization},{specialty},consult,{zip},{age},{payer},{visit},{completed},{replaces},{is_renewal},P{}",
            self.orders, self.orders
        );
        self.referrals.entry(order.file).or_default().push(line);
        // What is sent outside could have been served: somebody inside has the specialty.
        self.somebody(order.specialty, true);
        format!("R{:05}", self.orders)
    }

    /// Somebody of a specialty at a site without slots.
    fn somebody(&mut self, specialty: &'static str, is_inside: bool) -> String {
        if let Some(npi) = self.ready.get(&(specialty, is_inside)) {
            return npi.clone();
        }
        let (affiliation, kind) = if is_inside {
            ("own", "I")
        } else {
            ("competitor", "O")
        };
        let npi = self.provider(Provider {
            name: "Ready",
            practice: format!("{kind}{specialty}"),
            affiliation,
            specialty,
            ages: "18-64;65+",
            ..Provider::default()
        });
        self.ready.insert((specialty, is_inside), npi.clone());
        npi
    }

    /// Writes the files, takes them in and runs the quarter.
    pub fn run(&self) -> Fresh {
        let inbox = Inbox::make();
        if !self.configuration.is_empty() {
            inbox.configure(&self.configuration);
        }
        inbox.put(
            "organizations.csv",
            "organization_id,name,affiliation,effective_from,effective_to\n\
             own,Made Health,own,,\nindependent,Mesa Doctors,independent,,\n\
             competitor,Other Health,competitor,,\n\
             joiner,Joining Clinics,independent,,2026-06-30\n\
             joiner,Joining Clinics,own,2026-07-01,\n",
        );
        let header = "npi,name,organization_id,practice_id,practice_name,specialty,zip,age_bands,payers_accepted,\
                      accepts_new_patients,effective_from,effective_to\n";
        inbox.put("providers.csv", format!("{header}{}", self.roster));
        if !self.slots.is_empty() {
            let header = "practice_id,specialty,week_of,slots\n";
            inbox.put("capacity.csv", format!("{header}{}", self.slots));
        }
        let header = "referral_id,referred_on,updated_at,status,status_reason,referring_npi,referred_to_npi,referred_to_organization,specialty,\
                      service_type,patient_zip,age_band,payer,appointment_on,completed_on,replaces_id,is_renewal,patient_id";
        for (file, lines) in &self.referrals {
            inbox.put(file, format!("{header}\n{}\n", lines.join("\n")));
        }
        let said = inbox.take(&[]);
        assert_eq!(said.code, 0, "{said:?}");
        let fresh = inbox.fresh;
        done(&["-w", fresh.text(), "run", "--quarter", QUARTER]);
        fresh
    }
}
