use nn::Module;

#[derive(Module)]
struct Net {
    width: usize,
}

fn main() {}
