//! What changes a whole tensor in place.

use tensor::kernels::simd::{Kernel, dispatch};
use tensor::{DType, Tensor};

use super::{Real, lerp};

/// `y ← y + c·x`, rounded once, as torch's `add_(x, alpha=c)`.
pub(crate) fn add_scaled(y: &mut Tensor, c: f64, x: &Tensor) {
    zip_in_place(y, x, AddScaled(c));
}

/// `y ← y + weight·(x − y)`, as torch's `lerp_`.
pub(crate) fn lerp_into(y: &mut Tensor, x: &Tensor, weight: f64) {
    zip_in_place(y, x, Lerp(weight));
}

/// What becomes of an element of one tensor beside that of another.
trait Zip: Copy {
    fn zip<T: Real>(self, y: T, x: T) -> T;
}

#[derive(Clone, Copy)]
struct AddScaled(f64);

impl Zip for AddScaled {
    #[inline(always)]
    fn zip<T: Real>(self, y: T, x: T) -> T {
        T::from_f64(self.0).mul_add(x, y)
    }
}

#[derive(Clone, Copy)]
struct Lerp(f64);

impl Zip for Lerp {
    #[inline(always)]
    fn zip<T: Real>(self, y: T, x: T) -> T {
        lerp(y, x, T::from_f64(self.0))
    }
}

fn zip_in_place(y: &mut Tensor, x: &Tensor, f: impl Zip) {
    let x = x.contiguous();
    match y.dtype() {
        DType::F32 => dispatch(Pass { y: y.make_mut::<f32>(), x: x.as_slice(), f }),
        _ => dispatch(Pass { y: y.make_mut::<f64>(), x: x.as_slice(), f }),
    }
}

struct Pass<'a, T, F> {
    y: &'a mut [T],
    x: &'a [T],
    f: F,
}

impl<T: Real, F: Zip> Kernel for Pass<'_, T, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (y, &x) in self.y.iter_mut().zip(self.x) {
            *y = self.f.zip(*y, x);
        }
    }
}
