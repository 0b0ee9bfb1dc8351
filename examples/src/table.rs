//! The closing table of the comparing programs.

use crate::Run;

/// Prints, for each run, where its last epoch ended and how long its training took.
pub fn print(runs: &[Run]) {
    println!("\n{:<10} {:>10} {:>9} {:>8}", "optimizer", "train loss", "test acc", "seconds");
    for run in runs {
        let seconds: f64 = run.epochs.iter().map(|e| e.train_seconds).sum();
        if let Some(last) = run.epochs.last() {
            println!(
                "{:<10} {:>10.6} {:>8.2}% {:>8.2}",
                run.optimizer,
                last.train_loss,
                100.0 * last.eval_acc,
                seconds
            );
        }
    }
}
