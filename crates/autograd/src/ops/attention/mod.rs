//! Attention: sums of values, weighed by how well a query fits their keys.

mod flash;
mod scaled_dot_product;

pub use scaled_dot_product::{ScaledDotProductAttentionOptions, scaled_dot_product_attention};
