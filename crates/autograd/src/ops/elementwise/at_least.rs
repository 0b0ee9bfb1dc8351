use tensor::{Elementwise, Number, Reads, Tensor};

/// `max(x, least)`, of which the gradient takes no notice.
#[derive(Clone, Copy)]
pub(crate) struct AtLeast {
    pub(crate) least: f64,
}

impl Elementwise for AtLeast {
    const NODE: &'static str = "CloneBackward0";
    const READS: Reads = Reads::Nothing;

    #[track_caller]
    fn value(&self, x: &Tensor) -> Tensor {
        x.clamp(Some(self.least), None)
    }

    #[inline(always)]
    fn gradient<N: Number>(&self, dy: N, _: N) -> N {
        dy
    }
}
