use nn::Module;

struct Cache;

#[derive(Module)]
struct Net {
    #[module(skip)]
    cache: Cache,
}

fn main() {}
