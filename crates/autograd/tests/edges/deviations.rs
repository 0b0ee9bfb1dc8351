//! Where the library differs from torch on purpose.

/// A deviation: which cases, by the expression and the inputs' names, and the reason.
pub(crate) struct Deviation {
    pub(crate) covers: fn(&str, &str) -> bool,
    pub(crate) reason: &'static str,
}

pub(crate) const DEVIATIONS: [Deviation; 28] = [
    Deviation {
        covers: |torch, inputs| torch.contains("9007199254740993") && inputs == "f16:plain:s",
        reason: "a half refuses a number beyond its range; torch lets one element, and no more, become infinite",
    },
    Deviation {
        covers: |torch, inputs| {
            torch.starts_with("torch.linalg.vector_norm(x, 2.0, [0])") && inputs.ends_with(":s")
        },
        reason: "the norm of a tensor without axes is its magnitude; where an axis is named, torch squares it, which overflows",
    },
    Deviation {
        covers: |torch, _| torch.contains("([]") && starts(torch, "x.any x.all x.logsumexp x.std x.var"),
        reason: "no axes means all of them in every reduction here; torch's reductions do not agree about that",
    },
    Deviation {
        covers: |torch, inputs| {
            starts(torch, "x.softmax x.log_softmax x.matmul x.mm") && without_elements(inputs)
        },
        reason: "torch refuses a dtype in products and softmax only where there are elements; here it is always refused",
    },
    Deviation {
        covers: |torch, inputs| torch == "x.index_add(0, y, z)" && inputs.contains(":0x3 i64:at:2"),
        reason: "an index outside an axis is refused, also where the axis is empty and torch does not look",
    },
    Deviation {
        covers: |torch, inputs| {
            (torch == "x.repeat([2, -1])" || torch == "x.roll([1, 1], [0, 1])") && inputs.ends_with(":0")
                || torch == "x.tile([2, -1])" && (inputs.ends_with(":0") || inputs.ends_with(":3x0"))
        },
        reason: "fewer copies than none, and an axis that is not there, are refused also where there are no elements",
    },
    Deviation {
        covers: |torch, inputs| torch == "torch.block_diag(*inputs)" && inputs == "f32:plain:0 f32:plain:2x3",
        reason: "a list without elements is a row of zeros; torch's gradient of the blocks below forgets it",
    },
    Deviation {
        covers: |torch, inputs| {
            torch == "torch.take_along_dim(x, y, None)"
                && (inputs.contains(">t") || inputs.contains(">twice"))
        },
        reason: "every layout is flattened; torch refuses what does not lie row by row",
    },
    Deviation {
        covers: |torch, inputs| {
            torch.starts_with("torch.take_along_dim(x, y, ")
                && (inputs.contains(":beyond:")
                    || inputs.contains(":at3:2x3")
                    || inputs.ends_with("2x1x3 i64:at:2x2x1"))
        },
        reason: "a place beyond an axis is refused; torch goes round",
    },
    Deviation {
        covers: |torch, inputs| starts(torch, "x.tril x.triu") && starts(inputs, "u16 u32 u64"),
        reason: "what only moves elements takes every dtype",
    },
    Deviation {
        covers: |torch, inputs| starts(torch, "F.nll_loss F.cross_entropy") && inputs.contains(":2 i64:at:1"),
        reason: "a list of one target beside scores without a batch: torch computes the loss, and then fails in its gradient",
    },
    Deviation {
        covers: |torch, inputs| torch.contains("label_smoothing=0.1") && inputs.contains("u8:at"),
        reason: "byte targets are smoothed with class weights, too, where torch has them in some reductions only",
    },
    Deviation {
        covers: |torch, inputs| {
            torch.starts_with("F.huber_loss") && inputs[..3] != inputs[inputs.len() / 2 + 1..][..3]
        },
        reason: "huber_loss of two dtypes has a gradient, as the other losses have in torch",
    },
    Deviation {
        covers: |torch, inputs| starts(torch, NAN_BY_PLACE) && inputs.contains(":special:37"),
        reason: "the gradient at NaN depends in torch on the element's place in a vector; here it is that of single elements",
    },
    Deviation {
        covers: |torch, _| {
            torch.starts_with("torch.linalg.vector_norm(x, 0.0") || torch == "torch.dist(x, y, 0.0)"
        },
        reason: "the gradient of the 0-norm is 0, where torch leaves it out",
    },
    Deviation {
        covers: |torch, inputs| torch.starts_with("products(x, [") && !inputs.contains("plain"),
        reason: "a product along several axes is one product, which torch does not have: infinities meet in another order",
    },
    Deviation {
        covers: |torch, inputs| torch == "F.conv2d(x, y, z, 1, 2, 2)" && inputs.contains("u8:"),
        reason: "every kind of integer is convolved with gaps between the taps; in torch only the widest",
    },
    Deviation {
        covers: |torch, inputs| {
            torch.starts_with("F.adaptive_avg_pool")
                && (inputs.contains("x0") || [":5x6", ":4x5x3"].iter().any(|shape| inputs.ends_with(shape)))
        },
        reason: "an adaptive mean is one of images with channels and elements; torch does not look where it takes all",
    },
    Deviation {
        covers: |torch, _| {
            ["F.adaptive_max_pool", "F.adaptive_avg_pool"].iter().any(|pool| torch.starts_with(pool))
                && torch.contains("(x, 0")
        },
        reason: "no parts have a gradient of zeros, where torch refuses it",
    },
    Deviation {
        covers: |torch, _| torch == "F.pad(x, [-3, 1, 0, -2], mode='circular')",
        reason: "an axis of which nothing is left has nothing to go round; torch gives memory that nobody wrote",
    },
    Deviation {
        covers: |torch, inputs| {
            starts(torch, "F.batch_norm F.instance_norm")
                && (inputs.contains(":2x0x2") || inputs.contains(":0x3x2"))
        },
        reason: "of no channels torch looks up the first one's weight; the norm of nothing is nothing",
    },
    Deviation {
        covers: |torch, inputs| torch == "F.rms_norm(x, [3], y)" && inputs.contains("f64:plain:3"),
        reason: "scale and input are of one dtype, as in torch's other norms",
    },
    Deviation {
        covers: |torch, inputs| {
            (torch == "x.fmod(y)" || torch == "x.remainder(y)")
                && (inputs.ends_with(":special:1x12") || inputs.ends_with(":special:1x24"))
        },
        reason: "what a subnormal number leaves of another is exact; torch's vectors make NaN of it",
    },
    Deviation {
        covers: |torch, inputs| {
            torch == "x.lerp(y, z)" && inputs.ends_with("f64:plain:s") && !inputs.starts_with('f')
        },
        reason: "integers are not interpolated; torch does it where the weight is a float without axes",
    },
    Deviation {
        covers: |torch, inputs| {
            starts(torch, "x.addcmul x.addcdiv")
                && inputs.contains('f')
                && !inputs.split(' ').all(|x| x.starts_with('f'))
        },
        reason: "a gradient beside integers is computed in floats; torch computes its factor in their type, or refuses",
    },
    Deviation {
        covers: |torch, inputs| torch.starts_with("torch.cdist(x, y, ") && inputs.contains(":nan:"),
        reason: "the distance to NaN is NaN in every norm, and its sign has the gradient 0; torch's norms differ",
    },
    Deviation {
        covers: |torch, inputs| {
            torch.starts_with("x.unique(return_inverse")
                && !torch.ends_with("None)")
                && (inputs.contains(":nan:") || inputs.contains(":special:37"))
        },
        reason: "slices with NaN are in order; torch leaves them where its sort happens to",
    },
    Deviation {
        covers: |torch, inputs| {
            torch == "torch.special.log_ndtr(x)"
                && (inputs.contains(":special:37") || inputs.contains(":huge:"))
        },
        reason: "far below 0 the gradient of log_ndtr is that of −x²/2; torch's is NaN",
    },
];

/// Functions whose gradient is chosen by comparisons.
const NAN_BY_PLACE: &str = "F.elu F.selu F.celu F.hardtanh F.hardswish F.softshrink F.hardshrink \
                            x.logit(0.125 x.logit(1e-3";

/// Whether a text starts with one of the words.
fn starts(text: &str, words: &str) -> bool {
    words
        .split(' ')
        .any(|word| text.strip_prefix(word).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric)))
}

/// Whether the first input has an axis of size 0.
fn without_elements(inputs: &str) -> bool {
    let layout = inputs.split(' ').next().and_then(|name| name.rsplit(':').next());
    layout.is_some_and(|layout| layout.split(['x', '>']).any(|size| size == "0" || size == "tail"))
}
