//! Sizes that nobody means are refused in torch's words, and none of them becomes a tensor over other memory.

use tensor::*;
use testing::refusal;

/// One element that says it is many.
fn many(shape: &[usize]) -> Tensor {
    zeros(()).expand(shape)
}

const P40: usize = 1 << 40;
const P62: usize = 1 << 62;

#[test]
fn new_tensors_of_too_many_bytes() {
    let sizes = |sizes: &str| format!("Storage size calculation overflowed with sizes={sizes}");
    let one = "[4611686018427387904]";
    let square = "[1099511627776, 1099511627776]";
    let layers = || many(&[P40, 1]).matmul(&many(&[1, P40]));
    let cases: Vec<(String, String)> = vec![
        (refusal(|| zeros([P62])), sizes(one)),
        (refusal(|| zeros([P62, 4])), sizes("[4611686018427387904, 4]")),
        (refusal(|| zeros([P62, 4, 0])), sizes("[4611686018427387904, 4, 0]")),
        (refusal(|| zeros([0, P62, 4])), sizes("[0, 4611686018427387904, 4]")),
        (refusal(|| zeros([usize::MAX])), sizes("[18446744073709551615]")),
        (refusal(|| ones([P62])), sizes(one)),
        (refusal(|| full([P62], 2.0)), sizes(one)),
        (refusal(|| rand([P62])), sizes(one)),
        (refusal(|| randn([P62])), sizes(one)),
        (refusal(|| randint(0, 5, [P62])), sizes(one)),
        (refusal(|| randperm(P62)), sizes(one)),
        (refusal(|| eye(P40)), sizes(square)),
        (refusal(|| linspace(0.0, 1.0, P62)), sizes(one)),
        (refusal(|| arange(0, 1i64 << 62, 1)), sizes(one)),
        (refusal(|| Tensor::from_vec(vec![0f32], [P62, 4])), sizes("[4611686018427387904, 4]")),
        (refusal(|| Tensor::from_bytes(DType::F32, [P62, 4], &[])), sizes("[4611686018427387904, 4]")),
        (refusal(|| Tensor::from_fill([P62], |_: &mut [f32]| {})), sizes(one)),
        (refusal(|| Tensor::from([0i64, 1]).one_hot(P62)), sizes("[2, 4611686018427387904]")),
        (refusal(|| Tensor::from([i64::MAX]).one_hot(None)), sizes("[1, 9223372036854775808]")),
        (refusal(|| many(&[P62]).add_scalar(1.0)), sizes(one)),
        (refusal(|| many(&[P62]).contiguous()), sizes(one)),
        (refusal(|| many(&[P62]).to_dtype(DType::F64)), sizes(one)),
        (refusal(|| many(&[P62]).to_vec::<f32>()), sizes(one)),
        (refusal(|| many(&[P62]).sum()), sizes(one)),
        (refusal(layers), sizes(square)),
        (refusal(|| many(&[P40]).outer(&many(&[P40]))), sizes(square)),
        (refusal(|| many(&[P40, 1]).add(&many(&[1, P40]))), sizes(square)),
        (refusal(|| zeros([1, 0]).expand([P40, 0]).matmul(&zeros([0, 1]).expand([0, P40]))), sizes(square)),
        (refusal(|| cat(&[many(&[P62]), many(&[P62])], 0)), sizes("[9223372036854775808]")),
        (refusal(|| cat(&vec![many(&[P62]); 5], 0)), sizes("[18446744073709551615]")),
        (refusal(|| stack(&vec![many(&[P62]); 4], 0)), sizes("[4, 4611686018427387904]")),
    ];
    for (i, (refusal, words)) in cases.iter().enumerate() {
        assert_eq!(refusal, words, "case {i}");
    }
}

