//! JSON as it goes to a line of NDJSON: objects and lists whose members stand in the order in which
//! they are written; what is empty is left out, as FHIR wants it.

use std::fmt::Write;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Json {
    Text(String),
    List(Vec<Json>),
    Object(Vec<(&'static str, Json)>),
}

impl Json {
    fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::List(items) => items.iter().all(Self::is_empty),
            Self::Object(members) => members.iter().all(|(_, value)| value.is_empty()),
        }
    }

    fn push(&self, out: &mut String) {
        match self {
            Self::Text(text) => push_text(text, out),
            Self::List(items) => {
                out.push('[');
                for (at, item) in items.iter().filter(|item| !item.is_empty()).enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    item.push(out);
                }
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                let filled = members.iter().filter(|(_, value)| !value.is_empty());
                for (at, (name, value)) in filled.enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    push_text(name, out);
                    out.push(':');
                    value.push(out);
                }
                out.push('}');
            }
        }
    }

    /// Adds it as a line.
    pub(super) fn push_line(&self, bytes: &mut Vec<u8>) {
        let mut line = String::new();
        self.push(&mut line);
        line.push('\n');
        bytes.extend_from_slice(line.as_bytes());
    }
}

fn push_text(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c < ' ' => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// A text.
pub(super) fn text(text: impl Into<String>) -> Json {
    Json::Text(text.into())
}

/// A list of one.
pub(super) fn one(item: Json) -> Json {
    Json::List(vec![item])
}

/// An object.
pub(super) fn object<const N: usize>(members: [(&'static str, Json); N]) -> Json {
    Json::Object(members.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_empty_is_left_out_and_signs_are_escaped() {
        let value = object([
            ("a", text("x \"y\" \\ \n & é")),
            ("b", text("")),
            ("c", one(object([("d", text(""))]))),
            ("e", Json::List(vec![text(""), text("f"), text("g")])),
        ]);
        let mut line = Vec::new();
        value.push_line(&mut line);
        let expected = "{\"a\":\"x \\\"y\\\" \\\\ \\u000a & é\",\"e\":[\"f\",\"g\"]}\n";
        assert_eq!(String::from_utf8(line).ok().as_deref(), Some(expected));
    }
}
