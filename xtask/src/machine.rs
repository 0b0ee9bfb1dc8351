//! The machine and versions that a published result has to name.

/// The processor, and the instruction set that our kernels chose on it.
pub(crate) fn cpu() -> String {
    let name = std::fs::read_to_string("/proc/cpuinfo").ok().and_then(|info| {
        info.lines().find_map(|line| {
            line.strip_prefix("model name")?.split_once(": ").map(|(_, name)| name.to_string())
        })
    });
    format!(
        "CPU: {}, instruction set {}",
        name.as_deref().unwrap_or("unknown"),
        tensor::kernels::simd::Isa::current().name()
    )
}
