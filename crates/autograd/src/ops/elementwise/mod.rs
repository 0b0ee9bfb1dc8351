//! Arithmetic and functions of single elements.

mod add;
mod addcmul;
mod affine;
mod at_least;
mod clamp;
mod compare;
mod div;
mod functions;
mod lerp;
mod logit;
mod mul;
mod multigammaln;
mod pairs;
mod polygamma;
mod pow;
mod prelu;
mod threshold;
mod to_dtype;
mod where_;

pub(crate) use at_least::AtLeast;
