use nn::{Linear, Module, sequential};

#[derive(Module)]
struct Net {
    inner: Linear,
}

fn main() {
    sequential![Net { inner: Linear::new(1, 1) }];
}
