//! Axes: round values for the lines of a scale, and the lines with their labels. Each line carries
//! its value, so that every mark can be measured against it.

use catchment_base::Quarter;

use super::font::CAPITAL;
use super::page::{Anchor, Paint, Rect};
use super::plot::Plot;
use super::sheet::Sheet;
use super::theme::LABEL;

impl Sheet {
    /// Upright lines at values of a scale across, from top to bottom of `at`, labelled below by
    /// `write` of the value and the decimals that the scale needs.
    pub(crate) fn grid_across(
        &self,
        plot: &Plot,
        at: Rect,
        ticks: &[f64],
        write: impl Fn(f64, usize) -> String,
    ) {
        self.grid_across_as("x", plot, at, ticks, write);
    }

    /// The same under a name of its own, for the second of two plots beside each other.
    pub(crate) fn grid_across_as(
        &self,
        axis: &str,
        plot: &Plot,
        at: Rect,
        ticks: &[f64],
        write: impl Fn(f64, usize) -> String,
    ) {
        let places = decimals(ticks);
        for (place, &tick) in ticks.iter().enumerate() {
            let (x, _) = plot.at(tick, 0.0);
            let below = ticks.first().is_some_and(|first| *first < 0.0);
            let zero = tick == 0.0 && (place == 0 || below);
            self.tick(axis, tick, (x, at.y0), (x, at.y1), zero);
            let words = self.quiet().from(Anchor::Middle);
            self.text((x, at.y1 + LABEL * 1.15), words, &write(tick, places));
        }
    }

    /// Level lines at values of a scale up, over the width of `at`, labelled on the left
    /// by `write` of the value and the decimals that the scale needs.
    pub(crate) fn grid_up(
        &self,
        plot: &Plot,
        at: Rect,
        ticks: &[f64],
        write: impl Fn(f64, usize) -> String,
    ) {
        let places = decimals(ticks);
        for &tick in ticks {
            let (_, y) = plot.at(0.0, tick);
            self.tick("y", tick, (at.x0, y), (at.x1, y), tick == 0.0);
            let words = self.quiet().from(Anchor::End);
            self.text(
                (at.x0 - 30.0, y + LABEL * CAPITAL / 2.0),
                words,
                &write(tick, places),
            );
        }
    }

    /// Quarters at 0, 1, 2 and on: an upright line for each, its number below, and the year under
    /// its first quarter.
    pub(crate) fn quarters(&self, plot: &Plot, at: Rect, quarters: &[Quarter]) {
        let words = self.quiet().from(Anchor::Middle);
        let mut year = None;
        for (place, quarter) in quarters.iter().enumerate() {
            let (x, _) = plot.at(place as f64, 0.0);
            self.line(
                (x, at.y0),
                (x, at.y1),
                Paint::Line(self.palette.grid, 1.0, 3),
            );
            let number = format!("Q{}", quarter.number());
            self.text((x, at.y1 + LABEL * 1.1), words, &number);
            // Two years side by side would read as one: a single quarter at the start has none.
            let next = quarters.get(place + 1);
            let crowded = place == 0 && next.is_some_and(|next| next.year() != quarter.year());
            if year != Some(quarter.year()) && !crowded {
                let text = quarter.year().to_string();
                self.text((x, at.y1 + LABEL * 2.3), words, &text);
                year = Some(quarter.year());
            }
        }
    }

    fn tick(&self, axis: &str, value: f64, from: (f64, f64), to: (f64, f64), zero: bool) {
        let value = catchment_base::table::shortest(value);
        self.page
            .borrow_mut()
            .open(&[("data-axis", axis), ("data-tick", &value)], None);
        let colour = if zero {
            self.palette.bars
        } else {
            self.palette.grid
        };
        self.line(from, to, Paint::Line(colour, 1.0, 3));
        self.page.borrow_mut().close();
    }
}

/// Round values for the lines of a scale, from one at or below `low` to one at or above `high`:
/// about `wanted` of them, 1, 2, 2.5 or 5 times a power of ten apart.
pub(crate) fn ticks(low: f64, high: f64, wanted: usize) -> Vec<f64> {
    let high = if high - low > high.abs() * 1e-9 {
        high
    } else {
        low + 1.0
    };
    let rough = (high - low) / wanted.max(1) as f64;
    let power = 10f64.powf(rough.log10().floor());
    let steps = [1.0, 2.0, 2.5, 5.0].map(|step| step * power);
    let step = steps
        .into_iter()
        .find(|step| *step >= rough * 0.999)
        .unwrap_or(10.0 * power);
    let first = (low / step + 1e-9).floor() as i64;
    let last = (high / step - 1e-9).ceil() as i64;
    // Rounding to the step's own decimals keeps 0.30000000000000004 out of the labels.
    let decimals = 10f64.powf((3.0 - power.log10()).max(0.0));
    (first..=last)
        .map(|i| (i as f64 * step * decimals).round() / decimals)
        .collect()
}

/// How many decimals the labels of a scale need so that each says its value.
pub(crate) fn decimals(ticks: &[f64]) -> usize {
    let whole = |places: &usize| {
        let factor = 10f64.powf(*places as f64);
        ticks
            .iter()
            .all(|tick| ((tick * factor).round() - tick * factor).abs() < 1e-6)
    };
    (0..6).find(whole).unwrap_or(6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stand_at_round_values() {
        assert_eq!(ticks(0.0, 0.58, 4), [0.0, 0.2, 0.4, 0.6]);
        assert_eq!(ticks(0.0, 100.0, 5), [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
        assert_eq!(ticks(31.0, 44.0, 5), [30.0, 35.0, 40.0, 45.0]);
        assert_eq!(ticks(0.0, 0.0, 5).first(), Some(&0.0));
        assert_eq!(ticks(0.25, 0.43, 5), [0.25, 0.3, 0.35, 0.4, 0.45]);
        assert!(ticks(42.7, 42.7, 5).iter().all(|t| t.is_finite()));
        assert_eq!(decimals(&[0.25, 0.3]), 2);
        assert_eq!(decimals(&[0.0, 10.0]), 0);
    }
}
