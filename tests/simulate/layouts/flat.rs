//! eClinicalWorks' table and athenaOne's documents, read cell by cell.

use std::collections::BTreeMap;
use std::path::Path;

use catchment_base::specialties;
use catchment_simulate::Layout;

use super::{QUARTERS, canonical, formed, is_name_of, iso, iso_moment, listed_names, settings};
use crate::territory::{Row, read};

fn is_mistake(row: &Row) -> bool {
    let reason = row["status_reason"].as_str();
    row["status"] == "cancelled" && ["duplicate", "entered-in-error"].contains(&reason)
}

fn check_ecw(theirs: &Row, row: &Row, listed: &BTreeMap<String, String>) {
    for (name, ours) in [
        ("patientID", "patient_id"),
        ("fromfacility", "referring_practice"),
        ("ToFacility", "referred_to_practice"),
        ("speciality", "specialty"),
    ] {
        assert_eq!(theirs[name], row[ours], "{name}");
    }
    for (name, ours) in [("date", "referred_on"), ("refEnddate", "expires_on")] {
        assert_eq!(iso(&theirs[name]), row[ours], "{name}");
    }
    for (name, ours) in [
        ("refFromP2pNPI", "referring_npi"),
        ("refToP2pNPI", "referred_to_npi"),
    ] {
        let npi = row[ours].as_str();
        assert_eq!(theirs[name], if npi.is_empty() { "0" } else { npi });
    }
    for (name, npi, known) in [
        ("refFromName", "referring_npi", "referring_name"),
        ("refToName", "referred_to_npi", "referred_to_name"),
    ] {
        assert!(
            is_name_of(&theirs[name], &row[npi], &row[known], listed),
            "{theirs:?}"
        );
    }
    let is_deleted = row["status"] == "void" || is_mistake(row);
    assert_eq!(theirs["deleteFlag"], if is_deleted { "1" } else { "0" });
    let is_seen = row["status"] == "completed";
    assert_eq!(theirs["visitsUsed"], if is_seen { "1" } else { "0" });
    assert_eq!(theirs["priority"].to_lowercase(), row["priority"]);
    let is_incoming = row["direction"] == "incoming";
    assert_eq!(theirs["referralType"], if is_incoming { "I" } else { "O" });
    let received = if is_incoming {
        "referred_on"
    } else {
        "report_sent_on"
    };
    assert_eq!(iso(&theirs["ReceivedDate"]), row[received]);
    let visit = iso(&theirs["apptDate"]);
    assert_eq!(
        if visit == "1901-01-01" { "" } else { &visit },
        row["appointment_on"]
    );
    assert_eq!(iso_moment(&theirs["modifiedDate"]), row["updated_at"]);
    let words: &[&str] = match theirs["status"].as_str() {
        "Open" => &["requested", "void"],
        "Pending Review" => &["in_review"],
        "Consult Pending" => &["accepted", "scheduled"],
        "Addressed" => &["completed", "expired"],
        "No Show" => &["no_show"],
        "Denied" => &["declined"],
        "Cancelled" => &["cancelled"],
        "Forwarded" => &["redirected"],
        other => panic!("{other}"),
    };
    assert!(words.contains(&row["status"].as_str()), "{theirs:?}");
}

#[test]
fn eclinicalworks_says_what_the_canonical_export_says() {
    let made = formed(&settings(), Layout::Ecw, None);
    let ours = formed(&settings(), Layout::Canonical, None);
    let listed = listed_names(ours.folder.path());
    let mut words: BTreeMap<String, usize> = BTreeMap::new();
    for quarter in QUARTERS {
        let rows = read(&made.path(&format!("referrals-{quarter}.csv")));
        let expected = canonical(&ours, quarter);
        assert_eq!(rows.len(), expected.len());
        for theirs in &rows {
            check_ecw(theirs, &expected[&theirs["ReferralId"]], &listed);
            *words.entry(theirs["status"].clone()).or_default() += 1;
        }
    }
    assert_eq!(words.len(), 8, "{words:?}");
}

