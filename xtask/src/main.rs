//! Project tasks, run as `cargo xtask <command>`: this file dispatches, one module per command does the work.

#[macro_use]
mod print; // first, because its `println!` is that of every command

mod bench;
mod check_torch;
mod convert;
#[cfg(unix)] // signals and sockets
mod faults;
mod fetch_data;
mod fidelity;
mod inspect;
mod launch;
mod machine;
mod ranks;
mod record;
mod release;
mod torch;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// An error as one message for the terminal.
type Error = Box<dyn std::error::Error + Send + Sync>;
type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about = "Project tasks of Rushlight")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Bench(bench::Bench),
    CheckTorch(check_torch::CheckTorch),
    Convert(convert::Convert),
    #[cfg(unix)]
    Faults(faults::Faults),
    #[cfg(unix)]
    #[command(hide = true)]
    FaultsRank(faults::FaultsRank),
    FetchData(fetch_data::FetchData),
    FetchMnist(fetch_data::FetchMnist),
    Fidelity(fidelity::Fidelity),
    Inspect(inspect::Inspect),
    Launch(launch::Launch),
    Record(record::Record),
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Bench(args) => args.run(),
        Command::CheckTorch(args) => args.run(),
        Command::Convert(args) => args.run(),
        #[cfg(unix)]
        Command::Faults(args) => args.run(),
        #[cfg(unix)]
        Command::FaultsRank(args) => args.run(),
        Command::FetchData(args) => args.run(),
        Command::FetchMnist(args) => args.run(),
        Command::Fidelity(args) => args.run(),
        Command::Inspect(args) => args.run(),
        Command::Launch(args) => args.run(),
        Command::Record(args) => args.run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
