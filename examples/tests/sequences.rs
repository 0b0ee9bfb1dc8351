//! Trainings of nets for sequences against torch's, loss by loss; `cargo xtask record examples/sequences`
//! recorded torch's on one thread of an AMD processor, with AVX-512 and with AVX2 alone.

use datasets::Mnist;
use examples::{SequenceRun, image_tf};
use tensor::Tensor;
use tensor::kernels::rounding::Rounding;
use tensor::kernels::simd::Isa;
use testing::{Within, assert_bits, assert_close, recording};

#[test]
fn losses_are_torchs() {
    Rounding::Amd.select();
    let digits = Mnist::embedded_train(image_tf());
    let isa = Isa::current();
    let recording = match isa {
        Isa::Avx512 => recording!("sequences_avx512"),
        _ => recording!("sequences_avx2"),
    };
    assert_eq!(recording.cases().len(), SequenceRun::ALL.len());
    for (run, case) in SequenceRun::ALL.iter().zip(recording.cases()) {
        assert_eq!(run.name(), case.name());
        let losses = run.losses(&digits, case.number("steps") as usize);
        let (ours, torchs) = (Tensor::from(losses).to_dtype(tensor::DType::F32), case.tensor("losses"));
        let first = |x: Tensor| x.narrow(0, 0, 3);
        match (isa, run) {
            (Isa::Avx512, SequenceRun::RowLstm) => assert_bits(run.name(), &ours, &torchs),
            // oneDNN's gates for AVX2 have functions of their own.
            (Isa::Avx2, SequenceRun::RowLstm) => {
                assert_close(run.name(), &ours, &torchs, Within::relative(5e-6));
            }
            (Isa::Avx512 | Isa::Avx2, _) => {
                assert_close(run.name(), &ours, &torchs, Within::relative(1e-6));
            }
            // Other processors add in another order.
            _ => assert_close(run.name(), &first(ours), &first(torchs), Within::relative(1e-4)),
        }
    }
}
