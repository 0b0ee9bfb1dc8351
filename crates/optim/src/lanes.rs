use crate::Real;

/// Elements that are updated side by side: one vector of AVX-512, or a few smaller ones.
pub const LANES: usize = 16;

/// [`LANES`] elements.
pub type Lanes<T> = [T; LANES];

/// `each_lanes!(w, g, [m, v] => body)` runs the body for [`LANES`] elements at a time, bound to the names of their slices, and
/// keeps what it makes of the parameter `w` and the state `[m, v]`. The last elements are followed by zeros.
///
/// The body works on copies. They overlap nothing, so the compiler keeps them in registers from one of its loops to the next,
/// and what some lanes wait for, a root or a division, others fill.
macro_rules! each_lanes {
    ($w:ident, $g:ident, [$($s:ident),*] => $body:block) => {{
        let n = $w.len();
        let (whole, rest) = $w.as_chunks_mut();
        let (g_whole, g_rest) = $g[..n].as_chunks();
        let mut state = [$($s[..n].as_chunks_mut()),*];
        for i in 0..whole.len() {
            let (mut $w, mut $g): (Lanes<T>, Lanes<T>) = (whole[i], g_whole[i]);
            let [$(mut $s),*]: [Lanes<T>; _] = state.each_ref().map(|s| s.0[i]);
            $body
            whole[i] = $w;
            for (s, new) in state.iter_mut().zip([$($s),*]) {
                s.0[i] = new;
            }
        }
        if !rest.is_empty() {
            let (mut $w, mut $g): (Lanes<T>, Lanes<T>) = (padded(rest), padded(g_rest));
            let [$(mut $s),*]: [Lanes<T>; _] = state.each_ref().map(|s| padded(s.1));
            $body
            rest.copy_from_slice(&$w[..rest.len()]);
            for (s, new) in state.iter_mut().zip([$($s),*]) {
                s.1.copy_from_slice(&new[..rest.len()]);
            }
        }
    }};
}
pub(crate) use each_lanes;

/// `x` and zeros.
#[inline(always)]
pub(crate) fn padded<T: Real>(x: &[T]) -> Lanes<T> {
    let mut lanes = [T::ZERO; LANES];
    lanes[..x.len()].copy_from_slice(x);
    lanes
}
