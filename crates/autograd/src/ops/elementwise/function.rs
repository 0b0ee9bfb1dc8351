//! What all functions of one element share: a file for each gives only its value and its derivative.

use tensor::{Map, Tensor};

use crate::op::Function2;
use crate::{Attribute, Differentiable, Dy, Grads, Number, Op, Outputs, Saved, Saver, Variable, apply};

/// What the derivative of an elementwise function reads, and so what the forward pass keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saves {
    /// The input `x`.
    Input,
    /// The output `y`; the input can be freed.
    Output,
}

/// An elementwise function of one variable, with its derivative.
pub trait Elementwise: Copy + Send + Sync + 'static {
    /// The name that printing shows.
    const NAME: &'static str;
    /// What `df` reads.
    const SAVES: Saves;
    /// Its attributes by name, as [`Op::attributes`].
    fn attributes(self) -> Vec<(&'static str, Attribute)> {
        Vec::new()
    }
    /// The function.
    #[track_caller]
    fn f(self, x: &Tensor) -> Tensor;
    /// Its derivative, from `x` or `y` as [`Elementwise::SAVES`] says. Mark it `#[inline(always)]`.
    fn df<N: Number>(self, saved: N) -> N;
    /// The gradient of `x`: the product of `dy` and the derivative. A function with flat parts chooses 0
    /// there instead, so that it stays 0 when `dy` is infinite or NaN.
    #[inline(always)]
    fn dx<N: Number>(self, dy: N, saved: N) -> N {
        dy * self.df(saved)
    }
}

impl Variable {
    /// Applies an elementwise function.
    #[track_caller]
    pub(crate) fn unary<E: Elementwise>(&self, function: E) -> Variable {
        apply(Unary(function), &[self]).single()
    }
}

/// `f` of every element of a float tensor: the value of a function that torch has for floats alone.
#[track_caller]
pub(crate) fn map_floats(op: &str, x: &Tensor, f: impl Map) -> Tensor {
    assert!(x.dtype().is_float(), "{op}: not implemented for {} (shape {:?})", x.dtype(), x.shape());
    x.map(f)
}

struct Unary<E>(E);

impl<E: Elementwise> Op for Unary<E> {
    fn name(&self) -> &'static str {
        E::NAME
    }

    fn attributes(&self) -> Vec<(&'static str, Attribute)> {
        self.0.attributes()
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        match E::SAVES {
            Saves::Input => save.input(0),
            Saves::Output => save.output(0),
        }
        self.0.f(&x[0]).into()
    }

    /// `dx = dy · f'`, in `dy`'s own memory.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        dy.single().into_zip(&saved[0], Chain(self.0)).into()
    }
}

#[derive(Clone, Copy)]
struct Chain<E>(E);

impl<E: Elementwise> Function2 for Chain<E> {
    #[inline(always)]
    fn f<N: Number>(self, dy: N, saved: N) -> N {
        self.0.dx(dy, saved)
    }
}
