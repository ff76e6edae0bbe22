//! The expressions of a mapping: their form and how they are read. What they come to for a row is
//! `evaluation`'s business, the functions are in `functions`.

use chrono::NaiveDate;

use crate::dates::DatePattern;
use crate::functions;
use crate::tokens::{Fault, Token, tokens};

/// Deeper nesting is no expression that a person wrote.
const DEEPEST: usize = 50;

/// What a row comes to: a text or nothing. Columns are given by their place in a list of names.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Column(usize),
    Text(String),
    Number(String, f64),
    /// `true` or `false`.
    Truth(Box<Condition>),
    /// The value of the first condition that holds, else the last.
    If(Vec<(Condition, Value)>, Option<Box<Value>>),
    Coalesce(Vec<Value>),
    /// The latest day, or the greatest number.
    Greatest(Vec<Value>),
    /// The values one after another, parted by a text.
    Joined(String, Vec<Value>),
    Upper(Box<Value>),
    Lower(Box<Value>),
    Trimmed(Box<Value>),
    Left(Box<Value>, usize),
    Right(Box<Value>, usize),
    /// A part between separators, counted from 1, or from the end where it is negative.
    Part(Box<Value>, String, i32),
    Replaced(Box<Value>, String, String),
    Digits(Box<Value>),
    Date(Box<Value>, Vec<DatePattern>),
    DaysSince(NaiveDate, Box<Value>),
    AgeBand(Box<Value>),
    AgeBandOn(Box<Value>, Box<Value>),
}

/// What holds for a row or not.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Condition {
    Same(Value, Value),
    Compared(Value, Order, Value),
    Among(Value, Vec<Value>),
    Empty(Value),
    Contains(Value, Value),
    Starts(Value, Value),
    /// A state that is none of the territories'; never where no territory is configured.
    Elsewhere(Value),
    Not(Box<Condition>),
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Less,
    LessOrSame,
    More,
    MoreOrSame,
}

/// A value or a condition, before it is known which of them is wanted.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Term {
    Value(Value),
    Condition(Condition),
}

impl Term {
    /// A condition is `true` or `false` where a value is wanted.
    pub(crate) fn value(self) -> Value {
        match self {
            Self::Value(value) => value,
            Self::Condition(condition) => Value::Truth(Box::new(condition)),
        }
    }

    pub(crate) fn condition(self, at: usize) -> Result<Condition, Fault> {
        match self {
            Self::Condition(condition) => Ok(condition),
            Self::Value(_) => Err(Fault::new(
                at,
                "this does not say what is to hold",
                "expected a condition like STATUS = 'Open' or STATUS is filled",
            )),
        }
    }
}

/// A column that an expression names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its name, or FILE.COLUMN for one of a joined file.
    pub name: String,
    /// Whether it stands in double quotes, so that a dot in it may be its own.
    pub is_quoted: bool,
}

/// What an expression is: a term with the columns that it names.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Expression<T> {
    pub(crate) term: T,
    pub(crate) columns: Vec<Named>,
}

/// Reads an expression that gives a value.
pub(crate) fn value(text: &str) -> Result<Expression<Value>, Fault> {
    let (term, columns, _) = whole(text)?;
    let term = term.value();
    Ok(Expression { term, columns })
}

/// Reads an expression that holds or not.
pub(crate) fn condition(text: &str) -> Result<Expression<Condition>, Fault> {
    let (term, columns, at) = whole(text)?;
    let term = term.condition(at)?;
    Ok(Expression { term, columns })
}

fn whole(text: &str) -> Result<(Term, Vec<Named>, usize), Fault> {
    let mut parser = Parser {
        tokens: tokens(text)?,
        next: 0,
        depth: 0,
        columns: Vec::new(),
    };
    let at = parser.at();
    let term = parser.any()?;
    match parser.peek() {
        Token::End => Ok((term, parser.columns, at)),
        _ => Err(parser.unexpected("the end, or an operator like =, and, or")),
    }
}

pub(crate) struct Parser {
    /// Ends with [`Token::End`], which is never passed.
    tokens: Vec<(usize, Token)>,
    next: usize,
    depth: usize,
    columns: Vec<Named>,
}

impl Parser {
    fn peek(&self) -> &Token {
        &self.tokens[self.next].1
    }

    fn at(&self) -> usize {
        self.tokens[self.next].0
    }

    fn take(&mut self) -> Token {
        let token = self.peek().clone();
        self.next = (self.next + 1).min(self.tokens.len() - 1);
        token
    }

    fn takes_sign(&mut self, sign: &str) -> bool {
        let is_next = matches!(self.peek(), Token::Sign(s) if *s == sign);
        if is_next {
            self.take();
        }
        is_next
    }

    fn is_word(&self, ahead: usize, word: &str) -> bool {
        let token = self.tokens.get(self.next + ahead).map(|(_, token)| token);
        matches!(token, Some(Token::Name(name)) if name.eq_ignore_ascii_case(word))
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let is_next = self.is_word(0, word);
        if is_next {
            self.take();
        }
        is_next
    }

