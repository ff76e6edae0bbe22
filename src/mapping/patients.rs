//! Which columns of a file hold what belongs to a patient, told from their names: names, numbers of
//! records and members, birth dates, addresses. It is asked for files about patients; in a roster a
//! bare FIRST_NAME is a provider's.

/// Whether a column of this name holds a patient's own data: a name, the number of a record, a
/// member or an account, a birth or death date, an address, a telephone number. Age, sex and ZIP
/// code are not such data by themselves, nor is anything of a provider, a facility or a payer.
///
/// ```
/// use catchment_mapping::patients::is_patient_field;
/// assert!(is_patient_field("PAT_NAME") && is_patient_field("Date of Birth"));
/// assert!(!is_patient_field("REFERRING_PROV_NAME") && !is_patient_field("patient_zip"));
/// ```
pub fn is_patient_field(header: &str) -> bool {
    if let Some(part) = part_of_message(header) {
        return part != MessagePart::Other;
    }
    let words = words(header);
    let folded: String = words.concat();
    if holds(SHORT_FORMS, &folded) {
        return true;
    }
    let subjects: Vec<(usize, Subject)> = words
        .iter()
        .enumerate()
        .filter_map(|(at, word)| Some((at, subject(word)?)))
        .collect();
    if let [only] = words.as_slice() {
        // The column of the patient itself, as against a count of patients.
        if ["patient", "beneficiary", "bene", "subscriber", "guarantor"].contains(&only.as_str()) {
            return true;
        }
    }
    words.iter().enumerate().any(|(at, word)| {
        let Some(weight) = weight(&words, at) else {
            return false;
        };
        // What a word says is said of the nearest one before it, else of the first one behind.
        let before = subjects.iter().rev().find(|(place, _)| *place < at);
        let whose = before.or_else(|| subjects.iter().find(|(place, _)| *place > at));
        match whose {
            Some((_, Subject::Patient)) => true,
            Some((_, Subject::Other)) => false,
            None => weight == Weight::Alone && !word.is_empty(),
        }
    })
}

/// Whether a patient's field holds the name of a person, and not a number, a day or a place.
///
/// ```
/// use catchment_mapping::patients::is_name_field;
/// assert!(is_name_field("PAT_LAST_NAME") && is_name_field("PID-5.1"));
/// assert!(!is_name_field("Date of Birth"));
/// ```
pub fn is_name_field(header: &str) -> bool {
    if let Some(part) = part_of_message(header) {
        return part == MessagePart::Name;
    }
    let folded = crate::vocabulary::fold(header);
    let parts = [
        "name", "first", "last", "middle", "maiden", "surname", "given", "family", "display",
    ];
    parts.iter().any(|part| folded.contains(part))
}

/// What a place of an HL7 message or the subject of a FHIR resource holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum MessagePart {
    Name,
    Personal,
    Other,
}

