use indicatif::{ProgressBar, ProgressStyle};

/// A bar over the batches of an epoch. Where standard error is not a terminal there is none.
#[derive(Debug)]
pub(crate) struct Progress(ProgressBar);

impl Progress {
    pub(crate) fn new(epoch: usize, epochs: usize, batches: usize) -> Self {
        let style = ProgressStyle::with_template("{prefix} {bar:40} {pos}/{len} {msg} {eta}")
            .expect("the template is right");
        // It is drawn at its first batch, when the bar before it is gone.
        let prefix = format!("epoch {epoch}/{epochs}");
        Progress(ProgressBar::new(batches as u64).with_style(style).with_prefix(prefix))
    }

    pub(crate) fn hidden() -> Self {
        Progress(ProgressBar::hidden())
    }

    /// One batch more; now and then with its loss.
    pub(crate) fn batch(&self, loss: Option<f64>) {
        if let Some(loss) = loss.filter(|_| !self.0.is_hidden()) {
            self.0.set_message(format!("loss {loss:.4}"));
        }
        self.0.inc(1);
    }

    pub(crate) fn finish(&self) {
        self.0.finish_and_clear();
    }
}