    fn unexpected(&self, expected: &str) -> Fault {
        Fault::new(
            self.at(),
            format!("found {}", self.peek()),
            format!("expected {expected}"),
        )
    }

    fn closes(&mut self) -> Result<(), Fault> {
        if self.takes_sign(")") {
            Ok(())
        } else {
            Err(self.unexpected("')'"))
        }
    }

    /// Goes one deeper for the time of `read`.
    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        self.depth += 1;
        if self.depth > DEEPEST {
            let what = format!("more than {DEEPEST} levels are nested");
            return Err(Fault::new(
                self.at(),
                what,
                "write it with fewer parentheses",
            ));
        }
        let found = read(self);
        self.depth -= 1;
        found
    }

    fn any(&mut self) -> Result<Term, Fault> {
        self.deeper(|p| p.chain("or", Self::all, Condition::Any))
    }

    fn all(&mut self) -> Result<Term, Fault> {
        self.chain("and", Self::negated, Condition::All)
    }

    /// Terms with a word between them.
    fn chain(
        &mut self,
        word: &str,
        read: impl Fn(&mut Self) -> Result<Term, Fault>,
        make: impl Fn(Vec<Condition>) -> Condition,
    ) -> Result<Term, Fault> {
        let mut at = self.at();
        let mut term = read(self)?;
        if !self.is_word(0, word) {
            return Ok(term);
        }
        let mut parts = Vec::new();
        loop {
            parts.push(term.condition(at)?);
            if !self.takes_word(word) {
                return Ok(Term::Condition(make(parts)));
            }
            at = self.at();
            term = read(self)?;
        }
    }

    fn negated(&mut self) -> Result<Term, Fault> {
        if !self.takes_word("not") {
            return self.compared();
        }
        let at = self.at();
        let inner = self.deeper(Self::negated)?.condition(at)?;
        Ok(Term::Condition(Condition::Not(Box::new(inner))))
    }

    fn compared(&mut self) -> Result<Term, Fault> {
        let left = self.operand()?;
        if let Token::Sign(sign) = *self.peek() {
            let order = match sign {
                "=" | "!=" => None,
                "<" => Some(Order::Less),
                "<=" => Some(Order::LessOrSame),
                ">" => Some(Order::More),
                ">=" => Some(Order::MoreOrSame),
                _ => return Ok(left),
            };
            self.take();
            let left = left.value();
            let right = self.comparable()?;
            return Ok(Term::Condition(match order {
                Some(order) => Condition::Compared(left, order, right),
                None => negated_if(sign == "!=", Condition::Same(left, right)),
            }));
        }
        if self.takes_word("is") {
            return self.filled(left.value());
        }
        let negates = self.is_word(0, "not") && self.is_word(1, "in");
        if negates {
            self.take();
        }
        if self.takes_word("in") {
            let list = self.list()?;
            return Ok(Term::Condition(negated_if(
                negates,
                Condition::Among(left.value(), list),
            )));
        }
        Ok(left)
    }

    /// The right side of a comparison. Nothing is ever the same as the empty text.
    fn comparable(&mut self) -> Result<Value, Fault> {
        if matches!(self.peek(), Token::Text(text) if text.trim().is_empty()) {
            return Err(Fault::new(
                self.at(),
                "nothing is the same as an empty text",
                "write 'is empty' or 'is filled'",
            ));
        }
        Ok(self.operand()?.value())
    }

    fn filled(&mut self, value: Value) -> Result<Term, Fault> {
        let negates = self.takes_word("not");
        let wants_filled = if self.takes_word("filled") {
            !negates
        } else if self.takes_word("empty") {
            negates
        } else {
            return Err(self.unexpected("'empty' or 'filled'"));
        };
        Ok(Term::Condition(negated_if(
            wants_filled,
            Condition::Empty(value),
        )))
    }

    fn list(&mut self) -> Result<Vec<Value>, Fault> {
        if !self.takes_sign("(") {
            return Err(self.unexpected("a list like ('a', 'b')"));
        }
        let mut values = vec![self.comparable()?];
        while self.takes_sign(",") {
            values.push(self.comparable()?);
        }
        self.closes()?;
        Ok(values)
    }

    fn operand(&mut self) -> Result<Term, Fault> {
        let at = self.at();
        match self.peek() {
            Token::Sign("(") => {
                self.take();
                let inner = self.any()?;
                self.closes()?;
                Ok(inner)
            }
            Token::Name(name) if is_reserved(name) => Err(self.unexpected(
                "a column, a text in single quotes or a number; a column of this name goes in double quotes",
            )),
            Token::Name(_) | Token::Quoted(_) | Token::Text(_) | Token::Number(..) => {
                match self.take() {
                    Token::Text(text) => Ok(Term::Value(Value::Text(text))),
                    Token::Number(text, number) => Ok(Term::Value(Value::Number(text, number))),
                    Token::Name(name) if self.takes_sign("(") => {
                        functions::check_name(&name, at)?;
                        let arguments = self.arguments()?;
                        functions::build(&name, at, arguments)
                    }
                    Token::Name(name) => self.column(name, false, at),
                    Token::Quoted(name) => self.column(name, true, at),
                    Token::Sign(_) | Token::End => Err(self.unexpected("a value")),
                }
            }
            _ => Err(self.unexpected("a column, a text in single quotes or a number")),
        }
    }

    fn arguments(&mut self) -> Result<Vec<(usize, Term)>, Fault> {
        let mut arguments = Vec::new();
        if self.takes_sign(")") {
            return Ok(arguments);
        }
        loop {
            arguments.push((self.at(), self.any()?));
            if !self.takes_sign(",") {
                self.closes()?;
                return Ok(arguments);
            }
        }
    }

    fn column(&mut self, name: String, is_quoted: bool, at: usize) -> Result<Term, Fault> {
        let folded = crate::vocabulary::fold(&name);
        if folded.is_empty() {
            let help = "a column is known by its letters and digits";
            return Err(Fault::new(at, "this name has no letter and no digit", help));
        }
        let known = self
            .columns
            .iter()
            .position(|c| crate::vocabulary::fold(&c.name) == folded);
        let place = known.unwrap_or_else(|| {
            self.columns.push(Named { name, is_quoted });
            self.columns.len() - 1
        });
        Ok(Term::Value(Value::Column(place)))
    }
}

