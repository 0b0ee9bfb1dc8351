use tensor::{DType, Tensor};

use crate::metrics::prf::{Average, Averaging};

/// The settings of measures of classes. An [`Average`] or [`PerClass`](crate::metrics::PerClass) alone
/// stands for itself with all else as usual.
#[derive(Clone, Debug)]
pub struct ClassOptions<A = Average> {
    /// What becomes of the scores of several classes; [`Average::Micro`] by default, as in torchmetrics.
    /// Classes that occur on neither side do not count. [`Average::Binary`] looks at class 1 of two.
    pub average: A,
    /// The score above which one of two classes is taken to be class 1, if predictions are a row of
    /// probabilities; 0.5 by default.
    pub threshold: f64,
    /// How many of the highest scores count as a prediction that is right if one of them is; 1 by default.
    pub top_k: usize,
    /// Samples of this class do not count.
    pub ignore_index: Option<i64>,
    /// The score where there is nothing to divide by; 0 by default.
    pub zero_division: f64,
}

impl Default for ClassOptions {
    fn default() -> ClassOptions {
        Average::Micro.into()
    }
}

impl<A: Averaging> From<A> for ClassOptions<A> {
    fn from(average: A) -> ClassOptions<A> {
        ClassOptions { average, threshold: 0.5, top_k: 1, ignore_index: None, zero_division: 0.0 }
    }
}

/// How predictions become classes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Decision {
    pub(super) classes: usize,
    pub(super) threshold: f64,
    pub(super) top_k: usize,
    pub(super) ignore_index: Option<i64>,
}

impl Decision {
    /// Pairs of a sample's class and the one that it is taken for, of those that count.
    ///
    /// # Panics
    ///
    /// If the shapes do not fit together, or a class is not among the expected ones.
    #[track_caller]
    pub(super) fn pairs(&self, preds: &Tensor, target: &Tensor) -> Vec<(usize, usize)> {
        assert!(!target.dtype().is_float(), "target has {}, but classes are integers", target.dtype());
        let (shape, of) = (preds.shape(), target.shape());
        let target: Vec<i64> = target.to_dtype(DType::I64).to_vec();
        let preds = match preds.dtype().is_float() {
            false if shape == of => preds.to_dtype(DType::I64).to_vec(),
            true if shape == of && self.classes == 2 => self.above_threshold(preds),
            true if with_classes(shape, of, self.classes) => self.highest(preds, &target),
            _ => panic!(
                "preds {shape:?} of {} do not fit target {of:?} and {} classes: classes of the target's shape, or scores with \
                 an axis of classes behind the first, are expected",
                preds.dtype(),
                self.classes
            ),
        };
        let mut pairs = Vec::with_capacity(target.len());
        for (t, p) in target.iter().zip(&preds).filter(|(t, _)| Some(**t) != self.ignore_index) {
            pairs.push((self.place("target", *t), self.place("preds", *p)));
        }
        pairs
    }

    #[track_caller]
    fn place(&self, side: &str, class: i64) -> usize {
        match usize::try_from(class) {
            Ok(place) if place < self.classes => place,
            _ => panic!("{side} has the class {class}, which is not one of {} from 0 on", self.classes),
        }
    }

    /// Class 1 for probabilities above the threshold; logits, some of which lie outside of [0, 1], become
    /// probabilities first.
    fn above_threshold(&self, preds: &Tensor) -> Vec<i64> {
        let mut x: Vec<f64> = preds.to_dtype(DType::F64).to_vec();
        if x.iter().any(|x| !(0.0..=1.0).contains(x)) {
            x.iter_mut().for_each(|x| *x = 1.0 / (1.0 + (-*x).exp()));
        }
        x.into_iter().map(|x| i64::from(x > self.threshold)).collect()
    }

    /// The class of the highest score, or the true one if it is among the highest.
    fn highest(&self, preds: &Tensor, target: &[i64]) -> Vec<i64> {
        let preds = preds.to_dtype(DType::F64);
        let best: Vec<i64> = preds.argmax(1, false).to_vec();
        if self.top_k == 1 {
            return best;
        }
        let rows: Vec<f64> = preds.movedim(1, -1).to_vec();
        let samples = rows.chunks_exact(self.classes).zip(target).zip(best);
        let choose = |((row, target), best): ((&[f64], &i64), i64)| {
            let own = usize::try_from(*target).ok().and_then(|place| Some((place, *row.get(place)?)));
            let above = |(place, score): (usize, f64)| {
                row.iter().enumerate().filter(|(j, x)| **x > score || (**x == score && *j < place)).count()
            };
            match own.is_some_and(|own| above(own) < self.top_k) {
                true => *target,
                false => best,
            }
        };
        samples.map(choose).collect()
    }
}

/// Whether a shape is the target's with an axis of classes behind the first.
fn with_classes(shape: &[usize], of: &[usize], classes: usize) -> bool {
    match (shape, of) {
        ([n, k, rest @ ..], [m, of @ ..]) => n == m && *k == classes && rest == of,
        _ => false,
    }
}
