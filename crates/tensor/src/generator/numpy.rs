//! NumPy's legacy generator, `np.random`.

use super::mt19937::Mt19937;
use ndarray::{Array, Array1, IntoDimension};

/// `np.random.RandomState(seed)`, whose draws `np.random.seed(seed)` and the
/// functions of `np.random` give too.
///
/// Many PyTorch programs make their data or first weights with it. The engine is torch's; what the
/// distributions make of its draws is not. Array results go to a tensor through `Tensor::from`,
/// the twin of `torch.from_numpy`:
///
/// ```
/// use tensor::{NumpyRandomState, Tensor};
///
/// let mut rng = NumpyRandomState::new(0);
/// let w = Tensor::from(rng.uniform(3.0, 5.0, [2, 2])); // np.random.uniform(3, 5, size=(2, 2))
/// let numpys = [4.0976270078546495, 4.430378732744839, 4.205526752143288, 4.0897663659937935];
/// assert_eq!(w.to_vec::<f64>(), numpys);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct NumpyRandomState {
    engine: Mt19937,
    cached_normal: Option<f64>,
}

impl NumpyRandomState {
    /// The generator of an integer seed.
    pub fn new(seed: u32) -> NumpyRandomState {
        NumpyRandomState { engine: Mt19937::new(seed), cached_normal: None }
    }

    /// One value in [0, 1) with 53 random bits: `random_sample()`.
    pub fn next_f64(&mut self) -> f64 {
        let (high, low) = (self.engine.next_u32() >> 5, self.engine.next_u32() >> 6);
        (f64::from(high) * (1 << 26) as f64 + f64::from(low)) / (1u64 << 53) as f64
    }

    /// One standard normal, by Marsaglia's polar method, which keeps the second of each pair for the next
    /// call.
    pub fn next_normal(&mut self) -> f64 {
        if let Some(v) = self.cached_normal.take() {
            return v;
        }
        let (x, y, r2) = loop {
            let (x, y) = (2.0 * self.next_f64() - 1.0, 2.0 * self.next_f64() - 1.0);
            let r2 = x * x + y * y;
            if r2 < 1.0 && r2 != 0.0 {
                break (x, y, r2);
            }
        };
        let f = (-2.0 * r2.ln() / r2).sqrt();
        self.cached_normal = Some(f * x);
        f * y
    }

    /// Uniform in [0, 1): `rand(d0, d1, …)`, `random_sample(size)`.
    pub fn rand<D: IntoDimension>(&mut self, shape: D) -> Array<f64, D::Dim> {
        self.uniform(0.0, 1.0, shape)
    }

    /// Uniform in [`low`, `high`): `uniform(low, high, size)`.
    pub fn uniform<D: IntoDimension>(&mut self, low: f64, high: f64, shape: D) -> Array<f64, D::Dim> {
        filled(shape, || low + (high - low) * self.next_f64())
    }

    /// Standard normal: `randn(d0, d1, …)`, `standard_normal(size)`.
    pub fn randn<D: IntoDimension>(&mut self, shape: D) -> Array<f64, D::Dim> {
        filled(shape, || self.next_normal())
    }

    /// Normal with mean `loc` and standard deviation `scale`: `normal(loc, scale, size)`.
    ///
    /// # Panics
    ///
    /// If `scale` is negative or not a number.
    #[track_caller]
    pub fn normal<D: IntoDimension>(&mut self, loc: f64, scale: f64, shape: D) -> Array<f64, D::Dim> {
        assert!(scale >= 0.0, "normal: expects scale >= 0, got {scale}");
        filled(shape, || loc + scale * self.next_normal())
    }

    /// Integers in [`low`, `high`): `randint(low, high, size)`.
    ///
    /// # Panics
    ///
    /// Unless `low < high`.
    #[track_caller]
    pub fn randint<D: IntoDimension>(&mut self, low: i64, high: i64, shape: D) -> Array<i64, D::Dim> {
        assert!(low < high, "randint: expects low < high, got [{low}, {high})");
        let last = high.wrapping_sub(low) as u64 - 1;
        filled(shape, || low.wrapping_add(self.at_most(last) as i64))
    }

    /// 0 … n − 1 in random order: `permutation(n)`.
    pub fn permutation(&mut self, n: usize) -> Array1<i64> {
        let mut p: Vec<i64> = (0..n as i64).collect();
        self.shuffle(&mut p);
        p.into()
    }

    /// Shuffles in place: `shuffle(x)`.
    pub fn shuffle<T>(&mut self, x: &mut [T]) {
        for i in (1..x.len()).rev() {
            x.swap(i, self.at_most(i as u64) as usize);
        }
    }

    /// Uniform in 0 ..= `last`: draws masked to as many bits as `last` has, until one fits.
    fn at_most(&mut self, last: u64) -> u64 {
        if last == 0 {
            return 0;
        }
        let mask = u64::MAX >> last.leading_zeros();
        loop {
            let mut draw = u64::from(self.engine.next_u32());
            if last > u64::from(u32::MAX) {
                draw = draw << 32 | u64::from(self.engine.next_u32());
            }
            if draw & mask <= last {
                return draw & mask;
            }
        }
    }
}

/// An array filled row by row.
fn filled<T, D: IntoDimension>(shape: D, next: impl FnMut() -> T) -> Array<T, D::Dim> {
    Array::from_shape_simple_fn(shape.into_dimension(), next)
}
