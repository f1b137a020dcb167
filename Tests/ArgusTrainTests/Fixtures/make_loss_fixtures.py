"""Writes losses.json: each algorithm's loss on a fixed batch, as the training loops in PyTorch compute it.

    python make_loss_fixtures.py > losses.json        # needs torch

The losses are those of Benchmarks/reference/training/losses.py. Nothing of ArgusOrch is used, so that the tests which read
the file compare two implementations. Tensors are {"shape": [...], "data": [...]}, row-major. Episodes are [time, agent];
`ended` is 1 for an end by rule, 2 for the horizon.
"""

import hashlib
import json
import pathlib
import sys

import torch

REFERENCE = pathlib.Path(__file__).resolve().parents[3] / "Benchmarks" / "reference"
sys.path.insert(0, str(REFERENCE))

from training import losses  # noqa: E402
from training.networks import Mixer  # noqa: E402

torch.manual_seed(20)
GAMMA, LAMBDA = 0.97, 0.6
TIME, AGENTS, CHOICES, STATE = 6, 3, 4, 5


def digest():
    """Of what the numbers depend on, so that a test notices when they were not made anew."""
    files = [pathlib.Path(__file__), REFERENCE / "training" / "losses.py", REFERENCE / "training" / "networks.py"]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def dump(tensor):
    return {"shape": list(tensor.shape), "data": [float(f"{x:.9g}") for x in tensor.detach().reshape(-1).tolist()]}


def masks(rows):
    legal = (torch.rand(rows, CHOICES) < 0.6).long()
    legal[torch.arange(rows), torch.randint(CHOICES, (rows,))] = 1
    return legal


def legal_choices(legal):
    return torch.multinomial(legal.float(), 1).squeeze(1)


def weights_of(mixer):
    names = {"0": "layers.0", "2": "layers.1"}
    return {
        ".".join(names.get(part, part) for part in name.split(".")): dump(tensor)
        for name, tensor in mixer.named_parameters()}


def episode():
    """TIME steps; agent 2 waits at step 2, agent 1 is out from 4 on."""
    rows = TIME + 1
    legal = masks(rows * AGENTS).view(rows, AGENTS, CHOICES)
    legal[2, 2] = torch.tensor([1, 0, 0, 0])
    legal[4:, 1] = torch.tensor([1, 0, 0, 0])
    acting, present = torch.ones(rows, AGENTS), torch.ones(rows, AGENTS)
    acting[2, 2] = 0
    acting[4:, 1] = 0
    present[4:, 1] = 0
    return legal, legal_choices(legal.view(-1, CHOICES)).view(rows, AGENTS), acting, present


def q_learning():
    """Double Q-learning with λ-returns, and PQN's: there the same values choose, are chosen, and come next."""
    rows = TIME + 1
    online = torch.randn(rows, AGENTS, CHOICES, requires_grad=True)
    target = torch.randn(rows, AGENTS, CHOICES)
    legal, choices, acting, present = episode()
    rewards = torch.randn(TIME, AGENTS)
    elapsed = torch.tensor([1.0, 0.5, 2.0, 1.0, 1.0, 0.25])
    states = torch.randn(rows, STATE)
    mixer, target_mixer = Mixer(AGENTS, STATE), Mixer(AGENTS, STATE)
    output = {}
    for end in (1, 2):
        for name in ("iql", "vdn", "qmix", "pqn-vdn"):
            best = losses.best_choices(online.detach(), legal)
            values = online.detach() if name == "pqn-vdn" else target
            if name == "iql":
                joint = online.gather(2, choices.unsqueeze(2)).squeeze(2) * present
                future = values.gather(2, best).squeeze(2) * present
                reward, decides, counts = rewards, acting, present
            else:
                mixing, target_mixing = (mixer, target_mixer) if name == "qmix" else (None, None)
                joint = losses.joint_value(online, choices.unsqueeze(2), present, mixing, states).unsqueeze(1)
                future = losses.joint_value(values, best, present, target_mixing, states).detach().unsqueeze(1)
                reward, decides, counts = rewards.sum(1, keepdim=True), torch.ones(rows, 1), torch.ones(rows, 1)
            ended = torch.zeros(reward.shape, dtype=torch.int64)
            ended[-1] = end
            # Where nobody decides next there is nothing to bootstrap from.
            traces = torch.where(decides[1:] > 0, LAMBDA, 1.0)
            targets = losses.lambda_returns(
                reward, future[1:], ended, (GAMMA**elapsed).unsqueeze(1).expand(reward.shape), traces)
            loss = losses.temporal_difference(joint[:TIME], targets, counts[:TIME])
            online.grad = None
            mixer.zero_grad()
            loss.backward()
            output[f"{name}_{end}"] = {
                "loss": loss.item(), "targets": dump(targets), "gradient": dump(online.grad), "future": dump(future)}
    return {
        "gamma": GAMMA, "lambda": LAMBDA, "online": dump(online), "target": dump(target), "legal": dump(legal),
        "choices": dump(choices), "acting": dump(acting), "present": dump(present), "rewards": dump(rewards),
        "elapsed": dump(elapsed), "states": dump(states), "mixer": weights_of(mixer),
        "target_mixer": weights_of(target_mixer), "results": output}


