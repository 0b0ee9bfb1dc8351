//! The arrays that rules compute on: tensors, or variables where every step is to be recorded.

use std::borrow::Cow;
use std::ops::{Add, Div, Mul, Neg, Sub};

use smallvec::SmallVec;
use tensor::{Convolution, DType, Elementwise, Given, Join, Map, Pairwise, ScatterReduction, Tensor};

use super::{Dy, Grads, Op, Outputs, Saver, apply};
use crate::graph::Gradient;
use crate::{GradOptions, Variable, grad_with};

/// The rules over numbers, of which both types are some.
macro_rules! steps {
    () => {
        fn by_steps(self, read: Self, f: impl Elementwise) -> Self {
            f.gradient(self, read)
        }

        fn to_first(self, given: Given<Option<Self>>, f: impl Pairwise) -> Self {
            f.dx(self, given)
        }

        fn to_second(self, given: Given<Option<Self>>, f: impl Pairwise) -> Self {
            f.dy(self, given)
        }
    };
}

macro_rules! differentiable {
    ($($name:ident($($arg:ident: $t:ty),*);)*) => {
        /// The array that a rule computes on: a [`Tensor`] in a plain pass, a
        /// [`Variable`] in one that is recorded.
        ///
        /// It has the operations that the rules of this crate use, under the names that both types know
        /// them by, [`cat`](crate::cat) and [`stack`](crate::stack), and their operators. An owned left
        /// operand lends its memory to the result, where there is one to lend.
        pub trait Differentiable:
            Gradient
            + Join<Joined = Self>
            + Clone
            + Add<Output = Self>
            + Sub<Output = Self>
            + Mul<Output = Self>
            + Div<Output = Self>
            + for<'a> Add<&'a Self, Output = Self>
            + for<'a> Sub<&'a Self, Output = Self>
            + for<'a> Mul<&'a Self, Output = Self>
            + for<'a> Div<&'a Self, Output = Self>
            + Add<f64, Output = Self>
            + Sub<f64, Output = Self>
            + Mul<f64, Output = Self>
            + Div<f64, Output = Self>
            + Neg<Output = Self>
        {
            /// The value, with no history: for masks and shapes.
            fn value(&self) -> Cow<'_, Tensor>;

            /// The tensor itself in a plain pass, `None` where steps are recorded: a rule that has a kernel
            /// of its own for the plain pass asks for this first.
            fn plain(&self) -> Option<&Tensor>;

            /// The tensor of a plain pass, for a rule that has no gradient itself.
            ///
            /// # Panics
            /// In a recorded pass, with the name of the operation.
            fn plain_only(&self, op: &str) -> &Tensor {
                match self.plain() {
                    Some(tensor) => tensor,
                    None => panic!("derivative for {op} is not implemented"),
                }
            }

            /// In a recorded pass, for an operation whose rule has a kernel alone: the gradients by way of
            /// `parts`, which computes the same outputs from the inputs by other operations. In a plain pass
            /// `dy` back.
            #[doc(hidden)]
            fn by_parts(
                inputs: &[&Self],
                dy: Dy<Self>,
                needs: &[bool],
                parts: impl FnOnce(&[Variable]) -> Vec<Variable>,
            ) -> Result<Grads<Self>, Dy<Self>>;

            /// A value that no gradient flows to.
            fn constant(tensor: Tensor) -> Self;

            /// `x·c`, in `x`'s own memory where nothing else shares it.
            fn into_mul_scalar(self, c: f64) -> Self;

            /// `x/c`, in `x`'s own memory where nothing else shares it.
            fn into_div_scalar(self, c: f64) -> Self;

            /// This where `condition` holds, `other` elsewhere.
            fn where_(&self, condition: &Tensor, other: &Self) -> Self;

            /// The output of an operation on this alone, whose only one it is: [`apply`](crate::apply) in a
            /// recorded pass, else no more than its way forward.
            #[doc(hidden)]
            fn through(&self, op: impl Op) -> Self {
                Self::through_all(&[self], op)
            }

            /// The same of an operation on several.
            #[doc(hidden)]
            fn through_all(inputs: &[&Self], op: impl Op) -> Self;

            /// The outputs of an operation that has several.
            #[doc(hidden)]
            fn through_several(inputs: &[&Self], op: impl Op) -> Outputs<Self>;

            /// `f` of every element, over a tensor in one loop, in its own memory where nothing else shares
            /// it.
            #[doc(hidden)]
            fn into_map(self, f: impl Map<f32> + Map<f64> + Map<Variable>) -> Self;

            /// `f` of every pair of elements, over tensors in one loop.
            #[doc(hidden)]
            fn zip<F>(&self, y: &Self, f: F) -> Self
            where
                F: Map<(f32, f32), f32> + Map<(f64, f64), f64> + Map<(Variable, Variable), Variable>;

            /// The same in `self`'s own memory where nothing else shares it.
            #[doc(hidden)]
            fn into_zip<F>(self, y: &Self, f: F) -> Self
            where
                F: Map<(f32, f32), f32> + Map<(f64, f64), f64> + Map<(Variable, Variable), Variable>;

            /// The gradient of a function of elements from this, that of its value, and what it reads: one
            /// operation after the other.
            #[doc(hidden)]
            fn by_steps(self, read: Self, f: impl Elementwise) -> Self;

            /// The gradient of the first operand of a function of pairs from this, that of its value.
            #[doc(hidden)]
            fn to_first(self, given: Given<Option<Self>>, f: impl Pairwise) -> Self;

            /// The gradient of the second operand.
            #[doc(hidden)]
            fn to_second(self, given: Given<Option<Self>>, f: impl Pairwise) -> Self;

            $(
                #[allow(missing_docs)] // as the method of `Tensor`
                fn $name(&self, $($arg: $t),*) -> Self;
            )*
        }

        impl Differentiable for Tensor {
            fn value(&self) -> Cow<'_, Tensor> {
                Cow::Borrowed(self)
            }

            fn plain(&self) -> Option<&Tensor> {
                Some(self)
            }

            fn by_parts(
                _: &[&Tensor],
                dy: Dy<Tensor>,
                _: &[bool],
                _: impl FnOnce(&[Variable]) -> Vec<Variable>,
            ) -> Result<Grads<Tensor>, Dy<Tensor>> {
                Err(dy)
            }

            fn constant(tensor: Tensor) -> Tensor {
                tensor
            }

            fn into_mul_scalar(self, c: f64) -> Tensor {
                Tensor::into_mul_scalar(self, c)
            }

            fn into_div_scalar(self, c: f64) -> Tensor {
                Tensor::into_div_scalar(self, c)
            }

            fn where_(&self, condition: &Tensor, other: &Tensor) -> Tensor {
                condition.where_(self, other)
            }

            fn through_all(inputs: &[&Tensor], op: impl Op) -> Tensor {
                Tensor::through_several(inputs, op).single()
            }

            fn through_several(inputs: &[&Tensor], op: impl Op) -> Outputs<Tensor> {
                let x: SmallVec<[Tensor; 3]> = inputs.iter().copied().cloned().collect();
                let (needs, mut save) = (SmallVec::<[bool; 3]>::from_elem(false, x.len()), SmallVec::new());
                op.forward(&x, &mut Saver::new(&needs, false, &mut save))
            }

            fn into_map(self, f: impl Map<f32> + Map<f64> + Map<Variable>) -> Tensor {
                Tensor::into_map(self, f)
            }

            fn zip<F>(&self, y: &Tensor, f: F) -> Tensor
            where
                F: Map<(f32, f32), f32> + Map<(f64, f64), f64> + Map<(Variable, Variable), Variable>,
            {
                self.zip_map(y, f)
            }

            fn into_zip<F>(self, y: &Tensor, f: F) -> Tensor
            where
                F: Map<(f32, f32), f32> + Map<(f64, f64), f64> + Map<(Variable, Variable), Variable>,
            {
                self.into_zip_map(y, f)
            }

            steps!();

            $(
                #[inline]
                fn $name(&self, $($arg: $t),*) -> Tensor {
                    Tensor::$name(self, $($arg),*)
                }
            )*
        }

        impl Differentiable for Variable {
            fn value(&self) -> Cow<'_, Tensor> {
                Cow::Owned(self.data())
            }

            fn plain(&self) -> Option<&Tensor> {
                None
            }

            fn by_parts(
                inputs: &[&Variable],
                dy: Dy<Variable>,
                needs: &[bool],
                parts: impl FnOnce(&[Variable]) -> Vec<Variable>,
            ) -> Result<Grads<Variable>, Dy<Variable>> {
                Ok(differentiated(inputs, dy, needs, parts))
            }

            fn constant(tensor: Tensor) -> Variable {
                Variable::new(tensor)
            }

            fn into_mul_scalar(self, c: f64) -> Variable {
                self.mul_scalar(c)
            }

            fn into_div_scalar(self, c: f64) -> Variable {
                self.div_scalar(c)
            }

            fn where_(&self, condition: &Tensor, other: &Variable) -> Variable {
                Variable::where_(self, condition, other)
            }

            fn through_all(inputs: &[&Variable], op: impl Op) -> Variable {
                apply(op, inputs).single()
            }

            fn through_several(inputs: &[&Variable], op: impl Op) -> Outputs<Variable> {
                apply(op, inputs)
            }

            fn into_map(self, f: impl Map<f32> + Map<f64> + Map<Variable>) -> Variable {
                f.f(self)
            }

            fn zip<F>(&self, y: &Variable, f: F) -> Variable
            where
                F: Map<(f32, f32), f32> + Map<(f64, f64), f64> + Map<(Variable, Variable), Variable>,
            {
                f.f((self.clone(), y.clone()))
            }

            fn into_zip<F>(self, y: &Variable, f: F) -> Variable
            where
                F: Map<(f32, f32), f32> + Map<(f64, f64), f64> + Map<(Variable, Variable), Variable>,
            {
                f.f((self, y.clone()))
            }

            steps!();

            $(
                fn $name(&self, $($arg: $t),*) -> Variable {
                    Variable::$name(self, $($arg),*)
                }
            )*
        }
    };
}

