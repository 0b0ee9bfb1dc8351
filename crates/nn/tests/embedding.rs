//! Tables of embeddings print, begin, look up and differentiate as torch's, to the bit.

use autograd::Variable;
use nn::{Embedding, EmbeddingOptions, Forward, Linear, Module, Options, Registry, sequential};
use tensor::{DType, Tensor, Value};
use testing::{alone, assert_bits, ramp, recording};

#[test]
fn embeddings_are_torchs() {
    let _alone = alone();
    for case in recording!("embedding").cases() {
        let [rows, width] = ["rows", "width"].map(|name| case.number(name) as usize);
        let options = case.text("options").parse::<Value>().expect("Python");
        let options = EmbeddingOptions::from_value(&options).expect("options");
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
