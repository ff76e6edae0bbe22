//! The text of a proposal: a whole mapping with the reason of each line beside it, what the user has
//! to say as lines to uncomment, and a list of what is left out.

use super::assignment::Pair;
use super::fitness::code_of;
use super::forms::Forms;
use super::proposal::{LIKELY, Proposal, SURE};
use crate::canonical::Kind;
use crate::days::Dates;
use crate::shapes::{self, Shape};
use crate::vocabulary;

/// Remarks stand at most so far to the right.
const REMARKS: usize = 64;
/// Where lists in remarks are broken.
const WIDTH: usize = 98;

/// The mapping.
pub(super) fn toml(proposal: &Proposal) -> String {
    let rows = proposal.rows.len();
    let mut text = format!(
        "# Proposed from the names of the columns and {rows} rows. Read it before you use it: each line says\n\
         # how certain it is (sure from {SURE} on, likely from {LIKELY} on, else a guess), and why. A guess that not\n\
         # every row needs is left out until the sign in front of it is taken away.\n\n"
    );
    let title = one_line(proposal.title);
    let title = if title.is_empty() {
        "A proposed mapping"
    } else {
        &title
    };
    text.push_str(&format!("title = {}\n", quoted(title)));
    text.push_str(&format!("table = {}\n", quoted(proposal.layout.table)));
    text.push_str(&recognise(proposal));
    text.push_str(&read(proposal));
    text.push_str(&columns(proposal));
    text.push_str(&words(proposal));
    text.push_str(&left_out(proposal));
    text
}

fn one_line(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

fn list<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let texts: Vec<String> = texts.map(quoted).collect();
    let line = format!("[{}]", texts.join(", "));
    if line.chars().count() <= WIDTH - 20 {
        return line;
    }
    let lines: Vec<String> = texts.iter().map(|text| format!("    {text},\n")).collect();
    format!("[\n{}]", lines.concat())
}

/// By what a file is recognised: the columns that are read, or the shapes of its cells.
fn recognise(proposal: &Proposal) -> String {
    if proposal.is_headerless {
        let shapes = shapes_of(proposal);
        let shapes = list(shapes.iter().map(|shape| shape.word()));
        return format!("\n[recognise]\nshapes = {shapes}\n");
    }
    let mut places: Vec<usize> = Vec::new();
    for pair in proposal.pairs.iter().filter(|pair| proposal.is_read(pair)) {
        places.extend(
            pair.sources
                .iter()
                .filter(|at| is_written(proposal, pair, **at)),
        );
    }
    places.sort_unstable();
    places.dedup();
    let names = list(
        places
            .iter()
            .map(|at| proposal.sources[*at].header.as_str()),
    );
    format!(
        "\n[recognise]                 # take out what other files of this kind lack\ncolumns = {names}\n"
    )
}

/// Whether the line of a pair is no remark: age bands wait for the forms of their dates.
fn is_written(proposal: &Proposal, pair: &Pair, source: usize) -> bool {
    let is_asked = matches!(proposal.forms(source), Forms::Asked { .. });
    proposal.layout.columns[pair.column].name != "age_band" || !is_asked
}

/// One shape for each column, loosened until nine in ten of the rows fit wholly.
fn shapes_of(proposal: &Proposal) -> Vec<Shape> {
    let shape = |profile: &super::profile::Profile| match profile {
        profile if profile.is_empty() => Shape::Text,
        profile if profile.npis >= 0.9 => Shape::Npi,
        profile if profile.days >= 0.99 && profile.counts < 0.5 => Shape::Day,
        profile if profile.zips >= 0.99 => Shape::Zip,
        profile if profile.counts >= 0.99 => Shape::Count,
        profile if profile.numbers >= 0.99 => Shape::Number,
        _ => Shape::Text,
    };
    let mut all: Vec<Shape> = proposal
        .sources
        .iter()
        .map(|source| shape(&source.profile))
        .collect();
    let loosened = [
        Shape::Day,
        Shape::Zip,
        Shape::Count,
        Shape::Number,
        Shape::Npi,
    ];
    for loose in loosened {
        if shapes::fit(&all, proposal.rows, &Dates::default()) {
            break;
        }
        all.iter_mut()
            .filter(|shape| **shape == loose)
            .for_each(|shape| *shape = Shape::Text);
    }
    all
}

