"""Steps of torch.optim.LBFGS on Rosenbrock's function, with the loss before each and the state after
the last; what it prints, and its state dict. Not so many steps that roundings grow into another path.
"""
import torch

from recording import Recording

torch.set_num_threads(1)
recording = Recording(__file__)

CASES = [
    dict(lr=1.0, max_iter=3),
    dict(lr=0.05),
    dict(lr=0.1, max_iter=4),
    dict(lr=0.1, max_iter=7, history_size=2),
    dict(lr=0.05, max_eval=3),
    dict(lr=1.0, line_search_fn="strong_wolfe"),
    dict(lr=0.5, max_iter=5, history_size=3, line_search_fn="strong_wolfe"),
    dict(lr=1.0, max_iter=4, max_eval=6, line_search_fn="strong_wolfe"),
    dict(lr=1.0, tolerance_grad=0.5, line_search_fn="strong_wolfe"),
    dict(lr=1.0, tolerance_change=1e-2, line_search_fn="strong_wolfe"),
    dict(lr=0.01, maximize=True),
]
STEPS = 3


def rosenbrock(x, y):
    return ((1 - x) ** 2).sum() + 10 * ((y - x * x) ** 2).sum()


def start(dtype):
    x = torch.tensor([-1.2, 0.4, 2.0], dtype=dtype, requires_grad=True)
    y = torch.tensor([[1.0, -0.5, 0.75]], dtype=dtype, requires_grad=True)
    return x, y


for dtype in (torch.float32, torch.float64):
    for kwargs in CASES:
        x, y = start(dtype)
        optim = torch.optim.LBFGS([x, y], **kwargs)
        sign = -1 if kwargs.get("maximize") else 1
        evals = 0

        def closure():
            global evals
            evals += 1
            optim.zero_grad()
            loss = sign * rosenbrock(x, y)
            loss.backward()
            return loss

        at, losses = [], []
        for _ in range(STEPS):
            losses.append(optim.step(closure).detach())
            at.append(torch.cat([x.detach().flatten(), y.detach().flatten()]))
        state = optim.state_dict()["state"][0]
        recording.case(
            "LBFGS",
            **kwargs,
            at=torch.stack(at),
            losses=torch.stack(losses),
            evals=evals,
            func_evals=state["func_evals"],
            n_iter=state["n_iter"],
            remembered=len(state["old_dirs"]),
            keys=[key for key in state if key != "al"],
            repr=repr(optim),
        )
recording.write()
