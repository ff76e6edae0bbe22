//! The functions of expressions: their names, how they are written, and how they are put together.

use catchment_base::config::nearest;
use chrono::NaiveDate;

use crate::dates::{DatePattern, TOKENS};
use crate::days::{Dates, moment_of};
use crate::expression::{Condition, Term, Value};
use crate::tokens::Fault;

/// Every function, as a message shows how to write it.
pub const FUNCTIONS: &[(&str, &str)] = &[
    ("age_band", "age_band(age) or age_band(birth_date, day)"),
    ("coalesce", "coalesce(a, b, ...)"),
    ("concat", "concat(a, b, ...)"),
    ("contains", "contains(text, 'part')"),
    ("date", "date(text, 'MM/DD/YYYY')"),
    ("days_since", "days_since('1840-12-31', number)"),
    ("digits", "digits(text)"),
    ("greatest", "greatest(a, b, ...)"),
    ("if", "if(condition, a, condition, b, ..., otherwise)"),
    ("join", "join(', ', a, b, ...)"),
    ("left", "left(text, number)"),
    ("lower", "lower(text)"),
    ("outside_territory", "outside_territory(state)"),
    ("part", "part(text, ',', number)"),
    ("replace", "replace(text, 'old', 'new')"),
    ("right", "right(text, number)"),
    ("starts", "starts(text, 'part')"),
    ("trim", "trim(text)"),
    ("upper", "upper(text)"),
];

/// The longest text that `left` and `right` are asked for, and the most parts.
const MOST: i64 = 100_000;

type Arguments = Vec<(usize, Term)>;

fn usage(name: &str) -> Option<(&'static str, &'static str)> {
    let is_it = |(known, _): &&(&str, &str)| known.eq_ignore_ascii_case(name);
    FUNCTIONS.iter().find(is_it).copied()
}

/// Refuses a name that no function has.
pub(crate) fn check_name(name: &str, at: usize) -> Result<(), Fault> {
    if usage(name).is_some() {
        return Ok(());
    }
    let near = nearest(name, FUNCTIONS.iter().map(|(known, _)| *known)).unwrap_or_default();
    Err(Fault::new(
        at,
        format!("no function is called '{name}'"),
        format!("the nearest is '{near}'"),
    ))
}

/// Puts a function and its arguments together.
pub(crate) fn build(name: &str, at: usize, arguments: Arguments) -> Result<Term, Fault> {
    check_name(name, at)?;
    let (name, written) = usage(name).unwrap_or_default();
    let call = Call { name, written, at };
    let value = match name {
        "if" => return call.chosen(arguments).map(Term::Value),
        "contains" | "starts" => {
            let [text, part] = call.exactly(arguments)?;
            let (text, part) = (text.1.value(), part.1.value());
            return Ok(Term::Condition(match name {
                "contains" => Condition::Contains(text, part),
                _ => Condition::Starts(text, part),
            }));
        }
        "outside_territory" => {
            let state = call.only(arguments)?;
            return Ok(Term::Condition(Condition::Elsewhere(*state)));
        }
        "coalesce" => Value::Coalesce(call.some(arguments)?),
        "greatest" => Value::Greatest(call.some(arguments)?),
        "concat" => Value::Joined(String::new(), call.some(arguments)?),
        "join" => {
            let (separator, rest) = call.first(arguments)?;
            Value::Joined(call.text(separator)?, call.some(rest)?)
        }
        "upper" => Value::Upper(call.only(arguments)?),
        "lower" => Value::Lower(call.only(arguments)?),
        "trim" => Value::Trimmed(call.only(arguments)?),
        "digits" => Value::Digits(call.only(arguments)?),
        "left" | "right" => {
            let [text, length] = call.exactly(arguments)?;
            let length = usize::try_from(call.whole(&length, 0..=MOST)?).unwrap_or_default();
            let text = Box::new(text.1.value());
            match name {
                "left" => Value::Left(text, length),
                _ => Value::Right(text, length),
            }
        }
        "part" => call.part(arguments)?,
        "replace" => {
            let [text, old, new] = call.exactly(arguments)?;
            let old = call.filled_text(old)?;
            Value::Replaced(Box::new(text.1.value()), old, call.text(new)?)
        }
        "date" => call.date(arguments)?,
        "days_since" => call.days_since(arguments)?,
        _ => call.age_band(arguments)?,
    };
    Ok(Term::Value(value))
}

/// A call of a function, for what is said of its mistakes.
struct Call {
    name: &'static str,
    written: &'static str,
    at: usize,
}

impl Call {
    fn help(&self) -> String {
        format!("write it as {}", self.written)
    }

    fn wrong_number(&self, count: usize) -> Fault {
        let plural = if count == 1 { "" } else { "s" };
        let what = format!("{} has {count} argument{plural}", self.name);
        Fault::new(self.at, what, self.help())
    }

