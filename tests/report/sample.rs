//! A small territory made by hand, with names that try to break out of where they stand.

use catchment_base::{Day, Quarter, Table, TableBuilder};
use catchment_report::{Report, Section};

/// A name that is markup, quotes, an entity and the end of a script.
pub const HOSTILE: &str = "<script>alert('x')</script> & \"Sons\" </script><!-- ]]>";

pub fn quarter() -> Quarter {
    Quarter::of(2026, 3)
}

pub fn as_of() -> Day {
    quarter().last_day()
}

pub fn leakage() -> Table {
    TableBuilder::new("leakage_by_specialty")
        .text(
            "specialty",
            [
                Some("Cardiology"),
                Some("Orthopedic surgery"),
                Some("Rheumatology"),
                Some("all"),
            ],
        )
        .int("n", [Some(1_234), Some(862), Some(17), Some(4_410)])
        .int("leaked", [Some(508), Some(224), Some(5), Some(1_102)])
        .real(
            "leakage",
            [Some(0.4117), Some(0.2599), Some(0.2941), Some(0.2499)],
        )
        .real(
            "leakage_low",
            [Some(0.341), Some(0.218), Some(0.121), Some(0.226)],
        )
        .real(
            "leakage_high",
            [Some(0.489), Some(0.306), Some(0.548), Some(0.275)],
        )
        .real(
            "leakage_change",
            [Some(0.063), Some(-0.012), None, Some(0.011)],
        )
        .real(
            "leakage_change_low",
            [Some(0.012), Some(-0.05), None, Some(-0.01)],
        )
        .real(
            "leakage_change_high",
            [Some(0.114), Some(0.026), None, Some(0.032)],
        )
        .real("leakage_change_q", [Some(0.02), Some(0.61), None, None])
        .finish()
        .unwrap()
}

pub fn lapsed(rows: usize) -> Table {
    let name = |row: usize| {
        Some(if row == 1 || row == 102 {
            HOSTILE.to_string()
        } else {
            format!("Referrer {row}")
        })
    };
    TableBuilder::new("lapsed")
        .text("referring_name", (0..rows).map(name))
        .text(
            "county",
            (0..rows).map(|row| (row != 2).then(|| "Tompkins".to_string())),
        )
        .int("q_3", (0..rows).map(|row| Some(1_500 - row as i64)))
        .int("q_0", (0..rows).map(|_| Some(0)))
        .day(
            "last_on",
            (0..rows).map(|row| Some(as_of().plus(-100 - row as i32))),
        )
        .real("gap_q", (0..rows).map(|row| Some(row as f64 * 0.0004)))
        .real(
            "expected_lapse_loss",
            (0..rows).map(|row| Some(20.0 / (row + 1) as f64)),
        )
        .int("rank", (0..rows).map(|row| Some(row as i64 + 1)))
        .finish()
        .unwrap()
}

pub fn coverage() -> Table {
    TableBuilder::new("coverage")
        .text("source", [Some("epic"), Some("epic"), Some("west")])
        .text("quarter", [Some("2026Q2"), Some("2026Q3"), Some("2026Q3")])
        .int("rows", [Some(8_120), Some(9_034), Some(12)])
        .real(
            "destination_placed_share",
            [Some(0.9412), Some(0.8431), Some(0.75)],
        )
        .text("thin", [None, Some("destination, specialty"), None])
        .day("last_on", [Some(as_of()), Some(as_of()), None])
        .flag("silent", [Some(false), Some(false), Some(true)])
        .finish()
        .unwrap()
}

/// What is shown of it.
pub const COVERAGE: &[&str] = &[
    "source",
    "quarter",
    "rows",
    "destination_placed_share",
    "thin",
    "last_on",
    "silent",
];

pub fn prospects_judged() -> Table {
    let method = |at: usize| ["catchment", "distance"][at];
    TableBuilder::new("prospects_judged")
        .text("method", [0, 1].map(|at| Some(method(at))))
        .real("auc", [Some(0.7312), Some(0.5488)])
        .real("auc_low", [Some(0.61), Some(0.43)])
        .real("auc_high", [Some(0.82), Some(0.66)])
        .int("ties_test", [Some(24), Some(24)])
        .text("note", [Some("24 of 310 candidates gained a tie"); 2])
        .finish()
        .unwrap()
}

/// What is shown of it.
pub const PROSPECTS_JUDGED: &[&str] = &["method", "auc", "ties_test", "note"];

pub fn loads() -> Table {
    TableBuilder::new("load_report")
        .text("file", [Some("epic_2026q3.csv"), Some("roster <old>.xlsx")])
        .int("rows_read", [Some(18_204), Some(412)])
        .int("accepted", [Some(17_990), Some(412)])
        .int("superseded", [Some(120), Some(0)])
        .int("duplicate", [Some(61), Some(0)])
        .int("quarantined", [Some(33), Some(0)])
        .int("set_aside", [Some(0), Some(0)])
        .int("quarantined_bad_npi", [Some(33), Some(0)])
        .int("quarantined_bad_date", [Some(0), Some(0)])
        .finish()
        .unwrap()
}

