//! What the columns of exports are called: for every canonical column the names that Epic,
//! eClinicalWorks, athenaOne, HL7, FHIR, NPPES and CMS files have for it, and those of plain English.
//! How near a name lies to one of these is `naming`'s business.

/// The names of one canonical column. The column's own name is among them unsaid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Synonyms {
    pub(super) column: &'static str,
    /// Names that mean the column wherever they stand.
    pub(super) strong: Vec<&'static str>,
    /// Names that could mean something else as well.
    pub(super) weak: Vec<&'static str>,
}

/// The names of the columns of a table; none for a table that is not known.
pub(super) fn of(table: &str) -> Vec<Synonyms> {
    let found = TABLES.iter().find(|(name, _)| *name == table);
    found.map_or_else(Vec::new, |(_, text)| {
        text.split(';').filter_map(read).collect()
    })
}

/// One column: its name, a colon, names that are sure, a bar, names that are not; commas between.
fn read(text: &'static str) -> Option<Synonyms> {
    let (column, names) = text.split_once(':')?;
    let (strong, weak) = names.split_once('|').unwrap_or((names, ""));
    let list = |names: &'static str| -> Vec<&'static str> {
        let names = names.split(',').map(str::trim);
        names.filter(|name| !name.is_empty()).collect()
    };
    Some(Synonyms {
        column: column.trim(),
        strong: list(strong),
        weak: list(weak),
    })
}

const TABLES: &[(&str, &str)] = &[
    ("referrals", REFERRALS),
    ("providers", PROVIDERS),
    ("organizations", ORGANIZATIONS),
    ("population", POPULATION),
    ("capacity", CAPACITY),
    ("visits", VISITS),
    ("shared_patients", SHARED_PATIENTS),
    ("claims", CLAIMS),
    ("satisfaction", SATISFACTION),
];

