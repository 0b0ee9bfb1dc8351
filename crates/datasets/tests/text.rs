//! Text as numbers: vocabularies, files and the batches of language models.

use std::collections::HashSet;

use datasets::text::{BucketSampler, CharVocab, WordVocab, WordVocabOptions, bptt_batches, read_text};
use datasets::{DataLoader, Error, Sampler, TensorDataset};
use tensor::{Generator, Tensor, arange, manual_seed};

#[test]
fn characters_go_there_and_back() {
    let text = "Grüße, 世界\n\u{1f600} again: ß";
    let vocab = CharVocab::new(text);
    let ids = vocab.encode(text).unwrap();
    assert_eq!(ids.shape(), [text.chars().count()]);
    assert_eq!(vocab.decode(&ids).unwrap(), text);
    assert!(vocab.chars().is_sorted());
    assert_eq!(CharVocab::from_chars(vocab.chars().iter().copied()), vocab);
    assert_eq!(vocab.encode("").unwrap().shape(), [0]);
    assert_eq!(vocab.decode(&ids.reshape([1, -1])).unwrap(), text);
    assert!(CharVocab::new("").is_empty());
}

#[test]
fn unknown_characters_and_numbers_are_named() {
    let vocab = CharVocab::new("abc");
    let error = vocab.encode("añb").unwrap_err();
    assert_eq!(error.to_string(), "character 1 is 'ñ', which the vocabulary does not have");
    for number in [3, -1] {
        let error = vocab.decode(&Tensor::from([0, number])).unwrap_err();
        assert_eq!(error.to_string(), format!("token 1 is {number}, and the vocabulary has 3"));
    }
}

/// `torchtext.vocab.build_vocab_from_iterator` sorts by `(-count, word)`.
#[test]
fn words_are_numbered_by_how_often_they_come() {
    let text = "b a c b <pad> a b <unk> d";
    let words = |options| WordVocab::with(text.split(' '), options).words().join(" ");
    let all = WordVocabOptions::default();
    assert_eq!(words(all), "<unk> <pad> b a c d");
    assert_eq!(words(WordVocabOptions { min_freq: 2, ..all }), "<unk> <pad> b a");
    assert_eq!(words(WordVocabOptions { max_tokens: 3, ..all }), "<unk> <pad> b");
    assert_eq!(words(WordVocabOptions { max_tokens: 0, ..all }), "<unk> <pad>");

    let vocab = WordVocab::new(text.split(' '));
    assert_eq!((vocab.id("<unk>"), vocab.id("<pad>")), (WordVocab::UNKNOWN, WordVocab::PADDING));
    assert_eq!(vocab.encode(["a", "x", "b"]).to_vec::<i64>(), [3, 0, 2]);
    assert_eq!(WordVocab::from_words(vocab.words().iter().map(String::as_str)), vocab);
    assert!(matches!(
        vocab.decode(&Tensor::from([6])),
        Err(Error::NoSuchToken { number: 6, at: 0, size: 6 })
    ));
}

#[test]
fn a_file_that_is_no_text_is_named_with_the_byte() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("text.txt");
    std::fs::write(&path, "naïve ✓").unwrap();
    assert_eq!(read_text(&path).unwrap(), "naïve ✓");
    for (bytes, at, byte) in [(&b"abc\xff"[..], 3, "ff"), (b"ab\xc3", 2, "c3"), (b"\xe2\x82x", 0, "e2")] {
        std::fs::write(&path, bytes).unwrap();
        let error = read_text(&path).unwrap_err().to_string();
        let what = format!("not a valid UTF-8 text: byte {at} is 0x{byte}, where a character should begin");
        assert_eq!(error, format!("{}: {what}", path.display()));
    }
    assert!(read_text(folder.path().join("none")).is_err());
}

/// As `batchify(torch.arange(26), 4)` and `get_batch(source, i)` for `i` in steps of 2 with `args.bptt = 2`.
#[test]
fn a_text_is_cut_as_in_torchs_language_model() {
    let batches: Vec<_> = bptt_batches(&arange(0, 26, 1), 4, 2).collect();
    let shapes: Vec<_> = batches.iter().map(|(x, y)| [x.size(0), x.size(1), y.size(0)]).collect();
    assert_eq!(shapes, [[2, 4, 8], [2, 4, 8], [1, 4, 4]]);
    assert_eq!(batches[0].0.to_vec::<i64>(), [0, 6, 12, 18, 1, 7, 13, 19]);
    assert_eq!(batches[0].1.to_vec::<i64>(), [1, 7, 13, 19, 2, 8, 14, 20]);
    assert_eq!(batches[2].0.to_vec::<i64>(), [4, 10, 16, 22]);
    assert_eq!(batches[2].1.to_vec::<i64>(), [5, 11, 17, 23]);
}

#[test]
fn texts_too_short_have_no_batches() {
    for (tokens, batch_size) in [(0, 1), (1, 1), (7, 4), (3, 5)] {
        let batches = bptt_batches(&arange(0, tokens, 1), batch_size, 3);
        assert_eq!((batches.len(), batches.count()), (0, 0), "{tokens} tokens in {batch_size}");
    }
    assert_eq!(bptt_batches(&arange(0, 8, 1), 4, 3).len(), 1);
}

#[test]
fn buckets_hold_every_sample_once_and_like_lengths() {
    let lengths: Vec<usize> = (0..1000).map(|i| i * 7919 % 101).collect();
    let sampler = BucketSampler::new(lengths.iter().copied(), 8).generator(Generator::new(3));
    let epochs: [Vec<Vec<usize>>; 2] = [(); 2].map(|()| sampler.iter().collect());
    assert_ne!(epochs[0], epochs[1]);
    for batches in epochs {
        assert_eq!(batches.len(), sampler.len());
        let seen: HashSet<usize> = batches.iter().flatten().copied().collect();
        assert_eq!((seen.len(), batches.iter().map(Vec::len).sum::<usize>()), (1000, 1000));
        let spread = |batch: &Vec<usize>| {
            let lengths = || batch.iter().map(|&i| lengths[i]);
            lengths().max().unwrap() - lengths().min().unwrap()
        };
        // 800 samples of 101 lengths, sorted: eight neighbours span few.
        assert!(batches.iter().all(|batch| spread(batch) <= 6), "{:?}", batches.iter().map(spread).max());
    }
    assert_eq!(BucketSampler::new([], 4).iter().count(), 0);
}

#[test]
fn a_loader_takes_buckets() {
    manual_seed(0);
    let data = TensorDataset::new(arange(0, 10, 1), arange(0, 10, 1));
    let sampler = BucketSampler::new((0..10).map(|i| i / 5), 5);
    let loader = DataLoader::new(&data).batch_sampler(sampler);
    let mut batches: Vec<Vec<i64>> = loader.iter().map(|(x, _)| x.to_vec::<i64>()).collect();
    batches.iter_mut().for_each(|batch| batch.sort_unstable());
    batches.sort_unstable();
    assert_eq!(batches, [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]]);
}