#[test]
fn views_of_more_elements_than_can_be_counted() {
    let x = zeros([1]);
    for (refusal, words) in [
        (
            refusal(|| zeros([3]).expand([-2, 3])),
            "numel: integer multiplication overflow: -2 is no size, in [-2, 3]",
        ),
        (refusal(|| x.expand([-2])), "numel: integer multiplication overflow"),
        (
            refusal(|| x.expand([1_000_003, 4_425_120_820_247_502_466i64])),
            "numel: integer multiplication overflow: [1000003, 4425120820247502466]",
        ),
        (refusal(|| x.expand([P62, 4])), "numel: integer multiplication overflow"),
        (refusal(|| x.expand([usize::MAX])), "no axis has a size of 18446744073709551615"),
        (refusal(|| zeros([1, 1, 0]).expand([P62, P62, 0])), "numel: integer multiplication overflow"),
        (refusal(|| x.as_strided([P62, 4], [0, 0], 0)), "numel: integer multiplication overflow"),
        (refusal(|| x.as_strided([P62], [P62], 0)), "reach outside the 1 elements"),
        (refusal(|| x.as_strided([2, 2], [0], 0)), "mismatch in length of strides and shape"),
        (refusal(|| x.reshape([-2, 3])), "invalid shape dimension -2 at index 0 of shape [-2, 3]"),
        (refusal(|| x.reshape([P62, 4])), "shape '[4611686018427387904, 4]' is invalid for input of size 1"),
        (
            refusal(|| x.reshape([1i64 << 62, 4, -1])),
            "shape '[4611686018427387904, 4, -1]' is invalid for input of size 1",
        ),
        (
            refusal(|| zeros([0]).reshape([P62, 4, 0])),
            "shape '[4611686018427387904, 4, 0]' is invalid for input of size 0",
        ),
        (
            refusal(|| broadcast_tensors(&[many(&[P62, 1]), many(&[1, P62])])),
            "overflowed with sizes=[4611686018427387904, 4611686018427387904]",
        ),
        (refusal(|| x.split_sizes(&[usize::MAX, 2], 0)), "to sum exactly to 1"),
        (
            refusal(|| x.narrow(0, isize::MIN, 1)),
            "start out of range (expected to be in range of [-1, 1], but got -9223372036854775808)",
        ),
        (
            refusal(|| x.narrow(0, 1, usize::MAX)),
            "start (1) + length (18446744073709551615) exceeds dimension size (1).",
        ),
        (refusal(|| x.select(0, isize::MIN)), "index -9223372036854775808 is out of bounds"),
        (refusal(|| x.sum_dim([isize::MIN], false)), "out of range"),
        (refusal(|| zeros(()).size(0)), "Dimension specified as 0 but tensor has no dimensions"),
    ] {
        assert!(refusal.contains(words), "{refusal}");
    }
}

#[test]
fn large_views_that_can_be_counted_are_views() {
    assert_eq!(many(&[P62]).numel(), P62);
    assert_eq!(many(&[P40, 1 << 20]).t().flatten(0, 1).numel(), 1 << 60);
    assert_eq!(zeros([1, 0]).expand([P62, 0]).reshape(-1).shape(), [0]);
    assert_eq!(zeros([3, 4]).slice(0, 0, isize::MAX, 1 << 62).unsqueeze(0).shape(), [1, 1, 4]);
    assert_eq!(zeros([3]).split(usize::MAX, 0).len(), 1);
}

#[test]
fn ranges_are_counted_exactly() {
    assert_eq!(arange(i64::MIN, i64::MAX, 1i64 << 62).to_vec::<i64>(), [i64::MIN, -1 << 62, 0, 1 << 62]);
    assert_eq!(arange(1i64 << 62, (1i64 << 62) + 2, 1).to_vec::<i64>(), [1 << 62, (1 << 62) + 1]);
    for (refusal, words) in [
        (
            refusal(|| arange((1i64 << 62) + 1, 1i64 << 62, 1)),
            "upper bound and lower bound inconsistent with step sign",
        ),
        (refusal(|| arange(0, 5, 0)), "step must be nonzero"),
        (refusal(|| arange(0.0, 1e19, 1.0)), "invalid size, possible overflow?"),
        (refusal(|| arange(0.0, f64::INFINITY, 1.0)), "unsupported range: 0 -> inf"),
        (refusal(|| arange(0.0, 1.0, f64::NAN)), "step must be finite but got NaN"),
    ] {
        assert!(refusal.contains(words), "{refusal}");
    }
}

#[test]
fn memory_that_is_not_there_is_a_panic() {
    let words = |bytes: &str, shape: &str| {
        format!("can't allocate memory: you tried to allocate {bytes} bytes for a tensor of shape {shape}")
    };
    let (bytes, shape) = ("1152921504606846976", "[288230376151711744]");
    let n = 1usize << 58;
    for refusal in [
        refusal(|| zeros([n])),
        refusal(|| rand([n])),
        refusal(|| linspace(0.0, 1.0, n)),
        refusal(|| Tensor::from_fill([n], |_: &mut [f32]| {})),
        refusal(|| many(&[n]).add_scalar(1.0)),
        refusal(|| many(&[n]).to_vec::<f32>()),
        refusal(|| cat(&[many(&[n / 2]), many(&[n / 2])], 0)),
    ] {
        assert!(refusal.contains("can't allocate memory"), "{refusal}");
    }
    assert_eq!(refusal(|| zeros([n])), words(bytes, shape));
    assert_eq!(refusal(|| eye(1 << 29)), words(bytes, "[536870912, 536870912]"));
    assert_eq!(refusal(|| randperm(n / 2)), words(bytes, "[144115188075855872]"));
}
