use tensor::{OptionValue, Tensor, Value};

use super::gather::back;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

/// The elements that a function picks along an axis, and where each was.
pub(crate) enum Pick {
    Max { dim: isize, keepdim: bool },
    Min { dim: isize, keepdim: bool },
    Sort { dim: isize, descending: bool },
    TopK { k: usize, dim: isize, largest: bool },
    KthValue { k: usize, dim: isize, keepdim: bool },
    Median { dim: isize, keepdim: bool },
    NanMedian { dim: isize, keepdim: bool },
    Mode { dim: isize, keepdim: bool },
    CumMax { dim: isize },
    CumMin { dim: isize },
}

impl Variable {
    #[track_caller]
    pub(crate) fn picked(&self, pick: Pick) -> (Variable, Tensor) {
        let [values, indices] = apply(pick, &[self]).array();
        (values, indices.data())
    }
}

impl Op for Pick {
    fn name(&self) -> &'static str {
        match self {
            Pick::Max { .. } => "MaxBackward0",
            Pick::Min { .. } => "MinBackward0",
            Pick::Sort { .. } => "SortBackward0",
            Pick::TopK { .. } => "TopkBackward0",
            Pick::KthValue { .. } => "KthvalueBackward0",
            Pick::Median { .. } => "MedianBackward1",
            Pick::NanMedian { .. } => "NanmedianBackward1",
            Pick::Mode { .. } => "ModeBackward0",
            Pick::CumMax { .. } => "CummaxBackward0",
            Pick::CumMin { .. } => "CumminBackward0",
        }
    }

    fn attributes(&self) -> Vec<(&'static str, Value)> {
        match self {
            Pick::Max { dim, keepdim }
            | Pick::Min { dim, keepdim }
            | Pick::Median { dim, keepdim }
            | Pick::NanMedian { dim, keepdim }
            | Pick::Mode { dim, keepdim } => {
                vec![("dim", dim.to_value()), ("keepdim", keepdim.to_value())]
            }
            Pick::Sort { dim, descending } => {
                vec![("dim", dim.to_value()), ("descending", descending.to_value())]
            }
            Pick::TopK { k, dim, largest } => {
                vec![("k", k.to_value()), ("dim", dim.to_value()), ("largest", largest.to_value())]
            }
            Pick::KthValue { k, dim, keepdim } => {
                vec![("k", k.to_value()), ("dim", dim.to_value()), ("keepdim", keepdim.to_value())]
            }
            Pick::CumMax { dim } | Pick::CumMin { dim } => vec![("dim", dim.to_value())],
        }
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.output(1);
        let x = &x[0];
        let (values, indices) = match *self {
            Pick::Max { dim, keepdim } => x.max_dim(dim, keepdim),
            Pick::Min { dim, keepdim } => x.min_dim(dim, keepdim),
            Pick::Sort { dim, descending } => x.sort(dim, descending),
            Pick::TopK { k, dim, largest } => x.topk(k, dim, largest),
            Pick::KthValue { k, dim, keepdim } => x.kthvalue(k, dim, keepdim),
            Pick::Median { dim, keepdim } => x.median_dim(dim, keepdim),
            Pick::NanMedian { dim, keepdim } => x.nanmedian_dim(dim, keepdim),
            Pick::Mode { dim, keepdim } => x.mode(dim, keepdim),
            Pick::CumMax { dim } => x.cummax(dim),
            Pick::CumMin { dim } => x.cummin(dim),
        };
        [values, indices].into()
    }

    /// The gradient goes to where the elements were.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let (Pick::Max { dim, .. }
        | Pick::Min { dim, .. }
        | Pick::Sort { dim, .. }
        | Pick::TopK { dim, .. }
        | Pick::KthValue { dim, .. }
        | Pick::Median { dim, .. }
        | Pick::NanMedian { dim, .. }
        | Pick::Mode { dim, .. }
        | Pick::CumMax { dim }
        | Pick::CumMin { dim }) = *self;
        let [values, _] = dy.array();
        let dx = values.map(|dy| back(dy, saved.shape(0), dim, &saved[0].value()));
        [dx].into()
    }
}