def policy_batch(rows=9):
    logits = torch.randn(rows, CHOICES, requires_grad=True)
    legal = masks(rows)
    choices = legal_choices(legal)
    weights = (torch.rand(rows) < 0.8).float()
    distribution = torch.distributions.Categorical(logits=logits.masked_fill(legal == 0, -1e10))
    return logits, legal, choices, weights, distribution


def terms(results):
    return dict(zip(("total", "policy", "entropy", "value"), (x.item() for x in results)))


def actor_critic():
    logits, legal, choices, weights, distribution = policy_batch()
    values = torch.randn(9, requires_grad=True)
    returns, advantages, value_weights = torch.randn(9), torch.randn(9), (torch.rand(9) < 0.9).float()
    results = losses.actor_critic(
        distribution.log_prob(choices), distribution.entropy(), advantages, values, returns, weights=weights,
        value_weights=value_weights, entropy_coefficient=0.01)
    results[0].backward()
    return {
        "logits": dump(logits), "legal": dump(legal), "choices": dump(choices), "weights": dump(weights),
        "values": dump(values), "returns": dump(returns), "advantages": dump(advantages),
        "value_weights": dump(value_weights), **terms(results), "gradient": dump(logits.grad),
        "value_gradient": dump(values.grad)}


def coma():
    logits, legal, choices, weights, distribution = policy_batch()
    values = torch.randn(9, CHOICES, requires_grad=True)
    returns, value_weights = torch.randn(9), (torch.rand(9) < 0.9).float()
    results = losses.counterfactual(
        distribution, values, choices, returns, weights=weights, value_weights=value_weights, entropy_coefficient=0.01)
    results[0].backward()
    return {
        "logits": dump(logits), "legal": dump(legal), "choices": dump(choices), "weights": dump(weights),
        "values": dump(values), "returns": dump(returns), "value_weights": dump(value_weights), **terms(results),
        "gradient": dump(logits.grad), "value_gradient": dump(values.grad)}


def ppo(kind):
    """Over choices; over continuous actions; and over choices with a critic that mixes the agents' own values."""
    if kind == "continuous":
        outputs = torch.randn(9, 2, requires_grad=True)
        deviations = torch.randn(2) * 0.3
        deviations.requires_grad_()
        distribution = torch.distributions.Independent(
            torch.distributions.Normal(outputs, deviations.exp().expand(9, 2)), 1)
        decisions, legal = distribution.sample(), None
        weights = (torch.rand(9) < 0.8).float()
    else:
        outputs, legal, decisions, weights, distribution = policy_batch()
    old = distribution.log_prob(decisions).detach() + 0.3 * torch.randn(9)
    # One value a row; mixed, one for the AGENTS rows of a step.
    count = 9 // AGENTS if kind == "mixed" else 9
    advantages, returns, old_values = torch.randn(9), torch.randn(count), torch.randn(count)
    value_weights = (torch.rand(count) < 0.8).float() if kind == "mixed" else weights
    if kind == "mixed":
        mixer, states = Mixer(AGENTS, STATE), torch.randn(count, STATE)
        own = torch.randn(count, AGENTS, requires_grad=True)
        values = mixer(own, states)
        old_values = values.detach() + 0.3 * torch.randn(count)
    else:
        own = values = (old_values + 0.5 * torch.randn(9)).requires_grad_()
    results = losses.proximal_policy(
        distribution.log_prob(decisions), distribution.entropy(), old, advantages, values, old_values, returns,
        weights=weights, value_weights=value_weights, clip=0.2, entropy_coefficient=0.01, value_coefficient=0.5,
        huber_delta=10.0)
    results[0].backward()
    output = {
        "outputs": dump(outputs), "decisions": dump(decisions), "weights": dump(weights), "old": dump(old),
        "advantages": dump(advantages), "returns": dump(returns), "old_values": dump(old_values),
        "values": dump(own), **terms(results), "gradient": dump(outputs.grad), "value_gradient": dump(own.grad)}
    if kind == "continuous":
        return {**output, "deviations": dump(deviations), "deviation_gradient": dump(deviations.grad)}
    if kind == "mixed":
        gradients = {name: dump(weight.grad) for name, weight in mixer.named_parameters()}
        output |= {
            "states": dump(states), "value_weights": dump(value_weights), "mixer": weights_of(mixer),
            "offset_gradient": gradients["offset.0.weight"], "first_gradient": gradients["first_weights.0.weight"]}
    return {**output, "legal": dump(legal)}


json.dump(
    {
        "made_by": f"make_loss_fixtures.py, torch {torch.__version__}", "made_of": digest(),
        "q_learning": q_learning(), "actor_critic": actor_critic(), "coma": coma(), "ppo": ppo("choices"),
        "ppo_continuous": ppo("continuous"), "ppo_mixed": ppo("mixed")},
    sys.stdout, indent=None)