fn check_athena(theirs: &Row, row: &Row) {
    assert_eq!(theirs["patient_id"], row["patient_id"]);
    assert_eq!(theirs["priority"].to_lowercase(), row["priority"]);
    assert_eq!(theirs["order_datetime"][..10], row["referred_on"]);
    let on = |name: &str| theirs[name].get(..10).unwrap_or("").to_string();
    assert_eq!(on("received_datetime"), row["report_sent_on"]);
    let changed = row["updated_at"][..10].to_string();
    let is_deleted = row["status"] == "void" || is_mistake(row);
    let is_dropped = ["cancelled", "redirected"].contains(&row["status"].as_str());
    for (name, is) in [
        ("deleted_datetime", is_deleted),
        ("denied_datetime", row["status"] == "declined"),
        ("deactivated_datetime", is_dropped && !is_deleted),
    ] {
        assert_eq!(
            on(name),
            if is { changed.as_str() } else { "" },
            "{name}: {row:?}"
        );
    }
    let stands = !["void", "cancelled", "declined", "redirected"].contains(&row["status"].as_str());
    let has_reason = stands && row["direction"] == "outgoing" && !row["status_reason"].is_empty();
    assert_eq!(
        !theirs["out_of_network_ref_reason_name"].is_empty(),
        has_reason
    );
}

/// The lists that give names to the numbers of an export's documents.
struct Lists {
    clinical: BTreeMap<String, Row>,
    providers: BTreeMap<String, Row>,
    departments: BTreeMap<String, Row>,
}

impl Lists {
    fn read(folder: &Path) -> Self {
        let by = |name: &str, key: &str| -> BTreeMap<String, Row> {
            let rows = read(&folder.join(name));
            let count = rows.len();
            let by: BTreeMap<String, Row> = rows.into_iter().map(|r| (r[key].clone(), r)).collect();
            assert_eq!(by.len(), count, "{key} is there twice");
            by
        };
        Self {
            clinical: by("CLINICALPROVIDER.csv", "clinical_provider_id"),
            providers: by("PROVIDER.csv", "provider_username"),
            departments: by("DEPARTMENT.csv", "department_id"),
        }
    }

    fn check(&self, theirs: &Row, row: &Row, listed: &BTreeMap<String, String>) {
        let department = &self.departments[&theirs["department_id"]];
        assert_eq!(department["department_name"], row["referring_practice"]);
        let from = &self.providers[&theirs["provider_username"]];
        let (npi, known) = (&row["referring_npi"], &row["referring_name"]);
        assert!(npi.is_empty() || &from["provider_npi"] == npi);
        assert!(is_name_of(&from["scheduling_name"], npi, known, listed));
        let (npi, known) = (&row["referred_to_npi"], &row["referred_to_name"]);
        match theirs["clinical_provider_id"].as_str() {
            "" => assert!(npi.is_empty() && known.is_empty()),
            id => {
                let to = &self.clinical[id];
                assert!(npi.is_empty() || &to["npi"] == npi);
                assert!(is_name_of(&to["name"], npi, known, listed));
            }
        }
    }
}

#[test]
fn athenaone_says_what_its_practice_knows() {
    let made = formed(&settings(), Layout::Athena, None);
    let ours = formed(&settings(), Layout::Canonical, None);
    let listed = listed_names(ours.folder.path());
    let (mut orders, mut others, mut rows) = (BTreeMap::new(), BTreeMap::new(), 0);
    for quarter in QUARTERS {
        let folder = made.path(&format!("referrals-{quarter}"));
        let lists = Lists::read(&folder);
        let mut expected = canonical(&ours, quarter);
        // What others order is not in this practice's documents.
        expected.retain(|_, row| row["direction"] != "incoming");
        for theirs in read(&folder.join("DOCUMENT.csv")) {
            let Some(row) = expected.remove(&theirs["document_id"]) else {
                let class = theirs["document_class"].clone();
                let group = theirs["clinical_order_type_group"].clone();
                *others.entry((class, group)).or_insert(0) += 1;
                continue;
            };
            rows += 1;
            check_athena(&theirs, &row);
            lists.check(&theirs, &row, &listed);
            // One name of an order never stands for two specialties.
            if let Some(specialty) = specialties::find(&row["specialty"]) {
                let order = orders.entry(theirs["clinical_order_type"].clone());
                assert_eq!(*order.or_insert(specialty.name.clone()), specialty.name);
            }
        }
        assert!(expected.is_empty(), "{expected:?}");
    }
    assert_eq!(rows, made.summary.rows);
    assert!(orders.len() > 60, "{}", orders.len());
    assert!(
        others.len() == 4 && others.values().all(|n| *n > 2),
        "{others:?}"
    );
}
