//! The closed lists of words that keys of catchment.toml take their values from.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use super::keys::{nearest, one_of};
use crate::error::Error;

/// Makes an enum of a closed list of words: its variants in order, how each is written, and how
/// a text is read (without regard to case and to spaces around it).
macro_rules! words {
    ($(#[$about:meta])* $name:ident $what:literal {
        $($(#[$meaning:meta])* $variant:ident = $word:literal),+ $(,)?
    }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$meaning])* $variant),+
        }

        impl $name {
            /// Every word, in the order of the definition.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// How it is written in files and tables.
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.word())
            }
        }

        impl FromStr for $name {
            type Err = Error;
            fn from_str(text: &str) -> Result<Self, Error> {
                let folded = text.trim().to_ascii_lowercase();
                let known = Self::ALL.iter().copied();
                known.clone().find(|w| w.word() == folded).ok_or_else(|| {
                    let words: Vec<&str> = known.map(Self::word).collect();
                    let near = nearest(&folded, words.iter().copied()).unwrap_or_default();
                    Error::usage(format!("'{text}' is no {}", $what)).help(format!(
                        "expected {}; the nearest is '{near}'",
                        one_of(&words)
                    ))
                })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.word())
            }
        }
    };
}

words! {
    /// How an organization or a provider stands to us on a day.
    ///
    /// ```
    /// use catchment_base::config::Affiliation;
    /// let word: Affiliation = "Affiliated".parse().unwrap();
    /// assert_eq!(word.to_string(), "affiliated");
    /// assert!(word.is_inside());
    /// assert!(!Affiliation::Independent.is_inside());
    /// ```
    Affiliation "affiliation" {
        /// Part of our system.
        Own = "own",
        /// Bound to our system, on its own feet.
        Affiliated = "affiliated",
        /// Bound to nobody.
        Independent = "independent",
        /// Part of, or bound to, another system.
        Competitor = "competitor",
    }
}

impl Affiliation {
    /// Whether it lies inside our system: own or affiliated.
    pub const fn is_inside(self) -> bool {
        matches!(self, Self::Own | Self::Affiliated)
    }
}

words! {
    /// The kind of service that a referral asks for.
    ServiceType "service type" {
        /// An opinion or a visit.
        Consult = "consult",
        /// A procedure or an operation.
        Procedure = "procedure",
        /// Imaging.
        Imaging = "imaging",
        /// Laboratory.
        Lab = "lab",
        /// Physical, occupational, speech or another therapy.
        Therapy = "therapy",
        /// Durable medical equipment.
        Dme = "dme",
        /// Care after a stay: patients choose it freely (42 CFR 482.43).
        PostAcute = "post_acute",
    }
}

words! {
    /// What the result tables are cut by besides their own grain.
    Cut "cut" {
        /// The insurer as the export names it.
        Payer = "payer",
        /// Routine, urgent or stat.
        Priority = "priority",
        /// The territory of the referring practice.
        Territory = "territory",
        /// 0-17, 18-64 or 65+.
        AgeBand = "age_band",
    }
}

words! {
    /// Which way a goal wants its measure to move.
    Direction "direction" {
        /// More is better.
        Up = "up",
        /// Less is better.
        Down = "down",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back() {
        for &word in Affiliation::ALL {
            assert_eq!(word.to_string().parse::<Affiliation>().unwrap(), word);
        }
        for &word in ServiceType::ALL {
            assert_eq!(
                word.to_string()
                    .to_uppercase()
                    .parse::<ServiceType>()
                    .unwrap(),
                word
            );
        }
        assert_eq!(" payer ".parse::<Cut>().unwrap(), Cut::Payer);
        assert_eq!("down".parse::<Direction>().unwrap(), Direction::Down);
    }

    #[test]
    fn an_unknown_word_is_refused_with_the_list_and_the_nearest() {
        let error = "competitors".parse::<Affiliation>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "'competitors' is no affiliation; expected own, affiliated, independent or \
             competitor; the nearest is 'competitor'"
        );
        assert!("".parse::<Cut>().is_err());
    }
}
