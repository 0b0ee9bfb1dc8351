use tensor::Tensor;

use super::classes::{ClassOptions, Decision};
use crate::metrics::prf::{Average, Averaging, Counts, averaged};

/// What the measures below are made of: counts of every class.
#[derive(Clone, Debug)]
struct Gathered<A> {
    options: ClassOptions<A>,
    counts: Vec<Counts>,
}

impl<A: Averaging> Gathered<A> {
    #[track_caller]
    fn new(classes: usize, options: ClassOptions<A>) -> Gathered<A> {
        assert!(classes >= 2, "{classes} classes: there are at least two");
        assert!((1..=classes).contains(&options.top_k), "top_k is {}, of {classes} classes", options.top_k);
        let binary = options.average.average() == Some(Average::Binary);
        assert!(classes == 2 || !binary, "{classes} classes: Average::Binary is for two");
        Gathered { options, counts: vec![Counts::default(); classes] }
    }

    #[track_caller]
    fn update(&mut self, preds: &Tensor, target: &Tensor) {
        let ClassOptions { threshold, top_k, ignore_index, .. } = self.options;
        let decision = Decision { classes: self.counts.len(), threshold, top_k, ignore_index };
        for (t, p) in decision.pairs(preds, target) {
            self.counts[t].actual += 1;
            self.counts[p].predicted += 1;
            self.counts[t].hits += u64::from(t == p);
        }
    }

    fn reset(&mut self) {
        self.counts.fill(Counts::default());
    }

    /// `binary` is what the average of two classes is to this measure.
    fn compute(&self, binary: Average, score: impl Fn(Counts, f64) -> f64) -> A::Score {
        let average = self.options.average.average().map(|a| if a == Average::Binary { binary } else { a });
        let of = |counts: &[Counts]| averaged(average, counts, |c| score(c, self.options.zero_division));
        A::finish(match average {
            None | Some(Average::Micro) => of(&self.counts),
            Some(Average::Binary) => of(&self.counts[1..]),
            Some(Average::Macro | Average::Weighted) => {
                let occurs = |c: &&Counts| c.actual + c.predicted > 0;
                match self.counts.iter().filter(occurs).copied().collect::<Vec<_>>() {
                    counts if counts.is_empty() => vec![score(Counts::default(), self.options.zero_division)],
                    counts => of(&counts),
                }
            }
        })
    }
}

/// Measures that counts are enough for: the score of counts, and what [`Average::Binary`] is to it. The
/// accuracy of two classes is that of all samples.
macro_rules! counted {
    ($($(#[$doc:meta])* $Name:ident: $score:expr, $binary:expr;)*) => {
        $(
            $(#[$doc])*
            ///
            /// Predictions are classes, or scores (probabilities or logits) of which the highest counts,
            /// `[n, classes, …]`; of two classes also the scores of class 1, `[n]`. Before the first update
            /// the measure is `zero_division`.
            #[derive(Clone, Debug)]
            pub struct $Name<A = Average>(Gathered<A>);

            impl $Name {
                /// Of so many classes, all samples counted together.
                ///
                /// # Panics
                ///
                /// If there are fewer than two classes.
                #[track_caller]
                pub fn new(num_classes: usize) -> Self {
                    Self::with(num_classes, ClassOptions::default())
                }
            }

            impl<A: Averaging> $Name<A> {
                /// Of so many classes, with these settings.
                ///
                /// # Panics
                ///
                /// If the settings do not fit the number of classes.
                #[track_caller]
                pub fn with(num_classes: usize, options: impl Into<ClassOptions<A>>) -> Self {
                    $Name(Gathered::new(num_classes, options.into()))
                }

                /// Adds a batch: predictions first, then what is true.
                ///
                /// # Panics
                ///
                /// If the shapes do not fit together, or a class is not among the expected ones.
                #[track_caller]
                pub fn update(&mut self, preds: impl Into<Tensor>, target: impl Into<Tensor>) {
                    self.0.update(&preds.into(), &target.into());
                }

                /// The measure of all batches since the last reset.
                pub fn compute(&self) -> A::Score {
                    self.0.compute($binary, $score)
                }

                /// Forgets all batches.
                pub fn reset(&mut self) {
                    self.0.reset();
                }
            }
        )*
    };
}

counted! {
    /// The share of samples whose class is right. Averaged over classes, it is that of each class's samples.
    ///
    /// ```
    /// use monitor::metrics::{PerClass, running::Accuracy};
    /// let mut accuracy = Accuracy::with(2, PerClass);
    /// accuracy.update([0.2f32, 0.9, 0.4], [0i64, 1, 1]);
    /// accuracy.update([0.1f32, 0.3], [0i64, 1]);
    /// assert_eq!(accuracy.compute(), [1.0, 1.0 / 3.0]);
    /// ```
    Accuracy: Counts::recall, Average::Micro;

    /// The share of the samples taken for a class that are of it, as
    /// [`precision_score`](crate::metrics::precision_score).
    ///
    /// ```
    /// use monitor::metrics::{Average, running::Precision};
    /// let mut precision = Precision::with(3, Average::Macro);
    /// precision.update([0i64, 2, 1], [0i64, 1, 2]);
    /// precision.update([0i64, 0, 1], [0i64, 1, 2]);
    /// assert_eq!(precision.compute(), 2.0 / 9.0);
    /// ```
    Precision: Counts::precision, Average::Binary;

    /// The share of a class's samples that are taken for it, as
    /// [`recall_score`](crate::metrics::recall_score).
    ///
    /// ```
    /// use monitor::metrics::{Average, running::Recall};
    /// let mut recall = Recall::with(3, Average::Macro);
    /// recall.update([0i64, 2, 1, 0, 0, 1], [0i64, 1, 2, 0, 1, 2]);
    /// assert_eq!(recall.compute(), 1.0 / 3.0);
    /// ```
    Recall: Counts::recall, Average::Binary;

    /// The harmonic mean of precision and recall, as [`f1_score`](crate::metrics::f1_score).
    ///
    /// ```
    /// use monitor::metrics::{Average, running::F1Score};
    /// let mut f1 = F1Score::with(2, Average::Binary);
    /// f1.update([0i64, 1, 0], [0i64, 1, 1]);
    /// f1.update([0i64, 1], [0i64, 1]);
    /// assert_eq!(f1.compute(), 0.8);
    /// ```
    F1Score: |counts, zero| counts.fscore(1.0, zero), Average::Binary;
}