/// What a column named by its place in a message holds: `PID-5.1` is the family name of the patient.
/// None where the name is no such place.
fn part_of_message(header: &str) -> Option<MessagePart> {
    let header = header.trim();
    if let Some(rest) = ["subject.", "patient."]
        .iter()
        .find_map(|s| header.strip_prefix(s))
    {
        return Some(match rest {
            "display" => MessagePart::Name,
            "zip" | "type" => MessagePart::Other,
            _ => MessagePart::Personal,
        });
    }
    let (segment, place) = header.split_once('-')?;
    let field = place.split('.').next()?;
    field.parse::<u8>().ok()?;
    Some(match (segment, field) {
        ("PID", "5" | "6" | "9") | ("NK1", "2") | ("GT1", "3" | "4") | ("IN1", "16") => {
            MessagePart::Name
        }
        ("PID", "8" | "10" | "15" | "16" | "17" | "22") => MessagePart::Other,
        ("PID", "11") if place == "11.5" || place == "11.6" => MessagePart::Other,
        ("PID" | "NK1" | "GT1" | "IN2", _) | ("IN1", "18" | "19" | "36" | "49") => {
            MessagePart::Personal
        }
        ("MSH" | "RF1" | "PV1" | "DG1" | "IN1" | "AUT" | "OBR" | "ORC", _) => MessagePart::Other,
        (segment, _) if segment.starts_with("PRD") => MessagePart::Other,
        _ => return None,
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Subject {
    Patient,
    Other,
}

/// How much a word says by itself.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Weight {
    /// It is a person's wherever it stands, unless the header says whose.
    Alone,
    /// It is a patient's only where the header says so.
    WithPatient,
}

/// Whole names that say it, without spaces and marks.
const SHORT_FORMS: &str = "mrn emrn empi mbi hic hicn hicno ssn dob bdate dod desynpufid pid patid ptid ptname \
    subject lname fname mname maiden drivers passport birthplace csn nhsnumber";

const PATIENTS: &str = "patient patients pat pt bene beneficiary member mbr subscriber insured enrollee \
    guarantor guardian mother father parent spouse client newborn baby emergency person kin \
    policyholder caregiver";

const OTHERS: &str = "prov provider providers prv prvdr referring referrer referred referral refd ref rfl \
    reffrom refto from to physician phys doctor doc dr clinician practitioner surgeon pcp \
    attending rendering ordering operating billing supervising authorizing performing \
    facility fac hospital hosp practice clinic clinical department dept dep org organization \
    organisation vendor location loc pos site group grp payer payor plan carrier insurance \
    ins insurer company employer business pharmacy lab agency user username staff employee \
    emp scheduler nurse liaison specialty speciality spec diagnosis dx procedure proc drug \
    file table contact authorized official owner parentorg ccn npi order service county \
    state country territory status type class category reason document encounter appointment \
    appt visit claim clm coverage school";

fn holds(list: &str, word: &str) -> bool {
    list.split(' ').any(|known| known == word)
}

fn subject(word: &str) -> Option<Subject> {
    if holds(PATIENTS, word) {
        Some(Subject::Patient)
    } else if holds(OTHERS, word) {
        Some(Subject::Other)
    } else {
        None
    }
}

/// What the word at a place says of a person; `None` where it says nothing that belongs to one.
fn weight(words: &[String], at: usize) -> Option<Weight> {
    let word = words[at].as_str();
    let next = words.get(at + 1).map(String::as_str);
    let before = at.checked_sub(1).map(|before| words[before].as_str());
    match word {
        "ssn" | "mrn" | "dob" | "birthdate" | "birthday" | "deathdate" | "mbi" | "hicn" | "hic"
        | "maiden" | "passport" => Some(Weight::Alone),
        "birth" | "born" => Some(Weight::Alone),
        "death" | "deceased" => Some(Weight::Alone),
        "social" if next == Some("security") => Some(Weight::Alone),
        "medical" | "med" | "record" | "chart" if is_number(next) || next == Some("record") => {
            Some(Weight::Alone)
        }
        "medicaid" | "medicare" if is_number(next) || next == Some("id") => Some(Weight::Alone),
        "license" if before.is_some_and(|b| b.starts_with("driver")) => Some(Weight::Alone),
        "account" | "acct" if next.is_none() || is_number(next) => Some(Weight::Alone),
        "first" | "last" | "middle" | "given" | "family" | "sur" | "full" | "legal"
        | "preferred"
            if next.is_none() || is_name(next) =>
        {
            Some(Weight::Alone)
        }
        "firstname" | "lastname" | "surname" | "middlename" | "fullname" | "forename" => {
            Some(Weight::Alone)
        }
        "name" | "nm" | "nam" if words.len() == 1 => Some(Weight::Alone),
        "address" | "addr" | "street" | "phone" | "telephone" | "mobile" | "email" => {
            Some(Weight::Alone)
        }
        "mail" if before == Some("e") => Some(Weight::Alone),
        "name" | "nm" | "nam" | "first" | "last" | "middle" | "initial" | "id" | "ident"
        | "identifier" | "num" | "number" | "no" | "nbr" | "key" | "account" | "acct" | "city"
        | "home" | "cell" | "fax" | "line" | "dod" | "bday" | "contact" | "photo" => {
            Some(Weight::WithPatient)
        }
        _ => None,
    }
}

fn is_number(word: Option<&str>) -> bool {
    matches!(word, Some("number" | "num" | "no" | "nbr" | "id" | "nr"))
}

fn is_name(word: Option<&str>) -> bool {
    matches!(word, Some("name" | "nm" | "nam" | "initial"))
}

/// The words of a header in lower case: parted by signs, and where a capital follows a small letter.
fn words(header: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for c in header.chars() {
        let is_new = !c.is_alphanumeric() || was_lower && c.is_uppercase();
        if is_new && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        was_lower = c.is_lowercase();
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    // A number behind a name counts like columns ("ADDRESS_1"), and belongs to no word.
    words.retain(|word| !word.bytes().all(|b| b.is_ascii_digit()));
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Headers of Epic, eClinicalWorks, athenaOne, synthea, CMS and hand-made lists.
    const OF_PATIENTS: &str = "PAT_ID | PAT_NAME | PAT_MRN_ID | PAT_FIRST_NAME | BIRTH_DATE | \
        ADD_LINE_1_PAT_ADDRESS | PAT_ADDRESS | HOME_PHONE | EMAIL_ADDRESS | \
        PATIENT_LAST_NAME | PAT_ID_PAT_NAME | patientID | patient_id | patientName | \
        PatientDOB | Patient Account No | BIRTHDATE | DEATHDATE | SSN | DRIVERS | PASSPORT | \
        FIRST | MIDDLE | LAST | MAIDEN | BIRTHPLACE | ADDRESS | PATIENT | BENE_ID | \
        BENE_BIRTH_DT | BENE_DEATH_DT | BENE_CRNT_HIC_NUM | DESYNPUF_ID | BENE_MDCR_MBI | \
        Beneficiary Name | MRN | Medical Record Number | Date of Birth | DOB | \
        Social Security Number | Member ID | MBR_NO | Subscriber Id | Insured's Name | \
        First Name | Last Name | FirstName | Name | Phone Number | Cell Phone | \
        Street Address | Guarantor Name | Mother's Maiden Name | Emergency Contact Name | \
        Referring Provider Patient ID | Medicaid ID | Account Number";

    #[test]
    fn a_patients_own_data_are_known_by_name() {
        for header in OF_PATIENTS.split(" | ") {
            assert!(is_patient_field(header), "{header}");
        }
    }

    const OF_OTHERS: &str = "REFERRING_PROV_NAME | REFERRING_PROV_ID_REFERRING_PROV_NAM | \
        REFERRAL_PROV_ID_PROV_NAME | FACILITY_NAME | Provider First Name | \
        Provider Last Name (Legal Name) | patient_zip | PAT_ZIP | patient_age | \
        PATIENT_CLASS | patient_count | patients | BENE_ZIP_CD | BENE_COUNTY_CD | \
        Provider First Line Business Practice Location Address | \
        Provider Business Mailing Address Telephone Number | Authorized Official First Name | \
        refFromName | refToName | REFERRAL_ID | referral_id | EXTERNAL_ID_NUM | status | \
        VENDOR_ID_VENDOR_NAME | PAYOR_ID_PAYOR_NAME | Payer Name | practice_name | \
        organization_id | department_id | clinical_provider_id | accepts_new_patients | \
        referred_to_name | referring_name | age_band | ENTRY_DATE | PRIORITY_C_NAME | \
        REFD_TO_SPEC_C_NAME | npi | county | State | City | Id | Practice Phone | PCP_NAME | \
        document_id | insId | claim_id | CLM_ID | Hospital Name | Provider Email | \
        Clinic Address | Last Updated | First Seen | Plan ID | liaison_id | fromfacility | \
        Patient PCP Name | last visit | authNo | ReferralNumber";

    #[test]
    fn others_data_and_what_is_no_identity_are_left_alone() {
        for header in OF_OTHERS.split(" | ") {
            assert!(!is_patient_field(header), "{header}");
        }
    }

    #[test]
    fn of_the_canonical_columns_only_patient_id_is_one_in_tables_about_patients() {
        for layout in crate::canonical::LAYOUTS
            .iter()
            .filter(|layout| layout.has_patients())
        {
            let found = layout
                .columns
                .iter()
                .filter(|column| is_patient_field(column.name));
            assert_eq!(
                found.map(|column| column.name).collect::<Vec<_>>(),
                ["patient_id"]
            );
        }
    }

    proptest! {
        #[test]
        fn no_header_breaks_it(header in "\\PC{0,30}") {
            let _ = is_patient_field(&header);
        }
    }
}
