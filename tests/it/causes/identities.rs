//! One person under two identities, and colleagues who take over.

use super::{BEGIN, LAST, Story, Tie, npi};

/// The days of a successor.
const NEXT: &str = "2026-05-05";
const GOES_ON: &str = "2026-09-29";

/// A referrer at a practice, and who comes after: name, specialty by the roster, and since when there.
fn relay(
    story: &mut Story,
    old: (u32, &str, &str),
    new: (u32, &str, &str),
    since: &str,
    (to, specialty): (u32, &str),
) {
    let place = format!("P{}", old.0);
    let practice = format!("Practice {place}");
    for ((number, name, own), from) in [(old, ""), (new, since)] {
        let npi = npi(number);
        story.row_of_provider([
            &npi,
            name,
            own,
            "",
            "independent",
            &place,
            &practice,
            "87102",
            "",
            from,
            "",
            "",
        ]);
    }
    story.weekly(old.0, 10, BEGIN, LAST);
    let (npi, to) = (npi(new.0), npi(to));
    let tie = Tie {
        npi: &npi,
        name: "",
        practice: "",
        to: &to,
        specialty,
        payer: "",
    };
    story.every_week(tie, NEXT, GOES_ON);
}

const FAMILY: &str = "Family Medicine";

#[test]
fn a_new_number_is_told_from_a_colleague() {
    let mut story = Story::begin();
    story.our_cardiologist(11, "C1", "", "");
    let own = npi(12);
    story.row_of_provider([
        &own,
        "Our Skin",
        "Dermatology",
        "",
        "own",
        "C0",
        "Clinic C0",
        "87102",
        "",
        "",
        "",
        "",
    ]);
    let heart = (10, "Cardiology");
    relay(
        &mut story,
        (401, "\"Abeyta, Ann\"", FAMILY),
        (501, "\"ABEYTA, ANN M, MD\"", FAMILY),
        NEXT,
        heart,
    );
    relay(
        &mut story,
        (402, "Bea Baca", FAMILY),
        (502, "Carl Cordova", FAMILY),
        NEXT,
        heart,
    );
    // A last name after a wedding; the same first name in another specialty is a colleague.
    relay(
        &mut story,
        (403, "Dora Duran", FAMILY),
        (503, "Dora Lucero", FAMILY),
        NEXT,
        heart,
    );
    relay(
        &mut story,
        (404, "Eva Esquibel", FAMILY),
        (504, "Eva Lujan", "Internal Medicine"),
        NEXT,
        heart,
    );
    // A namesake whom the roster has had beside the old one for a year.
    relay(
        &mut story,
        (405, "Fay Flores", FAMILY),
        (505, "Fay Flores", FAMILY),
        "2025-05-01",
        heart,
    );
    // A namesake with other ties: another specialty.
    relay(
        &mut story,
        (406, "Gil Garza", FAMILY),
        (506, "Gil Garza", FAMILY),
        NEXT,
        (12, "Dermatology"),
    );
    relay(
        &mut story,
        (407, "John Hurtado", FAMILY),
        (507, "Joan Hurtado", FAMILY),
        NEXT,
        heart,
    );
    // After a wedding, but to another cardiologist: too little speaks for one person.
    relay(
        &mut story,
        (408, "Ida Ibarra", FAMILY),
        (508, "Ida Jaramillo", FAMILY),
        NEXT,
        (11, "Cardiology"),
    );
    let told = story.end();
    told.assert(
        401,
        "id_changed",
        &format!("under NPI {} since May 2026", npi(501)),
    );
    told.assert(403, "id_changed", "Dora Lucero has taken up the same ties");
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
