//! Histories survive what happens to processes and files.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use monitor::{History, Run};

/// Runs with names and values of every kind.
fn written(path: &Path) -> Vec<Run> {
    let mut history = History::create(path).expect("it is created");
    history.begin("first \"run\"\n— Straße");
    for (step, value) in
        [0.1, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, 1e300, 5e-324].into_iter().enumerate()
    {
        history.set_epoch(step as u64 / 3);
        history.log("train, \"loss\"", value);
        history.log("lr", 0.1f32);
        history.next_step();
    }
    history.begin("second");
    history.set_step(u64::MAX);
    history.log("lr", 1i32);
    history.runs().to_vec()
}

/// All that is to be known of runs; NaN is equal to NaN.
fn shown(runs: &[Run]) -> String {
    format!("{runs:?}")
}

#[test]
fn what_was_logged_comes_back_to_the_bit() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("not/there/runs.jsonl");
    let runs = written(&path);
    let history = History::open(&path).expect("it opens");
    assert_eq!(shown(history.runs()), shown(&runs));
    let values: Vec<u64> =
        runs[0].series("train, \"loss\"").iter().map(|point| point.value.to_bits()).collect();
    let expected = [0.1, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, 1e300, 5e-324];
    assert_eq!(values, expected.map(f64::to_bits));
    assert_eq!(runs[0].names().collect::<Vec<_>>(), ["train, \"loss\"", "lr"]);
    let steps: Vec<_> = runs[0].series("lr").iter().map(|point| (point.step, point.epoch)).collect();
    assert_eq!(steps, [(0, 0), (1, 0), (2, 0), (3, 1), (4, 1), (5, 1), (6, 2)]);
    assert_eq!((history.series("lr")[0].step, history.series("lr")[0].epoch), (u64::MAX, 0));
    assert!(history.series("nothing").is_empty() && History::new().series("lr").is_empty());
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs_f64();
    assert!((now - runs[0].started()).abs() < 60.0);

    history.save(folder.path().join("copy")).expect("it is saved");
    let copy = History::open(folder.path().join("copy")).expect("it opens");
    assert_eq!(shown(copy.runs()), shown(&runs));
}

#[test]
fn a_file_that_is_cut_anywhere_opens_and_is_continued() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("runs.jsonl");
    written(&path);
    let whole = fs::read(&path).expect("bytes");
    let lines = whole.iter().filter(|byte| **byte == b'\n').count();
    assert_eq!(lines, 2 + 15);
    for end in 0..=whole.len() {
        fs::write(&path, &whole[..end]).expect("it is written");
        // A line that lacks only its end is whole.
        let complete =
            whole[..end + usize::from(end < whole.len())].iter().filter(|byte| **byte == b'\n').count();
        let opened = History::open(&path).unwrap_or_else(|error| panic!("cut at {end}: {error}"));
        let count = |runs: &[Run]| -> usize {
            runs.iter().map(|run| 1 + run.names().map(|name| run.series(name).len()).sum::<usize>()).sum()
        };
        assert_eq!(count(opened.runs()), complete, "cut at {end}");

        let mut history = History::create(&path).expect("it is continued");
        history.log("after", 7.0);
        drop(history);
        let continued = History::open(&path).unwrap_or_else(|error| panic!("continued at {end}: {error}"));
        assert_eq!(shown(&continued.runs()[..opened.runs().len()]), shown(opened.runs()));
        assert_eq!(continued.runs().len(), opened.runs().len() + 1);
        assert_eq!(continued.series("after")[0].value, 7.0);
    }
}

#[test]
fn what_is_no_history_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("notes");
    let run = r#"{"run":"a","started":1.0}"#;
    for (text, line, what) in [
        ("my notes", 1, "expected value"),
        ("{\"lr\": 0.1}", 1, "the first line has no `run`"),
        ("{\"lr\": 0.", 1, "EOF"),
        (
            "{\"step\":0,\"epoch\":0,\"time\":0.0,\"name\":\"a\",\"value\":1.0}",
            1,
            "a value stands before any run",
        ),
        (&format!("{run}\n{{\"step\":0,\"name\":\"a\"}}\n"), 2, "a value needs `step`"),
        (&format!("{run}\n{{\"step\":0,\n{run}\n"), 2, "EOF"),
        (&format!("{run}\n\0\0\0"), 2, "expected value"),
        ("{\"run\":\"a\"}\n", 1, "it has no time"),
    ] {
        fs::write(&path, text).expect("it is written");
        let beginning = format!("{}: line {line} is not one of a history: {what}", path.display());
        for error in [History::open(&path).unwrap_err(), History::create(&path).unwrap_err()] {
            assert!(error.to_string().starts_with(&beginning), "{text}: {error}");
        }
        assert_eq!(fs::read_to_string(&path).expect("text"), text);
    }
    let error = History::open(folder.path().join("nothing")).unwrap_err().to_string();
    assert!(error.contains("nothing: cannot open"), "{error}");
    let error = History::create(folder.path()).unwrap_err().to_string();
    assert!(error.ends_with("expected a regular file, found a folder"), "{error}");
}

#[test]
fn lines_of_a_later_version_are_passed_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("runs.jsonl");
    let text = "{\"run\":\"a\",\"started\":1.0,\"by\":\"me\"}\n{\"setting\":\"lr\"}\n\
                {\"step\":0,\"epoch\":0,\"time\":0.5,\"name\":\"a\",\"value\":1.0,\"unit\":\"m\"}\n";
    fs::write(&path, text).expect("it is written");
    let history = History::open(&path).expect("it opens");
    assert_eq!((history.runs().len(), history.series("a").len()), (1, 1));
    // Nor does a time that no clock gives keep a copy from being read.
    fs::write(&path, text.replace("\"time\":0.5", "\"time\":\"NaN\"")).expect("it is written");
    let history = History::open(&path).expect("it opens");
    history.save(&path).expect("it is saved");
    assert!(History::open(&path).expect("it opens").series("a")[0].time.is_nan());
}

