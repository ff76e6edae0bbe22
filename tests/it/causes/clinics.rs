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

/// A clinic of ours whose provider takes new patients, or not, from one day to another.
fn takes(story: &mut Story, number: u32, clinic: &str, accepts: &str, [from, to]: [&str; 2]) {
    story.providers.push_str(&format!(
        "{},Our Heart,Cardiology,,own,{clinic},Clinic {clinic},87102,{accepts},{from},{to},\n",
        npi(number)
    ));
}

#[test]
fn a_clinic_without_a_provider_is_closed() {
    let mut story = Story::begin();
    // 11 left C1; at C2 one of two is left.
    story.our_cardiologist(11, "C1", "", "2026-05-10");
    story.our_cardiologist(12, "C2", "", "2026-05-10");
    story.our_cardiologist(13, "C2", "", "");
    sends(&mut story, 601, 11);
    sends(&mut story, 602, 12);
    // Half and half to the closed and to the open one.
    sends(&mut story, 603, 11);
    story.weekly(603, 10, "2025-01-08", "2026-04-29");
    // Two thirds are enough: the closed one every week, the open one every other.
    sends(&mut story, 604, 11);
    for week in 0..34 {
        let on = day("2025-01-08").plus(14 * week).to_string();
        story.weekly(604, 10, &on, &on);
    }
    let told = story.end();
    told.assert(
        601,
        "clinic_closed",
        "Cardiology at Clinic C1, where most of the referrals went, has had no provider since May 2026.",
    );
    told.assert(604, "clinic_closed", "Clinic C1");
    told.assert_stopped(&[602, 603]);
}

#[test]
fn a_clinic_that_takes_nobody_is_closed() {
    let mut story = Story::begin();
    // C3 takes nobody since May, C4 and C5 since a day that nobody knows.
    takes(&mut story, 14, "C3", "", ["", "2026-04-30"]);
    takes(&mut story, 14, "C3", "false", ["2026-05-01", ""]);
    takes(&mut story, 15, "C4", "false", ["", ""]);
    takes(&mut story, 16, "C5", "false", ["", ""]);
    takes(&mut story, 17, "C6", "", ["", ""]);
    takes(&mut story, 18, "C7", "", ["", ""]);
    for (number, to) in [(611, 14), (612, 15), (613, 16), (614, 17), (615, 18)] {
        sends(&mut story, number, to);
    }
    // Others go on to C5 as before.
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
    let told = story.end();
    told.assert(
        611,
        "clinic_closed",
        "has taken no new patients since May 2026",
    );
    told.assert(612, "clinic_closed", "takes no new patients");
    told.assert(614, "clinic_closed", "has had no slots since May 2026");
    told.assert_stopped(&[613, 615]);
}

#[test]
fn a_clinic_whose_flow_ended_is_closed_and_one_that_pauses_is_not() {
    let mut story = Story::begin();
    for (number, clinic) in [(11, "C1"), (12, "C2"), (13, "C3"), (14, "C4")] {
        story.our_cardiologist(number, clinic, "", "");
    }
    // Everybody's referrals to C1 end with April.
    sends(&mut story, 621, 11);
    others(&mut story, 930, 11, BEGIN, "2026-04-30");
    // C2 had none for 75 days in winter, and now has had none for 51.
    story.provider(622, "Stopper 622", "independent", "P622", "", "");
    others(&mut story, 940, 12, BEGIN, "2025-11-30");
    others(&mut story, 940, 12, "2026-02-16", "2026-08-10");
    story.weekly(622, 12, BEGIN, "2025-11-30");
    story.weekly(622, 12, "2026-02-16", "2026-08-10");
    // C3 hardly had anybody but this one: the clinic's silence is the referrer's.
    sends(&mut story, 623, 13);
    // To C4 others go on.
    sends(&mut story, 624, 14);
    others(&mut story, 950, 14, BEGIN, END);
    let told = story.end();
    told.assert(
        621,
        "clinic_closed",
        "has received nobody's referrals since April 2026",
    );
    assert_eq!(told.of(622)["days_silent"], "51");
    told.assert_stopped(&[622, 623, 624]);
}
