//! Elementwise functions of two tensors, with broadcasting.

use bytemuck::Pod;

use crate::dispatch::by_float;
use crate::error::not_broadcastable;
use crate::kernels::map::{self, Map};
use crate::kernels::parallel::{GRAIN, for_each_chunk_mut};
use crate::{DType, Float, Num, Shape, Tensor};

impl Tensor {
    /// `f` of the elements of two tensors, which are broadcast to a common shape and promoted to a common
    /// float dtype.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn zip_map(&self, other: &Tensor, f: impl Map<(f32, f32), f32> + Map<(f64, f64), f64>) -> Tensor {
        let (a, b) = same_shape(self, other);
        by_float!("zip_map", &a, T => {
            let (x, y) = (a.dense(), b.dense());
            Tensor::build(a.shape(), a.dtype, |out: &mut [T]| map::zip(&x, &y, out, f))
        })
    }

    /// As [`Tensor::zip_map`], in this tensor's own memory where nothing else shares it and the result has
    /// its shape and dtype.
    #[track_caller]
    pub fn into_zip_map(
        mut self,
        other: &Tensor,
        f: impl Map<(f32, f32), f32> + Map<(f64, f64), f64>,
    ) -> Tensor {
        let alike = self.dtype.is_float() && self.dtype == other.dtype && self.shape() == other.shape();
        if !alike || !self.is_unique() {
            return self.zip_map(other, f);
        }
        by_float!("zip_map", &self, T => {
            map::zip_in_place(self.slice_mut::<T>(), &other.dense(), f);
        });
        self
    }
}

/// Both tensors as one float dtype and one shape, lying row by row.
#[track_caller]
fn same_shape(a: &Tensor, b: &Tensor) -> (Tensor, Tensor) {
    let dtype = promoted(a, b).or_float();
    let (a, b) = (a.to_dtype(dtype), b.to_dtype(dtype));
    if a.shape() == b.shape() {
        return (a.contiguous(), b.contiguous());
    }
    let shape = broadcast_shape("zip_map", &a, &b);
    (a.repeated(&shape), b.repeated(&shape))
}

/// The function of its first operand that is left when the second is given.
#[derive(Clone, Copy)]
struct Bind<K, R>(K, R);

impl<R: Copy + Sync, S, K: Map<(R, R), S>> Map<R, S> for Bind<K, R> {
    #[inline(always)]
    fn f(&self, x: R) -> S {
        self.0.f((x, self.1))
    }
}

/// Both tensors as the dtype that an operation between them computes in.
pub(crate) fn promote(a: &Tensor, b: &Tensor) -> (Tensor, Tensor) {
    let dtype = promoted(a, b);
    (a.to_dtype(dtype), b.to_dtype(dtype))
}

/// The dtype that an operation between two tensors computes in, as `torch.result_type`.
pub(crate) fn promoted(a: &Tensor, b: &Tensor) -> DType {
    if a.dtype == b.dtype {
        return a.dtype;
    }
    // As in torch, a tensor without axes counts for less: it decides only by its kind.
    match (a.ndim(), b.ndim()) {
        (1.., 0) if a.dtype.rank() >= b.dtype.rank() => a.dtype,
        (0, 1..) if b.dtype.rank() >= a.dtype.rank() => b.dtype,
        _ => a.dtype.promote(b.dtype),
    }
}

/// The shape that two shapes broadcast to.
#[track_caller]
pub(crate) fn broadcast_shape(op: &str, a: &Tensor, b: &Tensor) -> Shape {
    match Shape::broadcast(a.shape(), b.shape()) {
        Ok(shape) => {
            shape.numel(); // more elements than can be counted are refused
            shape
        }
        Err(sizes) => not_broadcastable(op, sizes, a, b), // not in a closure, which would hide the caller
    }
}

/// How an operand runs beside a result of `shape` whose elements lie row by row.
enum Beside<'a, R> {
    /// Element for element.
    Full(&'a [R]),
    /// One element for all.
    One(R),
    /// The same row again and again.
    Rows(&'a [R]),
    /// One element for each row, rows being that long.
    Columns(&'a [R], usize),
    /// None of these.
    Strided,
}

fn beside<'a, R: Pod>(t: &'a Tensor, shape: &[usize]) -> Beside<'a, R> {
    let Some(x) = t.contiguous_slice::<R>() else {
        return Beside::Strided;
    };
    if t.shape() == shape {
        return Beside::Full(x);
    }
    if let [one] = x {
        return Beside::One(*one);
    }
    let own = t.shape();
    let rows = own.iter().position(|&n| n != 1).unwrap_or(own.len());
    if shape.ends_with(&own[rows..]) {
        return Beside::Rows(x);
    }
    let kept = own.len() - own.iter().rev().position(|&n| n != 1).unwrap_or(own.len());
    if own.len() == shape.len() && own[..kept] == shape[..kept] {
        return Beside::Columns(x, shape[kept..].iter().product());
    }
    Beside::Strided
}

