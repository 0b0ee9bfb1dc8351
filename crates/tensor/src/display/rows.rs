//! Nested brackets: which elements are shown, and where lines break.

/// The row-major indices of the elements that are shown, `edge` at each end of a longer axis.
pub(super) fn shown(shape: &[usize], edge: Option<usize>) -> Vec<usize> {
    shape.iter().fold(vec![0], |outer, &size| {
        let inner: Vec<usize> = items(size, edge).into_iter().flatten().collect();
        outer.iter().flat_map(|i| inner.iter().map(move |j| i * size + j)).collect()
    })
}

/// The indices along an axis, with `None` for the gap.
fn items(size: usize, edge: Option<usize>) -> Vec<Option<usize>> {
    match edge {
        Some(edge) if size > 2 * edge => {
            (0..edge).map(Some).chain([None]).chain((size - edge..size).map(Some)).collect()
        }
        _ => (0..size).map(Some).collect(),
    }
}

pub(super) struct Rows<'a> {
    /// Items kept at each end of an axis, if the tensor is summarised.
    pub(super) edge: Option<usize>,
    pub(super) linewidth: usize,
    /// The width of every number.
    pub(super) width: usize,
    /// The number at a row-major index.
    pub(super) text: &'a dyn Fn(usize) -> String,
}

impl Rows<'_> {
    /// The elements of a tensor whose text starts in column `indent`.
    pub(super) fn write(&self, shape: &[usize], indent: usize) -> String {
        self.block(shape, 0, indent)
    }

    fn block(&self, shape: &[usize], start: usize, indent: usize) -> String {
        match *shape {
            [] => (self.text)(start),
            [n] => self.vector(n, start, indent),
            [n, ref inner @ ..] => {
                let step: usize = inner.iter().product();
                let blocks: Vec<String> = items(n, self.edge)
                    .into_iter()
                    .map(|i| match i {
                        Some(i) => self.block(inner, start + i * step, indent + 1),
                        None => "...".to_owned(),
                    })
                    .collect();
                // One line break between rows, one more for each further axis.
                let between = format!(",{}{:indent$}", "\n".repeat(inner.len()), "", indent = indent + 1);
                format!("[{}]", blocks.join(&between))
            }
        }
    }

    fn vector(&self, n: usize, start: usize, indent: usize) -> String {
        let gap = if self.edge == Some(0) { "..." } else { " ..." };
        let texts: Vec<String> = items(n, self.edge)
            .into_iter()
            .map(|i| i.map_or(gap.to_owned(), |i| (self.text)(start + i)))
            .collect();
        let per_line = (self.linewidth.saturating_sub(indent) / (self.width + 2)).max(1);
        let lines: Vec<String> = texts.chunks(per_line).map(|line| line.join(", ")).collect();
        format!("[{}]", lines.join(&format!(",\n{:indent$}", "", indent = indent + 1)))
    }
}
