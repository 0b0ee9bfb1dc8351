"""Tokens drawn from logits as programs in torch draw them: temperature, the k largest, the nucleus, multinomial."""
import torch
from torch.nn import functional as F

from recording import Recording, rounded

torch.set_num_threads(1)


def top_k(logits, k):
    smallest = torch.topk(logits, min(k, logits.size(-1)))[0][..., -1:]
    return logits.masked_fill(logits < smallest, -float("inf"))


def top_p(logits, p):
    sorted_logits, places = torch.sort(logits, stable=True)
    unlikely = F.softmax(sorted_logits, dim=-1).cumsum(dim=-1) <= 1 - p
    unlikely[..., -1:] = False
    return logits.masked_fill(unlikely.scatter(-1, places, unlikely), -float("inf"))


recording = Recording(__file__)
for dtype in (torch.float32, torch.float64):
    torch.manual_seed(3)
    for shape in ((7,), (3, 11), (2, 1), (4, 50)):
        logits = rounded(torch.randn(shape, dtype=dtype) * 3)
        logits[..., 0] = logits[..., -1]  # equal ones
        for options in ({}, {"temperature": 0.7}, {"top_k": 1}, {"top_k": 5, "temperature": 1.5}, {"top_p": 0.8},
                        {"top_p": 0.05}, {"top_p": 1.0}, {"temperature": 2.0, "top_k": 6, "top_p": 0.5}):
            kept = logits / options.get("temperature", 1.0)
            if "top_k" in options:
                kept = top_k(kept, options["top_k"])
            if "top_p" in options:
                kept = top_p(kept, options["top_p"])
            torch.manual_seed(5)
            tokens = [torch.multinomial(F.softmax(kept, dim=-1), 1).squeeze(-1) for _ in range(5)]
            shown = (kept > -float("inf")).to(torch.uint8)
            recording.case("sample", options=repr(options), logits=logits, shown=shown, tokens=torch.stack(tokens))
recording.write()
