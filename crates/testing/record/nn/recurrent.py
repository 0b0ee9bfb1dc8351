"""Recurrent layers and their cells: texts, first draws, outputs, states and gradients of torch's."""
import torch
from torch import nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence

from recording import Recording, checksum, ramp, rounded

torch.set_num_threads(1)

# kind, sizes, options, shape of the input, whether states are given, lengths if it is packed
LAYERS = [
    ("RNN", (3, 4), {}, (5, 2, 3), False, None),
    ("RNN", (3, 4), {"nonlinearity": "relu", "num_layers": 2, "bidirectional": True, "dropout": 0.5}, (4, 3, 3), True, None),
    ("RNN", (3, 4), {"bias": False, "batch_first": True}, (2, 5, 3), True, None),
    ("RNN", (3, 17), {"num_layers": 2, "batch_first": True, "bidirectional": True}, (5, 3, 3), False, None),
    ("RNN", (3, 4), {"bidirectional": True, "num_layers": 2, "dropout": 0.25}, (5, 3, 3), True, [3, 5, 1]),
    ("GRU", (3, 4), {}, (5, 2, 3), False, None),
    ("GRU", (3, 4), {"num_layers": 3, "dropout": 0.5, "bias": False}, (4, 2, 3), True, None),
    ("GRU", (3, 4), {"bidirectional": True, "batch_first": True, "num_layers": 2}, (4, 3), True, None),
    ("GRU", (5, 16), {"bidirectional": True, "batch_first": True}, (4, 3, 5), False, None),
    ("GRU", (2, 19), {}, (3, 5, 2), True, None),
    ("GRU", (3, 4), {"batch_first": True, "bidirectional": True}, (3, 5, 3), True, [5, 2, 4]),
    ("GRU", (3, 4), {"num_layers": 2, "dropout": 1.0}, (4, 1, 3), False, [4]),
    ("LSTM", (3, 4), {}, (5, 2, 3), False, None),
    ("LSTM", (3, 4), {"num_layers": 2, "batch_first": True, "dropout": 0.5, "bidirectional": True}, (3, 4, 3), True, None),
    ("LSTM", (3, 4), {"proj_size": 2, "num_layers": 2, "bidirectional": True, "dropout": 0.25}, (4, 3, 3), True, None),
    ("LSTM", (3, 4), {"proj_size": 3, "bias": False, "batch_first": True}, (2, 3, 3), False, None),
    ("LSTM", (3, 4), {"bias": False, "num_layers": 2}, (4, 3), True, None),
    ("LSTM", (5, 9), {"bidirectional": True}, (4, 5, 5), True, None),
    ("LSTM", (3, 4), {"num_layers": 2, "bidirectional": True, "dropout": 0.5}, (5, 3, 3), True, [3, 5, 1]),
    ("LSTM", (3, 4), {"proj_size": 2, "bidirectional": True}, (4, 2, 3), False, [4, 2]),
]

CELLS = [
    ("RNNCell", (3, 4), {}, (2, 3), True), ("RNNCell", (3, 4), {"nonlinearity": "relu"}, (2, 3), False), ("RNNCell", (3, 4), {"bias": False}, (3,), True),
    ("GRUCell", (3, 4), {}, (2, 3), True), ("GRUCell", (3, 4), {"bias": False}, (3,), False), ("GRUCell", (3, 17), {}, (3, 3), True),
    ("LSTMCell", (3, 4), {}, (2, 3), True), ("LSTMCell", (3, 4), {"bias": False}, (3,), False), ("LSTMCell", (3, 17), {}, (3, 3), True),
]


def state_shapes(layer, kind, sizes, options, x, lengths):
    hidden, output = sizes[1], options.get("proj_size", 0) or sizes[1]
    if kind.endswith("Cell"):
        lead = x.shape[:-1]
    else:
        batch = x.shape[:0] if x.dim() == 2 else x.shape[:1] if options.get("batch_first") else x.shape[1:2]
        lead = (options.get("num_layers", 1) * (1 + options.get("bidirectional", False)), *batch)
    return [(*lead, output), (*lead, hidden)] if kind.startswith("LSTM") else [(*lead, hidden)]