differentiable! {
    abs();
    amax(dims: &[isize], keepdim: bool);
    amin(dims: &[isize], keepdim: bool);
    cholesky();
    conv(weight: &Self, bias: Option<&Self>, c: &Convolution);
    conv_input(weight: &Self, shape: &[usize], c: &Convolution);
    conv_weight(dy: &Self, shape: &[usize], c: &Convolution);
    cumprod(dim: isize);
    cumsum(dim: isize);
    diagonal(offset: isize, dim1: isize, dim2: isize);
    diagonal_scatter(src: &Self, offset: isize, dim1: isize, dim2: isize);
    exp();
    expand(shape: &[usize]);
    flip(dims: &[isize]);
    gather(dim: isize, index: &Tensor);
    index_add(dim: isize, index: &Tensor, source: &Self);
    index_fill(dim: isize, index: &Tensor, value: f64);
    index_select(dim: isize, index: &Tensor);
    log();
    logcumsumexp(dim: isize);
    log_sigmoid();
    masked_fill(mask: &Tensor, value: f64);
    masked_select(mask: &Tensor);
    matmul(other: &Self);
    matrix_power(n: i64);
    mean_dim(dims: &[isize], keepdim: bool);
    narrow(dim: isize, start: isize, len: usize);
    norm_dim(p: f64, dims: &[isize], keepdim: bool);
    permute(dims: &[isize]);
    pow(other: &Self);
    powf(p: f64);
    prod_dim(dims: &[isize], keepdim: bool);
    reshape(shape: &[usize]);
    roll(shifts: &[isize], dims: &[isize]);
    scatter(dim: isize, index: &Tensor, source: &Self);
    scatter_add(dim: isize, index: &Tensor, source: &Self);
    scatter_reduce(dim: isize, index: &Tensor, source: &Self, reduce: ScatterReduction, include_self: bool);
    select(dim: isize, index: isize);
    select_scatter(src: &Self, dim: isize, index: isize);
    sigmoid();
    slice(dim: isize, start: isize, end: isize, step: usize);
    slice_scatter(src: &Self, dim: isize, start: isize, end: isize, step: usize);
    sum_dim(dims: &[isize], keepdim: bool);
    t();
    to_dtype(dtype: DType);
    transpose(a: isize, b: isize);
    tril(diagonal: isize);
    triu(diagonal: isize);
    unsqueeze(dim: isize);
}

