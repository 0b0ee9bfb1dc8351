"""What torch's tables of embeddings print, look up and differentiate, row by row and in bags."""
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
    (6, 3, {"sparse": True}, [[4, 0, 1], [0, 0, 3]]),
    (6, 3, {"sparse": True, "padding_idx": 0}, [[4, 0, 1], [0, 0, 3]]),
]


def dense(grad):
    """With -0.0 where a sparse gradient has nothing."""
    if not grad.is_sparse:
        return grad
    grad = grad.coalesce()
    return torch.full(grad.shape, -0.0, dtype=grad.dtype).index_copy(0, grad.indices()[0], grad.values())


# rows, width, options, numbers, offsets, whether they are weighed
BAGS = [
    (5, 3, {}, [[4, 0, 1], [0, 0, 3]], None, False),
    (10, 1, {"padding_idx": 0}, [0, 9, 0, 2, 9], [0, 1, 1, 4], False),
    (7, 8, {"padding_idx": -1, "mode": "sum"}, [6, 1, 1, 6, 3], [0, 3], True),
    (7, 17, {"mode": "sum"}, [[6, 1], [1, 6], [0, 0]], None, True),
    (4, 11, {"scale_grad_by_freq": True}, [1, 1, 1, 2, 3, 3, 0, 1], [0, 5], False),
    (4, 9, {"scale_grad_by_freq": True, "mode": "sum"}, [1, 1, 1, 2, 3, 3, 0, 1], [0, 5], True),
    (6, 45, {"mode": "sum"}, [1, 0, 5, 2, 3, 4, 0, 1], [0, 5, 7], True),
    (3, 28, {"mode": "sum"}, [[1, 0, 2]], None, True),
    (6, 37, {"max_norm": 1.0, "mode": "sum"}, [3, 1, 3], [0], False),
    (6, 16, {"max_norm": 2.5, "norm_type": 1.0, "padding_idx": 3, "mode": "max"}, [3, 2, 2, 5, 3, 0], [0, 3, 4], False),
    (9, 5, {"mode": "max", "include_last_offset": True}, [8, 1, 4, 4, 0], [0, 2, 2, 5], False),
    (9, 4, {"mode": "mean", "include_last_offset": True}, [8, 1, 4, 4, 0], [0, 2, 2, 5], False),
    (20, 4, {}, [(i * i) % 20 for i in range(200)], [0, 10, 11, 90], False),
    (11, 3, {"mode": "sum"}, [(i * i * i) % 11 for i in range(150)], [0, 20, 70], True),
    (5, 3, {"padding_idx": 4}, [], [0, 0], False),
    (5, 0, {"mode": "sum"}, [1, 2], [0, 1], False),
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
                       weight=weight, y=y, after=layer.weight, dweight=dense(layer.weight.grad))
for dtype in (torch.float32, torch.float64):
    for rows, width, options, numbers, offsets, weighed in BAGS:
        torch.manual_seed(3)
        layer = nn.EmbeddingBag(rows, width, **options)
        if dtype == torch.float64:
            layer = nn.EmbeddingBag.from_pretrained(torch.randn(rows, width, dtype=dtype), freeze=False, **options)
        integers = torch.int32 if dtype == torch.float64 else torch.int64
        x = torch.tensor(numbers, dtype=integers)
        inputs = {"x": x, "offsets": None if offsets is None else torch.tensor(offsets, dtype=integers)}
        if weighed:
            inputs["weights"] = torch.randn(x.shape, dtype=dtype).requires_grad_()
        weight = layer.weight.detach().clone()
        y = layer(*inputs.values())
        y.backward(ramp(y))
        recording.case("EmbeddingBag", rows=rows, width=width, options=repr(options), repr=repr(layer), **inputs)
        recording.case("results", weight=weight, y=y, after=layer.weight, dweight=layer.weight.grad)
        if weighed:
            recording.case("results", dweights=inputs["weights"].grad)
recording.write()
