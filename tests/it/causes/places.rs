//! What the roster says: retirements, acquisitions, moves and changed affiliations.

use super::{BEGIN, LAST, Story, npi};

/// Those who retired, and one whom the roster had lost long before.
#[test]
fn the_retired_are_told_by_the_roster_and_by_their_number() {
    let mut story = Story::begin();
    let deactivated = npi(101);
    story.row_of_provider([
        &deactivated,
        "Stopper 101",
        "Family Medicine",
        "",
        "independent",
        "P101",
        "Practice P101",
        "87102",
        "",
        "",
        "",
        "2026-05-02",
    ]);
    story.weekly(101, 10, BEGIN, LAST);
    story.stopper(102, "independent", "P102", "", "2026-05-15");
    // Of two places both end; of the next one's only one does.
    story.stopper(103, "independent", "P103", "", "2026-05-15");
    story.provider(103, "Stopper 103", "independent", "P1030", "", "2026-03-31");
    story.stopper(104, "independent", "P104", "", "2026-05-15");
    story.provider(104, "Stopper 104", "independent", "P1040", "", "");
    // The roster ended ten months before the referrals did.
    story.stopper(105, "independent", "P105", "", "2025-06-30");
    story.stopper(106, "independent", "P106", "", "");
    // A colleague with another name takes the retired one's place and ties.
    story.stopper(107, "independent", "P107", "", "2026-05-15");
    story.provider(
        108,
        "Colleague Other",
        "independent",
        "P107",
        "2026-05-01",
        "",
    );
    story.weekly(108, 10, "2026-05-04", "2026-09-28");
    let told = story.end();
    told.assert(
        101,
        "retired",
        "The NPI has been deactivated since May 2026.",
    );
    for number in [102, 103, 107] {
        told.assert(
            number,
            "retired",
            "The roster ends the last place of work in May 2026.",
        );
    }
    told.assert_stopped(&[104, 105, 106]);
    // Who goes on has no cause.
    assert_eq!(told.of(900)["cause"], "");
    assert_eq!(told.of(900)["status"], "stable");
}

/// A practice or its organization that a competitor buys, and competitors' practices that always were.
#[test]
fn acquisitions_are_told_by_affiliations_then_and_now() {
    let mut story = Story::begin();
    story.organizations.push_str(
        "X,Mesa Group,independent,,2026-05-14\n\
         X,Delta Health,competitor,2026-05-15,\n\
         Y,Delta Health,competitor,,\n\
         Z,Late Group,independent,,2026-07-31\n\
         Z,Late Group,competitor,2026-08-01,\n",
    );
    for (number, organization) in [(201, "X"), (202, "Y"), (203, "Z")] {
        let (npi, place) = (npi(number), format!("P{number}"));
        let name = format!("Practice {place}");
        story.row_of_provider([
            &npi,
            "Some Stopper",
            "Family Medicine",
            organization,
            "",
            &place,
            &name,
            "87102",
            "",
            "",
            "",
            "",
        ]);
    }
    story.weekly(201, 10, BEGIN, LAST);
    story.weekly(202, 10, BEGIN, LAST);
    // Bought ten months after the last referral.
    story.weekly(203, 10, BEGIN, "2025-09-29");
    // Bought before the last referral, within the year: the referrals thinned out and ended.
    story.provider(204, "Stopper 204", "independent", "P204", "", "2026-01-31");
    story.provider(204, "Stopper 204", "competitor", "P204", "2026-02-01", "");
    story.weekly(204, 10, BEGIN, LAST);
    // Affiliated now, independent before.
    story.provider(205, "Stopper 205", "independent", "P205", "", "2026-05-14");
    story.provider(205, "Stopper 205", "affiliated", "P205", "2026-05-15", "");
    story.weekly(205, 10, BEGIN, LAST);
    let told = story.end();
    told.assert(
        201,
        "acquired_by_competitor",
        "Practice P201 has belonged to a competitor since May 2026: Delta Health.",
    );
    assert_eq!(told.cause(201).1, "Delta Health");
    told.assert(204, "acquired_by_competitor", "since February 2026");
    told.assert(
        205,
        "affiliation_changed",
        "was independent and is affiliated now",
    );
    told.assert_stopped(&[202, 203]);
}

/// A referrer's place of work: id, name and ZIP code, and from when to when.
fn place(story: &mut Story, number: u32, [id, name, zip]: [&str; 3], [from, to]: [&str; 2]) {
    let npi = npi(number);
    story.row_of_provider([
        &npi,
        "Some Stopper",
        "Family Medicine",
        "",
        "independent",
        id,
        name,
        zip,
        "",
        from,
        to,
        "",
    ]);
}

/// Those who moved, and those who had moved before or stay at one of their places.
#[test]
fn moves_are_told_by_places_then_and_now() {
    let mut story = Story::begin();
    for number in 301..308 {
        let last = if number == 305 { "2025-09-29" } else { LAST };
        story.weekly(number, 10, BEGIN, last);
    }
    let (old, new) = (["PA", "Old Place", "87102"], ["PB", "New Place", "87501"]);
    let (until, from) = (["", "2026-05-31"], ["2026-06-01", ""]);
    place(&mut story, 301, old, until);
    place(&mut story, 301, new, from);
    // Moved in October and went on referring from there.
    place(&mut story, 302, old, ["", "2025-09-30"]);
    place(&mut story, 302, new, ["2025-10-01", ""]);
    // One of two places stays.
    place(&mut story, 303, old, until);
    place(&mut story, 303, ["PC", "Kept Place", "87102"], ["", ""]);
    // The practice has a new id and its old name; one of that name in another town is another.
    place(&mut story, 304, ["PD", "Same Clinic", "87102"], until);
    place(&mut story, 304, ["PE", "Same Clinic", "87102"], from);
    place(&mut story, 307, ["PD", "Same Clinic", "87102"], until);
    place(&mut story, 307, ["PF", "Same Clinic", "87501"], from);
    // Moved ten months after the last referral.
    place(&mut story, 305, old, ["", "2026-07-31"]);
    place(&mut story, 305, new, ["2026-08-01", ""]);
    // To a competitor's.
    place(&mut story, 306, ["PG", "Good Place", "87102"], until);
    let npi = npi(306);
    story
        .organizations
        .push_str("Y,Delta Health,competitor,,\n");
    story.providers.push_str(&format!(
        "{npi},Some Stopper,Family Medicine,Y,,PH,Delta Clinic,87102,,2026-06-01,,\n"
    ));
    let told = story.end();
    told.assert(301, "moved", "The roster has the referrer at New Place, ");
    told.assert(
        301,
        "moved",
        " km away since June 2026, and no longer at Old Place.",
    );
    told.assert(307, "moved", "at Same Clinic");
    assert_eq!(told.cause(301).1, "");
    told.assert(306, "moved", "at Delta Clinic");
    assert_eq!(told.cause(306).1, "Delta Health");
    told.assert_stopped(&[302, 303, 304, 305]);
}
