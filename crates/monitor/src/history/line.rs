//! The lines of a history's file: one JSON object each.
//!
//! ```text
//! {"run":"adam","started":1764293129.25}
//! {"step":0,"epoch":0,"time":0.012,"name":"train_loss","value":2.302585}
//! {"step":1,"epoch":0,"time":0.019,"name":"train_loss","value":"NaN"}
//! ```
//!
//! Values belong to the run above them. Fields and lines of other kinds are passed over, so that they may be
//! added one day.

use std::io::Write;

use serde_json::{Map, Value};

use super::{Point, Run};

/// Adds the line that begins a run.
pub(super) fn write_run(out: &mut Vec<u8>, run: &Run) {
    let name = Value::from(run.name());
    writeln!(out, r#"{{"run":{name},"started":{}}}"#, number(run.started())).expect("into memory");
}

/// Adds the line of a value.
pub(super) fn write_point(out: &mut Vec<u8>, name: &str, point: &Point) {
    let Point { step, epoch, time, value } = *point;
    write!(out, r#"{{"step":{step},"epoch":{epoch},"time":{},"name":"#, number(time)).expect("into memory");
    serde_json::to_writer(&mut *out, name).expect("a text is JSON");
    match value.is_finite() {
        true => writeln!(out, r#","value":{value:?}}}"#), // the shortest digits that give it back
        false => writeln!(out, r#","value":{}}}"#, number(value)),
    }
    .expect("into memory");
}

/// A number as JSON. What JSON lacks is a text that Python's `float` and JavaScript's `Number` read.
pub(super) fn number(x: f64) -> Value {
    if x.is_finite() { Value::from(x) } else { Value::from(word(x)) }
}

/// The word for what is not finite.
pub(super) fn word(x: f64) -> &'static str {
    match x {
        f64::INFINITY => "Infinity",
        f64::NEG_INFINITY => "-Infinity",
        _ => "NaN",
    }
}

/// How lines begin.
const BEGINNINGS: [&[u8]; 2] = [br#"{"run":"#, br#"{"step":"#];

/// Whether this is the beginning of a line, and nothing else.
pub(super) fn is_cut(line: &[u8]) -> bool {
    let ours = BEGINNINGS.iter().any(|beginning| line.starts_with(beginning) || beginning.starts_with(line));
    ours && serde_json::from_slice::<Map<String, Value>>(line).is_err_and(|error| error.is_eof())
}

/// Adds what the line says to the runs.
pub(super) fn read(line: &[u8], runs: &mut Vec<Run>) -> Result<(), String> {
    let fields: Map<String, Value> = serde_json::from_slice(line).map_err(|e| e.to_string())?;
    let text = |key: &str| fields.get(key).and_then(Value::as_str);
    let number = |key: &str| match fields.get(key) {
        Some(Value::String(word)) => word.parse().ok(),
        value => value.and_then(Value::as_f64),
    };
    let count = |key: &str| fields.get(key).and_then(Value::as_u64);
    if let Some(name) = text("run") {
        runs.push(Run::new(name.to_owned(), number("started").ok_or("it has no time")?));
    } else if let Some(name) = text("name") {
        let run = runs.last_mut().ok_or("a value stands before any run")?;
        let point = || {
            Some(Point {
                step: count("step")?,
                epoch: count("epoch")?,
                time: number("time")?,
                value: number("value")?,
            })
        };
        run.push(name, point().ok_or("a value needs `step`, `epoch`, `time` and `value`")?);
    } else if runs.is_empty() {
        return Err("the first line has no `run`".into());
    }
    Ok(())
}
