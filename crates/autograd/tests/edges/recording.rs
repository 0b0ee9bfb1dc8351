//! The recordings: every line of a subject's table, and behind each case what torch gave.

use std::collections::HashMap;
use std::fs;
use std::io::Read;
use std::path::PathBuf;

use flate2::read::GzDecoder;

/// The command that makes the recordings anew.
pub(crate) const COMMAND: &str = "cargo xtask record --python PATH autograd/edges";

/// The most that a file may take.
pub(crate) const LIMIT: usize = 1 << 20;

/// Torch's answers by the lines of the table; lines of inputs have none.
pub(crate) struct Recording(HashMap<String, String>);

impl Recording {
    /// What there is about a subject: nothing before it is recorded.
    pub(crate) fn of(subject: &str) -> Recording {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/edges");
        let file = fs::read(folder.join(format!("{subject}.txt.gz"))).unwrap_or_default();
        assert!(file.len() <= LIMIT, "{subject}.txt.gz has {} bytes, more than {LIMIT}", file.len());
        let mut text = String::new();
        if !file.is_empty() {
            GzDecoder::new(&file[..]).read_to_string(&mut text).expect("the recording is gzip of text");
        }
        let lines = text.lines().map(|line| {
            if line.starts_with("input\t") {
                return (line.to_owned(), String::new());
            }
            let (case, answer) = line.rsplit_once('\t').expect("a case and its answer");
            (case.to_owned(), answer.to_owned())
        });
        Recording(lines.collect())
    }

    pub(crate) fn answer(&self, line: &str) -> Option<&str> {
        self.0.get(line).map(String::as_str)
    }
}

/// Torch's answer to a case.
pub(crate) enum Answer {
    Raises,
    Gives { outputs: Vec<Values>, gradients: Gradients },
}

/// The gradients of the inputs.
pub(crate) enum Gradients {
    Unasked,
    Raises,
    Given(Vec<Option<Values>>),
}

/// One recorded tensor.
#[derive(Debug, PartialEq)]
pub(crate) struct Values {
    pub(crate) dtype: String,
    pub(crate) shape: String,
    pub(crate) values: Vec<String>,
}

impl Answer {
    pub(crate) fn parse(text: &str) -> Answer {
        let (outputs, gradients) = match text.split_once(" | ") {
            _ if text == "raises" => return Answer::Raises,
            None => (text, Gradients::Unasked),
            Some((outputs, "raises")) => (outputs, Gradients::Raises),
            Some((outputs, gradients)) => {
                let given = gradients.split(" ; ").map(|g| (g != "-").then(|| Values::parse(g))).collect();
                (outputs, Gradients::Given(given))
            }
        };
        let outputs = outputs.split(" ; ").filter(|y| !y.is_empty()).map(Values::parse).collect();
        Answer::Gives { outputs, gradients }
    }
}

impl Values {
    fn parse(text: &str) -> Values {
        let mut words = text.split(' ').map(str::to_owned);
        let mut word = || words.next().expect("a dtype and sizes");
        let (dtype, shape) = (word(), word());
        Values { dtype, shape, values: words.collect() }
    }
}