#[test]
fn exports_have_every_value() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut history = History::new();
    history.begin("a, \"b\"");
    history.set_epoch(2);
    for value in [0.5, f64::NAN, f64::NEG_INFINITY] {
        history.log("loss", value);
        history.next_step();
    }
    history.log("acc", 1.0);
    let started = history.runs()[0].started();
    let times: Vec<f64> = history.series("loss").iter().map(|point| point.time).collect();

    let csv = folder.path().join("runs.csv");
    history.write_csv(&csv).expect("it is written");
    let table = fs::read_to_string(&csv).expect("text");
    let row = |rest: &str| format!("\"a, \"\"b\"\"\",{started:?},{rest}\n");
    let rows = [
        row(&format!("loss,0,2,{:?},0.5", times[0])),
        row(&format!("loss,1,2,{:?},NaN", times[1])),
        row(&format!("loss,2,2,{:?},-Infinity", times[2])),
        row(&format!("acc,3,2,{:?},1.0", history.series("acc")[0].time)),
    ];
    assert_eq!(table, "run,started,name,step,epoch,time,value\n".to_owned() + &rows.concat());

    let json = folder.path().join("runs.json");
    history.write_json(&json).expect("it is written");
    let document: testing::Json = serde_json::from_slice(&fs::read(&json).expect("bytes")).expect("JSON");
    let run = &document["runs"][0];
    assert_eq!((&run["name"], run["started"].as_f64()), (&testing::json!("a, \"b\""), Some(started)));
    assert_eq!(run["series"][0]["value"], testing::json!([0.5, "NaN", "-Infinity"]));
    assert_eq!(run["series"][0]["step"], testing::json!([0, 1, 2]));
    assert_eq!(
        run["series"][1],
        testing::json!({
            "name": "acc", "step": [3], "epoch": [2], "time": [history.series("acc")[0].time], "value": [1.0]
        })
    );
}

#[test]
fn a_panic_and_a_flush_leave_all_in_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("runs.jsonl");
    let panic = std::panic::catch_unwind(|| {
        let mut history = History::create(&path).expect("it is created");
        history.log("loss", 1.0);
        history.flush().expect("it is written");
        assert_eq!(History::open(&path).expect("it opens").series("loss").len(), 1);
        history.log("loss", 2.0);
        panic!("the loop fails");
    });
    assert!(panic.is_err());
    assert_eq!(History::open(&path).expect("it opens").series("loss").len(), 2);
}

/// The process that `a_killed_process_loses_a_second_at_most` kills: logs the time it is, every millisecond.
#[test]
#[ignore = "it runs until it is killed"]
fn logs_until_it_is_killed() {
    let Some(path) = std::env::var_os("HISTORY_OF_A_KILLED_PROCESS") else { return };
    let mut history = History::create(&path).expect("it is created");
    history.log("once", 1.0);
    for _ in 0..60_000 {
        history.log("now", now());
        history.next_step();
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs_f64()
}

fn process(path: &Path) -> Child {
    Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "logs_until_it_is_killed", "--ignored"])
        .env("HISTORY_OF_A_KILLED_PROCESS", path)
        .stdout(std::process::Stdio::null())
        .spawn()
        .expect("it starts")
}

#[test]
fn a_killed_process_loses_a_second_at_most() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("runs.jsonl");
    for run in 1..=3 {
        let mut child = process(&path);
        let begun = Instant::now();
        let runs = || History::open(&path).map_or(0, |history| history.runs().len());
        while runs() < run {
            assert!(begun.elapsed() < Duration::from_secs(60), "nothing was written");
            std::thread::sleep(Duration::from_millis(10));
        }
        std::thread::sleep(Duration::from_millis(700 * run as u64));
        let killed = now();
        child.kill().expect("it is killed"); // SIGKILL: nothing is dropped
        child.wait().expect("it ends");

        let history = History::open(&path).expect("it opens");
        let last = history.series("now").last().expect("a value").value;
        assert!(killed - last < 1.0, "{} s are lost", killed - last);
        let steps = history.series("now").iter().map(|point| point.step);
        assert!(steps.eq(0..history.series("now").len() as u64), "none is missing before");
        // The next process finds a line that is cut.
        fs::File::options()
            .append(true)
            .open(&path)
            .and_then(|mut file| file.write_all(b"{\"step\":1"))
            .expect("it is written");
    }
    assert_eq!(History::open(&path).expect("it opens").runs().len(), 3);
}

#[test]
fn what_is_logged_before_a_long_silence_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("runs.jsonl");
    let mut history = History::create(&path).expect("it is created");
    for n in 1..=2 {
        history.log("loss", 1.0);
        std::thread::sleep(Duration::from_secs(1));
        assert_eq!(History::open(&path).expect("it opens").series("loss").len(), n);
    }
}

#[test]
#[cfg(unix)]
fn a_file_has_one_writer_and_any_readers() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("runs.jsonl");
    let mut history = History::create(&path).expect("it is created");
    history.log("loss", 1.0);
    history.flush().expect("it is written");
    let error = History::create(&path).unwrap_err().to_string();
    assert_eq!(error, format!("{}: cannot write: another History is writing it", path.display()));
    assert_eq!(History::open(&path).expect("it opens").series("loss").len(), 1);
    drop(history);
    drop(History::create(&path).expect("it is free"));
}
