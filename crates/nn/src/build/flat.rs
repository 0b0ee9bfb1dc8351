//! Trees as they lie in files: a list of nodes, each parent before its children, each with its depth.
//!
//! A file could describe a tree deep enough to exhaust the stack of anything recursive, the reader of the
//! format included. A list cannot, and the depth is checked before the tree is built.

/// How deep trees in files may be. A model nests its blocks a dozen deep; the stack of a thread holds
/// some thousand levels.
pub(crate) const MAX_DEPTH: u32 = 100;

pub(crate) fn check_depth(depth: u32) -> Result<(), String> {
    if depth <= MAX_DEPTH { Ok(()) } else { Err(format!("nested more than {MAX_DEPTH} deep")) }
}

/// The tree of the given nodes; `adopt` makes the second node a child of the first.
pub(crate) fn unflatten<T>(
    nodes: impl IntoIterator<Item = (u32, T)>,
    adopt: impl Fn(&mut T, T),
) -> Result<T, String> {
    // The path from the root to the last node: a node of depth d stands at index d.
    let mut path: Vec<T> = Vec::new();
    let close = |path: &mut Vec<T>, depth: usize| {
        while path.len() > depth {
            let child = path.pop().expect("the loop's condition");
            adopt(path.last_mut().expect("depth is at least 1"), child);
        }
    };
    for (depth, node) in nodes {
        check_depth(depth)?;
        let depth = depth as usize;
        if depth > path.len() || (depth == 0) != path.is_empty() {
            return Err(format!("a node at depth {depth} has no parent"));
        }
        if depth > 0 {
            close(&mut path, depth);
        }
        path.push(node);
    }
    close(&mut path, 1);
    path.pop().ok_or_else(|| "an empty description".to_owned())
}
