//! A small reader of markup, to check what is written without the code that wrote it: are tags
//! balanced, which attributes stand where, what is the text.

/// Elements of HTML that have no end tag.
const VOID: [&str; 4] = ["meta", "br", "input", "link"];
/// Elements whose content is no markup.
const RAW: [&str; 2] = ["script", "style"];

/// An element as it was found: name, attributes, the text directly and indirectly within.
#[derive(Debug, Clone)]
pub struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub text: String,
    pub depth: usize,
}

impl Element {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }
}

/// All elements in the order in which they begin; panics, saying where, if tags do not match.
pub fn parse(page: &str) -> Vec<Element> {
    let mut out: Vec<Element> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut rest = page.strip_prefix("<!DOCTYPE html>").unwrap_or(page);
    while let Some(start) = rest.find('<') {
        let (text, tag) = rest.split_at(start);
        assert!(!text.contains('>'), "a bare > in {text:?}");
        say(&mut out, &open, &unescaped(text));
        let end = tag_end(tag);
        let (tag, after) = tag.split_at(end);
        rest = after;
        let inner = tag[1..tag.len() - 1].trim_end_matches('/');
        if let Some(name) = inner.strip_prefix('/') {
            let at = open
                .pop()
                .unwrap_or_else(|| panic!("</{name}> ends nothing"));
            assert_eq!(out[at].name, name, "</{name}> ends <{}>", out[at].name);
            continue;
        }
        let name: String = inner.chars().take_while(|c| !c.is_whitespace()).collect();
        assert!(
            name.chars().all(|c| c.is_ascii_alphanumeric()),
            "<{name}> is no tag"
        );
        let attributes = attributes(&inner[name.len()..]);
        out.push(Element {
            name: name.clone(),
            attributes,
            text: String::new(),
            depth: open.len(),
        });
        if tag.ends_with("/>") || VOID.contains(&name.as_str()) {
            continue;
        }
        open.push(out.len() - 1);
        if RAW.contains(&name.as_str()) {
            let end = rest.find(&format!("</{name}")).expect("raw text ends");
            out.last_mut().unwrap().text = rest[..end].to_string();
            rest = &rest[end..];
        }
    }
    assert!(
        open.is_empty(),
        "never ended: {:?}",
        open.iter().map(|at| &out[*at].name).collect::<Vec<_>>()
    );
    out
}

fn say(out: &mut [Element], open: &[usize], text: &str) {
    for at in open {
        out[*at].text.push_str(text);
    }
}

fn tag_end(tag: &str) -> usize {
    let mut quote = false;
    for (at, letter) in tag.char_indices() {
        match letter {
            '"' => quote = !quote,
            '>' if !quote => return at + 1,
            '<' if at > 0 && !quote => panic!("a bare < in {:?}", &tag[..at + 1]),
            _ => {}
        }
    }
    panic!("a tag never ends: {:?}", &tag[..tag.len().min(80)]);
}

fn attributes(mut text: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    loop {
        text = text.trim_start();
        if text.is_empty() {
            return out;
        }
        let end = text
            .find(|c: char| c == '=' || c.is_whitespace())
            .unwrap_or(text.len());
        let (name, after) = text.split_at(end);
        text = after;
        let mut value = String::new();
        if let Some(quoted) = text.strip_prefix("=\"") {
            let end = quoted.find('"').expect("a value ends");
            value = unescaped(&quoted[..end]);
            text = &quoted[end + 1..];
        }
        assert!(out.iter().all(|(n, _)| n != name), "{name} stands twice");
        out.push((name.to_string(), value));
    }
}

fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let (name, after) = after
            .split_once(';')
            .unwrap_or_else(|| panic!("a bare & in {text:?}"));
        out.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "ensp" => '\u{2002}',
            number => {
                let number = number
                    .strip_prefix('#')
                    .unwrap_or_else(|| panic!("&{number}; is unknown"));
                char::from_u32(number.parse().unwrap()).unwrap()
            }
        });
        rest = after;
    }
    out + rest
}

/// The words that a reader meets, one element of text a line, indented by depth; scripts, styles
/// and fonts aside.
pub fn outline(elements: &[Element]) -> String {
    let mut out = String::new();
    for element in elements {
        if ["style", "script", "rect", "pattern", "g", "defs", "br"]
            .contains(&element.name.as_str())
        {
            continue;
        }
        let shown = [
            "id",
            "role",
            "scope",
            "class",
            "tabindex",
            "aria-label",
            "aria-labelledby",
            "data-sort",
            "href",
        ];
        let attributes: String = element
            .attributes
            .iter()
            .filter(|(name, _)| shown.contains(&name.as_str()))
            .map(|(name, value)| format!(" {name}={value:?}"))
            .collect();
        let leaf = [
            "title", "desc", "text", "h1", "h2", "p", "li", "th", "td", "caption", "dt", "dd", "a",
            "span",
        ];
        let text = if leaf.contains(&element.name.as_str()) {
            element
                .text
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
        } else {
            String::new()
        };
        let indent = "  ".repeat(element.depth);
        out.push_str(format!("{indent}{}{attributes} {text}", element.name).trim_end());
        out.push('\n');
    }
    out
}