/// A picture as the charts make it: ids, a pattern, marks with their words.
pub fn picture(name: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 3840 2160\" width=\"1920\" height=\"1080\" \
         role=\"img\" aria-labelledby=\"{name}-title {name}-desc\" font-family=\"'Source Sans 3'\">\n\
         <title id=\"{name}-title\">Old</title>\n<desc id=\"{name}-desc\">Old</desc>\n\
         <defs>\n<pattern id=\"{name}-hatch-0\" width=\"16\" height=\"16\"/></defs>\n\
         <g data-table=\"{name}\" data-key=\"Cardiology\" data-value=\"0.4117\">\n<title>Cardiology: 41.2 %</title>\n\
         <rect x=\"120\" y=\"200\" width=\"2000\" height=\"160\" fill=\"#B83A0A\"/>\n</g>\n\
         <rect x=\"120\" y=\"500\" width=\"900\" height=\"160\" fill=\"url(#{name}-hatch-0)\"/>\n\
         <text x=\"120\" y=\"120\" font-size=\"56\" fill=\"#1F2933\">Leakage of eligible referrals</text>\n</svg>\n"
    )
}

/// Everything that a report borrows.
pub struct Parts {
    pub leakage: Table,
    pub lapsed: Table,
    pub coverage: Table,
    pub prospects_judged: Table,
    pub loads: Table,
    pub pictures: [String; 2],
}

pub const LEAKAGE_TITLE: &str =
    "Cardiology leaks most: 41.2\u{202f}% of 1,234 referrals, +6.3 points on 2026 Q2";
pub const LAPSED_TITLE: &str = "104 lapsed; \"Referrer 0\" & <others> alone sent 20 a quarter";

impl Parts {
    pub fn new(lapsed_rows: usize) -> Self {
        Self {
            leakage: leakage(),
            lapsed: lapsed(lapsed_rows),
            coverage: coverage(),
            prospects_judged: prospects_judged(),
            loads: loads(),
            pictures: ["leakage", "lapsed"].map(picture),
        }
    }

    pub fn report(&self) -> Report<'_> {
        let [leakage, lapsed] = &self.pictures;
        Report {
            organisation: "Finger Lakes <Health> & Partners",
            quarter: quarter(),
            as_of: as_of(),
            summary: vec![LEAKAGE_TITLE.into(), "A sentence that leads nowhere".into()],
            sections: vec![
                Section {
                    name: "leakage",
                    title: LEAKAGE_TITLE,
                    alt: "Bars of leakage by specialty.",
                    svg: leakage,
                    table: &self.leakage,
                    columns: &["specialty", "n", "leaked", "leakage", "leakage_change"],
                    note: "Unknown destinations are 4.1\u{202f}% of all.",
                },
                Section {
                    name: "lapsed",
                    title: LAPSED_TITLE,
                    alt: "Table of referrers & their last quarters.",
                    svg: lapsed,
                    table: &self.lapsed,
                    columns: &[
                        "referring_name",
                        "county",
                        "q_3",
                        "q_0",
                        "last_on",
                        "gap_q",
                        "expected_lapse_loss",
                        "rank",
                    ],
                    note: "",
                },
            ],
            definitions: vec![(
                "leakage".into(),
                "The share that was directed outside.".into(),
            )],
            sources: vec!["epic: 18,204 rows up to 30 Sep 2026".into()],
            coverage: Some((&self.coverage, COVERAGE)),
            prospects_judged: None,
            load_report: &self.loads,
            notes: vec!["Feed \"west\" fell silent in August.".into()],
            missing: vec!["A capacity file would show which sites overflow.".into()],
            credits: vec!["Places: GeoNames (CC BY 4.0).".into()],
            audience: "internal",
        }
    }
}

/// A call list whose cells look like formulas.
pub fn calls() -> Table {
    let formulas = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)"];
    TableBuilder::new("call_list")
        .text("territory", ["North", "North", "South", "South"].map(Some))
        .text("practice_id", formulas.map(Some))
        .text(
            "practice_name",
            ["=HYPERLINK(\"x\")", HOSTILE, "Elm & Oak", "Lake Practice"].map(Some),
        )
        .text(
            "county",
            [Some("Tompkins"), None, Some("Cortland"), Some("Cortland")],
        )
        .text(
            "specialty",
            [
                "Cardiology",
                "Orthopedic surgery",
                "Cardiology",
                "Rheumatology",
            ]
            .map(Some),
        )
        .text("why", ["lapsed"; 4].map(Some))
        .text(
            "evidence",
            ["18 referrals a quarter until spring 2026, none since."; 4].map(Some),
        )
        .text("suggested_topic", ["Waits for new patients"; 4].map(Some))
        .text(
            "conversation_starter",
            ["New patients are seen within two weeks since June."; 4].map(Some),
        )
        .text(
            "last_visit_month",
            [Some("2026-04-17"), Some("2026-03"), None, Some("2025-11")],
        )
        .real(
            "expected_referrals",
            [Some(17.25), Some(3.5), None, Some(1.0)],
        )
        .int("rank", [Some(1), Some(2), Some(1), Some(2)])
        .finish()
        .unwrap()
}
