//! The sheet that a chart draws on: frame, marks, texts and axes of one theme. It keeps count of
//! what was drawn and becomes the finished drawing.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use catchment_base::Result;
use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, IntoDrawingArea};

use super::backend::Backend;
use super::font::{self, CAPITAL, Weight};
use super::frame::{Drawing, Frame, Heading, Layout, Shape, Size, footer_lines};
use super::labels;
use super::page::Page;
pub(crate) use super::page::{Anchor, Paint, Path, Rect, Words};
use super::plot::{Plot, Scale};
use super::theme::{Colour, FOOTER, LABEL, LEADING, Palette, SUBTITLE, TITLE};
use super::words;

/// Under so many characters a title is read at a glance.
const TITLE_LENGTH: usize = 100;

/// What a mark stands for: a row's key and the value that its length or place shows.
#[derive(Debug, Clone)]
pub(crate) struct Mark<'a> {
    pub table: &'a str,
    pub key: &'a str,
    pub column: &'a str,
    /// `None` where the value is withheld or not known.
    pub value: Option<f64>,
    /// What a reader sees who hovers.
    pub title: String,
}

/// A sheet with its frame.
pub(crate) struct Sheet {
    pub(super) page: Rc<RefCell<Page>>,
    root: DrawingArea<Backend, Shift>,
    frame: Frame,
    heading: Heading,
    layout: Layout,
    /// The colours of its theme.
    pub palette: Palette,
    shown: Cell<usize>,
    withheld: Cell<usize>,
    pub(super) dropped: Cell<usize>,
}

impl Sheet {
    /// A sheet for the chart of this name; `internal` where it names referrers.
    pub(crate) fn new(name: &str, frame: &Frame, mut heading: Heading, internal: bool) -> Self {
        // Of the ways to say the title the longest counts that a slide can hold; the last is short.
        let fits = |title: &String| title.chars().count() < TITLE_LENGTH;
        let first = heading.titles.iter().position(fits);
        heading
            .titles
            .drain(..first.unwrap_or(heading.titles.len().saturating_sub(1)));
        let size = frame.shape.units();
        let page = Rc::new(RefCell::new(Page::new(name)));
        let root = Backend::new(page.clone(), size).into_drawing_area();
        let layout = Layout::new(frame, &heading, internal || frame.internal_mark);
        let sheet = Self {
            page,
            root,
            frame: frame.clone(),
            heading,
            layout,
            palette: frame.theme.palette(),
            shown: Cell::new(0),
            withheld: Cell::new(0),
            dropped: Cell::new(0),
        };
        sheet.write_head(size);
        sheet
    }

    /// A picture that says what is missing and which input brings it.
    pub(crate) fn missing(
        name: &str,
        frame: &Frame,
        heading: Heading,
        internal: bool,
        sentence: &str,
    ) -> Drawing {
        let sheet = Self::new(name, frame, heading, internal);
        let area = sheet.area();
        let size = SUBTITLE;
        let room = area.width() - 240.0;
        let lines = font::wrap(sentence, size, Weight::Regular, room, 6);
        let height = lines.len() as f64 * size * LEADING + 160.0;
        let middle = (area.y0 + area.y1) / 2.0;
        let frame = Rect {
            y0: middle - height / 2.0,
            y1: middle + height / 2.0,
            ..area
        };
        sheet.rect(frame, Paint::Dashes(sheet.palette.bars, 4));
        let mut y = frame.y0 + 80.0 - size * (LEADING - CAPITAL) / 2.0;
        for line in &lines {
            y += size * LEADING;
            let words = Words {
                size,
                anchor: Anchor::Middle,
                ..sheet.words()
            };
            sheet.text(((area.x0 + area.x1) / 2.0, y), words, line);
        }
        let mut drawing = sheet.finish();
        drawing.empty = true;
        drawing
    }

    fn write_head(&self, size: (u32, u32)) {
        let whole = Rect {
            x0: 0.0,
            y0: 0.0,
            x1: f64::from(size.0),
            y1: f64::from(size.1),
        };
        self.rect(whole, Paint::Fill(self.palette.paper, 1.0));
        let second = Words {
            colour: self.palette.second,
            ..self.words()
        };
        if let Some((at, line)) = &self.layout.eyebrow {
            self.text(
                *at,
                Words {
                    size: FOOTER,
                    ..second
                },
                line,
            );
        }
        if let Some((at, line)) = &self.layout.internal {
            let bold = Words {
                size: FOOTER,
                weight: Weight::Semibold,
                anchor: Anchor::End,
                ..second
            };
            self.text(*at, bold, line);
        }
        for (at, line) in &self.layout.title {
            let words = Words {
                size: TITLE,
                weight: Weight::Semibold,
                ..self.words()
            };
            self.text(*at, words, line);
        }
        for (at, line) in &self.layout.subtitle {
            self.text(
                *at,
                Words {
                    size: SUBTITLE,
                    ..second
                },
                line,
            );
        }
    }

