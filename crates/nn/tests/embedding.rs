//! Tables of embeddings, of rows and of bags, print, begin, look up and differentiate as torch's, to the bit.

use autograd::Variable;
use nn::{
    Embedding, EmbeddingBag, EmbeddingBagMode, EmbeddingBagOptions, EmbeddingOptions, Forward, Linear,
    Module, Registry, sequential,
};
use tensor::{DType, Tensor};
use testing::{alone, assert_bits, ramp, recording, refusal};

#[test]
fn embeddings_are_torchs() {
    let _alone = alone();
    for case in recording!("embedding").named("Embedding") {
        let [rows, width] = ["rows", "width"].map(|name| case.number(name) as usize);
        let options: EmbeddingOptions = case.options();
        let weight = case.tensor("weight");
        let what = format!("{} of {}", case.text("repr"), weight.dtype());
        tensor::manual_seed(3);
        let drawn = Embedding::with(rows, width, options);
        if weight.dtype() == DType::F32 {
            let drawn = drawn.weight.data();
            assert!(drawn.allclose(&weight, 1e-6, 1e-7), "{what}: {drawn} instead of {weight}");
        }
        let layer = Embedding::from_pretrained(weight, false, options);
        assert_eq!([layer.repr(), drawn.repr()], [case.text("repr"), case.text("repr")]);
        let y = layer.forward(&Variable::new(case.tensor("x")));
        assert_eq!(y.grad_fn(), Some("EmbeddingBackward0"));
        y.backward_with(ramp(&y.data()));
        assert_bits(format!("y of {what}"), &y.data(), &case.tensor("y"));
        assert_bits(format!("the table after {what}"), &layer.weight.data(), &case.tensor("after"));
        let gradient = layer.weight.grad().expect("it took part");
        assert_bits(format!("gradient of {what}"), &gradient, &case.tensor("dweight"));

        let again = Registry::new().build(&layer.architecture(), &layer.state_dict()).expect("the same");
        assert_eq!((again.architecture(), again.repr()), (layer.architecture(), layer.repr()));
        assert_eq!(layer.state_dict().keys().collect::<Vec<_>>(), ["weight"]);
    }
}

#[test]
fn bags_are_torchs() {
    let _alone = alone();
    let recording = recording!("embedding");
    for recorded in recording.groups().iter().filter(|group| group.case.name() == "EmbeddingBag") {
        let case = recorded.case;
        let [rows, width] = ["rows", "width"].map(|name| case.number(name) as usize);
        let options: EmbeddingBagOptions = case.options();
        let results = recorded.tensors("results");
        let result = |name: &str| results.iter().find(|(other, _)| other == name).map(|(_, x)| x.clone());
        let expected = |name| result(name).expect("it was recorded");
        let weight = expected("weight");
        let what = format!("{} of {}", case.text("repr"), weight.dtype());
        tensor::manual_seed(3);
        let drawn = EmbeddingBag::with(rows, width, options);
        if weight.dtype() == DType::F32 {
            let drawn = drawn.weight.data();
            assert!(drawn.allclose(&weight, 1e-6, 1e-7), "{what}: {drawn} instead of {weight}");
        }
        let layer = EmbeddingBag::from_pretrained(weight, false, options);
        assert_eq!([layer.repr(), drawn.repr()], [case.text("repr"), case.text("repr")]);
        let input = |name| case.get_tensor(name).map(Variable::new);
        let (x, offsets) = (input("x").expect("there is one"), input("offsets"));
        let weights = input("weights").map(|weights| weights.requires_grad_(true));
        let y = layer.forward(&x, offsets.as_ref(), weights.as_ref());
        assert_eq!(y.grad_fn(), Some("EmbeddingBagBackward0"));
        y.backward_with(ramp(&y.data()));
        assert_bits(format!("y of {what}"), &y.data(), &expected("y"));
        assert_bits(format!("the table after {what}"), &layer.weight.data(), &expected("after"));
        let gradient = layer.weight.grad().expect("it took part");
        assert_bits(format!("gradient of {what}"), &gradient, &expected("dweight"));
        if let Some(weights) = weights {
            let gradient = weights.grad().expect("they took part");
            assert_bits(format!("gradient of weights of {what}"), &gradient, &expected("dweights"));
        }
        if offsets.is_none() && case.get_tensor("weights").is_none() {
            assert_bits(format!("{what} as a layer"), &Forward::forward(&layer, &x).data(), &expected("y"));
        }
        let again = Registry::new().build(&layer.architecture(), &layer.state_dict()).expect("the same");
        assert_eq!((again.architecture(), again.repr()), (layer.architecture(), layer.repr()));
    }
}

