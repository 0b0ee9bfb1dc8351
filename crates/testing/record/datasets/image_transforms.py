"""What torchvision's transforms make of images: bytes as PIL images, floats as tensors; for each seed from 0 on the
result, and the next draw of torch, which shows how much was drawn."""
import random

import numpy as np
import torch
from PIL import Image
from torchvision import transforms
from torchvision.transforms import InterpolationMode

from recording import Recording, rounded

recording = Recording(__file__)


def image(*shape, dtype=torch.uint8, seed=0):
    """A picture of slopes and noise."""
    g = torch.Generator().manual_seed(seed + sum(shape))
    x = torch.rand(shape, generator=g, dtype=torch.float64)
    slope = torch.arange(x.numel(), dtype=torch.float64).reshape(shape) / x.numel()
    x = (0.5 * x + 0.5 * slope) * 1.04 - 0.02
    if dtype == torch.uint8:
        return (x.clamp(0, 1) * 255).round().to(dtype)
    return rounded(x.clamp(0, 1)).to(dtype)


GREY, RGB = image(7, 9), image(8, 5, 3)
FLOATS = [image(3, 8, 5, dtype=torch.float32), image(1, 7, 9, dtype=torch.float32), image(2, 3, 4, 5, dtype=torch.float64)]


def run(transform, x):
    if x.dtype != torch.uint8:
        return transform(x).contiguous()
    return torch.from_numpy(np.array(transform(Image.fromarray(x.numpy()))))


def case(name, x, *arguments, seeds=3, **settings):
    """`transforms.NAME(*arguments, **settings)` of the image."""
    transform = getattr(transforms, name)(*arguments, **settings)
    results, after = {}, []
    for seed in range(seeds):
        torch.manual_seed(seed)
        random.seed(seed)
        results[f"y{seed}"] = run(transform, x)
        after.append(torch.rand(1).item())
    if isinstance(settings.get("interpolation"), InterpolationMode):
        settings["interpolation"] = settings["interpolation"].value
    recording.case(name, x=x, arguments=list(arguments) or None, **settings, **results, after=after)


def flips():
    for x in [GREY, RGB, *FLOATS]:
        case("RandomHorizontalFlip", x, seeds=4)
        case("RandomVerticalFlip", x, seeds=4)
    case("RandomHorizontalFlip", image(3, 2, 4), p=0.9, seeds=2)
    case("RandomVerticalFlip", RGB, p=0.1, seeds=4)


def crops():
    for x in [GREY, RGB, *FLOATS]:
        for size in [3, 4, [5, 2], [4, 12], [11, 4], [10, 13]]:
            case("CenterCrop", x, size, seeds=1)
        case("RandomCrop", x, [4, 3])
        case("RandomCrop", x, list(x.shape[:2] if x.dtype == torch.uint8 else x.shape[-2:]), seeds=1)
        case("RandomCrop", x, 4, padding=[2, 1])
        case("RandomCrop", x, [12, 13], pad_if_needed=True)
        case("RandomCrop", x, [12, 4], padding=[1, 0, 2, 3], pad_if_needed=True)
        case("RandomCrop", x, 4, padding=2, fill=1)
    for mode in ["edge", "reflect", "symmetric"]:
        case("RandomCrop", RGB, 7, padding=3, padding_mode=mode)
        case("RandomCrop", FLOATS[0], 7, padding=3, padding_mode=mode)
        case("RandomCrop", RGB, [12, 10], padding=1, pad_if_needed=True, padding_mode=mode, seeds=2)
    case("RandomCrop", RGB, 8, padding=3, fill=[1, 2, 3])
    case("RandomCrop", image(32, 32, 3), 32, padding=4, seeds=2)


def pads():
    for x in [GREY, RGB, *FLOATS]:
        for padding in [2, [1, 3], [1, 0, 2, 3], [-1, -2, 2, -1]]:
            for mode in ["constant", "edge", "reflect", "symmetric"]:
                if mode == "constant" or x.dim() < 4:
                    case("Pad", x, padding, padding_mode=mode, seeds=1)
    for fill in [7, 7.9, 300, -3]:
        case("Pad", GREY, 1, fill=fill, seeds=1)
        case("Pad", RGB, 1, fill=fill, seeds=1)
    case("Pad", RGB, 1, fill=[10, 20, 30], seeds=1)
    case("Pad", FLOATS[0], 1, fill=0.25, seeds=1)
    for mode in ["reflect", "symmetric"]:
        case("Pad", GREY, 40, padding_mode=mode, seeds=1)
        case("Pad", image(1, 2, 3), [7, 5], padding_mode=mode, seeds=1)


