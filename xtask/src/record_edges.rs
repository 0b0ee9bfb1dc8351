//! `record-edges`: what torch gives for each case of `crates/autograd/tests/edges`, written down.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use clap::Args;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::Result;

const SCRIPT: &str = include_str!("record_edges.py");

/// Record torch's answers to the edge cases of every operation
///
/// The table stands in crates/autograd/tests/edges/table; its answers go into crates/autograd/tests/fixtures. Run it after
/// adding an operation or changing a row, and look at what `cargo test -p autograd --test edges` says then.
#[derive(Args)]
pub(crate) struct RecordEdges {
    /// A Python that has torch and numpy
    #[arg(long, default_value = "python3")]
    python: PathBuf,
}

impl RecordEdges {
    pub(crate) fn run(self) -> Result<()> {
        let folder = tempfile::tempdir()?;
        let listing = folder.path().join("cases");
        let test = ["test", "--quiet", "--package", "autograd", "--test", "edges"];
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let listed = Command::new(cargo).args(test).env("RUSHLIGHT_EDGES_LISTING", &listing).output()?;
        if !listed.status.success() || !listing.exists() {
            let words = String::from_utf8_lossy(&listed.stderr);
            return Err(format!("the test did not list its cases: {words}").into());
        }
        let mut command = Command::new(&self.python);
        let answers = command
            .arg("-c")
            .arg(SCRIPT)
            .stdin(File::open(&listing)?)
            .stderr(Stdio::inherit())
            .output()
            .map_err(|e| format!("{}: {e}", self.python.display()))?;
        if !answers.status.success() {
            return Err(format!("{}: {}", self.python.display(), answers.status).into());
        }
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/autograd/tests/fixtures/edges.txt.gz");
        let mut file = GzEncoder::new(File::create(&path)?, Compression::best());
        file.write_all(&answers.stdout)?;
        let size = file.finish()?.metadata()?.len();
        let cases = answers.stdout.iter().filter(|&&byte| byte == b'\n').count();
        println!("{cases} lines, {size} bytes: {}", path.display());
        Ok(())
    }
}
