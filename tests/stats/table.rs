//! Reads the small CSV files of the published cases.

/// The data lines of a CSV file without quotes, as cells; the header is left out.
pub fn rows(text: &str) -> Vec<Vec<&str>> {
    text.lines()
        .skip(1)
        .map(|line| line.trim_end().split(',').collect())
        .collect()
}

/// A cell as a number.
pub fn number(cell: &str) -> f64 {
    cell.parse()
        .unwrap_or_else(|_| panic!("{cell:?} is not a number"))
}
