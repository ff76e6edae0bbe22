//! One person under two identities, and colleagues who take over.

use super::{BEGIN, LAST, Story, Tie, npi};

/// The days of a successor.
const NEXT: &str = "2026-05-05";
const GOES_ON: &str = "2026-09-29";

const FAMILY: &str = "Family Medicine";
const HEART: (u32, &str) = (10, "Cardiology");

/// Referrer 400 and some at a practice, and number 500 and some who comes after: the names, the new
/// one's specialty by the roster and since when it has them, and where their referrals go.
struct Relay {
    at: u32,
    names: [&'static str; 2],
    specialty: &'static str,
    since: &'static str,
    to: (u32, &'static str),
}

/// As most relays are.
const PLAIN: Relay = Relay {
    at: 0,
    names: ["", ""],
    specialty: FAMILY,
    since: NEXT,
    to: HEART,
};

impl Relay {
    fn run(&self, story: &mut Story) {
        let place = format!("P{}", self.at);
        let practice = format!("Practice {place}");
        let (old, new) = (400 + self.at, 500 + self.at);
        for (number, name, own, from) in [
            (old, self.names[0], FAMILY, ""),
            (new, self.names[1], self.specialty, self.since),
        ] {
            story.providers.push_str(&format!(
                "{},{name},{own},,independent,{place},{practice},87102,,{from},,\n",
                npi(number)
            ));
        }
        story.weekly(old, 10, BEGIN, LAST);
        let (npi, to) = (npi(new), npi(self.to.0));
        let tie = Tie {
            npi: &npi,
            name: "",
            practice: "",
            to: &to,
            specialty: self.to.1,
            payer: "",
        };
        story.every_week(tie, NEXT, GOES_ON);
    }
}

#[rustfmt::skip]
const RELAYS: &[Relay] = &[
    Relay { at: 1, names: ["\"Abeyta, Ann\"", "\"ABEYTA, ANN M, MD\""], ..PLAIN },
    Relay { at: 2, names: ["Bea Baca", "Carl Cordova"], ..PLAIN },
    // A last name after a wedding; the same first name in another specialty is a colleague.
    Relay { at: 3, names: ["Dora Duran", "Dora Lucero"], ..PLAIN },
    Relay { at: 4, names: ["Eva Esquibel", "Eva Lujan"], specialty: "Internal Medicine", ..PLAIN },
    // A namesake whom the roster has had beside the old one for a year.
    Relay { at: 5, names: ["Fay Flores", "Fay Flores"], since: "2025-05-01", ..PLAIN },
    // A namesake with other ties: another specialty.
    Relay { at: 6, names: ["Gil Garza", "Gil Garza"], to: (12, "Dermatology"), ..PLAIN },
    Relay { at: 7, names: ["John Hurtado", "Joan Hurtado"], ..PLAIN },
    // After a wedding, but to another cardiologist: too little speaks for one person.
    Relay { at: 8, names: ["Ida Ibarra", "Ida Jaramillo"], to: (11, "Cardiology"), ..PLAIN },
    // The old name, and another cardiologist: the specialty is tie enough.
    Relay { at: 9, names: ["Lee Lovato", "Lee Lovato"], to: (11, "Cardiology"), ..PLAIN },
];

#[test]
fn a_new_number_is_told_from_a_colleague() {
    let mut story = Story::begin();
    story.our_cardiologist(11, "C1", "", "");
    story.providers.push_str(&format!(
        "{},Our Skin,Dermatology,,own,C0,Clinic C0,87102,,,,\n",
        npi(12)
    ));
    for relay in RELAYS {
        relay.run(&mut story);
    }
    let told = story.end();
    let under = format!("under NPI {} since May 2026", npi(501));
    told.assert(401, "id_changed", &under);
    told.assert(403, "id_changed", "Dora Lucero has taken up the same ties");
    told.assert(409, "id_changed", "Lee Lovato");
    told.assert_stopped(&[402, 404, 405, 406, 407, 408]);
}

/// Retired by the roster, and the ties go on under another number: the number is the reason.
#[test]
fn a_new_number_stands_before_a_retirement() {
    let mut story = Story::begin();
    let old = npi(411);
    story.row_of_provider([
        &old,
        "Kim Kearns",
        FAMILY,
        "",
        "independent",
        "P411",
        "Practice P411",
        "87102",
        "",
        "",
        "2026-05-01",
        "2026-05-02",
    ]);
    story.provider(511, "Kim Kearns", "independent", "P411", "2026-05-02", "");
    story.weekly(411, 10, BEGIN, LAST);
    story.weekly(511, 10, NEXT, GOES_ON);
    // Nobody of the name where the ties went on: retired, though a namesake began elsewhere.
    story.stopper(412, "independent", "P412", "", "2026-05-01");
    story.provider(512, "Stopper 412", "independent", "P999", "2026-05-02", "");
    story.weekly(512, 10, NEXT, GOES_ON);
    let told = story.end();
    told.assert(411, "id_changed", "Kim Kearns");
    told.assert(412, "retired", "May 2026");
}

/// Who is in no roster and comes without a number from some day on goes on under a name.
#[test]
fn a_name_without_a_number_can_take_up_the_ties() {
    let mut story = Story::begin();
    let (to, number, other) = (npi(10), npi(421), npi(422));
    let mut tie = Tie {
        npi: &number,
        name: "\"Luna, Petra\"",
        practice: "Rio Clinic",
        to: &to,
        specialty: "Cardiology",
        payer: "",
    };
    story.every_week(tie, BEGIN, LAST);
    tie.npi = "";
    tie.name = "\"LUNA, PETRA A MD\"";
    tie.practice = "The Rio Clinic";
    story.every_week(tie, NEXT, GOES_ON);
    let mut tie = Tie {
        npi: &other,
        name: "\"Mora, Quinn\"",
        practice: "Alto Clinic",
        to: &to,
        specialty: "Cardiology",
        payer: "",
    };
    story.every_week(tie, BEGIN, LAST);
    // The same name at another practice is another person.
    tie.npi = "";
    tie.practice = "Bajo Clinic";
    story.every_week(tie, NEXT, GOES_ON);
    let told = story.end();
    told.assert(421, "id_changed", "a name without an NPI");
    told.assert_stopped(&[422]);
}
