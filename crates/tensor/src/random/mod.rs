//! Random tensors, the twins of `torch.rand`, `torch.randn` and their like, from the default generator.

mod distributions;
mod gamma;
mod gamma_grad;
mod multinomial;

use half::{bf16, f16};

use crate::dispatch::{by_element, by_size};
use crate::generator::with_default_generator;
use crate::{DType, Element, Generator, Plain, Shape, Tensor};

pub use distributions::{normal, normal_shape};

/// Uniform in [0, 1), `F32`.
///
/// ```
/// tensor::manual_seed(0);
/// assert_eq!(tensor::rand([2]).to_vec::<f32>(), [0.49625658988952637, 0.7682217955589294]);
/// ```
#[track_caller]
pub fn rand(shape: impl Into<Shape>) -> Tensor {
    rand_dtype(shape, DType::F32)
}

/// Uniform in [0, 1), of any floating-point dtype.
///
/// # Panics
/// If `dtype` is not a floating-point one.
#[track_caller]
pub fn rand_dtype(shape: impl Into<Shape>, dtype: DType) -> Tensor {
    with_default_generator(|g| g.rand(shape, dtype))
}

/// Standard normal, `F32`.
///
/// ```
/// tensor::manual_seed(0);
/// assert_eq!(tensor::randn([2]).to_vec::<f32>(), [1.5409960746765137, -0.293428897857666]);
/// ```
#[track_caller]
pub fn randn(shape: impl Into<Shape>) -> Tensor {
    randn_dtype(shape, DType::F32)
}

/// Standard normal, of any floating-point dtype.
///
/// # Panics
/// If `dtype` is not a floating-point one.
#[track_caller]
pub fn randn_dtype(shape: impl Into<Shape>, dtype: DType) -> Tensor {
    with_default_generator(|g| g.randn(shape, dtype))
}

/// Integers in [`low`, `high`), `I64`.
///
/// ```
/// tensor::manual_seed(0);
/// assert_eq!(tensor::randint(0, 10, [5]).to_vec::<i64>(), [4, 9, 3, 0, 3]);
/// ```
///
/// # Panics
/// Unless `low < high`.
#[track_caller]
pub fn randint(low: i64, high: i64, shape: impl Into<Shape>) -> Tensor {
    Tensor::build(shape, DType::I64, |out: &mut [i64]| {
        with_default_generator(|g| out.fill_with(|| g.randint(low, high)))
    })
}

/// Integers in [`low`, `high`), of any dtype that holds them all.
///
/// # Panics
/// Unless `low < high` and every integer between them is exact in `dtype`.
#[track_caller]
pub fn randint_dtype(low: i64, high: i64, shape: impl Into<Shape>, dtype: DType) -> Tensor {
    let (least, most) = dtype.exact_integers();
    assert!(
        least <= low.into() && i128::from(high) - 1 <= most,
        "randint: [{low}, {high}) is out of bounds for {dtype}"
    );
    randint(low, high, shape).to_dtype(dtype)
}

/// The integers 0 … n − 1 in random order, `I64`.
///
/// ```
/// tensor::manual_seed(0);
/// assert_eq!(tensor::randperm(4).to_vec::<i64>(), [0, 1, 3, 2]);
/// ```
///
/// # Panics
/// If they would take more memory than there is.
#[track_caller]
pub fn randperm(n: usize) -> Tensor {
    Tensor::from_vec(with_default_generator(|g| g.randperm(n)), n)
}

impl Tensor {
    /// Overwrites every element with a value from [`low`, `high`): `tensor.uniform_(low, high)`.
    ///
    /// # Panics
    /// If the tensor is not floating-point, or unless `low <= high` with a finite difference.
    #[track_caller]
    pub fn uniform_(&mut self, low: f64, high: f64) -> &mut Tensor {
        with_default_generator(|g| g.uniform_(self, low, high));
        self
    }

    /// Overwrites every element with a normal: `tensor.normal_(mean, std)`.
    ///
    /// # Panics
    /// If the tensor is not floating-point, or `std` is negative.
    #[track_caller]
    pub fn normal_(&mut self, mean: f64, std: f64) -> &mut Tensor {
        with_default_generator(|g| g.normal_(self, mean, std));
        self
    }

