//! The engine of MPI: this test starts itself again, by `mpirun`.

mod common;

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use common::sums::{check, cross, in_order};
use common::training::{OPTIMIZERS, Outcome, train};
use distributed::{Communicator, Error, ErrorKind, Mpi, MpiOptions, Threads};
use testing::within_a_minute;

type Program = fn(Arc<dyn Communicator>);

/// What the ranks do, by name.
const PROGRAMS: [(&str, Program); 9] = [
    ("numbers", numbers),
    ("panics", panics),
    ("leaves", leaves),
    ("differs", differs),
    ("lengths", lengths),
    ("fails", fails),
    ("killed", killed),
    ("late", late),
    ("stopped", stopped),
];

const PROGRAM: &str = "RUSHLIGHT_TEST_PROGRAM";

/// A rank: without the variable it is a test of nothing.
#[test]
fn rank() {
    let Ok(name) = std::env::var(PROGRAM) else { return };
    let (_, program) = PROGRAMS.iter().find(|(program, _)| *program == name).expect("it is in the list");
    let timeout = if name == "stopped" { Duration::from_secs(1) } else { Duration::from_secs(40) };
    program(Mpi::with(MpiOptions { timeout }).expect("mpirun started it"));
}

/// A line of its own: the test harness has begun one.
fn say(comm: &dyn Communicator, what: impl std::fmt::Display) {
    println!("\nrank {}: {what}", comm.rank());
}

/// How it went.
struct End {
    status: ExitStatus,
    output: String,
    took: Duration,
}

/// So that nothing is left behind when a test fails.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts so many ranks, and waits for their end.
fn mpirun(program: &str, ranks: usize) -> End {
    let mut command = Command::new("mpirun");
    command.args(["--oversubscribe", "-n", &ranks.to_string()]).arg(this_test());
    run(command, program)
}

fn this_test() -> PathBuf {
    std::env::current_exe().expect("this test")
}

fn run(mut command: Command, program: &str) -> End {
    let (mut reader, writer) = std::io::pipe().expect("a pipe");
    let begin = Instant::now();
    command
        .args(["--exact", "rank", "--nocapture"])
        .env(PROGRAM, program)
        .envs(["OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"].map(|name| (name, "1")))
        .stdin(Stdio::null())
        .stdout(writer.try_clone().expect("a pipe"))
        .stderr(writer);
    let mut running = Running(command.spawn().expect("it is installed"));
    drop(command); // with its ends of the pipe
    let mut output = String::new();
    reader.read_to_string(&mut output).expect("it prints text");
    let status = running.0.wait().expect("it ends");
    End { status, output, took: begin.elapsed() }
}

impl End {
    /// What a rank said.
    fn said(&self, rank: usize) -> Vec<&str> {
        let begin = format!("rank {rank}: ");
        self.output.lines().filter_map(|line| line.strip_prefix(&begin)).collect()
    }
}

