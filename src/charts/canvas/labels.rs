//! Places labels beside points without overlap: eight positions, the first that is free; where
//! none is, the label is dropped and the caller counts it.

use super::page::{Anchor, Rect, Words, text_box};

/// Finds a free place for a label of `text` beside `point`, `gap` away from it, inside `area` and
/// clear of `taken`. Gives the place of the baseline and the anchor.
pub(crate) fn place(
    point: (f64, f64),
    gap: f64,
    text: &str,
    words: Words,
    area: Rect,
    taken: &[Rect],
) -> Option<((f64, f64), Anchor)> {
    let (x, y) = point;
    let half = words.size * super::font::CAPITAL / 2.0;
    let (above, below) = (y - gap, y + gap + 2.0 * half);
    let near = gap * 0.7;
    let positions = [
        ((x, above), Anchor::Middle),
        ((x, below), Anchor::Middle),
        ((x + gap, y + half), Anchor::Start),
        ((x - gap, y + half), Anchor::End),
        ((x + near, y - near), Anchor::Start),
        ((x - near, y - near), Anchor::End),
        ((x + near, y + near + 2.0 * half), Anchor::Start),
        ((x - near, y + near + 2.0 * half), Anchor::End),
    ];
    positions.into_iter().find(|&(at, anchor)| {
        let own = text_box(at, Words { anchor, ..words }, text);
        own.within(&area) && !taken.iter().any(|other| own.meets(other))
    })
}

/// The boxes along a line from point to point, so that labels keep off it.
pub(crate) fn along(points: &[(f64, f64)], thickness: f64) -> Vec<Rect> {
    const STEPS: i32 = 12;
    let mut boxes = Vec::new();
    for (from, to) in points.iter().zip(points.iter().skip(1)) {
        for step in 0..=STEPS {
            let share = f64::from(step) / f64::from(STEPS);
            let x = from.0 + (to.0 - from.0) * share;
            let y = from.1 + (to.1 - from.1) * share;
            let half = thickness / 2.0;
            boxes.push(Rect {
                x0: x - half,
                y0: y - half,
                x1: x + half,
                y1: y + half,
            });
        }
    }
    boxes
}

/// The heights of labels of one column, moved apart until neighbours are `least` from each other,
/// in the order given (ascending), and kept between `top` and `bottom`.
pub(crate) fn spread(heights: &[f64], least: f64, top: f64, bottom: f64) -> Vec<f64> {
    let mut out: Vec<f64> = Vec::with_capacity(heights.len());
    for &height in heights {
        let lowest = out.last().map_or(top, |last| last + least);
        out.push(height.max(lowest));
    }
    let mut highest = bottom;
    for height in out.iter_mut().rev() {
        *height = height.min(highest);
        highest = *height - least;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canvas::font::Weight;
    use crate::canvas::theme::Colour;

    const WORDS: Words = Words {
        size: 48.0,
        weight: Weight::Regular,
        colour: Colour(0, 0, 0),
        anchor: Anchor::Start,
    };

    #[test]
    fn takes_the_first_free_place_and_drops_where_there_is_none() {
        let area = Rect {
            x0: 0.0,
            y0: 0.0,
            x1: 400.0,
            y1: 400.0,
        };
        let free = place((200.0, 200.0), 20.0, "12", WORDS, area, &[]);
        assert_eq!(free, Some(((200.0, 180.0), Anchor::Middle)));
        let above = Rect {
            x0: 0.0,
            y0: 0.0,
            x1: 400.0,
            y1: 190.0,
        };
        let (at, _) = place((200.0, 200.0), 20.0, "12", WORDS, area, &[above]).unwrap();
        assert!(at.1 > 200.0);
        assert_eq!(
            place((200.0, 200.0), 20.0, "12", WORDS, area, &[area]),
            None
        );
    }

    #[test]
    fn spreads_what_is_too_near() {
        assert_eq!(
            spread(&[10.0, 12.0, 100.0], 50.0, 0.0, 300.0),
            [10.0, 60.0, 110.0]
        );
        assert_eq!(spread(&[280.0, 290.0], 50.0, 0.0, 300.0), [250.0, 300.0]);
    }

    #[test]
    fn a_line_is_covered_from_end_to_end() {
        let boxes = along(&[(0.0, 0.0), (120.0, 0.0)], 10.0);
        assert_eq!(boxes.len(), 13);
        assert!(boxes.windows(2).all(|w| w[0].x1 >= w[1].x0));
    }
}
