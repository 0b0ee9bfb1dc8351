//! What a [`MultiheadAttention`] makes of its inputs before the heads share them.

use autograd::{Variable, linear};

use super::MultiheadAttention;

impl MultiheadAttention {
    /// Query, key and value of the same rows, by one product.
    #[track_caller]
    pub(super) fn projected_at_once(&self, x: &Variable) -> [Variable; 3] {
        match &self.in_proj_weight {
            Some(weight) => three(linear(x, weight, self.in_proj_bias.as_deref()).chunk(3, -1)),
            None => self.projected([x.clone(), x.clone(), x.clone()]),
        }
    }

    #[track_caller]
    pub(super) fn projected(&self, x: [Variable; 3]) -> [Variable; 3] {
        let projections = self.projections();
        let mut i = 0..3;
        x.map(|x| {
            let (weight, bias) = &projections[i.next().expect("three")];
            linear(&x, weight, bias.as_ref())
        })
    }

    /// Weights and biases of the projections of query, key and value.
    pub(super) fn projections(&self) -> [(Variable, Option<Variable>); 3] {
        let weights = match &self.in_proj_weight {
            Some(weight) => three(weight.chunk(3, 0)),
            None => [&self.q_proj_weight, &self.k_proj_weight, &self.v_proj_weight]
                .map(|weight| (**weight.as_ref().expect("there are three if there is not one")).clone()),
        };
        let biases = match &self.in_proj_bias {
            Some(bias) => three(bias.chunk(3, 0)).map(Some),
            None => [const { None }; 3],
        };
        let mut biases = biases.into_iter();
        weights.map(|weight| (weight, biases.next().expect("three")))
    }
}

fn three(parts: Vec<Variable>) -> [Variable; 3] {
    parts.try_into().expect("three parts of a multiple of three")
}
