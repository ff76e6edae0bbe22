//! The words of an expression: names, texts, numbers and signs, each with its place.

use std::fmt;

/// Something that can't be read, with its place in the expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The byte at which it stands.
    pub(crate) at: usize,
    /// What stands there.
    pub(crate) what: String,
    /// What to write instead.
    pub(crate) help: String,
}

impl Fault {
    pub(crate) fn new(at: usize, what: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            at,
            what: what.into(),
            help: help.into(),
        }
    }
}

/// One word of an expression.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token {
    /// A bare name: a column, a function or a word of the language.
    Name(String),
    /// A column in double quotes.
    Quoted(String),
    /// A text in single quotes.
    Text(String),
    /// A number, as it is written and as what it is.
    Number(String, f64),
    /// A sign: `(`, `)`, `,` or a comparison.
    Sign(&'static str),
    /// Where the expression ends.
    End,
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => write!(f, "{name}"),
            Self::Quoted(name) => write!(f, "\"{name}\""),
            Self::Text(text) => write!(f, "'{text}'"),
            Self::Number(text, _) => f.write_str(text),
            Self::Sign(sign) => write!(f, "'{sign}'"),
            Self::End => f.write_str("the end"),
        }
    }
}

/// The longest come first.
const SIGNS: &[&str] = &["!=", "<>", "<=", ">=", "=", "<", ">", "(", ")", ","];

/// Cuts an expression into words; the last is always [`Token::End`].
pub(crate) fn tokens(text: &str) -> Result<Vec<(usize, Token)>, Fault> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = text[at..].chars().next() {
        if next.is_whitespace() {
            at += next.len_utf8();
            continue;
        }
        let (token, length) = token(&text[at..], at)?;
        found.push((at, token));
        at += length;
    }
    found.push((text.len(), Token::End));
    Ok(found)
}

/// The word at the front of a text, and its length.
fn token(text: &str, at: usize) -> Result<(Token, usize), Fault> {
    let next = text.chars().next().unwrap_or_default();
    if next == '\'' || next == '"' {
        return quoted(text, next, at);
    }
    if next.is_ascii_digit() || next == '-' {
        return number(text, at);
    }
    if next.is_alphabetic() || next == '_' {
        let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
        let length = text.find(|c| !is_part(c)).unwrap_or(text.len());
        let name = &text[..length];
        if name.matches('.').count() > 1 || name.ends_with('.') {
            return Err(Fault::new(
                at,
                format!("'{name}' is no name"),
                "write a column of a joined file as FILE.COLUMN, other names with dots in double quotes",
            ));
        }
        return Ok((Token::Name(name.to_string()), length));
    }
    match SIGNS.iter().find(|sign| text.starts_with(**sign)) {
        Some(&"<>") => Ok((Token::Sign("!="), 2)),
        Some(sign) => Ok((Token::Sign(sign), sign.len())),
        None => Err(Fault::new(
            at,
            format!("found '{}'", next.escape_debug()),
            "expected a column, a text in single quotes, a number, or a sign like = or (",
        )),
    }
}

/// What stands between two marks; the mark twice is the mark itself.
fn quoted(text: &str, mark: char, at: usize) -> Result<(Token, usize), Fault> {
    let mut inside = String::new();
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((place, c)) = chars.next() {
        if c != mark {
            inside.push(c);
            continue;
        }
        if chars.next_if(|(_, next)| *next == mark).is_some() {
            inside.push(mark);
            continue;
        }
        let token = match mark {
            '\'' => Token::Text(inside),
            _ => Token::Quoted(inside),
        };
        return Ok((token, place + 1));
    }
    let (what, help) = match mark {
        '\'' => (
            "this text does not end",
            "end it with a single quote; a single quote inside a text is written twice",
        ),
        _ => ("this name does not end", "end it with a double quote"),
    };
    Err(Fault::new(at, what, help))
}

fn number(text: &str, at: usize) -> Result<(Token, usize), Fault> {
    let body = text.strip_prefix('-').unwrap_or(text);
    let is_part = |c: char| c.is_alphanumeric() || c == '.' || c == '_';
    let length = text.len() - body.len() + body.find(|c| !is_part(c)).unwrap_or(body.len());
    let written = &text[..length];
    let plain = written
        .bytes()
        .all(|b| b.is_ascii_digit() || b == b'.' || b == b'-');
    match written.parse::<f64>() {
        Ok(number) if plain && number.is_finite() => {
            Ok((Token::Number(written.to_string(), number), length))
        }
        _ => Err(Fault::new(
            at,
            format!("'{written}' is no number"),
            "write a column whose name begins with a digit in double quotes",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_expression_falls_into_its_words() {
        let found: Vec<String> = tokens("if(A.B>=-1.5,'it''s',\"C \"\"D\"\"\")<>x")
            .unwrap()
            .iter()
            .map(|(at, token)| format!("{at}:{token}"))
            .collect();
        assert_eq!(
            found.join(" "),
            "0:if 2:'(' 3:A.B 6:'>=' 8:-1.5 12:',' 13:'it's' 20:',' 21:\"C \"D\"\" 30:')' 31:'!=' 33:x 34:the end"
        );
    }

    #[test]
    fn what_is_no_word_is_refused_at_its_place() {
        for (text, at) in [
            ("A = 'x", 4),
            ("\"A", 0),
            ("A = 1x", 4),
            ("A ; B", 2),
            ("A.B.C", 0),
            ("A. = 1", 0),
            ("1.2.3", 0),
            ("-", 0),
        ] {
            assert_eq!(tokens(text).unwrap_err().at, at, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in "\\PC{0,40}") {
            let _ = tokens(&text);
        }
    }
}
