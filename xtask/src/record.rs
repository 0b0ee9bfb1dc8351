//! `record`: what torch gives for the cases of the tests, written down.

use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;

use crate::Result;

/// Record what torch gives for the cases of the tests
///
/// Every script crates/testing/record/CRATE/NAME.py writes the recording NAME in the folder tests/fixtures of
/// that crate. Run it after changing a script, and look at the difference: the text has a line for each case.
#[derive(Args)]
pub(crate) struct Record {
    /// A Python that has torch and numpy
    #[arg(long, default_value = "python3")]
    python: PathBuf,
    /// Record only this: a crate, or a single script as CRATE/NAME
    what: Option<PathBuf>,
}

impl Record {
    pub(crate) fn run(self) -> Result<()> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/testing/record").canonicalize()?;
        let mut scripts = Vec::new();
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?.path();
            if entry.is_dir() {
                for script in std::fs::read_dir(entry)? {
                    scripts.push(script?.path());
                }
            }
        }
        scripts.retain(|path| {
            let name = path.strip_prefix(&folder).expect("it is below").with_extension("");
            path.extension().is_some_and(|end| end == "py")
                && self.what.as_ref().is_none_or(|what| name.starts_with(what))
        });
        scripts.sort();
        if scripts.is_empty() {
            let what = self.what.unwrap_or_default();
            return Err(format!("{}: there is no such script in {}", what.display(), folder.display()).into());
        }
        for script in scripts {
            let status = Command::new(&self.python)
                .args(["-B", "-W", "ignore"])
                .arg(&script)
                .env("PYTHONPATH", &folder)
                .status()
                .map_err(|e| format!("{}: {e}", self.python.display()))?;
            if !status.success() {
                return Err(format!("{}: {status}", script.display()).into());
            }
        }
        Ok(())
    }
}