fn negated_if(negates: bool, condition: Condition) -> Condition {
    if negates {
        Condition::Not(Box::new(condition))
    } else {
        condition
    }
}

fn is_reserved(name: &str) -> bool {
    ["and", "or", "not", "in", "is", "empty", "filled"]
        .iter()
        .any(|word| word.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn columns_are_listed_once_in_the_order_of_their_first_place() {
        let read = value("coalesce(B, \"a b\", A_B, J.C)").unwrap();
        let names: Vec<(&str, bool)> = read
            .columns
            .iter()
            .map(|c| (c.name.as_str(), c.is_quoted))
            .collect();
        assert_eq!(names, [("B", false), ("a b", true), ("J.C", false)]);
    }

    /// An expression, the byte of the mistake, what it is, and what to do.
    const MISTAKES: &[(&str, usize, &str, &str)] = &[
        (
            "A =",
            3,
            "found the end",
            "expected a column, a text in single quotes or a number",
        ),
        (
            "A = 'x' B",
            8,
            "found B",
            "expected the end, or an operator like =, and, or",
        ),
        ("(A = 'x'", 8, "found the end", "expected ')'"),
        ("A is 'x'", 5, "found 'x'", "expected 'empty' or 'filled'"),
        (
            "A in 'x'",
            5,
            "found 'x'",
            "expected a list like ('a', 'b')",
        ),
        (
            "A and B = 1",
            0,
            "this does not say what is to hold",
            "expected a condition like STATUS = 'Open' or STATUS is filled",
        ),
        (
            "A = ''",
            4,
            "nothing is the same as an empty text",
            "write 'is empty' or 'is filled'",
        ),
        (
            "uper(A) = 'X'",
            0,
            "no function is called 'uper'",
            "the nearest is 'upper'",
        ),
        (
            "left(A) = 'X'",
            0,
            "left has 1 argument",
            "write it as left(text, number)",
        ),
        (
            "left(A, B) = 'X'",
            8,
            "found something else than a whole number",
            "write it as left(text, number)",
        ),
        (
            "date(A, 'MM/YY') = 'X'",
            8,
            "'MM/YY' is no form of a date: it has no day",
            "use YYYY, YY, MM, M, DD, D, Mon, HH, hh, mm, ss, AM, digits and signs",
        ),
    ];

    #[test]
    fn mistakes_say_where_what_and_what_was_expected() {
        for (text, at, what, help) in MISTAKES {
            assert_eq!(
                condition(text).unwrap_err(),
                Fault::new(*at, *what, *help),
                "{text}"
            );
        }
    }

    #[test]
    fn deep_nesting_is_refused() {
        for text in [
            "(".repeat(100_000),
            "not ".repeat(100_000),
            "upper(".repeat(100_000),
        ] {
            assert!(value(&text).unwrap_err().what.contains("nested"));
        }
        assert!(value(&format!("{}A{}", "(".repeat(40), ")".repeat(40))).is_ok());
    }

    const WORDS: &[&str] = &[
        "(",
        ")",
        ",",
        "=",
        "<",
        "in",
        "is",
        "not",
        "and",
        "or",
        "empty",
        "A",
        "'x'",
        "1",
        "if(",
        "part(",
        "left(",
        "join(",
        "age_band(",
        "date(",
    ];

    proptest! {
        #[test]
        fn no_text_breaks_it(text in "\\PC{0,60}") {
            let _ = (value(&text), condition(&text));
        }

        #[test]
        fn no_row_of_words_breaks_it(places in proptest::collection::vec(0usize..WORDS.len(), 0..24)) {
            let words: Vec<&str> = places.iter().map(|place| WORDS[*place]).collect();
            let _ = value(&words.join(" "));
        }
    }
}
