//! Why a referrer is silent: small workspaces in which each silence has one reason, beside others that
//! look like it and have another or none, and what was planted in made territories.

mod clinics;
mod identities;
mod places;
mod planted;
mod sendings;

use std::collections::BTreeMap;

use catchment::base::Day;
use catchment::identity::{Agreement, agreement};

use crate::inbox::Inbox;

type Row = BTreeMap<String, String>;

/// A day as it is written.
pub fn day(text: &str) -> Day {
    let parts: Vec<u32> = text.split('-').map(|part| part.parse().unwrap()).collect();
    Day::of(parts[0] as i32, parts[1], parts[2]).unwrap()
}

/// The NPI of a small number, with its check digit: Luhn's over the digits behind the prefix 80840,
/// which adds 24.
pub fn npi(number: u32) -> String {
    let body = format!("1{number:08}");
    let sum: u32 = body
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, digit)| {
            let digit = u32::from(digit - b'0');
            match at % 2 {
                0 => digit * 2 / 10 + digit * 2 % 10,
                _ => digit,
            }
        })
        .sum();
    format!("{body}{}", (10 - (sum + 24) % 10) % 10)
}

/// Files of a workspace in the making. Referrals go on until September 2026, and every file is of that
/// month's end.
pub struct Story {
    referrals: String,
    providers: String,
    organizations: String,
    claims: String,
    capacity: String,
    shared: String,
    count: u32,
}

/// A referral's ends: who refers and how that is written, and where to.
#[derive(Clone, Copy)]
struct Tie<'a> {
    npi: &'a str,
    name: &'a str,
    practice: &'a str,
    to: &'a str,
    specialty: &'a str,
    payer: &'a str,
}

/// When a story's referrers stop, where nothing else is said.
const LAST: &str = "2026-04-27";
const BEGIN: &str = "2025-01-06";
const END: &str = "2026-09-30";

impl Story {
    /// A cardiologist of our own (10, at C0) to whom six others refer every week to the end.
    pub fn begin() -> Self {
        let mut story = Self {
            referrals: "referral_id,updated_at,referred_on,status,referring_npi,referring_name,\
                referring_practice,referred_to_npi,specialty,payer\n"
                .to_string(),
            providers:
                "npi,name,specialty,organization_id,affiliation,practice_id,practice_name,zip,\
                accepts_new_patients,effective_from,effective_to,deactivated_on\n"
                    .to_string(),
            organizations: "organization_id,name,affiliation,effective_from,effective_to\n"
                .to_string(),
            claims: "claim_id,service_date,rendering_npi,referring_npi,patient_id,specialty\n"
                .to_string(),
            capacity: "practice_id,specialty,week_of,slots\n".to_string(),
            shared: "npi_from,npi_to,transactions,patients,same_day,period_from,period_to\n"
                .to_string(),
            count: 0,
        };
        story.our_cardiologist(10, "C0", "", "");
        for other in 900..906 {
            story.provider(other, "Steady Other", "independent", "P900", "", "");
            let from = day(BEGIN).plus(other as i32 % 5).to_string();
            story.weekly(other, 10, &from, END);
        }
        story
    }

    fn row_of_provider(&mut self, cells: [&str; 12]) {
        self.providers.push_str(&(cells.join(",") + "\n"));
    }

    /// A family physician at a practice, whose name is its id's; from and to may be empty.
    pub fn provider(
        &mut self,
        number: u32,
        name: &str,
        standing: &str,
        place: &str,
        from: &str,
        to: &str,
    ) {
        let (npi, practice) = (npi(number), format!("Practice {place}"));
        self.row_of_provider([
            &npi,
            name,
            "Family Medicine",
            "",
            standing,
            place,
            &practice,
            "87102",
            "",
            from,
            to,
            "",
        ]);
    }

    fn our_cardiologist(&mut self, number: u32, clinic: &str, from: &str, to: &str) {
        let (npi, practice) = (npi(number), format!("Clinic {clinic}"));
        self.row_of_provider([
            &npi,
            "Our Heart",
            "Cardiology",
            "",
            "own",
            clinic,
            &practice,
            "87102",
            "",
            from,
            to,
            "",
        ]);
    }

    /// One referral.
    fn refer(&mut self, tie: Tie<'_>, on: Day) {
        self.count += 1;
        self.referrals.push_str(&format!(
            "R{},2026-09-30T00:00:00,{on},requested,{},{},{},{},{},{}\n",
            self.count, tie.npi, tie.name, tie.practice, tie.to, tie.specialty, tie.payer
        ));
    }

    /// A referral every week from one day to another.
    fn every_week(&mut self, tie: Tie<'_>, from: &str, to: &str) {
        let (mut on, last) = (day(from), day(to));
        while on <= last {
            self.refer(tie, on);
            on = on.plus(7);
        }
    }

