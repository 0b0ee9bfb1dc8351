use super::Real;

/// Elements that are updated side by side: one vector of AVX-512, or a few smaller ones.
pub const LANES: usize = 16;

/// [`LANES`] elements.
pub type Lanes<T> = [T; LANES];

/// `each_lanes!(w, g, [m, v, x if FLAG] => body)` runs the body for [`LANES`] elements of these slices at a
/// time, under the names of the slices, and keeps what it makes of the parameter `w` and the slots `m`, `v`
/// and `x`; of `x` only if `FLAG`, a constant: else it is zeros in the body. The last elements are followed
/// by zeros.
///
/// The body works on copies. They overlap nothing, so the compiler keeps them in registers from one of its
/// loops to the next, and what some lanes wait for, a root or a division, others fill.
macro_rules! each_lanes {
    ($w:ident, $g:ident, [$($s:ident $(if $flag:ident)?),*] => $body:block) => {{
        let n = $w.len();
        let (whole, rest) = $w.as_chunks_mut();
        let (g_whole, g_rest) = $g[..n].as_chunks();
        $(let $s = $s[..if true $(&& $flag)? { n } else { 0 }].as_chunks_mut();)*
        for i in 0..whole.len() {
            let mut lanes: ([T; LANES], [T; LANES], [[T; LANES]; _]) = (
                whole[i],
                g_whole[i],
                [$(if true $(&& $flag)? { $s.0[i] } else { [T::ZERO; LANES] }),*],
            );
            {
                let ($w, $g, [$($s),*]) = (&mut lanes.0, &mut lanes.1, &mut lanes.2);
                $body
            }
            whole[i] = lanes.0;
            let mut slots = lanes.2.into_iter();
            $(
                let slot = slots.next().expect("a slot");
                if true $(&& $flag)? {
                    $s.0[i] = slot;
                }
            )*
        }
        if !rest.is_empty() {
            let mut lanes = (
                $crate::arithmetic::padded(rest),
                $crate::arithmetic::padded(g_rest),
                [$($crate::arithmetic::padded($s.1)),*],
            );
            {
                let ($w, $g, [$($s),*]) = (&mut lanes.0, &mut lanes.1, &mut lanes.2);
                $body
            }
            rest.copy_from_slice(&lanes.0[..rest.len()]);
            let mut slots = lanes.2.into_iter();
            $($s.1.copy_from_slice(&slots.next().expect("a slot")[..$s.1.len()]);)*
        }
    }};
}
pub(crate) use each_lanes;

/// `constants!([A = a, B = b] => body)` runs the body with the flags `A` and `B` as constants: it is compiled
/// once for each of their values, and chooses among the copies here, not in its loops.
macro_rules! constants {
    ([] => $body:block) => { $body };
    ([$name:ident = $flag:expr $(, $more:ident = $flags:expr)*] => $body:block) => {
        if $flag {
            const $name: bool = true;
            constants!([$($more = $flags),*] => $body)
        } else {
            const $name: bool = false;
            constants!([$($more = $flags),*] => $body)
        }
    };
}
pub(crate) use constants;

/// `x` and zeros.
#[inline(always)]
pub(crate) fn padded<T: Real>(x: &[T]) -> Lanes<T> {
    let mut lanes = [T::ZERO; LANES];
    lanes[..x.len()].copy_from_slice(x);
    lanes
}
