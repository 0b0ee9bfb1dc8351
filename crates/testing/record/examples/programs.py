"""Losses of the programs that are ported line by line, `examples/examples/NAME.rs`, as torch has them on one thread, and as it
has them with functions that give the nearest number. Each runs with the arguments of its case. The numbers are the same with
AVX-512 and with AVX2 (`ATEN_CPU_CAPABILITY`, `MKL_ENABLE_INSTRUCTIONS`), on an AMD processor.
"""
import math
import random

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.datasets import load_diabetes, make_blobs, make_moons
from torch import nn, optim
from torch.distributions import Categorical, Independent, Normal

from nearest import nearest_functions
from recording import Recording
from trainings import read


def losses_of(steps, loss_of, step):
    """Of a training by `loss_of()` that `step(loss)` goes on with."""
    losses = []
    for _ in range(steps):
        loss = loss_of()
        step(loss)
        losses.append(loss.item())
    return losses


def trained(optimizer, steps, loss_of):
    def step(loss):
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return losses_of(steps, loss_of, step)


def by_hand(parameters, steps, lr, loss_of):
    def step(loss):
        for p in parameters:
            p.grad = None
        loss.backward()
        with torch.no_grad():
            for p in parameters:
                p -= lr * p.grad

    return losses_of(steps, loss_of, step)


class LegendrePolynomial3(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input):
        ctx.save_for_backward(input)
        return 0.5 * (5 * input ** 3 - 3 * input)

    @staticmethod
    def backward(ctx, grad_output):
        input, = ctx.saved_tensors
        return grad_output * 1.5 * (5 * input ** 2 - 1)


def polynomial(form, steps):
    torch.manual_seed(0)
    if form == "numpy":
        random_state = np.random.RandomState(0)
        x = np.linspace(-math.pi, math.pi, 2000)
        weights = random_state.randn(4).tolist()
    else:
        x = torch.linspace(-math.pi, math.pi, 2000)
        weights = [] if form in ["function", "nn", "optim"] else [torch.randn(()) for _ in range(4)]
    y = np.sin(x) if form == "numpy" else torch.sin(x)

    def third(a, b, c, d):
        return a + b * x + c * x ** 2 + d * x ** 3

    if form in ["numpy", "tensors"]:
        a, b, c, d = weights
        losses = []
        for _ in range(steps):
            y_pred = third(a, b, c, d)
            losses.append(float(((y_pred - y) ** 2).sum()))
            grad_y_pred = 2.0 * (y_pred - y)
            a -= 1e-6 * grad_y_pred.sum()
            b -= 1e-6 * (grad_y_pred * x).sum()
            c -= 1e-6 * (grad_y_pred * x ** 2).sum()
            d -= 1e-6 * (grad_y_pred * x ** 3).sum()
        return losses
    if form == "autograd":
        weights = [w.requires_grad_() for w in weights]
        return by_hand(weights, steps, 1e-6, lambda: (third(*weights) - y).pow(2).sum())
    if form == "function":
        a, b, c, d = weights = [torch.full((), w, requires_grad=True) for w in [0.0, -1.0, 0.0, 0.3]]
        P3 = LegendrePolynomial3.apply
        return by_hand(weights, steps, 5e-6, lambda: (a + b * P3(c + d * x) - y).pow(2).sum())
    loss_fn = nn.MSELoss(reduction="sum")
    if form in ["nn", "optim"]:
        xx = x.unsqueeze(-1).pow(torch.tensor([1, 2, 3]))
        model = nn.Sequential(nn.Linear(3, 1), nn.Flatten(0, 1))
        loss_of = lambda: loss_fn(model(xx), y)
        if form == "nn":
            return by_hand(list(model.parameters()), steps, 1e-6, loss_of)
        return trained(optim.RMSprop(model.parameters(), lr=1e-3), steps, loss_of)
    weights = [nn.Parameter(w) for w in weights]
    if form == "module":
        return trained(optim.SGD(weights, lr=1e-6), steps, lambda: loss_fn(third(*weights), y))
    random.seed(0)
    e = nn.Parameter(torch.randn(()))

    def dynamic():
        y = third(*weights)
        for exp in range(4, random.randint(4, 6)):
            y = y + e * x ** exp
        return y

    optimizer = optim.SGD([*weights, e], lr=1e-8, momentum=0.9)
    return trained(optimizer, 15 * steps, lambda: loss_fn(dynamic(), y))


