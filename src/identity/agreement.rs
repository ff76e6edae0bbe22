//! Whether two names as they are written can be one person's, without anything beside them.

use super::comparison::{GENERATION, GIVEN, LAST, MIDDLE, is_acceptable, name_levels};
use super::names::Name;

/// How far two names can be one person's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Agreement {
    /// They can't.
    None,
    /// The first name is the same, written out, and the last name is another: one person after a
    /// wedding, or two people.
    GivenNameAlone,
    /// Last and first name are the same or nearly so, and nothing speaks against it.
    OnePerson,
}

/// How far two names can be one person's. One may be short of a middle name, or have a letter for a
/// first name; a last name that is mistyped needs the same first name written out.
///
/// ```
/// use catchment::identity::{Agreement, agreement};
/// assert_eq!(agreement("Smith, Ann M", "ANN SMITH, MD"), Agreement::OnePerson);
/// assert_eq!(agreement("Ann Smith", "Ann Jones"), Agreement::GivenNameAlone);
/// // Father and son, and two who share a last name.
/// assert_eq!(agreement("John Smith Sr", "John Smith Jr"), Agreement::None);
/// assert_eq!(agreement("John Smith", "Joan Smith"), Agreement::None);
/// ```
pub fn agreement(a: &str, b: &str) -> Agreement {
    let (a, b) = (Name::parse(a), Name::parse(b));
    let mut best = of_names(&a, &b);
    if let Some(swapped) = a.swapped() {
        best = best.max(of_names(&swapped, &b));
    }
    if let Some(swapped) = b.swapped() {
        best = best.max(of_names(&a, &swapped));
    }
    best
}

fn of_names(a: &Name, b: &Name) -> Agreement {
    let levels = name_levels(a, b);
    let is_mistyped = levels[LAST] == 1;
    if is_acceptable(&levels) && (!is_mistyped || levels[GIVEN] == 2) {
        return Agreement::OnePerson;
    }
    let is_written_out = a.is_full() && b.is_full() && levels[GIVEN] == 2;
    if is_written_out && levels[LAST] == 0 && levels[GENERATION] != 0 && levels[MIDDLE] != 0 {
        return Agreement::GivenNameAlone;
    }
    Agreement::None
}
