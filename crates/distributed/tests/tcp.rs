//! Processes that find each other, and what becomes of the others when one does not do its part.

mod common;

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};

use common::{listener, options};
use distributed::{Communicator, DataParallel, DataParallelOptions, Error, ErrorKind, Tcp, TcpOptions};
use nn::Linear;
use testing::within_a_minute;

/// The options with a short time limit for all to come.
fn hurried(port: u16, rank: usize, size: usize) -> TcpOptions {
    let mut options = options(port, rank, size);
    options.timeout = Duration::from_secs(2);
    options
}

fn why(result: Result<Arc<dyn Communicator>, Error>) -> Error {
    result.err().expect("it does not come to a group")
}

#[test]
fn who_expects_another_number_of_ranks_is_told_and_so_are_all() {
    within_a_minute(|| {
        let (listener, port) = listener();
        scope(|scope| {
            let zero = scope.spawn(move || why(Tcp::host(&listener, options(port, 0, 4))));
            let good = scope.spawn(move || why(Tcp::connect(options(port, 2, 4))));
            sleep(Duration::from_secs(1)); // until it has introduced itself
            let bad = why(Tcp::connect(options(port, 1, 5)));
            let late = why(Tcp::connect(options(port, 3, 4)));
            let zero = zero.join().unwrap();
            assert_eq!(zero.to_string(), "rank 1 expects 5 ranks, and rank 0 4");
            assert_eq!((zero.kind(), zero.rank()), (ErrorKind::Differs, 1));
            assert_eq!(good.join().unwrap(), zero);
            assert_eq!([bad, late], [zero.clone(), zero]);
        });
    });
}

#[test]
fn a_rank_that_is_there_twice_is_refused() {
    within_a_minute(|| {
        let (listener, port) = listener();
        scope(|scope| {
            let twins = [(); 2].map(|()| scope.spawn(move || why(Tcp::connect(options(port, 1, 3)))));
            let zero = why(Tcp::host(&listener, options(port, 0, 3)));
            assert_eq!(zero.to_string(), "rank 1 is there twice: two processes have RANK=1");
            for twin in twins {
                assert_eq!(twin.join().unwrap(), zero);
            }
        });
    });
}

#[test]
fn ranks_that_do_not_come_are_named_to_all() {
    within_a_minute(|| {
        let (listener, port) = listener();
        scope(|scope| {
            let one = scope.spawn(move || why(Tcp::connect(hurried(port, 1, 4))));
            let zero = why(Tcp::host(&listener, hurried(port, 0, 4)));
            assert_eq!(zero.to_string(), "ranks 2, 3 have not come to rank 0 within 2 s");
            assert_eq!(zero.rank(), 2);
            assert_eq!(one.join().unwrap(), zero);
        });
        drop(listener);
        let error = why(Tcp::connect(hurried(port, 1, 4))).to_string();
        assert!(
            error.starts_with(&format!("rank 0 does not answer at 127.0.0.1:{port} within 2 s")),
            "{error}"
        );
    });
}

#[test]
fn strangers_are_in_nobodys_way() {
    within_a_minute(|| {
        let (listener, port) = listener();
        let silent = TcpStream::connect(("127.0.0.1", port)).unwrap();
        let mut browser = TcpStream::connect(("127.0.0.1", port)).unwrap();
        browser.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
        let mut nonsense = TcpStream::connect(("127.0.0.1", port)).unwrap();
        nonsense.write_all(b"RUSHRANK\x01\0\0\0\x02\0\0\0ab").unwrap();
        scope(|scope| {
            let one = scope.spawn(move || Tcp::connect(options(port, 1, 2)).unwrap().barrier());
            let zero = Tcp::host(&listener, options(port, 0, 2)).unwrap();
            assert_eq!((zero.barrier(), one.join().unwrap()), (Ok(()), Ok(())));
        });
        drop(silent);
    });
}

