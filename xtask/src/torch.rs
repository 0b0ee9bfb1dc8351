//! The torch side of a comparison: a Python process that takes one command a line and answers with one line.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use datasets::Mnist;
use tempfile::TempDir;

use crate::Result;

pub(crate) struct Torch {
    process: Child,
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Torch {
    /// Starts `script`, a path below this package's `src`, on the digits in `folder`.
    pub(crate) fn start(python: &Path, script: &str, folder: &Path) -> Result<Torch> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(script);
        Torch::spawn(Command::new(python).arg(script).arg(folder))
    }

    /// Starts any program that speaks like those scripts.
    pub(crate) fn spawn(command: &mut Command) -> Result<Torch> {
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|e| format!("{}: {e}", command.get_program().display()))?;
        let commands = process.stdin.take().ok_or("the process has no input")?;
        let answers = BufReader::new(process.stdout.take().ok_or("the process has no output")?);
        Ok(Torch { process, commands, answers })
    }

    /// Gives a command and waits for its answer.
    pub(crate) fn ask(&mut self, command: &str) -> Result<String> {
        self.tell(command)?;
        self.hear().map_err(|e| format!("{command}: {e}").into())
    }

    /// Gives a command without waiting; answers come in the order of the commands.
    pub(crate) fn tell(&mut self, command: &str) -> Result<()> {
        writeln!(self.commands, "{command}")?;
        Ok(self.commands.flush()?)
    }

    /// Waits for an answer.
    pub(crate) fn hear(&mut self) -> Result<String> {
        let mut answer = String::new();
        if self.answers.read_line(&mut answer)? == 0 {
            return Err("the other side ended; its message stands above".into());
        }
        Ok(answer.trim().to_string())
    }
}

impl Drop for Torch {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A folder with the files that the Python sides read: the bytes of the `images` and of the `labels`.
pub(crate) fn raw_digits(digits: &Mnist) -> Result<TempDir> {
    let folder = TempDir::new()?;
    std::fs::write(folder.path().join("images"), digits.data().bytes())?;
    std::fs::write(folder.path().join("labels"), digits.targets().to_dtype(tensor::DType::U8).bytes())?;
    Ok(folder)
}