/// Right words: torch's, but for offsets that it does not look at.
#[test]
fn what_is_no_bag_is_refused() {
    let _alone = alone();
    let of = |x: Tensor, offsets: Option<Tensor>, weights: Option<Tensor>, options| {
        let [offsets, weights] = [offsets, weights].map(|x| x.map(Variable::new));
        let layer = EmbeddingBag::with(5, 3, options);
        refusal(|| layer.forward(&Variable::new(x), offsets.as_ref(), weights.as_ref()))
    };
    let x = || Tensor::from([0i64, 1]);
    let at = |offsets: &[i64]| Some(Tensor::from_slice(offsets, offsets.len()));
    let plain = EmbeddingBagOptions::default();
    let last = EmbeddingBagOptions { include_last_offset: true, ..plain };
    let sum = EmbeddingBagOptions { mode: EmbeddingBagMode::Sum, ..plain };
    let max = EmbeddingBagOptions { mode: EmbeddingBagMode::Max, ..plain };
    let frequent = EmbeddingBagOptions { scale_grad_by_freq: true, ..max };
    let ones = |n: usize| Some(tensor::ones(n));
    for (got, expected) in [
        (
            of(Tensor::from([[0i64, 1], [5, 2]]), None, None, plain),
            "index out of range in self: 5 at position [1, 0] is no row of a table of 5 ([5, 3])",
        ),
        (
            of(x(), at(&[1]), None, plain),
            "offsets[0] has to be 0, i.e., the first sequence in the mini-batch",
        ),
        (
            of(x(), at(&[0, 3]), None, plain),
            "offsets[-1] can not be greater than input's length 2 but got offsets[-1] of 3",
        ),
        (of(x(), at(&[0, 2, 1]), None, plain), "offsets must not fall, but 1 comes behind 2"),
        (of(x(), at(&[0, 1]), None, last), "the last of offsets has to be the input's length 2, got 1"),
        (of(x(), at(&[]), None, last), "include_last_offset: number of offset should be at least 1"),
        (of(x(), at(&[]), None, plain), "offsets are empty, so that 2 rows are in no bag"),
        (of(x(), None, None, plain), "offsets has to be a 1D Tensor but got None"),
        (of(x(), Some(Tensor::from([[0i64]])), None, plain), "offsets has to be a 1D Tensor"),
        (of(x(), ones(1), None, plain), "argument #1 'offsets' to have one of the following scalar types"),
        (of(x().reshape([1, 2]), at(&[0]), None, plain), "if input is 2D, then offsets has to be None"),
        (
            of(Tensor::from(1i64), at(&[0]), None, plain),
            "input has to be 1D or 2D Tensor, but got Tensor of dimension 0",
        ),
        (of(tensor::zeros(2), at(&[0]), None, plain), "argument #1 'indices' to have one of the following"),
        (of(x(), at(&[0]), ones(3), sum), "then it must have the same shape as the input ([2])"),
        (of(x(), at(&[0]), ones(2), plain), "only supported for mode='sum' (got mode='mean')"),
        (of(x(), at(&[0]), ones(2), max), "only supported for mode='sum' (got mode='max')"),
        (
            of(x(), at(&[0]), Some(tensor::ones_dtype(2, DType::F64)), sum),
            "type torch.float32 does not equal torch.float64",
        ),
        (
            of(x(), at(&[0]), None, frequent),
            "max mode does not support scaling the gradient by the frequency",
        ),
    ] {
        assert!(got.starts_with("embedding_bag: ") && got.contains(expected), "{got}");
    }
}

#[test]
fn a_frozen_table_is_not_trained_and_stays_so_in_a_file() {
    let table = Tensor::from([[1.0f32, 2.0], [3.0, 4.0]]);
    let net =
        sequential![Embedding::from_pretrained(table, true, EmbeddingOptions::default()), Linear::new(2, 1)];
    let names = |net: &dyn Module| -> Vec<(String, bool)> {
        net.named_parameters().iter().map(|(name, p)| (name.clone(), p.requires_grad())).collect()
    };
    let expected = [("0.weight", false), ("1.weight", true), ("1.bias", true)];
    assert_eq!(names(&net), expected.map(|(name, trained)| (name.to_owned(), trained)));
    let again = Registry::new().build(&net.architecture(), &net.state_dict()).expect("the same");
    assert_eq!(names(&*again), names(&net));
    let y = net.forward(&Variable::new(Tensor::from([1i64, 0])));
    assert_eq!(y.shape(), [2, 1]);
}

#[test]
#[should_panic(expected = "Embedding: Padding_idx must be within num_embeddings: 7 of 5")]
fn padding_is_a_row() {
    Embedding::with(5, 3, EmbeddingOptions { padding_idx: Some(7), ..Default::default() });
}

#[test]
#[should_panic(expected = "Embeddings parameter is expected to be 2-dimensional, got [3]")]
fn a_table_is_a_matrix() {
    Embedding::from_pretrained(tensor::zeros(3), true, EmbeddingOptions::default());
}