#[test]
fn whoever_panics_or_leaves_is_named() {
    within_a_minute(|| {
        let (listener, port) = listener();
        scope(|scope| {
            let panics = scope.spawn(move || {
                let _comm = Tcp::connect(options(port, 1, 3)).unwrap();
                panic!("as the test wants it");
            });
            let waits = scope.spawn(move || Tcp::connect(options(port, 2, 3)).unwrap().barrier());
            let error = Tcp::host(&listener, options(port, 0, 3)).unwrap().barrier().unwrap_err();
            assert_eq!((error.kind(), error.rank()), (ErrorKind::Panicked, 1), "{error}");
            assert_eq!(waits.join().unwrap(), Err(error));
            panics.join().unwrap_err();
        });
    });
    within_a_minute(|| {
        let (listener, port) = listener();
        scope(|scope| {
            let leaves = scope.spawn(move || Tcp::connect(options(port, 1, 2)).map(drop));
            let error = Tcp::host(&listener, options(port, 0, 2)).unwrap().barrier().unwrap_err();
            assert_eq!(error.to_string(), "rank 1 has left, and others wait for it in barrier");
            assert_eq!(leaves.join().unwrap(), Ok(()));
        });
    });
}

/// Its net has the last handle on the group, and a thread that exchanges gradients another one.
#[test]
fn whoever_panics_between_two_steps_is_named() {
    within_a_minute(|| {
        let (listener, port) = listener();
        let parallel = |comm| {
            let options = DataParallelOptions { shards: 2, ..Default::default() };
            DataParallel::new(Linear::new(1, 1), comm, options).unwrap()
        };
        scope(|scope| {
            let panics = scope.spawn(move || {
                let _net = parallel(Tcp::connect(options(port, 1, 2)).unwrap());
                panic!("as the test wants it");
            });
            let net = parallel(Tcp::host(&listener, options(port, 0, 2)).unwrap());
            let error = net.comm().barrier().unwrap_err();
            assert_eq!((error.kind(), error.rank()), (ErrorKind::Panicked, 1), "{error}");
            panics.join().unwrap_err();
        });
    });
}

/// What was sent before leaving arrives, however much it is.
#[test]
fn leaving_loses_nothing() {
    within_a_minute(|| {
        for _ in 0..5 {
            let (listener, port) = listener();
            scope(|scope| {
                let one = scope.spawn(move || {
                    let comm = Tcp::connect(options(port, 1, 2)).unwrap();
                    sleep(Duration::from_millis(50));
                    comm.receive(0, comm.timeout().into()).map(|message| message.len())
                });
                let zero = Tcp::host(&listener, options(port, 0, 2)).unwrap();
                zero.send(1, &vec![7; 30 << 20], zero.timeout().into()).unwrap();
                drop(zero);
                assert_eq!(one.join().unwrap(), Ok(30 << 20));
            });
        }
    });
}

/// A process of this test: rank 0 is the test itself.
struct Other {
    process: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

const PORT: &str = "RUSHLIGHT_TEST_PORT";
const RANK: &str = "RUSHLIGHT_TEST_RANK";
const NUMBERS: &str = "RUSHLIGHT_TEST_NUMBERS";
const UNIX: &str = "RUSHLIGHT_TEST_UNIX";
const SIZE: usize = 4;

fn limits(port: u16, rank: usize, unix: bool) -> TcpOptions {
    let mut options = options(port, rank, SIZE);
    options.unix_sockets = unix;
    options.silence = Duration::from_secs(3);
    options
}

/// Sums until that fails, and gives the reason.
fn sum_until_failure(comm: &dyn Communicator, numbers: usize) -> Error {
    let mut x = vec![1.0f32; numbers];
    loop {
        if let Err(error) = comm.all_reduce(&mut x) {
            return error;
        }
        x.fill(1.0);
    }
}

/// The program of the other processes: without the variable it is a test of nothing.
#[test]
fn other_rank() {
    let variable = |name: &str| Some(std::env::var(name).ok()?.parse().expect("a number"));
    let Some(port) = variable(PORT) else { return };
    let rank = variable(RANK).expect("it is set as well");
    let unix = variable(UNIX) == Some(1);
    let comm = Tcp::connect(limits(port as u16, rank, unix)).expect("all come");
    println!("\nsumming");
    println!("error: {}", sum_until_failure(&*comm, variable(NUMBERS).expect("it is set as well")));
}

impl Other {
    fn start(port: u16, rank: usize, numbers: usize, unix: bool) -> Other {
        let mut process = Command::new(std::env::current_exe().expect("this test"))
            .args(["--exact", "other_rank", "--nocapture"])
            .envs(
                [(PORT, usize::from(port)), (RANK, rank), (NUMBERS, numbers), (UNIX, usize::from(unix))]
                    .map(|(k, v)| (k, v.to_string())),
            )
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let lines = BufReader::new(process.stdout.take().expect("piped")).lines();
        Other { process, lines }
    }

