//! Where patients go since: claims, orders and shared patients; claims that end; and payers that leave.

use super::{BEGIN, END, LAST, Story, Tie, day, npi};

/// A cardiologist of a competitor's, and one of nobody's.
fn outside(story: &mut Story) {
    story
        .organizations
        .push_str("Y,Delta Health,competitor,,\n");
    let (theirs, nobodys) = (npi(30), npi(31));
    story.row_of_provider([
        &theirs,
        "Their Heart",
        "Cardiology",
        "Y",
        "",
        "D1",
        "Delta Heart",
        "87102",
        "",
        "",
        "",
        "",
    ]);
    story.row_of_provider([
        &nobodys,
        "Free Heart",
        "Cardiology",
        "",
        "independent",
        "D2",
        "Free Clinic",
        "87102",
        "",
        "",
        "",
        "",
    ]);
}

#[test]
fn claims_orders_and_shared_patients_tell_who_switched() {
    let mut story = Story::begin();
    outside(&mut story);
    for number in 701..708 {
        story.stopper(number, "affiliated", &format!("P{number}"), "", "");
    }
    let on = |at: i32| day("2026-06-15").plus(at * 5);
    for at in 0..4 {
        story.claim(on(at), 30, Some(701), &format!("A{at}"));
    }
    story.claim(on(5), 31, Some(701), "A9");
    // Two patients are no habit, however often they come; patients who go to us have not left; those of
    // the first thirty days were sent before.
    for at in 0..6 {
        story.claim(on(at), 30, Some(702), &format!("B{}", at % 2));
        story.claim(on(at), 10, Some(703), &format!("C{at}"));
        story.claim(day("2026-05-01").plus(at), 30, Some(704), &format!("D{at}"));
    }
    // Orders that our exports hold.
    let (from, to) = (npi(705), npi(31));
    let tie = Tie {
        npi: &from,
        name: "",
        practice: "",
        to: &to,
        specialty: "Cardiology",
        payer: "",
    };
    story.every_week(tie, "2026-05-11", "2026-06-08");
    // Pairs of a period that begins after the last referral.
    for (number, to, patients) in [(706, 30, 12), (706, 31, 11), (707, 10, 14)] {
        let (from, to) = (npi(number), npi(to));
        story.shared.push_str(&format!(
            "{from},{to},20,{patients},0,2026-07-01,2026-09-30\n"
        ));
    }
    let told = story.end();
    told.assert(
        701,
        "switched",
        "4 of 5 patients in claims since went to Delta Health.",
    );
    assert_eq!(told.cause(701).1, "Delta Health");
    told.assert(
        705,
        "switched",
        "5 of 5 orders since the last one to us went to Free Clinic.",
    );
    assert_eq!(told.cause(705).1, "Free Clinic");
    told.assert(
        706,
        "switched",
        "12 of 23 shared patients since went to Delta Health.",
    );
    told.assert_stopped(&[702, 703, 704, 707]);
}

/// Claims that end with the referrals show a retirement, where they show others after.
#[test]
fn claims_that_end_tell_who_retired() {
    let mut story = Story::begin();
    outside(&mut story);
    for number in 711..715 {
        story.stopper(number, "independent", &format!("P{number}"), "", "");
    }
    // The roster ends 715's place, and 715 works on.
    story.stopper(715, "independent", "P715", "", "2026-05-01");
    let (begin, last) = (day("2025-05-05"), day(LAST));
    for at in 0..25 {
        let on = begin.plus(at * 14);
        story.claim(on, 711, None, &format!("P{at}"));
        story.claim(on, 712, None, &format!("P{at}"));
        // To us alone: such claims would end with the referrals whatever came after.
        story.claim(on, 10, Some(714), &format!("P{at}"));
        story.claim(on, 715, None, &format!("P{at}"));
    }
    // Three in a year are too few to miss any.
    for at in 0..3 {
        story.claim(begin.plus(at * 100), 713, None, "P1");
    }
    for at in 1..30 {
        story.claim(last.plus(at * 5), 712, None, &format!("Q{at}"));
        story.claim(last.plus(at * 5), 715, None, &format!("Q{at}"));
        story.claim(last.plus(at * 5), 31, None, &format!("R{at}"));
    }
    let told = story.end();
    told.assert(711, "retired", "No claim since April 2026");
    told.assert(715, "moved", "later claims show work elsewhere");
    told.assert_stopped(&[712, 713, 714]);
}

#[test]
fn a_payer_that_leaves_is_told_from_a_referrer_who_does() {
    let mut story = Story::begin();
    let to = npi(10);
    let mut sends = |number: u32, payer: &str, from: &str, until: &str| {
        let npi = npi(number);
        let tie = Tie {
            npi: &npi,
            name: "",
            practice: "",
            to: &to,
            specialty: "Cardiology",
            payer,
        };
        story.every_week(tie, from, until);
    };
    // Mesa Plan ends for everybody with April; five of them go on under another.
    sends(721, "Mesa Plan", BEGIN, LAST);
    for number in 730..735 {
        sends(number, "MESA PLAN ", BEGIN, "2026-04-30");
        sends(number, "Alto Plan", BEGIN, END);
    }
    // Alto Plan shrinks for this one alone.
    sends(722, "Alto Plan", BEGIN, LAST);
    // Half of it came under Mesa Plan; of the next one nothing is known of the payer.
    sends(723, "Mesa Plan", BEGIN, LAST);
    sends(723, "Zia Plan", "2025-01-08", "2026-04-29");
    sends(724, "", BEGIN, LAST);
    // Rio Plan had nobody else to speak of.
    sends(725, "Rio Plan", BEGIN, LAST);
    sends(735, "Rio Plan", "2026-01-05", "2026-03-30");
    sends(735, "Alto Plan", BEGIN, END);
    for number in 721..726 {
        story.provider(
            number,
            &format!("Stopper {number}"),
            "independent",
            &format!("P{number}"),
            "",
            "",
        );
    }
    for number in 730..736 {
        story.provider(number, "Goes On", "independent", "P900", "", "");
    }
    let told = story.end();
    told.assert(
        721,
        "insurer_changed",
        "Most referrals came under Mesa Plan; others' referrals to us under it fell from ",
    );
    told.assert_stopped(&[722, 723, 724, 725]);
}
