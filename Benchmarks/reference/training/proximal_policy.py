"""IPPO, MAPPO and VDPPO: one loop, three critics."""

import numpy as np
import torch
from torch import nn

from . import losses
from .environments import AGENTS, CHOICES, WIDTH
from .networks import Mixer, adam, categorical, perceptron, step_with_clipped_gradient
from .rollout import Rollout


class Critic(nn.Module):
    """IPPO: each agent's value of its own observation; MAPPO: one of all; VDPPO: a mixture of the agents' own."""

    def __init__(self, algorithm, settings):
        super().__init__()
        self.algorithm = algorithm
        self.network = perceptron(WIDTH * (AGENTS if algorithm == "mappo" else 1), settings, 1, 1.0)
        self.mixer = Mixer(AGENTS, AGENTS * WIDTH) if algorithm == "vdppo" else None

    def forward(self, inputs):
        """Inputs [..., agent, input] to values [..., 1 or agent]."""
        if self.algorithm == "mappo":
            return self.network(inputs.flatten(-2))
        values = self.network(inputs).squeeze(-1)
        return values if self.mixer is None else self.mixer(values, inputs.flatten(-2)).unsqueeze(-1)


class Learner:
    def __init__(self, algorithm, environment, settings):
        self.settings = settings
        self.actor = perceptron(WIDTH, settings, CHOICES, 0.01)
        self.critic = Critic(algorithm, settings)
        self.optimizers = adam([self.actor, self.critic], settings)
        self.rollout = Rollout(environment, settings, self.draw)
        # Running moments of returns: mean, mean of squares, weight.
        self.moments = np.zeros(3)

    def draw(self, inputs):
        policy = categorical(self.actor(inputs))
        choices = policy.sample()
        return choices, policy.log_prob(choices)

    def scale(self):
        if self.moments[2] == 0:
            return 0.0, 1.0
        mean, squares = self.moments[:2] / self.moments[2]
        return float(mean), float(max(squares - mean * mean, 1e-2) ** 0.5)

    @torch.no_grad()
    def targets(self):
        settings = self.settings
        center, deviation = self.scale()
        values, following = self.rollout.next_values(lambda inputs: self.critic(inputs) * deviation + center)
        rewards = self.rollout.rewards.unsqueeze(2).expand(values[:-1].shape)
        advantages = losses.generalized_advantages(
            rewards, values[:-1], following, self.rollout.ended.unsqueeze(2), settings.discount, settings.gae_lambda)
        returns = advantages + values[:-1]
        batch = np.array([returns.mean().item(), returns.square().mean().item(), 1.0])
        decay = settings.value_normalization_decay
        self.moments = decay * self.moments + (1 - decay) * batch
        center, deviation = self.scale()
        spread = max(advantages.std(correction=0).item(), settings.minimum_advantage_deviation)
        advantages = (advantages - advantages.mean()) / (spread + 1e-8)
        return advantages, (returns - center) / deviation, (values[:-1] - center) / deviation

    def update(self):
        settings, rollout = self.settings, self.rollout
        steps = rollout.collect()
        advantages, returns, old_values = (x.flatten(0, 1) for x in self.targets())
        advantages = advantages.expand(-1, AGENTS)
        inputs, choices = rollout.inputs[:-1].flatten(0, 1), rollout.choices.flatten(0, 1)
        old = rollout.kept.flatten(0, 1)
        for _ in range(settings.epochs):
            for rows in torch.randperm(steps).chunk(settings.minibatches):
                policy = categorical(self.actor(inputs[rows]))
                loss = losses.proximal_policy(
                    policy.log_prob(choices[rows]), policy.entropy(), old[rows], advantages[rows],
                    self.critic(inputs[rows]), old_values[rows], returns[rows], clip=settings.clip,
                    entropy_coefficient=settings.entropy_coefficient,
                    value_coefficient=settings.value_coefficient, huber_delta=settings.huber_delta)[0]
                step_with_clipped_gradient(loss, self.optimizers, settings.maximum_gradient_norm)
        return steps
