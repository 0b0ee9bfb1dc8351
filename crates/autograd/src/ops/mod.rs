//! The differentiable operations, in folders by subject: those with structure are a file each, the derivative
//! beside the function; functions of single elements and of pairs of them are rows of the tables in
//! [`tensor::functions`] and [`tensor::pairs`].

mod activation;
mod attention;
mod conv;
mod elementwise;
mod embedding;
mod index;
pub(crate) mod linalg;
mod loss;
mod norm;
mod operators;
mod pool;
mod recurrent;
mod reduce;
mod shape;
mod vision;

pub use activation::{alpha_dropout, dropout, dropout1d, dropout2d, dropout3d, feature_alpha_dropout};
pub use attention::{ScaledDotProductAttentionOptions, scaled_dot_product_attention};
pub use embedding::{EmbeddingBagMode, EmbeddingBagOptions, EmbeddingOptions, embedding, embedding_bag};
pub use linalg::{bilinear, einsum, linear};
pub use loss::*;
pub use norm::{BatchNormFuncOptions, InstanceNormFuncOptions, LocalResponseNormOptions};
pub use operators::RightOperand;
pub use pool::{AvgPoolOptions, LPPoolOptions, MaxPoolOptions, MaxUnpoolOptions};
pub use recurrent::{gru_gates, lstm_gates, lstm_layer, recurrent_layer, recurrent_steps};
pub use vision::{UnfoldOptions, fold, unfold};
