//! The one theme: colours in light and dark, text sizes, margins. Nothing is drawn here.

use plotters::style::RGBColor;

/// Light for slides, prints and pictures; dark for the report on a dark screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// Dark ink on white.
    Light,
    /// Light ink on near black.
    Dark,
}

/// A colour, the channels of sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour(pub u8, pub u8, pub u8);

impl Colour {
    /// As SVG and CSS write it.
    ///
    /// ```
    /// assert_eq!(catchment_charts::canvas::theme::Colour(184, 58, 10).hex(), "#B83A0A");
    /// ```
    pub fn hex(self) -> String {
        format!("#{:02X}{:02X}{:02X}", self.0, self.1, self.2)
    }

    /// The contrast ratio of two colours, 1 to 21 (Web Content Accessibility Guidelines 2.2,
    /// relative luminance).
    ///
    /// ```
    /// use catchment_charts::canvas::theme::Colour;
    /// let ratio = Colour(0, 0, 0).contrast(Colour(255, 255, 255));
    /// assert!((ratio - 21.0).abs() < 1e-12);
    /// ```
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.04045 {
                share / 12.92
            } else {
                ((share + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }
}

impl From<Colour> for RGBColor {
    fn from(colour: Colour) -> Self {
        Self(colour.0, colour.1, colour.2)
    }
}

/// The colours by what they mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    /// The ground.
    pub paper: Colour,
    /// Titles and values.
    pub ink: Colour,
    /// Subtitles, heads, axis labels and footers.
    pub second: Colour,
    /// Grid lines and rules.
    pub grid: Colour,
    /// Bands behind marks.
    pub band: Colour,
    /// What only gives context.
    pub context: Colour,
    /// Bars and marks that are not highlighted.
    pub bars: Colour,
    /// The one highlight of a chart; elsewhere; short.
    pub highlight: Colour,
    /// Ours.
    pub ours: Colour,
    /// Six classes that have no order.
    pub classes: [Colour; 6],
    /// Five shades of one measure, least first.
    pub sequential: [Colour; 5],
    /// The second shade of ours, such as what is still open.
    pub ours_middle: Colour,
    /// The palest shade of ours; it has an outline.
    pub ours_pale: Colour,
    /// A paler highlight beside the highlight, of the same meaning; it has an outline.
    pub highlight_pale: Colour,
    /// Bars that bear text in the colour of the paper.
    pub under: Colour,
}

impl Theme {
    /// Its colours.
    pub fn palette(self) -> Palette {
        match self {
            Self::Light => light(),
            Self::Dark => dark(),
        }
    }
}

fn light() -> Palette {
    Palette {
        paper: Colour(0xFF, 0xFF, 0xFF),
        ink: Colour(0x1F, 0x29, 0x33),
        second: Colour(0x52, 0x60, 0x6D),
        grid: Colour(0xE4, 0xE7, 0xEB),
        band: Colour(0xF3, 0xF5, 0xF7),
        context: Colour(0xCB, 0xD2, 0xD9),
        bars: Colour(0x7B, 0x87, 0x94),
        highlight: Colour(0xB8, 0x3A, 0x0A),
        ours: Colour(0x0F, 0x3D, 0x6E),
        classes: [
            Colour(0x0F, 0x3D, 0x6E),
            Colour(0xB8, 0x3A, 0x0A),
            Colour(0x1A, 0x93, 0x6F),
            Colour(0xB9, 0x8A, 0x00),
            Colour(0x7B, 0x5E, 0xA7),
            Colour(0x7B, 0x87, 0x94),
        ],
        sequential: [
            Colour(0xE3, 0xEE, 0xF9),
            Colour(0xB3, 0xD1, 0xEC),
            Colour(0x74, 0xA9, 0xD8),
            Colour(0x3A, 0x78, 0xB5),
            Colour(0x12, 0x45, 0x7F),
        ],
        ours_middle: Colour(0x3A, 0x78, 0xB5),
        ours_pale: Colour(0xB3, 0xD1, 0xEC),
        highlight_pale: Colour(0xE5, 0x98, 0x66),
        under: Colour(0x61, 0x6E, 0x7C),
    }
}

fn dark() -> Palette {
    Palette {
        paper: Colour(0x14, 0x19, 0x1F),
        ink: Colour(0xE4, 0xE7, 0xEB),
        second: Colour(0x9A, 0xA5, 0xB1),
        grid: Colour(0x2B, 0x33, 0x3C),
        band: Colour(0x1D, 0x24, 0x2B),
        context: Colour(0x3E, 0x4A, 0x56),
        bars: Colour(0x9A, 0xA5, 0xB1),
        highlight: Colour(0xFB, 0x92, 0x3C),
        ours: Colour(0x7D, 0xB8, 0xF0),
        classes: [
            Colour(0x7D, 0xB8, 0xF0),
            Colour(0xFB, 0x92, 0x3C),
            Colour(0x3C, 0xC7, 0x9B),
            Colour(0xE0, 0xB9, 0x3B),
            Colour(0xB7, 0x9B, 0xE0),
            Colour(0x9A, 0xA5, 0xB1),
        ],
        // On a dark ground more is lighter.
        sequential: [
            Colour(0x12, 0x45, 0x7F),
            Colour(0x3A, 0x78, 0xB5),
            Colour(0x74, 0xA9, 0xD8),
            Colour(0xB3, 0xD1, 0xEC),
            Colour(0xE3, 0xEE, 0xF9),
        ],
        ours_middle: Colour(0x4A, 0x86, 0xC4),
        ours_pale: Colour(0x2C, 0x4F, 0x73),
        highlight_pale: Colour(0x9A, 0x34, 0x12),
        under: Colour(0x9A, 0xA5, 0xB1),
    }
}

/// The size of titles in units of the canvas.
pub const TITLE: f64 = 88.0;
/// The size of subtitles.
pub const SUBTITLE: f64 = 56.0;
/// The size of labels.
pub const LABEL: f64 = 48.0;
/// The size of footers; nothing is smaller.
pub const FOOTER: f64 = 44.0;
/// The distance from the canvas' left and right edge to everything that is drawn.
pub const MARGIN: f64 = 120.0;
/// The distance between lines, in sizes of the text.
pub const LEADING: f64 = 1.2;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_out_four_and_a_half_times_and_marks_three_times() {
        for theme in [Theme::Light, Theme::Dark] {
            let p = theme.palette();
            for text in [p.ink, p.second, p.highlight, p.ours, p.ours_middle, p.under] {
                assert!(p.paper.contrast(text) >= 4.5, "{theme:?} {}", text.hex());
            }
            for mark in p.classes.iter().chain([&p.bars]) {
                assert!(p.paper.contrast(*mark) >= 3.0, "{theme:?} {}", mark.hex());
            }
            // The shades grow away from the ground, so that more stands out more.
            let shades = p.sequential.map(|shade| p.paper.contrast(shade));
            assert!(shades.windows(2).all(|s| s[0] < s[1]), "{theme:?}");
            for pale in [p.ours_pale, p.highlight_pale, p.context] {
                assert!(p.ink.contrast(pale) >= 4.5, "{theme:?} {}", pale.hex());
            }
            assert!(p.paper.contrast(p.bars) >= 3.0, "{theme:?}");
        }
    }
}
