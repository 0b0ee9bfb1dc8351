//! A process killed while it saves leaves a whole file: the one before or the one it was writing.

use nn::{StateDict, Value};
use serialize::{load_state_dict, save_state_dict};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tensor::full;

const FILE: &str = "SERIALIZE_CRASH_FILE";

/// Large enough that most of the time goes into writing it.
fn state(number: f64) -> StateDict {
    (0..20).map(|i| (format!("layer{i}"), full([50_000], number))).collect()
}

/// The killed process runs this same program, told by the environment. Without that it has nothing
/// to do and passes.
#[test]
fn child_saves_until_it_is_killed() {
    let Some(path) = std::env::var_os(FILE).map(PathBuf::from) else { return };
    let states = [state(1.0), state(2.0)];
    for state in states.iter().cycle() {
        save_state_dict(state, &path).expect("the folder is there");
    }
}

/// All tensors are of one save.
fn whole(path: &Path) -> bool {
    let state = load_state_dict(path).expect("a whole file");
    let first = state["layer0"].to_vec::<f32>()[0];
    assert_eq!(state.len(), 20);
    state.iter().all(|(_, tensor)| tensor.to_vec::<f32>().iter().all(|&x| x == first))
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// And the save after it removes what the killed one left unfinished.
#[test]
fn a_killed_save_leaves_a_whole_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut abandoned = 0;
    for (round, name) in ["net.model", "net.pth", "net.safetensors"].iter().cycle().take(6).enumerate() {
        let path = folder.path().join(name);
        save_state_dict(&state(0.0), &path).unwrap();
        let before = std::fs::metadata(&path).unwrap().modified().unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child_saves_until_it_is_killed"])
            .env(FILE, &path)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let begun = Instant::now();
        while std::fs::metadata(&path).unwrap().modified().unwrap() == before {
            assert!(begun.elapsed() < Duration::from_secs(60), "the child saves nothing");
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_millis(3 + 7 * round as u64));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(whole(&path), "{name}");
        abandoned += usize::from(names(folder.path()).iter().any(|name| name.starts_with('.')));
    }
    // Nearly all the time of a save goes into the hidden file.
    assert!(abandoned > 0, "no save was killed in the middle");
    save_state_dict(&state(0.0), folder.path().join("net.model")).unwrap();
    assert_eq!(names(folder.path()), ["net.model", "net.pth", "net.safetensors"]);
    // A value that cannot be saved takes nothing away either.
    let path = folder.path().join("net.safetensors");
    assert!(serialize::save_checkpoint(&Value::None, &path).is_err());
    assert!(whole(&path));
}
