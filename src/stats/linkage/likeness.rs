//! How alike two texts are: Jaro's and Winkler's comparators, and Soundex for blocks.

/// Jaro's likeness of two texts, from 0 (nothing in common) to 1 (the same).
///
/// With m letters of one text that stand in the other within half the longer length less one, and t
/// half the number of these that stand in another order, it is (m/|a| + m/|b| + (m - t)/m) / 3
/// (Jaro 1989). Two empty texts are alike; an empty one is like no other. Letters are Unicode
/// scalar values, compared as they are: case is the caller's.
///
/// ```
/// use catchment_stats::linkage::jaro;
/// assert!((jaro("MARTHA", "MARHTA") - 0.944).abs() < 5e-4);
/// assert_eq!(jaro("", ""), 1.0);
/// ```
pub fn jaro(a: &str, b: &str) -> f64 {
    if a.is_ascii() && b.is_ascii() {
        return jaro_of(a.as_bytes(), b.as_bytes());
    }
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    jaro_of(&a, &b)
}

/// Jaro's likeness raised for a common beginning: j + 0.1 l (1 - j) with l the letters of the
/// common prefix, at most 4, where j is above 0.7 (Winkler 1990).
///
/// ```
/// use catchment_stats::linkage::jaro_winkler;
/// assert!((jaro_winkler("DIXON", "DICKSONX") - 0.813).abs() < 5e-4);
/// ```
pub fn jaro_winkler(a: &str, b: &str) -> f64 {
    let likeness = jaro(a, b);
    if likeness <= 0.7 {
        return likeness;
    }
    let prefix = a
        .chars()
        .zip(b.chars())
        .take(4)
        .take_while(|(x, y)| x == y)
        .count();
    likeness + 0.1 * prefix as f64 * (1.0 - likeness)
}

/// Which letters a word has and how many: enough to see that two words can't be alike without
/// comparing them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Letters {
    /// A bit for each letter, some letters sharing one.
    present: u64,
    length: u32,
}

impl Letters {
    /// Of a word.
    pub fn of(word: &str) -> Self {
        let bit = |letter: char| 1u64 << (u32::from(letter) & 63);
        Self {
            present: word.chars().map(bit).fold(0, |all, bit| all | bit),
            length: word.chars().count() as u32,
        }
    }

    /// The most that [`jaro_winkler`] of two words of these letters can be.
    ///
    /// A letter that the other word lacks has no partner in it, so at most |a| less these are in
    /// common, and a likeness is greatest where all of them stand in order and four of them begin
    /// both words.
    ///
    /// ```
    /// use catchment_stats::linkage::{Letters, jaro_winkler};
    /// let (a, b) = ("MARTHA", "MARHTA");
    /// assert!(Letters::of(a).most(&Letters::of(b)) >= jaro_winkler(a, b));
    /// assert_eq!(Letters::of("SMITH").most(&Letters::of("BRAUN")), 0.0);
    /// ```
    pub fn most(&self, other: &Self) -> f64 {
        let lacking = |a: &Self, b: &Self| (a.present & !b.present).count_ones();
        let common = |a: &Self, b: &Self| a.length.saturating_sub(lacking(a, b));
        let most = common(self, other).min(common(other, self));
        if most == 0 {
            return if self.length + other.length == 0 {
                1.0
            } else {
                0.0
            };
        }
        let m = f64::from(most);
        let jaro = (m / f64::from(self.length) + m / f64::from(other.length) + 1.0) / 3.0;
        let prefix = f64::from(most.min(4));
        // The last digits of two sums need not be the same.
        (jaro + 0.1 * prefix * (1.0 - jaro) + 1e-9).min(1.0)
    }
}

/// Letters of one word that a mask can hold.
const MASK: usize = 128;

fn jaro_of<T: PartialEq>(a: &[T], b: &[T]) -> f64 {
    if a.is_empty() && b.is_empty() {
        return 1.0;
    }
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    if a.len() <= MASK && b.len() <= MASK {
        let (mut of_a, mut of_b) = (0u128, 0u128);
        pair_up(a, b, |i, j| {
            let is_free = of_b >> j & 1 == 0;
            if is_free {
                of_a |= 1 << i;
                of_b |= 1 << j;
            }
            is_free
        });
        return score(a, b, |i| of_a >> i & 1 == 1, |j| of_b >> j & 1 == 1);
    }
    let (mut of_a, mut of_b) = (vec![false; a.len()], vec![false; b.len()]);
    pair_up(a, b, |i, j| {
        let is_free = !of_b[j];
        of_a[i] |= is_free;
        of_b[j] = true;
        is_free
    });
    score(a, b, |i| of_a[i], |j| of_b[j])
}

/// Offers each letter of `a` the equal letters of `b` within the window, until one is free.
fn pair_up<T: PartialEq>(a: &[T], b: &[T], mut take: impl FnMut(usize, usize) -> bool) {
    let window = (a.len().max(b.len()) / 2).saturating_sub(1);
    for (i, letter) in a.iter().enumerate() {
        let (first, end) = (i.saturating_sub(window), (i + window + 1).min(b.len()));
        for (j, other) in b.iter().enumerate().take(end).skip(first) {
            if other == letter && take(i, j) {
                break;
            }
        }
    }
}

