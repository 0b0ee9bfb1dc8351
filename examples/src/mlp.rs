use nn::{Linear, ReLU, Sequential};

/// `nn.Sequential(nn.Linear(784, 400), nn.ReLU(), nn.Linear(400, 200), nn.ReLU(), …)`, for these sizes.
pub fn mlp(sizes: &[usize]) -> Sequential {
    let mut net = Sequential::new();
    for (i, pair) in sizes.windows(2).enumerate() {
        if i > 0 {
            net.push(ReLU::new());
        }
        net.push(Linear::new(pair[0], pair[1]));
    }
    net
}