    /// The same between two who have numbers, to a cardiologist.
    pub fn weekly(&mut self, from: u32, to: u32, first: &str, last: &str) {
        let (npi, to) = (npi(from), npi(to));
        let tie = Tie {
            npi: &npi,
            name: "",
            practice: "",
            to: &to,
            specialty: "Cardiology",
            payer: "",
        };
        self.every_week(tie, first, last);
    }

    /// A referrer at a practice of their own who sends every week until the last day.
    pub fn stopper(&mut self, number: u32, standing: &str, place: &str, from: &str, to: &str) {
        self.provider(
            number,
            &format!("Stopper {number}"),
            standing,
            place,
            from,
            to,
        );
        self.weekly(number, 10, BEGIN, LAST);
    }

    fn claim(&mut self, on: Day, rendering: u32, referring: Option<u32>, patient: &str) {
        self.count += 1;
        let referring = referring.map(npi).unwrap_or_default();
        self.claims.push_str(&format!(
            "K{},{on},{},{referring},{patient},Cardiology\n",
            self.count,
            npi(rendering)
        ));
    }

    /// Loads everything, runs the quarter and gives the referrers by NPI.
    fn end(self) -> Told {
        let rows = self.run().fresh.table("referrers").into_iter();
        Told(
            rows.map(|row| (row["referring_npi"].clone(), row))
                .collect(),
        )
    }

    /// Loads everything and runs the quarter.
    pub fn run(self) -> Inbox {
        let inbox = Inbox::make();
        let files = [
            ("referrals", &self.referrals),
            ("providers", &self.providers),
            ("organizations", &self.organizations),
            ("claims", &self.claims),
            ("capacity", &self.capacity),
            ("shared_patients", &self.shared),
        ];
        for (name, text) in files {
            if text.lines().count() > 1 {
                inbox.put(&format!("{name}.csv"), text);
            }
        }
        let said = inbox.take(&[]);
        assert_eq!(said.code, 0, "{said:?}");
        inbox.fresh.run();
        inbox
    }
}

/// What came of a story.
struct Told(BTreeMap<String, Row>);

impl Told {
    fn of(&self, number: u32) -> &Row {
        &self.0[&npi(number)]
    }

    /// Cause and whom they switched to, of somebody who lapsed.
    fn cause(&self, number: u32) -> (&str, &str) {
        let row = self.of(number);
        assert_eq!(row["status"], "lapsed", "{row:?}");
        (&row["cause"], &row["switched_to"])
    }

    fn assert(&self, number: u32, cause: &str, evidence: &str) {
        let row = self.of(number);
        assert_eq!(self.cause(number).0, cause, "{number}: {}", row["reason"]);
        assert!(
            row["reason"].contains(evidence),
            "{number}: {}",
            row["reason"]
        );
        // A sentence of evidence gives months and no days.
        assert!(!row["reason"].contains("2026-"), "{}", row["reason"]);
    }

    /// Nothing explains the silence of these.
    fn assert_stopped(&self, numbers: &[u32]) {
        for number in numbers {
            self.assert(*number, "stopped", "by luck");
            assert_eq!(self.cause(*number).1, "");
        }
    }
}

#[test]
fn npis_of_the_tests_are_npis() {
    // The example of the NPI standard has nine digits 123456789 and the check digit 3.
    assert_eq!(npi(23_456_789), "1234567893");
}

#[test]
fn names_agree_as_far_as_they_can_be_one_person() {
    let cases = [
        ("Smith, Ann M", "ANN SMITH, MD", Agreement::OnePerson),
        ("Ann Smith", "Smith Ann", Agreement::OnePerson),
        ("SMITH, A", "Ann Smith", Agreement::OnePerson),
        ("Bob Garcia", "Robert Garcia", Agreement::OnePerson),
        ("Katherine Nguyen", "Katherine Nguyem", Agreement::OnePerson),
        ("Maria Lopez-Vega", "Maria Vega", Agreement::OnePerson),
        ("Ann Smith", "Ann Jones", Agreement::GivenNameAlone),
        ("A Smith", "A Jones", Agreement::None),
        ("Ann Smith Jr", "Ann Jones Sr", Agreement::None),
        ("John Smith Sr", "John Smith Jr", Agreement::None),
        ("John Smith", "Joan Smith", Agreement::None),
        ("Ann B Smith", "Ann C Smith", Agreement::None),
        ("Ann Smith", "Peter Jones", Agreement::None),
        ("", "Peter Jones", Agreement::None),
    ];
    for (a, b, expected) in cases {
        assert_eq!(agreement(a, b), expected, "{a} and {b}");
        assert_eq!(agreement(b, a), expected, "{b} and {a}");
    }
}
