//! The canonical layout: the tables that come in, their columns, and what each cell must be.

use arrow::datatypes::{DataType, Field, Schema, TimeUnit};

use crate::vocabulary;

/// What a cell must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text as it is, trimmed.
    Text,
    /// A National Provider Identifier.
    Npi,
    /// A calendar day.
    Day,
    /// A day that must not lie in the file's future.
    PastDay,
    /// A day with a time of day.
    Moment,
    /// Five digits.
    Zip,
    /// A referral's status, through the vocabulary.
    Status,
    /// Why a referral was cancelled, declined, redirected or sent outside.
    Reason,
    /// One word of a list; others empty the field.
    Word(&'static [&'static str]),
    /// A list of age bands.
    AgeBands,
    /// A number of zero or more.
    Amount,
    /// A number from the first to the second, both included.
    Between(i32, i32),
    /// A whole number of zero or more.
    Count,
    /// True or false.
    Flag,
    /// A patient's identifier, hashed before it is written anywhere.
    Patient,
}

/// A column of a canonical table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What a cell must be.
    pub kind: Kind,
    /// Whether a row without it is quarantined.
    pub required: bool,
}

/// A canonical table.
#[derive(Debug, PartialEq, Eq)]
pub struct Layout {
    /// Its name, which is also the lake table's.
    pub table: &'static str,
    /// Its columns.
    pub columns: &'static [Column],
    /// Of these columns at least one must be filled in.
    pub one_of: &'static [&'static str],
    /// What tells one row from another, apart from its versions.
    pub key: &'static [&'static str],
    /// The column that gives the file's median day where no row says when it was updated.
    pub day: Option<&'static str>,
}

const AGE_BANDS: &[&str] = &["0-17", "18-64", "65+"];
const AFFILIATIONS: &[&str] = &["own", "affiliated", "independent", "competitor"];

const fn must(name: &'static str, kind: Kind) -> Column {
    Column {
        name,
        kind,
        required: true,
    }
}

const fn may(name: &'static str, kind: Kind) -> Column {
    Column {
        name,
        kind,
        required: false,
    }
}

/// Referrals, one row a version.
pub static REFERRALS: Layout = Layout {
    table: "referrals",
    columns: &[
        must("referral_id", Kind::Text),
        may("source", Kind::Text),
        may("updated_at", Kind::Moment),
        must("referred_on", Kind::PastDay),
        must("status", Kind::Status),
        may("status_reason", Kind::Reason),
        may("referring_npi", Kind::Npi),
        may("referring_name", Kind::Text),
        may("referring_practice", Kind::Text),
        may("referring_department", Kind::Text),
        may(
            "setting",
            Kind::Word(&["office", "telehealth", "urgent_care", "ed", "inpatient"]),
        ),
        may("referred_to_npi", Kind::Npi),
        may("referred_to_name", Kind::Text),
        may("referred_to_practice", Kind::Text),
        may("referred_to_organization", Kind::Text),
        may(
            "direction",
            Kind::Word(&["internal", "outgoing", "incoming"]),
        ),
        may("specialty", Kind::Text),
        may(
            "service_type",
            Kind::Word(&[
                "consult",
                "procedure",
                "imaging",
                "lab",
                "therapy",
                "dme",
                "post_acute",
            ]),
        ),
        may("is_renewal", Kind::Flag),
        may("replaces_id", Kind::Text),
        may("reason_code", Kind::Text),
        may("priority", Kind::Word(&["routine", "urgent", "stat"])),
        may("patient_id", Kind::Patient),
        may("patient_zip", Kind::Zip),
        may("age_band", Kind::Word(AGE_BANDS)),
        may("payer", Kind::Text),
        may("scheduled_on", Kind::PastDay),
        may("appointment_on", Kind::Day),
        may("completed_on", Kind::PastDay),
        may("report_sent_on", Kind::PastDay),
        may("expires_on", Kind::Day),
    ],
    one_of: &["referring_npi", "referring_name"],
    key: &["source", "referral_id"],
    day: Some("referred_on"),
};

