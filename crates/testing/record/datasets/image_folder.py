"""Folders of small PNG and JPEG pictures of every kind, and what torchvision's ImageFolder and PIL read from them."""
import io
import struct
import tempfile
import zlib
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torchvision.datasets import ImageFolder

from recording import Recording, fixtures

recording = Recording(__file__)
root = Path(tempfile.mkdtemp())


def file(path, content):
    recording.file(root, path, content)


def png(width, height, depth, colour, raw, palette=None, transparency=None, interlaced=False):
    """A PNG of these rows, each behind the byte of its filter."""
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced)
    parts = [(b"IHDR", head), (b"PLTE", palette), (b"tRNS", transparency), (b"IDAT", zlib.compress(raw, 9))]
    parts = [chunk(name, data) for name, data in [*parts, (b"IEND", b"")] if data is not None]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def rows(height, n):
    """So many bytes in each row, all different from their neighbours."""
    return b"".join(b"\0" + bytes((y * 37 + x * 29 + 5) % 256 for x in range(n)) for y in range(height))


def waves(height, width, channels):
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(channels), indexing="ij")
    return (127 + 70 * np.sin(y / 5 + c) + 50 * np.cos(x / (3 + c))).astype(np.uint8)


def saved(image, form, **options):
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


rgb = bytes(range(10, 10 + 9))
for depth in [1, 2, 4, 8, 16]:
    file(f"grey/depth{depth}.png", png(5, 3, depth, 0, rows(3, (5 * depth + 7) // 8)))
file("grey/key.png", png(5, 3, 8, 0, rows(3, 5), transparency=struct.pack(">H", 34)))
for depth in [8, 16]:
    file(f"grey/alpha{depth}.PNG", png(5, 3, depth, 4, rows(3, 10 * depth // 8)))
    file(f"colour/rgb{depth}.png", png(5, 3, depth, 2, rows(3, 15 * depth // 8)))
    file(f"colour/alpha{depth}.png", png(5, 3, depth, 6, rows(3, 20 * depth // 8)))
for depth in [1, 2, 4, 8]:
    file(f"palette/depth{depth}.png", png(5, 3, depth, 3, rows(3, (5 * depth + 7) // 8), palette=rgb))
file("palette/alpha.png", png(5, 3, 8, 3, rows(3, 5), palette=rgb, transparency=b"\x00\x80"))
# Every filter, and several passes.
file("colour/large.png", saved(Image.fromarray(waves(40, 33, 3)), "PNG", optimize=True))
passes = [(1, 2), (1, 1), (1, 3), (2, 2), (2, 5), (4, 4), (3, 9)]  # rows and columns
file("colour/interlaced.png", png(9, 7, 8, 0, b"".join(rows(h, w) for h, w in passes), interlaced=True))
# The order: by the whole path as text, and by code points.
paths = ["b.png", "B.png", "x/1.png", "x-1/1.png", "x/y/1.png", "\xe9.png", "z.JPeG.png"]
for path in paths:
    file(f"order/{path}", png(1, 1, 8, 0, b"\0" + bytes([len(path)])))
file("order/notes.txt", b"no picture")
file("order/png", b"no picture either")
for quality in [40, 90]:
    for progressive in [False, True]:
        name = f"q{quality}{'p' if progressive else ''}"
        options = {"quality": quality, "progressive": progressive}
        file(f"jpeg/grey_{name}.jpg", saved(Image.fromarray(waves(19, 21, 1)[..., 0]), "JPEG", **options))
        for k, sampling in enumerate(["444", "422", "420"]):
            image = Image.fromarray(waves(35, 37, 3))
            file(f"jpeg/rgb{sampling}_{name}.jpeg", saved(image, "JPEG", subsampling=k, **options))
file("jpeg/cmyk.jpg", saved(Image.fromarray(waves(19, 21, 4), mode="CMYK"), "JPEG", quality=90))
file("jpeg/even420.jpg", saved(Image.fromarray(waves(32, 48, 3)), "JPEG", quality=80, subsampling=2))
file("jpeg/restart.jpg", saved(Image.fromarray(waves(35, 37, 3)), "JPEG", quality=80, restart_marker_blocks=2))
file("jpeg/rgb.jpg", saved(Image.fromarray(waves(9, 11, 3)), "JPEG", keep_rgb=True))
for n in [2, 3, 5]:
    file(f"jpeg/tiny{n}.jpg", saved(Image.fromarray(waves(n, n, 3)), "JPEG", subsampling=2))


def altered(content, behind, offset, byte):
    """With another byte some way behind these."""
    content = bytearray(content)
    content[content.index(behind) + offset] = byte
    return bytes(content)


# Colours with half the rows, or a quarter of the columns: of 32 × 32 they have as many blocks as before.
for sampling, factors in [(1, 0x12), (2, 0x41)]:
    content = saved(Image.fromarray(waves(32, 32, 3)), "JPEG", subsampling=sampling)
    file(f"jpeg/sampling{factors:x}.jpg", altered(content, b"\xff\xc0", 11, factors))
# Adobe's other kind of CMYK.
content = saved(Image.fromarray(waves(19, 21, 4), mode="CMYK"), "JPEG")
file("jpeg/ycck.jpg", altered(content, b"Adobe", 11, 2))
file("jpeg/name_lies.png", saved(Image.fromarray(waves(8, 8, 1)[..., 0]), "JPEG"))

dataset = ImageFolder(str(root))
recording.case("classes", classes=dataset.classes)
for (path, label), (image, _) in zip(dataset.samples, dataset):
    path, image = str(Path(path).relative_to(root)), torch.from_numpy(np.array(image))
    recording.case("sample", path=path, label=label, image=image)

for name, make in [("no_classes", lambda d: None), ("empty_classes", lambda d: [(d / c).mkdir() for c in "ab"])]:
    folder = Path(tempfile.mkdtemp())
    make(folder)
    try:
        ImageFolder(str(folder))
    except FileNotFoundError as error:
        recording.case(name, error=str(error).replace(str(folder), "ROOT"))

recording.write()
fixtures(__file__).with_name("pixel.png").write_bytes(png(1, 1, 8, 2, b"\0\x0a\x14\x1e"))
