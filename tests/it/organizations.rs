//! Practices and organizations over time, from files to findings: a practice that a group acquires on
//! a day, one that is renamed, names with legal forms, and several places of work at once.

use std::collections::BTreeMap;

use crate::inbox::Inbox;

/// Two aligned referrers' orders to the practice of provider 1234567893, on four days around an
/// acquisition on 15 May 2026, by NPI or by the name of an organization.
const REFERRALS: &str = "\
referral_id,referred_on,updated_at,status,referring_npi,referred_to_npi,referred_to_organization,specialty
before,2026-05-14,2026-09-30T00:00:00,requested,1679576722,1234567893,,Cardiology
first,2026-05-15,2026-09-30T00:00:00,requested,1679576722,1234567893,,Cardiology
after,2026-08-01,2026-09-30T00:00:00,requested,1679576722,1234567893,,Cardiology
named before,2026-05-14,2026-09-30T00:00:00,requested,1679576722,,\"Mesa Heart Group, PLLC\",Cardiology
named first,2026-05-15,2026-09-30T00:00:00,requested,1679576722,,Mesa Heart d/b/a The Mesa Heart Group,Cardiology
";

/// The referrer, who is our own all the time.
const REFERRER: &str = "1679576722,Ann Own,H,P0,Home Clinic,Family Medicine,,\n";

const PROVIDERS: &str =
    "npi,name,organization_id,practice_id,practice_name,specialty,effective_from,effective_to\n";

/// The side of each referral's destination.
fn sides(inbox: &Inbox) -> BTreeMap<String, String> {
    inbox.put("referrals.csv", REFERRALS);
    inbox.take(&[]);
    let rows = inbox
        .query("select referral_id, destination_affiliation from int_placed_referrals order by 1");
    rows.into_iter()
        .map(|row| (row[0].clone(), row[1].clone()))
        .collect()
}

fn expected(named: [&str; 2]) -> BTreeMap<String, String> {
    let sides = [
        ("before", "independent"),
        ("first", "own"),
        ("after", "own"),
        ("named before", named[0]),
        ("named first", named[1]),
    ];
    sides
        .map(|(id, side)| (id.to_string(), side.to_string()))
        .into()
}

/// By the roster: the practice's providers belong to another organization from that day on.
#[test]
fn an_acquisition_in_the_roster_holds_from_its_day_on() {
    let inbox = Inbox::make();
    let rows = "1234567893,Bo Heart,M,P1,Mesa Heart,Cardiology,,\n\
                1234567893,Bo Heart,H,P1,Mesa Heart,Cardiology,2026-05-15,\n";
    inbox.put("providers.csv", format!("{PROVIDERS}{REFERRER}{rows}"));
    inbox.put(
        "organizations.csv",
        "organization_id,name,affiliation\nH,Home Health System,own\nM,Mesa Heart Group,independent\n",
    );
    // The organization itself was not acquired: who names it means what it was.
    assert_eq!(sides(&inbox), expected(["independent", "independent"]));
}

/// By the organization: it becomes ours on that day, and all who belong to it.
#[test]
fn an_acquired_organization_is_ours_from_its_day_on() {
    let inbox = Inbox::make();
    let rows = "1234567893,Bo Heart,M,P1,Mesa Heart,Cardiology,,\n";
    inbox.put("providers.csv", format!("{PROVIDERS}{REFERRER}{rows}"));
    inbox.put(
        "organizations.csv",
        "organization_id,name,affiliation,effective_from\nH,Home Health System,own,\n\
         M,Mesa Heart Group,independent,\nM,Mesa Heart Group,own,2026-05-15\n",
    );
    assert_eq!(sides(&inbox), expected(["independent", "own"]));
}

/// By the configuration, where the exports are late.
#[test]
fn a_configured_acquisition_holds_from_its_day_on() {
    let inbox = Inbox::make();
    let rows = "1234567893,Bo Heart,M,P1,Mesa Heart,Cardiology,,\n";
    inbox.put("providers.csv", format!("{PROVIDERS}{REFERRER}{rows}"));
    inbox.put(
        "organizations.csv",
        "organization_id,name,affiliation\nH,Home Health System,own\nM,Mesa Heart Group,independent\n",
    );
    inbox.configure(
        "[network]\noverrides = [{ organization_id = \"M\", affiliation = \"own\", from = 2026-05-15 }]",
    );
    assert_eq!(sides(&inbox), expected(["independent", "own"]));
}

/// A file of a new quarter has the practice under a new name, without a day: orders still name the old
/// one, and mean it.
#[test]
fn a_renamed_practice_is_meant_by_its_old_name() {
    let inbox = Inbox::make();
    let place = |name: &str| {
        format!(
            "npi,name,affiliation,practice_id,practice_name,specialty,updated_at\n\
             1234567893,Bo Heart,own,P2,{name},Cardiology,{}\n\
             1234567893,Bo Heart,own,P1,Second Site,Cardiology,2026-09-01\n",
            if name == "Mesa Heart" {
                "2026-03-01"
            } else {
                "2026-09-01"
            }
        )
    };
    inbox.put("providers-q1.csv", place("Mesa Heart"));
    inbox.put("providers-q3.csv", place("Juniper Cardiology"));
    inbox.put(
        "referrals.csv",
        "referral_id,referred_on,updated_at,status,referring_npi,referred_to_npi,referred_to_practice\n\
         old,2026-08-01,2026-09-30,requested,1679576722,1234567893,\"Mesa Heart, P.C.\"\n\
         new,2026-08-01,2026-09-30,requested,1679576722,1234567893,Juniper Cardiology\n\
         none,2026-08-01,2026-09-30,requested,1679576722,1234567893,\n",
    );
    inbox.take(&[]);
    let rows = inbox.query(
        "select referral_id, destination_practice_id, destination_name from int_placed_referrals order by 1",
    );
    assert_eq!(
        rows,
        [
            ["new", "P2", "Juniper Cardiology"],
            ["none", "P1", "Second Site"],
            ["old", "P2", "Juniper Cardiology"]
        ]
    );
}
