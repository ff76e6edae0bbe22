//! Charts that are read line by line: the heights of the lines, and the columns beside the marks.

use super::page::Rect;

/// The lines of a chart, from the top down.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rows {
    /// The upper edge of the first line.
    pub top: f64,
    /// The distance from line to line.
    pub pitch: f64,
    /// How many lines there are.
    pub count: usize,
}

impl Rows {
    /// As many of the `wanted` lines as stand between `top` and `bottom`, no nearer than the least
    /// pitch and no further apart than the most.
    pub(crate) fn fit(top: f64, bottom: f64, wanted: usize, least: f64, most: f64) -> Self {
        let room = ((bottom - top) / least).floor().max(0.0) as usize;
        let count = wanted.min(room);
        let pitch = ((bottom - top) / count.max(1) as f64).min(most);
        Self { top, pitch, count }
    }

    /// The middle of a line.
    pub(crate) fn middle(&self, row: usize) -> f64 {
        self.top + self.pitch * (row as f64 + 0.5)
    }

    /// The lower edge of the last line.
    pub(crate) fn bottom(&self) -> f64 {
        self.top + self.pitch * self.count as f64
    }
}

/// Lines in three groups: the ranked, those apart under a head of their own, and the sums.
#[derive(Debug)]
pub(crate) struct Groups {
    /// The middle of each line.
    pub lines: Vec<f64>,
    /// The distance from line to line.
    pub pitch: f64,
    /// How many lines of the first two groups found room; the sums always do.
    pub kept: usize,
    /// The middle of the head above those apart.
    pub head: Option<f64>,
}

/// The room above the sums.
const BREAK: f64 = 36.0;

/// The room above those apart, which have a head.
const HEAD: f64 = 84.0;

impl Groups {
    /// Lays lines of the three groups, in their order, between `top` and `bottom`.
    pub(crate) fn fit(top: f64, bottom: f64, [ranked, apart, sums]: [usize; 3]) -> Self {
        let head = if apart > 0 { HEAD } else { 0.0 };
        let gap = if sums > 0 && ranked + apart > 0 {
            BREAK
        } else {
            0.0
        };
        let wanted = ranked + apart + sums;
        let rows = Rows::fit(top, bottom - head - gap, wanted, 66.0, 108.0);
        let kept = rows.count.saturating_sub(sums).min(ranked + apart);
        // Where those apart found no room, their head has none either.
        let headed = kept > ranked;
        let below = |row: usize| {
            let head = if headed && row >= ranked { head } else { 0.0 };
            head + if row >= kept { gap } else { 0.0 }
        };
        Self {
            lines: (0..kept + sums)
                .map(|row| rows.middle(row) + below(row))
                .collect(),
            pitch: rows.pitch,
            kept,
            head: headed.then_some(rows.top + rows.pitch * ranked as f64 + head * 0.56),
        }
    }
}

/// Cuts an area into columns whose widths are as `parts`, `gap` apart.
pub(crate) fn columns<const N: usize>(area: Rect, gap: f64, parts: [f64; N]) -> [Rect; N] {
    let gaps = parts
        .iter()
        .filter(|part| **part > 0.0)
        .count()
        .saturating_sub(1) as f64;
    let unit = (area.width() - gap * gaps) / parts.iter().sum::<f64>();
    let mut x = area.x0;
    parts.map(|part| {
        let column = Rect {
            x0: x,
            x1: x + part * unit,
            ..area
        };
        // A column of no width takes no gap either: it is left out in this shape.
        x = column.x1 + if part > 0.0 { gap } else { 0.0 };
        column
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fill_the_room_and_no_more() {
        let rows = Rows::fit(100.0, 700.0, 20, 60.0, 120.0);
        assert_eq!((rows.count, rows.pitch, rows.bottom()), (10, 60.0, 700.0));
        let rows = Rows::fit(100.0, 700.0, 2, 60.0, 120.0);
        assert_eq!((rows.count, rows.pitch, rows.middle(1)), (2, 120.0, 280.0));
        assert_eq!(Rows::fit(100.0, 700.0, 0, 60.0, 120.0).count, 0);
    }

    #[test]
    fn groups_stand_apart() {
        let groups = Groups::fit(0.0, 1000.0, [2, 1, 1]);
        assert_eq!(groups.lines, [54.0, 162.0, 354.0, 498.0]);
        assert_eq!((groups.kept, groups.head.map(f64::round)), (3, Some(263.0)));
        let full = Groups::fit(0.0, 450.0, [9, 3, 1]);
        assert_eq!((full.kept, full.lines.len(), full.head), (4, 5, None));
        assert!(full.lines.iter().all(|y| *y < 450.0));
    }

    #[test]
    fn columns_share_the_width() {
        let area = Rect {
            x0: 0.0,
            y0: 0.0,
            x1: 100.0,
            y1: 10.0,
        };
        let [a, b, c] = columns(area, 10.0, [1.0, 0.0, 2.0]);
        assert_eq!(
            (a.x0, a.x1, b.width(), c.x0, c.x1),
            (0.0, 30.0, 0.0, 40.0, 100.0)
        );
    }
}