def moons(steps):
    random.seed(1337)
    x, y = (torch.from_numpy(t) for t in make_moons(n_samples=100, noise=0.1, random_state=1337))
    y = y * 2 - 1
    model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 1)).double()
    for layer in model[::2]:
        draws = [[random.uniform(-1, 1) for _ in range(layer.in_features)] for _ in range(layer.out_features)]
        layer.weight.data = torch.tensor(draws, dtype=torch.float64)
        nn.init.zeros_(layer.bias)
    losses = []
    for k in range(steps):
        scores = model(x).squeeze(1)
        each = (1 + -y * scores).relu()
        loss = each.sum() * (1.0 / len(each)) + 1e-4 * sum((p * p).sum() for p in model.parameters())
        model.zero_grad()
        loss.backward()
        learning_rate = 1.0 - 0.9 * k / 100
        for p in model.parameters():
            p.data -= learning_rate * p.grad
        losses.append(loss.item())
    return losses


def logistic_regression(steps):
    torch.manual_seed(2017)
    data, classes = make_blobs(100, centers=np.array([[50.0, 45.0], [75.0, 80.0]]), cluster_std=13.0, random_state=2017)
    x, y = torch.from_numpy(data / data.max(0)).float(), torch.from_numpy(classes).float().unsqueeze(1)

    def binary_loss(y_pred):
        return -(y * y_pred.clamp(1e-12).log() + (1 - y) * (1 - y_pred).clamp(1e-12).log()).mean()

    def start():
        return torch.randn(2, 1, requires_grad=True), torch.zeros(1, requires_grad=True)

    w, b = start()
    losses = by_hand([w, b], 2, 0.1, lambda: binary_loss(F.sigmoid(torch.mm(x, w) + b)))
    w, b = start()
    losses += trained(optim.SGD([w, b], lr=1.), steps, lambda: binary_loss(F.sigmoid(torch.mm(x, w) + b)))
    w, b = start()
    criterion = nn.BCEWithLogitsLoss()
    return losses + trained(optim.SGD([w, b], lr=1.), steps, lambda: criterion(torch.mm(x, w) + b, y))


def forward_forward(epochs, batch_size):
    torch.manual_seed(1)
    images = read("train-images-idx3-ubyte", 16).reshape(-1, 784)[:batch_size]
    x, y = (images.float() / 255 - 0.1307) / 0.3081, read("train-labels-idx1-ubyte", 8).long()[:batch_size]

    def overlay_y_on_x(x, y):
        x_ = x.clone()
        x_[:, :10] *= 0.0
        x_[range(x.shape[0]), y] = x.max()
        return x_

    layers = [nn.Linear(784, 500), nn.Linear(500, 500)]
    torch.empty((), dtype=torch.int64).random_()  # the loader's base seed
    y_neg = y.clone()
    x_pos = overlay_y_on_x(x, y)
    for idx, y_samp in enumerate(y):
        allowed = [label for label in range(10) if label != y_samp.item()]
        y_neg[idx] = torch.tensor(allowed)[torch.randint(len(allowed), size=(1,))].item()
    x_neg, losses = overlay_y_on_x(x, y_neg), []
    for layer in layers:
        def forward(x):
            x_direction = x / (x.norm(2, 1, keepdim=True) + 1e-4)
            return F.relu(torch.mm(x_direction, layer.weight.T) + layer.bias.unsqueeze(0))

        def loss_of():
            g_pos, g_neg = (forward(x).pow(2).mean(1) for x in [x_pos, x_neg])
            return torch.log1p(torch.exp(torch.cat([-g_pos + 2.0, g_neg - 2.0]))).mean()

        losses += trained(optim.Adam(layer.parameters(), lr=0.03), epochs, loss_of)
        x_pos, x_neg = forward(x_pos).detach(), forward(x_neg).detach()
    return losses


