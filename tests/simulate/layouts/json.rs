//! A reader of JSON for the tests: strict, and only as much as bulk exports need.

use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    Text(String),
    List(Vec<Json>),
    Object(BTreeMap<String, Json>),
}

impl Json {
    /// The value of a line, which holds nothing else.
    pub fn read(line: &str) -> Self {
        let mut rest = line.chars().peekable();
        let value = value(&mut rest);
        assert_eq!(rest.next(), None, "{line}");
        value
    }

    /// What a path of names and places leads to: `performer/0/reference`.
    pub fn at(&self, path: &str) -> Option<&Json> {
        path.split('/').try_fold(self, |value, step| match value {
            Self::Object(members) => members.get(step),
            Self::List(items) => items.get(step.parse::<usize>().ok()?),
            Self::Text(_) => None,
        })
    }

    /// The text at a path; empty where there is none.
    pub fn text(&self, path: &str) -> &str {
        match self.at(path) {
            Some(Self::Text(text)) => text,
            None => "",
            Some(other) => panic!("{path}: {other:?}"),
        }
    }

    /// Every value below this one, itself included, with the name of its member.
    pub fn walk<'a>(&'a self, name: &'a str, see: &mut dyn FnMut(&'a str, &'a Json)) {
        see(name, self);
        match self {
            Self::Text(_) => {}
            Self::List(items) => items.iter().for_each(|item| item.walk(name, see)),
            Self::Object(members) => members.iter().for_each(|(n, v)| v.walk(n, see)),
        }
    }
}

type Rest<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn value(rest: &mut Rest<'_>) -> Json {
    match rest.next() {
        Some('"') => Json::Text(string(rest)),
        Some('[') => Json::List(members(rest, ']', value)),
        Some('{') => {
            let list = members(rest, '}', |rest| {
                assert_eq!(rest.next(), Some('"'));
                let name = string(rest);
                assert_eq!(rest.next(), Some(':'));
                (name, value(rest))
            });
            let count = list.len();
            let object: BTreeMap<String, Json> = list.into_iter().collect();
            assert_eq!(object.len(), count, "a name is there twice");
            Json::Object(object)
        }
        other => panic!("{other:?}"),
    }
}

fn members<T>(rest: &mut Rest<'_>, end: char, read: impl Fn(&mut Rest<'_>) -> T) -> Vec<T> {
    let mut found = Vec::new();
    loop {
        found.push(read(rest));
        match rest.next() {
            Some(',') => {}
            Some(c) if c == end => return found,
            other => panic!("{other:?}"),
        }
    }
}

fn string(rest: &mut Rest<'_>) -> String {
    let mut text = String::new();
    loop {
        match rest.next().unwrap() {
            '"' => return text,
            '\\' => match rest.next().unwrap() {
                'u' => {
                    let code: String = (0..4).map(|_| rest.next().unwrap()).collect();
                    let code = u32::from_str_radix(&code, 16).unwrap();
                    text.push(char::from_u32(code).unwrap());
                }
                c => text.push(c),
            },
            c => {
                assert!(c >= ' ');
                text.push(c);
            }
        }
    }
}
