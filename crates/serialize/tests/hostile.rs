//! Files made to break a reader: each is refused with an error that says why.

#[path = "common/hostile.rs"]
mod hostile;

use hostile::{Zip, int, pickle, tensor, with_pickle};
use serialize::Contents;

#[track_caller]
fn refused(bytes: &[u8], expected: &str) {
    let text = Contents::from_bytes(bytes).unwrap_err().to_string();
    assert!(text.contains(expected), "expected `{expected}` in: {text}");
}

#[test]
fn an_honest_file_made_by_these_helpers_is_read() {
    let value = Contents::from_bytes(&with_pickle(&tensor(2, 0, &[2], &[1]))).unwrap().value;
    assert_eq!(value.as_tensor().unwrap().shape(), [2]);
}

#[test]
fn tensors_stay_inside_their_storage() {
    let outside = "reaches outside its storage of 2 elements";
    for (offset, shape, strides) in [
        (1, &[2][..], &[1][..]),
        (3, &[1], &[1]),
        (0, &[2, 2], &[1, 1]),
        (0, &[1 << 62], &[1 << 62]),
        (0, &[1 << 40, 1 << 40], &[0, 0]),
        (i64::MAX, &[2], &[i64::MAX]),
        (0, &[0, 1 << 62, 1 << 62], &[0, 0, 0]),
    ] {
        refused(&with_pickle(&tensor(2, offset, shape, strides)), outside);
    }
    refused(&with_pickle(&tensor(2, 0, &[-1], &[1])), "a size in the shape of a tensor is negative: -1");
    refused(&with_pickle(&tensor(2, 0, &[2], &[-1])), "a stride of a tensor is negative: -1");
    refused(&with_pickle(&tensor(2, -4, &[1], &[1])), "the offset of a tensor is negative: -4");
    refused(&with_pickle(&tensor(-2, 0, &[1], &[1])), "the length of a storage is negative: -2");
    refused(&with_pickle(&tensor(2, 0, &[2], &[])), "a tensor of shape [2] has strides []");
    refused(&with_pickle(&tensor(2, 0, &[1; 65], &[1; 65])), "a tensor of 65 axes");
    refused(&with_pickle(&tensor(3, 0, &[3], &[1])), "storage `0` should have 12 bytes, found 8");
    refused(&with_pickle(&tensor(1 << 61, 0, &[1], &[1])), "is larger than memory");
}

#[test]
fn expanded_tensors_stay_views_and_within_reason() {
    let value = Contents::from_bytes(&with_pickle(&tensor(2, 0, &[1000, 1000], &[0, 0]))).unwrap().value;
    assert_eq!(value.as_tensor().unwrap().strides(), [0, 0]);
    refused(
        &with_pickle(&tensor(2, 0, &[1 << 40], &[0])),
        "the repeats of the tensor would need 4398046511096 bytes",
    );
    let many = tensor(2, 0, &[10_000, 1000], &[0, 0]).repeat(10);
    refused(&with_pickle(&[b"(", &many[..], b"t"].concat()), "the repeats of the tensor at [6] would need");
}

#[test]
fn a_storage_described_twice_has_to_be_the_same_twice() {
    let twice = [tensor(2, 0, &[2], &[1]), tensor(1 << 20, 0, &[1 << 20], &[1]), b"\x86".to_vec()].concat();
    refused(&with_pickle(&twice), "storage `0` should have 4194304 bytes, found 8");
    let again = [tensor(2, 0, &[2], &[1]), tensor(2, 1, &[1], &[1]), b"\x86".to_vec()].concat();
    assert!(Contents::from_bytes(&with_pickle(&again)).is_ok());
}

