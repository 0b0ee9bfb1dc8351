//! The equations of `einsum`.

/// An axis by its name, in the order in which unnamed outputs are sorted: the ellipsis, large letters, small
/// ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Label {
    Ellipsis,
    Letter(char),
}

/// `ij,jk->ik`, read.
#[derive(Debug, PartialEq)]
pub(super) struct Equation {
    /// The axes of each operand.
    pub(super) inputs: Vec<Vec<Label>>,
    /// The axes of the result, if it is written down.
    pub(super) output: Option<Vec<Label>>,
}

impl Equation {
    /// # Panics
    /// In torch's words, if `text` is no equation for so many operands.
    #[track_caller]
    pub(super) fn read(text: &str, operands: usize) -> Equation {
        let (left, right) = match text.find("->") {
            Some(arrow) => (&text[..arrow], Some(arrow + 2)),
            None => (text, None),
        };
        let (mut inputs, mut start) = (Vec::new(), 0);
        for part in left.split(',') {
            let i = inputs.len();
            assert!(
                i < operands,
                "einsum: einsum(): fewer operands were provided than specified in the equation: {operands} for \
                 {text:?}"
            );
            let twice = format!("operand {i} for which an ellipsis was already found");
            let alone = format!("operand {i} that is not part of any ellipsis");
            inputs.push(labels(part, start, &twice, &alone));
            start += part.len() + 1;
        }
        assert!(
            inputs.len() == operands,
            "einsum: einsum(): more operands were provided than specified in the equation: {operands} for {text:?}"
        );
        let output = right.map(|start| {
            let twice = "output but an ellipsis (...) was already found";
            labels(&text[start..], start, twice, "output that is not part of any ellipsis (...)")
        });
        if let Some(output) = &output {
            check_output(&inputs, output);
        }
        Equation { inputs, output }
    }

    /// The axes of the result: as written, or those of the ellipsis and then what stands once, sorted.
    pub(super) fn result(&self) -> Vec<Label> {
        if let Some(output) = &self.output {
            return output.clone();
        }
        let all = self.sorted();
        let count = |label: &Label| self.inputs.iter().flatten().filter(|other| *other == label).count();
        all.into_iter().filter(|label| *label == Label::Ellipsis || count(label) == 1).collect()
    }

    /// Every name once, sorted.
    pub(super) fn sorted(&self) -> Vec<Label> {
        let mut all: Vec<Label> = self.inputs.iter().flatten().copied().collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// The axes that `part` names, which begins at `start` in the equation. The texts say what is wrong about a
/// second ellipsis, and about a dot that is in none.
#[track_caller]
fn labels(part: &str, start: usize, twice: &str, alone: &str) -> Vec<Label> {
    let (mut labels, mut at) = (Vec::new(), 0);
    while let Some(letter) = part[at..].chars().next() {
        match letter {
            ' ' => {}
            '.' => {
                assert!(!labels.contains(&Label::Ellipsis), "einsum: einsum(): found '.' for {twice}");
                assert!(part[at..].starts_with("..."), "einsum: einsum(): found '.' for {alone}");
                labels.push(Label::Ellipsis);
                at += 2;
            }
            'a'..='z' | 'A'..='Z' => labels.push(Label::Letter(letter)),
            _ => panic!(
                "einsum: einsum(): invalid subscript given at index {} in the equation string, subscripts must be \
                 in [a-zA-Z]",
                start + at
            ),
        }
        at += letter.len_utf8();
    }
    labels
}

/// Refuses results with axes that stand twice or nowhere.
#[track_caller]
fn check_output(inputs: &[Vec<Label>], output: &[Label]) {
    for (i, label) in output.iter().enumerate() {
        let Label::Letter(letter) = label else { continue };
        assert!(
            !output[..i].contains(label),
            "einsum: einsum(): output subscript {letter} appears more than once in the output"
        );
        assert!(
            inputs.iter().flatten().any(|input| input == label),
            "einsum: einsum(): output subscript {letter} does not appear in the equation for any input operand"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(text: &str, operands: usize) -> String {
        let name = |label: Label| match label {
            Label::Ellipsis => "...".to_owned(),
            Label::Letter(letter) => letter.to_string(),
        };
        Equation::read(text, operands).result().into_iter().map(name).collect()
    }

    #[test]
    fn results_that_are_not_written_are_sorted() {
        assert_eq!(result(" b a , c b", 2), "ac");
        assert_eq!(result("bA...,a", 2), "...Aab");
        assert_eq!(result("ii", 1), "");
        assert_eq!(result("ij->ji", 1), "ji");
        assert_eq!(result(",i", 2), "i");
    }

    #[test]
    fn what_is_no_equation() {
        for (text, operands, expected) in [
            ("ij,jk", 1, "fewer operands were provided than specified in the equation"),
            ("ij", 2, "more operands were provided than specified in the equation"),
            ("i-j", 1, "invalid subscript given at index 1 in the equation string"),
            ("ij,i1", 2, "invalid subscript given at index 4 in the equation string"),
            ("ij->i->", 1, "invalid subscript given at index 5 in the equation string"),
            ("ij->iä", 1, "invalid subscript given at index 5 in the equation string"),
            ("i...j...", 1, "found '.' for operand 0 for which an ellipsis was already found"),
            ("i,i..", 2, "found '.' for operand 1 that is not part of any ellipsis"),
            ("ij->i.", 1, "found '.' for output that is not part of any ellipsis (...)"),
            ("ij->......", 1, "found '.' for output but an ellipsis (...) was already found"),
            ("ij->ii", 1, "output subscript i appears more than once in the output"),
            ("ij->k", 1, "output subscript k does not appear in the equation for any input operand"),
        ] {
            let panic = std::panic::catch_unwind(|| Equation::read(text, operands)).expect_err(text);
            let message = panic.downcast::<String>().expect("a message");
            assert!(message.contains(expected), "{text}: {message}");
        }
    }
}
