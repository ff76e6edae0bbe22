//! The one error of the program: what failed, where, what to do about it, and what caused it.
//! The kind fixes the exit code; rendering is the command line's business.

use std::fmt;
use std::path::{Path, PathBuf};

/// What kind of failure it is; it fixes the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The command line or the configuration asks for something that is not there (exit 2).
    Usage,
    /// What came in can't be used as it is (exit 1).
    Input,
    /// The disk, or another process, stood in the way (exit 1).
    System,
    /// An engine refused, or a check of ours failed (exit 1).
    Internal,
    /// The user asked to stop (exit 1).
    Interrupted,
}

/// Short for a result with the program's error.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What failed, where (never a cell's content), what to do, and the cause.
#[derive(Debug)]
pub struct Error(Box<Fault>);

/// The parts of an error; they lie in a box so that results stay small.
#[derive(Debug)]
struct Fault {
    kind: Kind,
    what: String,
    file: Option<PathBuf>,
    row: Option<u64>,
    column: Option<String>,
    help: Option<String>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// A new error of a kind, with a sentence that says what failed.
    pub fn new(kind: Kind, what: impl Into<String>) -> Self {
        Self(Box::new(Fault {
            kind,
            what: what.into(),
            file: None,
            row: None,
            column: None,
            help: None,
            source: None,
        }))
    }

    /// A wrong use of the command line or the configuration.
    pub fn usage(what: impl Into<String>) -> Self {
        Self::new(Kind::Usage, what)
    }

    /// Input that can't be used as it is.
    pub fn input(what: impl Into<String>) -> Self {
        Self::new(Kind::Input, what)
    }

    /// A failure of the disk or the operating system on a path.
    pub fn io(what: impl Into<String>, path: &Path, source: std::io::Error) -> Self {
        let help = match source.kind() {
            std::io::ErrorKind::PermissionDenied => Some("check the permissions of this path"),
            std::io::ErrorKind::StorageFull => {
                Some("free space on this disk; nothing that was reported as loaded is lost")
            }
            _ => None,
        };
        let error = Self::new(Kind::System, what).at(path).because(source);
        match help {
            Some(help) => error.help(help),
            None => error,
        }
    }

    /// A failure of an engine, or of a check of our own.
    pub fn internal(what: impl Into<String>) -> Self {
        Self::new(Kind::Internal, what)
    }

    /// Names the file.
    #[must_use]
    pub fn at(mut self, file: &Path) -> Self {
        self.0.file = Some(file.to_path_buf());
        self
    }

    /// Names the row, counted as a spreadsheet shows it: the header is row 1.
    #[must_use]
    pub fn row(mut self, row: u64) -> Self {
        self.0.row = Some(row);
        self
    }

    /// Names the column or the key.
    #[must_use]
    pub fn column(mut self, column: impl Into<String>) -> Self {
        self.0.column = Some(column.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    /// Keeps the cause.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The kind of failure.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// The exit code of the program: 2 for wrong usage, 1 for everything else.
    pub fn exit_code(&self) -> u8 {
        match self.0.kind {
            Kind::Usage => 2,
            Kind::Input | Kind::System | Kind::Internal | Kind::Interrupted => 1,
        }
    }
}

impl fmt::Display for Error {
    /// One line: place, what failed, its cause, and what to do.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.0.file {
            write!(f, "{}", file.display())?;
            if let Some(row) = self.0.row {
                write!(f, ", row {row}")?;
            }
            if let Some(column) = &self.0.column {
                write!(f, ", {column}")?;
            }
            write!(f, ": ")?;
        } else if let Some(column) = &self.0.column {
            write!(f, "{column}: ")?;
        }
        f.write_str(&self.0.what)?;
        if let Some(source) = &self.0.source {
            write!(f, " ({})", source.to_string().replace('\n', " "))?;
        }
        if let Some(help) = &self.0.help {
            write!(f, "; {help}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|e| e as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_place_failure_and_remedy_in_one_line() {
        let error = Error::input("no such status")
            .at(Path::new("q3.csv"))
            .row(14)
            .column("status")
            .help("add the word to the vocabulary");
        assert_eq!(
            error.to_string(),
            "q3.csv, row 14, status: no such status; add the word to the vocabulary"
        );
        assert_eq!(error.exit_code(), 1);
        assert_eq!(Error::usage("x").exit_code(), 2);
    }
}
