//! The page itself.

use std::collections::BTreeMap;

/// Torch's names of one kind, sorted.
#[derive(Default)]
pub(crate) struct Part {
    pub(crate) here: Vec<String>,
    /// Forms, and torch's names for them.
    other: BTreeMap<&'static str, Vec<String>>,
    /// Reasons, and what is not here for them.
    absent: BTreeMap<&'static str, Vec<String>>,
}

impl Part {
    pub(crate) fn add_other(&mut self, name: &str, form: &'static str) {
        self.other.entry(form).or_default().push(name.to_owned());
    }

    pub(crate) fn add_absent(&mut self, name: &str, reason: &'static str) {
        self.absent.entry(reason).or_default().push(name.to_owned());
    }
}

const HEAD: &str = "\
# Torch's names, and ours

What PyTorch 2.15 has, by its own lists: the entries of its operator and optimizer test tables (`op_db`, `optim_db`), the modules
of `torch.nn` and the functions of `torch.nn.functional`. `cargo test -p docs --test torch_names` writes this page from the crates,
fails when it is stale, and compares the value of every form under another name with torch's. The values of what has its own name
are compared by the tests of the crates: of the operators in `autograd/tests/edges`, which has a row for each.

| | torch has | under its name | under another | not here |
|---|---|---|---|---|
";

pub(crate) const OPERATORS: &str = "\
On `Tensor`, and on `Variable` if it can be differentiated; `cat` and the like are functions of `tensor` and `autograd`, those of
`linalg` are in `autograd::linalg` or methods, those of `nn.functional` in `nn::functional`, those of `special` are methods like all others.
What changes a tensor in place ends in `_` as in torch. After the bar stands the variant of a test.";

pub(crate) const CLASSES: &str = "In `nn`.";

pub(crate) const FUNCTIONALS: &str = "In `nn::functional`.";

pub(crate) const OPTIMIZERS: &str = "In `optim`.";

/// The page of these parts: a heading, a sentence, the names.
pub(crate) fn written(parts: &[(&str, &str, Part)]) -> String {
    let mut text = HEAD.to_owned();
    let count = |of: &BTreeMap<&str, Vec<String>>| of.values().map(Vec::len).sum::<usize>();
    for (title, _, Part { here, other, absent }) in parts {
        let (other, absent) = (count(other), count(absent));
        text +=
            &format!("| {title} | {} | {} | {other} | {absent} |\n", here.len() + other + absent, here.len());
    }
    for (title, where_, part) in parts {
        text += &format!("\n## {title}\n\n{where_}\n\n{}", wrapped(&code(&part.here)));
        if !part.other.is_empty() {
            text += "\nUnder another name:\n\n| torch | here |\n|---|---|\n";
            let mut rows: Vec<_> = part.other.iter().map(|(form, names)| (code(names), form)).collect();
            rows.sort();
            for (names, form) in rows {
                // A long form is broken by the compiler.
                let form = form.split_whitespace().collect::<Vec<_>>().join(" ");
                text += &format!("| {names} | `{form}` |\n");
            }
        }
        if !part.absent.is_empty() {
            text += "\nNot here:\n";
            for (reason, names) in &part.absent {
                text += &format!("\n{reason}\n{}", wrapped(&code(names)));
            }
        }
    }
    text
}

fn code(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// In lines of at most 130 characters.
fn wrapped(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is one");
        if line.len() + 1 + word.len() > 130 {
            lines.push(word.to_owned());
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            *line += word;
        }
    }
    lines.join("\n") + "\n"
}
