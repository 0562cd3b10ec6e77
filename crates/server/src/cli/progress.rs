//! Progress of long work, on standard error, when somebody watches.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar that is drawn only on a terminal.
pub(super) struct Bar(ProgressBar);

impl Bar {
    pub(super) fn new(title: &str) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
        let style = ProgressStyle::with_template("{msg:<28} {wide_bar} {pos}/{len} {eta}");
        if let Ok(style) = style {
            bar.set_style(style);
        }
        bar.set_message(title.to_owned());
        Self(bar)
    }

    /// How far the work is.
    pub(super) fn set(&mut self, done: i64, of: i64) {
        self.0.set_length(u64::try_from(of).unwrap_or_default());
        self.0.set_position(u64::try_from(done).unwrap_or_default());
    }

    /// One step further, of about so many.
    pub(super) fn step(&mut self) {
        self.0.inc(1);
        if let Some(length) = self.0.length()
            && self.0.position() > length
        {
            self.0.set_length(self.0.position());
        }
    }

    /// A bar for the next part of the work.
    pub(super) fn next(&mut self, title: &str, of: u64) {
        self.0.finish_and_clear();
        *self = Self::new(title);
        self.0.set_length(of);
    }

    /// Takes the bar away.
    pub(super) fn finish(&mut self) {
        self.0.finish_and_clear();
    }
}
