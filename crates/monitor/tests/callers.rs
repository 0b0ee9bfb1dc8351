//! A panic names the line that called, not one of this crate. Alone in its file, because the hook is the
//! process's.

use std::sync::Mutex;

use monitor::metrics::running::{Accuracy, MeanSquaredError};
use monitor::metrics::{
    Average, accuracy_score, classification_report, f1_score, log_loss, mean_squared_error, perplexity,
    r2_score, roc_auc_score,
};
use testing::refusal;

#[test]
fn a_refusal_points_at_the_callers_line() {
    static FILES: Mutex<Vec<String>> = Mutex::new(Vec::new());

    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(|panic| {
        let file = panic.location().map(|place| place.file().to_owned());
        FILES.lock().expect("it is no panic's").extend(file);
    }));
    let refused: [fn(); 10] = [
        || _ = accuracy_score([0i64], [0.5]),
        || _ = f1_score([0i64, 1], [0i64, 2], Average::Binary),
        || _ = classification_report([0i64], [0i64, 1], Default::default()),
        || _ = roc_auc_score([0i64, 1], [f64::NAN, 0.5], Default::default()),
        || _ = log_loss([0i64, 1], [0.5, 1.5], Default::default()),
        || _ = mean_squared_error([1.0], [f64::NAN]),
        || _ = r2_score([[[1.0]]], [[[1.0]]]),
        || _ = perplexity([[0.5, 0.5]], [2i64], None),
        || Accuracy::new(3).update([3i64], [1i64]),
        || MeanSquaredError::new().update([[1.0, 2.0]], [1.0]),
    ];
    let words = refused.map(refusal);
    std::panic::set_hook(before);
    let files = FILES.lock().expect("it is no panic's");
    let here = files.iter().filter(|file| file.ends_with("tests/callers.rs")).count();
    assert!(files.len() >= refused.len() && here == files.len(), "{words:?}: {files:?}");
}
