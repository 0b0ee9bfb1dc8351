"""What torch's tables of embeddings print, look up and differentiate."""
import torch
from torch import nn

from recording import Recording, ramp

torch.set_num_threads(1)

# rows, width, options, numbers
EMBEDDINGS = [
    (5, 3, {}, [[4, 0, 1], [0, 0, 3]]),
    (10, 1, {"padding_idx": 0}, [0, 9, 0, 2, 9]),
    (7, 8, {"padding_idx": -1}, [[6, 1], [1, 6]]),
    (4, 11, {"scale_grad_by_freq": True}, [[1, 1, 1, 2], [3, 3, 0, 1]]),
    (6, 37, {"max_norm": 1.0}, [3, 1, 3]),
    (6, 16, {"max_norm": 2.5, "norm_type": 1.0, "padding_idx": 3, "scale_grad_by_freq": True}, [[[3, 2]], [[2, 5]]]),
    (3, 5, {"max_norm": 1.5, "norm_type": 3.0}, [0, 2]),
    (3, 5, {"max_norm": 0.5, "norm_type": float("inf")}, [0, 2, 2]),
    (20, 4, {}, [(i * i) % 20 for i in range(200)]),
    (5, 3, {}, 2),
    (5, 3, {"padding_idx": 4}, []),
    (5, 0, {}, [1, 2]),
]

recording = Recording(__file__)
for dtype in (torch.float32, torch.float64):
    for rows, width, options, numbers in EMBEDDINGS:
        torch.manual_seed(3)
        layer = nn.Embedding(rows, width, **options)
        if dtype == torch.float64:
            layer = nn.Embedding.from_pretrained(torch.randn(rows, width, dtype=dtype), freeze=False, **options)
        x = torch.tensor(numbers, dtype=torch.int32 if dtype == torch.float64 else torch.int64)
        weight = layer.weight.detach().clone()
        y = layer(x)
        y.backward(ramp(y))
        recording.case("Embedding", rows=rows, width=width, options=repr(options), repr=repr(layer), x=x,
                       weight=weight, y=y, after=layer.weight, dweight=layer.weight.grad)
recording.write()
