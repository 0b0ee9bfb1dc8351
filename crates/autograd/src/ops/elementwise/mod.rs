//! Arithmetic and functions of single elements.

mod add;
mod affine;
mod clamp;
mod div;
mod functions;
mod maximum;
mod mul;
mod pow;
mod prelu;
mod threshold;
mod to_dtype;
mod where_;
