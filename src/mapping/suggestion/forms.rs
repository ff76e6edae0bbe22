//! In which forms the dates of a column are written, and whether the sample tells the day from the
//! month. Where it does not, nobody guesses: the user is asked.

use crate::dates::DatePattern;
use crate::days::{Dates, DayOrder, moment_of};
use crate::evidence::{Evidence, Verdict};

/// Forms with the name of the month and two digits of the year: they mean one day, but are read only
/// where they are declared.
const NAMED: &[&str] = &[
    "DD-Mon-YY",
    "DD Mon YY",
    "DDMonYY",
    "Mon DD, YY",
    "DD/Mon/YY",
];

/// What a mapping has to say of the dates of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Forms {
    /// Nothing: each cell can mean one day only.
    Plain,
    /// These forms, as the cells tell.
    Told(Vec<String>),
    /// One of these lists, which the user has to say.
    Asked {
        /// With the month first, and with the day first.
        either: [Vec<String>; 2],
        /// Whether some cells say the one and some the other.
        is_mixed: bool,
    },
}

/// How a cell like `03/04/2024` or `3/4/24` is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Written {
    sign: char,
    has_short_year: bool,
}

impl Written {
    fn of(cell: &str) -> Option<(Self, String)> {
        let day = cell.split([' ', 'T']).next()?;
        let sign = day.chars().find(|c| !c.is_ascii_digit())?;
        let parts: Vec<&str> = day.split(sign).collect();
        let is_number = |part: &&str| part.bytes().all(|b| b.is_ascii_digit());
        let [first, second, year] = parts[..] else {
            return None;
        };
        let is_short = |part: &str| (1..=2).contains(&part.len());
        let fits = matches!(sign, '/' | '-' | '.')
            && parts.iter().all(is_number)
            && is_short(first)
            && is_short(second)
            && matches!(year.len(), 2 | 4);
        let has_short_year = year.len() == 2;
        let century = if has_short_year { "20" } else { "" };
        let whole = format!("{first}{sign}{second}{sign}{century}{year}");
        fits.then_some((
            Self {
                sign,
                has_short_year,
            },
            whole,
        ))
    }

    fn form(self, order: DayOrder) -> String {
        let Self {
            sign,
            has_short_year,
        } = self;
        let year = if has_short_year { "YY" } else { "YYYY" };
        match order {
            DayOrder::MonthFirst => format!("MM{sign}DD{sign}{year}"),
            DayOrder::DayFirst => format!("DD{sign}MM{sign}{year}"),
        }
    }
}

/// Whether a cell is a day in any form.
pub(super) fn is_day(cell: &str) -> bool {
    if moment_of(cell, chrono_tz::UTC, &Dates::default()).is_some() {
        return true;
    }
    match Written::of(cell) {
        Some((_, whole)) => {
            let orders = [DayOrder::MonthFirst, DayOrder::DayFirst];
            orders.into_iter().any(|order| {
                let dates = Dates {
                    patterns: Vec::new(),
                    order: Some(order),
                };
                moment_of(&whole, chrono_tz::UTC, &dates).is_some()
            })
        }
        None => named(cell).is_some(),
    }
}

/// The form with the month's name and a short year that a cell is written in.
fn named(cell: &str) -> Option<&'static str> {
    let has_letters = cell.bytes().any(|b| b.is_ascii_alphabetic());
    if !has_letters || cell.len() > 30 {
        return None;
    }
    NAMED.iter().copied().find(|form| {
        DatePattern::parse(form).is_ok_and(|form| form.read(cell, chrono_tz::UTC).is_some())
    })
}