def resizes():
    for x in [GREY, RGB]:
        for mode in InterpolationMode:
            for size in [[3, 4], [15, 20], [7, 3], [16, 5], [1, 1]]:
                case("Resize", x, size, interpolation=mode, seeds=1)
        for size in [3, 7, 20]:
            case("Resize", x, size, seeds=1)
            case("Resize", x, size, max_size=size + 1, seeds=1)
    for mode in [InterpolationMode.NEAREST, InterpolationMode.NEAREST_EXACT]:
        for x in FLOATS:
            for size in [[3, 4], [15, 20], [7, 3], 11]:
                case("Resize", x, size, interpolation=mode, seeds=1)
    for x in [*FLOATS, image(1, 61, 47, dtype=torch.float32), image(1, 41, 23, dtype=torch.float64)]:
        for size in [[3, 4], [15, 20], [7, 3], [4, 9], [1, 1], 6]:
            case("Resize", x, size, seeds=1)
            case("Resize", x, size, interpolation=InterpolationMode.BICUBIC, seeds=1)
    for mode in [InterpolationMode.NEAREST, InterpolationMode.BILINEAR, InterpolationMode.BICUBIC]:
        case("Resize", image(61, 47, 3), [17, 80], interpolation=mode, seeds=1)
    for x in [GREY, RGB]:
        case("RandomResizedCrop", x, 4, seeds=5)
        case("RandomResizedCrop", x, [3, 6], scale=[0.5, 0.7], ratio=[0.2, 5.0], seeds=5)
        case("RandomResizedCrop", x, 4, scale=[0.9, 1.0], ratio=[0.1, 0.12], seeds=2)
        case("RandomResizedCrop", x, 4, scale=[0.9, 1.0], ratio=[8.0, 12.0], interpolation=InterpolationMode.BICUBIC, seeds=2)
    for x in FLOATS:
        case("RandomResizedCrop", x, 4, seeds=3)
        case("RandomResizedCrop", x, 4, interpolation=InterpolationMode.NEAREST, seeds=3)


def colors():
    all_bytes = torch.arange(256, dtype=torch.uint8).reshape(16, 16)
    wheel = image(12, 16, 3)
    wheel[:3] = torch.tensor([0, 1, 128, 255])[torch.cartesian_prod(*[torch.arange(4)] * 3)[:48].reshape(3, 16, 3)]
    floats = [*FLOATS, (wheel.permute(2, 0, 1) / 255)]
    for x in [all_bytes, wheel, *floats]:
        case("ColorJitter", x, seeds=1)
        case("ColorJitter", x, brightness=0.5)
        case("ColorJitter", x, brightness=[0.0, 0.0], seeds=1)
        case("ColorJitter", x, brightness=[2.0, 3.0], seeds=1)
        case("ColorJitter", x, contrast=0.5)
        case("ColorJitter", x, contrast=[2.0, 3.0], seeds=1)
        case("ColorJitter", x, saturation=0.5)
        case("ColorJitter", x, saturation=[2.0, 3.0], seeds=1)
        case("ColorJitter", x, hue=0.5)
        case("ColorJitter", x, hue=[-0.5, -0.5], seeds=1)
        case("ColorJitter", x, brightness=0.4, contrast=0.4, saturation=0.4, hue=0.1, seeds=5)
        case("ColorJitter", x, brightness=3.0, contrast=2.0, saturation=[1.0, 1.0], hue=[0.1, 0.3])
        case("Grayscale", x, seeds=1)
        case("RandomGrayscale", x, p=0.5)
        case("RandomGrayscale", x, seeds=2)
        if x.dtype == torch.uint8 or x.size(-3) == 3:
            case("Grayscale", x, 3, seeds=1)


def erasings():
    for x in FLOATS:
        case("RandomErasing", x, seeds=5)
        case("RandomErasing", x, p=1.0, scale=[0.1, 0.6], ratio=[0.2, 5.0], value=0.25, seeds=3)
        case("RandomErasing", x, p=1.0, value="random", seeds=3)
        case("RandomErasing", x, p=1.0, scale=[1.0, 1.0], seeds=2)
    case("RandomErasing", FLOATS[0], p=1.0, scale=[0.3, 0.6], value=[0.1, 0.2, 0.3], seeds=2)
    case("RandomErasing", image(3, 32, 32, dtype=torch.float32), p=1.0, value="random", seeds=1)