const REFERRALS: &str = "
    referral_id: referral number, referral #, referral no, rfl id, ref id, referral identifier,
        referral key, document_id, order id, originating referral identifier, service request id |
        id, number, document number, external id, external_id_num, identifier, order number,
        authorization number, auth no, case id, record id;
    source: source system, data source | system, origin;
    updated_at: updated date, last updated, last update, last modified, modified date,
        modified on, update_date, change date, last changed, update dttm | statusUpdateDate,
        status date, status change date, version date, last action date, extract date;
    referred_on: referral date, date referred, date of referral, order date, date ordered,
        ordered on, entry date, ref date, order_datetime, authoredOn, referral created date,
        date of order, referral entered date, referral order date, referral effective date | date,
        created_datetime, created date, created on, date created, date entered, entered date,
        effective date, request date, date requested, date of request, start date, refStDate,
        date received, received date, referral start date, date sent;
    status: referral status, current status, rfl_status_c_name, status name, status description,
        order status, workflow status, referral state | state of referral, disposition, stage,
        current state, progress, sched_status_c_name, appointment status;
    status_reason: close_rsn_c_name, deny_rsn_c_name, cancel_rsn_c_name, reject_reason_c_name,
        out_of_network_ref_reason_name, non_pref_prov_rsn_c_name, cancel reason,
        cancellation reason, decline reason, denial reason, close reason, closed reason,
        reason closed, reason declined, reason cancelled, reason for cancellation, leakage reason,
        out of network reason, redirect reason | pend_rsn_c_name, outcome reason,
        reason for status, status comment;
    referring_npi: referring provider npi, refFromP2pNPI, ordering provider npi, ordering npi,
        from npi, referring physician npi, npi of referring provider, requester npi,
        sending provider npi, referrer npi, npi from, referred by npi, authorizing provider npi,
        auth provider npi | referring provider, referring provider id, source npi, pcp npi,
        primary care provider npi;
    referring_name: referring provider, referring provider name, referring physician,
        referring physician name, referring doctor, referrer, referrer name, referred by,
        REFERRING_PROV_ID_REFERRING_PROV_NAM, REFERRING_PROV_NAME, refFromName, ordering provider,
        ordering provider name, ordering physician, from provider, requesting provider,
        referring clinician, sending provider, ref provider name, ordering clinician,
        authorizing provider, auth provider | refFrom, ref by, from, sender, requester,
        requested by, ordered by, provider_username, source provider, sent by, pcp, pcp name,
        primary care provider, primary care physician;
    referring_practice: referring practice name, referring facility, referring clinic,
        referring location, referring office, refd_by_loc_pos_id_loc_name, fromfacility,
        from practice, from clinic, from location, referring site, sending practice,
        sending facility, ordering facility, ordering location | referring organization,
        referring group, practice from, source practice, origin clinic, ordering practice,
        pcp office, pcp practice, pcp clinic;
    referring_department: refd_by_dept_id_external_name, ordering department, from department,
        from dept, sending department, referring department name | department_id, department,
        dept, clinic department;
    setting: encounter setting, order setting, care setting, referral setting, patient class |
        encounter type, place of service, visit setting, location type;
    referred_to_npi: referred to provider npi, refToP2pNPI, to npi, receiving provider npi,
        specialist npi, consulting provider npi, rendering npi, target npi, performer npi, npi to,
        npi of referred to provider, destination npi, servicing provider npi |
        referred to provider, consultant npi, clinical_provider_id;
    referred_to_name: referred to, referred to provider, referred to provider name,
        REFERRAL_PROV_ID_PROV_NAME, refToName, to provider, specialist, specialist name,
        receiving provider, receiving physician, referred to physician, referred to doctor,
        consulting provider, consultant name, sent to provider, referral to provider,
        target provider, servicing provider, destination provider | refTo, sent to, to,
        consultant, performer, destination, recipient, receiver, send to;
    referred_to_practice: referred to facility, referred to clinic, referred to location,
        refd_to_loc_pos_id_loc_name, tofacility, to practice, to clinic, to location,
        receiving practice, receiving facility, receiving clinic, specialist practice,
        destination facility, destination practice, referred to site | facility,
        specialist office, practice to, refd_to_dept_id_external_name, referred to department;
    referred_to_organization: referred to organisation, VENDOR_ID_VENDOR_NAME, referred to vendor,
        to organization, receiving organization, referred to group, destination organization,
        specialist group | vendor, vendor name, referred to health system, organization,
        health system;
    direction: referral direction, rfl_direction_c_name, rfl_class_c_name, referral class,
        internal or external, internal external, incoming or outgoing, in out | class,
        referralType, inbound outbound;
    specialty: referred to specialty, refd_to_spec_c_name, specialty name, speciality,
        referral specialty, requested specialty, specialty requested, specialty referred to,
        service line, to specialty, specialist type, specialist specialty, performerType,
        department specialty | clinical_order_type, prov_spec_c_name, provider specialty,
        specialty type, discipline, service;
    service_type: type of service, service requested type, service category, rfl service type,
        requested service type, care type | rfl_type_c_name, referral type, order type,
        clinical_order_type_group, type of referral, visit type;
    is_renewal: renewal, renewal flag, renewed | extension, reauthorization;
    replaces_id: replaces, replaces referral id, replaced referral id, original referral id,
        prior referral id, parent referral id, previous referral id | parent id,
        linked referral id, original id;
    reason_code: icd 10, icd10 code, icd code, diagnosis code, dx code, primary diagnosis code,
        primary dx, icd-10-cm, primary diagnosis icd | diagnosis, dx, primary diagnosis,
        diagnoses;
    priority: referral priority, priority_c_name, urgency, priority level, order priority,
        priority name | acuity, level of urgency;
    patient_id: pat_id, mrn, patient mrn, medical record number, patient number,
        patient identifier, pat mrn id, emrn, patient account number, chart number, patient key,
        pt id, member id, empi | patient, pt, subject, account number, pat, record number;
    patient_zip: patient zip code, pat_zip, patient postal code, pt zip, zip of patient,
        patient home zip, member zip | zip, zip code, postal code;
    age_band: age group, age range, patient age group, age category | age class, age bracket;
    payer: payor, payer name, payor name, PAYOR_ID_PAYOR_NAME, insurance, insurance name,
        primary insurance, insurance company, primary payer, primary payor, coverage name,
        insurance carrier, health plan, insurer, financial class, insurance plan, payer type,
        fin class | plan, plan name, coverage, carrier, insId, insurance type, benefit plan;
    scheduled_on: date scheduled, scheduled date, booked on, booking date, date booked,
        appointment made date, appt made date, scheduling date, appointment booked date,
        appt booked on | schedule date, sched date, sched_by_date;
    appointment_on: appointment date, appt date, date of appointment, appointment datetime,
        appt dttm, appt datetime, first appointment date, next appointment, appointment time,
        scheduled appointment date | appointment, appt, visit date, date of visit, scheduled for;
    completed_on: completed date, date completed, completion date, date seen, seen on, seen date,
        visit completed date, date of completed visit | closed date, date closed, serv_date,
        service date, date of service, checkin date, arrived date;
    report_sent_on: report sent date, rpt_sent_date, report received date, rpt_received_date,
        consult note sent date, report date, consult report date, consult note date,
        loop closed date, note sent date, report back | result date, notes received,
        consult note received, letter sent;
    expires_on: expiration date, exp date, expires, expiry date, refEnddate, referral end date,
        referral expiration date, authorization expiration date, valid until, date expires,
        valid to, auth exp date, expiration, valid thru, valid through | end date,
        termination date
