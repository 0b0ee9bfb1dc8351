//! The functions of `torch.nn.functional`, under its names.
//!
//! A function takes what torch's always takes, and has torch's defaults for the rest. Where there is a rest,
//! a second function, of the same name with `_with` behind it, takes all of it: the library's struct of
//! options if there is one, else the arguments in torch's order.
//!
//! ```
//! use autograd::Variable;
//! use nn::{CrossEntropyLossOptions, functional};
//! use tensor::Tensor;
//!
//! let x = Variable::new(Tensor::from([[2.0f32, 0.0, -1.0]])).requires_grad_(true);
//! let y = Tensor::from([0i64]);
//! let loss = functional::cross_entropy(&functional::leaky_relu(&x), &y);
//! assert!((loss.item() - 0.2385).abs() < 1e-4);
//!
//! let options = CrossEntropyLossOptions { label_smoothing: 0.1, ..Default::default() };
//! let smooth = functional::cross_entropy_with(&functional::leaky_relu_with(&x, 0.2), &y, options);
//! assert!(smooth.item() > loss.item());
//! ```
//!
//! Most stand for a method of [`Variable`](autograd::Variable) or a function of [`autograd`], to which the
//! documentation leads; they panic as that does, at the caller's line. A bias is written out, `Some(&bias)`
//! or `None`. Targets can be tensors or variables. What the name in torch ends in `_with_indices` gives the
//! indices, too.
//!
//! The page "Torch's names, and ours" of the book says of each of torch's names what stands for it.

mod activation;
mod composed;
pub(crate) mod fractional;
mod layer;
mod loss;
mod rows;
mod vision;

pub use activation::*;
pub use composed::*;
pub use fractional::*;
pub use layer::*;
pub use loss::*;
pub use vision::*;

pub(crate) use rows::{function, functions, returned};
