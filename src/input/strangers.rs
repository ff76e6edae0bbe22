//! What a file is that no table comes from, told by its content in the words of those who export it:
//! clinical documents and other XML, X12 interchanges, web pages, and FHIR resources that say nothing of
//! referrals. Whether a file is a table is settled before; nothing is read of these.

use std::collections::BTreeSet;
use std::io::{Cursor, Read};

use super::container::Content;
use super::encoding;
use super::formats::Head;
use crate::base::Result;

/// Bytes in which the root of a document is looked for, behind its comments.
const SAMPLE: usize = 1 << 16;
/// Fields of the first segment of an X12 interchange behind its name, all of fixed width.
const WIDTHS: [usize; 16] = [2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1];
/// The kinds of X12 transactions, and what they hold.
const TRANSACTIONS: &[(&str, &str)] = &[
    ("270", "questions of coverage"),
    ("271", "answers on coverage"),
    ("276", "questions on claims"),
    ("277", "answers on claims"),
    ("278", "authorisations"),
    ("834", "enrolment"),
    ("835", "payments"),
    ("837", "claims"),
];
/// Kinds of resources or messages that are named, at most.
const NAMED: usize = 4;

/// What a file is whose content is known but not read, and what to ask for instead.
pub(super) fn stranger(content: &Content) -> Result<Option<String>> {
    let head = content.head(SAMPLE)?;
    let Some(encoding) = encoding::of_head(&head) else {
        return Ok(None);
    };
    let mut text = Vec::new();
    encoding::decoded(Box::new(Cursor::new(head)), encoding, false)
        .read_to_end(&mut text)
        .map_err(|e| content.failed(e))?;
    let text = String::from_utf8_lossy(&text);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    Ok(interchange(text).or_else(|| markup(text)))
}

/// X12: the first segment has fields of fixed width, and its third letter is followed by what parts them.
fn interchange(text: &str) -> Option<String> {
    let separator = text.strip_prefix("ISA")?.chars().next()?;
    let mut fields = text.splitn(WIDTHS.len() + 1, separator).skip(1);
    for width in &WIDTHS[..WIDTHS.len() - 1] {
        if fields.next()?.chars().count() != *width {
            return None;
        }
    }
    // Behind the last field, which is one letter, stands what ends a segment.
    let end = fields.next()?.chars().nth(1)?;
    let kind = text.split(end).find_map(|segment| {
        let mut fields = segment.trim_start().split(separator);
        (fields.next() == Some("ST")).then(|| fields.next().unwrap_or_default())
    });
    let known = TRANSACTIONS.iter().find(|(code, _)| Some(*code) == kind);
    Some(match known {
        Some((code @ "837", what)) => {
            format!("X12 {code} files ({what}) are not read: ask for the claims as a table")
        }
        Some((code, what)) => {
            format!("X12 {code} files ({what}) are not read: ask for a table export")
        }
        None => "X12 files are not read: ask for a table export".to_string(),
    })
}

/// XML and HTML, by the root element.
fn markup(text: &str) -> Option<String> {
    let is_declared = text.starts_with("<?xml");
    let (name, tag) = root(text)?;
    let name = name.rsplit(':').next().unwrap_or_default();
    let is_page = name.eq_ignore_ascii_case("html");
    // A header may have a name in angle brackets: by itself that is no document.
    if !is_declared && !is_page && !tag.contains("xmlns") {
        return None;
    }
    Some(if name == "ClinicalDocument" {
        "C-CDA documents (XML) are not read: ask for a FHIR, HL7 v2 or table export".to_string()
    } else if tag.contains("http://hl7.org/fhir") {
        "FHIR in XML is not read: ask for it in JSON, as a bulk export or as bundles".to_string()
    } else if is_page {
        "web pages (HTML) are not read: save the table as CSV or XLSX".to_string()
    } else if tag.contains("urn:schemas-microsoft-com:office:spreadsheet") {
        "workbooks of Excel 2003 (XML) are not read: save it as XLSX or CSV".to_string()
    } else {
        "XML is not read: ask for a FHIR, HL7 v2 or table export".to_string()
    })
}

/// The name of the root element and its tag, behind declarations and comments.
fn root(text: &str) -> Option<(&str, &str)> {
    let mut rest = text;
    loop {
        rest = rest.trim_start().strip_prefix('<')?;
        let end = match rest {
            _ if rest.starts_with('?') => "?>",
            _ if rest.starts_with("!--") => "-->",
            _ if rest.starts_with('!') => ">",
            _ => break,
        };
        rest = rest.split_once(end)?.1;
    }
    let tag = rest.split('>').next()?;
    let name = tag.split(|c: char| c.is_whitespace() || c == '/').next()?;
    let is_name = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    is_name.then_some((name, tag))
}

/// The kinds of FHIR resources or HL7 messages in a file of which none says anything of a referral or a
/// provider.
pub(super) fn kinds(heads: &[Head]) -> Option<String> {
    let names = heads.iter().filter_map(|head| head.rows.first()).flatten();
    let resources = names.filter_map(|name| name.strip_prefix("resourceType."));
    let resources: BTreeSet<&str> = resources.collect();
    if !resources.is_empty() {
        return Some(format!(
            "FHIR {}: nothing of it is read",
            listed(&resources)
        ));
    }
    let mut messages = BTreeSet::new();
    for head in heads.iter().filter(|head| head.form.format == "hl7") {
        let place = head.rows[0].iter().position(|name| name == "MSH-9.1")?;
        let types = head.rows[1..].iter().map(|row| row[place].as_str());
        let is_type = |t: &&str| t.len() == 3 && t.bytes().all(|b| b.is_ascii_alphanumeric());
        messages.extend(types.filter(is_type));
    }
    (!messages.is_empty()).then(|| {
        let list = listed(&messages);
        format!("HL7 v2 messages of type {list} are not read: referrals are REF and RRI")
    })
}

fn listed(kinds: &BTreeSet<&str>) -> String {
    let named: Vec<&str> = kinds.iter().take(NAMED).copied().collect();
    match kinds.len() - named.len() {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}
