//! Where the elements along one axis of an image of another size come from.

use crate::kernels::number::Float;

/// How the positions along an axis of the output lie on that of the input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scaling {
    /// The size of the input.
    pub input: usize,
    /// The size of the output.
    pub output: usize,
    /// By how much the axis is longer, if that was asked for; else it follows from the sizes.
    pub factor: Option<f64>,
    /// Whether the middles of the first elements lie on each other, and of the last; else their edges do.
    pub align_corners: bool,
}

impl Scaling {
    /// The elements of the input for each of the output.
    fn ratio<T: Float>(&self) -> T {
        let [input, output] = [self.input, self.output].map(|n| T::from_i64(n as i64));
        match self.factor {
            _ if self.align_corners && self.output > 1 => (input - T::ONE) / (output - T::ONE),
            _ if self.align_corners => T::ZERO,
            Some(factor) if factor > 0.0 => T::from_f64(1.0 / factor),
            _ => input / output,
        }
    }

    /// The positions in the input, between its elements, of those of the output. `fused` is whether torch's
    /// compiler rounded once or twice there.
    fn sources<T: Float>(&self, fused: bool) -> impl Iterator<Item = T> {
        let (ratio, half) = (self.ratio::<T>(), T::from_f64(0.5));
        let Scaling { output, align_corners, .. } = *self;
        (0..output).map(move |i| {
            let i = T::from_i64(i as i64);
            match (align_corners, fused) {
                (true, _) => ratio * i,
                (false, true) => ratio.mul_add(i + half, -half),
                (false, false) => ratio * (i + half) - half,
            }
        })
    }

    /// The element at or before a position, and how far behind it that is.
    fn split<T: Float>(&self, source: T) -> (usize, isize, T) {
        let at = (source.floor().to_f64() as isize).min(self.input as isize - 1);
        let beyond = (source - T::from_i64(at as i64)).maximum(T::ZERO).minimum(T::ONE);
        (at.max(0) as usize, at, beyond)
    }
}

/// The inputs of each output along an axis, with their weights.
#[derive(Clone, Debug)]
pub struct Axis<T> {
    pub(super) input: usize,
    /// Where the inputs of each output end in `from` and `weight`.
    ends: Vec<usize>,
    from: Vec<usize>,
    weight: Vec<T>,
    /// Whether the products are rounded before they are added, as far as they come in vectors.
    pub(super) in_vectors: bool,
}

impl<T: Float> Axis<T> {
    fn new(input: usize) -> Self {
        Axis { input, ends: Vec::new(), from: Vec::new(), weight: Vec::new(), in_vectors: false }
    }

    fn push(&mut self, taps: impl IntoIterator<Item = (usize, T)>) {
        for (from, weight) in taps {
            self.from.push(from);
            self.weight.push(weight);
        }
        self.ends.push(self.from.len());
    }

    /// The number of outputs.
    pub(super) fn output(&self) -> usize {
        self.ends.len()
    }

    /// The inputs of the `i`th output, and their weights.
    #[inline(always)]
    pub(super) fn taps(&self, i: usize) -> (&[usize], &[T]) {
        let start = if i == 0 { 0 } else { self.ends[i - 1] };
        let taps = start..self.ends[i];
        (&self.from[taps.clone()], &self.weight[taps])
    }

    /// An axis of size `n` that stays as it is.
    pub fn same(n: usize) -> Self {
        let mut axis = Axis::new(n);
        (0..n).for_each(|i| axis.push([(i, T::ONE)]));
        axis
    }

    /// The element that each output is a copy of: the one before it. Torch takes a short cut for an axis
    /// that becomes twice as long or stays as it is, on some of its ways, whatever the factor is.
    pub fn nearest(scaling: &Scaling, short_cut: bool) -> Self {
        let mut axis = Axis::new(scaling.input);
        let (ratio, last) = (scaling.ratio::<f32>(), scaling.input - 1);
        for i in 0..scaling.output {
            let from = match scaling.output {
                output if short_cut && output == scaling.input => i,
                output if short_cut && output == 2 * scaling.input => i / 2,
                _ => (i as f32 * ratio) as usize,
            };
            axis.push([(from.min(last), T::ONE)]);
        }
        axis
    }

