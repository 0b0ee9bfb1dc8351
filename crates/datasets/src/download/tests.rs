//! The download path against a server on loopback that behaves badly in every way we could think of.

use super::*;
use collection::{Archive, DataFile, Known, Listing};
use flate2::{Compression, write::GzEncoder};
use sha2::Digest;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const NAMES: [&str; 4] = [
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
];

/// Short enough for a test, long enough for a busy machine.
const PATIENCE: Patience = Patience {
    connect: Duration::from_secs(5),
    answer: Duration::from_millis(600),
    silence: Duration::from_millis(600),
};

const CLIENT: Client<'static> = Client { patience: PATIENCE, report: &|_| {} };

fn content(name: &str) -> Vec<u8> {
    (0..100_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8 ^ name.len() as u8).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
    gz.write_all(bytes).unwrap();
    gz.finish().unwrap()
}

fn hex<D: Digest>(bytes: &[u8]) -> &'static str {
    D::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>().leak()
}

/// A collection whose files are `content(name)`.
fn collection(knows_sha256: bool) -> Listing {
    let file = |name| DataFile {
        name,
        at_most: content(name).len() as u64,
        known: Known::Packed {
            md5: gz_md5(name),
            sha256: knows_sha256.then(|| hex::<sha2::Sha256>(&content(name))),
        },
    };
    let files = NAMES.map(file).into();
    Listing { folder: "MNIST/raw", command: "mnist", files, archive: None, mirrors: &[] }
}

fn gz_md5(name: &str) -> &'static str {
    hex::<md5::Md5>(&gzip(&content(name)))
}

/// The same files, downloaded in one archive; each has its own checksum, or none.
fn archived(name: &'static str, knows_md5: bool) -> Listing {
    let file = |name| DataFile {
        name,
        at_most: content(name).len() as u64,
        known: if knows_md5 { Known::Md5(hex::<md5::Md5>(&content(name))) } else { Known::ByArchive },
    };
    let (files, bytes) = (NAMES.map(file).into(), archive(name));
    let archive = Archive { name, md5: hex::<md5::Md5>(&bytes), at_most: bytes.len() as u64 };
    Listing { folder: "set", command: "set", files, archive: Some(archive), mirrors: &[] }
}

/// The files as a tar or zip file, by its name; in the zip they are packed once more. Each lies beside
/// another that nobody asked for, in a folder above all.
fn archive(name: &str) -> Vec<u8> {
    match name {
        "set.tar.gz" => gzip(&tar(&NAMES, "set")),
        "set.zip" => {
            let mut zip = formats::zip::Writer::new(Vec::new());
            zip.add("../../escape.txt", b"nobody asked for it").unwrap();
            for name in NAMES {
                zip.add(&format!("../gzip/{name}.gz"), &gzip(&content(name))).unwrap();
            }
            zip.finish().unwrap()
        }
        _ => panic!("no archive {name}"),
    }
}

fn tar(names: &[&str], folder: &str) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for name in names {
        let mut header = tar::Header::new_gnu();
        header.set_size(content(name).len() as u64);
        tar.append_data(&mut header, format!("{folder}/{name}"), &content(name)[..]).unwrap();
    }
    tar.into_inner().unwrap()
}

/// Serves `/<behaviour>/<name>.gz` for ever.
fn server() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || answer(stream));
        }
    });
    address
}

