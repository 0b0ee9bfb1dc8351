//! A tutorial in programs. Each file in `examples/` is a page to read and run, in this order:
//!
//! 1. `sequential`: a net as a list of layers: print, train, save and load it
//! 2. `module`: the same net as a struct of its own
//! 3. `mnist_mlp`: real digits through a `DataLoader`, and the four curves of a training
//! 4. `param_init`: four ways to choose the numbers that training starts from
//! 5. `optimizers_from_scratch`: six update rules written by hand, beside the library's
//! 6. `sgd_vs_adam`: two of them on the same task, in one picture
//! 7. `six_optimizers`: all of them
//! 8. `predict`: a saved model of any architecture, opened in another process
//! 9. `mnist_cnn`: PyTorch's example, a convolutional net
//! 10. `lenet`: LeNet-5
//! 11. `cifar_resnet`: a residual net with 20 layers, images moved by chance, a schedule
//! 12. `vae`: PyTorch's example, an autoencoder that draws
//! 13. `dcgan`: PyTorch's example, two nets against each other
//! 14. `mnist_rnn`: PyTorch's example, a recurrent net that reads a digit row by row
//! 15. `char_rnn`: a recurrent net learns a text letter by letter, and writes some
//! 16. `gpt`: a small transformer does the same
//! 17. `sine_forecast`: PyTorch's example, waves go on where they ended
//! 18. `reinforce`: PyTorch's example, a policy learns to balance a pole
//! 19. `polynomial`: PyTorch's tutorial, the sine as a polynomial in eight ways
//! 20. `moons`: the demo of micrograd, two moons told apart
//! 21. `logistic_regression`: the course's, in three ways
//! 22. `forward_forward`: PyTorch's example, layers that learn one after the other
//! 23. `actor_critic`: PyTorch's example, a judge of states beside the policy
//! 24. `least_squares`: linear regression by L-BFGS
//! 25. `gaussian_mixture`: clouds of points by the gradient of their likelihood
//! 26. `matrix_factorisation`: a table of ratings as two thin matrices
//! 27. `pinn`: a net that solves a differential equation
//!
//! `cargo run --example sequential` runs the first; `--help` after `--` explains the options. This library
//! holds what several programs share: the command line, the data, the figures of a run, tables and pictures.
#![forbid(unsafe_code)]

pub mod boundary;
pub mod cart_pole;
mod char_rnn;
mod corpus;
mod data;
pub mod dcgan;
mod failure;
mod flower;
mod gpt;
mod image_runs;
mod mlp;
mod optimizers;
mod options;
pub mod output;
mod palette;
pub mod plot;
mod progress;
mod ranks;
mod results;
mod run;
mod sequence_runs;
pub mod table;
mod text_run;
mod vae;

pub use char_rnn::CharRnn;
pub use corpus::Corpus;
pub use data::{Data, Source, data_tf, data_tf_standardised, image_tf};
pub use failure::{Failure, Result};
pub use flower::flower;
pub use gpt::{Gpt, GptOptions};
pub use image_runs::ImageRun;
pub use mlp::mlp;
pub use optimizers::OptimizerKind;
pub use options::{MnistOptions, StepOptions, TrainOptions, at_least_one, learning_rate, threads};
pub use ranks::{Engine, RankOptions, Ranks};
pub use results::{Results, StepResults};
pub use run::{Epoch, Run, evaluate, train};
pub use sequence_runs::SequenceRun;
pub use text_run::{TextOptions, TextRun};
pub use vae::Vae;
