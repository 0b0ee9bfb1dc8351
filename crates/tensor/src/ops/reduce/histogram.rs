//! How often something occurs.

use crate::create::evenly;
use crate::dispatch::by_float;
use crate::error::not_computable;
use crate::ops::elementwise::pairs::Operand;
use crate::{DType, Float, Num, Tensor, zeros_dtype};

impl Tensor {
    /// How often each of 0, 1, 2, … occurs in a list of integers, up to the largest of them or to
    /// `minlength − 1`, as `torch.bincount`: `I64`.
    ///
    /// ```
    /// assert_eq!(tensor::Tensor::from([1i64, 3, 1]).bincount(0).to_vec::<i64>(), [0, 2, 0, 1]);
    /// ```
    ///
    /// # Panics
    /// If it has not one axis, or not integers of which none is negative.
    #[track_caller]
    pub fn bincount(&self, minlength: usize) -> Tensor {
        let (x, n) = bins(self, minlength);
        zeros_dtype([n], DType::I64).index_add(0, &x, &x.ones_like())
    }

    /// The sums of `weights` where each of 0, 1, 2, … occurs, as `torch.bincount(x, weights, minlength)`: of
    /// the weights' float dtype, `F64` for integers; of nothing `I64`.
    ///
    /// # Panics
    /// As [`Tensor::bincount`], and if there is not one weight for each element.
    #[track_caller]
    pub fn bincount_weighted(&self, weights: &Tensor, minlength: usize) -> Tensor {
        let (x, n) = bins(self, minlength);
        assert!(
            weights.shape() == self.shape(),
            "bincount: weights should be 1-d and have the same length as input: {:?} and {:?}",
            weights.shape(),
            self.shape()
        );
        if x.numel() == 0 {
            return self.bincount(minlength); // as torch, which does not look at the weights then
        }
        let weights = if weights.dtype.is_float() { weights.clone() } else { weights.to_dtype(DType::F64) };
        zeros_dtype([n], weights.dtype).index_add(0, &x, &weights)
    }

    /// How many elements lie in each of `bins` equal intervals from `min` to `max`, or where both are equal
    /// from the least element to the largest, as `torch.histc`, where they are 0 by default and `bins` is
    /// 100. What lies outside does not count.
    ///
    /// ```
    /// let x = tensor::Tensor::from([1.0f32, 2.0, 1.0]);
    /// assert_eq!(x.histc(4, 0.0, 3.0).to_vec::<f32>(), [0.0, 2.0, 1.0, 0.0]);
    /// ```
    ///
    /// # Panics
    /// If the dtype is not a float, `bins` is 0, or the range is not one.
    #[track_caller]
    pub fn histc(&self, bins: usize, min: f64, max: f64) -> Tensor {
        let (least, most) = outer_edges("histc", self, bins, (min != max).then_some((min, max)));
        by_float!("histc", self, T => {
            let (least, most, n) = (T::from_f64(least), T::from_f64(most), T::from_f64(bins as f64));
            let place = |x: T| (x >= least && x <= most).then(|| ((x - least) / (most - least) * n).to_f64() as usize);
            counted(self, None, bins, place)
        })
    }

    /// How many elements, or what `weight` in all, lie in each of some intervals, and the edges of these, as
    /// `torch.histogram`: `bins` is their number, in equal parts of `range`, or from the least element to the
    /// largest; or a tensor of all edges. With `density` the values are such that their integral is 1.
    ///
    /// ```
    /// let x = tensor::Tensor::from([1.0f32, 2.0, 1.0]);
    /// let (counts, edges) = x.histogram(3, Some((0.0, 3.0)), None, false);
    /// assert_eq!(counts.to_vec::<f32>(), [0.0, 2.0, 1.0]);
    /// assert_eq!(edges.to_vec::<f32>(), [0.0, 1.0, 2.0, 3.0]);
    /// ```
    ///
    /// # Panics
    /// If the dtype is not a float or that of the edges or the weights is another, the weights have another
    /// shape, there is no interval, or the range is not one.
    #[track_caller]
    pub fn histogram<'a>(
        &self,
        bins: impl Into<Operand<'a, Tensor>>,
        range: Option<(f64, f64)>,
        weight: Option<&Tensor>,
        density: bool,
    ) -> (Tensor, Tensor) {
        let edges = match bins.into() {
            Operand::Array(edges) => edges.clone(),
            Operand::Number(bins) => {
                let bins = usize::try_from(bins.to_i64()).unwrap_or(0);
                let (least, most) = outer_edges("histogram", self, bins, range);
                by_float!("histogram", self, T => evenly::<T>(least, most, bins + 1, self.dtype))
            }
        };
        for other in weight.into_iter().chain([&edges]) {
            assert!(
                other.dtype == self.dtype,
                "histogram: input tensor and hist tensor should have the same dtype, but got input {} and {}",
                self.dtype,
                other.dtype
            );
        }
        if let Some(weight) = weight {
            assert!(
                weight.shape() == self.shape(),
                "histogram: if weight tensor is provided it should have the same shape as the input tensor, got {:?} \
                 and {:?}",
                self.shape(),
                weight.shape()
            );
        }
        let n = edges.numel().saturating_sub(1);
        assert!(
            n > 0 && edges.ndim() == 1,
            "histogram: bins must be > 0, but got edges of shape {:?}",
            edges.shape()
        );
        let weighed = by_float!("histogram", self, T => {
            let edges = edges.dense::<T>();
            let inside = |x: T| x >= edges[0] && x <= edges[n];
            let place = |x: T| inside(x).then(|| edges.partition_point(|&edge| edge <= x).saturating_sub(1));
            counted(self, weight, n, place)
        });
        if !density {
            return (weighed, edges);
        }
        let widths = edges.narrow(0, 1, n).sub(&edges.narrow(0, 0, n));
        (weighed.div(&weighed.sum()).div(&widths), edges)
    }
}

