"""Writes losses.json: each algorithm's loss on a fixed batch, computed the straightforward way with PyTorch.

    python make_loss_fixtures.py > losses.json        # needs torch

Tensors are {"shape": [...], "data": [...]}, row-major. Nothing of ArgusOrch is used, so that the tests which read the
file compare two implementations. Episodes are [time, agent]; `ended` is 1 for an end by rule, 2 for the horizon.
"""

import json
import sys

import torch
import torch.nn.functional as F

torch.manual_seed(20)
GAMMA, LAMBDA = 0.97, 0.6
TIME, AGENTS, CHOICES, STATE = 6, 3, 4, 5


def dump(tensor):
    return {"shape": list(tensor.shape), "data": [float(f"{x:.9g}") for x in tensor.detach().reshape(-1).tolist()]}


def masks(rows):
    legal = (torch.rand(rows, CHOICES) < 0.6).long()
    legal[torch.arange(rows), torch.randint(CHOICES, (rows,))] = 1
    return legal


def legal_choices(legal):
    return torch.multinomial(legal.float(), 1).squeeze(1)


class Mixer(torch.nn.Module):
    """QMIX's mixing network: hypernetworks of one hidden layer of 64, embedding 32."""

    def __init__(self):
        super().__init__()
        self.first_weights = torch.nn.Sequential(
            torch.nn.Linear(STATE, 64), torch.nn.ReLU(), torch.nn.Linear(64, AGENTS * 32))
        self.first_bias = torch.nn.Linear(STATE, 32)
        self.second_weights = torch.nn.Sequential(torch.nn.Linear(STATE, 64), torch.nn.ReLU(), torch.nn.Linear(64, 32))
        self.offset = torch.nn.Sequential(torch.nn.Linear(STATE, 32), torch.nn.ReLU(), torch.nn.Linear(32, 1))

    def forward(self, values, states):
        first = self.first_weights(states).abs().view(-1, AGENTS, 32)
        hidden = F.elu(torch.bmm(values.unsqueeze(1), first) + self.first_bias(states).unsqueeze(1))
        second = self.second_weights(states).abs().unsqueeze(2)
        return torch.bmm(hidden, second).view(-1) + self.offset(states).view(-1)

    def weights(self):
        names = {"0": "layers.0", "2": "layers.1"}
        result = {}
        for name, tensor in self.named_parameters():
            parts = name.split(".")
            result[".".join(names.get(part, part) for part in parts)] = dump(tensor)
        return result


def q_learning():
    """Double Q-learning with λ-returns on an episode of TIME steps; agent 2 waits at step 2, agent 1 is out from 4 on."""
    rows = TIME + 1
    online = torch.randn(rows, AGENTS, CHOICES, requires_grad=True)
    target = torch.randn(rows, AGENTS, CHOICES)
    legal = masks(rows * AGENTS).view(rows, AGENTS, CHOICES)
    legal[2, 2] = torch.tensor([1, 0, 0, 0])
    legal[4:, 1] = torch.tensor([1, 0, 0, 0])
    choices = legal_choices(legal.view(-1, CHOICES)).view(rows, AGENTS)
    acting = torch.ones(rows, AGENTS)
    acting[2, 2] = 0
    acting[4:, 1] = 0
    present = torch.ones(rows, AGENTS)
    present[4:, 1] = 0
    rewards = torch.randn(TIME, AGENTS)
    elapsed = torch.tensor([1.0, 0.5, 2.0, 1.0, 1.0, 0.25])
    states = torch.randn(rows, STATE)
    mixer, target_mixer = Mixer(), Mixer()
    output = {}
    for ended in (1, 2):
        for name in ("iql", "vdn", "qmix"):
            best = online.detach().masked_fill(legal == 0, -1e10).argmax(2, keepdim=True)
            chosen = online.gather(2, choices.unsqueeze(2)).squeeze(2) * present
            future = target.gather(2, best).squeeze(2) * present
            if name == "iql":
                joint, future, reward = chosen, future, rewards
                decides, counts = acting, present
            else:
                reward = rewards.sum(1, keepdim=True)
                decides = counts = torch.ones(rows, 1)
                if name == "vdn":
                    joint, future = chosen.sum(1, keepdim=True), future.sum(1, keepdim=True)
                else:
                    joint = mixer(chosen, states).unsqueeze(1)
                    future = target_mixer(future, states).unsqueeze(1)
            future = future.detach()
            targets = torch.zeros(TIME, joint.shape[1])
            for column in range(joint.shape[1]):
                later = future[TIME, column] if ended == 2 else torch.tensor(0.0)
                for step in reversed(range(TIME)):
                    targets[step, column] = reward[step, column] + GAMMA ** elapsed[step] * later
                    # What is bootstrapped from this step, seen from the one before.
                    mix = LAMBDA if decides[step, column] else 1.0
                    later = (1 - mix) * future[step, column] + mix * targets[step, column]
            weights = counts[:TIME]
            loss = ((joint[:TIME] - targets) ** 2 * weights).sum() / weights.sum()
            online.grad = None
            mixer.zero_grad()
            loss.backward()
            output[f"{name}_{ended}"] = {
                "loss": loss.item(), "targets": dump(targets), "gradient": dump(online.grad), "future": dump(future)}
    return {
        "gamma": GAMMA, "lambda": LAMBDA, "online": dump(online), "target": dump(target), "legal": dump(legal),
        "choices": dump(choices), "acting": dump(acting), "present": dump(present), "rewards": dump(rewards),
        "elapsed": dump(elapsed), "states": dump(states), "mixer": mixer.weights(),
        "target_mixer": target_mixer.weights(), "results": output}


