use nn::{Identity, Linear, Module};

#[derive(Module)]
struct Unknown {
    #[module(confg)]
    width: usize,
}

#[derive(Module)]
#[module(kind = "Net")]
struct UnknownOnStruct;

#[derive(Module)]
struct Both {
    #[module(config, skip)]
    width: usize,
}

#[derive(Module)]
struct Twice {
    #[module(name = "0")]
    a: Linear,
    #[module(name = "0")]
    b: Identity,
}

#[derive(Module)]
struct Dotted {
    #[module(name = "fc.0")]
    a: Linear,
}

#[derive(Module)]
struct Nameless {
    #[module(skip, name = "a")]
    a: usize,
}

fn main() {}