    /// Overwrites every element with 1 with probability `p`, else 0: `tensor.bernoulli_(p)`.
    ///
    /// # Panics
    /// Unless 0 ≤ `p` ≤ 1.
    #[track_caller]
    pub fn bernoulli_(&mut self, p: f64) -> &mut Tensor {
        let (one, zero) =
            (Tensor::from(true).to_dtype(self.dtype()), Tensor::from(false).to_dtype(self.dtype()));
        by_element!(self.dtype(), T => {
            let (hit, miss) = (one.to_vec::<T>()[0].into_repr(), zero.to_vec::<T>()[0].into_repr());
            let out = self.memory_slice_mut::<<T as Element>::Repr>();
            with_default_generator(|g| g.fill_bernoulli(out, p, hit, miss));
        });
        self
    }

    /// Overwrites every element with a draw from the exponential distribution of this rate, which is
    /// `−ln(1 − u)/lambd` of a uniform `u`: `tensor.exponential_(lambd)`.
    ///
    /// ```
    /// tensor::manual_seed(0);
    /// let mut x = tensor::zeros(2);
    /// assert_eq!(x.exponential_(1.0).to_string(), "tensor([3.5083, 1.2304])");
    /// ```
    ///
    /// # Panics
    /// If the tensor is neither `F32` nor `F64`, or unless `lambd` is above 0.
    #[track_caller]
    pub fn exponential_(&mut self, lambd: f64) -> &mut Tensor {
        assert!(lambd > 0.0, "exponential_ expects lambda > 0.0, but found lambda={lambd}");
        match self.dtype() {
            DType::F32 => exponentials(self.memory_mut::<f32>(), lambd, |x| x as f32),
            DType::F64 => exponentials(self.memory_mut::<f64>(), lambd, |x| x),
            dtype => not_floating("exponential_", dtype),
        }
        self
    }

    /// 1 with the probability that each element gives, else 0, in its shape and
    /// dtype: `torch.bernoulli(input)`.
    ///
    /// # Panics
    /// If the tensor is neither `F32` nor `F64`, or a probability lies outside 0 … 1.
    #[track_caller]
    pub fn bernoulli(&self) -> Tensor {
        let mut y = self.contiguous();
        with_default_generator(|g| match self.dtype() {
            DType::F32 => y.slice_mut::<f32>().iter_mut().for_each(|p| *p = g.bernoulli_f32(*p).into()),
            DType::F64 => {
                y.slice_mut::<f64>().iter_mut().for_each(|p| *p = f64::from(u8::from(g.bernoulli(*p))))
            }
            _ => not_floating("bernoulli", self.dtype()),
        });
        y
    }
}

fn exponentials<T>(out: &mut [T], lambd: f64, round: impl Fn(f64) -> T) {
    with_default_generator(|g| out.fill_with(|| round(-1.0 / lambd * (-g.uniform_f64()).ln_1p())));
}

impl Generator {
    /// Uniform in [0, 1): `torch.rand(shape, dtype=dtype, generator=self)`.
    ///
    /// # Panics
    /// If `dtype` is not a floating-point one.
    #[track_caller]
    pub fn rand(&mut self, shape: impl Into<Shape>, dtype: DType) -> Tensor {
        let mut y = crate::zeros_dtype(shape, dtype);
        self.uniform_(&mut y, 0.0, 1.0);
        y
    }

    /// Standard normal: `torch.randn(shape, dtype=dtype, generator=self)`.
    ///
    /// # Panics
    /// If `dtype` is not a floating-point one.
    #[track_caller]
    pub fn randn(&mut self, shape: impl Into<Shape>, dtype: DType) -> Tensor {
        let mut y = crate::zeros_dtype(shape, dtype);
        self.normal_(&mut y, 0.0, 1.0);
        y
    }

