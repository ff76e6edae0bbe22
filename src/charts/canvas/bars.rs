//! Bars of shares, line by line: the scale from zero, a bar with its interval, and its value right
//! of both.

use catchment_base::{Result, units};

use super::axes::ticks;
use super::page::{Paint, Rect, Words};
use super::plot::{Fill, Plot};
use super::sheet::Sheet;
use super::theme::Colour;
use super::words::{Interval, share};

/// How a bar is filled: in a colour, or hatched where it stands for what is not known.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Look {
    Bar(Colour, Fill),
    Hatch,
}

/// The room that a value takes right of its bar.
pub(crate) const VALUE: f64 = 180.0;

/// A share with its interval; none where it is withheld.
pub(crate) type Share = (Option<f64>, Interval);

impl Sheet {
    /// A scale of shares from zero to at least the longest of these or its interval's end, with
    /// upright lines over `at`.
    pub(crate) fn shares(&self, at: Rect, shares: impl Iterator<Item = Share>) -> Plot {
        let ends = shares.flat_map(|(value, ends)| [value, ends.map(|ends| ends.1)]);
        let longest = ends.flatten().reduce(f64::max).unwrap_or(1.0).max(0.05);
        let ticks = ticks(0.0, longest, if self.is_half() { 3 } else { 5 });
        let scale = (0.0, ticks.last().copied().unwrap_or(1.0));
        let plot = self.plot(at, scale, (at.height(), 0.0));
        self.grid_across(&plot, at, &ticks, |t, places| {
            units::percent(t, places.saturating_sub(2))
        });
        plot
    }

    /// A bar from zero with its interval, in a line of this middle and half thickness of `at`.
    pub(crate) fn share_bar(
        &self,
        plot: &Plot,
        at: Rect,
        (middle, half): (f64, f64),
        (value, ends): Share,
        look: Look,
    ) -> Result<()> {
        let Some(value) = value else {
            self.hatch(at.across(at.x0, at.x1 + VALUE), middle, "withheld");
            return Ok(());
        };
        let y = middle - at.y0;
        match look {
            Look::Bar(colour, fill) => plot.bar(0.0, value, y, half, colour, fill)?,
            Look::Hatch => {
                let block = at.across(plot.at(0.0, 0.0).0, plot.at(value, 0.0).0);
                let block = block.down(middle - half, middle + half);
                self.rect(block, Paint::Fill(self.palette.paper, 1.0));
                self.rect(block, Paint::Hatch(self.palette.bars));
            }
        }
        match ends {
            Some(ends) => plot.interval(ends, y, (half * 1.1) as i32, self.palette.ink),
            None => Ok(()),
        }
    }

    /// The value right of its bar and of its interval.
    pub(crate) fn share_value(
        &self,
        plot: &Plot,
        at: Rect,
        middle: f64,
        words: Words,
        (value, ends): Share,
    ) {
        if let Some(value) = value {
            let end = ends.map_or(value, |ends| ends.1.max(value));
            let right = at.across(plot.at(end, 0.0).0 + 24.0, at.x1 + VALUE + 40.0);
            self.cell(right, middle, words, &share(value));
        }
    }
}