    /// Waits for a line that begins so, and gives the rest.
    fn line(&mut self, begin: &str) -> String {
        let found = |line: std::io::Result<String>| Some(line.ok()?.strip_prefix(begin)?.to_owned());
        self.lines.by_ref().find_map(found).expect("it prints this line")
    }

    fn signal(&self, name: &str) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args([name, &id]).status().expect("kill").success());
    }
}

/// So that no process is left behind when a test fails.
impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Sends a signal to a rank that is summing; gives the error of this process, those of the other
/// ones, and how long this one took.
fn after_signal(
    signal: &str,
    victim: usize,
    numbers: usize,
    after: Duration,
    unix: bool,
) -> (Error, Vec<String>, Duration) {
    let (listener, port) = listener();
    let mut others: Vec<Other> = (1..SIZE).map(|rank| Other::start(port, rank, numbers, unix)).collect();
    let comm = Tcp::host(&listener, limits(port, 0, unix)).expect("all come");
    let summing = std::thread::spawn(move || {
        let error = sum_until_failure(&*comm, numbers);
        (error, Instant::now())
    });
    others.iter_mut().for_each(|other| drop(other.line("summing")));
    sleep(after);
    others[victim - 1].signal(signal);
    let begin = Instant::now();
    let (error, end) = summing.join().expect("no panic");
    let alive = others.iter_mut().enumerate().filter(|(i, _)| i + 1 != victim);
    let said = alive.map(|(_, other)| other.line("error: ")).collect();
    (error, said, end.saturating_duration_since(begin))
}

#[test]
fn a_killed_process_is_named_by_all_others() {
    within_a_minute(|| {
        let cases = [(3, 1, 0), (2, 1000, 50), (1, 4 << 20, 100)];
        for ((victim, numbers, after), unix) in cases.iter().flat_map(|case| [(*case, true), (*case, false)])
        {
            let (mine, said, took) =
                after_signal("-KILL", victim, numbers, Duration::from_millis(after), unix);
            assert_eq!((mine.kind(), mine.rank()), (ErrorKind::Died, victim), "{mine}");
            let begin = format!("rank {victim} died: ");
            assert!(said.iter().all(|error| error.starts_with(&begin)), "{said:?}");
            assert!(took < Duration::from_secs(3), "{took:?}");
        }
    });
}

#[test]
fn a_stopped_process_is_named_by_all_others() {
    within_a_minute(|| {
        for (victim, numbers, unix) in [(3, 10, true), (1, 4 << 20, true), (2, 4 << 20, false)] {
            let (mine, said, took) = after_signal("-STOP", victim, numbers, Duration::from_millis(50), unix);
            assert_eq!((mine.kind(), mine.rank()), (ErrorKind::Silent, victim), "{mine}");
            let begin = format!("rank {victim} has given no sign of life for 3 s");
            assert!(said.iter().all(|error| error.starts_with(&begin)), "{said:?}");
            assert!(took < Duration::from_secs(10), "{took:?}");
        }
    });
}

/// Everybody's time is up at once, and the one is named that all wait for, be it through others.
#[test]
fn a_rank_that_hangs_is_named_by_all() {
    within_a_minute(|| {
        let (listener, port) = listener();
        let limits = move |rank| {
            let mut options = options(port, rank, 4);
            options.timeout = Duration::from_secs(6);
            options.silence = Duration::from_secs(5);
            options
        };
        let barrier = |comm: Arc<dyn Communicator>| {
            comm.barrier().unwrap();
            if comm.rank() == 3 {
                sleep(Duration::from_secs(9));
            }
            comm.all_reduce(&mut vec![1.0f32; 100]).unwrap_err()
        };
        scope(|scope| {
            let rank = |rank| scope.spawn(move || barrier(Tcp::connect(limits(rank)).unwrap()));
            let others = [1, 2, 3].map(rank);
            let zero = barrier(Tcp::host(&listener, limits(0)).unwrap());
            for error in others.map(|thread| thread.join().unwrap()).into_iter().chain([zero]) {
                assert_eq!((error.kind(), error.rank()), (ErrorKind::TimedOut, 3), "{error}");
            }
        });
    });
}