    /// Overwrites a tensor: `tensor.uniform_(low, high, generator=self)`.
    ///
    /// # Panics
    /// If the tensor is not floating-point, or unless `low <= high` with a finite difference.
    #[track_caller]
    pub fn uniform_(&mut self, tensor: &mut Tensor, low: f64, high: f64) {
        match tensor.dtype() {
            DType::F32 => self.fill_uniform_f32(tensor.memory_mut(), low as f32, high as f32),
            DType::F64 => self.fill_uniform_f64(tensor.memory_mut(), low, high),
            DType::F16 => {
                self.uniform_half(tensor.memory_mut::<f16>(), low as f32, high as f32, f16::from_f32)
            }
            DType::BF16 => {
                self.uniform_half(tensor.memory_mut::<bf16>(), low as f32, high as f32, bf16::from_f32)
            }
            dtype => not_floating("uniform_", dtype),
        }
    }

    /// Overwrites a tensor: `tensor.normal_(mean, std, generator=self)`.
    ///
    /// # Panics
    /// If the tensor is not floating-point, or `std` is negative.
    #[track_caller]
    pub fn normal_(&mut self, tensor: &mut Tensor, mean: f64, std: f64) {
        if tensor.strides().contains(&0) {
            // A tensor that repeats an element is written out first, as torch asks its user to.
            by_size!(tensor.dtype(), R => { tensor.memory_slice_mut::<R>(); });
        }
        if !tensor.is_contiguous() {
            return self.normal_one_by_one(tensor, mean, std);
        }
        match tensor.dtype() {
            DType::F32 => self.fill_normal_f32(tensor.make_mut(), mean, std),
            DType::F64 => self.fill_normal_f64(tensor.make_mut(), mean, std),
            DType::F16 => self.normal_half(tensor.make_mut::<f16>(), mean, std, f16::from_f32),
            DType::BF16 => self.normal_half(tensor.make_mut::<bf16>(), mean, std, bf16::from_f32),
            dtype => not_floating("normal_", dtype),
        }
    }

    /// A tensor that does not lie row by row takes its normals one by one in the
    /// order of the memory, as in torch.
    #[track_caller]
    fn normal_one_by_one(&mut self, tensor: &mut Tensor, mean: f64, std: f64) {
        match tensor.dtype() {
            DType::F32 => self.fill_normals(tensor.memory_mut(), mean, std, |x| x as f32),
            DType::F64 => self.fill_normals(tensor.memory_mut(), mean, std, |x| x),
            DType::F16 => self.fill_normals(tensor.memory_mut(), mean, std, |x| f16::from_f32(x as f32)),
            DType::BF16 => self.fill_normals(tensor.memory_mut(), mean, std, |x| bf16::from_f32(x as f32)),
            dtype => not_floating("normal_", dtype),
        }
    }

    /// Drawn in `f32` and rounded; what rounds up to `high` becomes `low`.
    #[track_caller]
    fn uniform_half<T: Plain>(&mut self, out: &mut [T], low: f32, high: f32, round: fn(f32) -> T) {
        let mut x = vec![0.0; out.len()];
        self.fill_uniform_f32(&mut x, low, high);
        for (y, x) in out.iter_mut().zip(x) {
            *y = round(x);
            if *y == round(high) {
                *y = round(low);
            }
        }
    }

    /// Drawn in `f32` and rounded, 16 at a time, and so at other places of the stream than an `F32` tensor
    /// whose length is no multiple of 16: torch does the same.
    #[track_caller]
    fn normal_half<T: Plain>(&mut self, out: &mut [T], mean: f64, std: f64, round: fn(f32) -> T) {
        let mut x = [0.0; 16];
        let n = out.len();
        if n < 16 {
            self.fill_normal_f32(&mut x[..n], mean, std);
            out.iter_mut().zip(x).for_each(|(y, x)| *y = round(x));
            return;
        }
        let starts = (0..n - 15).step_by(16).chain((!n.is_multiple_of(16)).then(|| n - 16));
        for start in starts {
            self.fill_normal_f32(&mut x, mean, std);
            out[start..start + 16].iter_mut().zip(x).for_each(|(y, x)| *y = round(x));
        }
    }
}

#[cold]
#[track_caller]
fn not_floating(op: &str, dtype: DType) -> ! {
    panic!("{op}: expects a floating-point tensor, got {dtype}")
}
