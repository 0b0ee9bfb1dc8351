/// A problem with a state dict that is loaded, or with gradients that are clipped.
#[derive(thiserror::Error)]
pub enum Error {
    /// The file was written for another number of parameter groups.
    #[error(
        "loaded state dict has a different number of parameter groups: {found}, this optimizer has {expected}"
    )]
    GroupCount {
        /// Groups in the optimizer.
        expected: usize,
        /// Groups in the state dict.
        found: usize,
    },
    /// A group holds another number of parameters.
    #[error(
        "loaded state dict contains a parameter group that doesn't match the size of optimizer's group: \
         group {group} has {found} parameters, here {expected}"
    )]
    GroupSize {
        /// Index of the first such group.
        group: usize,
        /// Parameters in the optimizer's group.
        expected: usize,
        /// Parameters in the state dict's group.
        found: usize,
    },
    /// Entries that are missing or are not what they must be, all of them, one per line.
    #[error("the state dict does not fit:\n{}", .0.join("\n"))]
    Mismatch(Vec<String>),
    /// A gradient holds an infinity or NaN, and the caller asked to be told.
    #[error(
        "The total norm of order {norm_type:?} for gradients from `parameters` is non-finite, so it cannot be clipped. \
         To disable this error and scale the gradients by the non-finite norm anyway, set `error_if_nonfinite=False`"
    )]
    NonFiniteNorm {
        /// The order of the norm.
        norm_type: f64,
    },
}

tensor::debug_as_display!(Error);

#[cfg(test)]
mod tests {
    use super::*;

    /// `main` shows this of an error that it returns.
    #[test]
    fn debug_is_the_sentence_too() {
        let error = Error::Mismatch(vec!["`lr` is missing".into(), "`eps` is a str".into()]);
        assert_eq!(format!("{error:?}"), "the state dict does not fit:\n`lr` is missing\n`eps` is a str");
    }
}
