//! Waiting lines with several servers: Erlang's formulas for Poisson arrivals and exponential
//! service times (M/M/s).
//!
//! Everything goes by Erlang's recursion, never by factorials, so hundreds of servers are no
//! trouble. Rates are per one unit of time of the caller's choice, and waits come out in it.

use crate::special::{ln_gamma, log_sum_exp};

/// The probability that all `servers` are busy in a system that turns callers away (Erlang B), at
/// an offered load of `load` = arrivals / service rate.
///
/// B(0) = 1, B(k) = a B(k-1) / (k + a B(k-1)). NaN for a load that is negative or not a number.
///
/// ```
/// use catchment_stats::queues::erlang_b;
/// assert!((erlang_b(2, 1.0) - 0.2).abs() < 1e-15);
/// ```
pub fn erlang_b(servers: u32, load: f64) -> f64 {
    if load < 0.0 || load.is_nan() {
        return f64::NAN;
    }
    (1..=servers).fold(1.0, |blocked, k| {
        load * blocked / (f64::from(k) + load * blocked)
    })
}

/// A waiting line in balance: `servers` of rate `service_rate` each, arrivals at `arrival_rate`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Queue {
    arrival_rate: f64,
    service_rate: f64,
    servers: u32,
    /// The probability that an arrival has to wait (Erlang C).
    p_wait: f64,
}

impl Queue {
    /// The queue in its steady state, or `None` where it has none: no servers, a service rate that
    /// is not positive, a negative arrival rate, or arrivals that reach or pass the capacity.
    ///
    /// ```
    /// use catchment_stats::queues::Queue;
    /// let queue = Queue::new(2.0, 3.0, 2).unwrap();
    /// assert!((queue.mean_wait() - 1.0 / 24.0).abs() < 1e-15);
    /// assert!(Queue::new(6.0, 3.0, 2).is_none());
    /// ```
    pub fn new(arrival_rate: f64, service_rate: f64, servers: u32) -> Option<Self> {
        let capacity = service_rate * f64::from(servers);
        let balanced = arrival_rate >= 0.0 && arrival_rate < capacity && capacity.is_finite();
        if !balanced {
            return None;
        }
        let blocked = erlang_b(servers, arrival_rate / service_rate);
        let busy = arrival_rate / capacity;
        Some(Queue {
            arrival_rate,
            service_rate,
            servers,
            p_wait: blocked / (1.0 - busy * (1.0 - blocked)),
        })
    }

    /// The share of time that a server is busy, ρ = λ / (s μ).
    pub fn utilisation(&self) -> f64 {
        self.arrival_rate / (self.service_rate * f64::from(self.servers))
    }

    /// The probability that an arrival has to wait at all (Erlang C).
    pub fn p_wait(&self) -> f64 {
        self.p_wait
    }

    /// The mean number waiting, Lq = C ρ / (1 - ρ).
    pub fn mean_waiting(&self) -> f64 {
        let busy = self.utilisation();
        self.p_wait * busy / (1.0 - busy)
    }

    /// The mean wait before service, Wq = C / (s μ - λ), over all who come.
    pub fn mean_wait(&self) -> f64 {
        self.p_wait / self.spare()
    }

    /// The mean time from arrival to the end of service, W = Wq + 1/μ.
    pub fn mean_stay(&self) -> f64 {
        self.mean_wait() + 1.0 / self.service_rate
    }

    /// The mean number in the system, L = λ W.
    pub fn mean_present(&self) -> f64 {
        self.arrival_rate * self.mean_stay()
    }

    /// The probability of a wait longer than `time`, C e^{-(s μ - λ) t}; for a negative time it is
    /// that of time 0.
    pub fn p_wait_over(&self, time: f64) -> f64 {
        self.p_wait * (-self.spare() * time.max(0.0)).exp()
    }

    /// The probability that nobody is in the system.
    pub fn p_empty(&self) -> f64 {
        let load = self.arrival_rate / self.service_rate;
        if load == 0.0 {
            return 1.0;
        }
        // Relative to the empty state, k < s in the system weigh a^k / k!, and s or more together
        // a^s / s! / (1 - rho); in logs, since a^s leaves the range of a float.
        let weight = |k: u32| f64::from(k) * load.ln() - ln_gamma(f64::from(k) + 1.0);
        let mut weights: Vec<f64> = (0..self.servers).map(weight).collect();
        weights.push(weight(self.servers) - (1.0 - self.utilisation()).ln());
        (-log_sum_exp(&weights)).exp()
    }

