//! Our own clinics that closed, and those that only paused.

use super::{BEGIN, END, LAST, Story, day, npi};

/// A referrer to a clinic until the last day.
fn sends(story: &mut Story, number: u32, to: u32) {
    story.provider(
        number,
        &format!("Stopper {number}"),
        "independent",
        &format!("P{number}"),
        "",
        "",
    );
    story.weekly(number, to, BEGIN, LAST);
}

/// Six others who send to a clinic on six weekdays, from one day to another.
fn others(story: &mut Story, base: u32, to: u32, from: &str, until: &str) {
    for at in 0..6 {
        let number = base + at;
        story.provider(number, "Other Steady", "independent", "P900", "", "");
        let first = day(from).plus(at as i32).to_string();
        story.weekly(number, to, &first, until);
    }
}

#[test]
fn a_clinic_without_a_provider_or_slots_is_closed() {
    let mut story = Story::begin();
    // 11 left C1; at C2 one of two is left; C3 takes nobody since May, C4 since a day nobody knows.
    story.our_cardiologist(11, "C1", "", "2026-05-10");
    story.our_cardiologist(12, "C2", "", "2026-05-10");
    story.our_cardiologist(13, "C2", "", "");
    for (number, clinic, accepts, from, to) in [
        (14, "C3", "", "", "2026-04-30"),
        (14, "C3", "false", "2026-05-01", ""),
        (15, "C4", "false", "", ""),
        (16, "C5", "false", "", ""),
    ] {
        let (npi, name) = (npi(number), format!("Clinic {clinic}"));
        story.row_of_provider([
            &npi,
            "Our Heart",
            "Cardiology",
            "",
            "own",
            clinic,
            &name,
            "87102",
            accepts,
            from,
            to,
            "",
        ]);
    }
    story.our_cardiologist(17, "C6", "", "");
    story.our_cardiologist(18, "C7", "", "");
    for (number, to) in [
        (601, 11),
        (602, 12),
        (603, 14),
        (604, 15),
        (605, 16),
        (606, 17),
        (607, 18),
    ] {
        sends(&mut story, number, to);
    }
    // Others go on to C5 as before; to C4 they stop with it.
    others(&mut story, 920, 16, BEGIN, END);
    // Slots at C6 end with April while the file goes on; at C7 the last weeks alone have none.
    for week in 0..90 {
        let monday = day(BEGIN).plus(7 * week);
        for (clinic, last) in [("C0", END), ("C6", "2026-04-30"), ("C7", "2026-09-10")] {
            let slots = if monday <= day(last) { 10 } else { 0 };
            story
                .capacity
                .push_str(&format!("{clinic},Cardiology,{monday},{slots}\n"));
        }
    }
    // Half and half to the closed and to the open one.
    sends(&mut story, 608, 11);
    story.weekly(608, 10, "2025-01-08", "2026-04-29");
    // Two thirds are enough: the closed one every week, the open one every other.
    sends(&mut story, 609, 11);
    for week in 0..34 {
        let on = day("2025-01-08").plus(14 * week);
        story.weekly(609, 10, &on.to_string(), &on.to_string());
    }
    let told = story.end();
    told.assert(601, "clinic_closed", "Cardiology at Clinic C1, where most of the referrals went, has had no provider since May 2026.");
    told.assert(
        603,
        "clinic_closed",
        "has taken no new patients since May 2026",
    );
    told.assert(604, "clinic_closed", "takes no new patients");
    told.assert(606, "clinic_closed", "has had no slots since May 2026");
    told.assert(609, "clinic_closed", "Clinic C1");
    told.assert_stopped(&[602, 605, 607, 608]);
}

#[test]
fn a_clinic_whose_flow_ended_is_closed_and_one_that_pauses_is_not() {
    let mut story = Story::begin();
    for (number, clinic) in [(11, "C1"), (12, "C2"), (13, "C3"), (14, "C4")] {
        story.our_cardiologist(number, clinic, "", "");
    }
    // Everybody's referrals to C1 end with April.
    sends(&mut story, 611, 11);
    others(&mut story, 930, 11, BEGIN, "2026-04-30");
    // C2 had none for 75 days in winter, and now has had none for 51.
    story.provider(612, "Stopper 612", "independent", "P612", "", "");
    others(&mut story, 940, 12, BEGIN, "2025-11-30");
    others(&mut story, 940, 12, "2026-02-16", "2026-08-10");
    story.weekly(612, 12, BEGIN, "2025-11-30");
    story.weekly(612, 12, "2026-02-16", "2026-08-10");
    // C3 hardly had anybody but this one: the clinic's silence is the referrer's.
    sends(&mut story, 613, 13);
    // To C4 others go on.
    sends(&mut story, 614, 14);
    others(&mut story, 950, 14, BEGIN, END);
    let told = story.end();
    told.assert(
        611,
        "clinic_closed",
        "has received nobody's referrals since April 2026",
    );
    assert_eq!(told.of(612)["days_silent"], "51");
    told.assert_stopped(&[612, 613, 614]);
}