/// A legacy file with one tensor of two elements over a view of a storage of four.
fn legacy_view(start: i64, len: i64) -> Vec<u8> {
    let mut file = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.".to_vec();
    file.extend(pickle(&int(1001)));
    file.extend(pickle(b"}"));
    let mut body = b"ctorch._utils\n_rebuild_tensor\n((X\x07\0\0\0storagectorch\nFloatStorage\n".to_vec();
    body.extend(b"X\x01\0\0\0sX\x06\0\0\0cuda:0");
    body.extend([int(4), b"(X\x01\0\0\0v".to_vec(), int(start), int(len)].concat());
    body.extend(b"ttQ");
    body.extend([int(0), b"(".to_vec(), int(2), b"t(".to_vec(), int(1), b"ttR".to_vec()].concat());
    file.extend(pickle(&body));
    file.extend(pickle(b"]X\x01\0\0\0sa"));
    file.extend(4_u64.to_le_bytes());
    file.extend([1.0_f32, 2.0, 3.0, 4.0].iter().flat_map(|x| x.to_le_bytes()));
    file
}

#[test]
fn a_legacy_view_begins_inside_its_storage() {
    let value = Contents::from_bytes(&legacy_view(1, 3)).unwrap().value;
    assert_eq!(value.as_tensor().unwrap().to_vec::<f32>(), [2.0, 3.0]);
    refused(&legacy_view(3, 1), "reaches outside its storage of 1 elements");
    refused(&legacy_view(2, 3), "a view of 3 elements at 2 lies outside its storage of 4");
    refused(&legacy_view(-1, 3), "the start of a storage view is negative: -1");
    let mut more = legacy_view(0, 4);
    more.push(0);
    refused(&more, "1 bytes follow the last storage");
}

#[test]
fn pickles_do_not_recurse() {
    let deep = [&b"]".repeat(50_000)[..], &b"a".repeat(49_999)].concat();
    refused(&with_pickle(&deep), "an object nested more than 100 deep at [0][0]");
    refused(&with_pickle(b"]q\0h\0a"), "a list that holds itself at [0]: not supported");
    refused(&with_pickle(b"}q\0K\x01h\0s"), "a dictionary that holds itself at [1]: not supported");
    refused(&with_pickle(b"]q\0h\0\x85a"), "a list that holds itself at [0][0]: not supported");
    let deep_key = [&b"})"[..], &b"\x85".repeat(50_000), b"Ns"].concat();
    refused(&with_pickle(&deep_key), "as a key: not supported");
}

#[test]
fn pickles_do_not_multiply() {
    // Each list holds the one before ten times: 10^30 objects at the end.
    let mut bomb = b"]q\0".to_vec();
    for level in 0..30 {
        bomb.extend(b"](");
        bomb.extend([b'h', level].repeat(10));
        bomb.extend([b'e', b'q', level + 1]);
    }
    refused(&with_pickle(&bomb), "more than the");

    // One long text in many places.
    let mut bomb = [&b"X\x10\x27\0\0"[..], &[b'x'; 10_000], b"q\0]("].concat();
    bomb.extend(b"h\0".repeat(10_000));
    bomb.push(b'e');
    refused(&with_pickle(&bomb), "more than the");

    // One shape for many tensors, one list of items for many dictionaries.
    let mut bomb = b"(".to_vec();
    bomb.extend(b"K\x01".repeat(60));
    bomb.extend(b"tq\0ctorch._utils\n_rebuild_tensor_v2\nq\x01(X\x07\0\0\0storagectorch\nFloatStorage\n");
    bomb.extend(b"X\x01\0\0\x000X\x03\0\0\0cpuK\x02tQq\x02(h\x02K\0h\0h\0tq\x03](");
    bomb.extend(b"h\x01h\x03R".repeat(5_000));
    bomb.push(b'e');
    refused(&with_pickle(&bomb), "repeats its objects more often than its length allows");
    let mut bomb = b"](".to_vec();
    bomb.extend(b"NN\x86".repeat(5_000));
    bomb.extend(b"e\x85q\0ccollections\nOrderedDict\nq\x01](");
    bomb.extend(b"h\x01h\0R".repeat(5_000));
    bomb.push(b'e');
    refused(&with_pickle(&bomb), "repeats its objects more often than its length allows");
}