def results(layer, kind, x, states, lengths, options):
    x = x.detach().requires_grad_()
    given = [state.detach().requires_grad_() for state in states]
    hx = None if not given else tuple(given) if kind.startswith("LSTM") else given[0]
    read = x if lengths is None else pack_padded_sequence(x, lengths, options.get("batch_first", False), enforce_sorted=False)
    torch.manual_seed(5)
    out = layer(read, hx)
    out, last = (None, out) if kind.endswith("Cell") else out
    out = out.data if isinstance(out, PackedSequence) else out
    last = last if isinstance(last, tuple) else (last,)
    fields = {name: t for name, t in zip(("y", "h", "c"), (out, *last)) if t is not None}
    sum((t * ramp(t)).sum() for t in fields.values()).backward()
    fields |= {name: state.grad for name, state in zip(("dh0", "dc0"), given)}
    return fields | {"dx": x.grad} | {"d" + name: p.grad for name, p in layer.named_parameters()}


recording = Recording(__file__)
for dtype in (torch.float32, torch.float64):
    for kind, sizes, options, shape, given, *lengths in LAYERS + CELLS:
        lengths = lengths[0] if lengths else None
        if dtype == torch.float64 and (sizes[1] > 4 or not given):
            continue
        torch.manual_seed(3)
        layer = getattr(nn, kind)(*sizes, **options)
        parameters = {name: p.detach().clone() for name, p in layer.named_parameters()} if dtype == torch.float32 else {}
        layer.to(dtype)
        x = rounded(torch.randn(shape, dtype=dtype))
        shapes = state_shapes(layer, kind, sizes, options, x, lengths) if given else []
        states = [rounded(torch.randn(shape, dtype=dtype)) for shape in shapes]
        text = {"sizes": list(sizes), "options": repr(options), "repr": repr(layer), "lengths": lengths}
        recording.case(kind, **text, x=x)
        state = list(zip(("h0", "c0"), states))
        got = results(layer, kind, x, states, lengths, options).items()
        for part, fields in ("start", [*parameters.items(), *state]), ("results", list(got)):
            for i in range(0, len(fields), 8):
                recording.case(part, **dict(fields[i:i + 8]))
recording.write()

# kind, sizes, options, time, batch: passes large enough to show orders of sums
LARGER = [
    ("LSTM", (28, 128), {}, 28, 64),
    ("LSTM", (28, 100), {"num_layers": 2}, 12, 10),
    ("LSTM", (7, 33), {"num_layers": 2, "bidirectional": True, "dropout": 0.5}, 5, 3),
    ("LSTM", (20, 24), {"bidirectional": True}, 6, 1),
    ("LSTM", (450, 130), {"bias": False}, 9, 5),
    ("LSTM", (900, 200), {}, 3, 17),
    ("LSTM", (50, 400), {"bidirectional": True}, 20, 40),
    ("LSTM", (5, 410), {}, 4, 1),
    ("LSTM", (500, 120), {}, 1, 1),
    ("LSTM", (40, 24), {"bidirectional": True}, 1, 7),
    ("LSTM", (2, 16), {"num_layers": 2}, 100, 6),
    ("RNN", (9, 40), {"num_layers": 2, "bidirectional": True, "nonlinearity": "relu"}, 6, 5),
    ("RNN", (9, 40), {"nonlinearity": "relu"}, 6, 2),
    ("RNN", (28, 128), {"nonlinearity": "relu"}, 28, 64),
    ("RNN", (9, 17), {"num_layers": 2, "bidirectional": True, "nonlinearity": "relu"}, 4, 3),
    ("RNN", (1, 5), {"bidirectional": True, "nonlinearity": "relu", "bias": False}, 5, 3),
]

recording = Recording(__file__, f"_{torch.backends.cpu.get_cpu_capability().lower()}")
for kind, sizes, options, time, batch in LARGER:
    torch.manual_seed(7)
    layer = getattr(nn, kind)(*sizes, **options)
    x = torch.randn(time, batch, sizes[0]).requires_grad_()
    lead = layer.num_layers * (1 + layer.bidirectional)
    states = [torch.randn(lead, batch, sizes[1]).requires_grad_() for _ in range(1 + (kind == "LSTM"))]
    y, last = layer(x, tuple(states) if kind == "LSTM" else states[0])
    last = last if kind == "LSTM" else (last,)
    torch.autograd.backward([y, *last], [torch.randn(t.shape) for t in (y, *last)])
    sums = {"y": y} | dict(zip("hc", last)) | {"dx": x.grad} | dict(zip(("dh", "dc"), (state.grad for state in states)))
    sums |= {name: p.grad for name, p in layer.named_parameters()}
    text = "\n".join(f"{name} {checksum(t)}" for name, t in sums.items())
    recording.case(kind, sizes=list(sizes), options=repr(options), time=time, batch=batch, sums=text)
recording.write()
