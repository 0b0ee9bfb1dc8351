//! Random fills of views. One test: the default generator is shared.

use tensor::{Tensor, manual_seed, ones};

/// Values of torch 2.15 after `torch.manual_seed(0)`, each drawn into a view of
/// another layout and listed row by row.
#[test]
fn layouts_are_filled_in_the_order_of_the_memory() {
    let uniform = [
        0.496_256_6,
        0.30742282,
        0.768_221_8,
        0.634_078_7,
        0.08847743,
        0.490_093_4,
        0.13203049,
        0.89644474f32,
    ];
    let normal =
        [1.5409961, -1.0845224, -0.2934289, -1.3985955, -2.1787894, 0.4033468, 0.5684313, 0.8380263f32];
    let close = |x: Vec<f32>, y: &[f32]| x.iter().zip(y).all(|(x, y)| (x - y).abs() < 1e-6);
    let seeded = |mut x: Tensor, fill: &dyn Fn(&mut Tensor)| {
        manual_seed(0);
        fill(&mut x);
        x
    };
    let view = || ones([2, 4]).t();
    let x = seeded(view(), &|x| drop(x.uniform_(0.0, 1.0).clone()));
    assert!(close(x.to_vec(), &uniform) && x.strides() == [1, 4]);
    assert!(close(seeded(view(), &|x| drop(x.normal_(0.0, 1.0).clone())).to_vec(), &normal));
    let x = seeded(view(), &|x| drop(x.bernoulli_(0.5).clone()));
    assert_eq!(x.to_vec::<f32>(), [0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0]);
    // A part of rows keeps their order, and a part of columns that of the columns.
    let x = seeded(ones([3, 4]).narrow(1, 1, 2).t(), &|x| drop(x.uniform_(0.0, 1.0).clone()));
    assert!(close(x.to_vec(), &[0.496_256_6, 0.08847743, 0.30742282, 0.768_221_8, 0.13203049, 0.634_078_7]));
    let x = seeded(ones([4, 6]).t().slice(0, 0, 6, 2), &|x| drop(x.bernoulli_(0.5).clone()));
    assert_eq!(x.to_vec::<f32>(), [0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0, 1.0]);
    // From 16 values on, normals are drawn in blocks only where they lie row by row.
    let x = seeded(ones([4, 6]).t(), &|x| drop(x.normal_(0.0, 1.0).clone()));
    assert!(close(x.to_vec(), &[1.5409961, 0.4033468, -0.8566746, -0.8919953, -0.2934289, 0.8380263]));
    let x = seeded(ones([1, 3]).expand([6, 3]), &|x| drop(x.normal_(0.0, 1.0).clone()));
    assert!(close(x.to_vec(), &[-1.1258398, -1.1523602, 0.5666506]));
    // `bernoulli` makes a new tensor, which lies row by row.
    let x = seeded(ones([2, 4]).mul_scalar(0.5).t(), &|x| *x = x.bernoulli());
    assert_eq!(x.to_vec::<f32>(), [1.0, 0.0, 1.0, 1.0, 1.0, 0.0, 1.0, 0.0]);
    // The values elsewhere in the same memory stay.
    let whole = ones([2, 4]);
    let _ = whole.t().uniform_(0.0, 1.0);
    assert_eq!(whole.sum().item(), 8.0);
}
