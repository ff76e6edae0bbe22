//! National Provider Identifiers: ten digits whose last is an ISO 7812 check digit over 80840.

/// Whether a text is an NPI: ten digits that start with 1 or 2, with a right check digit.
///
/// ```
/// // The example of the CMS check digit paper.
/// assert!(catchment_base::npi::is_valid("1234567893"));
/// assert!(!catchment_base::npi::is_valid("1234567890"));
/// ```
pub fn is_valid(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 10
        && bytes.iter().all(u8::is_ascii_digit)
        && matches!(bytes[0], b'1' | b'2')
        && check_digit(&bytes[..9]) == bytes[9] - b'0'
        && !is_sentinel(text)
}

/// NPIs that pass the check digit and mean nobody: feeds use 9999999991 to 9999999999, zeros and
/// the like. (Only those that start with 1 or 2 could pass; none does today.)
fn is_sentinel(text: &str) -> bool {
    text.bytes().all(|b| b == text.as_bytes()[0])
}

/// The check digit (0 to 9) over nine ASCII digits: Luhn with the constant 24 that stands for the
/// prefix 80840.
pub fn check_digit(nine: &[u8]) -> u8 {
    let mut sum = 24u32;
    for (place, byte) in nine.iter().enumerate() {
        let digit = u32::from(byte.wrapping_sub(b'0'));
        if place % 2 == 0 {
            let doubled = digit * 2;
            sum += doubled / 10 + doubled % 10;
        } else {
            sum += digit;
        }
    }
    ((10 - sum % 10) % 10) as u8
}

/// The NPI whose first nine digits are `body` (100,000,000 to 299,999,999).
///
/// ```
/// assert_eq!(catchment_base::npi::complete(123_456_789), "1234567893");
/// ```
pub fn complete(body: u32) -> String {
    let nine = format!("{body:09}");
    let digit = check_digit(nine.as_bytes());
    format!("{nine}{digit}")
}

/// The NPI in a cell as exports write it: trimmed, and without the `.0` that spreadsheets add.
/// `None` where it is none.
///
/// ```
/// assert_eq!(catchment_base::npi::read(" 1234567893.0 "), Some("1234567893"));
/// ```
pub fn read(cell: &str) -> Option<&str> {
    let text = cell.trim();
    let text = text.strip_suffix(".0").unwrap_or(text);
    is_valid(text).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn refuses_sentinels_and_wrong_lengths() {
        for text in [
            "",
            "0000000000",
            "9999999995",
            "123456789",
            "12345678933",
            "1.23457E9",
            "1111111111",
        ] {
            assert!(!is_valid(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn one_changed_digit_is_noticed(body in 100_000_000u32..300_000_000, place in 1usize..10, add in 1u8..10) {
            let npi = complete(body);
            prop_assert!(is_valid(&npi) || is_sentinel(&npi));
            let mut bytes = npi.into_bytes();
            bytes[place] = b'0' + (bytes[place] - b'0' + add) % 10;
            prop_assert!(!is_valid(std::str::from_utf8(&bytes).unwrap()));
        }
    }
}