    /// The service capacity that arrivals leave free, s μ - λ.
    fn spare(&self) -> f64 {
        self.service_rate * f64::from(self.servers) - self.arrival_rate
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-12, "{found}, not {expected}");
    }

    /// Hillier and Lieberman, Introduction to Operations Research, the county hospital's emergency
    /// room: two arrivals and three patients treated an hour, one doctor or two.
    #[test]
    fn county_hospital() {
        let one = Queue::new(2.0, 3.0, 1).unwrap();
        near(one.mean_waiting(), 4.0 / 3.0);
        near(one.mean_wait(), 2.0 / 3.0);
        near(one.mean_stay(), 1.0);
        near(one.mean_present(), 2.0);
        near(one.p_empty(), 1.0 / 3.0);
        near(one.p_wait_over(0.5), 2.0 / 3.0 * (-0.5f64).exp());
        let two = Queue::new(2.0, 3.0, 2).unwrap();
        near(two.p_empty(), 0.5);
        near(two.mean_waiting(), 1.0 / 12.0);
        near(two.mean_wait(), 1.0 / 24.0);
        near(two.mean_stay(), 3.0 / 8.0);
        near(two.utilisation(), 1.0 / 3.0);
        near(two.p_wait_over(0.5), 1.0 / 6.0 * (-2.0f64).exp());
        near(two.p_wait_over(-1.0), two.p_wait());
    }

    /// Published Erlang C values: .702247 at (10, 4, 3) and .409180 at (8, 1, 10).
    #[test]
    fn erlang_c_table() {
        let c = |a, m, s| Queue::new(a, m, s).unwrap().p_wait();
        assert!((c(10.0, 4.0, 3) - 0.702247).abs() < 5e-7);
        assert!((c(8.0, 1.0, 10) - 0.409180).abs() < 5e-7);
    }

    #[test]
    fn hundreds_of_servers() {
        let queue = Queue::new(780.0, 1.0, 800).unwrap();
        let wait = queue.p_wait();
        // Halfin and Whitt's limit for many servers, with beta = (1 - rho) sqrt(s).
        let beta = (1.0 - 0.975) * 800f64.sqrt();
        let density = (-0.5 * beta * beta).exp() / (2.0 * std::f64::consts::PI).sqrt();
        let limit = 1.0 / (1.0 + beta * crate::distributions::normal_cdf(beta) / density);
        assert!((wait - limit).abs() < 0.01, "{wait} {limit}");
        assert!(queue.p_empty() >= 0.0 && queue.p_empty() < 1e-200);
    }

    #[test]
    fn out_of_balance_is_none() {
        for (arrivals, service, servers) in [
            (6.0, 3.0, 2),
            (1.0, 0.0, 2),
            (1.0, 1.0, 0),
            (-1.0, 1.0, 1),
            (f64::NAN, 1.0, 1),
        ] {
            assert_eq!(Queue::new(arrivals, service, servers), None);
        }
        let idle = Queue::new(0.0, 1.0, 3).unwrap();
        assert_eq!(
            (idle.p_wait(), idle.p_empty(), idle.mean_wait()),
            (0.0, 1.0, 0.0)
        );
        assert!(erlang_b(3, -1.0).is_nan());
        assert_eq!(erlang_b(0, 2.0), 1.0);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]
        /// The same by adding up the balance equations of a long chain of states.
        #[test]
        fn equals_the_balance_equations(servers in 1u32..30, busy in 0.01..0.9f64, rate in 0.1..9.0f64) {
            let arrivals = busy * rate * f64::from(servers);
            let (mut weight, mut total, mut waits, mut line) = (1.0, 1.0, 0.0, 0.0);
            for state in 1..2000u32 {
                weight *= arrivals / (rate * f64::from(state.min(servers)));
                total += weight;
                if state >= servers {
                    waits += weight;
                    line += weight * f64::from(state - servers);
                }
            }
            let queue = Queue::new(arrivals, rate, servers).unwrap();
            prop_assert!((queue.p_empty() * total - 1.0).abs() < 1e-9);
            prop_assert!((queue.p_wait() - waits / total).abs() < 1e-9);
            prop_assert!((queue.mean_waiting() - line / total).abs() < 1e-7);
        }
    }
}
