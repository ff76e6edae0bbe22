//! Numbers as people read them: 1,234; 41.2 %; +6.3 points; a true minus sign.

/// A whole number with thousands separators and a true minus.
///
/// ```
/// assert_eq!(catchment_base::units::count(-1_234_567), "−1,234,567");
/// ```
pub fn count(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 3);
    if number < 0 {
        out.push('−');
    }
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number with `places` decimals, thousands separators and a true minus.
///
/// ```
/// assert_eq!(catchment_base::units::real(1234.56, 1), "1,234.6");
/// assert_eq!(catchment_base::units::real(-0.04, 1), "0.0");
/// ```
pub fn real(number: f64, places: usize) -> String {
    if !number.is_finite() {
        return "–".to_string();
    }
    let text = format!("{:.places$}", number.abs());
    let is_zero = text.bytes().all(|b| b == b'0' || b == b'.');
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let whole = whole
        .parse::<i64>()
        .map_or_else(|_| whole.to_string(), count);
    let sign = if number < 0.0 && !is_zero { "−" } else { "" };
    if fraction.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{fraction}")
    }
}

/// A share as a percentage: `41.2 %`, with a narrow no-break space before the sign.
///
/// ```
/// assert_eq!(catchment_base::units::percent(0.412, 1), "41.2\u{202f}%");
/// ```
pub fn percent(share: f64, places: usize) -> String {
    format!("{}\u{202f}%", real(share * 100.0, places))
}

/// A difference of shares in points, always with a sign: `+6.3 points`.
///
/// ```
/// assert_eq!(catchment_base::units::points(-0.063), "−6.3 points");
/// ```
pub fn points(difference: f64) -> String {
    format!("{} points", signed(difference * 100.0, 1))
}

/// A number with `places` decimals that always shows its sign (none for zero).
pub fn signed(number: f64, places: usize) -> String {
    let text = real(number, places);
    let is_zero = text.bytes().all(|b| b == b'0' || b == b'.');
    if number > 0.0 && !is_zero {
        format!("+{text}")
    } else {
        text
    }
}

/// A ratio as a change: 1.08 is `+8 %`.
///
/// ```
/// assert_eq!(catchment_base::units::ratio_change(1.08), "+8\u{202f}%");
/// ```
pub fn ratio_change(ratio: f64) -> String {
    format!("{}\u{202f}%", signed((ratio - 1.0) * 100.0, 0))
}

/// A number of bytes: `12.3 MB`.
pub fn bytes(number: u64) -> String {
    const STEPS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let mut size = number as f64;
    let mut step = 0;
    while size >= 1000.0 && step + 1 < STEPS.len() {
        size /= 1000.0;
        step += 1;
    }
    format!("{} {}", real(size, usize::from(step > 0)), STEPS[step])
}

/// A count with its noun in the right number: `1 row`, `2 rows`.
///
/// ```
/// assert_eq!(catchment_base::units::counted(2, "row"), "2 rows");
/// ```
pub fn counted(number: i64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", count(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_and_separators() {
        assert_eq!(count(999), "999");
        assert_eq!(count(1_000), "1,000");
        assert_eq!(signed(0.0, 1), "0.0");
        assert_eq!(points(0.0634), "+6.3 points");
        assert_eq!(real(f64::NAN, 1), "–");
        assert_eq!(bytes(1_234_567), "1.2 MB");
        assert_eq!(counted(1, "row"), "1 row");
    }
}
