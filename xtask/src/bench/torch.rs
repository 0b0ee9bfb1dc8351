//! The torch side, a Python process that takes one command a line.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::Result;

pub(super) struct Torch {
    process: Child,
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Torch {
    pub(super) fn start(python: &Path, data: &Path) -> Result<Torch> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bench/workloads.py");
        let mut process = Command::new(python)
            .arg(script)
            .arg(data)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|e| format!("{}: {e}", python.display()))?;
        let commands = process.stdin.take().ok_or("the process has no input")?;
        let answers = BufReader::new(process.stdout.take().ok_or("the process has no output")?);
        Ok(Torch { process, commands, answers })
    }

    pub(super) fn prepare(&mut self, workload: &str, variant: &str, threads: usize) -> Result<()> {
        self.ask(&format!("prepare {workload} {variant} {threads}")).map(drop)
    }

    /// Seconds of one sample.
    pub(super) fn sample(&mut self) -> Result<f64> {
        Ok(self.ask("run")?.parse()?)
    }

    pub(super) fn ask(&mut self, command: &str) -> Result<String> {
        writeln!(self.commands, "{command}")?;
        self.commands.flush()?;
        let mut answer = String::new();
        if self.answers.read_line(&mut answer)? == 0 {
            return Err(format!("the Python side ended at `{command}`; its message stands above").into());
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
