//! Functions of the gamma distribution, and draws from it, on many numbers: each is torch's to the bit.

use tensor::{Tensor, manual_seed, rand, zeros};
use testing::{alone, checksum, recording};

#[test]
fn many_numbers_are_torchs_to_the_bit() {
    let _alone = alone();
    let recording = recording!("gamma");
    let check = |name: &str, y: &Tensor| {
        assert_eq!(checksum(y), recording.case(name).text("sum"), "{name}");
    };
    manual_seed(0);
    let x = rand(20_000) * 40 - 10;
    check("digamma", &x.digamma());
    check("trigamma", &x.polygamma(1));
    let square = rand(20_000).square();
    let alpha = &square * &square * 40 + 0.01;
    manual_seed(1);
    let draws = alpha.standard_gamma();
    check("gamma", &draws);
    check("gamma_grad", &alpha.standard_gamma_grad(&draws));
    let rows = alpha.reshape([5_000, 4]);
    manual_seed(2);
    let shares = rows.sample_dirichlet();
    check("dirichlet", &shares);
    let total = rows.sum_dim(-1, true).expand([5_000, 4]);
    check("dirichlet_grad", &shares.dirichlet_grad(&rows, &total));
    manual_seed(3);
    check("exponential", zeros(20_000).exponential_(0.7));
}