def policy_batch(rows=9):
    logits = torch.randn(rows, CHOICES, requires_grad=True)
    legal = masks(rows)
    choices = legal_choices(legal)
    weights = (torch.rand(rows) < 0.8).float()
    distribution = torch.distributions.Categorical(logits=logits.masked_fill(legal == 0, -1e10))
    return logits, legal, choices, weights, distribution


def mean(values, weights):
    return (values * weights).sum() / weights.sum()


def actor_critic():
    logits, legal, choices, weights, distribution = policy_batch()
    values = torch.randn(9, requires_grad=True)
    returns, advantages, value_weights = torch.randn(9), torch.randn(9), (torch.rand(9) < 0.9).float()
    policy = -mean(distribution.log_prob(choices) * advantages, weights)
    entropy = mean(distribution.entropy(), weights)
    value = mean((values - returns) ** 2, value_weights)
    total = policy - 0.01 * entropy + value
    total.backward()
    return {
        "logits": dump(logits), "legal": dump(legal), "choices": dump(choices), "weights": dump(weights),
        "values": dump(values), "returns": dump(returns), "advantages": dump(advantages),
        "value_weights": dump(value_weights), "total": total.item(), "policy": policy.item(),
        "entropy": entropy.item(), "value": value.item(), "gradient": dump(logits.grad),
        "value_gradient": dump(values.grad)}


def coma():
    logits, legal, choices, weights, distribution = policy_batch()
    values = torch.randn(9, CHOICES, requires_grad=True)
    returns, value_weights = torch.randn(9), (torch.rand(9) < 0.9).float()
    chosen = values.gather(1, choices.unsqueeze(1)).squeeze(1)
    baseline = (distribution.probs * values).sum(1)
    advantages = (chosen - baseline).detach()
    policy = -mean(distribution.log_prob(choices) * advantages, weights)
    entropy = mean(distribution.entropy(), weights)
    value = mean((chosen - returns) ** 2, value_weights)
    total = policy - 0.01 * entropy + value
    total.backward()
    return {
        "logits": dump(logits), "legal": dump(legal), "choices": dump(choices), "weights": dump(weights),
        "values": dump(values), "returns": dump(returns), "value_weights": dump(value_weights),
        "total": total.item(), "policy": policy.item(), "entropy": entropy.item(), "value": value.item(),
        "gradient": dump(logits.grad), "value_gradient": dump(values.grad)}


def ppo(continuous):
    if continuous:
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
    advantages, returns, old_values = torch.randn(9), torch.randn(9), torch.randn(9)
    values = (old_values + 0.5 * torch.randn(9)).requires_grad_()
    log_probabilities = distribution.log_prob(decisions)
    ratio = (log_probabilities - old).exp()
    policy = -mean(torch.minimum(ratio * advantages, ratio.clamp(0.8, 1.2) * advantages), weights)
    entropy = mean(distribution.entropy(), weights)
    clipped = old_values + (values - old_values).clamp(-0.2, 0.2)
    huber = lambda prediction: F.huber_loss(prediction, returns, reduction="none", delta=10.0)
    value = mean(torch.maximum(huber(values), huber(clipped)), weights)
    total = policy - 0.01 * entropy + 0.5 * value
    total.backward()
    result = {
        "outputs": dump(outputs), "decisions": dump(decisions), "weights": dump(weights), "old": dump(old),
        "advantages": dump(advantages), "returns": dump(returns), "old_values": dump(old_values),
        "values": dump(values), "total": total.item(), "policy": policy.item(), "entropy": entropy.item(),
        "value": value.item(), "gradient": dump(outputs.grad), "value_gradient": dump(values.grad)}
    if continuous:
        return {**result, "deviations": dump(deviations), "deviation_gradient": dump(deviations.grad)}
    return {**result, "legal": dump(legal)}


json.dump(
    {
        "made_by": f"make_loss_fixtures.py, torch {torch.__version__}", "q_learning": q_learning(),
        "actor_critic": actor_critic(), "coma": coma(), "ppo": ppo(False), "ppo_continuous": ppo(True)},
    sys.stdout, indent=None)