/// `k` of every pair of elements, into a new tensor of `dtype`.
#[track_caller]
pub(crate) fn zip<R: Pod + Send + Sync, S: Pod + Send>(
    op: &str,
    a: &Tensor,
    b: &Tensor,
    dtype: DType,
    k: impl Map<(R, R), S> + Copy,
) -> Tensor {
    let shape = if a.shape() == b.shape() { a.layout.shape.clone() } else { broadcast_shape(op, a, b) };
    // Loops run along the first operand; where it is the one that repeats, it is written out first.
    let a = if a.shape() == &shape[..] { a.contiguous() } else { a.repeated(&shape) };
    let x = a.contiguous_slice::<R>().expect("made contiguous above");
    match beside::<R>(b, &shape) {
        Beside::Strided => zip_full(x, &Beside::Full(&b.repeated(&shape).dense()), &shape, dtype, k),
        y => zip_full(x, &y, &shape, dtype, k),
    }
}

/// [`zip`] of a function that is called for each pair: the one loop serves all such functions.
#[track_caller]
pub(crate) fn zip_calls<R: Pod + Send + Sync>(op: &str, a: &Tensor, b: &Tensor, f: fn(R, R) -> R) -> Tensor {
    zip(op, a, b, a.dtype, move |(x, y): (R, R)| f(x, y))
}

/// `f` of every pair in double precision, rounded to the float dtype that the two are promoted to.
#[track_caller]
pub(crate) fn zip_doubles(op: &str, a: &Tensor, b: &Tensor, f: fn(f64, f64) -> f64) -> Tensor {
    let dtype = promoted(a, b).or_float();
    let (a, b) = (a.to_dtype(dtype), b.to_dtype(dtype));
    by_float!(op, &a, T => {
        zip(op, &a, &b, dtype, move |(x, y): (T, T)| T::from_f64(f(x.to_f64(), y.to_f64())))
    })
}

/// The dtype that an operation between three tensors computes in.
pub(crate) fn promoted_three(x: &Tensor, y: &Tensor, z: &Tensor) -> DType {
    // The highest kind decides, by its tensors with axes if it has some.
    let of = |t: &Tensor| (t.dtype.rank(), t.ndim() > 0);
    let decides = [x, y, z].into_iter().map(of).max().expect("there are three");
    let deciding = [x, y, z].into_iter().filter(|t| of(t) == decides).map(|t| t.dtype);
    deciding.reduce(DType::promote).expect("one is the highest")
}

/// `f` of every three elements of float tensors of one dtype, which are broadcast.
#[track_caller]
pub(crate) fn zip_three<T: Float>(
    op: &str,
    x: &Tensor,
    y: &Tensor,
    z: &Tensor,
    f: impl Map<(T, T, T), T>,
) -> Tensor {
    let both = broadcast_shape(op, x, y);
    let shape = broadcast_shape(op, &x.expand(&both), z);
    let [a, b, c] = [x, y, z].map(|x| x.repeated(&shape));
    Tensor::build(shape, x.dtype, |out: &mut [T]| map::zip_three(&a.dense(), &b.dense(), &c.dense(), out, f))
}

fn zip_full<R: Pod + Send + Sync, S: Pod + Send>(
    x: &[R],
    y: &Beside<'_, R>,
    shape: &Shape,
    dtype: DType,
    k: impl Map<(R, R), S> + Copy,
) -> Tensor {
    Tensor::build(shape.clone(), dtype, |out: &mut [S]| match y {
        Beside::Full(y) => map::zip(x, y, out, k),
        Beside::One(y) => map::map(x, out, Bind(k, *y)),
        Beside::Rows(y) => for_each_row(out, y.len(), |i, out| {
            map::zip(&x[i * y.len()..][..y.len()], y, out, k);
        }),
        Beside::Columns(y, n) => for_each_row(out, *n, |i, out| {
            map::map(&x[i * n..][..*n], out, Bind(k, y[i]));
        }),
        Beside::Strided => unreachable!("strided operands take the strided path"),
    })
}

