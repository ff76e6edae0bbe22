//! The frame of a chart: for whom and of what shape it is drawn, and where title, subtitle, footer
//! and the word "internal" stand. What stands inside is the chart's own.

use catchment_base::{Day, Quarter};

use super::font::{self, Weight};
use super::page::Rect;
use super::theme::{FOOTER, LABEL, LEADING, MARGIN, SUBTITLE, TITLE, Theme};

/// Whether the picture stands alone or on a slide or page that has its own title and footer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// With title and footer.
    Full,
    /// Without them; the subtitle stays, since it names measure and unit.
    Body,
}

/// How wide it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A whole slide: 3840 by 2160 units.
    Wide,
    /// Half a slide: 1920 by 2160 units.
    Half,
}

impl Shape {
    /// Width and height in units; a picture is shown at half as many pixels.
    pub fn units(self) -> (u32, u32) {
        match self {
            Self::Wide => (3840, 2160),
            Self::Half => (1920, 2160),
        }
    }
}

/// For whom, of when and in what shape a chart is drawn.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The name of the organisation whose review it is.
    pub organisation: String,
    /// The quarter under review.
    pub quarter: Quarter,
    /// The day as of which everything is known.
    pub as_of: Day,
    /// With or without title and footer.
    pub size: Size,
    /// Whole or half slide.
    pub shape: Shape,
    /// Light or dark.
    pub theme: Theme,
    /// Whether the word "Internal" stands on it. Charts that name referrers bear it always.
    pub internal_mark: bool,
}

impl Frame {
    /// A whole light picture with title and footer, known as of the quarter's last day.
    pub fn new(organisation: impl Into<String>, quarter: Quarter) -> Self {
        Self {
            organisation: organisation.into(),
            quarter,
            as_of: quarter.last_day(),
            size: Size::Full,
            shape: Shape::Wide,
            theme: Theme::Light,
            internal_mark: true,
        }
    }
}

/// A finished chart.
#[derive(Debug, Clone)]
pub struct Drawing {
    /// The picture; text is kept as text in Source Sans 3.
    pub svg: String,
    /// The finding in a sentence.
    pub title: String,
    /// Measure, of whom, unit and period.
    pub subtitle: String,
    /// As-of day, denominator, interval, and what is unknown, withheld or not shown.
    pub footer: String,
    /// What a reader hears who can't see it; 250 characters at most.
    pub alt: String,
    /// How many rows of the table are drawn.
    pub shown: usize,
    /// How many of the rows drawn have their value withheld.
    pub withheld: usize,
    /// How many labels found no free place.
    pub dropped_labels: usize,
    /// Whether the picture says that something is missing instead of showing it.
    pub empty: bool,
}

/// What a chart says around its marks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Heading {
    /// The title, and shorter ways to say it, longest first.
    pub titles: Vec<String>,
    /// Measure, of whom, unit, period.
    pub subtitle: String,
    /// The sentences of the footer.
    pub footer: Vec<String>,
    /// Kind, measure, period, extremes, change.
    pub alt: String,
}

impl Heading {
    /// The heading of a picture that says what is missing.
    pub(crate) fn missing(title: &str, subtitle: String, table: &str, alt: &str) -> Self {
        Self {
            titles: vec![title.to_string()],
            subtitle,
            footer: vec![format!("Table {table}.")],
            alt: alt.to_string(),
        }
    }
}

/// A line of text with its place: the left end or, for the mark, the right end of its baseline.
pub(crate) type Line = ((f64, f64), String);

/// Where the parts of the frame stand.
#[derive(Debug)]
pub(crate) struct Layout {
    pub eyebrow: Option<Line>,
    pub internal: Option<Line>,
    pub title: Vec<Line>,
    pub subtitle: Vec<Line>,
    /// The rule above the footer, and the footer's first baseline.
    pub footer: Option<(f64, f64)>,
    /// What is left for the chart.
    pub content: Rect,
}

