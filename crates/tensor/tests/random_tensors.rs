//! Random tensors of every dtype against torch's. One test: the default generator is shared.

use tensor::DType::{BF16, Bool, F16, F32, F64, I8, I32, I64, U8};
use tensor::{DType, Tensor, rand_dtype, randint, randint_dtype, randn, randn_dtype, randperm, zeros_dtype};
use testing::{assert_bits, recording};

fn probabilities(dtype: DType) -> Tensor {
    let p = [0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0].repeat(4);
    match dtype {
        F32 => Tensor::from(p.iter().map(|&p| p as f32).collect::<Vec<_>>()),
        _ => Tensor::from(p),
    }
}

fn draw(name: &str) -> Tensor {
    match name {
        "rand_float16" => rand_dtype([40], F16),
        "rand_bfloat16" => rand_dtype([40], BF16),
        "rand_float64" => rand_dtype([2, 3], F64),
        "randn_5_float16" => randn_dtype([5], F16),
        "randn_16_bfloat16" => randn_dtype([16], BF16),
        "randn_37_float16" => randn_dtype([37], F16),
        "randn_37_float64" => randn_dtype([37], F64),
        "randn_37_float32" => randn([37]),
        "uniform_bfloat16" => zeros_dtype([40], BF16).uniform_(-3.0, 0.5).clone(),
        "normal_bfloat16" => zeros_dtype([20], BF16).normal_(2.0, 0.1).clone(),
        "bernoulli_tensor_float32" => probabilities(F32).bernoulli(),
        "bernoulli_tensor_float64" => probabilities(F64).bernoulli(),
        "bernoulli_int64" => zeros_dtype([20], I64).bernoulli_(0.4).clone(),
        "bernoulli_bool" => zeros_dtype([20], Bool).bernoulli_(0.4).clone(),
        "bernoulli_float16" => zeros_dtype([20], F16).bernoulli_(0.4).clone(),
        "randint_uint8" => randint_dtype(0, 256, [20], U8),
        "randint_int8" => randint_dtype(-128, 128, [20], I8),
        "randint_int32" => randint_dtype(-(1 << 31), 1 << 31, [20], I32),
        "randint_float32" => randint_dtype(-5, 1000, [20], F32),
        "randint_bool" => randint_dtype(0, 2, [20], Bool),
        "randint" => randint(-3, 7, [2, 5]),
        "randperm" => randperm(12),
        _ => panic!("{name}: unknown to this test"),
    }
}

#[test]
fn every_random_tensor_equals_torchs() {
    tensor::manual_seed(11);
    for step in recording!("random_tensors").cases() {
        assert_bits(step.name(), &draw(step.name()), &step.tensor("drawn"));
    }
}

#[test]
#[should_panic(expected = "randint: [0, 257) is out of bounds for torch.uint8")]
fn integers_that_do_not_fit_the_dtype_are_refused() {
    randint_dtype(0, 257, [1], U8);
}

#[test]
#[should_panic(expected = "normal_: expects a floating-point tensor, got torch.int64")]
fn normals_need_a_floating_point_tensor() {
    randn_dtype([3], I64);
}
