//! Other views of the same elements, and their parts.

mod cat;
mod composed;
mod diagonal;
mod expand;
mod flip;
mod narrow;
mod pad;
mod permute;
mod repeat;
mod reshape;
mod roll;
mod select;
mod split;
mod stack;
mod triangle;
mod unbind;
mod unfold;

use tensor::{DType, Join, Shape, Tensor};

use crate::Variable;

impl Join for Variable {
    type Joined = Variable;

    #[track_caller]
    fn cat(variables: &[Variable], dim: isize) -> Variable {
        cat::cat(variables, dim)
    }

    #[track_caller]
    fn stack(variables: &[Variable], dim: isize) -> Variable {
        stack::stack(variables, dim)
    }

    fn tensor(&self) -> Tensor {
        self.data()
    }

    fn viewed(&self, shape: Shape) -> Variable {
        if *self.shape() == shape[..] { self.clone() } else { self.reshape(shape) }
    }

    #[track_caller]
    fn repeated_to(&self, shape: &Shape) -> Variable {
        if *self.shape() == shape[..] { self.clone() } else { self.expand(shape) }
    }

    fn converted(&self, dtype: DType) -> Variable {
        self.to_dtype(dtype)
    }
}
