//! Takes a picture into the page: its ids become its section's own, title and description are the
//! section's, and what a picture must not hold is refused. What it shows is untouched.

use std::fmt::Write as _;

use catchment_base::{Error, Result};

/// The picture of a section, ready to stand in the page. Fails where `svg` is no SVG element, or
/// holds a script, a style or a handler, which the page forbids.
pub(crate) fn adopted(svg: &str, section: &str, title: &str, alt: &str) -> Result<String> {
    let refused = |what: &str| Error::internal(format!("the picture of {section} {what}"));
    let from = svg.find("<svg").ok_or_else(|| refused("is no SVG"))?;
    let svg = svg.get(from..).unwrap_or_default().trim_end();
    let end = tag_end(svg).ok_or_else(|| refused("has no end to its first tag"))?;
    let (root, body) = svg.split_at(end);
    if !body.ends_with("</svg>") {
        return Err(refused("has no end"));
    }
    let forbidden = [
        "<script",
        "<style",
        "<foreignObject",
        " style=\"",
        " onload=\"",
        " onclick=\"",
    ];
    if let Some(what) = forbidden.iter().find(|what| svg.contains(**what)) {
        return Err(refused(&format!("holds {what:?}, which the page forbids")));
    }
    let mut out = String::with_capacity(svg.len() + 512);
    out.push_str("<svg");
    for (name, value) in attributes(root) {
        if !matches!(
            name,
            "id" | "role" | "aria-labelledby" | "aria-label" | "width" | "height"
        ) {
            let _ = write!(out, " {name}=\"{value}\"");
        }
    }
    let _ = write!(
        out,
        " role=\"img\" aria-labelledby=\"{section}-svg-title {section}-svg-desc\">\n\
         <title id=\"{section}-svg-title\">{}</title>\n<desc id=\"{section}-svg-desc\">{}</desc>\n",
        escaped(title),
        escaped(alt)
    );
    out.push_str(&renamed(without_words(body), section));
    Ok(out)
}

/// Where the first tag ends, signs within quotes aside.
fn tag_end(svg: &str) -> Option<usize> {
    let mut quoted = false;
    for (at, byte) in svg.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'>' if !quoted => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// The attributes of a tag, as they stand: names with the texts between their quotes.
fn attributes(tag: &str) -> Vec<(&str, &str)> {
    let mut out = Vec::new();
    let mut rest = tag;
    while let Some((before, after)) = rest.split_once("=\"") {
        let name = before
            .rsplit(char::is_whitespace)
            .next()
            .unwrap_or_default();
        let Some((value, after)) = after.split_once('"') else {
            break;
        };
        out.push((name, value));
        rest = after;
    }
    out
}

/// The body without the picture's own title and description, where it begins with them.
fn without_words(body: &str) -> &str {
    let mut rest = body.trim_start();
    for (open, close) in [("<title", "</title>"), ("<desc", "</desc>")] {
        if rest.starts_with(open)
            && let Some((_, after)) = rest.split_once(close)
        {
            rest = after.trim_start();
        }
    }
    rest
}

/// The body with every id, and every reference to one, put under the section's name.
fn renamed(body: &str, section: &str) -> String {
    let mut out = body.to_string();
    for mark in [" id=\"", "url(#", "href=\"#"] {
        out = out.replace(mark, &format!("{mark}{section}-svg-"));
    }
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SVG: &str = "<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 4 2\" \
        width=\"2\" height=\"1\" role=\"img\" aria-labelledby=\"t d\" font-family=\"'A>B'\">\n\
        <title id=\"t\">Old</title>\n<desc id=\"d\">Old</desc>\n<defs><pattern id=\"h\"/></defs>\
        <g data-key=\"x\"><title>Mark</title><rect fill=\"url(#h)\"/></g><use href=\"#h\"/></svg>\n";

    #[test]
    fn ids_and_words_are_the_sections() {
        let svg = adopted(SVG, "leakage", "A < B & C", "What it shows").unwrap();
        assert_eq!(
            svg,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 4 2\" font-family=\"'A>B'\" role=\"img\" \
             aria-labelledby=\"leakage-svg-title leakage-svg-desc\">\n\
             <title id=\"leakage-svg-title\">A &lt; B &amp; C</title>\n\
             <desc id=\"leakage-svg-desc\">What it shows</desc>\n\
             <defs><pattern id=\"leakage-svg-h\"/></defs><g data-key=\"x\"><title>Mark</title>\
             <rect fill=\"url(#leakage-svg-h)\"/></g><use href=\"#leakage-svg-h\"/></svg>"
        );
    }

    #[test]
    fn what_a_picture_must_not_hold_is_refused() {
        for body in [
            "<script/>",
            "<style/>",
            "<rect style=\"x\"/>",
            "<g onclick=\"x\"/>",
        ] {
            let svg = format!("<svg>{body}</svg>");
            assert!(adopted(&svg, "s", "t", "a").is_err(), "{body}");
        }
        for svg in ["", "<p>", "<svg", "<svg><g>"] {
            assert!(adopted(svg, "s", "t", "a").is_err(), "{svg}");
        }
    }
}
