//! The page's one style sheet: the fonts, the rules, and the colours that pictures take on a dark
//! screen. Pictures are drawn once, in the light colours.

use std::fmt::Write as _;

use super::policy::base64;

/// The script that sorts, filters and shows all rows of a table.
pub(crate) const SCRIPT: &str = include_str!("../templates/report.js");
const RULES: &str = include_str!("../templates/report.css");
const REGULAR: &[u8] =
    include_bytes!("../../../reference/fonts/source-sans-3-latin-400-normal.woff2");
const SEMIBOLD: &[u8] =
    include_bytes!("../../../reference/fonts/source-sans-3-latin-600-normal.woff2");

/// What a colour of a picture becomes on a dark screen: the charts' light theme beside their dark
/// one, and the grey that stands under white text.
const DARK: &[(&str, &str)] = &[
    ("#FFFFFF", "#14191F"),
    ("#1F2933", "#E4E7EB"),
    ("#52606D", "#9AA5B1"),
    ("#E4E7EB", "#2B333C"),
    ("#F3F5F7", "#1D242B"),
    ("#CBD2D9", "#3E4A56"),
    ("#7B8794", "#9AA5B1"),
    ("#616E7C", "#9AA5B1"),
    ("#B83A0A", "#FB923C"),
    ("#0F3D6E", "#7DB8F0"),
    ("#3A78B5", "#4A86C4"),
    ("#B3D1EC", "#2C4F73"),
    ("#E59866", "#9A3412"),
];

/// The whole style sheet; the audience, a plain word, stands at the foot of every printed page.
pub(crate) fn style(audience: &str) -> String {
    let mut out = String::with_capacity(64 * 1024);
    for (weight, font) in [(400, REGULAR), (600, SEMIBOLD)] {
        let _ = writeln!(
            out,
            "@font-face{{font-family:\"Source Sans 3\";font-weight:{weight};font-style:normal;\
             src:url(data:font/woff2;base64,{})format(\"woff2\")}}",
            base64(font)
        );
    }
    out.push_str(&RULES.replace("AUDIENCE", audience));
    out.push_str("@media screen and (prefers-color-scheme:dark){\n");
    for (light, dark) in DARK {
        for ink in ["fill", "stroke"] {
            let _ = writeln!(out, ".picture [{ink}=\"{light}\" i]{{{ink}:{dark}}}");
        }
    }
    out.push_str("}\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_style_or_script_ends_its_tag() {
        for text in [style("Internal").as_str(), SCRIPT] {
            assert!(!text.contains("</") && !text.contains("<!--") && !text.contains('\r'));
            assert!(
                !text.contains("http:") && !text.contains("https:") && !text.contains("@import")
            );
        }
    }

    #[test]
    fn each_colour_turns_dark_once() {
        for (at, (light, _)) in DARK.iter().enumerate() {
            assert!(
                DARK.iter().skip(at + 1).all(|(other, _)| other != light),
                "{light}"
            );
        }
    }
}