/// The forms of a column's cells.
pub(super) fn forms(cells: &[&str]) -> Forms {
    let mut evidence = Evidence::default();
    let mut written: Vec<Written> = Vec::new();
    let mut further: Vec<String> = Vec::new();
    for cell in cells.iter().filter(|cell| is_day(cell)) {
        if let Some((form, whole)) = Written::of(cell) {
            evidence.see(&whole);
            written.push(form);
        } else if moment_of(cell, chrono_tz::UTC, &Dates::default()).is_none() {
            further.extend(named(cell).map(str::to_string));
        }
    }
    written.sort_unstable();
    written.dedup();
    further.sort_unstable();
    further.dedup();
    let in_order = |order: DayOrder| -> Vec<String> {
        let forms = written.iter().map(|written| written.form(order));
        forms.chain(further.iter().cloned()).collect()
    };
    let asked = |is_mixed: bool| Forms::Asked {
        either: [DayOrder::MonthFirst, DayOrder::DayFirst].map(in_order),
        is_mixed,
    };
    match evidence.verdict() {
        None if further.is_empty() => Forms::Plain,
        None => Forms::Told(further),
        // `25/03/04` could begin with the year, so that it does not tell.
        Some(Verdict::Order(order)) if may_be_turned(&written, order) => asked(false),
        Some(Verdict::Order(order)) => Forms::Told(in_order(order)),
        Some(Verdict::Ambiguous) => asked(false),
        Some(Verdict::Mixed) => asked(true),
    }
}

/// Whether short years leave it open which number is the year.
fn may_be_turned(written: &[Written], order: DayOrder) -> bool {
    let is_open =
        |form: &Written| form.has_short_year && (form.sign != '/' || order == DayOrder::DayFirst);
    written.iter().any(is_open)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(forms: &[&str]) -> Forms {
        Forms::Told(forms.iter().map(|form| (*form).to_string()).collect())
    }

    fn asked(month_first: &str, day_first: &str, is_mixed: bool) -> Forms {
        let either = [month_first, day_first].map(|form| vec![form.to_string()]);
        Forms::Asked { either, is_mixed }
    }

    #[test]
    fn forms_are_told_by_the_cells_or_asked() {
        for (cells, expected) in [
            (&["2024-03-04", "20240305", "5 Mar 2024"][..], Forms::Plain),
            (&[], Forms::Plain),
            (&["03/25/2024", "04/01/2024 10:30"], told(&["MM/DD/YYYY"])),
            (&["25.03.2024"], told(&["DD.MM.YYYY"])),
            (&["3/25/24", "3/25/2024"], told(&["MM/DD/YYYY", "MM/DD/YY"])),
            (&["05-Mar-24"], told(&["DD-Mon-YY"])),
            (&["03/04/2024"], asked("MM/DD/YYYY", "DD/MM/YYYY", false)),
            (&["03-04-24"], asked("MM-DD-YY", "DD-MM-YY", false)),
            (&["25/03/04"], asked("MM/DD/YY", "DD/MM/YY", false)),
            (
                &["03/25/2024", "25/03/2024"],
                asked("MM/DD/YYYY", "DD/MM/YYYY", true),
            ),
        ] {
            assert_eq!(forms(cells), expected, "{cells:?}");
        }
    }

    #[test]
    fn every_form_reads_the_cells_that_tell_it() {
        for cell in [
            "3/25/2024",
            "25.03.2024",
            "3/25/24",
            "05-Mar-24",
            "5 Mar 24",
            "05MAR24",
            "Mar 5, 24",
        ] {
            assert!(is_day(cell), "{cell}");
            let Forms::Told(forms) = forms(&[cell]) else {
                panic!("{cell} does not tell");
            };
            let reads = |form: &String| {
                DatePattern::parse(form)
                    .unwrap()
                    .read(cell, chrono_tz::UTC)
                    .is_some()
            };
            assert!(forms.iter().any(reads), "{cell} {forms:?}");
        }
        for cell in [
            "1/2",
            "1003033051",
            "31/31/2024",
            "Monday",
            "5 of 24",
            "1.5.2.3",
        ] {
            assert!(!is_day(cell), "{cell}");
        }
    }
}
