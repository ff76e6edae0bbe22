//! Values that are bound to a query's `$name` placeholders. They are never pasted into its text.

use std::collections::BTreeMap;

use datafusion::common::{ParamValues, ScalarValue};

use crate::base::Day;

/// A bound value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Text.
    Text(String),
    /// A whole number.
    Int(i64),
    /// A number.
    Real(f64),
    /// A day.
    Day(Day),
    /// True or false.
    Flag(bool),
}

/// Bound values by name, without the dollar sign.
pub type Parameters = BTreeMap<String, Value>;

impl Value {
    /// The value that a person wrote on the command line: a day, a number, true or false, else a
    /// text; quotes keep a text a text.
    pub fn read(text: &str) -> Self {
        let quoted = text.len() >= 2 && text.starts_with('\'') && text.ends_with('\'');
        if quoted {
            return Self::Text(text[1..text.len() - 1].to_string());
        }
        if let Ok(day) = text.parse::<Day>() {
            return Self::Day(day);
        }
        if let Ok(number) = text.parse::<i64>() {
            return Self::Int(number);
        }
        match text {
            "true" => return Self::Flag(true),
            "false" => return Self::Flag(false),
            _ => {}
        }
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Self::Real(number),
            _ => Self::Text(text.to_string()),
        }
    }

    fn scalar(&self) -> ScalarValue {
        match self {
            Self::Text(text) => ScalarValue::Utf8(Some(text.clone())),
            Self::Int(number) => ScalarValue::Int64(Some(*number)),
            Self::Real(number) => ScalarValue::Float64(Some(*number)),
            Self::Day(day) => ScalarValue::Date32(Some(day.0)),
            Self::Flag(flag) => ScalarValue::Boolean(Some(*flag)),
        }
    }
}

/// The engine's own form of bound values.
pub(super) fn bound(parameters: &Parameters) -> ParamValues {
    let values = parameters
        .iter()
        .map(|(name, value)| (name.clone(), value.scalar().into()));
    ParamValues::Map(values.collect())
}
