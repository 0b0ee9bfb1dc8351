use tensor::{OptionValue, Tensor, Value};

use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// Channels laid out as the pixels of a larger image, as `torch.nn.functional.pixel_shuffle`; see
    /// [`Tensor::pixel_shuffle`].
    ///
    /// # Panics
    /// In torch's words, if there are fewer than three axes or the factor's square does not divide the
    /// channels.
    #[track_caller]
    pub fn pixel_shuffle(&self, upscale_factor: usize) -> Variable {
        apply(Shuffle::Pixels(upscale_factor), &[self]).single()
    }

    /// The pixels of squares as channels, as `torch.nn.functional.pixel_unshuffle`; see
    /// [`Tensor::pixel_unshuffle`].
    ///
    /// # Panics
    /// In torch's words, if there are fewer than three axes or the factor does not divide height and width.
    #[track_caller]
    pub fn pixel_unshuffle(&self, downscale_factor: usize) -> Variable {
        apply(Shuffle::Channels(downscale_factor), &[self]).single()
    }

    /// Channels in another order, as `torch.nn.functional.channel_shuffle`; see [`Tensor::channel_shuffle`].
    ///
    /// # Panics
    /// In torch's words, if there are fewer than three axes or the groups do not divide the channels.
    #[track_caller]
    pub fn channel_shuffle(&self, groups: usize) -> Variable {
        let channels = self.shape().get(1).copied().unwrap_or(0);
        // As many as a group has: they come back in as many groups.
        let each = channels.checked_div(groups).unwrap_or(0).max(1);
        apply(Shuffle::Groups { groups, each }, &[self]).single()
    }
}

/// Elements in another order.
#[derive(Clone, Copy)]
enum Shuffle {
    /// Channels become pixels.
    Pixels(usize),
    /// Pixels become channels.
    Channels(usize),
    /// Groups of channels are mixed, `each` of so many.
    Groups { groups: usize, each: usize },
}

impl Op for Shuffle {
    fn name(&self) -> &'static str {
        match self {
            Shuffle::Pixels(_) => "PixelShuffleBackward0",
            Shuffle::Channels(_) => "PixelUnshuffleBackward0",
            Shuffle::Groups { .. } => "ChannelShuffleBackward0",
        }
    }

    fn attributes(&self) -> Vec<(&'static str, Value)> {
        vec![match self {
            Shuffle::Pixels(factor) => ("upscale_factor", factor.to_value()),
            Shuffle::Channels(factor) => ("downscale_factor", factor.to_value()),
            Shuffle::Groups { groups, .. } => ("groups", groups.to_value()),
        }]
    }

    fn forward(&self, x: &[Tensor], _: &mut Saver<'_>) -> Outputs<Tensor> {
        match *self {
            Shuffle::Pixels(factor) => x[0].pixel_shuffle(factor),
            Shuffle::Channels(factor) => x[0].pixel_unshuffle(factor),
            Shuffle::Groups { groups, .. } => x[0].channel_shuffle(groups),
        }
        .into()
    }

    fn backward<V: Differentiable>(&self, _: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let back = match *self {
            Shuffle::Pixels(factor) => Shuffle::Channels(factor),
            Shuffle::Channels(factor) => Shuffle::Pixels(factor),
            Shuffle::Groups { groups, each } => Shuffle::Groups { groups: each, each: groups },
        };
        dy.single().through(back).into()
    }
}

#[cfg(test)]
mod tests {
    use crate::gradcheck::gradchecks;

    #[test]
    fn shuffle_gradients_match_finite_differences() {
        let x = tensor::arange(-1.0, 2.0, 0.125).to_dtype(tensor::DType::F64);
        let shaped = |shape: &[usize]| [x.reshape(shape)];
        gradchecks(|x| x[0].pixel_shuffle(2).square(), &shaped(&[2, 4, 1, 3]));
        gradchecks(|x| x[0].pixel_unshuffle(2).square(), &shaped(&[1, 4, 6]));
        gradchecks(|x| x[0].channel_shuffle(3).square(), &shaped(&[1, 6, 4]));
    }
}
