use super::Parameters;
use crate::dispatch::by_float;
use crate::kernels::norm::{GroupBackward, Groups, Planes, group_norm};
use crate::{Tensor, zeros_dtype};

const OP: &str = "group_norm";

impl Tensor {
    /// `y = (x − mean)/√(variance + eps)·weight + bias` with the mean and the biased variance of each of
    /// `num_groups` groups of channels in each image of `[N, C, …]`, as `torch.nn.functional.group_norm`.
    /// `weight` and `bias` are `[C]`, and without them there is no scale or shift.
    ///
    /// ```
    /// let x = tensor::Tensor::from([[1.0f32, 3.0, 10.0, 14.0]]);
    /// assert_eq!(x.group_norm(2, None, None, 0.0).to_vec::<f32>(), [-1.0, 1.0, -1.0, 1.0]);
    /// ```
    ///
    /// # Panics
    /// If the channels make no such groups, there is one value per group in all, an image is empty, or the
    /// dtypes are not the same float.
    #[track_caller]
    pub fn group_norm(
        &self,
        num_groups: usize,
        weight: Option<&Tensor>,
        bias: Option<&Tensor>,
        eps: f64,
    ) -> Tensor {
        self.native_group_norm(num_groups, weight, bias, eps).0
    }

    /// [`Tensor::group_norm`] with the mean and `1/√(variance + eps)` of each group of each image.
    ///
    /// # Panics
    /// As [`Tensor::group_norm`].
    #[track_caller]
    pub fn native_group_norm(
        &self,
        num_groups: usize,
        weight: Option<&Tensor>,
        bias: Option<&Tensor>,
        eps: f64,
    ) -> (Tensor, Tensor, Tensor) {
        let g = groups(self, num_groups);
        let parameters = channelwise(self, weight, bias);
        let x = self.contiguous();
        let statistics = [g.planes.images, num_groups];
        let [mut mean, mut inverse] = [(); 2].map(|()| zeros_dtype(statistics, x.dtype()));
        let y = by_float!(OP, &x, T => Tensor::build(x.shape(), x.dtype(), |y: &mut [T]| {
            let (mean, inverse) = (mean.make_mut(), inverse.make_mut());
            group_norm(g, x.as_slice(), parameters.affine(), eps, mean, inverse, y);
        }));
        (y, mean, inverse)
    }

    /// The gradients of the input, where `input` asks for it, of the weight and of the bias of
    /// [`Tensor::group_norm`] from that of its output, this tensor. `statistics` are the mean and
    /// `1/√(variance + eps)` of each group of each image, `[N, groups]`.
    ///
    /// # Panics
    /// If the shapes or dtypes do not fit.
    #[track_caller]
    pub fn native_group_norm_backward(
        &self,
        x: &Tensor,
        statistics: [&Tensor; 2],
        weight: Option<&Tensor>,
        input: bool,
    ) -> (Option<Tensor>, Tensor, Tensor) {
        assert!(self.shape() == x.shape() && self.dtype() == x.dtype(), "{OP}: a gradient of another shape");
        let [mean, inverse] = statistics.map(Tensor::contiguous);
        let groups = groups(x, mean.size(-1));
        let expected = [groups.planes.images, groups.groups];
        assert!(
            mean.shape() == expected && inverse.shape() == expected,
            "{OP}: statistics of {expected:?} groups"
        );
        let weight = channelwise(x, weight, None).weight;
        let (x, dy) = (x.contiguous(), self.contiguous());
        let mut dx = input.then(|| zeros_dtype(x.shape(), x.dtype()));
        let [mut dw, mut db] = [(); 2].map(|()| zeros_dtype([x.size(1)], x.dtype()));
        by_float!(OP, &x, T => {
            let backward = GroupBackward {
                groups,
                x: x.as_slice::<T>(),
                dy: dy.as_slice(),
                mean: mean.as_slice(),
                inverse: inverse.as_slice(),
                weight: weight.as_ref().map(Tensor::as_slice),
            };
            backward.run(dx.as_mut().map(Tensor::make_mut), dw.make_mut(), db.make_mut());
        });
        (dx, dw, db)
    }
}

#[track_caller]
fn groups(x: &Tensor, groups: usize) -> Groups {
    let shape = x.shape();
    assert!(
        shape.len() >= 2,
        "{OP}: Expected at least 2 dimensions for input tensor but received {}",
        shape.len()
    );
    assert!(groups > 0, "{OP}: Expected num groups to be greater than 0, got {groups}");
    let planes = Planes::of(shape);
    let values = planes.images * planes.channels / groups;
    let one = values * planes.size == 1;
    assert!(
        !one,
        "{OP}: Expected more than 1 value per channel when training, got input size {:?}",
        [&[values, groups], &shape[2..]].concat()
    );
    assert!(
        planes.channels.is_multiple_of(groups),
        "{OP}: Expected number of channels in input to be divisible by num_groups, but got input of shape {shape:?} and num_groups={groups}"
    );
    assert!(planes.channels > 0, "{OP}: Expected number of channels to be greater than 0, got 0");
    assert!(planes.size > 0, "{OP}: Expected HxW to be greater than 0, got 0");
    Groups { planes, groups }
}

#[track_caller]
fn channelwise(x: &Tensor, weight: Option<&Tensor>, bias: Option<&Tensor>) -> Parameters {
    for (name, tensor) in [("weight", weight), ("bias", bias)] {
        if let Some(found) = tensor.map(Tensor::shape).filter(|&found| found != [x.size(1)]) {
            panic!(
                "{OP}: Expected {name} to be a vector of size equal to the number of channels in input, but got {name} of shape {found:?} and input of shape {:?}",
                x.shape()
            );
        }
    }
    Parameters::of(OP, x, weight, bias)
}