/// The gradients of `parts` at the inputs that need one, recorded.
fn differentiated(
    inputs: &[&Variable],
    dy: Dy<Variable>,
    needs: &[bool],
    parts: impl FnOnce(&[Variable]) -> Vec<Variable>,
) -> Grads<Variable> {
    let inputs: Vec<Variable> = inputs.iter().copied().cloned().collect();
    let outputs = parts(&inputs);
    let (outputs, grad_outputs): (Vec<&Variable>, Vec<_>) =
        outputs.iter().zip(dy).filter(|(y, dy)| dy.is_some() && y.requires_grad()).unzip();
    let needed: Vec<&Variable> =
        inputs.iter().zip(needs).filter(|(_, needed)| **needed).map(|(x, _)| x).collect();
    let options = GradOptions { grad_outputs, create_graph: true, allow_unused: true, ..Default::default() };
    let mut gradients = grad_with(&outputs, &needed, options).into_iter();
    needs.iter().map(|&needed| if needed { gradients.next().flatten() } else { None }).collect()
}

/// Sums a gradient over the axes along which an operand of `shape` was repeated.
pub(crate) fn sum_to<V: Differentiable>(gradient: V, shape: &[usize]) -> V {
    let from = gradient.value();
    if from.shape() == shape {
        drop(from);
        return gradient;
    }
    let new_axes = from.ndim() - shape.len();
    let repeated: Vec<isize> = (0..from.ndim())
        .filter(|&axis| axis < new_axes || (shape[axis - new_axes] == 1 && from.shape()[axis] != 1))
        .map(|axis| axis as isize)
        .collect();
    if repeated.is_empty() {
        return gradient.reshape(shape);
    }
    gradient.sum_dim(&repeated, true).reshape(shape)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sum_to_undoes_broadcasting() {
        let g = tensor::ones([2, 3, 4]);
        assert_eq!(sum_to(g.clone(), &[3, 1]).to_vec::<f32>(), [8.0; 3]);
        assert_eq!(sum_to(g.clone(), &[1, 1, 4]).shape(), [1, 1, 4]);
        assert_eq!(sum_to(g, &[]).item(), 24.0);
        assert_eq!(sum_to(tensor::ones([1, 4]), &[4]).shape(), [4]);
    }
}
