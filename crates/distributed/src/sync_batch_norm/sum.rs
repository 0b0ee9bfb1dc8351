use autograd::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};
use tensor::Tensor;

use crate::meeting::Meeting;

/// The sum over the shards, on each of them.
pub(super) fn sum_over_shards(meeting: &Meeting, x: &Variable) -> Variable {
    apply(SumOverShards(meeting.clone()), &[x]).single()
}

/// `y = Σ x` over the shards; every shard's loss depends on every shard's `x`, so `dx = Σ dy`.
struct SumOverShards(Meeting);

impl Op for SumOverShards {
    fn name(&self) -> &'static str {
        "SumOverShardsBackward"
    }

    fn forward(&self, x: &[Tensor], _: &mut Saver<'_>) -> Outputs<Tensor> {
        let all = self.0.gather(x[0].clone());
        tree(&all).into()
    }

    fn backward<V: Differentiable>(&self, _: Saved<'_, V>, dy: Dy<V>, _needs: &[bool]) -> Grads<V> {
        dy.single().through(SumOverShards(self.0.clone())).into()
    }
}

/// The sum in the order of [`tree_sum`](crate::tree_sum).
fn tree(all: &[Tensor]) -> Tensor {
    match all {
        [x] => x.clone(),
        _ => {
            let (left, right) = all.split_at(all.len().next_power_of_two() / 2);
            tree(left) + tree(right)
        }
    }
}
