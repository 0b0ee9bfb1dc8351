use super::BatchNormFuncOptions;
use crate::{Options, Variable};

/// The options of [`Variable::instance_norm`].
#[derive(Clone, Copy, Debug, PartialEq, Options)]
#[options(crate = tensor)]
pub struct InstanceNormFuncOptions {
    /// Whether each image itself is what is normalised by. Default yes.
    #[option(default = true)]
    pub use_input_stats: bool,
    /// How much of the running statistics a batch replaces. Default 0.1.
    #[option(default = 0.1)]
    pub momentum: f64,
    /// What is added to the variance. Default 1e-5.
    #[option(default = 1e-5)]
    pub eps: f64,
}

impl Variable {
    /// [`Variable::batch_norm`] of each image by itself (Ulyanov, Vedaldi and Lempitsky, *Instance
    /// normalization: the missing ingredient for fast stylization*, 2016), as
    /// `torch.nn.functional.instance_norm`: the mean and the variance of each channel of each image of `[N,
    /// C, …]`. The `running` statistics, `[C]`, move towards the mean of the images'.
    ///
    /// ```
    /// use autograd::{InstanceNormFuncOptions, Variable};
    /// use tensor::Tensor;
    ///
    /// let x = Variable::new(Tensor::from([[[1.0f32, 3.0], [10.0, 14.0]]]));
    /// let options = InstanceNormFuncOptions { eps: 1e-9, ..Default::default() };
    /// let y = x.instance_norm(None, None, None, options);
    /// assert_eq!(y.data().to_vec::<f32>(), [-1.0, 1.0, -1.0, 1.0]);
    /// ```
    ///
    /// # Panics
    /// If a channel has one value, with `use_input_stats`; if there are no running statistics, without it;
    /// and as [`Variable::batch_norm`].
    #[track_caller]
    pub fn instance_norm(
        &self,
        running: Option<[&Variable; 2]>,
        weight: Option<&Variable>,
        bias: Option<&Variable>,
        options: InstanceNormFuncOptions,
    ) -> Variable {
        let InstanceNormFuncOptions { use_input_stats, momentum, eps } = options;
        let shape = self.shape();
        assert!(
            !use_input_stats || (shape.len() > 2 && shape[2..].iter().product::<usize>() != 1),
            "instance_norm: Expected more than 1 spatial element when training, got input size torch.Size({shape:?})"
        );
        assert!(
            use_input_stats || running.is_some(),
            "instance_norm: Expected running_mean and running_var to be defined when use_input_stats is false"
        );
        assert!(shape.len() >= 2, "instance_norm: Expected at least 2 dimensions, got input size {shape:?}");
        let (n, c) = (shape[0], shape[1]);
        // Every image has a copy of what belongs to a channel.
        let repeated = |v: &Variable| v.expand([n, v.numel()]).reshape([n * v.numel()]);
        let copies = running.map(|running| running.map(|v| Variable::new(repeated(v).data())));
        let (weight, bias) = (weight.map(repeated), bias.map(repeated));
        let options = BatchNormFuncOptions { training: use_input_stats, momentum, eps };
        let one: Vec<usize> = [1, n * c].into_iter().chain(shape[2..].iter().copied()).collect();
        let copied = copies.as_ref().map(|copies| copies.each_ref());
        let y = self.reshape(one).batch_norm(copied, weight.as_ref(), bias.as_ref(), options);
        if let (true, Some(running), Some(copies)) = (use_input_stats && n > 0, running, &copies) {
            for (running, copies) in running.into_iter().zip(copies) {
                running.set_data(copies.data().reshape([n, c]).mean_dim(0, false));
            }
        }
        y.reshape(shape)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck::{gradchecks, numbers};

    #[test]
    fn gradients_match_finite_differences() {
        let options = InstanceNormFuncOptions { eps: 1e-3, ..Default::default() };
        let (x, w, b) = (numbers(&[2, 2, 3]), numbers(&[2]), numbers(&[2]));
        gradchecks(|v| v[0].instance_norm(None, None, None, options), std::slice::from_ref(&x));
        gradchecks(|v| v[0].instance_norm(None, Some(&v[1]), Some(&v[2]), options), &[x, w, b]);
    }
}
