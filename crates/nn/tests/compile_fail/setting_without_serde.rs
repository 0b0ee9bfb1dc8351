use nn::Module;

struct Mode;

#[derive(Module)]
struct Net {
    #[module(config)]
    mode: Mode,
}

fn main() {}
