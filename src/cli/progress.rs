//! Progress as a person sees it: a bar on standard error after a second, with rate and time left
//! where the total is known; quiet where standard error is no terminal.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::base::progress::Progress;

/// A step that takes less than this shows no bar.
const PATIENCE: Duration = Duration::from_secs(1);

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Progress on standard error.
pub(super) struct Terminal {
    step: Mutex<Option<Step>>,
    visible: bool,
}

struct Step {
    bar: ProgressBar,
    since: Instant,
}

impl Terminal {
    pub(super) fn new() -> Self {
        // Where no handler can be set, Ctrl-C ends the program at once; the lake is safe anyway.
        ctrlc::set_handler(|| {
            if INTERRUPTED.swap(true, Ordering::Relaxed) {
                std::process::exit(130);
            }
            eprintln!("stopping; once more to stop at once");
        })
        .ok();
        Self {
            step: Mutex::new(None),
            visible: std::io::stderr().is_terminal(),
        }
    }

    fn with_step(&self, act: impl FnOnce(&mut Option<Step>)) {
        // A panic elsewhere must not take the bar with it.
        act(&mut self.step.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Prints a message on standard error, above the bar.
    pub(super) fn say(&self, message: &str) {
        self.with_step(|step| match step {
            Some(step) => step.bar.suspend(|| eprintln!("{message}")),
            None => eprintln!("{message}"),
        });
    }
}

impl Progress for Terminal {
    fn begin(&self, name: &str, total: Option<u64>) {
        if !self.visible {
            return;
        }
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::hidden());
        let template = match total {
            Some(total) if total >= 1 << 20 => {
                "{msg:24} {bar:30} {bytes}/{total_bytes} {bytes_per_sec} {eta} left"
            }
            Some(_) => "{msg:24} {bar:30} {pos}/{len} {eta} left",
            None => "{msg:24} {spinner} {pos} {per_sec} {elapsed}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(name.to_string());
        self.with_step(|step| {
            *step = Some(Step {
                bar,
                since: Instant::now(),
            })
        });
    }

    fn advance(&self, units: u64) {
        self.with_step(|step| {
            if let Some(step) = step {
                step.bar.inc(units);
                if step.since.elapsed() > PATIENCE && step.bar.is_hidden() {
                    step.bar.set_draw_target(ProgressDrawTarget::stderr());
                    step.bar.enable_steady_tick(Duration::from_millis(200));
                }
            }
        });
    }

    fn end(&self) {
        self.with_step(|step| {
            if let Some(step) = step.take() {
                step.bar.finish_and_clear();
            }
        });
    }

    fn warn(&self, message: &str) {
        self.say(&format!("warning: {message}"));
    }

    fn is_interrupted(&self) -> bool {
        INTERRUPTED.load(Ordering::Relaxed)
    }
}
