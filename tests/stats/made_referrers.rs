//! Referrers made by a model of repeat buying with Erlang gaps, whose dropout is known.

use crate::random::Random;
use catchment_stats::repeat_buying::{Cnbd, History};

/// One made referrer.
pub struct Made {
    /// The repeats after the first event, rising, up to the end of the observation.
    pub times: Vec<f64>,
    /// The end of the observation.
    pub end: f64,
    /// Whether they are still active at the end.
    pub alive: bool,
    /// The events in the time that follows.
    pub later: u32,
}

impl Made {
    /// Draws a referrer of the model's population who is observed for `end` and watched for `after`
    /// more.
    pub fn draw(random: &mut Random, model: &Cnbd, end: f64, after: f64) -> Self {
        let rate = random.gamma(model.r) / model.alpha;
        let dropout = random.beta(model.a, model.b);
        let mut made = Made {
            times: Vec::new(),
            end,
            alive: true,
            later: 0,
        };
        if model.from_first && random.uniform() < dropout {
            made.alive = false;
            return made;
        }
        let mut time = 0.0;
        loop {
            time += random.gamma(f64::from(model.k)) / rate;
            if time > end + after {
                return made;
            }
            if time <= end {
                made.times.push(time);
            } else {
                made.later += 1;
            }
            if random.uniform() < dropout {
                made.alive = time > end;
                return made;
            }
        }
    }

    /// What a model is told of them.
    pub fn history(&self) -> History {
        History {
            x: self.times.len() as u32,
            t_x: self.times.last().copied().unwrap_or(0.0),
            t: self.end,
        }
    }

    /// The gaps between events, the first event at 0.
    pub fn gaps(&self) -> Vec<f64> {
        let mut last = 0.0;
        let gap = |&time: &f64| time - std::mem::replace(&mut last, time);
        self.times.iter().map(gap).collect()
    }
}