fn score<T: PartialEq>(
    a: &[T],
    b: &[T],
    in_a: impl Fn(usize) -> bool,
    in_b: impl Fn(usize) -> bool,
) -> f64 {
    let of_a = (0..a.len()).filter(|&i| in_a(i));
    let of_b = (0..b.len()).filter(|&j| in_b(j));
    let (mut common, mut displaced) = (0usize, 0usize);
    for (i, j) in of_a.zip(of_b) {
        common += 1;
        displaced += usize::from(a[i] != b[j]);
    }
    if common == 0 {
        return 0.0;
    }
    let m = common as f64;
    // Half of the displaced letters, rounded down, as Winkler's own program has it.
    let transposed = (displaced / 2) as f64;
    (m / a.len() as f64 + m / b.len() as f64 + (m - transposed) / m) / 3.0
}

/// The American Soundex code of a word of Latin letters: its first letter and three digits of the
/// sounds behind it. What is no ASCII letter is passed over; a word without letters has none.
///
/// ```
/// use catchment_stats::linkage::soundex;
/// // The examples of the National Archives.
/// assert_eq!(soundex("Washington").as_deref(), Some("W252"));
/// assert_eq!(soundex("Pfister").as_deref(), Some("P236"));
/// assert_eq!(soundex("Ashcraft").as_deref(), Some("A261"));
/// assert_eq!(soundex("42"), None);
/// ```
pub fn soundex(word: &str) -> Option<String> {
    let mut letters = word
        .chars()
        .filter(char::is_ascii_alphabetic)
        .map(|c| c.to_ascii_uppercase());
    let first = letters.next()?;
    let mut code = String::from(first);
    let mut before = sound(first);
    for letter in letters {
        // H and W do not part letters of one sound; vowels do.
        if matches!(letter, 'H' | 'W') {
            continue;
        }
        let now = sound(letter);
        if let Some(digit) = now.filter(|_| now != before) {
            code.push(digit);
            if code.len() == 4 {
                return Some(code);
            }
        }
        before = now;
    }
    while code.len() < 4 {
        code.push('0');
    }
    Some(code)
}

fn sound(letter: char) -> Option<char> {
    match letter {
        'B' | 'F' | 'P' | 'V' => Some('1'),
        'C' | 'G' | 'J' | 'K' | 'Q' | 'S' | 'X' | 'Z' => Some('2'),
        'D' | 'T' => Some('3'),
        'L' => Some('4'),
        'M' | 'N' => Some('5'),
        'R' => Some('6'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn long_words_are_compared_as_short_ones() {
        // Beyond the mask the other path is taken; a repeated word keeps the value by its own rule.
        let (a, b) = ("AB".repeat(80), "BA".repeat(80));
        assert!((jaro(&a, &b) - (1.0 + 1.0 + 80.0 / 160.0) / 3.0).abs() < 1e-2);
        assert_eq!(jaro(&a, &a), 1.0);
        assert_eq!(jaro("ÉLAN", "ÉLAN"), 1.0);
        assert!(jaro("ÉLAN", "ELAN") < 1.0);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn likeness_is_bounded_and_whole_for_equals(a in "[A-D]{0,12}", b in "[A-D]{0,12}") {
            let (plain, raised) = (jaro(&a, &b), jaro_winkler(&a, &b));
            prop_assert!((0.0..=1.0).contains(&plain));
            prop_assert!(raised >= plain && raised <= 1.0);
            prop_assert_eq!(jaro(&a, &a), 1.0);
            prop_assert_eq!(plain == 1.0, a == b);
        }

        #[test]
        fn letters_bound_the_likeness(a in "[A-Eé]{0,9}", b in "[A-Eé]{0,9}") {
            let most = Letters::of(&a).most(&Letters::of(&b));
            prop_assert!(most >= jaro_winkler(&a, &b), "{} {} {}", a, b, most);
        }

        /// Words without a repeated letter have one value both ways.
        #[test]
        fn likeness_is_symmetric(
            a in Just(('A'..='J').collect::<Vec<_>>()).prop_shuffle(),
            b in Just(('A'..='J').collect::<Vec<_>>()).prop_shuffle(),
            cut in (0usize..10, 0usize..10),
        ) {
            let (a, b) = (String::from_iter(&a[cut.0..]), String::from_iter(&b[cut.1..]));
            prop_assert!((jaro_winkler(&a, &b) - jaro_winkler(&b, &a)).abs() < 1e-15);
        }

        #[test]
        fn codes_have_a_letter_and_three_digits(word in "[A-Za-z]{1,14}") {
            let code = soundex(&word).unwrap();
            prop_assert_eq!(code.len(), 4);
            prop_assert!(code[1..].bytes().all(|b| b.is_ascii_digit()));
            prop_assert_eq!(soundex(&word.to_lowercase()), Some(code));
        }
    }
}