    fn exactly<const N: usize>(&self, arguments: Arguments) -> Result<[(usize, Term); N], Fault> {
        let count = arguments.len();
        arguments.try_into().map_err(|_| self.wrong_number(count))
    }

    fn only(&self, arguments: Arguments) -> Result<Box<Value>, Fault> {
        let [(_, term)] = self.exactly(arguments)?;
        Ok(Box::new(term.value()))
    }

    fn some(&self, arguments: Arguments) -> Result<Vec<Value>, Fault> {
        if arguments.is_empty() {
            return Err(self.wrong_number(0));
        }
        Ok(arguments
            .into_iter()
            .map(|(_, term)| term.value())
            .collect())
    }

    fn first(&self, mut arguments: Arguments) -> Result<((usize, Term), Arguments), Fault> {
        if arguments.is_empty() {
            return Err(self.wrong_number(0));
        }
        let rest = arguments.split_off(1);
        let [first] = self.exactly(arguments)?;
        Ok((first, rest))
    }

    fn text(&self, (at, term): (usize, Term)) -> Result<String, Fault> {
        match term {
            Term::Value(Value::Text(text)) => Ok(text),
            _ => Err(Fault::new(
                at,
                "found something else than a text in single quotes",
                self.help(),
            )),
        }
    }

    fn filled_text(&self, argument: (usize, Term)) -> Result<String, Fault> {
        let at = argument.0;
        let text = self.text(argument)?;
        if text.is_empty() {
            return Err(Fault::new(at, "found an empty text", self.help()));
        }
        Ok(text)
    }

    fn whole(
        &self,
        (at, term): &(usize, Term),
        range: std::ops::RangeInclusive<i64>,
    ) -> Result<i64, Fault> {
        match term {
            Term::Value(Value::Number(written, _)) => {
                let whole = written.parse::<i64>().ok().filter(|n| range.contains(n));
                whole.ok_or_else(|| {
                    Fault::new(*at, format!("{written} is out of range"), self.help())
                })
            }
            _ => Err(Fault::new(
                *at,
                "found something else than a whole number",
                self.help(),
            )),
        }
    }

    fn chosen(&self, arguments: Arguments) -> Result<Value, Fault> {
        if arguments.len() < 2 {
            return Err(self.wrong_number(arguments.len()));
        }
        let mut cases = Vec::new();
        let mut rest = arguments.into_iter();
        while let Some((at, term)) = rest.next() {
            match rest.next() {
                Some((_, value)) => cases.push((term.condition(at)?, value.value())),
                None => return Ok(Value::If(cases, Some(Box::new(term.value())))),
            }
        }
        Ok(Value::If(cases, None))
    }

    fn part(&self, arguments: Arguments) -> Result<Value, Fault> {
        let [text, separator, place] = self.exactly(arguments)?;
        let separator = self.filled_text(separator)?;
        let number = self.whole(&place, -MOST..=MOST)?;
        if number == 0 {
            let help = "parts are counted from 1, and from -1 at the end";
            return Err(Fault::new(place.0, "there is no part 0", help));
        }
        // The range is far within 32 bits.
        let number = i32::try_from(number).unwrap_or_default();
        Ok(Value::Part(Box::new(text.1.value()), separator, number))
    }

    fn date(&self, arguments: Arguments) -> Result<Value, Fault> {
        let (text, forms) = self.first(arguments)?;
        if forms.is_empty() {
            return Err(self.wrong_number(1));
        }
        let patterns = forms.into_iter().map(|form| {
            let at = form.0;
            let form = self.text(form)?;
            DatePattern::parse(&form).map_err(|why| {
                let what = format!("'{form}' is no form of a date: {why}");
                Fault::new(at, what, format!("use {TOKENS}"))
            })
        });
        let patterns = patterns.collect::<Result<Vec<_>, _>>()?;
        Ok(Value::Date(Box::new(text.1.value()), patterns))
    }

    fn days_since(&self, arguments: Arguments) -> Result<Value, Fault> {
        let [epoch, number] = self.exactly(arguments)?;
        let at = epoch.0;
        let text = self.text(epoch)?;
        let day = NaiveDate::parse_from_str(&text, "%Y-%m-%d");
        let day = day.map_err(|_| Fault::new(at, format!("'{text}' is no day"), self.help()))?;
        Ok(Value::DaysSince(day, Box::new(number.1.value())))
    }

    fn age_band(&self, arguments: Arguments) -> Result<Value, Fault> {
        if arguments.len() == 1 {
            return Ok(Value::AgeBand(self.only(arguments)?));
        }
        let [birth, day] = self.exactly(arguments)?;
        let day_given = Box::new(day.1.value());
        if let Value::Text(text) = &*day_given
            && moment_of(text.trim(), chrono_tz::UTC, &Dates::default()).is_none()
        {
            let what = format!("'{text}' is no day");
            return Err(Fault::new(day.0, what, self.help()));
        }
        Ok(Value::AgeBandOn(Box::new(birth.1.value()), day_given))
    }
}
