//! Arithmetic, comparisons and functions of single elements.

mod allclose;
mod arithmetic;
mod clamp;
mod compare;
mod operators;
mod pow;
mod unary;
mod where_;
