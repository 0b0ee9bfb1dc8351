use std::collections::BTreeMap;

/// A value that was logged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// The step at that time, usually the number of batches before it.
    pub step: u64,
    /// The epoch at that time.
    pub epoch: u64,
    /// Seconds since the run began, to the millisecond.
    pub time: f64,
    /// The value itself; NaN and infinity are kept.
    pub value: f64,
}

/// One run of a program: series of values under names.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    name: String,
    started: f64,
    /// In the order in which the names first came.
    series: Vec<(String, Vec<Point>)>,
    places: BTreeMap<String, usize>,
}

impl Run {
    pub(super) fn new(name: String, started: f64) -> Run {
        Run { name, started, series: Vec::new(), places: BTreeMap::new() }
    }

    /// The run's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// When it began, in seconds since 1970 (UTC).
    pub fn started(&self) -> f64 {
        self.started
    }

    /// The names of its series, in the order in which they first came.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.series.iter().map(|(name, _)| &name[..])
    }

    /// What was logged under this name, in order; empty if nothing was.
    pub fn series(&self, name: &str) -> &[Point] {
        self.places.get(name).map_or(&[], |place| &self.series[*place].1)
    }

    pub(super) fn push(&mut self, name: &str, point: Point) {
        if let Some(place) = self.places.get(name) {
            return self.series[*place].1.push(point);
        }
        self.places.insert(name.to_owned(), self.series.len());
        self.series.push((name.to_owned(), vec![point]));
    }

    /// All points with their names, a series after the other.
    pub(super) fn points(&self) -> impl Iterator<Item = (&str, &Point)> {
        self.series.iter().flat_map(|(name, points)| points.iter().map(move |point| (&name[..], point)))
    }
}