def warps():
    bilinear = InterpolationMode.BILINEAR
    for x in [GREY, RGB, image(6, 6), image(6, 6, 3)]:
        for mode in [InterpolationMode.NEAREST, InterpolationMode.NEAREST_EXACT, bilinear]:
            case("RandomRotation", x, 40, interpolation=mode)
            case("RandomRotation", x, [100.0, 300.0], interpolation=mode, expand=True)
            case("RandomRotation", x, 40, interpolation=mode, center=[1.5, 3.0], fill=77, seeds=2)
            case("RandomAffine", x, 30, interpolation=mode, seeds=2)
            case("RandomAffine", x, [0.0, 0.0], translate=[0.3, 0.5], interpolation=mode)
            case("RandomAffine", x, 0, scale=[0.5, 2.0], interpolation=mode, fill=9)
            case("RandomAffine", x, 20, translate=[0.1, 0.2], scale=[0.7, 1.4], shear=10, interpolation=mode)
            case("RandomAffine", x, 20, shear=[-30.0, 30.0, 5.0, 25.0], center=[2.0, 1.0], interpolation=mode)
        for angle in [0.0, 90.0, 180.0, 270.0, -90.0, 360.0]:
            case("RandomRotation", x, [angle, angle], interpolation=bilinear, fill=50, seeds=1)
            case("RandomRotation", x, [angle, angle], expand=True, fill=50, seeds=1)
        case("RandomRotation", x, [90.0, 90.0], center=[3.0, 3.0], seeds=1)
        case("RandomAffine", x, [1.0, 1.0], scale=[1e-6, 1e-6], seeds=1)
    for x in FLOATS:
        for mode in [InterpolationMode.NEAREST, bilinear]:
            case("RandomRotation", x, 40, interpolation=mode, seeds=2)
            case("RandomRotation", x, [100.0, 300.0], interpolation=mode, expand=True, fill=0.25)
            case("RandomRotation", x, 40, interpolation=mode, center=[1.5, 3.0], fill=0.7, seeds=1)
            case("RandomRotation", x, [90.0, 90.0], interpolation=mode, expand=True, seeds=1)
            case("RandomAffine", x, [0.0, 0.0], translate=[0.3, 0.5], interpolation=mode, seeds=2)
            case("RandomAffine", x, 20, shear=[-30.0, 30.0, 5.0, 25.0], center=[2.0, 1.0], interpolation=mode, seeds=2)
            case("RandomAffine", x, 20, scale=[0.7, 1.4], shear=10, fill=0.5, interpolation=mode, seeds=2)
    case("RandomRotation", FLOATS[0], 40, fill=[0.1, 0.2, 0.3], interpolation=bilinear)
    case("RandomRotation", RGB, 40, fill=[10, 20, 30])
    case("RandomRotation", image(28, 28), 15, interpolation=bilinear, seeds=2)


def several():
    """Of a flip, a crop with a border and a brighter image."""
    parts = [transforms.RandomHorizontalFlip(), transforms.RandomCrop(4, padding=1), transforms.ColorJitter(brightness=0.5)]

    def of(name, make, seeds, **settings):
        transform, results, after = make(), {}, []
        for seed in range(seeds):
            torch.manual_seed(seed)
            random.seed(seed)
            results[f"y{seed}"] = run(transform, GREY)
            after.append(torch.rand(1).item())
        recording.case(name, x=GREY, **settings, **results, after=after)

    of("RandomApply", lambda: transforms.RandomApply(parts), 4)
    of("RandomApply", lambda: transforms.RandomApply(parts, p=0.2), 4, p=0.2)
    of("RandomChoice", lambda: transforms.RandomChoice(parts), 5)
    of("RandomChoice", lambda: transforms.RandomChoice(parts, p=[0.2, 1.0, 3.0]), 5, p=[0.2, 1.0, 3.0])
    of("RandomOrder", lambda: transforms.RandomOrder(parts), 5)


for family in (flips, crops, pads, resizes, colors, erasings, warps, several):
    family()
recording.write()
