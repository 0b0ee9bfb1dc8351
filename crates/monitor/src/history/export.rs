use std::io::Write;
use std::path::Path;

use formats::failing;
use serde_json::json;

use super::line::{number, word, write_point, write_run};
use super::{History, Point, Run};
use crate::{Error, Result};

impl History {
    /// Writes all runs into one file, in the form in which [`History::open`] reads them: JSON Lines. Whatever
    /// happens, the path afterwards holds all of it or what it held before.
    ///
    /// ```
    /// use monitor::History;
    ///
    /// let folder = tempfile::tempdir()?;
    /// let mut history = History::new();
    /// history.log("loss", f64::NAN);
    /// history.save(folder.path().join("copy.jsonl"))?;
    /// let copy = History::open(folder.path().join("copy.jsonl"))?;
    /// assert!(copy.series("loss")[0].value.is_nan());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let mut lines = Vec::new();
        for run in self.runs() {
            write_run(&mut lines, run);
            run.points().for_each(|(name, point)| write_point(&mut lines, name, point));
        }
        write(path.as_ref(), &lines)
    }

    /// Writes a table with a row for each value: `run,started,name,step,epoch,time,value`. Not a number and
    /// infinity are `NaN`, `Infinity` and `-Infinity`, as pandas reads them. Whatever happens, the path
    /// afterwards holds all of it or what it held before.
    ///
    /// ```
    /// let folder = tempfile::tempdir()?;
    /// let mut history = monitor::History::new();
    /// history.log("loss", 0.5);
    /// history.write_csv(folder.path().join("runs.csv"))?;
    /// let text = std::fs::read_to_string(folder.path().join("runs.csv"))?;
    /// assert!(text.starts_with("run,started,name,step,epoch,time,value\nrun 1,"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub fn write_csv(&self, path: impl AsRef<Path>) -> Result<()> {
        let mut table = csv::Writer::from_writer(Vec::new());
        let mut row =
            |row: &[&str]| table.write_record(row).expect("into memory, as many fields in each row");
        row(&["run", "started", "name", "step", "epoch", "time", "value"]);
        for run in self.runs() {
            let started = shown(run.started());
            for (name, point) in run.points() {
                let [step, epoch] = [point.step, point.epoch].map(|n| n.to_string());
                let [time, value] = [point.time, point.value].map(shown);
                row(&[run.name(), &started, name, &step, &epoch, &time, &value]);
            }
        }
        write(path.as_ref(), &table.into_inner().expect("into memory"))
    }

    /// Writes one JSON document: `{"runs": [{"name", "started", "series": [{"name", "step": [...], "epoch":
    /// [...], "time": [...], "value": [...]}]}]}`. Not a number and infinity are the texts `"NaN"`,
    /// `"Infinity"` and `"-Infinity"`. Whatever happens, the path afterwards holds all of it or what it
    /// held before.
    ///
    /// ```
    /// let folder = tempfile::tempdir()?;
    /// let mut history = monitor::History::new();
    /// history.log("loss", 0.5);
    /// history.write_json(folder.path().join("runs.json"))?;
    /// assert!(std::fs::read_to_string(folder.path().join("runs.json"))?.contains(r#""value":[0.5]"#));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub fn write_json(&self, path: impl AsRef<Path>) -> Result<()> {
        let runs: Vec<_> = self.runs().iter().map(columns).collect();
        write(path.as_ref(), json!({ "runs": runs }).to_string().as_bytes())
    }
}

/// A run with its series as columns.
fn columns(run: &Run) -> serde_json::Value {
    let series = |name: &str| {
        let points = run.series(name);
        let counts = |of: fn(&Point) -> u64| points.iter().map(of).collect::<Vec<_>>();
        let numbers = |of: fn(&Point) -> f64| points.iter().map(|p| number(of(p))).collect::<Vec<_>>();
        json!({
            "name": name,
            "step": counts(|p| p.step),
            "epoch": counts(|p| p.epoch),
            "time": numbers(|p| p.time),
            "value": numbers(|p| p.value),
        })
    };
    let series: Vec<_> = run.names().map(series).collect();
    json!({ "name": run.name(), "started": number(run.started()), "series": series })
}

fn shown(x: f64) -> String {
    if x.is_finite() { format!("{x:?}") } else { word(x).to_owned() }
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    formats::write(path, |out| out.write_all(bytes).map_err(failing("write")))
        .map_err(|source| Error::File { file: path.display().to_string(), source })
}
