use std::fs::File;
use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// How long a line may wait before it is written. A second at most is promised; the machine may be busy.
const WAIT: Duration = Duration::from_millis(250);

/// Appends lines to a file on a thread of its own, which sleeps while there are none.
#[derive(Debug)]
pub(super) struct Writer {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    /// Lines to be written. Never locked while the file is.
    lines: Mutex<Lines>,
    changed: Condvar,
    file: Mutex<Appended>,
}

#[derive(Debug, Default)]
struct Lines {
    bytes: Vec<u8>,
    closed: bool,
}

#[derive(Debug)]
struct Appended {
    file: File,
    /// The bytes of whole lines.
    len: u64,
    /// Lines that could not be written yet.
    left: Vec<u8>,
}

impl Writer {
    /// Goes on with a file of `len` bytes that was opened to append.
    pub(super) fn new(file: File, len: u64) -> io::Result<Writer> {
        let file = Mutex::new(Appended { file, len, left: Vec::new() });
        let shared = Arc::new(Shared { lines: Mutex::default(), changed: Condvar::new(), file });
        let of_thread = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("history".into()).spawn(move || of_thread.run())?;
        Ok(Writer { shared, thread: Some(thread) })
    }

    /// Takes lines to be written soon.
    pub(super) fn push(&self, write: impl FnOnce(&mut Vec<u8>)) {
        let mut lines = locked(&self.shared.lines);
        let first = lines.bytes.is_empty();
        write(&mut lines.bytes);
        drop(lines);
        if first {
            self.shared.changed.notify_one();
        }
    }

    /// Writes all lines now.
    pub(super) fn flush(&self) -> io::Result<()> {
        self.shared.write()
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        locked(&self.shared.lines).closed = true;
        self.shared.changed.notify_one();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join(); // it does not panic
        }
        // A child process that is just being started has the file open, too, and would keep the lock.
        let _ = locked(&self.shared.file).file.unlock();
    }
}

impl Shared {
    /// Until the writer is dropped: waits for the first line, lets others gather, and writes them.
    fn run(&self) {
        let mut told = false;
        loop {
            let lines = locked(&self.lines);
            let waiting = |lines: &mut Lines| lines.bytes.is_empty() && !lines.closed;
            let lines = self.changed.wait_while(lines, waiting).unwrap_or_else(PoisonError::into_inner);
            let open = |lines: &mut Lines| !lines.closed;
            let waited = self.changed.wait_timeout_while(lines, WAIT, open);
            let closed = waited.unwrap_or_else(PoisonError::into_inner).0.closed;
            match self.write() {
                Err(error) if !told || closed => {
                    tensor::warn(&format!("the history could not be written: {error}"));
                    told = true;
                }
                _ => {}
            }
            if closed {
                return;
            }
        }
    }

    fn write(&self) -> io::Result<()> {
        let mut file = locked(&self.file);
        let new = std::mem::take(&mut locked(&self.lines).bytes);
        file.append(new)
    }
}

impl Appended {
    /// Writes what is left and what is new, or leaves the file as it was.
    fn append(&mut self, new: Vec<u8>) -> io::Result<()> {
        self.left.extend(new);
        if let Err(error) = self.file.write_all(&self.left) {
            let _ = self.file.set_len(self.len); // no half of a line in the middle
            return Err(error);
        }
        self.len += self.left.len() as u64;
        self.left.clear();
        Ok(())
    }
}

/// Locks; whoever panicked while holding it left whole lines.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_written_is_told_and_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("history");
        std::fs::write(&path, "before\n").expect("it is written");
        let read_only = File::open(&path).expect("it is there");
        let mut file = Appended { file: read_only, len: 7, left: Vec::new() };
        assert!(file.append(b"one\n".to_vec()).is_err());
        assert!(file.append(b"two\n".to_vec()).is_err());
        file.file = File::options().append(true).open(&path).expect("it may be written");
        file.append(b"three\n".to_vec()).expect("it is written");
        assert_eq!(std::fs::read_to_string(&path).expect("text"), "before\none\ntwo\nthree\n");
        assert_eq!(file.len, 7 + 4 + 4 + 6);
    }
}
