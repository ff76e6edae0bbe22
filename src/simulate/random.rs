//! Where chance comes from: one ChaCha8 stream for each subject and member of it, so that what one
//! referrer or site does never depends on the others, on threads or on order; and draws by weight.
//! What is drawn is the business of the other files.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A stream of chance.
pub(crate) type Stream = ChaCha8Rng;

/// What a stream is for. Streams of different subjects share nothing but the seed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Subject {
    Places = 1,
    Organizations = 2,
    Roster = 3,
    Referrers = 4,
    Destinations = 5,
    Arrivals = 6,
    Life = 7,
    Sites = 8,
    Visits = 9,
    Rows = 10,
    Patients = 11,
    Strangers = 12,
    Layouts = 13,
}

/// The stream of a member of a subject.
pub(crate) fn stream(seed: u64, subject: Subject, member: u64) -> Stream {
    let mut key = [0u8; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    key[8] = subject as u8;
    let mut stream = ChaCha8Rng::from_seed(key);
    stream.set_stream(member);
    stream
}

/// The stream of a member of a subject from a chapter on. Chapters are so long (2^24 words) that
/// none runs into the next.
pub(crate) fn chapter(seed: u64, subject: Subject, member: u64, chapter: u32) -> Stream {
    let mut stream = stream(seed, subject, member);
    stream.set_word_pos(u128::from(chapter) << 24);
    stream
}

/// A number that looks random and depends on its arguments alone (the finalizer of SplitMix64),
/// for the many small choices of a row that are not worth a stream.
pub(crate) fn mix(seed: u64, subject: Subject, member: u64, tag: u64) -> u64 {
    let mut z = seed ^ ((subject as u64) << 56);
    for part in [member, tag] {
        z = z.wrapping_add(part).wrapping_add(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^= z >> 31;
    }
    z
}

/// [`mix`] as a number from 0 up to, not including, 1.
pub(crate) fn mix_unit(seed: u64, subject: Subject, member: u64, tag: u64) -> f64 {
    (mix(seed, subject, member, tag) >> 11) as f64 / (1u64 << 53) as f64
}

/// Things with weights, to be drawn in proportion to them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Weights {
    sums: Vec<f64>,
}

impl Weights {
    /// From weights that are not negative.
    pub(crate) fn new(weights: impl IntoIterator<Item = f64>) -> Self {
        let mut total = 0.0;
        let sums = weights
            .into_iter()
            .map(|weight| {
                total += weight.max(0.0);
                total
            })
            .collect();
        Self { sums }
    }

    /// The sum of all weights.
    pub(crate) fn total(&self) -> f64 {
        self.sums.last().copied().unwrap_or(0.0)
    }

    /// The weight of an index.
    pub(crate) fn weight(&self, at: usize) -> f64 {
        self.sums[at] - if at == 0 { 0.0 } else { self.sums[at - 1] }
    }

    /// Draws an index; `None` where all weights are zero.
    pub(crate) fn draw(&self, stream: &mut Stream) -> Option<usize> {
        self.at(stream.random::<f64>())
    }

    /// The index at a share of the total, from 0 up to, not including, 1.
    pub(crate) fn at(&self, share: f64) -> Option<usize> {
        if self.total() <= 0.0 {
            return None;
        }
        let target = share * self.total();
        let index = self.sums.partition_point(|&sum| sum <= target);
        Some(index.min(self.sums.len() - 1))
    }
}

/// A standard normal number (Box and Muller 1958).
pub(crate) fn normal(stream: &mut Stream) -> f64 {
    let u = 1.0 - stream.random::<f64>();
    let v = stream.random::<f64>();
    (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
}

/// A log-normal number by its median and the standard deviation of its logarithm.
pub(crate) fn log_normal(stream: &mut Stream, median: f64, sigma: f64) -> f64 {
    median * (sigma * normal(stream)).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_repeatable_and_differ() {
        let draw = |seed, subject, member| stream(seed, subject, member).random::<u64>();
        assert_eq!(draw(1, Subject::Life, 7), draw(1, Subject::Life, 7));
        assert_ne!(draw(1, Subject::Life, 7), draw(2, Subject::Life, 7));
        assert_ne!(draw(1, Subject::Life, 7), draw(1, Subject::Sites, 7));
        assert_ne!(draw(1, Subject::Life, 7), draw(1, Subject::Life, 8));
        let first: u64 = chapter(1, Subject::Life, 7, 0).random();
        assert_eq!(first, draw(1, Subject::Life, 7));
        assert_ne!(first, chapter(1, Subject::Life, 7, 1).random::<u64>());
    }

    #[test]
    fn draws_in_proportion_to_the_weights() {
        let weights = Weights::new([1.0, 0.0, 3.0]);
        assert_eq!(weights.at(0.0), Some(0));
        assert_eq!(weights.at(0.2499), Some(0));
        assert_eq!(weights.at(0.25), Some(2));
        assert_eq!(weights.at(0.9999), Some(2));
        assert_eq!(Weights::new([0.0, 0.0]).at(0.5), None);
        let mut stream = stream(1, Subject::Rows, 0);
        let hits = (0..10_000)
            .filter(|_| weights.draw(&mut stream) == Some(2))
            .count();
        // Binomial(10,000, 0.75): the standard deviation is 43.
        assert!((7_300..7_700).contains(&hits), "{hits}");
    }

    #[test]
    fn mixed_numbers_are_even() {
        let mean = (0..10_000)
            .map(|m| mix_unit(5, Subject::Rows, m, 3))
            .sum::<f64>()
            / 10_000.0;
        assert!((mean - 0.5).abs() < 0.015, "{mean}");
    }

    #[test]
    fn normal_numbers_have_mean_0_and_variance_1() {
        let mut stream = stream(3, Subject::Rows, 0);
        let draws: Vec<f64> = (0..20_000).map(|_| normal(&mut stream)).collect();
        let mean = draws.iter().sum::<f64>() / 20_000.0;
        let variance = draws.iter().map(|x| x * x).sum::<f64>() / 20_000.0;
        assert!(
            mean.abs() < 0.03 && (variance - 1.0).abs() < 0.05,
            "{mean} {variance}"
        );
    }
}
