use nn::{Linear, Module};

#[derive(Module)]
struct Net<'a> {
    inner: &'a Linear,
}

fn main() {}
