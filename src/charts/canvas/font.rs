//! The embedded font: its two weights, the exact width of a text, cutting to a width and wrapping.
//! Letters are drawn by others: browsers, or resvg for the pictures.

use std::sync::OnceLock;

/// Source Sans 3 Regular, unmodified (SIL Open Font License).
pub const REGULAR: &[u8] = include_bytes!("../../../reference/fonts/SourceSans3-Regular.ttf");

/// Source Sans 3 Semibold, unmodified (SIL Open Font License).
pub const SEMIBOLD: &[u8] = include_bytes!("../../../reference/fonts/SourceSans3-Semibold.ttf");

/// The family as an SVG attribute holds it. Unquoted, the digit would make the name invalid and the
/// text would vanish.
pub const FAMILY: &str = "'Source Sans 3', Arial, sans-serif";

/// The height of capitals and figures above the baseline, in ems.
pub const CAPITAL: f64 = 0.66;

/// How far letters such as p reach below the baseline, in ems.
pub const DESCENT: f64 = 0.21;

/// The two weights that charts use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// 400, for everything that is read after the finding.
    Regular,
    /// 600, for titles, heads and the highlighted row.
    Semibold,
}

impl Weight {
    /// The number that CSS and SVG know it by.
    pub fn number(self) -> u16 {
        match self {
            Self::Regular => 400,
            Self::Semibold => 600,
        }
    }

    fn metrics(self) -> &'static Metrics {
        static READ: [OnceLock<Metrics>; 2] = [OnceLock::new(), OnceLock::new()];
        let [regular, semibold] = &READ;
        match self {
            Self::Regular => regular.get_or_init(|| Metrics::read(REGULAR)),
            Self::Semibold => semibold.get_or_init(|| Metrics::read(SEMIBOLD)),
        }
    }
}

/// The width of a text in the units of `size`: the sum of the advances of its letters. Kerning is
/// left out, and moves a text by less than 0.5 % as a rule.
///
/// ```
/// use catchment_charts::canvas::font::{Weight, width};
/// // Every figure of the font is 497 thousandths of an em wide.
/// assert_eq!(width("2026", 100.0, Weight::Regular), 198.8);
/// ```
pub fn width(text: &str, size: f64, weight: Weight) -> f64 {
    let metrics = weight.metrics();
    let units: u32 = text.chars().map(|letter| metrics.advance(letter)).sum();
    f64::from(units) * size / metrics.units_per_em
}

/// The text if it is no wider than `most`, else its longest beginning that fits with "…" after it.
///
/// ```
/// use catchment_charts::canvas::font::{Weight, cut};
/// assert_eq!(cut("Cardiology", 48.0, Weight::Regular, 500.0), "Cardiology");
/// assert_eq!(cut("Cardiology", 48.0, Weight::Regular, 150.0), "Card…");
/// ```
pub fn cut(text: &str, size: f64, weight: Weight, most: f64) -> String {
    if width(text, size, weight) <= most {
        return text.to_string();
    }
    let room = most - width("…", size, weight);
    let mut kept = String::new();
    let mut used = 0.0;
    for letter in text.chars() {
        used += width(letter.encode_utf8(&mut [0; 4]), size, weight);
        if used > room {
            break;
        }
        kept.push(letter);
    }
    format!("{}…", kept.trim_end())
}

/// Whether the text fits into so many lines of that width.
pub fn fits(text: &str, size: f64, weight: Weight, most: f64, lines: usize) -> bool {
    let broken = broken(text, size, weight, most);
    broken.len() <= lines && broken.iter().all(|line| width(line, size, weight) <= most)
}

/// The text broken at spaces into at most `lines` lines, each as full as `most` allows. What does
/// not fit is cut with "…".
pub fn fill(text: &str, size: f64, weight: Weight, most: f64, lines: usize) -> Vec<String> {
    let whole = broken(text, size, weight, most);
    if whole.len() > lines {
        let mut kept: Vec<String> = whole
            .iter()
            .take(lines.saturating_sub(1))
            .cloned()
            .collect();
        let rest: Vec<String> = whole.into_iter().skip(kept.len()).collect();
        kept.push(cut(&rest.join(" "), size, weight, most));
        return kept;
    }
    whole
        .iter()
        .map(|line| cut(line, size, weight, most))
        .collect()
}

/// The same, but where little stands on the last line the lines are evened out.
pub fn wrap(text: &str, size: f64, weight: Weight, most: f64, lines: usize) -> Vec<String> {
    let mut best = broken(text, size, weight, most);
    if best.len() > lines {
        return fill(text, size, weight, most, lines);
    }
    let mut narrower = most;
    let short = |lines: &[String]| {
        lines.len() > 1
            && lines
                .last()
                .is_some_and(|line| width(line, size, weight) < most * 0.5)
    };
    while short(&best) && narrower > most / 2.0 {
        narrower -= size / 2.0;
        let tried = broken(text, size, weight, narrower);
        let fits = tried
            .iter()
            .all(|line| width(line, size, weight) <= narrower);
        if tried.len() > best.len() || !fits {
            break;
        }
        best = tried;
    }
    best.iter()
        .map(|line| cut(line, size, weight, most))
        .collect()
}

fn broken(text: &str, size: f64, weight: Weight, most: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        if let Some(line) = lines.last_mut() {
            let longer = format!("{line} {word}");
            if width(&longer, size, weight) <= most {
                *line = longer;
                continue;
            }
        }
        lines.push(word.to_string());
    }
    lines
}

