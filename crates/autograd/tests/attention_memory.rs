//! What attention takes beside its tensors does not grow with their length. Every allocation is counted.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use autograd::{ScaledDotProductAttentionOptions, Variable, scaled_dot_product_attention};

static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

struct Counting;

fn more(bytes: usize) {
    PEAK.fetch_max(LIVE.fetch_add(bytes, SeqCst) + bytes, SeqCst);
}

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        more(layout.size());
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        more(layout.size());
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), SeqCst);
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// The most bytes that were held at one time on the way forward and back, of so many tokens.
fn peak(tokens: usize) -> usize {
    let [q, k, v] = [(); 3].map(|()| Variable::new(tensor::randn([2, tokens, 16])).requires_grad_(true));
    let before = LIVE.load(SeqCst);
    PEAK.store(before, SeqCst);
    let y = scaled_dot_product_attention(&q, &k, &v, None, ScaledDotProductAttentionOptions::default());
    y.backward_with(tensor::ones(y.shape()));
    PEAK.load(SeqCst) - before
}

#[test]
fn memory_grows_with_the_tokens_and_not_with_their_square() {
    tensor::set_num_threads(2);
    let [few, many] = [1024, 4096].map(peak);
    assert!(many <= 4 * few, "{few} bytes for 1024 tokens, {many} for 4096");
    let scores = 2 * 4096 * 4096 * size_of::<f32>();
    assert!(many < scores / 8, "{many} bytes for 4096 tokens, whose scores have {scores}");
}
