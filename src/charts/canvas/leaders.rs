//! Names beside points of a crowded picture: each in the nearest free place around its point, with
//! a line to it where that is not next to it. What is named is the chart's.

use std::f64::consts::TAU;

use super::labels::along;
use super::page::{Anchor, Paint, Rect, Words, text_box};
use super::sheet::Sheet;

/// The directions in which a place is looked for.
const WAYS: u32 = 24;

/// The steps away from the point, in units of the sheet.
const STEP: f64 = 22.0;

/// So many steps away a name still belongs to its point.
const STEPS: u32 = 22;

/// The room around a name.
const ROOM: f64 = 8.0;

/// From so far away a line leads to the point.
const FAR: f64 = 34.0;

impl Sheet {
    /// Writes a name (and, where it was cut, the whole of it for who hovers) near a point of some radius inside `area`, clear of all texts and of `taken`, and
    /// adds what it takes; where there is no room, it is left out and counted.
    pub(crate) fn name_near(
        &self,
        (point, radius): ((f64, f64), f64),
        words: Words,
        (text, whole): (&str, &str),
        area: Rect,
        taken: &mut Vec<Rect>,
    ) {
        let boxes = self.page.borrow().boxes().to_vec();
        let free = |own: &Rect, line: &[Rect]| {
            let wide = own
                .across(own.x0 - ROOM, own.x1 + ROOM)
                .down(own.y0 - ROOM, own.y1 + ROOM);
            own.within(&area)
                && !boxes
                    .iter()
                    .chain(taken.iter())
                    .any(|other| wide.meets(other))
                && !line
                    .iter()
                    .any(|part| boxes.iter().any(|other| part.meets(other)))
        };
        let places = (0..STEPS).flat_map(|step| (0..WAYS).map(move |way| (step, way)));
        let found = places.into_iter().find_map(|(step, way)| {
            let away = radius + 12.0 + STEP * f64::from(step);
            // To the right first, then up and down in turn.
            let turn = f64::from(way.div_ceil(2)) * if way % 2 == 1 { -1.0 } else { 1.0 };
            let angle = TAU * turn / f64::from(WAYS);
            let end = (point.0 + away * angle.cos(), point.1 + away * angle.sin());
            let (at, anchor) = beside(end, angle, words);
            let own = text_box(at, words.from(anchor), text);
            let line = if away > radius + FAR {
                let start = (
                    point.0 + radius * angle.cos(),
                    point.1 + radius * angle.sin(),
                );
                along(&[start, end], 4.0)
            } else {
                Vec::new()
            };
            free(&own, &line).then_some((at, anchor, own, line, end, angle))
        });
        let Some((at, anchor, own, line, end, angle)) = found else {
            self.dropped.set(self.dropped.get() + 1);
            return;
        };
        if !line.is_empty() {
            let start = (
                point.0 + radius * angle.cos(),
                point.1 + radius * angle.sin(),
            );
            self.line(start, end, Paint::Line(self.palette.second, 1.0, 3));
        }
        taken.extend(line);
        taken.push(own);
        let whole = (whole != text).then_some(whole);
        let words = words.from(anchor);
        self.page.borrow_mut().text(at, words, text, whole);
    }
}

/// The baseline and anchor of a text that begins, ends or stands at the end of a line that comes
/// in this direction.
fn beside((x, y): (f64, f64), angle: f64, words: Words) -> ((f64, f64), Anchor) {
    let (cos, sin) = (angle.cos(), angle.sin());
    let half = words.size * super::font::CAPITAL / 2.0;
    // A text above the end stands on it, one below hangs from it.
    let baseline = y + half + sin * half * 1.2;
    if cos > 0.3 {
        ((x + 6.0, baseline), Anchor::Start)
    } else if cos < -0.3 {
        ((x - 6.0, baseline), Anchor::End)
    } else {
        ((x, y + half + sin * (half + 8.0)), Anchor::Middle)
    }
}
