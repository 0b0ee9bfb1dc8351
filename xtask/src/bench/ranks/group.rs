//! The processes of one side.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use clap::ValueEnum;

use super::Engine;
use crate::Result;
use crate::torch::Torch;

/// The first process takes a command a line, and answers with seconds.
pub(super) struct Group {
    first: Torch,
    others: Vec<Child>,
}

impl Group {
    pub(super) fn of(engine: Engine, ranks: usize) -> Result<Group> {
        let name = engine.to_possible_value().expect("it has a name");
        let program = std::env::current_exe()?;
        let arguments = ["bench", "--rank-of", name.get_name()];
        let processes = match engine {
            Engine::Threads => 1,
            Engine::Tcp => ranks,
            #[cfg(feature = "mpi")]
            Engine::Mpi | Engine::OpenMpi => {
                let mut command = Command::new("mpirun");
                command.args(["-n", &ranks.to_string(), "--bind-to", "core"]).arg(&program).args(arguments);
                command.envs(
                    ["OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"].map(|name| (name, "1")),
                );
                return Ok(Group { first: Torch::spawn(&mut command)?, others: Vec::new() });
            }
        };
        Group::start(processes, ranks, || {
            let mut command = Command::new(&program);
            command.args(arguments);
            command
        })
    }

    pub(super) fn of_torch(python: &Path, ranks: usize) -> Result<Group> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bench/ranks/ranks.py");
        Group::start(ranks, ranks, || {
            let mut command = Command::new(python);
            command.arg(&script);
            command
        })
    }

    fn start(processes: usize, ranks: usize, command: impl Fn() -> Command) -> Result<Group> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let rank = |rank: usize| {
            let mut command = command();
            command.env("MASTER_ADDR", "127.0.0.1").env("MASTER_PORT", port.to_string());
            command.env("WORLD_SIZE", ranks.to_string()).env("RANK", rank.to_string());
            command
        };
        let mut group = Group { first: Torch::spawn(&mut rank(0))?, others: Vec::new() };
        for other in 1..processes {
            group.others.push(rank(other).stdin(Stdio::null()).stdout(Stdio::null()).spawn()?);
        }
        Ok(group)
    }

    /// Seconds of one sample.
    pub(super) fn sample(&mut self, command: &str) -> Result<f64> {
        Ok(self.first.ask(command)?.parse()?)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        for other in &mut self.others {
            let _ = other.kill(); // it may have ended
            let _ = other.wait();
        }
    }
}
