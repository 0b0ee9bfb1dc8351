use crate::metrics::input::classes;

/// What lies above each distinct score, from the highest down.
pub(super) struct Thresholds {
    /// Negative samples with this score or more.
    pub(super) fps: Vec<f64>,
    /// Positive samples with this score or more.
    pub(super) tps: Vec<f64>,
    pub(super) thresholds: Vec<f64>,
}

impl Thresholds {
    pub(super) fn of(positive: &[bool], scores: &[f64]) -> Thresholds {
        let mut order: Vec<usize> = (0..scores.len()).collect();
        order.sort_by(|a, b| scores[*b].partial_cmp(&scores[*a]).expect("scores are finite"));
        let (mut fps, mut tps, mut thresholds) = (Vec::new(), Vec::new(), Vec::new());
        let (mut fp, mut tp) = (0u64, 0u64);
        for (i, at) in order.iter().enumerate() {
            match positive[*at] {
                true => tp += 1,
                false => fp += 1,
            }
            let last = order.get(i + 1).is_none_or(|next| scores[*next] != scores[*at]);
            if last {
                fps.push(fp as f64);
                tps.push(tp as f64);
                thresholds.push(scores[*at]);
            }
        }
        Thresholds { fps, tps, thresholds }
    }

    /// Without these points, but always with the first and the last.
    pub(super) fn without(self, dropped: impl Fn(&Thresholds, usize) -> bool) -> Thresholds {
        let n = self.thresholds.len();
        let kept: Vec<usize> = (0..n).filter(|i| *i == 0 || *i == n - 1 || !dropped(&self, *i)).collect();
        let of = |x: &[f64]| kept.iter().map(|i| x[*i]).collect();
        Thresholds { fps: of(&self.fps), tps: of(&self.tps), thresholds: of(&self.thresholds) }
    }
}

/// Which samples are positive. Without a label to look for, labels are 0 and 1 or −1 and 1.
#[track_caller]
pub(super) fn positives(y_true: &[i64], pos_label: Option<i64>) -> Vec<bool> {
    let present = classes(y_true);
    let shown: Vec<String> = present.iter().map(i64::to_string).collect();
    let usual = [&[0, 1][..], &[-1, 1], &[0], &[-1], &[1]];
    assert!(present.len() <= 2 || pos_label.is_some(), "multiclass format is not supported");
    assert!(
        pos_label.is_some() || usual.contains(&&present[..]),
        "y_true takes value in {{{}}} and pos_label is not specified: either make y_true take value in {{0, 1}} or \
         {{-1, 1}} or pass pos_label explicitly.",
        shown.join(", ")
    );
    y_true.iter().map(|label| *label == pos_label.unwrap_or(1)).collect()
}