/// The advances of a font's letters, read from its tables `head`, `hhea`, `hmtx` and `cmap` as the
/// OpenType specification 1.9 lays them out.
struct Metrics {
    units_per_em: f64,
    advances: Vec<u16>,
    /// First and last letter of a run, and the glyph of the first.
    runs: Vec<(u32, u32, u32)>,
}

impl Metrics {
    /// A file that is no font gives no runs, and each letter then counts as half an em; the
    /// embedded files are tested to read whole.
    fn read(file: &[u8]) -> Self {
        Self::parse(file).unwrap_or(Self {
            units_per_em: 1000.0,
            advances: Vec::new(),
            runs: Vec::new(),
        })
    }

    fn parse(file: &[u8]) -> Option<Self> {
        let head = table(file, b"head")?;
        let hhea = table(file, b"hhea")?;
        let hmtx = table(file, b"hmtx")?;
        let count = usize::from(short(hhea, 34)?);
        let advances = (0..count)
            .map(|i| short(hmtx, i * 4))
            .collect::<Option<Vec<_>>>()?;
        let runs = runs(table(file, b"cmap")?)?;
        Some(Self {
            units_per_em: f64::from(short(head, 18)?),
            advances,
            runs,
        })
    }

    fn advance(&self, letter: char) -> u32 {
        let code = u32::from(letter);
        let found = self.runs.partition_point(|run| run.1 < code);
        let glyph = match self.runs.get(found) {
            Some(&(first, _, glyph)) if first <= code => (glyph + (code - first)) as usize,
            // A letter that the font lacks is drawn as its glyph 0.
            _ => 0,
        };
        // The last advance serves all glyphs after it.
        let known = self.advances.get(glyph).or(self.advances.last());
        known.map_or(500, |&units| u32::from(units))
    }
}

fn table<'a>(file: &'a [u8], tag: &[u8; 4]) -> Option<&'a [u8]> {
    let count = usize::from(short(file, 4)?);
    (0..count).map(|i| 12 + i * 16).find_map(|at| {
        let found = file.get(at..at + 4)? == tag;
        let start = long(file, at + 8)? as usize;
        let length = long(file, at + 12)? as usize;
        file.get(start..start.checked_add(length)?)
            .filter(|_| found)
    })
}

/// The runs of the `cmap` subtable of format 12, which holds all of Unicode.
fn runs(cmap: &[u8]) -> Option<Vec<(u32, u32, u32)>> {
    let count = usize::from(short(cmap, 2)?);
    let starts = (0..count).filter_map(|i| long(cmap, 4 + i * 8 + 4));
    let table = starts
        .filter_map(|start| cmap.get(start as usize..))
        .find(|t| short(t, 0) == Some(12))?;
    let groups = long(table, 12)? as usize;
    let group = |i: usize| {
        let at = 16 + i * 12;
        Some((long(table, at)?, long(table, at + 4)?, long(table, at + 8)?))
    };
    (0..groups).map(group).collect()
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn long(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn both_weights_read_whole() {
        for (file, weight) in [(REGULAR, Weight::Regular), (SEMIBOLD, Weight::Semibold)] {
            let metrics = Metrics::parse(file).unwrap();
            assert!(metrics.runs.len() > 100, "{weight:?}");
            assert!(
                metrics.runs.windows(2).all(|w| w[0].1 < w[1].0),
                "sorted for the search"
            );
        }
        assert!(Metrics::parse(b"no font").is_none());
    }

    #[test]
    fn figures_are_of_one_width_and_our_signs_are_in_the_font() {
        for weight in [Weight::Regular, Weight::Semibold] {
            let zero = width("0", 1000.0, weight);
            for figure in "123456789".chars() {
                assert_eq!(width(&figure.to_string(), 1000.0, weight), zero);
            }
            for sign in ['−', '–', '…', '±', '%', '\u{202f}', '·', '→', '×'] {
                let code = u32::from(sign);
                let runs = &weight.metrics().runs;
                assert!(runs.iter().any(|r| r.0 <= code && code <= r.1), "{sign:?}");
            }
        }
    }

    #[test]
    fn wraps_evenly_and_cuts_the_last_line() {
        let text = "Cardiology leaks most: 41.2 % of 1,234 referrals, +6.3 points on 2026 Q2";
        let lines = wrap(text, 88.0, Weight::Semibold, 2000.0, 2);
        assert_eq!(lines.len(), 2);
        assert_eq!(lines.join(" "), text);
        let ratio =
            width(&lines[1], 88.0, Weight::Semibold) / width(&lines[0], 88.0, Weight::Semibold);
        assert!(ratio > 0.5, "{lines:?}");
        let lines = wrap(text, 88.0, Weight::Semibold, 1000.0, 2);
        assert!(lines[1].ends_with('…'));
        assert!(!fits(text, 88.0, Weight::Semibold, 1000.0, 2));
    }

    proptest! {
        #[test]
        fn what_is_cut_fits(text in "\\PC{0,40}", most in 60.0f64..900.0) {
            let short = cut(&text, 48.0, Weight::Regular, most);
            prop_assert!(width(&short, 48.0, Weight::Regular) <= most + 1e-9);
        }

        #[test]
        fn wrapped_lines_fit_and_keep_every_word(text in "[a-z]{1,9}( [a-z]{1,9}){0,20}") {
            let lines = wrap(&text, 48.0, Weight::Regular, 700.0, 20);
            prop_assert_eq!(lines.join(" "), text);
            for line in &lines {
                prop_assert!(width(line, 48.0, Weight::Regular) <= 700.0);
            }
        }
    }
}