fn digest(outcome: &Outcome) -> String {
    let mut hasher = DefaultHasher::new();
    outcome.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

fn numbers(comm: Arc<dyn Communicator>) {
    let second = Mpi::world().err().expect("there is one already");
    assert_eq!(second.kind(), ErrorKind::Setup);
    for (seed, n) in [(7, 33), (8, 0), (9, 1), (10, 70), (11, 3000)] {
        check(comm.clone(), seed, n).expect("it is as defined");
    }
    if comm.size() == 3 {
        cross(comm.clone()).expect("large messages cross");
        in_order(comm.clone()).expect("messages wait");
    }
    for optim in OPTIMIZERS {
        let bytes = [1, 300, 1 << 20][comm.size() % 3];
        let outcome = train(comm.clone(), 8, bytes, optim).expect("it trains");
        say(&*comm, digest(&outcome));
    }
}

#[test]
fn operations_and_training_are_those_of_threads_to_the_bit() {
    let outcome = |optim| Threads::run(1, |comm| train(comm, 8, 1 << 20, optim)).unwrap().remove(0).unwrap();
    let expected = OPTIMIZERS.map(|optim| digest(&outcome(optim)));
    let check = |ranks: usize, end: End| {
        assert!(end.status.success(), "{}", end.output);
        for rank in 0..ranks {
            assert_eq!(end.said(rank), expected, "rank {rank} of {ranks}:\n{}", end.output);
        }
    };
    check(1, run(Command::new(this_test()), "numbers"));
    for ranks in [1, 2, 3, 4, 8] {
        check(ranks, mpirun("numbers", ranks));
    }
}

/// The error that a rank has met, which is the one of all its calls from then on.
fn report(comm: &dyn Communicator, error: &Error) {
    assert_eq!(comm.send(1 - comm.rank() % 2, &[0; 10_000], comm.timeout().into()), Err(error.clone()));
    assert_eq!(comm.barrier(), Err(error.clone()));
    say(comm, error);
}

fn panics(comm: Arc<dyn Communicator>) {
    comm.barrier().expect("all are here");
    assert_ne!(comm.rank(), 1, "no more data");
    report(&*comm, &comm.barrier().expect_err("one is missing"));
}

#[test]
fn a_rank_that_panics_is_named_by_all() {
    within_a_minute(|| {
        let end = mpirun("panics", 3);
        assert!(!end.status.success() && end.output.contains("no more data"), "{}", end.output);
        for rank in [0, 2] {
            assert_eq!(end.said(rank), ["rank 1 panicked: its own output says why"], "{}", end.output);
        }
    });
}

fn leaves(comm: Arc<dyn Communicator>) {
    if comm.rank() != 1 {
        report(&*comm, &comm.barrier().expect_err("one has left"));
    }
}

#[test]
fn a_rank_that_leaves_is_named_by_all_and_mpi_ends_well() {
    within_a_minute(|| {
        let end = mpirun("leaves", 3);
        assert!(end.status.success(), "{}", end.output);
        for rank in [0, 2] {
            assert_eq!(
                end.said(rank),
                ["rank 1 has left, and others wait for it in barrier"],
                "{}",
                end.output
            );
        }
    });
}

fn differs(comm: Arc<dyn Communicator>) {
    let result = match comm.rank() {
        1 => comm.gather(0, &vec![1.0f64; 10_000]).and_then(|_| comm.barrier()),
        _ => comm.barrier(),
    };
    report(&*comm, &result.expect_err("one does something else"));
}

#[test]
fn a_rank_that_differs_is_named_by_all_and_mpi_ends_well() {
    within_a_minute(|| {
        let end = mpirun("differs", 2);
        assert!(end.status.success(), "{}", end.output);
        assert!(end.said(0) == end.said(1), "{}", end.output);
        let possible =
            ["rank 1 is in gather, and rank 0 in barrier", "rank 0 is in barrier, and rank 1 in gather"];
        assert!(possible.contains(&end.said(0)[0]), "{}", end.output);
    });
}

fn lengths(comm: Arc<dyn Communicator>) {
    let within = comm.timeout().into();
    let result = match comm.rank() {
        0 => comm.send(1, &vec![1; 1 << 20], within).and_then(|()| comm.barrier()),
        _ => comm.receive_into(0, &mut [0; 5], within),
    };
    report(&*comm, &result.expect_err("it is too long"));
}

#[test]
fn a_message_of_another_length_is_an_error_of_all() {
    within_a_minute(|| {
        let end = mpirun("lengths", 2);
        assert!(end.status.success(), "{}", end.output);
        let words = "rank 0 sends a message of another length in send than rank 1 takes: 1048576 bytes came \
                     where 5 were due";
        for rank in 0..2 {
            assert_eq!(end.said(rank), [words], "{}", end.output);
        }
    });
}

/// One thread ends what another one is in the middle of.
fn fails(comm: Arc<dyn Communicator>) {
    let within = comm.timeout().into();
    let mut message = vec![0; 8 << 20];
    let exchange = || match comm.rank() {
        0 => comm.receive_into(1, &mut message, within),
        _ => comm.send(0, &message, within),
    };
    std::thread::scope(|scope| {
        let exchanging = scope.spawn(|| std::iter::repeat_with(exchange).find_map(Result::err));
        if comm.rank() == 1 {
            sleep(Duration::from_millis(200));
            comm.fail(Error::new(ErrorKind::Differs, 1, "rank 1 has something else to do"));
        }
        report(&*comm, &exchanging.join().expect("no panic").expect("it goes on until then"));
    });
}

#[test]
fn a_failure_ends_long_messages_and_mpi_ends_well() {
    within_a_minute(|| {
        let end = mpirun("fails", 2);
        assert!(end.status.success(), "{}", end.output);
        for rank in 0..2 {
            assert_eq!(end.said(rank), ["rank 1 has something else to do"], "{}", end.output);
        }
    });
}

/// Sends a signal to this process.
fn signal(name: &str) {
    let id = std::process::id().to_string();
    Command::new("kill").args([name, &id]).status().expect("kill");
}

fn killed(comm: Arc<dyn Communicator>) {
    for step in 0.. {
        if comm.rank() == 2 && step == 3 {
            signal("-KILL");
        }
        comm.all_reduce(&mut vec![1.0f32; 100_000]).expect("mpirun is quicker");
    }
}

#[test]
fn a_process_that_is_killed_ends_all() {
    within_a_minute(|| {
        let end = mpirun("killed", 4);
        assert!(!end.status.success() && end.output.contains("signal 9"), "{}", end.output);
        assert!(end.took < Duration::from_secs(15), "{:?}", end.took);
    });
}

/// Rank 1 waits for rank 0, which cannot go on because rank 2 does not take its message.
fn late(comm: Arc<dyn Communicator>) {
    comm.barrier().expect("all are here");
    let begin = Instant::now();
    let result = match comm.rank() {
        0 => comm.send(2, &[0; 100_000], Duration::from_millis(1300).into()),
        1 => comm.receive(0, Duration::from_secs(1).into()).map(drop),
        _ => {
            sleep(Duration::from_secs(2));
            comm.receive(0, comm.timeout().into()).map(drop)
        }
    };
    let error = result.expect_err("one is late");
    assert_eq!((error.kind(), error.rank()), (ErrorKind::TimedOut, 2));
    report(&*comm, &error);
    // Until all have said it.
    sleep(Duration::from_secs(3).saturating_sub(begin.elapsed()));
}

#[test]
fn a_rank_that_is_late_is_named_by_all_and_hears_of_it() {
    within_a_minute(|| {
        let end = mpirun("late", 3);
        assert!(end.status.success(), "{}", end.output);
        let words = "timed out after 1 s waiting for rank 2 in send (through rank 0, which waits for it too)";
        for rank in 0..3 {
            assert_eq!(end.said(rank), [words], "{}", end.output);
        }
    });
}

fn stopped(comm: Arc<dyn Communicator>) {
    if comm.rank() == 1 {
        std::thread::spawn(|| {
            sleep(Duration::from_millis(300));
            signal("-STOP");
        });
    }
    let mut message = vec![0; 64 << 20];
    loop {
        let result = match comm.rank() {
            0 => comm.send(1, &message, comm.timeout().into()),
            _ => comm.receive(0, comm.timeout().into()).map(|received| message = received),
        };
        if let Err(error) = result {
            return say(&*comm, error);
        }
    }
}

/// Mostly in the middle of a message.
#[test]
fn a_process_that_is_stopped_ends_all() {
    within_a_minute(|| {
        let end = mpirun("stopped", 2);
        assert!(!end.status.success(), "{}", end.output);
        assert!(end.output.contains("timed out after 1 s waiting for rank 1 in send"), "{}", end.output);
        assert!(end.took < Duration::from_secs(20), "{:?}", end.took);
    });
}