/// `a ← k(a, b)` where `a` is its memory's only owner and large enough; a new tensor otherwise.
#[track_caller]
pub(crate) fn zip_into<R: Pod + Send + Sync>(
    op: &str,
    mut a: Tensor,
    b: &Tensor,
    k: impl Map<(R, R), R> + Copy,
) -> Tensor {
    let fits = a.shape() == b.shape() || broadcast_shape(op, &a, b)[..] == *a.shape();
    let y = match beside::<R>(b, a.shape()) {
        y if fits && a.is_unique() => y,
        _ => return zip(op, &a, b, a.dtype, k),
    };
    match y {
        Beside::Full(y) => map::zip_in_place(a.slice_mut::<R>(), y, k),
        Beside::One(y) => map::map_in_place(a.slice_mut::<R>(), Bind(k, y)),
        Beside::Rows(y) => for_each_row(a.slice_mut::<R>(), y.len(), |_, x| map::zip_in_place(x, y, k)),
        Beside::Columns(y, n) => {
            for_each_row(a.slice_mut::<R>(), n, |i, x| map::map_in_place(x, Bind(k, y[i])));
        }
        Beside::Strided => return zip(op, &a, b, a.dtype, k),
    }
    a
}

/// Calls `f(i, row)` for the rows of `n` elements that make up `out`, in parallel where they are many.
fn for_each_row<S: Send>(out: &mut [S], n: usize, f: impl Fn(usize, &mut [S]) + Sync) {
    let n = n.max(1);
    let rows = (GRAIN / n).max(1);
    for_each_chunk_mut(out, rows * n, |at, out| {
        for (i, row) in out.chunks_mut(n).enumerate() {
            f(at / n + i, row);
        }
    });
}

#[cfg(test)]
mod tests {
    use crate::{DType, Tensor, arange, full, ones, zeros};

    /// `a − b` element by element, by index arithmetic alone.
    fn plain_sub(a: &Tensor, b: &Tensor, shape: [usize; 2]) -> Vec<f32> {
        let at = |t: &Tensor, i: usize, j: usize| {
            let x = t.to_dtype(DType::F32).to_vec::<f32>();
            let (rows, columns) = match *t.shape() {
                [] => (1, 1),
                [n] => (1, n),
                [m, n] => (m, n),
                _ => unreachable!("the test has no more axes"),
            };
            x[(i % rows) * columns + j % columns]
        };
        (0..shape[0])
            .flat_map(|i| (0..shape[1]).map(move |j| (i, j)))
            .map(|(i, j)| at(a, i, j) - at(b, i, j))
            .collect()
    }

    fn ramp(shape: &[usize]) -> Tensor {
        let n: usize = shape.iter().product();
        Tensor::from_vec((0..n).map(|i| (i * i) as f32 * 0.37).collect(), shape)
    }

    #[test]
    fn every_way_of_broadcasting_agrees_with_indexing() {
        let shapes: [&[usize]; 7] = [&[3, 4], &[4], &[1, 4], &[3, 1], &[1, 1], &[], &[1]];
        for a in shapes {
            for b in shapes {
                let (a, b) = (ramp(a), ramp(b));
                let y = a.sub(&b);
                let shape = match *y.shape() {
                    [] => [1, 1],
                    [n] => [1, n],
                    [m, n] => [m, n],
                    _ => unreachable!("the test has no more axes"),
                };
                assert_eq!(
                    y.to_vec::<f32>(),
                    plain_sub(&a, &b, shape),
                    "{:?} and {:?}",
                    a.shape(),
                    b.shape()
                );
                assert_eq!(a.clone().into_sub(&b).to_vec::<f32>(), y.to_vec::<f32>());
                let owned = ramp(a.shape());
                drop(a);
                assert_eq!(owned.into_sub(&b).to_vec::<f32>(), y.to_vec::<f32>());
            }
        }
    }

    #[test]
    fn dtypes_promote_as_in_torch() {
        let i = arange(0, 3, 1);
        assert_eq!((&i + 1).dtype(), DType::I64);
        assert_eq!((&i + 1.0).dtype(), DType::F32);
        assert_eq!((&i / &i).dtype(), DType::F32);
        assert_eq!((ones([3]) * full([3], true)).dtype(), DType::F32);
        let f64 = zeros([3]).to_dtype(DType::F64);
        assert_eq!((ones([3]) + &f64).dtype(), DType::F64);
        assert_eq!((ones([3]) + Tensor::from(1.0f64)).dtype(), DType::F32, "no axes, no say");
    }

    #[test]
    fn shared_memory_is_copied_before_it_is_written() {
        let x = ones([2]);
        let y = x.clone() * &full([2], 3.0);
        assert_eq!((x.to_vec::<f32>(), y.to_vec::<f32>()), (vec![1.0; 2], vec![3.0; 2]));
    }

    #[test]
    fn empty_tensors_pass_through() {
        assert_eq!((zeros([0, 3]) + ones([3])).shape(), [0, 3]);
    }

    #[test]
    #[should_panic(
        expected = "add: the size of tensor a (3) must match the size of tensor b (2) at non-singleton dimension 1: [2, 3] and [2]"
    )]
    fn sizes_that_do_not_broadcast_are_named() {
        let _ = zeros([2, 3]) + zeros([2]);
    }
}
