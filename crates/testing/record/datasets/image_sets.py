"""Small files in the form of CIFAR's, KMNIST's, EMNIST's and QMNIST's, and what torchvision reads from them."""
import hashlib
import pickle
import struct
import tempfile
from pathlib import Path

import numpy as np
import torch
import torchvision
from torchvision.datasets import cifar

from recording import Recording

# The files have other checksums than the originals.
cifar.CIFAR10._check_integrity = lambda self: True
cifar.check_integrity = lambda path, md5: True

recording = Recording(__file__)
root = Path(tempfile.mkdtemp())


def file(path, content):
    recording.file(root, path, content)


def dataset(name, d, **settings):
    data, targets = torch.as_tensor(np.ascontiguousarray(d.data)), torch.as_tensor(d.targets)
    recording.case(name, train=d.train, **settings, data=data, targets=targets, classes="\n".join(d.classes))


def python2(value):
    """As cPickle of Python 2 and the NumPy of its time wrote it, protocol 2: strings are bytes."""
    memo = iter(range(1, 1 << 30))

    def put():
        n = next(memo)
        return b"q" + bytes([n]) if n < 256 else b"r" + struct.pack("<I", n)

    def string(s):
        s = s.encode("latin1") if isinstance(s, str) else s
        head = b"U" + bytes([len(s)]) if len(s) < 256 else b"T" + struct.pack("<I", len(s))
        return head + s + put()

    def integer(n):
        return b"K" + bytes([n]) if n < 256 else b"M" + struct.pack("<H", n)

    def write(x):
        if isinstance(x, str):
            return string(x)
        if isinstance(x, int):
            return integer(x)
        if isinstance(x, list):
            return b"]" + put() + b"(" + b"".join(map(write, x)) + b"e"
        if isinstance(x, dict):
            return b"}" + put() + b"(" + b"".join(write(k) + write(v) for k, v in x.items()) + b"u"
        columns = not x.flags.c_contiguous
        raw = x.tobytes("F" if columns else "C")
        return b"".join([
            b"cnumpy.core.multiarray\n_reconstruct\n", put(), b"cnumpy\nndarray\n", put(), b"K\0\x85", put(),
            string("b"), b"\x87", put(), b"R", put(),
            b"(K\x01", integer(x.shape[0]), integer(x.shape[1]), b"\x86", put(),
            b"cnumpy\ndtype\n", put(), string("u1"), b"K\0K\x01\x87", put(), b"R", put(),
            b"(K\x03", string("|"), b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0t", put(), b"b",
            b"\x88" if columns else b"\x89", string(raw), b"t", put(), b"b",
        ])

    return b"\x80\x02" + write(value) + b"."


def planes(n, seed, most=256):
    """Waves, which pack well and are the same at no two places of an image."""
    c, y, x = np.meshgrid(np.arange(3), np.arange(32), np.arange(32), indexing="ij")
    return np.stack([((y * (3 + seed + i) + x * (7 + c)) % most).astype(np.uint8) for i in range(n)]).reshape(n, 3072)


def labels(n, classes, seed):
    return [(seed + 7 * i) % classes for i in range(n)]


TEN = """
    airplane automobile bird cat deer dog frog horse ship truck
""".split()
HUNDRED = """
    apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel can
    castle caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin
    elephant flatfish forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard
    lobster man maple_tree motorcycle mountain mouse mushroom oak_tree orange orchid otter palm_tree pear
    pickup_truck pine_tree plain plate poppy porcupine possum rabbit raccoon ray road rocket rose sea seal shark
    shrew skunk skyscraper snail snake spider squirrel streetcar sunflower sweet_pepper table tank telephone
    television tiger tractor train trout tulip turtle wardrobe whale willow_tree wolf woman worm
""".split()
TWENTY = """
    aquatic_mammals fish flowers food_containers fruit_and_vegetables household_electrical_devices
    household_furniture insects large_carnivores large_man-made_outdoor_things large_natural_outdoor_scenes
    large_omnivores_and_herbivores medium_mammals non-insect_invertebrates people reptiles small_mammals trees
    vehicles_1 vehicles_2
""".split()


def meta(path, collection, **value):
    """The original: it has the checksum that torchvision knows, so these are the classes, and the form is right."""
    content = python2(value)
    assert hashlib.md5(content).hexdigest() == collection.meta["md5"]
    (root / path).write_bytes(content)


# CIFAR-10 as the original; in data_batch_2 the bytes are text, and data_batch_3 lies column by column.
for k, name in enumerate([f"data_batch_{i}" for i in range(1, 6)] + ["test_batch"]):
    data = planes(2, k, 128 if k == 1 else 256)
    data = np.asfortranarray(data) if k == 2 else data
    batch = {"batch_label": f"batch {k}", "labels": labels(2, 10, k), "data": data,
             "filenames": ["leptodactylus_pentadactylus_s_000004.png", "caf\xe9_s_000001.png"]}
    file(f"cifar-10-batches-py/{name}", python2(batch))
    binary = b"".join(bytes([label]) + row.tobytes() for label, row in zip(batch["labels"], data))
    file(f"cifar-10-batches-bin/{name}.bin", binary)