/// Providers: the roster.
pub static PROVIDERS: Layout = Layout {
    table: "providers",
    columns: &[
        must("npi", Kind::Npi),
        may("name", Kind::Text),
        may("entity_type", Kind::Word(&["individual", "organization"])),
        may(
            "role",
            Kind::Word(&["physician", "app", "resident", "locum", "hospitalist"]),
        ),
        may("taxonomy_code", Kind::Text),
        may("specialty", Kind::Text),
        may("organization_id", Kind::Text),
        may("affiliation", Kind::Word(AFFILIATIONS)),
        may("practice_id", Kind::Text),
        may("practice_name", Kind::Text),
        may("zip", Kind::Zip),
        may("lat", Kind::Between(-90, 90)),
        may("lon", Kind::Between(-180, 180)),
        may("county", Kind::Text),
        may("fte", Kind::Amount),
        may("is_primary", Kind::Flag),
        may("accepts_new_patients", Kind::Flag),
        may("age_bands", Kind::AgeBands),
        may("payers_accepted", Kind::Text),
        may("effective_from", Kind::Day),
        may("effective_to", Kind::Day),
        may("deactivated_on", Kind::Day),
        // When the row was last changed: the later of two rows of one key counts.
        may("updated_at", Kind::Moment),
        // A register lists everybody and knows nobody's affiliation: it gives way to a roster.
        may("is_register", Kind::Flag),
    ],
    one_of: &[],
    key: &["npi", "practice_id", "effective_from"],
    day: None,
};

/// Organizations.
pub static ORGANIZATIONS: Layout = Layout {
    table: "organizations",
    columns: &[
        must("organization_id", Kind::Text),
        may("name", Kind::Text),
        must("affiliation", Kind::Word(AFFILIATIONS)),
        may("effective_from", Kind::Day),
        may("effective_to", Kind::Day),
    ],
    one_of: &[],
    key: &["organization_id", "effective_from"],
    day: None,
};

/// People by ZIP code.
pub static POPULATION: Layout = Layout {
    table: "population",
    columns: &[
        must("zip", Kind::Zip),
        may("county", Kind::Text),
        may("state", Kind::Text),
        may("lat", Kind::Between(-90, 90)),
        may("lon", Kind::Between(-180, 180)),
        must("population", Kind::Count),
        may("population_65_plus", Kind::Count),
        may("population_under_18", Kind::Count),
        may("female_15_44", Kind::Count),
        may("growth_5y", Kind::Between(-1_000, 1_000)),
        may(
            "county_type",
            Kind::Word(&["large_metro", "metro", "micro", "rural", "ceac"]),
        ),
    ],
    one_of: &[],
    key: &["zip"],
    day: None,
};

/// New-patient slots by site, specialty and week.
pub static CAPACITY: Layout = Layout {
    table: "capacity",
    columns: &[
        must("practice_id", Kind::Text),
        must("specialty", Kind::Text),
        must("week_of", Kind::Day),
        must("slots", Kind::Count),
        may("third_next_available_days", Kind::Amount),
    ],
    one_of: &[],
    key: &["practice_id", "specialty", "week_of"],
    day: None,
};

/// The liaison's log.
pub static VISITS: Layout = Layout {
    table: "visits",
    columns: &[
        may("practice_id", Kind::Text),
        may("npi", Kind::Npi),
        must("visited_on", Kind::PastDay),
        must(
            "kind",
            Kind::Word(&["visit", "call", "event", "announcement"]),
        ),
        may("liaison_id", Kind::Text),
        may("topic", Kind::Text),
        may("outcome", Kind::Text),
    ],
    one_of: &["practice_id", "npi"],
    key: &[
        "practice_id",
        "npi",
        "visited_on",
        "kind",
        "liaison_id",
        "topic",
    ],
    day: Some("visited_on"),
};

/// Pairs of providers who share patients, as CMS and others count them from claims.
pub static SHARED_PATIENTS: Layout = Layout {
    table: "shared_patients",
    columns: &[
        must("npi_from", Kind::Npi),
        must("npi_to", Kind::Npi),
        may("transactions", Kind::Count),
        must("patients", Kind::Count),
        may("same_day", Kind::Count),
        may("period_from", Kind::Day),
        may("period_to", Kind::Day),
    ],
    one_of: &[],
    key: &["npi_from", "npi_to", "period_from", "period_to"],
    day: None,
};