fn answer(mut stream: TcpStream) -> Option<()> {
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
    let request = lines.next()?.ok()?;
    lines.map_while(Result::ok).find(|line| line.is_empty())?;
    let mut path = request.split(' ').nth(1)?.split('/').skip(1);
    let (behaviour, name) = (path.next()?, path.next()?);
    let body =
        if name.starts_with("set.") { archive(name) } else { gzip(&content(name.trim_end_matches(".gz"))) };
    let ok = |len: usize| {
        format!("HTTP/1.1 200 OK\r\nContent-Length: {len}\r\nConnection: close\r\n\r\n").into_bytes()
    };
    let half = body.len() / 2;
    let reply = match behaviour {
        "good" => [ok(body.len()), body].concat(),
        "truncated" => [ok(body.len()), body[..half].to_vec()].concat(),
        "shorter" => [ok(half), body[..half].to_vec()].concat(),
        "wrong" => [ok(9), b"not found".to_vec()].concat(),
        "endless" => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n").ok()?;
            while stream.write_all(&[7; 1 << 16]).is_ok() {}
            return None;
        }
        "status" => b"HTTP/1.1 503 Busy\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbusy".to_vec(),
        "stalled" => {
            stream.write_all(&[ok(body.len()), body[..half].to_vec()].concat()).ok()?;
            thread::sleep(Duration::from_secs(20));
            return None;
        }
        "mute" => {
            thread::sleep(Duration::from_secs(20));
            return None;
        }
        "dripping" => {
            // Slower as a whole than the patience for silence, but never silent: this one is to succeed.
            stream.write_all(&ok(body.len())).ok()?;
            for piece in body.chunks(body.len() / 8) {
                thread::sleep(Duration::from_millis(100));
                stream.write_all(piece).ok()?;
            }
            return None;
        }
        other => panic!("no behaviour {other}"),
    };
    stream.write_all(&reply).ok()
}

fn mirror(server: SocketAddr, behaviour: &str) -> Source {
    Source::parse(&format!("http://{server}/{behaviour}")).unwrap()
}

fn store() -> (TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::new(dir.path().join("MNIST/raw")).unwrap();
    (dir, store)
}