";

const PROVIDERS: &str = "
    npi: npi number, provider npi, individual npi, npi id, national provider identifier,
        rndrng npi, npi no, physician npi, clinician npi, type 1 npi | ind_npi, provider id,
        identifier, provider number, doctor npi;
    name: provider name, physician name, full name, doctor name, clinician name,
        provider full name, provider, physician, doctor, clinician, prov name, practitioner name,
        practitioner, display name | name of provider, surgeon, staff member;
    entity_type: entity type code, npi type, provider entity type, enumeration type |
        individual or organization, record type;
    role: provider role, provider type, clinician type, staff type, position, provider category,
        job role | type, title, credential, credentials, employment type;
    taxonomy_code: taxonomy, nucc code, provider taxonomy, primary taxonomy code,
        primary taxonomy, healthcare provider taxonomy code 1, taxonomy 1, nucc taxonomy code |
        healthcare provider taxonomy code, specialty code;
    specialty: speciality, primary specialty, pri_spec, provider specialty, specialty name,
        specialty description, physician specialty, medical specialty, prov spec | department,
        discipline, service line, subspecialty, practice area;
    organization_id: org id, org_pac_id, group pac id, parent organization id, health system id,
        organization npi, tin, tax id, group id, system id | organization, health system,
        organization name, group, facility id, employer, parent organization;
    affiliation: affiliation status, network status, network affiliation, alignment,
        aligned status, employment status, relationship | network, employed, aligned;
    practice_id: location id, site id, practice number, clinic id, site code, office id,
        practice location id, practice code, adrs_id, location code | site, location number,
        department id;
    practice_name: practice, clinic name, clinic, office name, location name, practice location,
        site name, facility name, group name, org_nm, organization legal name,
        practice location name, office | location, facility, medical group, doing business as,
        department name, legal business name, works at, practices at;
    zip: zip code, postal code, practice zip, practice zip code,
        Provider Business Practice Location Address Postal Code, office zip, location zip,
        practice location zip, practice postal code, zip5, zip plus 4, clinic zip, site zip,
        work zip | zip cd;
    lat: latitude, practice latitude, y coordinate, geo lat, lat dd | y;
    lon: longitude, long, lng, practice longitude, x coordinate, geo lon, lon dd | x;
    county: county name, practice county, county of practice | county fips, county code;
    fte: clinical fte, cfte, full time equivalent, fte status, work fte, fte percent | effort,
        time share;
    is_primary: primary location, primary practice, primary location flag, is primary location,
        primary site, primary flag, main location | primary, main;
    accepts_new_patients: accepting new patients, open to new patients, new patients accepted,
        accepting patients, panel open, open panel, taking new patients | panel status, accepting,
        new pts;
    age_bands: ages seen, age groups seen, patient ages, ages treated, age range seen, age groups
        | ages, age;
    payers_accepted: insurance accepted, insurances accepted, accepted insurance, accepted payers,
        plans accepted, payers, accepted plans, accepted insurances, networks accepted |
        insurance, insurances, plans;
    effective_from: effective date, start date, hire date, active from, from date,
        effective start date, valid from, date of hire, joined on, join date, date hired,
        employment start date | from, begin date, since, start;
    effective_to: end date, termination date, term date, effective end date, valid to,
        valid until, active to, left on, departure date, date of termination, employment end date
        | to, until, end, to date, thru;
    deactivated_on: npi deactivation date, deactivation date, date deactivated, deactivated date |
        inactive date, inactivation date;
    updated_at: updated date, last updated, last update, last update date, last modified,
        modified date, last changed, update_date | extract date, version date;
    is_register: register, register row | public
";

const ORGANIZATIONS: &str = "
    organization_id: org id, organisation id, health system id, system id, tin, tax id,
        org_pac_id, group id, organization number, organization code, organization npi | id, npi,
        ccn, code, entity id, company id;
    name: organization name, organisation name, org name, organization, health system name,
        legal business name, system name, legal name, group name, health system, company name,
        organisation | entity name, company, hospital name, facility name;
    affiliation: network status, affiliation status, alignment, relationship, network affiliation,
        organization affiliation, affiliation type | status, type, class, network;
    effective_from: effective date, start date, valid from, from date, active from,
        affiliated since | from, since, start;
    effective_to: end date, termination date, valid to, valid until, to date, active to,
        affiliated until | to, until, end
