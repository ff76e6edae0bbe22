//! The metrics that result tables declare.