/// What was found of the file's form, where it is given.
fn read(proposal: &Proposal) -> String {
    let reading = proposal.reading;
    let mut lines = Vec::new();
    if proposal.is_headerless {
        lines.push("header_row = 0".to_string());
        let names = proposal.sources.iter().map(|source| source.header.as_str());
        lines.push(format!("names = {}", list(names)));
    } else if let Some(row) = reading.header_row {
        lines.push(format!("header_row = {row}"));
    }
    match reading.delimiter {
        Some(b'\t') => lines.push("delimiter = \"tab\"".to_string()),
        Some(byte) if byte.is_ascii_punctuation() && !matches!(byte, b'"' | b'\'') => {
            lines.push(format!(
                "delimiter = {}",
                quoted(&char::from(byte).to_string())
            ));
        }
        _ => {}
    }
    match reading.quote {
        Some(None) => lines.push("quote = \"none\"".to_string()),
        Some(Some(byte)) if byte.is_ascii_punctuation() => {
            lines.push(format!("quote = {}", quoted(&char::from(byte).to_string())));
        }
        _ => {}
    }
    for (key, text) in [("encoding", &reading.encoding), ("sheet", &reading.sheet)] {
        let text = text
            .as_deref()
            .map(one_line)
            .filter(|text| !text.is_empty());
        lines.extend(text.map(|text| format!("{key} = {}", quoted(&text))));
    }
    if !reading.dates.is_empty() {
        let forms: Vec<String> = reading.dates.iter().map(ToString::to_string).collect();
        lines.push(format!(
            "dates = {}",
            list(forms.iter().map(String::as_str))
        ));
    }
    let missing: Vec<String> = reading.missing.iter().map(|word| one_line(word)).collect();
    let missing: Vec<&str> = missing
        .iter()
        .map(String::as_str)
        .filter(|w| !w.is_empty())
        .collect();
    if !missing.is_empty() {
        lines.push(format!("missing = {}", list(missing.into_iter())));
    }
    if lines.is_empty() {
        return String::new();
    }
    format!("\n[read]\n{}\n", lines.join("\n"))
}

/// A line of the mapping and the remark behind it.
struct Line {
    text: String,
    remark: String,
}

fn columns(proposal: &Proposal) -> String {
    let mut lines: Vec<Line> = Vec::new();
    for (at, column) in proposal.layout.columns.iter().enumerate() {
        if let Some(pair) = proposal.pairs.iter().find(|pair| pair.column == at) {
            lines.extend(fed(proposal, pair));
        } else if proposal.missing.contains(&column.name) {
            lines.push(lacking(proposal, column.name, column.kind));
        }
    }
    let widths = lines.iter().map(|line| line.text.chars().count());
    let width = widths.filter(|width| *width <= REMARKS).max().unwrap_or(0);
    let mut text = "\n[columns]                   # ours = theirs\n".to_string();
    for line in lines {
        text.push_str(&format!("{:width$}   # {}\n", line.text, line.remark));
    }
    text
}

/// A required column that nothing feeds: no file has such a column, so that none is read before the
/// user has said where it comes from.
fn lacking(proposal: &Proposal, column: &str, kind: Kind) -> Line {
    let mut remark = "missing: no column of the file looks like it".to_string();
    if let [first, second] = proposal.layout.one_of
        && column == *first
    {
        remark.push_str(&format!("; {second} would do as well"));
    }
    if let Kind::Word([first, ..]) = kind {
        remark.push_str(&format!(
            "; or {{ value = \"{first}\" }} where every row is one"
        ));
    }
    let text = format!("{column} = {}", quoted(&format!("FILL IN {column}")));
    Line { text, remark }
}

/// The lines of a column that something feeds.
fn fed(proposal: &Proposal, pair: &Pair) -> Vec<Line> {
    let column = &proposal.layout.columns[pair.column];
    let certainty = match pair.certainty {
        certainty if certainty >= SURE => "sure",
        certainty if certainty >= LIKELY => "likely",
        _ => "guess",
    };
    let remark = format!("{certainty} {:.2}: {}", pair.certainty, pair.why);
    let mark = if proposal.is_read(pair) { "" } else { "# " };
    let line = |text: String, remark: &str| Line {
        text: format!("{mark}{text}"),
        remark: remark.to_string(),
    };
    let name = column.name;
    let first = quoted(&proposal.sources[pair.sources[0]].header);
    if name == "age_band" && !pair.why.starts_with("name") {
        return age_band(proposal, pair, &remark);
    }
    if pair.sources.len() > 1 {
        let expression = quoted(&full_name(proposal, &pair.sources));
        return vec![line(
            format!("{name} = {{ expression = {expression} }}"),
            &remark,
        )];
    }
    if !column.kind.is_date() {
        return vec![line(format!("{name} = {first}"), &remark)];
    }
    match proposal.forms(pair.sources[0]) {
        Forms::Plain => vec![line(format!("{name} = {first}"), &remark)],
        Forms::Told(forms) => {
            let forms = list(forms.iter().map(String::as_str));
            vec![line(
                format!("{name} = {{ from = {first}, dates = {forms} }}"),
                &remark,
            )]
        }
        Forms::Asked { either, is_mixed } => {
            let say = if is_mixed {
                "say which: the rows contradict each other"
            } else {
                "say which: the first rows don't tell"
            };
            let mut lines = vec![line(format!("{name}.from = {first}"), &remark)];
            for forms in either {
                let forms = list(forms.iter().map(String::as_str));
                let text = format!("# {name}.dates = {forms}");
                lines.push(Line {
                    text,
                    remark: say.to_string(),
                });
            }
            lines
        }
    }
}