#[test]
fn pickle_instructions_out_of_place_are_refused() {
    for (body, expected) in [
        (&b"a"[..], "finds its stack empty"),
        (b"t", "finds no mark"),
        (b"(N\x86", "finds its stack empty"),
        (b"h\x05", "memo 5 was never set"),
        (b"Na", "finds its stack empty"),
        (b"NNa", "appends to None"),
        (b"]NNs", "sets items of a list"),
        (b"}(Nu", "sets a key without a value"),
        (b"N)R", "calls None"),
        (b"ccollections\nOrderedDict\nNR", "the arguments of a call should be a tuple, found None"),
        (b"NNb", "gives a state to None"),
        (b"NQ", "a persistent id should be a tuple, found None"),
        (b"(X\x06\0\0\0moduleNNNNtQ", "save `net.state_dict()` instead"),
        (b"X\xff\xff\xff\xffabc", "cut short: expected 4294967295 bytes"),
        (b"\x8d\xff\xff\xff\xff\xff\xff\xff\xff", "cut short: expected 18446744073709551615 bytes"),
        (b"X\x01\0\0\0\xff", "is not UTF-8"),
        (b"\xfe", "pickle instruction 0xfe at offset 2: not supported"),
        (b"I1\n", "pickle instruction 0x49 at offset 2: not supported"),
        (b"ccollections", "a line at offset 3 has no end"),
        (b"ctorch\nload\n", "the pickle names `torch.load`"),
        (b"X\x05\0\0\0posixX\x06\0\0\0system\x93", "the pickle names `posix.system`"),
        (b"ctorch\n\n", "the pickle names `torch.`"),
        (b"ctorch\nFloatStorage\n)R", "calls a class that is only ever named"),
        (b"ctorch\nFloatStorage\n", "a class or function as a value"),
        (b"ctorch._tensor\n_rebuild_from_type_v2\nq\0(h\0NNNtR", "names itself"),
        (b"]]Ns", "sets items of a list"),
        (b"}]Ns", "a list as a key: not supported"),
    ] {
        refused(&with_pickle(body), expected);
    }
    refused(&pickle(b"N"), "the magic number is wrong");
}

#[test]
fn the_last_of_equal_keys_wins() {
    let value = Contents::from_bytes(&with_pickle(b"}(K\x01K\x02K\x03K\x04K\x01K\x05u")).unwrap().value;
    assert_eq!(format!("{value:?}"), "Dict([(Int(1), Int(5)), (Int(3), Int(4))])");
}

fn honest() -> Zip {
    let pickle = pickle(&tensor(2, 0, &[2], &[1]));
    Zip::default().stored("a/data.pkl", &pickle).stored("a/data/0", &[1; 8])
}

#[test]
fn zip_directories_do_not_lie() {
    let lie = |change: fn(&mut Zip), expected: &str| {
        let mut zip = honest();
        change(&mut zip);
        refused(&zip.finish(), expected);
    };
    lie(|zip| zip.directory[1].header = 0, "`a/data/0` and its header at 0 disagree");
    lie(|zip| zip.directory[1].header = 7, "has no header at offset 7");
    lie(|zip| zip.directory[1].header = 1 << 31, "lies past the end");
    lie(|zip| zip.directory[1].packed = 1 << 20, "is stored in 1048576 bytes but its size is 8");
    lie(
        |zip| (zip.directory[1].packed, zip.directory[1].size) = (1 << 20, 1 << 20),
        "of 1048576 bytes at offset",
    );
    lie(
        |zip| (zip.directory[1].packed, zip.directory[1].size) = (20, 20),
        "`a/data/0` and `the directory` overlap",
    );
    lie(|zip| zip.directory[1].crc ^= 1, "record `a/data/0` is damaged");
    lie(|zip| zip.directory[1].flags = 1, "is encrypted");
    lie(|zip| zip.directory[1].method = 12, "is compressed by method 12");
    lie(|zip| zip.directory[1].method = 8, "disagree");
    lie(|zip| zip.directory[1].name = vec![0xff; 8], "is not UTF-8");
    lie(|zip| zip.directory.push(zip.directory[0].clone()), "two records are named `a/data.pkl`");
    lie(|zip| drop(zip.directory.pop()), "which is missing");
    lie(|zip| drop(zip.directory.remove(0)), "has no record `data.pkl`");
    let mut zip = honest();
    let mut copy = zip.directory[1].clone();
    copy.name = b"a/data/1".to_vec();
    zip.bytes[copy.header as usize + 37] = b'1';
    zip.directory.push(copy);
    refused(&zip.finish(), "disagree");

    // A 64-bit field that sends the record past the end of everything.
    let mut zip = honest();
    zip.directory[1].size = u32::MAX;
    zip.directory[1].packed = u32::MAX;
    zip.directory[1].extra = [&[1, 0, 16, 0][..], &[0xff; 16]].concat();
    refused(&zip.finish(), "runs past the end");
}

