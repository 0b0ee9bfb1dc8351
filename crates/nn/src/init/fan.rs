/// How many inputs reach one output, and how many outputs one input reaches, for a weight of `shape`
/// (`[out, in, …kernel]`).
#[track_caller]
pub(super) fn fan_in_and_out(op: &str, shape: &[usize]) -> (usize, usize) {
    let [fan_out, fan_in, kernel @ ..] = shape else {
        panic!(
            "{op}: fan in and fan out can not be computed for tensor with fewer than 2 dimensions, got {shape:?}"
        )
    };
    let area: usize = kernel.iter().product();
    (fan_in * area, fan_out * area)
}
