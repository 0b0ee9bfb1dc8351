//! How the places of a phase are taken: in strips or in tiles, each with the steps that it needs.

use std::ops::Range;

use super::contract::{Rows, Tiles};
use super::geometry::every;
use super::pass::Pass;
use super::steps::{Needs, Steps, Taps, both};
use super::strip::Vectors;

/// Results that add up the same steps.
pub(super) struct Phase {
    /// Where they lie in a channel of the result: every `stride`th place of each axis from `first` on.
    pub(super) first: [usize; 3],
    pub(super) stride: [usize; 3],
    pub(super) places: [usize; 3],
    /// How far they are apart in what is read, where the first begins at 0.
    pub(super) apart: [usize; 3],
    /// The places of the taps of each axis, for the first place of the result.
    pub(super) taps: [Vec<usize>; 3],
    pub(super) steps: Steps,
}

/// Some channels of a result; as wide as the vectors that hold them.
pub(super) struct Block {
    pub(super) channels: Range<usize>,
    pub(super) width: usize,
}

/// A phase, and how its places are taken.
pub(super) struct Work<'a> {
    pub(super) phase: &'a Phase,
    pub(super) lanes: Lanes,
    pub(super) needs: Needs<'a>,
}

/// What lies in the lanes of vectors.
pub(super) enum Lanes {
    /// Channels, for places one by one, some of them at a time; their results go there.
    Channels { parts: Vec<Rows>, to: Vec<usize> },
    /// Neighbouring places, for channels one by one.
    Places(Vectors),
}

/// Places whose sums are made before they are turned round: they stay in the nearest caches.
pub(super) const ROWS: usize = 224;

/// Fewer places than this that need the same steps are no tile of their own: it would wait for its sums.
const FEW: usize = 3;

impl<'a> Work<'a> {
    /// Takes the places of a phase for blocks of channels: in rows, whose places lie in the lanes, or one by
    /// one.
    pub(super) fn new<T>(
        pass: &Pass,
        tiles: &Tiles<T>,
        phase: &'a Phase,
        blocks: &[Block],
        in_rows: bool,
    ) -> Self {
        let axes = [0, 1, 2].map(|axis| Axis::new(pass, phase, axis));
        let mut needs = Needs::of(&phase.steps);
        let lanes = if in_rows {
            Lanes::Places(rows(tiles, phase, blocks, &axes, &mut needs))
        } else {
            let places: Vec<_> = every(phase.places).map(|at| Place::at(&axes, at)).collect();
            let used = |&n: &usize| blocks.iter().any(|block| block.width == tiles.width(n));
            let vectors: Vec<_> = [1, 2].into_iter().filter(used).collect();
            let most = places.len().div_ceil(places.len().div_ceil(ROWS));
            let parts = places.chunks(most).map(|places| part(tiles, &vectors, places, &axes, &mut needs));
            Lanes::Channels { parts: parts.collect(), to: places.iter().map(|at| at.to).collect() }
        };
        Work { phase, lanes, needs }
    }
}

/// Strips of whole rows.
fn rows<T>(
    tiles: &Tiles<T>,
    phase: &Phase,
    blocks: &[Block],
    axes: &[Axis; 3],
    needs: &mut Needs<'_>,
) -> Vectors {
    let first = every([phase.places[0], phase.places[1], 1]);
    let rows: Vec<_> = first.map(|at| Place::at(axes, at)).collect();
    let strip = blocks.iter().map(|block| tiles.strips[block.width - 1].1).min().unwrap_or(1);
    let kind = |part: Range<usize>| {
        let [d, h, _] = needed_by(axes, rows[part].iter());
        needs.kind([d, h, 0..phase.taps[2].len()])
    };
    let at: Vec<_> = rows.iter().map(|at| [at.from, at.to]).collect();
    Vectors::new(&at, phase.places[2], (tiles.lanes, strip), kind)
}

/// Tiles of some places: those that need the same steps together, and at the end the few that share a tile.
fn part<T>(
    tiles: &Tiles<T>,
    vectors: &[usize],
    places: &[Place],
    axes: &[Axis; 3],
    needs: &mut Needs<'_>,
) -> Rows {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut last = 0;
    for (i, place) in places.iter().enumerate() {
        let same = |group: &Vec<usize>| places[group[0]].kind == place.kind;
        if !groups.get(last).is_some_and(same) {
            last = groups.iter().position(same).unwrap_or_else(|| {
                groups.push(Vec::new());
                groups.len() - 1
            });
        }
        groups[last].push(i);
    }
    let few: Vec<_> = groups.extract_if(.., |group| group.len() < FEW).flatten().collect();
    if !few.is_empty() {
        groups.push(few);
    }
    let mut rows = Rows::new(groups.iter().flatten().map(|&i| [places[i].from, i]));
    let mut first = 0;
    for group in groups {
        let kind = needs.kind(needed_by(axes, group.iter().map(|&i| &places[i])));
        for &vectors in vectors {
            rows.cut(tiles, vectors, first..first + group.len(), kind);
        }
        first += group.len();
    }
    rows
}

/// The taps that some of the places need.
fn needed_by<'a>(axes: &[Axis; 3], places: impl Iterator<Item = &'a Place>) -> Taps {
    let inside = |at: &Place| [0, 1, 2].map(|axis| axes[axis].inside[at.kind[axis]].clone());
    let both = |a: Taps, b: Taps| [0, 1, 2].map(|axis| both(&a[axis], &b[axis]));
    places.map(inside).reduce(both).unwrap_or_default()
}

/// An axis of a phase.
struct Axis {
    /// For each place of the result, where it reads and where it lies.
    at: Vec<[usize; 2]>,
    /// And which of the `inside` it needs.
    kinds: Vec<usize>,
    /// Taps that lie inside the planes.
    inside: Vec<Range<usize>>,
}

impl Axis {
    fn new(pass: &Pass, phase: &Phase, axis: usize) -> Axis {
        let (planes, apart) = (&pass.from.1, phase.apart[axis]);
        let unit = |axis: usize| [0, 1, 2].map(|i| usize::from(i == axis));
        let [_, h, w] = pass.to.1;
        let (from, to) = (planes.at(unit(axis)), [h * w, w, 1][axis]);
        let place = |i: usize| [i * apart * from, (phase.first[axis] + i * phase.stride[axis]) * to];
        let at = (0..phase.places[axis]).map(place).collect();
        let (mut inside, mut kinds) = (Vec::new(), Vec::new());
        for taps in planes.taps_inside(axis, phase.places[axis], apart, &phase.taps[axis]) {
            if inside.last() != Some(&taps) {
                inside.push(taps);
            }
            kinds.push(inside.len() - 1);
        }
        Axis { at, kinds, inside }
    }
}

/// A place of the result: where it reads, where it lies, and what it needs of each axis.
#[derive(Clone, Copy)]
struct Place {
    from: usize,
    to: usize,
    kind: [usize; 3],
}

impl Place {
    fn at(axes: &[Axis; 3], at: [usize; 3]) -> Place {
        let sum = |i: usize| (0..3).map(|axis| axes[axis].at[at[axis]][i]).sum();
        Place { from: sum(0), to: sum(1), kind: [0, 1, 2].map(|axis| axes[axis].kinds[at[axis]]) }
    }
}
