//! Putting waits in the order of time: who is at risk when, and what happens.

/// Why waits could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SurvivalError {
    /// There was no wait.
    Empty,
    /// The time at this place of the input is negative or not finite.
    BadTime(usize),
}

impl std::fmt::Display for SurvivalError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            SurvivalError::Empty => write!(out, "there is no wait to draw a curve of"),
            SurvivalError::BadTime(place) => {
                write!(out, "the time of wait {place} is negative or not finite")
            }
        }
    }
}

impl std::error::Error for SurvivalError {}

/// What happens at one time: how many were at risk just before, and how many ended in each way.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Moment {
    pub time: f64,
    pub at_risk: u64,
    /// Ends by cause, the first cause (1) at place 0; censored waits are in no place.
    pub ends: Vec<u64>,
}

/// The moments at which a wait ends or is censored, in order. A cause of 0 means censored, and
/// `causes` is the largest cause there is.
pub(super) fn moments(waits: &[(f64, u32)], causes: u32) -> Result<Vec<Moment>, SurvivalError> {
    if waits.is_empty() {
        return Err(SurvivalError::Empty);
    }
    if let Some(place) = waits.iter().position(|w| !w.0.is_finite() || w.0 < 0.0) {
        return Err(SurvivalError::BadTime(place));
    }
    let mut sorted = waits.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut at_risk = sorted.len() as u64;
    let mut moments: Vec<Moment> = Vec::new();
    for run in sorted.chunk_by(|a, b| a.0 == b.0) {
        let mut ends = vec![0; causes as usize];
        for (_, cause) in run {
            // Cause 0 has no place: it is the censored ones.
            if let Some(count) = (*cause as usize)
                .checked_sub(1)
                .and_then(|c| ends.get_mut(c))
            {
                *count += 1;
            }
        }
        // A run has at least one element.
        moments.push(Moment {
            time: run[0].0,
            at_risk,
            ends,
        });
        at_risk -= run.len() as u64;
    }
    Ok(moments)
}
