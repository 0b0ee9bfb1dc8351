//! The memory that waits to be used again: one limit for the process, and one call that frees it all.

mod child;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc;

use child::in_child;
use tensor::{Tensor, empty_cache, zeros};

/// Bytes of buffers that have not been freed, and how many buffers there were: a tensor's is aligned to a
/// cache line, and nothing else here is.
static HELD: AtomicUsize = AtomicUsize::new(0);
static MADE: AtomicUsize = AtomicUsize::new(0);

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: every call is the system allocator's.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.align() == 64 {
            HELD.fetch_add(layout.size(), SeqCst);
            MADE.fetch_add(1, SeqCst);
        }
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        if layout.align() == 64 {
            HELD.fetch_sub(layout.size(), SeqCst);
        }
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(pointer, layout) }
    }
}

const MIB: usize = 1 << 20;
const LIMIT: usize = 256 * MIB;

fn tensor(mib: usize) -> Tensor {
    zeros([mib * MIB / 4])
}

/// The result of `then` while threads are idle that have freed another thread's buffers.
fn with_idle_threads<R>(threads: usize, mib_each: usize, then: impl FnOnce() -> R) -> R {
    let (freed, over) = (Barrier::new(threads + 1), Barrier::new(threads + 1));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let made: Vec<Tensor> = (0..mib_each).map(|_| tensor(1)).collect();
            let (freed, over) = (&freed, &over);
            scope.spawn(move || {
                drop(made);
                freed.wait();
                over.wait();
            });
        }
        freed.wait();
        let result = then();
        over.wait();
        result
    })
}

#[test]
fn one_call_frees_what_idle_threads_hold() {
    in_child("one_call_frees_what_idle_threads_hold", || {
        let (held, then) = with_idle_threads(4, 20, || {
            let held = HELD.load(SeqCst);
            empty_cache();
            (held, HELD.load(SeqCst))
        });
        assert!(held >= 20 * MIB, "{held} bytes wait to be used again");
        assert_eq!(then, 0);
    });
}

#[test]
fn all_threads_together_hold_no_more_than_the_limit() {
    in_child("all_threads_together_hold_no_more_than_the_limit", || {
        let held = with_idle_threads(8, 60, || HELD.load(SeqCst));
        assert!(held <= LIMIT, "{held} bytes");
    });
}

#[test]
fn what_a_thread_leaves_behind_is_used_again() {
    in_child("what_a_thread_leaves_behind_is_used_again", || {
        for _ in 0..50 {
            std::thread::spawn(|| drop([tensor(1), tensor(2), tensor(3)])).join().unwrap();
        }
        assert_eq!(MADE.load(SeqCst), 3);
        empty_cache();
        assert_eq!(HELD.load(SeqCst), 0);
    });
}

#[test]
fn buffers_go_round_between_a_maker_and_a_user() {
    in_child("buffers_go_round_between_a_maker_and_a_user", || {
        let (send, receive) = mpsc::sync_channel::<Tensor>(2);
        let maker = std::thread::spawn(move || (0..500).for_each(|_| send.send(tensor(1)).unwrap()));
        receive.into_iter().for_each(drop);
        maker.join().unwrap();
        let made = MADE.load(SeqCst);
        // One being made, one waiting to be sent, two sent, one in use; and now and then a shelf is busy.
        assert!(made <= 20, "{made} buffers for 500 tensors");
    });
}
