//! Transforms give the floats that NumPy and torch give, by the table and sample by sample.

use std::panic::catch_unwind;

use datasets::transforms;
use datasets::transforms::{Compose, Elementwise, Flatten, Lambda, Normalize, ToTensor, Transform};
use tensor::{DType, Tensor};
use testing::{assert_bits, recording};

/// All 256 bytes as an image.
fn image() -> Tensor {
    Tensor::from((0..=255u8).collect::<Vec<_>>()).reshape([16, 16])
}

#[test]
fn the_notes_transform_is_numpys_to_the_bit() {
    let expected = recording!("transforms").case("data_tf").tensor("y");
    let tensors = |x: Tensor| ((x.to_dtype(DType::F32) / 255.0 - 0.5) / 0.5).reshape([-1]);
    let ways: [Compose; 4] = [
        transforms![ToTensor, Normalize::new(0.5, 0.5), Flatten],
        transforms![Elementwise(|x| (x / 255.0 - 0.5) / 0.5), Flatten],
        transforms![Flatten, Elementwise(|x| x / 255.0), Elementwise(|x| (x - 0.5) / 0.5)],
        transforms![Lambda(tensors)],
    ];
    for (i, data_tf) in ways.iter().enumerate() {
        let x = data_tf.apply(image());
        assert_bits(format!("way {i}"), &x, &expected);
        assert_eq!(data_tf.is_elementwise(), i < 3);
    }
}

#[test]
fn normalize_is_torchvisions_to_the_bit() {
    let recording = recording!("transforms");
    assert_eq!(recording.named("normalize").len(), 2);
    for case in recording.named("normalize") {
        let (mean, std) = (case.number("mean"), case.number("std"));
        let x = transforms![ToTensor, Normalize::new(mean, std)].apply(image());
        assert_bits(format!("{case:?}"), &x, &case.tensor("y"));
    }
}

#[test]
fn channels_come_first_and_have_their_own_statistics() {
    let image = Tensor::from([[[0u8, 51], [102, 153]]]); // one row, two columns, two channels
    let x = ToTensor.apply(image);
    assert_eq!((x.shape(), x.to_vec::<f32>()), (&[2, 1, 2][..], vec![0.0, 0.4, 0.2, 0.6]));
    let normalize = Normalize::new([0.0, 0.2], [0.5, 0.25]);
    assert!(!normalize.is_elementwise());
    let y = normalize.apply(x);
    assert_eq!(y.to_vec::<f32>(), [0.0, 0.8, 0.0, (0.6f32 - 0.2) / 0.25]);
}

#[test]
fn only_bytes_are_scaled() {
    let x = ToTensor.apply(Tensor::from([[1.0f32, 2.0]]));
    assert_eq!((x.shape(), x.to_vec::<f32>()), (&[1, 1, 2][..], vec![1.0, 2.0]));
}

#[test]
fn a_transform_does_not_write_into_its_argument() {
    let x = Tensor::from([[1.0f32, 2.0]]);
    Normalize::new(1.0, 2.0).apply(x.clone());
    assert_eq!(x.to_vec::<f32>(), [1.0, 2.0]);
}

#[test]
fn mistakes_are_refused() {
    assert!(catch_unwind(|| Normalize::new(0.5, 0.0)).is_err());
    assert!(catch_unwind(|| Normalize::new([0.5, 0.5], 1.0)).is_err());
    assert!(catch_unwind(|| Normalize::new([0.5, 0.5], [1.0, 1.0]).apply(tensor::zeros([3, 4, 4]))).is_err());
    assert!(catch_unwind(|| Normalize::new(0.5, 0.5).apply(image())).is_err(), "bytes are not normalised");
    assert!(catch_unwind(|| ToTensor.apply(tensor::zeros([4]))).is_err());
}
