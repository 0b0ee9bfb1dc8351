use std::collections::HashMap;

use nn::Options;

use super::Group;

/// Which state belongs to which entry of the groups. A parameter that its group lists twice has one state, at
/// its last entry, as in torch's state dicts.
#[derive(Default)]
pub(super) struct Places {
    /// For every entry the place of its state, and how often its parameter comes
    /// before; empty while none comes twice.
    entries: Vec<(usize, usize)>,
}

impl Places {
    pub(super) fn new<O: Options>(groups: &[Group<O>]) -> Places {
        let mut last: HashMap<usize, (usize, usize)> = HashMap::new();
        let params = || groups.iter().flat_map(|group| group.params());
        let turns: Vec<usize> = params()
            .enumerate()
            .map(|(entry, p)| {
                let (place, times) = last.entry(p.id()).or_default();
                *place = entry;
                *times += 1;
                *times - 1
            })
            .collect();
        if last.len() == turns.len() {
            return Places::default();
        }
        Places { entries: params().map(|p| last[&p.id()].0).zip(turns).collect() }
    }

    /// Where the state of an entry is.
    pub(super) fn of(&self, entry: usize) -> usize {
        self.entries.get(entry).map_or(entry, |(place, _)| *place)
    }

    /// How often the parameter of an entry comes before it.
    pub(super) fn turn(&self, entry: usize) -> usize {
        self.entries.get(entry).map_or(0, |(_, turn)| *turn)
    }

    /// How many entries the parameter that comes most often has.
    pub(super) fn turns(&self) -> usize {
        1 + self.entries.iter().map(|(_, turn)| *turn).max().unwrap_or(0)
    }
}