";

const POPULATION: &str = "
    zip: zip code, zcta, zcta5, postal code, zip5, zcta5ce20, zcta5ce10, zip code tabulation area
        | geoid, geoid20, geography, name;
    county: county name, cnty, county of residence | county fips, county code;
    state: state code, state abbreviation, state id, st, state name, usps state, state abbr |
        state fips;
    lat: latitude, intptlat, centroid lat, intptlat20, y coordinate | y;
    lon: longitude, long, lng, intptlong, intptlon, centroid lon, intptlong20, x coordinate | x;
    population: total population, pop, residents, people, inhabitants, tot pop, population total,
        pop total, census population, b01003_001e, number of residents, number of people | total,
        persons, estimate;
    population_65_plus: pop 65, population 65 and over, pop65plus, 65 and over, 65+, 65 plus,
        population over 65, population 65 and older, age 65 and over, seniors | elderly, over 65;
    population_under_18: pop under 18, under 18, children, pop 0 17, population 0 17, age 0 17,
        minors | 0 17, young;
    female_15_44: women 15 44, females 15 to 44, women of childbearing age, women 15 to 44,
        female population 15 44 | women;
    growth_5y: five year growth, 5 year growth, growth rate 5 years, projected growth,
        population growth, 5 yr growth | growth;
    county_type: county class, rurality, county designation, cms county type,
        county classification | rural urban, metro status, urbanicity
";

const CAPACITY: &str = "
    practice_id: practice, practice name, location, clinic, site, location id, site id, clinic id,
        department id, practice location, clinic name, practice number, site code, location name,
        office, department name, department | dept, facility, place, group;
    specialty: speciality, service line, department specialty, specialty name, provider specialty,
        clinic specialty, visit specialty | service, discipline;
    week_of: week, week start, week starting, week beginning, week begin date, week start date,
        week ending, schedule week, wk, week date, calendar week | date, day, period, start date,
        schedule date;
    slots: open slots, new patient slots, slots offered, available slots, new patient openings,
        openings, appointment slots, new slots, np slots, new patient capacity, number of slots,
        capacity, new patient appointments, slots available, slot count, open appointments |
        available, appointments, count, new patients, visits;
    third_next_available_days: third next available, third next available appointment, tna, tnaa,
        3rd next available, days to third next available, tna days, third next available in days,
        3rd next available days | wait days, days out, wait time, lead time
";

const VISITS: &str = "
    practice_id: practice, practice name, clinic, office, site, location, practice visited,
        clinic name, office visited, account, account name, practice location, clinic id, site id,
        office name | organization, group, where, facility, company;
    npi: provider npi, physician npi, npi visited, contact npi, npi number, doctor npi,
        npi of provider | provider, provider id, physician id;
    visited_on: visit date, date of visit, date visited, activity date, contact date, call date,
        meeting date, event date, date of contact, interaction date, touchpoint date | date, day,
        when, completed date, created date;
    kind: visit type, activity type, type of visit, contact type, kind of visit, interaction type,
        activity, type of contact, touchpoint type, type of activity, meeting type | type,
        channel, method, category, mode;
    liaison_id: liaison, liaison name, physician liaison, rep, representative, rep name,
        outreach representative, sales rep, account manager, relationship manager | owner,
        visited by, user, assigned to, staff, by, who;
    topic: subject, topic discussed, topics, agenda, purpose, purpose of visit, reason for visit,
        discussion topic, topics discussed, service line discussed, what was discussed, discussed
        | about, reason, campaign, theme;
    outcome: result, visit outcome, visit result, outcome of visit, call result, disposition |
        follow up, next step, status, feedback
";

const SHARED_PATIENTS: &str = "
    npi_from: from npi, npi 1, first npi, referring npi, source npi, npi a, sender npi,
        initial npi, physician npi 1, npi number 1 | from, source, provider 1, provider a, node 1;
    npi_to: to npi, npi 2, second npi, referred to npi, target npi, npi b, destination npi,
        receiving npi, physician npi 2, npi number 2 | to, target, provider 2, provider b,
        destination, node 2;
    transactions: transaction count, pair count, pairs, shared visits, encounter count,
        number of transactions, claim count, total transactions, shared transactions | count,
        visits, encounters, events, weight;
    patients: patient count, shared patients, number of patients, bene count, beneficiary count,
        unique patients, shared patient count, distinct patients, number of shared patients,
        beneficiaries, patient total | persons, members, people;
    same_day: same day count, same day patients, same day visits, number of same day |
        sameday total;
    period_from: period start, from date, start date, period begin, year start, window start |
        start, begin;
    period_to: period end, to date, end date, period through, year end, window end | end, thru
