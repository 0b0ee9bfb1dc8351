//! The operations that there are, and have to be in the table.

use std::collections::BTreeSet;

/// Names that stand there and are no operations, or have a test of another kind.
const OTHERS: [(&str, &str); 32] = [
    ("tensor::assigned_shape", "belongs to set"),
    ("tensor::new", "belongs to indices"),
    ("tensor::places", "belongs to indices"),
    ("tensor::step", "belongs to indices"),
    ("tensor::put_at", "what index_put is made of"),
    ("tensor::embedded_shape", "what diag_embed is made of"),
    ("tensor::combined_places", "what combinations is made of"),
    ("tensor::taken_places", "what take is made of"),
    ("tensor::bound", "belongs to the options of pinv"),
    ("tensor::to_ndarray", "leads out of the library"),
    ("tensor::beside", "what functions of a tensor and a number are made of"),
    ("autograd::elementwise", "applies a function of the user's"),
    ("tensor::of_sorted", "what quantiles are made of"),
    ("autograd::pairwise", "applies a function of the user's"),
    ("autograd::padding_row", "belongs to options"),
    ("tensor::positions", "belongs to the numbers of repeat_interleave"),
    ("autograd::recurrent_steps", "applies a function of the user's"),
    ("tensor::native_lstm", "what recurrent layers are made of"),
    ("tensor::native_lstm_backward", "what recurrent layers are made of"),
    ("tensor::native_recurrent", "what recurrent layers are made of"),
    ("tensor::native_recurrent_backward", "what recurrent layers are made of"),
    ("tensor::native_attention", "what scaled_dot_product_attention is made of"),
    ("tensor::native_attention_backward", "what scaled_dot_product_attention is made of"),
    ("tensor::native_batch_norm", "what the norms are made of"),
    ("tensor::native_batch_norm_update", "what the norms are made of"),
    ("tensor::native_batch_norm_backward", "what the norms are made of"),
    ("tensor::native_layer_norm", "what the norms are made of"),
    ("tensor::native_layer_norm_backward", "what the norms are made of"),
    ("tensor::native_group_norm", "what the norms are made of"),
    ("tensor::native_group_norm_backward", "what the norms are made of"),
    ("tensor::native_rms_norm", "what the norms are made of"),
    ("tensor::native_rms_norm_backward", "what the norms are made of"),
];

/// `crate::name` of every operation that the table has to have.
pub(crate) fn operations() -> BTreeSet<String> {
    let mut out = testing::operations();
    for (name, _) in OTHERS {
        out.remove(name);
    }
    out
}