meta("cifar-10-batches-py/batches.meta", cifar.CIFAR10, num_cases_per_batch=10_000, label_names=TEN, num_vis=3072)
for train in [True, False]:
    dataset("cifar10", cifar.CIFAR10(root, train))

# CIFAR-100 pickled by Python 3, with its protocols 2 and 4 and NumPy's module of today.
for name, protocol in [("train", 2), ("test", 4)]:
    n = 3 if name == "train" else 2
    data, fine, coarse = planes(n, n), labels(n, 100, 40 * n), labels(n, 20, n)
    batch = {"filenames": ["a.png"] * n, "fine_labels": fine, "coarse_labels": coarse, "data": data}
    file(f"cifar-100-python/{name}", pickle.dumps(batch, protocol))
    binary = b"".join(bytes(pair) + row.tobytes() for *pair, row in zip(coarse, fine, data))
    file(f"cifar-100-binary/{name}.bin", binary)
    recording.case("coarse", train=name == "train", targets=torch.tensor(coarse))
meta("cifar-100-python/meta", cifar.CIFAR100, fine_label_names=HUNDRED, coarse_label_names=TWENTY)
for train in [True, False]:
    dataset("cifar100", cifar.CIFAR100(root, train))
recording.case("coarse_classes", classes="\n".join(TWENTY))
# With bytes as keys, as a program may write it that loaded the original with encoding="bytes".
batch = {b"data": planes(1, 9), b"fine_labels": [5], b"coarse_labels": [1]}
recording.case("bytes_as_keys", content=torch.tensor(bytearray(pickle.dumps(batch, 2)), dtype=torch.uint8))


def idx(x):
    code = {np.dtype("u1"): 8, np.dtype("i4"): 12}[x.dtype]
    head = bytes([0, 0, code, x.ndim]) + struct.pack(f">{x.ndim}I", *x.shape)
    return head + x.astype(x.dtype.newbyteorder(">")).tobytes()


def images(n, seed):
    y, x = np.meshgrid(np.arange(28), np.arange(28), indexing="ij")
    return np.stack([((y * (3 + seed + i) + x * 5) % 256).astype(np.uint8) for i in range(n)])


def pair(folder, names, n, classes, seed):
    for name, x in zip(names, [images(n, seed), np.array(labels(n, classes, seed), dtype=np.uint8)]):
        file(f"{folder}/raw/{name}", idx(x))


for seed, (part, train) in enumerate([("train", True), ("t10k", False)]):
    pair("KMNIST", [f"{part}-images-idx3-ubyte", f"{part}-labels-idx1-ubyte"], 4, 10, seed)
for train in [True, False]:
    dataset("kmnist", torchvision.datasets.KMNIST(root, train))

for seed, split in enumerate(torchvision.datasets.EMNIST.splits):
    classes = len(torchvision.datasets.EMNIST.classes_split_dict[split])
    for part in ["train", "test"]:
        names = [f"emnist-{split}-{part}-{what}-ubyte" for what in ["images-idx3", "labels-idx1"]]
        pair("EMNIST", names, 2, classes, classes - 8)
        dataset("emnist", torchvision.datasets.EMNIST(root, split, train=part == "train"), split=split)

for part, n in [("train", 3), ("test", 10_002)]:
    info = np.zeros((n, 8), dtype=np.int32)
    info[:, 0], info[:, 3] = np.arange(n) % 10, 2_600_000
    file(f"QMNIST/raw/qmnist-{part}-images-idx3-ubyte", idx((np.arange(n) % 251).astype(np.uint8).reshape(n, 1, 1)))
    file(f"QMNIST/raw/qmnist-{part}-labels-idx2-int", idx(info))
for what in ["train", "test", "test10k", "test50k"]:
    d = torchvision.datasets.QMNIST(root, what)
    d.targets = d.targets[:, 0]
    dataset("qmnist", d, what=what)

for size, classes, offset in [((3, 8, 8), 10, 0), ((1, 5, 3), 7, 3), ((2, 4, 4), 1000, 0), ((4, 3, 1), 2, 1 << 20)]:
    d = torchvision.datasets.FakeData(3, size, classes, random_offset=offset)
    for index, (image, label) in enumerate(d[i] for i in range(3)):
        recording.case("fake", index=index, image_size=list(size), num_classes=classes, random_offset=offset,
                       label=label, image=torch.from_numpy(np.array(image)))

recording.write()
