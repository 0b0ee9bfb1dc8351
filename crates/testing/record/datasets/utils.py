"""What torchvision.utils makes of a batch of images: make_grid, and the pixels of the file that save_image writes."""
import io

import numpy as np
import torch
from PIL import Image
from torchvision.utils import make_grid, save_image

from recording import Recording, rounded

recording = Recording(__file__)


def images(*shape, dtype=torch.float32):
    g = torch.Generator().manual_seed(sum(shape))
    if dtype == torch.uint8:
        return torch.randint(0, 256, shape, generator=g, dtype=dtype)
    return rounded(torch.randn(shape, generator=g, dtype=torch.float64)).to(dtype)


def grid(x, **options):
    recording.case("make_grid", x=x, **options, y=make_grid(x, **options))


def picture(x, **options):
    file = io.BytesIO()
    save_image(x, file, format="png", **options)
    recording.case("save_image", x=x, **options, y=torch.from_numpy(np.array(Image.open(file))))


for shape in [(5, 4), (1, 5, 4), (3, 5, 4), (2, 5, 4), (1, 3, 5, 4), (1, 1, 5, 4), (9, 1, 3, 2), (2, 3, 5, 4)]:
    grid(images(*shape))
for dtype in [torch.float64, torch.bfloat16, torch.uint8]:
    grid(images(5, 3, 3, 2, dtype=dtype), nrow=3, padding=1, pad_value=2)
x = images(5, 3, 3, 2)
for options in [
    {"nrow": 1}, {"nrow": 2, "padding": 0}, {"nrow": 4, "padding": 3, "pad_value": 0.5}, {"nrow": 5}, {"nrow": 100},
    {"normalize": True}, {"normalize": True, "scale_each": True}, {"normalize": True, "value_range": (-1, 1)},
    {"normalize": True, "value_range": (-0.7, 1.3), "scale_each": True, "pad_value": 1.0},
    {"normalize": True, "value_range": (0.25, 0.25)},
]:
    grid(x, **options)
for dtype in [torch.float32, torch.float64]:
    grid(images(3, 1, 3, 2, dtype=dtype), normalize=True, scale_each=True, padding=1)
grid(torch.full((2, 2), 0.3), normalize=True)

picture(torch.arange(1024).reshape(32, 32) / 1000)
for dtype in [torch.float32, torch.float64]:
    picture((torch.arange(256).reshape(1, 16, 16) / 240).to(dtype))
for channels in [1, 2, 3, 4]:
    picture(images(3, channels, 3, 2), nrow=2, normalize=channels > 2, pad_value=0.3)
recording.write()
