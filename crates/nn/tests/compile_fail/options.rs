use nn::Options;

#[derive(Clone, Debug, Options)]
#[option(shown = never)]
struct OptionOnStruct {
    lr: f64,
}

#[derive(Clone, Debug, Options)]
struct OptionsOnField {
    #[options(check(lr >= 0.0, "Invalid learning rate: {lr}"))]
    lr: f64,
}

#[derive(Clone, Debug, Options)]
struct Unknown {
    #[option(defualt = 0.1)]
    lr: f64,
}

fn main() {}