/// A list of counted things, and how many kinds of them there are.
#[track_caller]
fn bins(x: &Tensor, minlength: usize) -> (Tensor, usize) {
    if !x.dtype.is_integer() || !x.dtype.is_computed() {
        not_computable("bincount", x);
    }
    let wide = x.to_dtype(DType::I64);
    let known = x.ndim() == 1 && wide.dense::<i64>().iter().all(|&x| x >= 0);
    assert!(
        known,
        "bincount: bincount only supports 1-d non-negative integral inputs (shape {:?})",
        x.shape()
    );
    let largest = wide.dense::<i64>().iter().max().map_or(0, |&x| x as usize + 1);
    (wide, largest.max(minlength))
}

/// The first edge and the last one.
#[track_caller]
fn outer_edges(op: &str, x: &Tensor, bins: usize, range: Option<(f64, f64)>) -> (f64, f64) {
    if !x.dtype.has_functions() {
        not_computable(op, x);
    }
    assert!(bins > 0, "{op}: bins must be > 0, but got {bins}");
    let (least, most) = match range {
        Some(range) => range,
        None if x.numel() == 0 => (0.0, 1.0),
        None => (x.min().item(), x.max().item()),
    };
    assert!(least.is_finite() && most.is_finite(), "{op}: range of [{least}, {most}] is not finite");
    assert!(least <= most, "{op}: max must be larger than min: {least} and {most}");
    if least == most { (least - 0.5, most + 0.5) } else { (least, most) }
}

/// How many elements there are in each place; the last one has its end.
fn counted<T: Float>(
    x: &Tensor,
    weight: Option<&Tensor>,
    n: usize,
    place: impl Fn(T) -> Option<usize>,
) -> Tensor {
    let data = x.dense::<T>();
    let weight = weight.map(Tensor::dense::<T>);
    Tensor::build([n], x.dtype, |out: &mut [T]| {
        out.fill(T::ZERO);
        for (i, &x) in data.iter().enumerate() {
            if let Some(at) = place(x) {
                out[at.min(n - 1)] += weight.as_ref().map_or(T::ONE, |weight| weight[i]);
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use crate::{DType, Tensor, zeros};

    #[test]
    fn weights_and_lengths() {
        let x = Tensor::from([3u8, 1]);
        assert_eq!(x.bincount(5).to_vec::<i64>(), [0, 1, 0, 1, 0]);
        assert_eq!(
            x.bincount_weighted(&Tensor::from([0.5f32, 2.0]), 0).to_vec::<f32>(),
            [0.0, 2.0, 0.0, 0.5]
        );
        assert_eq!(x.bincount_weighted(&x, 0).dtype(), DType::F64);
        assert_eq!(zeros([0]).to_dtype(DType::I64).bincount(0).shape(), [0]);
    }

    #[test]
    fn edges_of_ones_own_and_densities() {
        let x = Tensor::from([1.0f32, 2.0, 1.0, 9.0]);
        let (counts, _) = x.histogram(&Tensor::from([0.0f32, 1.0, 2.0]), None, None, false);
        assert_eq!(counts.to_vec::<f32>(), [0.0, 3.0]);
        let (density, edges) = x.histogram(2, Some((1.0, 5.0)), Some(&x), true);
        assert_eq!((density.to_vec::<f32>(), edges.to_vec::<f32>()), (vec![0.5, 0.0], vec![1.0, 3.0, 5.0]));
        assert_eq!(Tensor::from([1.0f32, 1.0]).histc(2, 0.0, 0.0).to_vec::<f32>(), [0.0, 2.0]);
        // torch 2.15: two equal bounds are none.
        assert_eq!(
            Tensor::from([1.0f32, 2.0, 1.0, 2.4]).histc(4, 2.0, 2.0).to_vec::<f32>(),
            [2.0, 0.0, 1.0, 1.0]
        );
    }

    #[test]
    #[should_panic(expected = "it should have the same shape as the input tensor, got [3] and [2]")]
    fn each_element_has_a_weight() {
        zeros([3]).histogram(2, None, Some(&zeros([2])), false);
    }

    #[test]
    #[should_panic(expected = "bincount: bincount only supports 1-d non-negative integral inputs")]
    fn nothing_occurs_less_than_never() {
        Tensor::from([-1i64]).bincount(0);
    }
}
