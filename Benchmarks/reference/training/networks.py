"""Networks of the loops in this folder: those of ArgusTrain's Networks folder."""

import torch
import torch.nn.functional as F
from torch import nn


def perceptron(inputs, settings, outputs, gain, *, norm=False):
    """Fully connected, ReLU; `norm`: layer normalisation before each."""
    sizes = [inputs] + [settings.hidden] * settings.layers + [outputs]
    layers = []
    for index in range(len(sizes) - 1):
        layer = nn.Linear(sizes[index], sizes[index + 1])
        is_last = index == len(sizes) - 2
        nn.init.orthogonal_(layer.weight, gain if is_last else 2**0.5)
        nn.init.zeros_(layer.bias)
        layers.append(layer)
        if not is_last:
            layers += ([nn.LayerNorm(sizes[index + 1])] if norm else []) + [nn.ReLU()]
    return nn.Sequential(*layers)


class Mixer(nn.Module):
    """QMIX's mixing network (Rashid et al. 2018): hypernetworks of one hidden layer of 64, embedding 32."""

    def __init__(self, agents, state):
        super().__init__()
        self.agents = agents
        self.first_weights = nn.Sequential(nn.Linear(state, 64), nn.ReLU(), nn.Linear(64, agents * 32))
        self.first_bias = nn.Linear(state, 32)
        self.second_weights = nn.Sequential(nn.Linear(state, 64), nn.ReLU(), nn.Linear(64, 32))
        self.offset = nn.Sequential(nn.Linear(state, 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, values, states):
        shape = values.shape[:-1]
        values, states = values.reshape(-1, self.agents), states.reshape(-1, states.shape[-1])
        first = self.first_weights(states).abs().view(-1, self.agents, 32)
        hidden = F.elu(torch.bmm(values.unsqueeze(1), first) + self.first_bias(states).unsqueeze(1))
        second = self.second_weights(states).abs().unsqueeze(2)
        return (torch.bmm(hidden, second).view(-1) + self.offset(states).view(-1)).view(shape)


def categorical(logits):
    return torch.distributions.Categorical(logits=logits, validate_args=False)


def adam(networks, settings):
    """An optimiser of each."""
    return [
        torch.optim.Adam(network.parameters(), settings.learning_rate, eps=settings.adam_epsilon)
        for network in networks]


@torch.no_grad()
def move(target, source, rate):
    """A target network's soft update."""
    for slow, fast in zip(target.parameters(), source.parameters()):
        slow.lerp_(fast, rate)


def step_with_clipped_gradient(loss, optimizers, maximum_norm):
    """One gradient step of each optimiser, its own parameters' gradient clipped by norm."""
    for optimizer in optimizers:
        optimizer.zero_grad()
    loss.backward()
    for optimizer in optimizers:
        nn.utils.clip_grad_norm_(optimizer.param_groups[0]["params"], maximum_norm)
        optimizer.step()