    /// The element whose middle is nearest, rounded as torch does on its way `back` or forward.
    pub fn nearest_exact(scaling: &Scaling, back: bool) -> Self {
        let mut axis = Axis::new(scaling.input);
        let (ratio, last) = (scaling.ratio::<f32>(), scaling.input - 1);
        for (i, source) in scaling.sources::<f32>(true).enumerate() {
            let from =
                if back { (f64::from(ratio) * (i as f64 + 0.5)) as f32 } else { source.max(0.0) + 0.5 };
            axis.push([((from as usize).min(last), T::ONE)]);
        }
        axis
    }

    /// The two elements around each output. `fused` as for `Scaling::sources`.
    pub fn linear(scaling: &Scaling, fused: bool) -> Self {
        let mut axis = Axis::new(scaling.input);
        for (i, source) in scaling.sources::<T>(fused).enumerate() {
            if scaling.input == scaling.output {
                axis.push([(i, T::ONE), (i, T::ZERO)]);
                continue;
            }
            let (at, _, beyond) = scaling.split(source.maximum(T::ZERO));
            axis.push([(at, T::ONE - beyond), ((at + 1).min(scaling.input - 1), beyond)]);
        }
        axis
    }

    /// The four elements around each output. `fused` is whether torch's compiler rounded once or twice.
    pub fn cubic(scaling: &Scaling, fused: bool) -> Self {
        let mut axis = Axis::new(scaling.input);
        let number = T::from_f64;
        let sum = |a: T, x: T, b: f64| if fused { a.mul_add(x, number(b)) } else { a * x + number(b) };
        let near = |x: T| sum(number(1.25), x, -2.25) * x * x + T::ONE;
        let far = |x: T| sum(sum(number(-0.75), x, 3.75), x, -6.0) * x + number(3.0);
        for source in scaling.sources::<T>(fused) {
            let (_, at, beyond) = scaling.split(source);
            let before = T::ONE - beyond;
            let weights = [far(beyond + T::ONE), near(beyond), near(before), far(before + T::ONE)];
            let inside = |tap: isize| (at - 1 + tap).clamp(0, scaling.input as isize - 1) as usize;
            axis.push((0..4).map(inside).zip(weights));
        }
        axis
    }

    /// All elements under a filter around each output, which is `size` elements wide, of the input or of the
    /// output, whichever are wider.
    fn filtered(scaling: &Scaling, size: f64, filter: impl Fn(T) -> T) -> Self {
        let mut axis = Axis { in_vectors: true, ..Axis::new(scaling.input) };
        let ratio = scaling.ratio::<T>();
        let (support, inverse) = if ratio >= T::ONE {
            (T::from_f64(size * 0.5) * ratio, T::ONE / ratio)
        } else {
            (T::from_f64(size * 0.5), T::ONE)
        };
        for i in 0..scaling.output {
            let center = ratio * T::from_f64(i as f64 + 0.5);
            let first = ((center - support).to_f64() + 0.5) as usize;
            let end = (((center + support).to_f64() + 0.5) as usize).min(scaling.input);
            let offset = T::from_i64(first as i64) - center;
            let mut weights: Vec<T> = (0..end.saturating_sub(first))
                .map(|j| {
                    let distance = (T::from_i64(j as i64) + offset).to_f64() + 0.5;
                    filter(T::from_f64(distance * inverse.to_f64()).abs())
                })
                .collect();
            let total = weights.iter().fold(T::ZERO, |sum, &weight| sum + weight);
            if total != T::ZERO {
                weights.iter_mut().for_each(|weight| *weight = *weight / total);
            }
            axis.push((first..).zip(weights));
        }
        axis
    }

    /// A triangle as filter.
    pub fn triangle(scaling: &Scaling) -> Self {
        Axis::filtered(scaling, 2.0, |x| if x < T::ONE { T::ONE - x } else { T::ZERO })
    }

    /// Keys's cubic with `a = −½` as filter.
    pub fn keys(scaling: &Scaling) -> Self {
        let number = T::from_f64;
        Axis::filtered(scaling, 4.0, |x| {
            if x < T::ONE {
                (number(1.5).mul_add(x, number(-2.5)) * x).mul_add(x, T::ONE)
            } else if x < number(2.0) {
                number(-0.5).mul_add(x, number(2.5)).mul_add(x, number(-4.0)).mul_add(x, number(2.0))
            } else {
                T::ZERO
            }
        })
    }

    /// The same with the first two inputs of each output changed about, where torch begins its sums with
    /// the second.
    pub fn second_first(mut self) -> Self {
        let mut start = 0;
        for &end in &self.ends {
            if end - start > 1 {
                self.from.swap(start, start + 1);
                self.weight.swap(start, start + 1);
            }
            start = end;
        }
        self
    }
}
