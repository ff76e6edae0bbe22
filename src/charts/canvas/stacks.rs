//! Bars in parts: each part has a colour of its own, and bears its value where that fits. The scale
//! and the order of the parts are the chart's own.

use super::font;
use super::page::{Paint, Rect};
use super::sheet::Sheet;
use super::theme::Colour;

/// How a part of a bar is filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    /// In a colour that bears text in the colour of the paper.
    Full(Colour),
    /// In a pale colour with an outline; it bears text in ink.
    Pale(Colour, Colour),
    /// Hatched, for what is not known; it bears no text.
    Hatch(Colour),
}

impl Ink {
    /// The colour of its name beside the bar.
    pub(crate) fn name(self, sheet: &Sheet) -> Colour {
        match self {
            Self::Full(colour) => colour,
            Self::Pale(..) | Self::Hatch(_) => sheet.palette.second,
        }
    }
}

/// The room between a value and the ends of its part.
const ROOM: f64 = 14.0;

impl Sheet {
    /// A part of a bar with its value on it, where that fits. A hollow part, of few cases, is an
    /// outline.
    pub(crate) fn portion(&self, at: Rect, ink: Ink, hollow: bool, value: &str) {
        let paper = self.palette.paper;
        let (fill, outline, text) = match ink {
            Ink::Full(colour) if hollow => (paper, colour, Some(self.palette.ink)),
            Ink::Pale(_, outline) if hollow => (paper, outline, Some(self.palette.ink)),
            Ink::Full(colour) => (colour, paper, Some(paper)),
            Ink::Pale(colour, outline) => (colour, outline, Some(self.palette.ink)),
            Ink::Hatch(colour) => {
                self.rect(at, Paint::Fill(paper, 1.0));
                self.rect(at, Paint::Hatch(colour));
                return;
            }
        };
        self.rect(at, Paint::Fill(fill, 1.0));
        // What is too narrow for its outline would be hidden by it.
        if at.width() > 8.0 {
            let width = if hollow { 5 } else { 3 };
            self.rect(at, Paint::Line(outline, 1.0, width));
        }
        let words = self.words();
        let wide = font::width(value, words.size, words.weight);
        let fits = wide + 2.0 * ROOM <= at.width() && at.height() >= words.size;
        if let Some(colour) = text.filter(|_| fits && !value.is_empty()) {
            let words = words.tinted(colour).from(super::page::Anchor::Middle);
            self.cell(at, (at.y0 + at.y1) / 2.0, words, value);
        }
    }
}