/// Medical claims, one row a line of a claim.
pub static CLAIMS: Layout = Layout {
    table: "claims",
    columns: &[
        must("claim_id", Kind::Text),
        must("service_date", Kind::PastDay),
        must("rendering_npi", Kind::Npi),
        may("referring_npi", Kind::Npi),
        may("billing_npi", Kind::Npi),
        may("patient_id", Kind::Patient),
        may("specialty", Kind::Text),
        may("diagnosis_code", Kind::Text),
        may("procedure_code", Kind::Text),
        // Reversals are negative.
        may("paid_amount", Kind::Between(-1_000_000_000, 1_000_000_000)),
        may("payer", Kind::Text),
    ],
    one_of: &[],
    key: &[
        "claim_id",
        "service_date",
        "rendering_npi",
        "procedure_code",
    ],
    day: Some("service_date"),
};

/// How referrers answered when they were asked.
pub static SATISFACTION: Layout = Layout {
    table: "satisfaction",
    columns: &[
        may("practice_id", Kind::Text),
        may("npi", Kind::Npi),
        must("asked_on", Kind::PastDay),
        must("score", Kind::Amount),
        may("scale_max", Kind::Amount),
    ],
    one_of: &["practice_id", "npi"],
    key: &["practice_id", "npi", "asked_on"],
    day: Some("asked_on"),
};

/// Every table that comes in.
pub static LAYOUTS: &[&Layout] = &[
    &REFERRALS,
    &PROVIDERS,
    &ORGANIZATIONS,
    &POPULATION,
    &CAPACITY,
    &VISITS,
    &SHARED_PATIENTS,
    &CLAIMS,
    &SATISFACTION,
];

/// What the program adds to each stored row: where it came from, and what tells versions apart.
pub static SYSTEM_COLUMNS: &[&str] = &["file_latest_on", "content_hash", "load_id", "row_number"];

impl Kind {
    /// Whether a trimmed cell says that there is no value of this kind.
    pub fn is_missing(self, cell: &str) -> bool {
        match self {
            Self::Text | Self::Patient => vocabulary::is_absent(cell),
            _ => vocabulary::is_missing(cell),
        }
    }

    /// Whether it is a day or a moment.
    pub fn is_date(self) -> bool {
        matches!(self, Self::Day | Self::PastDay | Self::Moment)
    }

    /// The Arrow type that such a cell has in the lake.
    pub fn arrow(self) -> DataType {
        match self {
            Self::Day | Self::PastDay => DataType::Date32,
            Self::Moment => DataType::Timestamp(TimeUnit::Microsecond, None),
            Self::Amount | Self::Between(..) => DataType::Float64,
            Self::Count => DataType::Int64,
            Self::Flag => DataType::Boolean,
            _ => DataType::Utf8,
        }
    }
}

impl Layout {
    /// Whether its rows are about single patients.
    pub fn has_patients(&self) -> bool {
        self.columns.iter().any(|c| c.kind == Kind::Patient)
    }

    /// The layout of a table.
    pub fn of(table: &str) -> Option<&'static Layout> {
        LAYOUTS.iter().copied().find(|l| l.table == table)
    }

    /// The column's place in the layout.
    pub fn index(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.name == column)
    }

    /// The schema of its rows in the lake: its columns, then those of the program.
    pub fn schema(&self) -> Schema {
        let own = self
            .columns
            .iter()
            .map(|c| Field::new(c.name, c.kind.arrow(), true));
        let system = [
            Field::new("file_latest_on", DataType::Date32, true),
            Field::new("content_hash", DataType::Utf8, true),
            Field::new("load_id", DataType::Utf8, true),
            Field::new("row_number", DataType::Int64, true),
        ];
        Schema::new(own.chain(system).collect::<Vec<_>>())
    }
}

/// The schema of the quarantine: which row of which file, why, and its cells without the patient's.
pub fn quarantine_schema() -> Schema {
    Schema::new(vec![
        Field::new("table_name", DataType::Utf8, true),
        Field::new("file", DataType::Utf8, true),
        Field::new("row_number", DataType::Int64, true),
        Field::new("reasons", DataType::Utf8, true),
        Field::new("cells", DataType::Utf8, true),
        Field::new("byte_offset", DataType::Int64, true),
        Field::new("byte_length", DataType::Int64, true),
        Field::new("load_id", DataType::Utf8, true),
    ])
}