class CartPole:
    """`CartPole-v1` of Gymnasium with torch's generator for the first states, as `examples/src/cart_pole.rs` has it."""

    def __init__(self, seed):
        self.generator = torch.Generator().manual_seed(seed)

    def reset(self):
        draws = torch.rand(4, generator=self.generator, dtype=torch.float64)
        self.state = (0.1 * draws - 0.05).tolist()
        return torch.tensor(self.state)

    def step(self, action):
        x, dx, theta, dtheta = self.state
        force = 10.0 if action == 1 else -10.0
        sin, cos = math.sin(theta), math.cos(theta)
        push = (force + 0.1 * 0.5 * dtheta * dtheta * sin) / 1.1
        ddtheta = (9.8 * sin - cos * push) / (0.5 * (4.0 / 3.0 - 0.1 * cos * cos / 1.1))
        ddx = push - 0.1 * 0.5 * ddtheta * cos / 1.1
        self.state = [x + 0.02 * dx, dx + 0.02 * ddx, theta + 0.02 * dtheta, dtheta + 0.02 * ddtheta]
        fallen = abs(self.state[0]) > 2.4 or abs(self.state[2]) > 12.0 * math.pi / 180.0
        return torch.tensor(self.state), fallen


def returns_of(rewards):
    R, returns = 0, []
    for r in reversed(rewards):
        R = r + 0.99 * R
        returns.insert(0, R)
    returns = torch.tensor(returns)
    return (returns - returns.mean()) / (returns.std() + np.finfo(np.float32).eps.item())


def episodes(steps, lr, make, act, loss_of):
    """`act(model, state)` gives an action and what is to be saved of it, `loss_of(saved, returns)` the loss of an episode."""
    torch.manual_seed(543)
    env, model = CartPole(543), make()
    optimizer = optim.Adam(model.parameters(), lr=lr)

    def episode():
        state, saved, rewards = env.reset(), [], []
        for _ in range(500):
            action, what = act(model, state)
            saved.append(what)
            state, done = env.step(action)
            rewards.append(1.0)
            if done:
                break
        return loss_of(saved, returns_of(rewards))

    return trained(optimizer, steps, episode)


def reinforce(steps):
    def make():
        affine1, dropout, affine2 = nn.Linear(4, 128), nn.Dropout(p=0.6), nn.Linear(128, 2)
        return nn.Sequential(affine1, dropout, nn.ReLU(), affine2, nn.Softmax(dim=1))

    def act(model, state):
        m = Categorical(model(state.unsqueeze(0)))
        action = m.sample()
        return action.item(), m.log_prob(action)

    return episodes(steps, 1e-2, make, act, lambda saved, returns: torch.cat([-p * R for p, R in zip(saved, returns)]).sum())


class Policy(nn.Module):
    def __init__(self):
        super().__init__()
        self.affine1, self.action_head, self.value_head = nn.Linear(4, 128), nn.Linear(128, 2), nn.Linear(128, 1)

    def forward(self, x):
        x = F.relu(self.affine1(x))
        return F.softmax(self.action_head(x), dim=-1), self.value_head(x)


def actor_critic(steps):
    def act(model, state):
        probs, value = model(state)
        m = Categorical(probs)
        action = m.sample()
        return action.item(), (m.log_prob(action), value)

    def loss_of(saved, returns):
        policy_losses, value_losses = [], []
        for (log_prob, value), R in zip(saved, returns):
            policy_losses.append(-log_prob * (R - value.item()))
            value_losses.append(F.smooth_l1_loss(value, R.unsqueeze(0)))
        return torch.stack(policy_losses).sum() + torch.stack(value_losses).sum()

    return episodes(steps, 3e-2, Policy, act, loss_of)