#[test]
fn overlapping_records_are_refused() {
    // Two headers, the second inside the first one's data: the way to pack one bomb many times.
    let inner = Zip::default().stored("a/data/1", &[1; 8]);
    let mut zip = honest().stored("a/x", &inner.bytes);
    let mut listed = inner.directory[0].clone();
    listed.header = zip.bytes.len() as u32 - inner.bytes.len() as u32;
    zip.directory.push(listed);
    refused(&zip.finish(), "`a/x` and `a/data/1` overlap");
}

#[test]
fn zip_bombs_are_refused() {
    let body = tensor(1 << 20, 0, &[1 << 20], &[1]);
    let zeros = vec![0; 4 << 20];
    let bomb = Zip::default().stored("a/data.pkl", &pickle(&body)).deflated("a/data/0", &zeros);
    // 4 MB in 4 kB is as dense as DEFLATE gets, and an honest checkpoint of zeros.
    assert!(Contents::from_bytes(&bomb.finish()).is_ok());
    let zeros = vec![0; 1 << 19];
    let bomb = Zip::default().stored("a/data.pkl", &pickle(&body)).deflated("a/data/0", &zeros);
    refused(&bomb.finish(), "record `a/data/0` would need 524288 bytes, more than the");

    let mut liar = honest().deflated("a/x", &[0; 1000]);
    liar.directory[2].size = 1 << 30;
    refused(&liar.finish(), "cannot hold 1073741824 bytes");
    let mut liar = Zip::default().deflated("a/data.pkl", &pickle(b"N"));
    liar.directory[0].size += 1;
    refused(&liar.finish(), "should unpack to 5 bytes");
    let mut liar = Zip::default().deflated("a/data.pkl", &pickle(b"N"));
    liar.directory[0].size -= 1;
    refused(&liar.finish(), "should unpack to 3 bytes: there are more");
}

