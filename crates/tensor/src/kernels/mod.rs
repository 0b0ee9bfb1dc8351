//! The loops underneath: plain functions on slices, fast on whatever processor they meet.
//!
//! - [`simd`]: the instruction set is chosen once per process; a [`simd::Kernel`] is plain Rust
//!   that is compiled for each of them.
//! - [`parallel`]: how work is split between threads, so that results never depend on their number.
//! - `lgamma`: the logarithm of the gamma function.
//! - [`map`]: elementwise loops over contiguous slices.
//! - [`math`]: `exp`, `ln`, `tanh`, … as branch-free code that vectorises.
//! - [`mat`]: matrices in slices.
//! - `erfinv`: the inverse of the error function.
//! - `bessel`: modified Bessel functions of the orders 0 and 1.
//! - `ndtri`: the inverse of the normal distribution.
//! - [`gamma`]: the gamma function's logarithm and its derivatives.
//! - `gammainc`: the incomplete gamma function.
//! - [`gemm`]: their product.
//! - [`attention`]: queries, keys and values.
//! - [`conv`]: convolutions of planes.
//! - [`grid_sample`]: images read where a grid says.
//! - [`norm`]: batch, layer and group norm.
//! - [`padding`]: elements around those of some axes.
//! - [`patches`]: pieces of planes as columns, and back.
//! - [`pooling`]: windows that move over planes.
//! - `recurrent`: layers that go over time steps.
//! - [`resample`]: images of other sizes.
//! - `copy`: strided elements into rows.
//! - [`number`]: the traits of what can be computed with.
//! - [`rounding`]: in which order sums are added up, and how square roots are rounded.
//! - `fold`: sums and other reductions.
//! - [`softmax`]: softmax and its logarithm over rows.
//! - `vector`: vectors that sums are kept in.
//! - `scratch`: space that a thread keeps.
//! - `huge`: huge pages for large buffers.
//!
//! Only this folder uses `unsafe`; each block says why it is sound.

pub mod attention;
pub(crate) mod bessel;
pub mod conv;
pub(crate) mod copy;
pub(crate) mod erfc;
pub(crate) mod erfinv;
pub(crate) mod fold;
pub mod gamma;
pub(crate) mod gammainc;
pub mod gemm;
pub mod grid_sample;
pub(crate) mod huge;
mod lgamma;
pub mod map;
pub mod mat;
pub mod math;
pub(crate) mod ndtri;
pub mod norm;
pub mod number;
pub mod padding;
pub mod parallel;
pub mod patches;
mod pool;
pub mod pooling;
pub(crate) mod recurrent;
pub mod resample;
pub mod rounding;
mod scratch;
pub mod simd;
pub mod softmax;
mod vector;
