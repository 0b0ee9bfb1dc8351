"""What NumPy makes of every byte by the tutorial's transform, and torch by ToTensor and Normalize."""
import numpy as np
import torch

from recording import Recording


def data_tf(x):
    x = np.array(x, dtype="float32") / 255
    x = (x - 0.5) / 0.5
    x = x.reshape((-1,))
    return torch.from_numpy(x)


def normalize(x, mean, std):
    """torchvision's Normalize after its ToTensor."""
    x = torch.from_numpy(x)[None].to(torch.float32).div(255)
    return x.sub_(torch.tensor(mean)[:, None, None]).div_(torch.tensor(std)[:, None, None])


image = np.arange(256, dtype=np.uint8).reshape(16, 16)
recording = Recording(__file__)
recording.case("data_tf", y=data_tf(image))
for mean, std in [(0.5, 0.5), (0.1307, 0.3081)]:
    recording.case("normalize", mean=mean, std=std, y=normalize(image, [mean], [std]))
recording.write()