#[test]
fn safetensors_headers_do_not_lie() {
    let file = |header: &str, data: usize| {
        [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &vec![0; data]].concat()
    };
    let entry = |shape: &str, end: u64| {
        format!(r#"{{"x":{{"dtype":"F32","shape":{shape},"data_offsets":[0,{end}]}}}}"#)
    };
    assert!(Contents::from_bytes(&file(&entry("[2]", 8), 8)).is_ok());
    refused(&file(&entry("[3]", 8), 8), "safetensors file");
    refused(&file(&entry("[2]", 8), 9), "safetensors file");
    refused(&file(&entry("[2]", 8), 7), "safetensors file");
    refused(&file(&entry("[-2]", 8), 8), "safetensors file");
    refused(&file(&entry("[2.0]", 8), 8), "safetensors file");
    refused(&file(&entry("[0,4611686018427387904,4611686018427387904]", 0), 0), "safetensors file");
    refused(&file(&entry(&format!("[{}]", "1,".repeat(9_999) + "[[[["), 4), 4), "safetensors file");
    refused(&file(&"[".repeat(100_000), 0), "bytes that begin with");
    refused(&file(&(r#"{"__metadata__":"#.to_owned() + &"[".repeat(100_000)), 0), "safetensors file");
    refused(&file(r#"{"x":{"dtype":"Q7","shape":[1],"data_offsets":[0,4]}}"#, 4), "Q7");

    // Lengths whose sum overflows: the crate would add them unchecked.
    let step = 1_u64 << 61;
    let huge: Vec<_> = (0..8_u64)
        .map(|i| {
            let (start, end) =
                (i * step, i.wrapping_add(1).wrapping_mul(step).wrapping_sub(u64::from(i == 7)));
            format!(
                r#""{i}":{{"dtype":"U8","shape":[{}],"data_offsets":[{start},{end}]}}"#,
                end.wrapping_sub(start)
            )
        })
        .collect();
    refused(&file(&format!("{{{}}}", huge.join(",")), 0), "behind the header, but the file has");
    let twice = r#"{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"x":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#;
    refused(&file(twice, 2), "safetensors file");
}

#[test]
fn unknown_bytes_are_described() {
    refused(b"", "an empty file");
    refused(b"<!DOCTYPE html>", "what looks like a web page");
    refused(&[0x1f, 0x8b, 8], "a gzip file");
    refused(b"hello, world", "text that begins with `hello, world`");
    refused(b"hello\0world", "bytes that begin with [68, 65, 6c, 6c, 6f, 00, 77, 6f]");
}

#[test]
fn files_of_other_kinds_are_named() {
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9912422\n";
    refused(pointer, "a Git LFS pointer to 9912422 bytes, which `git lfs pull` replaces by the file");
    refused(b"GGUF\x03\0\0\0", "a GGUF model");
    refused(b"\x89HDF\r\n\x1a\n\0", "an HDF5 file");
    refused(b"\0\0\x08\x03\0\0\xea\x60", "an IDX file");
    refused(b"import sys; exec('x')\n", "a Python program or path configuration (`import sys; exec('x')`)");

    let zip = |names: &[&str]| names.iter().fold(Zip::default(), |zip, name| zip.stored(name, b"x")).finish();
    for (names, expected) in [
        (
            &["lpips/weights/alex.pth", "lpips/__init__.py", "lpips-0.1.dist-info/WHEEL"][..],
            "no record `data.pkl`: it is a Python wheel that holds `lpips/weights/alex.pth`; unpack it and read those",
        ),
        (
            &["a.pt", "b/c.safetensors"],
            "`torch.save` did not write that holds `a.pt`, `b/c.safetensors`; unpack",
        ),
        (&["notes.txt", "x.npy"], "it is an archive of NumPy arrays (.npz)"),
        (&["m/archive_format", "m/models/model.json"], "it is a program that `torch.export` saved (.pt2)"),
        (&["notes.txt"], "it is a zip archive that `torch.save` did not write"),
        (&["model.weights.h5", "config.json"], "it is a Keras model"),
    ] {
        refused(&zip(names), expected);
    }
    let many: Vec<String> = (0..9).map(|i| format!("{i}.pth")).collect();
    refused(
        &zip(&many.iter().map(String::as_str).collect::<Vec<_>>()),
        "`3.pth`, `4.pth`, …; unpack it and read those",
    );
    refused(b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "an empty zip archive");
    // Whatever the name makes the reader expect.
    let folder = tempfile::tempdir().unwrap();
    for name in ["x.pth", "x.safetensors", "x.model"] {
        let path = folder.path().join(name);
        for (bytes, expected) in [
            (&b"<html>404</html>"[..], "found what looks like a web page (HTML)"),
            (pointer, "found a Git LFS pointer to 9912422 bytes"),
            (b"\x1f\x8b\x08\0", "found a gzip file"),
            (b"", "found an empty file"),
        ] {
            std::fs::write(&path, bytes).unwrap();
            for error in [
                serialize::load_state_dict(&path).unwrap_err(),
                serialize::load_checkpoint(&path).unwrap_err(),
                serialize::load::<nn::Sequential>(&path).err().unwrap(),
            ] {
                assert!(error.to_string().contains(expected), "{error}");
            }
        }
    }
    // A pickle of something else: `pickle.dump({}, file)`.
    refused(b"\x80\x04}.", "it is a pickle of a dictionary that `torch.save` did not write");
    // Of another type than its name says it is read as what it is.
    let bytes =
        Contents::from(nn::Value::from(tensor::ones([2]))).to_bytes(serialize::Format::Torch).unwrap();
    assert!(Contents::from_bytes(&bytes).is_ok());
}

/// Entries that are left out cost no more than those that are read, and none of their calls is made.
#[test]
fn what_is_left_out_stays_within_reason() {
    use serialize::LoadOptions;
    let partial = |body: &[u8]| LoadOptions::new().allow_partial(true).from_bytes(&with_pickle(body));
    for body in [
        &b"](cos\nsystem\n(X\x02\0\0\0lstRe"[..],
        b"](cos\nsystem\nX\x02\0\0\0ls\x85\x81e",
        b"](cos\nsystem\n)}\x92e",
        b"](X\x02\0\0\0osX\x06\0\0\0system\x93e",
        b"](cos\nsystem\n)RNbe",
        b"](ca\nB\n)\x81(NNuNae",
    ] {
        let contents = partial(body).unwrap_or_else(|error| panic!("{}: {error}", body.escape_ascii()));
        assert_eq!(contents.left_out.len(), 1, "{}", body.escape_ascii());
        assert_eq!(format!("{:?}", contents.value), "List([None])");
    }
    // One object without counterpart in very many places, at the end of long paths.
    let mut bomb = [&b"X\xc8\0\0\0"[..], &[b'k'; 200], b"q\0cos\nsystem\nq\x01}q\x02"].concat();
    for level in 2..60 {
        bomb.extend([b"}q", &[level + 1][..], b"(h\0h", &[level], b"K\x01h", &[level], b"u"].concat());
    }
    bomb.splice(bomb.iter().position(|&b| b == b'}').unwrap() + 3.., []);
    bomb.extend(b"h\0h\x01s");
    for level in 2..60 {
        bomb.extend([b"}q", &[level + 1][..], b"(h\0h", &[level], b"K\x01h", &[level], b"u"].concat());
    }
    let error = partial(&bomb).unwrap_err().to_string();
    assert!(error.contains("more than the"), "{error}");
    // One name, written once and used very often.
    let long =
        [&b"X\x10\x27\0\0"[..], &[b'x'; 10_000], b"q\0](", &b"h\0h\0\x93".repeat(10_000), b"e"].concat();
    let error = partial(&long).unwrap_err().to_string();
    assert!(error.contains("repeats its objects more often than its length allows"), "{error}");
    // Shapes of tensors without data, and integers that take long to write down.
    let meta = |size: &[u8]| {
        [b"ctorch._utils\n_rebuild_meta_tensor_no_storage\n(ctorch\nfloat32\n(", size, b"t(K\x01t\x89tR"]
            .concat()
    };
    assert!(partial(&meta(&int(1 << 62).repeat(64))).is_ok());
    refused(&with_pickle(&meta(&int(1).repeat(65))), "a tensor of 65 axes");
    refused(&with_pickle(&meta(&int(-1))), "a size of a tensor is negative: -1");
    let digits = partial(&[&b"\x8a\xff"[..], &[0x7f; 255]].concat()).unwrap().value;
    assert_eq!(digits.as_str().unwrap().len(), 614);
    refused(&with_pickle(&[&b"\x8b\0\x01\0\0"[..], &[0x7f; 256]].concat()), "an integer of 256 bytes");
}
