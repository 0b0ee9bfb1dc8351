//! Where ranks run: on this machine, or each in a network namespace of its own.

use std::net::TcpListener;
use std::process::Command;

use crate::Result;

/// The hosts of the ranks.
pub(super) struct Hosts;

impl Hosts {
    /// Where rank 0 listens.
    pub(super) fn address(&self) -> &str {
        "127.0.0.1"
    }

    /// A port that is free there.
    pub(super) fn port(&self) -> Result<u16> {
        Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
    }

    /// This program, on the host of a rank.
    pub(super) fn program(&self, _rank: u32) -> Result<Command> {
        Ok(Command::new(std::env::current_exe()?))
    }
}
