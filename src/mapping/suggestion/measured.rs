//! How good the proposals are: files of many layouts, with what each of their columns is, and what
//! holds of every proposal.

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::PathBuf;

    use catchment_base::npi;
    use proptest::prelude::*;

    use super::super::{Suggestion, suggest};
    use crate::canonical::{LAYOUTS, Layout};
    use crate::{Library, Mapping, Reading};

    /// How many rows the made files have.
    const ROWS: usize = 60;

    /// Kinds of cells that are words in turn.
    const WORDS: &[(&str, &str)] = &[
        (
            "person",
            "Smith, Ann|Jones, Bob|Okafor, Chidi|Nguyen, Linh|Diaz, Eva M",
        ),
        ("person2", "Baker, Joan|Lopez, Juan|Meyer, Karl|Rossi, Pia"),
        ("last", "Smith|Jones|Okafor|Nguyen"),
        ("first", "Ann|Bob|Chidi|Linh|Eva"),
        (
            "practice",
            "Eastside Family Medicine|Lakeview Clinic|North Primary Care",
        ),
        (
            "practice2",
            "Heart Center West|Spine Institute|Valley Imaging",
        ),
        (
            "specialty",
            "Cardiology|Orthopedic Surgery|Dermatology|Gastroenterology",
        ),
        ("cms", "06|20|07|10"),
        (
            "status",
            "Open|Authorized|Closed|Pending Review|Denied|Canceled",
        ),
        (
            "own status",
            "Open|Closed|Sent to specialist|Pt never called back|Denied",
        ),
        ("priority", "Routine|Urgent|STAT"),
        ("direction", "Internal|Outgoing|Incoming"),
        ("payer", "Medicare|Aetna PPO|Blue Cross|Medicaid|Self Pay"),
        ("zip", "37205|37212|02139|37027-1234"),
        ("icd", "I48.91|M54.5|E11.9|K21.9"),
        ("cpt", "99213|93000|G0101|70551"),
        ("taxonomy", "207RC0000X|207Q00000X|207X00000X"),
        ("affiliation", "own|affiliated|independent|competitor"),
        ("yes", "Y|N"),
        ("entity", "1|1|1|2"),
        ("city", "Nashville|Franklin|Brentwood"),
        ("state", "TN|KY|AL"),
        ("county", "Davidson|Williamson|Rutherford"),
        ("visit kind", "Visit|Call|Event"),
        ("topic", "New surgeon|Access|Imaging"),
        ("rep", "Dana|Lee"),
        ("code", "A|B|C"),
    ];

    /// The cells of a column: words in turn, or what is made for each row.
    fn cell(kind: &str, row: usize) -> String {
        if let Some((_, words)) = WORDS.iter().find(|(known, _)| *known == kind) {
            let words: Vec<&str> = words.split('|').collect();
            return words[(row * 7 + row / 5) % words.len()].to_string();
        }
        let day = |shift: usize| {
            let day = chrono::NaiveDate::from_ymd_opt(2024, 1, 3).unwrap();
            day + chrono::Days::new(((row * 11) % 300 + shift) as u64)
        };
        match kind {
            "" => String::new(),
            "id" => format!("{}", 500_123 + row * 7),
            "mrn" => format!("E{:07}", 40_000 + row * 13),
            "npi" => npi::complete(103_000_000 + (row as u32 % 17) * 7_919),
            "npi2" => npi::complete(145_000_000 + (row as u32 % 23) * 6_311),
            "iso" => day(0).to_string(),
            "iso2" => day(12).to_string(),
            "us" => day(0).format("%m/%d/%Y").to_string(),
            "us2" => day(9).format("%m/%d/%Y").to_string(),
            "us3" => format!("{} 10:30", day(30).format("%m/%d/%Y")),
            "sas" => day(3).format("%d-%b-%Y").to_string().to_uppercase(),
            "low" => format!("{:02}/{:02}/2024", row % 12 + 1, (row * 5) % 12 + 1),
            "born" => format!("{:02}/{:02}/{}", row % 12 + 1, row % 28 + 1, 1930 + row),
            "week" => day(0).format("%Y-%m-%d").to_string(),
            "lat" => format!("36.{}", 1000 + row * 13),
            "lon" => format!("-86.{}", 7000 + row * 17),
            "money" => format!("{}.{:02}", row * 3 + 11, row % 100),
            "count" => format!("{}", 11 + (row * 5) % 60),
            "more" => format!("{}", 90 + (row * 5) % 60),
            "small" => format!("{}", row % 9),
            "people" => format!("{}", 4_000 + row * 911),
            "phone" => format!("(615) 555-01{:02}", row % 100),
            "street" => format!("{} Main Street", 100 + row),
            "note" => {
                format!("Talked at length about access to the clinic, and about wait times {row}")
            }
            "age" => format!("{}", (row * 7) % 95),
            words => words
                .split('/')
                .nth(row % words.split('/').count())
                .unwrap()
                .to_string(),
        }
    }

    /// A file: name, cells and meaning of each column; a meaning in brackets may be proposed or not.
    struct File {
        name: &'static str,
        table: &'static str,
        columns: Vec<(String, &'static str, &'static str)>,
    }

    fn file(name: &'static str, table: &'static str, lines: &'static str) -> File {
        let columns = lines
            .split('\n')
            .map(str::trim)
            .filter(|line| !line.is_empty());
        let columns = columns.map(|line| {
            let mut parts = line.split(';').map(str::trim);
            let mut next = || parts.next().unwrap_or("");
            (next().to_string(), next(), next())
        });
        File {
            name,
            table,
            columns: columns.collect(),
        }
    }

    impl File {
        fn header(&self) -> Vec<String> {
            self.columns.iter().map(|(name, ..)| name.clone()).collect()
        }

        fn rows(&self) -> Vec<Vec<String>> {
            let row = |row: usize| {
                self.columns
                    .iter()
                    .map(|(_, kind, _)| cell(kind, row))
                    .collect()
            };
            (0..ROWS).map(row).collect()
        }

        fn suggestion(&self) -> Suggestion {
            suggest(self.name, &self.header(), &self.rows(), &Reading::default())
        }

        /// Of the columns that are meant or proposed, how many are right, and what is wrong.
        fn measured(&self, found: &Suggestion) -> (usize, usize, Vec<String>) {
            let mut wrong = Vec::new();
            let (mut right, mut all) = (0, 0);
            let meant = |wanted: &str| {
                let of = |(name, _, meaning): &(String, &str, &str)| {
                    let is_it = meaning
                        .split(' ')
                        .any(|m| m.trim_matches(['(', ')']) == wanted);
                    is_it.then(|| name.clone())
                };
                self.columns
                    .iter()
                    .filter_map(of)
                    .collect::<BTreeSet<String>>()
            };
            for guess in &found.columns {
                all += 1;
                let from: BTreeSet<String> = guess.from.iter().cloned().collect();
                let is_right = !from.is_empty() && from.is_subset(&meant(guess.column));
                right += usize::from(is_right);
                if !is_right {
                    wrong.push(format!(
                        "{} {} from {:?}: {}",
                        guess.word(),
                        guess.column,
                        guess.from,
                        guess.why
                    ));
                }
            }
            for (_, _, meaning) in &self.columns {
                for wanted in meaning
                    .split(' ')
                    .filter(|m| !m.is_empty() && !m.starts_with('('))
                {
                    if !found.columns.iter().any(|guess| guess.column == wanted) {
                        all += 1;
                        wrong.push(format!("nothing for {wanted}"));
                    }
                }
            }
            (right, all, wrong)
        }
    }

    const SPREADSHEET: &str = "
        Referral # ; id ; referral_id
        Date of Referral ; us ; referred_on (age_band)
        Current Status ; own status ; status
        Reason Closed ; Patient choice/No answer/Too far ; status_reason
        Referring Provider ; person ; referring_name
        Referring Provider NPI ; npi ; referring_npi
        Referring Provider Phone ; phone ;
        Referring Practice ; practice ; referring_practice
        Sent To ; person2 ; referred_to_name
        Sent To NPI ; npi2 ; referred_to_npi
        Sent To Practice ; practice2 ; referred_to_practice
        Specialty ; specialty ; specialty
        Dx ; icd ; reason_code
        Urgency ; priority ; priority
        Patient Name ; person2 ;
        MRN ; mrn ; patient_id
        DOB ; born ; age_band
        Patient Zip ; zip ; patient_zip
        Insurance ; payer ; payer
        Appt Date ; us2 ; appointment_on
        Date Seen ; us3 ; completed_on
        Internal/External ; direction ; direction
        Notes ; note ;
        Order Date 2 ;  ;
    ";

    const EPIC: &str = "
        REFERRAL_ID ; id ; referral_id
        EXTERNAL_ID_NUM ;  ;
        PAT_ID ; mrn ; patient_id
        PAT_NAME ; person2 ;
        ENTRY_DATE ; us ; referred_on
        RFL_STATUS_C_NAME ; status ; status
        REFERRING_PROV_ID ; id ;
        REFERRING_PROV_ID_REFERRING_PROV_NAM ; person ; referring_name
        REFERRAL_PROV_ID_PROV_NAME ; person2 ; referred_to_name
        VENDOR_ID_VENDOR_NAME ; practice2 ; referred_to_organization
        PROV_SPEC_C_NAME ; specialty ; (specialty)
        REFD_TO_SPEC_C_NAME ; specialty ; specialty
        RFL_TYPE_C_NAME ; Consultation/Surgical/Eval and Treat ; (service_type)
        RFL_CLASS_C_NAME ; direction ; direction
        RSN_FOR_RFL_C_NAME ; Specialty Services/Second Opinion ;
        START_DATE ; us ; (referred_on)
        EXP_DATE ; us2 ; expires_on
        CLOSE_RSN_C_NAME ; Expired-Auto Closed/Patient choice ; status_reason
        PAYOR_ID_PAYOR_NAME ; payer ; payer
        REFD_BY_LOC_POS_ID_LOC_NAME ; practice ; referring_practice
        REFD_TO_LOC_POS_ID_LOC_NAME ; practice2 ; referred_to_practice
        REFD_BY_DEPT_ID_EXTERNAL_NAME ; practice ; referring_department
        PRIORITY_C_NAME ; priority ; priority
        ACTUAL_NUM_VISITS ; small ;
        SCHED_NUM_VISITS ; small ;
        REQUEST_NUM_VISITS ; small ;
    ";

    const ECW: &str = "
        ReferralId ; id ; referral_id
        patientID ; id ; patient_id
        insId ; small ; (payer)
        refFrom ; small ;
        authNo ;  ;
        date ; us ; referred_on
        reason ; note ;
        diagnosis ; icd ; reason_code
        refStDate ; us ; (referred_on)
        refEnddate ; us2 ; expires_on
        visitsAllowed ; small ;
        visitsUsed ; small ;
        RefTo ; small ;
        notes ; note ;
        deleteFlag ; 0/0/1 ;
        referralType ; I/O ; (direction)
        priority ; priority ; priority
        assignedTo ; rep ;
        status ; status ; status
        fromfacility ; practice ; referring_practice
        ToFacility ; practice2 ; referred_to_practice
        speciality ; specialty ; specialty
        apptDate ; us2 ; appointment_on
        ReceivedDate ; us ; (report_sent_on)
        ApptTime ; 09:30 AM/10:15 AM ;
        refFromP2pNPI ; npi ; referring_npi
        refFromName ; person ; referring_name
        refToP2pNPI ; npi2 ; referred_to_npi
        refToName ; person2 ; referred_to_name
        modifiedDate ; us ; updated_at
        statusUpdateDate ; us ; (updated_at)
    ";

    const CARRIER: &str = "
        BENE_ID ; mrn ; patient_id
        CLM_ID ; id ; claim_id
        NCH_NEAR_LINE_REC_IDENT_CD ; O ;
        NCH_CLM_TYPE_CD ; 71 ;
        CLM_FROM_DT ; sas ; (service_date)
        CLM_THRU_DT ; sas ;
        NCH_WKLY_PROC_DT ; sas ;
        CARR_CLM_ENTRY_CD ; 1 ;
        CLM_DISP_CD ; 01 ;
        CARR_NUM ; 00512 ;
        CARR_CLM_PMT_DNL_CD ; 1 ;
        CLM_PMT_AMT ; money ; (paid_amount)
        CARR_CLM_PRMRY_PYR_PD_AMT ; 0 ;
        RFR_PHYSN_UPIN ;  ;
        RFR_PHYSN_NPI ; npi ; referring_npi
        CARR_CLM_PRVDR_ASGNMT_IND_SW ; A ;
        NCH_CLM_PRVDR_PMT_AMT ; money ; (paid_amount)
        NCH_CLM_BENE_PMT_AMT ; 0 ;
        NCH_CARR_CLM_SBMTD_CHRG_AMT ; money ;
        NCH_CARR_CLM_ALOWD_AMT ; money ;
        CARR_CLM_CASH_DDCTBL_APLD_AMT ; 0 ;
        CARR_CLM_RFRNG_PIN_NUM ; npi ;
        PRNCPAL_DGNS_CD ; icd ; diagnosis_code
        PRNCPAL_DGNS_VRSN_CD ; 0 ;
        ICD_DGNS_CD1 ; icd ; (diagnosis_code)
        ICD_DGNS_VRSN_CD1 ; 0 ;
        ICD_DGNS_CD2 ; icd ;
        CARR_CLM_BLG_NPI_NUM ; npi2 ; billing_npi
        LINE_NUM ; small ;
        CARR_PRFRNG_PIN_NUM ; npi2 ;
        PRF_PHYSN_UPIN ;  ;
        PRF_PHYSN_NPI ; npi2 ; rendering_npi
        ORG_NPI_NUM ; npi2 ; (billing_npi)
        CARR_LINE_PRVDR_TYPE_CD ; 1 ;
        TAX_NUM ; id ;
        PRVDR_STATE_CD ; 44 ;
        PRVDR_ZIP ; zip ;
        PRVDR_SPCLTY ; cms ; specialty
        PRTCPTNG_IND_CD ; 1 ;
        LINE_SRVC_CNT ; small ;
        LINE_CMS_TYPE_SRVC_CD ; 1 ;
        LINE_PLACE_OF_SRVC_CD ; 11/22 ;
        LINE_1ST_EXPNS_DT ; sas ; service_date
        LINE_LAST_EXPNS_DT ; sas ;
        HCPCS_CD ; cpt ; procedure_code
        HCPCS_1ST_MDFR_CD ; 25 ;
        BETOS_CD ; M1B ;
        LINE_NCH_PMT_AMT ; money ; paid_amount
        LINE_BENE_PMT_AMT ; 0 ;
        LINE_PRVDR_PMT_AMT ; money ;
        LINE_BENE_PTB_DDCTBL_AMT ; 0 ;
        LINE_ICD_DGNS_CD ; icd ; (diagnosis_code)
    ";

    const ROSTER: &str = "
        NPI Number ; npi ; npi
        Provider Name ; person ; name
        Credentials ; MD/DO/NP ; (role)
        Primary Specialty ; specialty ; specialty
        Taxonomy ; taxonomy ; taxonomy_code
        Clinic Name ; practice ; practice_name
        Location ID ; small ; practice_id
        Clinic Address ; street ;
        City ; city ;
        State ; state ;
        Zip Code ; zip ; zip
        County ; county ; county
        Latitude ; lat ; lat
        Longitude ; lon ; lon
        Phone ; phone ;
        Fax ; phone ;
        Network Status ; affiliation ; affiliation
        Clinical FTE ; 0.5/1.0/0.8 ; fte
        Accepting New Patients ; yes ; accepts_new_patients
        Primary Location ; yes ; is_primary
        Start Date ; us ; effective_from
        Term Date ;  ; effective_to
        Email ; a@b.example ;
    ";

    const VISITS: &str = "
        Visit Date ; us ; visited_on
        Practice Visited ; practice ; practice_id
        Provider NPI ; npi ; npi
        Activity Type ; visit kind ; kind
        Liaison ; rep ; liaison_id
        Topics Discussed ; topic ; topic
        Outcome ; Positive/Neutral ; outcome
        Notes ; note ;
    ";

    const CAPACITY: &str = "
        Clinic ; practice ; practice_id
        Service Line ; specialty ; specialty
        Week Beginning ; week ; week_of
        New Patient Slots ; count ; slots
        3rd Next Available ; small ; third_next_available_days
    ";

    const POPULATION: &str = "
        ZCTA5 ; zip ; zip
        County Name ; county ; county
        ST ; state ; state
        INTPTLAT ; lat ; lat
        INTPTLONG ; lon ; lon
        Total Population ; people ; population
        Pop 65+ ; count ; population_65_plus
        Under 18 ; count ; population_under_18
        Women 15-44 ; count ; female_15_44
        Median Income ; money ;
    ";

    const ORGANIZATIONS: &str = "
        Org ID ; id ; organization_id
        Organization Name ; practice ; name
        Relationship ; affiliation ; affiliation
        Effective Date ; iso ; effective_from
        City ; city ;
    ";

    const SURVEY: &str = "
        Practice ; practice ; practice_id
        Respondent NPI ; npi ; npi
        Survey Date ; iso ; asked_on
        Overall Rating ; small ; score
        Out of ; 10 ; scale_max
        Comments ; note ;
    ";

    const HOP: &str = "
        from_npi ; npi ; npi_from
        to_npi ; npi2 ; npi_to
        patient_count ; count ; patients
        transaction_count ; more ; transactions
        average_day_wait ; money ;
        std_day_wait ; money ;
    ";

    const SHORT_WORDS: &str = "
        RefNum ; id ; referral_id
        Dt Referred ; us ; referred_on
        Ref Status ; status ; status
        PCP ; person ; referring_name
        PCP NPI ; npi ; referring_npi
        PCP Office ; practice ; referring_practice
        Specialist Seen ; person2 ; referred_to_name
        Specialist Group Name ; practice2 ; referred_to_organization
        Spec Type ; specialty ; specialty
        ICD10 ; icd ; reason_code
        Ins ; payer ; payer
        Pt Acct # ; mrn ; patient_id
        Pt ZIP ; zip ; patient_zip
        Date of Appt ; us2 ; appointment_on
        Date Report Rec'd ; us2 ; report_sent_on
        Valid Thru ; us2 ; expires_on
        Entered By ; rep ;
        Fax ; phone ;
    ";
    const ROSTER_OF_PARTS: &str = "
        Physician NPI # ; npi ; npi
        Last Name ; last ; name
        First Name ; first ; name
        Suffix ; JR. ;
        Degree ; MD/DO ; (role)
        Specialty 1 ; specialty ; specialty
        Specialty 2 ; specialty ;
        Group Practice ; practice ; practice_name
        Office Address ; street ;
        Office City ; city ;
        Office State ; state ;
        Office Zip ; zip ; zip
        Office Phone ; phone ;
        Employed (Y/N) ; yes ;
        Alignment ; affiliation ; affiliation
        FTE ; 0.5/1.0 ; fte
        New Pts? ; yes ; accepts_new_patients
        Hire Dt ; us ; effective_from
        Term Dt ; us2 ; effective_to
    ";
    const LINES: &str = "
        ClaimNo ; id ; claim_id
        LineNo ; small ;
        DOS From ; us ; service_date
        DOS To ; us2 ;
        MemberID ; mrn ; patient_id
        Rendering Prov NPI ; npi2 ; rendering_npi
        Rendering Prov Name ; person2 ;
        Referring Prov NPI ; npi ; referring_npi
        Billing Prov NPI ; npi2 ; billing_npi
        Dx 1 ; icd ; diagnosis_code
        Dx 2 ; icd ;
        CPT/HCPCS ; cpt ; procedure_code
        Modifier 1 ; 25 ;
        POS ; 11/22 ;
        Billed Amt ; money ;
        Allowed Amt ; money ; (paid_amount)
        Paid Amt ; money ; paid_amount
        Plan Name ; payer ; payer
        Member First Name ; first ;
    ";
    const LOG: &str = "
        When ; us ; visited_on
        Who did you see? ; person2 ;
        Practice ; practice ; practice_id
        Rep ; rep ; liaison_id
        Contact Method ; visit kind ; kind
        What was discussed ; topic ; topic
        Follow-up needed ; yes ;
    ";

    const ATHENA: &str = "
        document_id ; id ; referral_id
        document_class ; ORDER ;
        clinical_order_type ; specialty ; (specialty)
        clinical_order_type_group ; REFERRAL/CONSULT ; (service_type)
        clinical_provider_id ; small ; (referred_to_npi)
        department_id ; small ; (referring_department)
        patient_id ; id ; patient_id
        provider_username ; rep ; (referring_name)
        order_datetime ; us3 ; referred_on
        created_datetime ; us3 ; (referred_on)
        received_datetime ; us3 ;
        reviewed_datetime ; us3 ;
        denied_datetime ; us3 ;
        deactivated_datetime ; us3 ;
        deleted_datetime ; us3 ;
        priority ; priority ; priority
        status ; status ; status
        out_of_network_ref_reason_name ; Patient choice/Too far ; status_reason
    ";
    const ORDERS: &str = "
        Order Num ; id ; referral_id
        Ordered Dttm ; iso ; referred_on (age_band)
        Auth Provider ; person ; referring_name
        Auth Provider NPI ; npi ; referring_npi
        Ref To Prov ; person2 ; referred_to_name
        Ref To Dept ; practice2 ; (referred_to_practice)
        Ref To Spec ; specialty ; specialty
        Ref Status ; status ; status
        Primary Dx Code ; icd ; reason_code
        Pat MRN ; mrn ; patient_id
        Pat DOB ; born ; age_band
        Fin Class ; payer ; payer
        Sched Dt ; iso2 ; (scheduled_on) (appointment_on)
        Completed Dt ; iso2 ; completed_on
        Int/Ext ; direction ; direction
        Zip ; zip ; patient_zip
    ";
    const DOCTORS: &str = "
        Doctor ; person ; name
        NPI ; npi ; npi
        Field of Medicine ; specialty ; specialty
        Works At ; practice ; practice_name
        ZIP+4 ; zip ; zip
        Owned by us? ; affiliation ; affiliation
        Days per week ; small ;
        Taking New Patients ; yes ; accepts_new_patients
        Joined ; us ; effective_from
        Left ; us2 ; effective_to
    ";
    const WEEKS: &str = "
        site ; practice ; practice_id
        dept specialty ; specialty ; specialty
        wk of ; week ; week_of
        # new pt slots ; count ; slots
        TNA (days) ; small ; third_next_available_days
        provider count ; small ;
    ";
    const ANSWERS: &str = "
        Clinic Name ; practice ; practice_id
        Date Surveyed ; us ; asked_on
        Satisfaction (1-5) ; 3/4/5 ; score
        Would Recommend ; yes ;
    ";

    /// The header of the monthly file of NPPES: 330 columns.
    fn nppes() -> File {
        let mut file = file("NPPES", "providers", NPPES);
        let of = |name: String, cells: &'static str| (name, cells, "");
        let base = file.columns.split_off(47);
        for at in 1..=15 {
            let meaning = if at == 1 { "taxonomy_code" } else { "" };
            let cells = if at < 3 { "taxonomy" } else { "" };
            file.columns.push((
                format!("Healthcare Provider Taxonomy Code_{at}"),
                cells,
                meaning,
            ));
            file.columns
                .push(of(format!("Provider License Number_{at}"), "mrn"));
            file.columns.push(of(
                format!("Provider License Number State Code_{at}"),
                "state",
            ));
            file.columns.push(of(
                format!("Healthcare Provider Primary Taxonomy Switch_{at}"),
                "yes",
            ));
        }
        for at in 1..=50 {
            file.columns
                .push(of(format!("Other Provider Identifier_{at}"), ""));
            file.columns
                .push(of(format!("Other Provider Identifier Type Code_{at}"), ""));
            file.columns
                .push(of(format!("Other Provider Identifier State_{at}"), ""));
            file.columns
                .push(of(format!("Other Provider Identifier Issuer_{at}"), ""));
        }
        let mut last = base;
        let certification = last.pop().unwrap();
        file.columns.extend(last);
        for at in 1..=15 {
            file.columns
                .push(of(format!("Healthcare Provider Taxonomy Group_{at}"), ""));
        }
        file.columns.push(certification);
        assert_eq!(file.columns.len(), 330);
        file
    }

    const NPPES: &str = "
        NPI ; npi ; npi
        Entity Type Code ; entity ; entity_type
        Replacement NPI ;  ;
        Employer Identification Number (EIN) ; <UNAVAIL> ;
        Provider Organization Name (Legal Business Name) ; practice ; name (practice_name)
        Provider Last Name (Legal Name) ; last ; name
        Provider First Name ; first ; name
        Provider Middle Name ; first ;
        Provider Name Prefix Text ; DR. ;
        Provider Name Suffix Text ; JR. ;
        Provider Credential Text ; M.D./D.O. ; (role)
        Provider Other Organization Name ; practice ;
        Provider Other Organization Name Type Code ; 3 ;
        Provider Other Last Name ; last ;
        Provider Other First Name ; first ;
        Provider Other Middle Name ;  ;
        Provider Other Name Prefix Text ;  ;
        Provider Other Name Suffix Text ;  ;
        Provider Other Credential Text ;  ;
        Provider Other Last Name Type Code ; 1 ;
        Provider First Line Business Mailing Address ; street ;
        Provider Second Line Business Mailing Address ;  ;
        Provider Business Mailing Address City Name ; city ;
        Provider Business Mailing Address State Name ; state ;
        Provider Business Mailing Address Postal Code ; zip ;
        Provider Business Mailing Address Country Code (If outside U.S.) ; US ;
        Provider Business Mailing Address Telephone Number ; 6155550100 ;
        Provider Business Mailing Address Fax Number ; 6155550101 ;
        Provider First Line Business Practice Location Address ; street ;
        Provider Second Line Business Practice Location Address ;  ;
        Provider Business Practice Location Address City Name ; city ;
        Provider Business Practice Location Address State Name ; state ;
        Provider Business Practice Location Address Postal Code ; zip ; zip
        Provider Business Practice Location Address Country Code (If outside U.S.) ; US ;
        Provider Business Practice Location Address Telephone Number ; 6155550102 ;
        Provider Business Practice Location Address Fax Number ; 6155550103 ;
        Provider Enumeration Date ; us ;
        Last Update Date ; us2 ; updated_at
        NPI Deactivation Reason Code ;  ;
        NPI Deactivation Date ; us ; deactivated_on
        NPI Reactivation Date ; us ;
        Provider Sex Code ; M/F ;
        Authorized Official Last Name ; last ;
        Authorized Official First Name ; first ;
        Authorized Official Middle Name ;  ;
        Authorized Official Title or Position ; CEO/Owner ;
        Authorized Official Telephone Number ; 6155550104 ;
        Is Sole Proprietor ; X/Y/N ;
        Is Organization Subpart ; Y/N ;
        Parent Organization LBN ;  ;
        Parent Organization TIN ;  ;
        Authorized Official Name Prefix Text ;  ;
        Authorized Official Name Suffix Text ;  ;
        Authorized Official Credential Text ;  ;
        Certification Date ; us ;
    ";

    const PLAIN: &str = "
        Case ID ; id ; referral_id
        Requested By ; person ; referring_name
        NPI of Referring Provider ; npi ; referring_npi
        Date Ordered ; sas ; referred_on
        Referral State ; status ; status
        Refer To Provider ; person2 ; referred_to_name
        Receiving Facility ; practice2 ; referred_to_practice
        Specialty Requested ; specialty ; specialty
        Priority Level ; priority ; priority
        Age ; age ; age_band
        Payor ; payer ; payer
        Appointment Date/Time ; iso2 ; appointment_on
        Sex ; F/M ;
    ";

    fn files() -> Vec<File> {
        vec![
            file("spreadsheet", "referrals", SPREADSHEET),
            file("Epic", "referrals", EPIC),
            file("eClinicalWorks", "referrals", ECW),
            file("plain words", "referrals", PLAIN),
            nppes(),
            file("carrier", "claims", CARRIER),
            file("roster", "providers", ROSTER),
            file("visits", "visits", VISITS),
            file("capacity", "capacity", CAPACITY),
            file("population", "population", POPULATION),
            file("organizations", "organizations", ORGANIZATIONS),
            file("survey", "satisfaction", SURVEY),
            file("short words", "referrals", SHORT_WORDS),
            file("roster of parts", "providers", ROSTER_OF_PARTS),
            file("claim lines", "claims", LINES),
            file("log", "visits", LOG),
            file("athena", "referrals", ATHENA),
            file("orders", "referrals", ORDERS),
            file("doctors", "providers", DOCTORS),
            file("weeks", "capacity", WEEKS),
            file("answers", "satisfaction", ANSWERS),
            file("hops", "shared_patients", HOP),
        ]
    }

    /// The library with a proposal in it; every proposal has to be a mapping.
    fn parsed(found: &Suggestion) -> Library {
        let own = [(PathBuf::from("mappings/proposed.toml"), found.toml.clone())];
        match Library::with_own(&own) {
            Ok(library) => library,
            Err(error) => panic!("{error}\n{}", found.toml),
        }
    }

    fn mapping(library: &Library) -> &Mapping {
        library.get("proposed").unwrap()
    }

    #[test]
    fn nine_in_ten_columns_are_right_and_no_sure_one_is_wrong() {
        let mut failures = Vec::new();
        for file in files() {
            let found = file.suggestion();
            let (right, all, wrong) = file.measured(&found);
            let is_sure = |line: &String| line.starts_with("sure");
            if found.table != Some(file.table) || right * 10 < all * 9 || wrong.iter().any(is_sure)
            {
                failures.push(format!(
                    "{} {:?} {right} of {all}: {wrong:?}",
                    file.name, found.table
                ));
            }
            assert!(
                found.missing.is_empty(),
                "{} {:?}",
                file.name,
                found.missing
            );
        }
        assert!(failures.is_empty(), "{failures:#?}");
    }

    #[test]
    fn every_proposal_is_a_mapping_that_takes_the_file() {
        for file in files() {
            let found = file.suggestion();
            let library = parsed(&found);
            let mapping = mapping(&library);
            let header = file.header();
            assert_eq!(Some(mapping.table.table), found.table);
            let fit = library
                .get("proposed")
                .map(|proposed| proposed.fit(&header));
            assert!(matches!(fit, Some(crate::Fit::Yes { .. })), "{}", file.name);
            let bound = mapping.bind(&header).unwrap();
            for guess in found.columns.iter().filter(|guess| guess.word() != "guess") {
                let at = mapping.table.index(guess.column).unwrap();
                let value = bound
                    .value(at)
                    .unwrap_or_else(|| panic!("{} {}", file.name, guess.column));
                let read: BTreeSet<&str> = value
                    .places()
                    .into_iter()
                    .map(|at| header[at].as_str())
                    .collect();
                let from: BTreeSet<&str> = guess.from.iter().map(String::as_str).collect();
                assert_eq!(read, from, "{} {}", file.name, guess.column);
            }
        }
    }

    #[test]
    fn no_cell_stands_in_a_proposal_but_words_of_statuses() {
        for file in files() {
            let text = file.suggestion().toml;
            let secret = [
                "id", "mrn", "npi", "person", "person2", "last", "practice", "born", "note",
                "street", "phone",
            ];
            for (_, kind, _) in file
                .columns
                .iter()
                .filter(|(_, kind, _)| secret.contains(kind))
            {
                for row in 0..ROWS {
                    let cell = cell(kind, row);
                    assert!(!text.contains(&cell), "{} {kind}\n{text}", file.name);
                }
            }
        }
    }

    #[test]
    fn names_of_people_and_statuses_are_read_as_they_are_meant() {
        let file = nppes();
        let found = file.suggestion();
        let library = parsed(&found);
        let mapping = mapping(&library);
        let bound = mapping.bind(&file.header()).unwrap();
        let rows = file.rows();
        let read = |column: &str, row: usize| {
            let value = bound.value(mapping.table.index(column).unwrap()).unwrap();
            let cells = |at: usize| Some(rows[row][at].as_str());
            value
                .read(&cells)
                .map(|text| text.into_owned())
                .unwrap_or_default()
        };
        assert_eq!(read("name", 0), "Smith, Ann");
        assert_eq!(
            (read("entity_type", 0), read("entity_type", 5)),
            ("individual".into(), "individual".into())
        );
        let codes = (0..ROWS)
            .map(|row| read("entity_type", row))
            .collect::<BTreeSet<_>>();
        assert_eq!(
            codes.into_iter().collect::<Vec<_>>(),
            ["individual", "organization"]
        );
    }

    #[test]
    fn unknown_statuses_are_listed_to_be_filled_in() {
        let found = file("spreadsheet", "referrals", SPREADSHEET).suggestion();
        assert!(found.toml.contains("\n[words.status]"), "{}", found.toml);
        assert!(
            found.toml.contains("\n# \"Sent to specialist\" = \"\""),
            "{}",
            found.toml
        );
        assert!(!found.toml.contains("\"Open\""));
        assert_eq!(
            found.questions,
            ["What do 2 words of 'Current Status' mean? They stand under [words.status]."]
        );
        let text = found.toml.replace(
            "# \"Sent to specialist\" = \"\"",
            "\"Sent to specialist\" = \"requested\"",
        );
        parsed(&Suggestion {
            toml: text,
            ..found
        });
    }

    #[test]
    fn the_patients_columns_are_left_out() {
        let found = file("spreadsheet", "referrals", SPREADSHEET).suggestion();
        assert!(
            found
                .toml
                .contains("# Left out, since it is the patients' own: Patient Name\n"),
            "{}",
            found.toml
        );
        let expected = "age_band(date(\\\"DOB\\\", 'MM/DD/YYYY'), date(\\\"Date of Referral\\\", 'MM/DD/YYYY'))";
        let other = expected.replace("\\\"", "\"");
        assert!(
            found.toml.contains(expected) || found.toml.contains(&other),
            "{}",
            found.toml
        );
    }

    #[test]
    fn a_patients_column_feeds_nothing_whatever_its_cells_look_like() {
        let propose = |header: &[&str], kinds: &[&str]| {
            let header: Vec<String> = header.iter().map(|name| (*name).to_string()).collect();
            let row = |row: usize| kinds.iter().map(|kind| cell(kind, row)).collect();
            let rows: Vec<Vec<String>> = (0..ROWS).map(row).collect();
            suggest("List", &header, &rows, &Reading::default())
        };
        let header = ["Referral #", "Order Date", "Referring NPI", "Account"];
        let found = propose(&header, &["id", "iso", "npi", "status"]);
        assert_eq!(found.missing, ["status"]);
        assert!(
            found.toml.contains("the patients' own: Account\n"),
            "{}",
            found.toml
        );
        // The same cells under another name are statuses.
        let header = ["Referral #", "Order Date", "Referring NPI", "Flow"];
        assert!(
            propose(&header, &["id", "iso", "npi", "status"])
                .missing
                .is_empty()
        );
        let header = ["Visit Date", "Practice", "Patient Account"];
        let found = propose(&header, &["iso", "practice", "visit kind"]);
        assert_eq!(
            (found.table, &found.missing[..]),
            (Some("visits"), &["kind"][..])
        );
    }

    /// A small list of referrals with one kind of dates.
    fn dated(cells: &[&str]) -> Suggestion {
        let header =
            ["Referral #", "Date of Referral", "Status", "Referring NPI"].map(String::from);
        let row = |at: usize| {
            let day = cells[at % cells.len()].to_string();
            vec![at.to_string(), day, "Open".to_string(), cell("npi", at)]
        };
        let rows: Vec<Vec<String>> = (0..30).map(row).collect();
        let found = suggest("List", &header, &rows, &Reading::default());
        assert_eq!(found.table, Some("referrals"));
        parsed(&found);
        found
    }

    #[test]
    fn dates_that_tell_are_written_and_others_are_asked() {
        let told = dated(&["03/25/2024", "04/02/2024"]);
        assert!(told.questions.is_empty());
        let line = "referred_on = { from = \"Date of Referral\", dates = [\"MM/DD/YYYY\"] }";
        assert!(told.toml.contains(line), "{}", told.toml);
        let plain = dated(&["2024-03-25"]);
        assert!(
            plain.toml.contains("referred_on = \"Date of Referral\""),
            "{}",
            plain.toml
        );
        for (cells, say, question) in [
            (
                &["03/04/2024", "05/06/2024"][..],
                "say which: the first rows don't tell",
                "Does 'Date of Referral' write the month or the day first? Its cells don't tell.",
            ),
            (
                &["03/25/2024", "25/03/2024"][..],
                "say which: the rows contradict each other",
                "'Date of Referral' writes the month first in some cells and the day first in others: which is it?",
            ),
        ] {
            let asked = dated(cells);
            assert_eq!(asked.questions, [question]);
            for form in ["MM/DD/YYYY", "DD/MM/YYYY"] {
                let line = format!("# referred_on.dates = [\"{form}\"]");
                let found = asked.toml.lines().find(|text| text.starts_with(&line));
                assert!(
                    found.is_some_and(|text| text.ends_with(say)),
                    "{}",
                    asked.toml
                );
            }
            // Nothing is declared before the user says so, and one sign less declares it.
            let at = asked
                .toml
                .replace("# referred_on.dates = [\"DD", "referred_on.dates = [\"DD");
            let forms = |text: String| {
                let library = parsed(&Suggestion {
                    toml: text,
                    ..asked.clone()
                });
                let header =
                    ["Referral #", "Date of Referral", "Status", "Referring NPI"].map(String::from);
                let bound = mapping(&library).bind(&header).unwrap();
                bound
                    .dates(3)
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
            };
            assert!(forms(asked.toml.clone()).is_empty());
            assert_eq!(forms(at), ["DD/MM/YYYY"]);
        }
    }

    #[test]
    fn a_required_column_without_a_candidate_is_named_and_stops_the_load() {
        let header = ["Referral #", "Order Date", "Referring NPI", "Specialty"].map(String::from);
        let found = suggest("List", &header, &[], &Reading::default());
        assert_eq!(
            (found.table, &found.missing[..]),
            (Some("referrals"), &["status"][..])
        );
        let line = found
            .toml
            .lines()
            .find(|line| line.starts_with("status = "))
            .unwrap();
        assert!(
            line.contains("# missing: no column of the file looks like it"),
            "{line}"
        );
        let library = parsed(&found);
        let error = mapping(&library).bind(&header).unwrap_err().to_string();
        assert!(error.contains("FILL IN status"), "{error}");
        let nobody = suggest("List", &header[..2], &[], &Reading::default());
        assert_eq!(nobody.missing, ["status", "referring_npi"]);
        assert!(
            nobody.toml.contains("referring_name would do as well"),
            "{}",
            nobody.toml
        );
        parsed(&nobody);
    }

    #[test]
    fn numbers_without_a_header_are_shared_patients() {
        let reading = Reading {
            header_row: Some(0),
            delimiter: Some(b','),
            ..Reading::default()
        };
        for (kinds, columns) in [
            (
                &["npi", "npi2", "more", "count", "small"][..],
                &["npi_from", "npi_to", "transactions", "patients", "same_day"][..],
            ),
            (
                &["npi", "npi2", "count", "more"],
                &["npi_from", "npi_to", "patients", "transactions"],
            ),
            (
                &["npi", "npi2", "count"],
                &["npi_from", "npi_to", "patients"],
            ),
        ] {
            let header: Vec<String> = (1..=kinds.len()).map(|at| format!("column_{at}")).collect();
            let rows = |row: usize| kinds.iter().map(|kind| cell(kind, row)).collect();
            let rows: Vec<Vec<String>> = (0..ROWS).map(rows).collect();
            let found = suggest("Pairs", &header, &rows, &reading);
            assert_eq!(found.table, Some("shared_patients"));
            for (name, column) in header.iter().zip(columns) {
                let guess = found
                    .columns
                    .iter()
                    .find(|guess| guess.column == *column)
                    .unwrap();
                assert_eq!(
                    (&guess.from[..], guess.word()),
                    (&[name.clone()][..], "likely")
                );
            }
            let library = parsed(&found);
            assert!(
                !mapping(&library).read.names.is_empty() && mapping(&library).fits_shapes(&rows)
            );
        }
    }

    #[test]
    fn what_is_no_table_of_ours_gets_nothing() {
        let nothing = |header: &[&str], kinds: &[&str]| {
            let header: Vec<String> = header.iter().map(|name| (*name).to_string()).collect();
            let rows = |row: usize| kinds.iter().map(|kind| cell(kind, row)).collect();
            let rows: Vec<Vec<String>> = (0..ROWS).map(rows).collect();
            let found = suggest("Other", &header, &rows, &Reading::default());
            assert_eq!(found, Suggestion::default(), "{header:?}");
        };
        nothing(&["Dear Dr. Smith,"], &["note"]);
        nothing(
            &["Product", "Price", "Quantity"],
            &["topic", "money", "small"],
        );
        nothing(
            &["id", "name", "type", "created"],
            &["id", "topic", "code", "iso"],
        );
        nothing(&["column_1", "column_2"], &["count", "topic"]);
        nothing(&[], &[]);
        nothing(&["", "?"], &["npi", "npi2"]);
    }

    #[test]
    fn the_form_of_the_file_is_written_where_it_is_given() {
        let header = ["Referral #", "Order Date", "Status", "Referring NPI"].map(String::from);
        let reading = Reading {
            header_row: Some(4),
            delimiter: Some(b'\t'),
            quote: Some(None),
            encoding: Some("windows-1252".to_string()),
            sheet: Some("Referrals".to_string()),
            dates: vec![crate::DatePattern::parse("DD/MM/YYYY").unwrap()],
            missing: vec!["NOT ON FILE".to_string()],
            ..Reading::default()
        };
        let rows = vec![vec![
            "1".to_string(),
            "03/04/2024".to_string(),
            "NOT ON FILE".to_string(),
            String::new(),
        ]];
        let found = suggest("A \"list\"\nof work", &header, &rows, &reading);
        let library = parsed(&found);
        assert_eq!(mapping(&library).read, reading);
        assert_eq!(mapping(&library).title, "A \"list\" of work");
        assert!(found.questions.is_empty());
        let found = suggest("List", &header, &rows, &Reading::default());
        assert!(!found.toml.contains("[read]"));
    }

    /// A name as others might write it: other cases, and other signs between the words.
    fn rewritten(name: &str, seed: &mut u64) -> String {
        let mut next = || {
            *seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            *seed >> 33
        };
        let sign = ["_", " ", "-", "", "  "][(next() % 5) as usize];
        let cased = name.chars().map(|c| {
            if next() % 2 == 0 {
                c.to_ascii_uppercase()
            } else {
                c
            }
        });
        cased.collect::<String>().replace('_', sign)
    }

    fn is_the_identity(layout: &'static Layout, header: &[String], plain: &[&str]) {
        let found = suggest("Canonical", header, &[], &Reading::default());
        assert_eq!(found.table, Some(layout.table), "{header:?}");
        assert!(found.missing.is_empty() && found.questions.is_empty());
        assert_eq!(found.columns.len(), layout.columns.len(), "{header:?}");
        for guess in &found.columns {
            let at = header.iter().position(|name| guess.from == [name.clone()]);
            let at = at.unwrap_or_else(|| panic!("{guess:?} {header:?}"));
            assert_eq!(
                (plain[at], guess.word()),
                (guess.column, "sure"),
                "{header:?}"
            );
        }
        let library = parsed(&found);
        let bound = mapping(&library).bind(header).unwrap();
        assert!(bound.unknown().is_empty());
    }

    #[test]
    fn canonical_headers_are_proposed_as_they_are() {
        for layout in LAYOUTS {
            let plain: Vec<&str> = layout.columns.iter().map(|column| column.name).collect();
            let header: Vec<String> = plain.iter().map(|name| (*name).to_string()).collect();
            is_the_identity(layout, &header, &plain);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn canonical_headers_are_known_in_any_case_spacing_and_order(seed in any::<u64>(), table in 0..LAYOUTS.len()) {
            let layout = LAYOUTS[table];
            let mut plain: Vec<&str> = layout.columns.iter().map(|column| column.name).collect();
            let mut seed = seed;
            for at in (1..plain.len()).rev() {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(97);
                plain.swap(at, (seed >> 33) as usize % (at + 1));
            }
            let header: Vec<String> = plain.iter().map(|name| rewritten(name, &mut seed)).collect();
            is_the_identity(layout, &header, &plain);
        }

        #[test]
        fn any_header_and_cells_give_nothing_or_a_mapping(
            header in prop::collection::vec("(Referral|Status|NPI|Date|Zip|Name|To|From|Practice| |_|[\\PC]|\n|\"|'){0,5}", 0..8),
            cells in prop::collection::vec(prop::collection::vec("\\PC{0,8}|1003033051|Open|03/04/2024|\"'\\\\", 0..9), 0..12),
        ) {
            let found = suggest("Any", &header, &cells, &Reading::default());
            prop_assert_eq!(&found, &suggest("Any", &header, &cells, &Reading::default()));
            if found.table.is_some() {
                parsed(&found);
            } else {
                prop_assert_eq!(found, Suggestion::default());
            }
        }
    }
}
