//! Trainings of nets for images against torch's, loss by loss; `cargo xtask record examples/images` recorded
//! torch's on one thread.

use datasets::Mnist;
use examples::{ImageRun, image_tf};
use tensor::Tensor;
use tensor::kernels::simd::Isa;
use testing::{Within, assert_bits, assert_close, recording};

#[test]
fn losses_are_torchs() {
    let digits = Mnist::embedded_train(image_tf());
    let recording = recording!("images_avx2");
    assert_eq!(recording.cases().len(), ImageRun::ALL.len());
    for (run, case) in ImageRun::ALL.iter().zip(recording.cases()) {
        assert_eq!(run.name(), case.name());
        let losses = run.losses(&digits, case.number("steps") as usize);
        let (ours, torchs) = (Tensor::from(losses).to_dtype(tensor::DType::F32), case.tensor("losses"));
        // Other processors add in another order, and the differences soon grow.
        if Isa::current() != Isa::Avx2 {
            let first = |x: Tensor| x.narrow(0, 0, 3);
            assert_close(run.name(), &first(ours), &first(torchs), Within::relative(1e-4));
        } else if run.is_exact() {
            assert_bits(run.name(), &ours, &torchs);
        } else {
            assert_close(run.name(), &ours, &torchs, Within::relative(5e-6));
        }
    }
}