impl Layout {
    /// Lays out the frame. The footer keeps the same place in every chart of a shape, since it is
    /// known in full only when the chart is drawn.
    pub(crate) fn new(frame: &Frame, heading: &Heading, internal: bool) -> Self {
        let (width, height) = frame.shape.units();
        let (left, right) = (MARGIN, f64::from(width) - MARGIN);
        let (mut y, eyebrow, title) = match frame.size {
            Size::Full => Self::titled(frame, heading, internal, right - left),
            Size::Body => (
                80.0 - SUBTITLE * 1.65 + SUBTITLE * font::CAPITAL,
                None,
                Vec::new(),
            ),
        };
        let mark = "Internal".to_string();
        let mark_width = font::width(&mark, FOOTER, Weight::Semibold) + 60.0;
        let marked = internal && frame.size == Size::Body;
        let room = right - left - if marked { mark_width } else { 0.0 };
        let mut subtitle = Vec::new();
        y += SUBTITLE * 0.45;
        for line in font::wrap(&heading.subtitle, SUBTITLE, Weight::Regular, room, 2) {
            y += SUBTITLE * LEADING;
            subtitle.push(((left, y), line));
        }
        let mark_at = if marked {
            subtitle.first().map_or(y, |l| l.0.1)
        } else {
            EYEBROW
        };
        let (footer, bottom) = Self::foot(frame, f64::from(height));
        Self {
            eyebrow,
            internal: internal.then_some(((right, mark_at), mark)),
            title,
            subtitle,
            footer,
            content: Rect {
                x0: left,
                y0: y + SUBTITLE,
                x1: right,
                y1: bottom,
            },
        }
    }

    fn titled(
        frame: &Frame,
        heading: &Heading,
        internal: bool,
        room: f64,
    ) -> (f64, Option<Line>, Vec<Line>) {
        let eyebrow = format!("{} · {}", frame.organisation, frame.quarter.for_people());
        let marked = if internal { 300.0 } else { 0.0 };
        let eyebrow = font::cut(&eyebrow, FOOTER, Weight::Regular, room - marked);
        let mut y = EYEBROW + 36.0;
        let mut lines = Vec::new();
        let fits = |title: &&String| font::fits(title, TITLE, Weight::Semibold, room, 2);
        let title = heading.titles.iter().find(fits).or(heading.titles.last());
        for line in font::wrap(title.map_or("", |t| t), TITLE, Weight::Semibold, room, 2) {
            y += TITLE * 1.12;
            lines.push(((MARGIN, y), line));
        }
        (y, Some(((MARGIN, EYEBROW), eyebrow)), lines)
    }

    fn foot(frame: &Frame, height: f64) -> (Option<(f64, f64)>, f64) {
        if frame.size == Size::Body {
            return (None, height - 60.0);
        }
        let lines = footer_lines(frame.shape) as f64;
        let first = height - 84.0 - (lines - 1.0) * FOOTER * LEADING;
        let rule = first - FOOTER * 1.5;
        (Some((rule, first)), rule - LABEL)
    }
}

/// How many lines the footer may take.
pub(crate) fn footer_lines(shape: Shape) -> usize {
    match shape {
        Shape::Wide => 2,
        Shape::Half => 5,
    }
}

/// The baseline of the line above the title.
const EYEBROW: f64 = 118.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_title_gives_way_to_a_shorter_one() {
        let long = "word ".repeat(60);
        let heading = Heading {
            titles: vec![long, "Short".into()],
            ..Heading::default()
        };
        let frame = Frame::new("Us", Quarter::of(2026, 3));
        let layout = Layout::new(&frame, &heading, true);
        assert_eq!(layout.title.len(), 1);
        assert_eq!(layout.title[0].1, "Short");
        assert!(layout.content.height() > 1400.0);
    }

    #[test]
    fn a_body_has_neither_title_nor_footer() {
        let heading = Heading {
            titles: vec!["T".into()],
            subtitle: "S".into(),
            ..Heading::default()
        };
        let frame = Frame {
            size: Size::Body,
            ..Frame::new("Us", Quarter::of(2026, 3))
        };
        let layout = Layout::new(&frame, &heading, true);
        assert!(layout.title.is_empty() && layout.footer.is_none() && layout.eyebrow.is_none());
        assert_eq!(layout.subtitle.len(), 1);
        assert_eq!(layout.internal.map(|i| i.0.1), Some(layout.subtitle[0].0.1));
    }
}
