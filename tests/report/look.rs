#[path = "../charts/made.rs"]
#[allow(dead_code)]
mod made;
use catchment_charts::*;
use catchment_report::*;
#[test]
fn look() {
    let tables = made::tables(made::Case::Usual);
    let frame = Frame {
        size: Size::Body,
        ..Frame::new("Wyoming Valley Health", made::quarter())
    };
    let long = crate::sample::lapsed(640);
    let cols: &[&[&str]] = &[
        &[
            "quarter",
            "working_days",
            "inbound_external",
            "inbound_per_day",
            "limit_low",
            "limit_high",
            "signal",
        ],
        &[
            "specialty",
            "n",
            "leaked",
            "leakage",
            "leakage_change",
            "unknown_destination",
            "not_offered",
        ],
        &[
            "rank",
            "referring_name",
            "practice_name",
            "county",
            "specialty",
            "q_3",
            "q_2",
            "q_1",
            "q_0",
            "days_silent",
            "expected_lapse_loss",
        ],
        &[
            "county",
            "specialty",
            "population",
            "access",
            "benchmark",
            "gap_fte",
            "nearest_km",
            "edge",
            "underserved",
        ],
        &[
            "practice_name",
            "specialty",
            "weekly_demand",
            "weekly_slots",
            "utilisation_4q",
            "backlog_weeks",
            "median_wait_days",
            "status",
        ],
    ];
    let drawn: Vec<_> = CHARTS
        .iter()
        .map(|c| (c, (c.draw)(&tables, &frame).unwrap()))
        .collect();
    let mut sections: Vec<Section> = drawn
        .iter()
        .zip(cols)
        .map(|((c, d), cols)| Section {
            name: c.name,
            title: &d.title,
            alt: &d.alt,
            svg: &d.svg,
            table: tables.get(c.reads[0]).unwrap(),
            columns: cols,
            note: &d.footer,
        })
        .collect();
    sections.push(Section {
        name: "long",
        title: "A long table of 640 rows",
        alt: "x",
        svg: &drawn[2].1.svg,
        table: &long,
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
    });
    let parts = crate::sample::Parts::new(2);
    let mut report = parts.report();
    report.organisation = "Wyoming Valley Health";
    report.summary = drawn.iter().map(|d| d.1.title.clone()).collect();
    report.sections = sections;
    report
        .notes
        .push("4.1\u{202f}% of destinations are unknown; both bounds stand in the table.".into());
    report.definitions = catchment_base::metrics::METRICS
        .iter()
        .take(30)
        .map(|m| (m.name.to_string(), m.sentence.to_string()))
        .collect();
    std::fs::write("/tmp/report.html", html(&report).unwrap()).unwrap();
    let t = crate::sample::calls();
    std::fs::write(
        "/tmp/calls.xlsx",
        call_list(&CallList {
            table: &t,
            organisation: "Wyoming Valley Health",
            quarter: made::quarter(),
            as_of: made::quarter().last_day(),
        })
        .unwrap(),
    )
    .unwrap();
}
