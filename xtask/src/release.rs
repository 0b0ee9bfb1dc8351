//! Commands that compute for long run with every optimisation, whatever profile `cargo xtask` was built in.

use std::process::Command;

use crate::Result;

/// Whether this is the debug build, which hands over to [`again`].
pub(crate) const MISSING: bool = cfg!(debug_assertions);

/// Starts the same command again, built with every optimisation and without assertions.
pub(crate) fn again() -> Result<()> {
    let status = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--release", "--package", "xtask", "--"])
        .args(std::env::args_os().skip(1))
        .status()?;
    if status.success() { Ok(()) } else { Err("the command failed in its release build".into()) }
}