";

const CLAIMS: &str = "
    claim_id: clm_id, claim number, claim no, claim #, icn, claim control number, dcn,
        claim identifier, claim key, internal control number, clm num, encounter claim id | id,
        line id, transaction id, encounter id, header id;
    service_date: date of service, dos, line_1st_expns_dt, service from date,
        from date of service, service start date, first service date, svc date, dos from,
        service date from, line service date, begin date of service | clm_from_dt,
        claim from date, from date, from_dt, date, claim date, start date;
    rendering_npi: rendering provider npi, prf_physn_npi, performing npi, performing provider npi,
        rendering physician npi, servicing provider npi, rndrng_physn_npi,
        performing physician npi, servicing npi, treating npi, treating provider npi |
        at_physn_npi, attending npi, attending provider npi, provider npi, npi, op_physn_npi,
        provider;
    referring_npi: referring provider npi, rfr_physn_npi, referring physician npi,
        referred by npi, ref npi, ordering npi, ordering provider npi, referrer npi |
        referring provider, ordering provider, referral npi;
    billing_npi: billing provider npi, carr_clm_blg_npi_num, bill npi, billing group npi,
        pay to npi, billing organization npi, blg npi | org_npi_num, organization npi, group npi,
        facility npi, billing provider;
    patient_id: bene_id, member id, beneficiary id, desynpuf_id, person id, patient identifier,
        mrn, enrolid, subscriber id, enrollee id, patient number, patient key, member number,
        mbr id | patient, member, person, subject;
    specialty: prvdr_spclty, provider specialty, rendering provider specialty,
        rendering specialty, specialty code, provider specialty code, speciality, specialty name |
        service line, carr_line_prvdr_type_cd, provider type;
    diagnosis_code: dx code, icd code, icd10, icd 10 code, primary diagnosis code,
        prncpal_dgns_cd, principal diagnosis code, primary dx, dx1, icd_dgns_cd1,
        primary diagnosis, diag code, diagnosis 1, diagnosis code 1, principal diagnosis |
        diagnosis, dx, line_icd_dgns_cd, line diagnosis code;
    procedure_code: cpt, hcpcs_cd, hcpcs, cpt code, hcpcs code, proc code, cpt hcpcs, cpt4,
        procedure, service code, cpt hcpcs code | proc, code;
    paid_amount: paid amt, amount paid, line_nch_pmt_amt, payment amount, allowed paid, paid,
        plan paid amount, total paid, net paid, line payment amount | clm_pmt_amt,
        claim payment amount, payment, allowed amount, amount, nch_clm_prvdr_pmt_amt;
    payer: payor, payer name, payor name, insurance, insurance name, health plan,
        insurance company, plan name, primary payer, insurer, carrier name, primary insurance |
        plan, line of business, carrier, coverage, lob, product
";

const SATISFACTION: &str = "
    practice_id: practice, practice name, clinic, site, location, office, practice location,
        clinic id, site id, clinic name, office name | organization, group, account, company;
    npi: provider npi, physician npi, respondent npi, npi number, referring npi, referrer npi,
        referring provider npi | provider, respondent, physician id;
    asked_on: survey date, date surveyed, response date, date of survey, answered on, date answered,
        survey response date, date asked, survey sent date, date of response, answer date,
        responded on | date, sent date, day, completed date, received date;
    score: satisfaction score, survey score, rating, satisfaction, nps score, overall score,
        overall rating, satisfaction rating, overall satisfaction, likelihood to recommend,
        score given | answer, value, points, result, response, nps, grade;
    scale_max: scale, max score, maximum score, out of, scale maximum, max rating,
        points possible, highest score, score out of, top of scale | max, maximum, of
";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::canonical::LAYOUTS;
    use crate::vocabulary::fold;

    #[test]
    fn every_canonical_column_has_names_and_no_strong_name_means_two() {
        for layout in LAYOUTS {
            let known = of(layout.table);
            let columns: Vec<&str> = known.iter().map(|synonyms| synonyms.column).collect();
            let canonical: Vec<&str> = layout.columns.iter().map(|c| c.name).collect();
            assert_eq!(columns, canonical);
            let mut seen: BTreeSet<String> = canonical.iter().map(|name| fold(name)).collect();
            for synonyms in &known {
                assert!(!synonyms.strong.is_empty(), "{}", synonyms.column);
                for name in &synonyms.strong {
                    assert!(
                        seen.insert(fold(name)),
                        "{}: {name} stands twice",
                        layout.table
                    );
                }
            }
        }
        assert!(of("prose").is_empty());
    }
}