def least_squares(steps):
    torch.manual_seed(0)
    data, target = (torch.from_numpy(t) for t in load_diabetes(return_X_y=True))
    x, y = (data - data.mean(0, keepdim=True)) / data.std(0, keepdim=True), target.unsqueeze(1)
    model = nn.Linear(10, 1).double()
    optimizer = optim.LBFGS(model.parameters(), lr=1, max_iter=4, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = F.mse_loss(model(x), y)
        loss.backward()
        return loss

    return [optimizer.step(closure).item() for _ in range(steps)]


def gaussian_mixture(steps):
    torch.manual_seed(0)
    x, _ = make_blobs(300, cluster_std=[0.5, 1.0, 1.5], random_state=0)
    x = torch.from_numpy(x).float()
    logits, loc, log_scale = (nn.Parameter(t) for t in [torch.zeros(3), torch.randn(3, 2), torch.zeros(3, 2)])

    def loss_of():
        log_prob = Independent(Normal(loc, log_scale.exp()), 1).log_prob(x.unsqueeze(1))
        return -(logits.log_softmax(-1) + log_prob).logsumexp(-1).mean()

    return trained(optim.Adam([logits, loc, log_scale], lr=0.05), steps, loss_of)


def matrix_factorisation(steps):
    torch.manual_seed(0)
    ratings = torch.randn(200, 3).mm(torch.randn(100, 3).t()) + 0.1 * torch.randn(200, 100)
    known = torch.rand(200, 100) < 0.2
    rows, cols = known.nonzero().unbind(1)
    data = torch.utils.data.TensorDataset(rows, cols, ratings[known])
    loader = torch.utils.data.DataLoader(data, batch_size=64, shuffle=True)
    user_factors, item_factors = (nn.Embedding(n, 5) for n in [200, 100])
    optimizer = optim.Adam([user_factors.weight, item_factors.weight], lr=0.02)
    batches = (batch for _ in range(steps) for batch in loader)

    def loss_of():
        user, item, rating = next(batches)
        return F.mse_loss((user_factors(user) * item_factors(item)).sum(1), rating)

    return trained(optimizer, steps, loss_of)


def pinn(steps):
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 16), nn.Tanh(), nn.Linear(16, 1))
    t = torch.linspace(0, 2, 32).reshape(-1, 1).requires_grad_()

    def loss_of():
        u = net(t)
        du, = torch.autograd.grad(u.sum(), t, create_graph=True)
        ddu, = torch.autograd.grad(du.sum(), t, create_graph=True)
        equation = (ddu + 2.0**2 * u).square().mean()
        return equation + ((u[0] - 1).square().sum() + du[0].square().sum())

    return trained(optim.Adam(net.parameters(), lr=0.01), steps, loss_of)


FORMS = ["numpy", "tensors", "autograd", "function", "nn", "optim", "module", "dynamic"]
PROGRAMS = [(polynomial, {"form": form, "steps": 20 if form == "dynamic" else 200}) for form in FORMS] + [
    (moons, {"steps": 100}),
    (logistic_regression, {"steps": 200}),
    (forward_forward, {"epochs": 10, "batch_size": 200}),
    (reinforce, {"steps": 20}),
    (actor_critic, {"steps": 20}),
    (least_squares, {"steps": 10}),
    (gaussian_mixture, {"steps": 200}),
    (matrix_factorisation, {"steps": 200}),
    (pinn, {"steps": 100}),
]

if __name__ == "__main__":
    torch.set_num_threads(1)
    recording = Recording(__file__)
    for program, arguments in PROGRAMS:
        words = [word for key, value in arguments.items() for word in ["--" + key.replace("_", "-"), str(value)]]
        losses = program(**arguments)
        with nearest_functions():
            nearest = program(**arguments)
        losses, nearest = (torch.tensor(found, dtype=torch.float64) for found in [losses, nearest])
        recording.case(program.__name__, arguments=words, losses=losses, nearest=nearest)
    recording.write()