    /// What the frame leaves for the chart.
    pub(crate) fn area(&self) -> Rect {
        self.layout.content
    }

    /// Whether it is half a slide.
    pub(crate) fn is_half(&self) -> bool {
        self.frame.shape == Shape::Half
    }

    /// The style of labels: regular, in ink, from the left.
    pub(crate) fn words(&self) -> Words {
        Words {
            size: LABEL,
            weight: Weight::Regular,
            colour: self.palette.ink,
            anchor: Anchor::Start,
        }
    }

    /// The same in the second colour.
    pub(crate) fn quiet(&self) -> Words {
        Words {
            colour: self.palette.second,
            ..self.words()
        }
    }

    /// The style of a line's name and value: highlighted it is semibold and in the highlight.
    pub(crate) fn named(&self, highlighted: bool) -> Words {
        if highlighted {
            self.words().bold(true).tinted(self.palette.highlight)
        } else {
            self.words()
        }
    }

    /// Draws a mark: everything that `draw` draws belongs to the row.
    pub(crate) fn mark(&self, mark: &Mark<'_>, draw: impl FnOnce() -> Result<()>) -> Result<()> {
        let value = mark
            .value
            .map(catchment_base::table::shortest)
            .unwrap_or_default();
        let attributes = [
            ("data-table", mark.table),
            ("data-key", mark.key),
            ("data-column", mark.column),
            ("data-value", value.as_str()),
        ];
        self.page.borrow_mut().open(&attributes, Some(&mark.title));
        self.shown.set(self.shown.get() + 1);
        if mark.value.is_none() {
            self.withheld.set(self.withheld.get() + 1);
        }
        let drawn = draw();
        self.page.borrow_mut().close();
        drawn
    }

    /// Draws a part of a mark that shows another column of its row.
    pub(crate) fn part(
        &self,
        column: &str,
        value: f64,
        draw: impl FnOnce() -> Result<()>,
    ) -> Result<()> {
        let value = catchment_base::table::shortest(value);
        self.page
            .borrow_mut()
            .open(&[("data-column", column), ("data-value", &value)], None);
        let drawn = draw();
        self.page.borrow_mut().close();
        drawn
    }

    /// A text with the left end, middle or right end of its baseline at a point.
    pub(crate) fn text(&self, at: (f64, f64), words: Words, text: &str) {
        self.page.borrow_mut().text(at, words, text, None);
    }

    /// A text on the middle of a line of a column, cut to its width; who hovers sees it whole.
    pub(crate) fn cell(&self, column: Rect, middle: f64, words: Words, text: &str) {
        let short = font::cut(text, words.size, words.weight, column.width());
        let x = match words.anchor {
            Anchor::Start => column.x0,
            Anchor::Middle => (column.x0 + column.x1) / 2.0,
            Anchor::End => column.x1,
        };
        let whole = (short != text).then_some(text);
        let baseline = middle + words.size * CAPITAL / 2.0;
        self.page
            .borrow_mut()
            .text((x, baseline), words, &short, whole);
    }

    /// Two texts below each other in a line of a column, the second quiet.
    pub(crate) fn two_lines(&self, column: Rect, middle: f64, words: Words, texts: (&str, &str)) {
        let half = LABEL * 0.54;
        self.cell(column, middle - half, words, texts.0);
        self.cell(
            column,
            middle + half,
            Words {
                anchor: words.anchor,
                ..self.quiet()
            },
            texts.1,
        );
    }

    /// The heads of columns on one line or two, above a rule; gives the height of the rule. Columns
    /// of no width are left out.
    pub(crate) fn heads(&self, area: Rect, heads: &[(Rect, Anchor, &str)]) -> f64 {
        let step = LABEL * LEADING;
        let wrapped =
            |column: &Rect, head: &str| font::wrap(head, LABEL, Weight::Regular, column.width(), 2);
        let heads: Vec<_> = heads
            .iter()
            .filter(|(column, _, _)| column.width() > 0.0)
            .collect();
        let lines = heads
            .iter()
            .map(|(c, _, head)| wrapped(c, head).len())
            .max()
            .unwrap_or(1);
        for (column, anchor, head) in &heads {
            let own = wrapped(column, head);
            for (line, text) in own.iter().enumerate() {
                let line = line + lines - own.len();
                let middle = area.y0 + LABEL * CAPITAL / 2.0 + step * line as f64;
                self.cell(
                    *column,
                    middle,
                    Words {
                        anchor: *anchor,
                        ..self.quiet()
                    },
                    text,
                );
            }
        }
        let rule = area.y0 + LABEL * CAPITAL + step * (lines.saturating_sub(1)) as f64 + 26.0;
        self.line(
            (area.x0, rule),
            (area.x1, rule),
            Paint::Line(self.palette.bars, 1.0, 3),
        );
        rule
    }

