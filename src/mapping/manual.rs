//! The tests of docs/mappings.md: every example of the manual is read, every function gives what is
//! printed, and every table and column stands there.

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::PathBuf;

    use crate::canonical::LAYOUTS;
    use crate::days::Dates;
    use crate::draft::KEYS;
    use crate::evaluation::Row;
    use crate::functions::FUNCTIONS;
    use crate::{Library, Vocabulary, expression};

    static MANUAL: &str = include_str!("../../docs/mappings.md");

    /// How an example of the user's own words begins.
    const VOCABULARY: &str = "# vocabulary.toml\n";

    fn blocks() -> impl Iterator<Item = &'static str> {
        let blocks = MANUAL.split("```toml\n").skip(1);
        blocks.map(|block| block.split("```").next().unwrap())
    }

    /// The examples of mappings; one that names no table stands on the canonical referrals.
    fn examples() -> Vec<String> {
        blocks()
            .filter(|text| !text.starts_with(VOCABULARY))
            .map(|text| {
                if text.contains("table = ") || text.contains("extends = ") {
                    text.to_string()
                } else {
                    format!("extends = 'canonical_referrals'\n{text}")
                }
            })
            .collect()
    }

    /// The cells of the tables of the manual, row by row.
    fn rows() -> impl Iterator<Item = Vec<&'static str>> {
        MANUAL.lines().filter_map(|line| {
            Some(
                line.strip_prefix("| ")?
                    .strip_suffix('|')?
                    .split(" | ")
                    .map(str::trim)
                    .collect(),
            )
        })
    }

    /// What stands between two marks of code.
    fn code(cell: &str) -> Option<&str> {
        cell.strip_prefix('`')?.strip_suffix('`')
    }

    #[test]
    fn every_example_is_a_mapping() {
        assert_eq!(examples().len(), 6);
        for text in examples() {
            let read = Library::with_own(&[(PathBuf::from("manual.toml"), text.clone())]);
            assert!(read.is_ok(), "{}\n{text}", read.unwrap_err());
        }
    }

    #[test]
    fn every_example_of_own_words_is_a_vocabulary() {
        let examples: Vec<&str> = blocks().filter(|t| t.starts_with(VOCABULARY)).collect();
        assert_eq!(examples.len(), 1);
        for text in examples {
            let read = Vocabulary::parse("vocabulary.toml".as_ref(), text);
            assert!(!read.unwrap().is_empty(), "{text}");
        }
    }

    #[test]
    fn every_function_comes_to_what_is_printed() {
        let mut shown = BTreeSet::new();
        let functions = rows().filter_map(|row| Some((code(row.first()?)?, code(row.get(1)?)?)));
        for (text, expected) in functions.filter(|(text, _)| text.contains('(')) {
            let read = expression::value(text).unwrap();
            let row = Row {
                places: &[],
                cells: &|_| None,
                missing: &[],
                dates: &Dates::default(),
                states: &["NM".to_string()],
            };
            assert_eq!(row.value(&read.term).as_deref(), Some(expected), "{text}");
            shown.insert(text.split('(').next().unwrap());
        }
        let known: BTreeSet<&str> = FUNCTIONS.iter().map(|(name, _)| *name).collect();
        assert_eq!(shown, known);
    }

    #[test]
    fn every_key_stands_in_it() {
        for (table, keys) in KEYS {
            for key in *keys {
                let stands = MANUAL.contains(&format!("`{key}`"))
                    || MANUAL.contains(&format!("[{key}"))
                    || MANUAL.contains(&format!("{key} = "));
                assert!(stands, "{table} {key}");
            }
        }
    }

    #[test]
    fn every_table_and_column_stands_in_it() {
        for layout in LAYOUTS {
            let columns: Vec<String> = layout
                .columns
                .iter()
                .map(|column| {
                    if column.required {
                        format!("**{}**", column.name)
                    } else {
                        column.name.to_string()
                    }
                })
                .collect();
            let line = format!("| `{}` | {} |", layout.table, columns.join(", "));
            assert!(MANUAL.contains(&line), "{line}");
        }
    }
}
