use std::collections::HashMap;

/// What was right and wrong of one label, or of several together.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Counts {
    /// Samples of the label that were taken for it.
    pub(crate) hits: u64,
    /// Samples that were taken for the label.
    pub(crate) predicted: u64,
    /// Samples of the label.
    pub(crate) actual: u64,
}

impl Counts {
    /// For each of the labels, in their order.
    pub(crate) fn of(y_true: &[i64], y_pred: &[i64], labels: &[i64]) -> Vec<Counts> {
        let mut by_label: HashMap<i64, Counts> = HashMap::new();
        for (t, p) in y_true.iter().zip(y_pred) {
            by_label.entry(*t).or_default().actual += 1;
            let predicted = by_label.entry(*p).or_default();
            predicted.predicted += 1;
            predicted.hits += u64::from(t == p);
        }
        labels.iter().map(|label| by_label.get(label).copied().unwrap_or_default()).collect()
    }

    /// All together.
    pub(crate) fn total(counts: &[Counts]) -> Counts {
        counts.iter().fold(Counts::default(), |a, b| Counts {
            hits: a.hits + b.hits,
            predicted: a.predicted + b.predicted,
            actual: a.actual + b.actual,
        })
    }

    pub(crate) fn precision(self, zero_division: f64) -> f64 {
        ratio(self.hits as f64, self.predicted as f64, zero_division)
    }

    pub(crate) fn recall(self, zero_division: f64) -> f64 {
        ratio(self.hits as f64, self.actual as f64, zero_division)
    }

    pub(crate) fn fscore(self, beta: f64, zero_division: f64) -> f64 {
        if beta == f64::INFINITY {
            return self.recall(zero_division);
        }
        if beta == 0.0 {
            return self.precision(zero_division);
        }
        let b = beta * beta;
        let of = b * self.actual as f64 + self.predicted as f64;
        ratio((1.0 + b) * self.hits as f64, of, zero_division)
    }
}

fn ratio(part: f64, of: f64, zero_division: f64) -> f64 {
    if of == 0.0 { zero_division } else { part / of }
}