fn names_in(store: &Store) -> Vec<String> {
    let mut names: Vec<_> =
        store.path().read_dir().unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Asks one misbehaving mirror; nothing may be left behind, and the error has to say what happened.
fn fails(behaviour: &str) -> String {
    let (_dir, store) = store();
    let asked = Instant::now();
    let error =
        fetch(&collection(true), &store, &[mirror(server(), behaviour)], CLIENT).unwrap_err().to_string();
    assert!(asked.elapsed() < Duration::from_secs(10), "{behaviour}: took {:?}", asked.elapsed());
    assert_eq!(names_in(&store), [""; 0], "{behaviour} left files behind");
    assert!(error.contains(behaviour) && error.contains("--from"), "{error}");
    error
}

#[test]
fn a_good_mirror_gives_packed_and_unpacked_files_and_nothing_else() {
    for knows_sha256 in [true, false] {
        let (collection, (_dir, store)) = (collection(knows_sha256), store());
        fetch(&collection, &store, &[mirror(server(), "good")], CLIENT).unwrap();
        let mut expected = NAMES.map(|name| [name.to_string(), format!("{name}.gz")]).concat();
        expected.sort();
        assert_eq!(names_in(&store), expected);
        for name in NAMES {
            assert_eq!(fs::read(store.path().join(name)).unwrap(), content(name));
        }
    }
}

#[test]
fn a_truncated_answer_is_refused() {
    fails("truncated");
    assert!(fails("shorter").contains("MD5"));
}

#[test]
fn a_wrong_file_is_refused_with_both_checksums() {
    let error = fails("wrong");
    assert!(error.contains("9 bytes") && error.contains(gz_md5(NAMES[0])), "{error}");
}

#[test]
fn an_endless_file_is_cut_off() {
    assert!(fails("endless").contains("not the file expected"));
}

#[test]
fn an_error_status_is_named() {
    assert!(fails("status").contains("503"));
}

#[test]
fn a_silent_server_is_given_up() {
    assert!(fails("mute").contains("no answer in time"));
    assert!(fails("stalled").contains("nothing arrived"));
}

#[test]
fn a_slow_server_that_keeps_sending_is_waited_for() {
    let (_dir, store) = store();
    let collection = collection(true);
    let wanted = [&collection.files[0]];
    mirror(server(), "dripping").fetch(&wanted, &store, &collection, CLIENT).unwrap();
    assert!(store.holds(wanted[0]));
}

#[test]
fn mirrors_are_tried_in_turn_and_each_failure_is_told() {
    let (address, (_dir, store)) = (server(), store());
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let bad = [mirror(address, "status"), mirror(closed, "closed"), mirror(address, "wrong")];
    let error = fetch(&collection(true), &store, &bad, CLIENT).unwrap_err().to_string();
    for part in [
        "/status/",
        "503",
        "/closed/",
        "refused",
        "/wrong/",
        "MD5",
        NAMES[3],
        "cargo xtask fetch-data mnist --from",
    ] {
        assert!(error.contains(part), "no {part:?} in: {error}");
    }
    let sources: Vec<_> = bad.into_iter().chain([mirror(address, "good")]).collect();
    fetch(&collection(true), &store, &sources, CLIENT).unwrap();
}

#[test]
fn what_is_there_and_right_is_not_asked_for() {
    for knows_sha256 in [true, false] {
        let (collection, (_dir, store)) = (collection(knows_sha256), store());
        fetch(&collection, &store, &[mirror(server(), "good")], CLIENT).unwrap();
        fetch(&collection, &store, &[], CLIENT).unwrap();
        // Without the unpacked file the packed one serves; with a damaged one too.
        fs::remove_file(store.path().join(NAMES[0])).unwrap();
        fs::write(store.path().join(NAMES[1]), content("damaged")).unwrap();
        fetch(&collection, &store, &[], CLIENT).unwrap();
        assert_eq!(fs::read(store.path().join(NAMES[1])).unwrap(), content(NAMES[1]));
        // With both damaged only a source helps.
        fs::write(store.path().join(NAMES[1]), content("damaged")).unwrap();
        fs::write(store.path().join(format!("{}.gz", NAMES[1])), "damaged").unwrap();
        assert!(fetch(&collection, &store, &[], CLIENT).unwrap_err().to_string().contains(NAMES[1]));
        fetch(&collection, &store, &[mirror(server(), "good")], CLIENT).unwrap();
        assert!(collection.files.iter().all(|file| store.holds(file)));
    }
}

#[test]
fn from_takes_a_folder_packed_or_not_or_torchvisions_layout() {
    let collection = collection(true);
    for (below, packed) in [("", true), ("", false), ("MNIST/raw", true), ("MNIST/raw", false)] {
        let (from, (_dir, store)) = (tempfile::tempdir().unwrap(), store());
        fs::create_dir_all(from.path().join(below)).unwrap();
        for name in NAMES {
            let (name, bytes) = if packed {
                (format!("{name}.gz"), gzip(&content(name)))
            } else {
                (name.to_string(), content(name))
            };
            fs::write(from.path().join(below).join(name), bytes).unwrap();
        }
        let source = Source::parse(from.path().to_str().unwrap()).unwrap();
        fetch(&collection, &store, &[source], CLIENT).unwrap();
        assert_eq!(fs::read(store.path().join(NAMES[2])).unwrap(), content(NAMES[2]));
    }
}

#[test]
fn from_takes_a_tar_file_and_says_what_it_lacks() {
    let (collection, from) = (collection(true), tempfile::tempdir().unwrap());
    let tar = |names: &[&str]| tar(names, "package/data");
    for (name, bytes) in [("whole.tgz", gzip(&tar(&NAMES))), ("whole.tar", tar(&NAMES))] {
        let (path, (_dir, store)) = (from.path().join(name), store());
        fs::write(&path, bytes).unwrap();
        fetch(&collection, &store, &[Source::parse(path.to_str().unwrap()).unwrap()], CLIENT).unwrap();
    }
    let (path, (_dir, store)) = (from.path().join("part.tgz"), store());
    fs::write(&path, gzip(&tar(&NAMES[..3]))).unwrap();
    let error =
        fetch(&collection, &store, &[Source::parse(path.to_str().unwrap()).unwrap()], CLIENT).unwrap_err();
    assert!(error.to_string().contains(&format!("holds no {}", NAMES[3])), "{error}");
    assert!(store.holds(&collection.files[0]), "what was right is kept");
}

#[test]
fn from_refuses_an_unpacked_file_that_nothing_vouches_for() {
    let (from, (_dir, store)) = (tempfile::tempdir().unwrap(), store());
    fs::write(from.path().join(NAMES[0]), content(NAMES[0])).unwrap();
    let source = Source::parse(from.path().to_str().unwrap()).unwrap();
    let error = fetch(&collection(false), &store, &[source], CLIENT).unwrap_err().to_string();
    assert!(error.contains(&format!("give {}.gz", NAMES[0])), "{error}");
}

#[test]
fn from_names_a_path_that_is_not_there() {
    assert!(Source::parse("/no/such/folder").unwrap_err().to_string().contains("/no/such/folder"));
}

#[test]
fn an_archive_is_downloaded_checked_and_unpacked() {
    for name in ["set.tar.gz", "set.zip"] {
        for knows_md5 in [true, false] {
            let (collection, (dir, store)) = (archived(name, knows_md5), store());
            fetch(&collection, &store, &[mirror(server(), "good")], CLIENT).unwrap();
            let mut expected = NAMES.map(str::to_string);
            expected.sort();
            assert_eq!(names_in(&store), expected);
            assert!(NAMES.iter().all(|name| fs::read(store.path().join(name)).unwrap() == content(name)));
            assert_eq!(dir.path().read_dir().unwrap().count(), 1, "nothing was written elsewhere");
            // What is there is not asked for; what has its own checksum is looked at.
            fetch(&collection, &store, &[], CLIENT).unwrap();
            fs::write(store.path().join(NAMES[1]), "damaged").unwrap();
            assert_eq!(fetch(&collection, &store, &[], CLIENT).is_err(), knows_md5);
            fs::remove_file(store.path().join(NAMES[1])).unwrap();
            fetch(&collection, &store, &[mirror(server(), "good")], CLIENT).unwrap();
        }
    }
}

#[test]
fn a_bad_archive_leaves_nothing_behind() {
    for name in ["set.tar.gz", "set.zip"] {
        for (behaviour, what) in [
            ("truncated", ""),
            ("shorter", "MD5"),
            ("wrong", "9 bytes"),
            ("endless", "MD5"),
            ("status", "503"),
        ] {
            let (_dir, store) = store();
            let error = fetch(&archived(name, false), &store, &[mirror(server(), behaviour)], CLIENT);
            let error = error.unwrap_err().to_string();
            assert!(error.contains(what) && error.contains(&format!("DIR or URL holds {name}")), "{error}");
            assert_eq!(names_in(&store), [""; 0], "{behaviour} left files behind");
        }
    }
}

#[test]
fn from_takes_an_archive_its_folder_or_files_that_have_checksums() {
    let from = tempfile::tempdir().unwrap();
    fs::write(from.path().join("set.zip"), archive("set.zip")).unwrap();
    let source = |path: &Path| Source::parse(path.to_str().unwrap()).unwrap();
    for path in [from.path().to_path_buf(), from.path().join("set.zip")] {
        let (_dir, store) = store();
        fetch(&archived("set.zip", false), &store, &[source(&path)], CLIENT).unwrap();
    }
    let unpacked = from.path().join("unpacked/set");
    fs::create_dir_all(&unpacked).unwrap();
    NAMES.iter().for_each(|name| fs::write(unpacked.join(name), content(name)).unwrap());
    for path in [unpacked.clone(), unpacked.parent().unwrap().to_path_buf()] {
        let (_dir, store) = store();
        fetch(&archived("set.zip", true), &store, &[source(&path)], CLIENT).unwrap();
        let error =
            fetch(&archived("set.zip", false), &self::store().1, &[source(&path)], CLIENT).unwrap_err();
        assert!(error.to_string().contains("give the archive that holds it"), "{error}");
    }
}

#[test]
fn every_collection_has_the_checksums_that_its_source_needs() {
    for name in Collection::ALL {
        let collection = name.listing();
        assert!(!collection.files.is_empty() && !collection.mirrors.is_empty());
        assert!(collection.mirrors.iter().all(|mirror| mirror.ends_with('/')), "{collection:?}");
        for file in &collection.files {
            let fits = matches!(file.known, Known::Packed { .. }) == collection.archive.is_none();
            assert!(fits, "{file:?}");
        }
    }
}