/// A column's name in an expression.
fn bare(proposal: &Proposal, source: usize) -> String {
    format!("\"{}\"", proposal.sources[source].header)
}

fn full_name(proposal: &Proposal, sources: &[usize]) -> String {
    let names: Vec<String> = sources.iter().map(|at| bare(proposal, *at)).collect();
    match &names[..] {
        [last, first, organization] => {
            format!("coalesce(join(', ', {last}, {first}), {organization})")
        }
        _ => format!("join(', ', {})", names.join(", ")),
    }
}

fn age_band(proposal: &Proposal, pair: &Pair, remark: &str) -> Vec<Line> {
    let written = |read: &dyn Fn(usize) -> String| {
        let arguments: Vec<String> = pair.sources.iter().map(|at| read(*at)).collect();
        let expression = format!("age_band({})", arguments.join(", "));
        format!("age_band = {{ expression = {} }}", quoted(&expression))
    };
    let dated = |at: usize, forms: &[String]| {
        let forms: Vec<String> = forms.iter().map(|form| format!("'{form}'")).collect();
        format!("date({}, {})", bare(proposal, at), forms.join(", "))
    };
    let is_asked = |at: &usize| matches!(proposal.forms(*at), Forms::Asked { .. });
    let in_order = |order: usize| {
        written(&|at| match proposal.forms(at) {
            Forms::Told(forms) => dated(at, &forms),
            Forms::Asked { either, .. } => dated(at, &either[order]),
            Forms::Plain => bare(proposal, at),
        })
    };
    if !pair.sources.iter().any(is_asked) {
        return vec![Line {
            text: in_order(0),
            remark: remark.to_string(),
        }];
    }
    let line = |order: usize| Line {
        text: format!("# {}", in_order(order)),
        remark: format!("{remark}; say which: the first rows don't tell"),
    };
    vec![line(0), line(1)]
}

/// Words of codes that a standard explains, and words that nobody knows.
fn words(proposal: &Proposal) -> String {
    let mut text = String::new();
    for pair in &proposal.pairs {
        let column = &proposal.layout.columns[pair.column];
        let profile = &proposal.sources[pair.sources[0]].profile;
        let coded = profile.share(|cell| code_of(column.name, cell).is_some());
        if coded >= 0.9 && proposal.is_read(pair) && !profile.is_empty() {
            text.push_str(&format!("\n[words.{}]\n", column.name));
            for code in ["1", "2"] {
                let meaning = code_of(column.name, code).unwrap_or_default();
                text.push_str(&format!("{} = {}\n", quoted(code), quoted(meaning)));
            }
        }
        let unknown = proposal.unknown_words(pair);
        if unknown.is_empty() {
            continue;
        }
        let known: Vec<&str> = match column.kind {
            Kind::Word(list) => list.to_vec(),
            _ => vocabulary::statuses().collect(),
        };
        text.push_str(&format!(
            "\n[words.{}]                # theirs = ours\n",
            column.name
        ));
        text.push_str(&remarks("each is one of", known.into_iter()));
        for (word, times) in unknown {
            text.push_str(&format!(
                "# {} = \"\"   # {times} times in the sample\n",
                quoted(word)
            ));
        }
    }
    text
}

/// What is read from no column: the patients' own, what can't be named, and the rest.
fn left_out(proposal: &Proposal) -> String {
    let is_shown = |at: usize| proposal.pairs.iter().any(|pair| pair.sources.contains(&at));
    let (mut patients, mut twice, mut others) = (Vec::new(), Vec::new(), Vec::new());
    for (at, source) in proposal.sources.iter().enumerate() {
        if is_shown(at) || source.header.is_empty() {
            continue;
        }
        let name = source.header.as_str();
        match (source.is_withheld(proposal.layout), source.is_usable) {
            (true, _) => patients.push(name),
            (false, false) => twice.push(name),
            (false, true) => others.push(name),
        }
    }
    let mut text = String::new();
    for (title, names) in [
        ("Left out, since it is the patients' own", patients),
        ("Not read, since two columns have the name", twice),
        ("Columns that nothing reads", others),
    ] {
        if !names.is_empty() {
            text.push('\n');
            text.push_str(&remarks(title, names.into_iter()));
        }
    }
    text
}

/// A list as remarks, broken where lines grow long.
fn remarks<'a>(title: &str, names: impl Iterator<Item = &'a str>) -> String {
    let mut lines = vec![format!("# {title}:")];
    for (at, name) in names.enumerate() {
        let comma = if at > 0 { "," } else { "" };
        let length = lines.last().map_or(0, |line| line.chars().count());
        match lines.last_mut() {
            Some(line) if length + name.chars().count() + 2 <= WIDTH => {
                line.push_str(&format!("{comma} {name}"));
            }
            last => {
                if let Some(line) = last {
                    line.push_str(comma);
                }
                lines.push(format!("#   {name}"));
            }
        }
    }
    lines.join("\n") + "\n"
}
