use crate::kernels::math::nearest;
use crate::{DType, Float, Map, Tensor};

/// The sine of a tensor of floats.
#[track_caller]
pub(super) fn sin(x: &Tensor) -> Tensor {
    turned("sin", x, Sin, f64::sin)
}

/// The cosine of a tensor of floats.
#[track_caller]
pub(super) fn cos(x: &Tensor) -> Tensor {
    turned("cos", x, Cos, f64::cos)
}

/// `near` of every element; of those it is not made for, `far`.
#[track_caller]
fn turned(op: &str, x: &Tensor, near: impl Copy + Map<f32> + Map<f64>, far: fn(f64) -> f64) -> Tensor {
    let x = x.contiguous();
    let mut y = x.map_as(op, near);
    if x.dtype == DType::F32 {
        let beyond = |x: &f32| x.abs() > nearest::FAR;
        let x = x.as_slice::<f32>();
        if x.iter().fold(false, |any, x| any | beyond(x)) {
            let pairs = y.slice_mut::<f32>().iter_mut().zip(x);
            pairs.filter(|(_, x)| beyond(x)).for_each(|(y, &x)| *y = far(f64::from(x)) as f32);
        }
    }
    y
}

macro_rules! near {
    ($($name:ident $function:ident)*) => {$(
        #[derive(Clone, Copy)]
        struct $name;

        impl Map<f32> for $name {
            #[inline(always)]
            fn f(&self, x: f32) -> f32 {
                nearest::$function(x)
            }
        }

        impl Map<f64> for $name {
            #[inline(always)]
            fn f(&self, x: f64) -> f64 {
                Float::$function(x)
            }
        }
    )*};
}
near!(Sin sin Cos cos);
