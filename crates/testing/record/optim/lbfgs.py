"""Steps of torch.optim.LBFGS on Rosenbrock's function, with the loss before each and the state after
the last; what it prints, and its state dict. Not so many steps that roundings grow into another path.
"""
import torch

from recording import Recording

torch.set_num_threads(1)
recording = Recording(__file__)

CASES = [  # with all options of torch's own tests; a rate that is a tensor there is a number here
    dict(lr=0.01),
    dict(lr=torch.tensor(0.001).item()),
    dict(max_iter=3, tolerance_grad=1e-6),
    dict(line_search_fn="strong_wolfe"),
    dict(maximize=True, line_search_fn="strong_wolfe"),
    dict(max_iter=3),
    dict(lr=0.05),
    dict(lr=0.1, max_iter=4),
    dict(lr=0.1, max_iter=7, history_size=2),
    dict(lr=0.05, max_eval=3),
    dict(lr=0.5, max_iter=5, history_size=3, line_search_fn="strong_wolfe"),
    dict(max_iter=4, max_eval=6, line_search_fn="strong_wolfe"),
    dict(tolerance_grad=0.5, line_search_fn="strong_wolfe"),
    dict(tolerance_change=1e-2, line_search_fn="strong_wolfe"),
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

# A state that torch has written, and where torch goes from there.
for dtype in (torch.float32, torch.float64):
    x, y = start(dtype)
    optim = torch.optim.LBFGS([x, y], lr=0.1, max_iter=3)

    def closure():
        optim.zero_grad()
        loss = rosenbrock(x, y)
        loss.backward()
        return loss

    for _ in range(2):
        optim.step(closure)
    state = optim.state_dict()["state"][0]
    before = torch.cat([x.detach().flatten(), y.detach().flatten()])
    lists = {key: torch.stack(state[key]) for key in ("old_dirs", "old_stps", "ro")}
    rest = {key: state[key] for key in ("func_evals", "n_iter", "d", "t", "H_diag", "prev_flat_grad", "prev_loss")}
    lists = {key: value.clone() for key, value in lists.items()}
    rest = {key: value.clone() if isinstance(value, torch.Tensor) else value for key, value in rest.items()}
    optim.step(closure)
    after = torch.cat([x.detach().flatten(), y.detach().flatten()])
    recording.case("Resumed", before=before, after=after, **lists, **rest)
recording.write()
