//! What all functions of one element share: a file for each gives only its value and its derivative.

use tensor::{Float, Map, Map2, Tensor};

use crate::{Backward, Grads, Variable};

/// What the derivative of an elementwise function reads, and so what the forward pass keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saves {
    /// The input `x`.
    Input,
    /// The output `y`; the input can be freed.
    Output,
}

/// An elementwise function of one variable, with its derivative.
///
/// ```
/// use autograd::{Saves, UnaryOp, Variable, gradcheck};
/// use tensor::{Float, Tensor};
///
/// /// `y = x³`, `dy/dx = 3·x²`.
/// #[derive(Clone, Copy)]
/// struct Cube;
///
/// impl UnaryOp for Cube {
///     const NAME: &'static str = "CubeBackward";
///     const SAVES: Saves = Saves::Input;
///     fn f(self, x: &Tensor) -> Tensor { x.powf(3.0) }
///     fn df<T: Float>(self, x: T) -> T { T::from_f64(3.0) * x * x }
/// }
///
/// gradcheck(|x| x[0].unary(Cube), &[Tensor::from([0.5f64, -2.0])]);
/// ```
pub trait UnaryOp: Copy + Send + Sync + 'static {
    /// The name that printing shows.
    const NAME: &'static str;
    /// What `df` reads.
    const SAVES: Saves;
    /// The function.
    #[track_caller]
    fn f(self, x: &Tensor) -> Tensor;
    /// Its derivative, from `x` or `y` as [`UnaryOp::SAVES`] says. Mark it `#[inline(always)]`.
    fn df<T: Float>(self, saved: T) -> T;
    /// The gradient of `x`: the product of `dy` and the derivative. A function with flat parts chooses 0
    /// there instead, so that it stays 0 when `dy` is infinite or NaN.
    #[inline(always)]
    fn dx<T: Float>(self, dy: T, saved: T) -> T {
        dy * self.df(saved)
    }
}

impl Variable {
    /// Applies an elementwise function.
    #[track_caller]
    pub fn unary<O: UnaryOp>(&self, op: O) -> Variable {
        let x = self.data();
        let y = op.f(&x);
        let saved = match O::SAVES {
            Saves::Input => x,
            Saves::Output => y.clone(),
        };
        Variable::from_op(y, &[self], || Unary { op, saved })
    }
}

/// `f` of every element of a float tensor: the value of a function that torch has for floats alone.
#[track_caller]
pub(super) fn map_floats(op: &str, x: &Tensor, f: impl Map) -> Tensor {
    assert!(x.dtype().is_float(), "{op}: not implemented for {} (shape {:?})", x.dtype(), x.shape());
    x.map(f)
}

struct Unary<O> {
    op: O,
    saved: Tensor,
}

impl<O: UnaryOp> Backward for Unary<O> {
    fn name(&self) -> &'static str {
        O::NAME
    }

    /// `dx = dy · f'`, in `dy`'s own memory.
    fn backward(&self, dy: Tensor, _: &[bool]) -> Grads {
        Grads::from_elem(Some(dy.into_zip_map(&self.saved, Chain(self.op))), 1)
    }
}

#[derive(Clone, Copy)]
struct Chain<O>(O);

impl<O: UnaryOp> Map2 for Chain<O> {
    #[inline(always)]
    fn f<T: Float>(self, dy: T, saved: T) -> T {
        self.0.dx(dy, saved)
    }
}
