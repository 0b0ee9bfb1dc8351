use crate::Variable;

tensor::composed_shapes!(Variable, |x| x.data());
tensor::composed_sections!(Variable, |x| x.data());
tensor::composed_takes!(Variable, |x| x.data());

#[cfg(test)]
mod tests {
    use tensor::{MeshgridIndexing, Tensor};

    use crate::gradcheck::{gradchecks, numbers};
    use crate::{
        block_diag, broadcast_tensors, cartesian_prod, cat, column_stack, dstack, hstack, meshgrid, vstack,
    };

    #[test]
    fn gradients_of_changes_of_shape_match_finite_differences() {
        let x = numbers(&[2, 3]);
        for k in -1..=2 {
            gradchecks(|x| x[0].rot90(k, [0, 1]).square(), &[x.clone()]);
        }
        gradchecks(|x| x[0].fliplr().flipud().exp(), &[x.clone()]);
        gradchecks(|x| x[0].tile([2, 1]).square(), &[x.clone()]);
        gradchecks(|x| x[0].movedim(0, -1).swapaxes(0, 1).unflatten(1, [3, 1]).square(), &[x.clone()]);
        gradchecks(|x| x[0].tensor_split(2, 1)[0].square(), &[x.clone()]);
        gradchecks(|x| x[0].hsplit([1, -1])[1].square(), &[x]);
        gradchecks(|x| x[0].atleast_3d().square(), &[numbers(&[])]);
    }

    #[test]
    fn gradients_of_what_is_taken_match_finite_differences() {
        let x = numbers(&[2, 3]);
        let places = Tensor::from([[0i64, -1], [0, 2]]);
        gradchecks(|x| x[0].take(&places).square(), &[x.clone()]);
        gradchecks(|x| x[0].take_along_dim(&places, 1).square(), &[x.clone()]);
        gradchecks(|x| x[0].take_along_dim(&places.narrow(0, 1, 1), None).square(), &[x]);
        gradchecks(|x| x[0].combinations(2, true).square(), &[numbers(&[3])]);
    }

    #[test]
    fn gradients_of_lists_match_finite_differences() {
        let (x, y) = (numbers(&[3]), numbers(&[2]));
        gradchecks(|x| hstack(x).square(), &[x.clone(), y.clone()]);
        gradchecks(|x| vstack(&[&x[0], &x[0].exp()]).square(), &[x.clone()]);
        gradchecks(|x| dstack(&[&x[0], &x[0].exp()]).square(), &[x.clone()]);
        gradchecks(|x| column_stack(&[&x[0], &x[0].exp()]).square(), &[x.clone()]);
        gradchecks(|x| block_diag(x).square(), &[x.clone(), numbers(&[2, 2]), numbers(&[])]);
        for indexing in [MeshgridIndexing::Ij, MeshgridIndexing::Xy] {
            gradchecks(|x| cat(&meshgrid(x, indexing), 0).square(), &[x.clone(), y.clone()]);
        }
        gradchecks(|x| cartesian_prod(x).square(), &[x.clone(), y.clone()]);
        gradchecks(|x| cat(&broadcast_tensors(x), 0).square(), &[x, numbers(&[2, 1])]);
    }
}
