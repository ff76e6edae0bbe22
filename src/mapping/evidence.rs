//! Which number comes first in the dates of a column, told from the cells that can be read in one
//! way only. Nothing is guessed: a column that does not tell is said to be ambiguous.

use crate::days::{DayOrder, numeric};

/// Of a hundred cells like `03/04/2024` so many must tell the order.
const PERCENT: u64 = 10;

/// What the cells of a column say about their order so far.
///
/// ```
/// use catchment_mapping::days::DayOrder;
/// use catchment_mapping::evidence::{Evidence, Verdict};
/// let mut evidence = Evidence::default();
/// evidence.see("03/04/2024");
/// assert_eq!(evidence.verdict(), Some(Verdict::Ambiguous));
/// evidence.see("03/25/2024");
/// assert_eq!(evidence.verdict(), Some(Verdict::Order(DayOrder::MonthFirst)));
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Evidence {
    cells: u64,
    month_first: u64,
    day_first: u64,
}

/// What a column says about the order of its dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// One order: enough cells can be read in it alone, and none in the other alone.
    Order(DayOrder),
    /// Too few cells tell.
    Ambiguous,
    /// Some cells can be read in one order alone, and some in the other alone.
    Mixed,
}

impl Evidence {
    /// Takes a cell into account; only cells of the form NN/NN/YYYY (also with `-` or `.`) count
    /// that are a day in one order at least.
    pub fn see(&mut self, cell: &str) {
        let Some(parts) = numeric(cell.trim()) else {
            return;
        };
        let month_first = parts.day(DayOrder::MonthFirst).is_some();
        let day_first = parts.day(DayOrder::DayFirst).is_some();
        if !month_first && !day_first {
            // No day at all says nothing of the order.
            return;
        }
        self.cells += 1;
        self.month_first += u64::from(month_first && !day_first);
        self.day_first += u64::from(day_first && !month_first);
    }

    /// Adds what other cells of the same column say.
    pub fn add(&mut self, other: &Self) {
        self.cells += other.cells;
        self.month_first += other.month_first;
        self.day_first += other.day_first;
    }

    /// What the column says; `None` where it has no cell of the form.
    pub fn verdict(&self) -> Option<Verdict> {
        if self.cells == 0 {
            return None;
        }
        let enough = |telling: u64| telling * 100 >= self.cells * PERCENT;
        Some(match (self.month_first, self.day_first) {
            (0, 0) => Verdict::Ambiguous,
            (telling, 0) if enough(telling) => Verdict::Order(DayOrder::MonthFirst),
            (0, telling) if enough(telling) => Verdict::Order(DayOrder::DayFirst),
            (_, 0) | (0, _) => Verdict::Ambiguous,
            _ => Verdict::Mixed,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(cells: &[&str]) -> Option<Verdict> {
        let mut evidence = Evidence::default();
        cells.iter().for_each(|cell| evidence.see(cell));
        evidence.verdict()
    }

    #[test]
    fn a_column_says_its_order_or_that_it_does_not() {
        let month_first = Some(Verdict::Order(DayOrder::MonthFirst));
        assert_eq!(verdict(&["2024-03-04", "", "5 Mar 2024", "3/4/24"]), None);
        assert_eq!(verdict(&["03/25/2024"]), month_first);
        assert_eq!(verdict(&["3-25-2024 10:00", "1/1/2024"]), month_first);
        assert_eq!(
            verdict(&["25.03.2024"]),
            Some(Verdict::Order(DayOrder::DayFirst))
        );
        assert_eq!(
            verdict(&["03/04/2024", "05/05/2024"]),
            Some(Verdict::Ambiguous)
        );
        assert_eq!(verdict(&["03/25/2024", "25/03/2024"]), Some(Verdict::Mixed));
        // No day in either order says nothing, and does not water down what the others say.
        assert_eq!(verdict(&["02/30/2024", "31/31/2024"]), None);
        let mut cells = vec!["99/99/9999"; 50];
        cells.push("03/25/2024");
        assert_eq!(verdict(&cells), month_first);
    }

    #[test]
    fn a_tenth_of_the_cells_must_tell() {
        let mut cells = vec!["01/02/2024"; 9];
        cells.push("01/20/2024");
        assert_eq!(verdict(&cells), Some(Verdict::Order(DayOrder::MonthFirst)));
        cells.push("01/02/2024");
        assert_eq!(verdict(&cells), Some(Verdict::Ambiguous));
    }

    #[test]
    fn parts_of_a_column_add_up() {
        let (mut one, mut other) = (Evidence::default(), Evidence::default());
        one.see("03/25/2024");
        other.see("25/03/2024");
        one.add(&other);
        assert_eq!(one.verdict(), Some(Verdict::Mixed));
    }
}
