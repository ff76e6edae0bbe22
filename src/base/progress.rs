//! How rooms report what they are doing. The command line alone renders it.

/// Something that listens to the progress of a long step.
pub trait Progress: Send + Sync {
    /// A step begins; `total` is the number of units where it is known.
    fn begin(&self, step: &str, total: Option<u64>);
    /// `units` more are done.
    fn advance(&self, units: u64);
    /// The step is over.
    fn end(&self);
    /// A warning that a person should read; the work goes on.
    fn warn(&self, message: &str);
    /// Whether the user asked to stop. Long loops ask between units of work.
    fn is_interrupted(&self) -> bool {
        false
    }
}

/// Listens to nothing; for tests and for use as a library.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _step: &str, _total: Option<u64>) {}
    fn advance(&self, _units: u64) {}
    fn end(&self) {}
    fn warn(&self, _message: &str) {}
}
