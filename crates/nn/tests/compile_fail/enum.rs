use nn::Module;

#[derive(Module)]
enum Net {
    Small,
    Large,
}

fn main() {}
