//! A scan: which coefficients of which components follow, and in what order their blocks do.

use formats::{Cursor, Error};

use super::bits::{Bits, Codes};
use super::blocks::{Band, Block};
use super::file::{Frame, Settings};
use super::malformed;

/// The components of a scan, by their places in the frame.
pub(super) struct Scan {
    parts: Vec<Part>,
    band: Band,
    restart: usize,
}

struct Part {
    component: usize,
    dc: Option<Codes>,
    ac: Option<Codes>,
    /// The last block's coefficient of frequency 0, from which the next one's differs by what is read.
    before: i32,
}

impl Scan {
    /// From its header. Components that have no scan yet get the quantisation of this moment.
    pub(super) fn new(
        segment: &mut Cursor<'_>,
        frame: &mut Frame,
        settings: &Settings,
    ) -> Result<Self, Error> {
        let count = segment.u8()?;
        let mut parts: Vec<Part> = Vec::new();
        for _ in 0..count {
            let (id, tables) = (segment.u8()?, segment.u8()?);
            let Some(component) = frame.components.iter().position(|part| part.id == id) else {
                return Err(malformed(format!("a scan of component {id}, which the frame has not")));
            };
            if parts.iter().any(|part| part.component == component) {
                return Err(malformed(format!("a scan has component {id} twice")));
            }
            let table = |all: &[Option<Codes>; 4], place: u8| all.get(usize::from(place)).cloned().flatten();
            let (dc, ac) = (table(&settings.dc, tables >> 4), table(&settings.ac, tables & 15));
            parts.push(Part { component, dc, ac, before: 0 });
            let part = &mut frame.components[component];
            if part.quantisation.is_none() {
                part.quantisation = Some(settings.quantisation_of(part)?);
            }
        }
        let (first, last, bits) = (segment.u8()?, segment.u8()?, segment.u8()?);
        let band = Band::new(frame.progressive, [first, last], [bits >> 4, bits & 15])?;
        let most = if band.is_of_one_component() { 1 } else { 4 };
        if !(1..=most).contains(&parts.len()) {
            return Err(malformed(format!("a scan of {count} components")));
        }
        Ok(Scan { parts, band, restart: settings.restart })
    }

    /// Reads its data, which `bytes` begins with; returns how many they are at most.
    pub(super) fn read(mut self, frame: &mut Frame, bytes: &[u8]) -> Result<usize, Error> {
        let mut bits = Bits::new(bytes);
        let alone = match &self.parts[..] {
            [part] => Some(frame.samples(&frame.components[part.component]).map(|n| n.div_ceil(8))),
            _ => None,
        };
        let [across, down] = alone.unwrap_or_else(|| frame.groups());
        let mut block = Block::default();
        let (mut left, mut number) = (self.restart, 0);
        for y in 0..down {
            for x in 0..across {
                if self.restart > 0 && left == 0 {
                    bits.restart(number)?;
                    (left, number) = (self.restart, (number + 1) % 8);
                    block = Block::default();
                    self.parts.iter_mut().for_each(|part| part.before = 0);
                }
                left = left.wrapping_sub(1);
                for part in &mut self.parts {
                    let component = &mut frame.components[part.component];
                    let [h, v] = if alone.is_some() { [1, 1] } else { component.sampling };
                    for (dy, dx) in (0..v).flat_map(|dy| (0..h).map(move |dx| (dy, dx))) {
                        let at = (y * v + dy) * component.blocks[0] + x * h + dx;
                        let coefficients = &mut component.coefficients[at];
                        let codes = [part.dc.as_ref(), part.ac.as_ref()];
                        block.read(coefficients, self.band, &mut bits, codes, &mut part.before)?;
                    }
                }
            }
        }
        Ok(bits.at())
    }
}