    /// A label beside a point where there is room for it, clear of all texts and of `taken`.
    pub(crate) fn label(
        &self,
        point: (f64, f64),
        gap: f64,
        words: Words,
        text: &str,
        taken: &[Rect],
    ) {
        let mut all = self.page.borrow().boxes().to_vec();
        all.extend_from_slice(taken);
        let area = Rect {
            y0: self.area().y0 - LABEL,
            ..self.area()
        };
        match labels::place(point, gap, text, words, area, &all) {
            Some((at, anchor)) => self.text(at, Words { anchor, ..words }, text),
            None => self.dropped.set(self.dropped.get() + 1),
        }
    }

    /// A rectangle.
    pub(crate) fn rect(&self, at: Rect, paint: Paint) {
        self.page.borrow_mut().rect(at, paint);
    }

    /// An outline of straight lines and curves.
    pub(crate) fn path(&self, drawn: &Path, paint: Paint) {
        self.page.borrow_mut().path(drawn, paint);
    }

    /// A circle.
    pub(crate) fn circle(&self, centre: (f64, f64), radius: f64, paint: Paint) {
        self.page.borrow_mut().circle(centre, radius, paint);
    }

    /// A straight line.
    pub(crate) fn line(&self, from: (f64, f64), to: (f64, f64), paint: Paint) {
        self.page.borrow_mut().line(from, to, paint);
    }

    /// A plot over a part of the sheet.
    pub(crate) fn plot(&self, at: Rect, x: Scale, y: Scale) -> Plot {
        Plot::new(&self.root, at, x, y, self.palette.paper)
    }

    /// Stands in a line for a value that is withheld or not known: a hatch that bears its name.
    pub(crate) fn hatch(&self, at: Rect, middle: f64, name: &str) {
        let block = at
            .across(at.x0, at.x0 + 80.0)
            .down(middle - 22.0, middle + 22.0);
        self.rect(block, Paint::Hatch(self.palette.bars));
        self.cell(at.across(at.x0 + 110.0, at.x1), middle, self.quiet(), name);
    }

    /// Says in the footer how many rows are in the table and not in the picture.
    pub(crate) fn further(&mut self, left: usize, (one, many): (&str, &str), table: &str) {
        if left > 0 {
            let verb = if left == 1 { "is" } else { "are" };
            // No line may end after the number.
            let rows = words::counted(left, one, many).replacen(' ', "\u{a0}", 1);
            self.note(format!("{rows} {verb} in table {table}."));
        }
    }

    /// Adds a sentence to the footer.
    pub(crate) fn note(&mut self, sentence: impl Into<String>) {
        self.heading.footer.push(sentence.into());
    }

    /// The colour of a mark: the highlight, or that of all others.
    pub(crate) fn tone(&self, highlighted: bool) -> Colour {
        if highlighted {
            self.palette.highlight
        } else {
            self.palette.bars
        }
    }

    /// Writes the footer and hands over the drawing.
    pub(crate) fn finish(mut self) -> Drawing {
        if self.withheld.get() > 0 {
            let rows = words::counted(
                self.withheld.get(),
                "value is withheld",
                "values are withheld",
            );
            self.note(format!("{rows}."));
        }
        if self.dropped.get() > 0 {
            let labels = words::counted(self.dropped.get(), "label", "labels");
            self.note(format!("{labels} left out for lack of room."));
        }
        let known = format!("As known on {}.", words::day(self.frame.as_of));
        let footer = std::iter::once(known)
            .chain(self.heading.footer.iter().cloned())
            .collect::<Vec<_>>()
            .join(" ");
        if let (Some((rule, first)), Size::Full) = (self.layout.footer, self.frame.size) {
            let (left, right) = (self.area().x0, self.area().x1);
            self.line(
                (left, rule),
                (right, rule),
                Paint::Line(self.palette.grid, 1.0, 3),
            );
            let most = footer_lines(self.frame.shape);
            let lines = font::wrap(&footer, FOOTER, Weight::Regular, right - left, most);
            for (place, line) in lines.iter().enumerate() {
                let y = first + place as f64 * FOOTER * LEADING;
                self.text(
                    (left, y),
                    Words {
                        size: FOOTER,
                        ..self.quiet()
                    },
                    line,
                );
            }
        }
        let title = self.heading.titles.first().cloned().unwrap_or_default();
        let alt = words::alt(&self.heading.alt);
        Drawing {
            svg: self
                .page
                .borrow()
                .finish(self.frame.shape.units(), &title, &alt),
            title,
            subtitle: self.heading.subtitle.clone(),
            footer,
            alt,
            shown: self.shown.get(),
            withheld: self.withheld.get(),
            dropped_labels: self.dropped.get(),
            empty: false,
        }
    }
}
