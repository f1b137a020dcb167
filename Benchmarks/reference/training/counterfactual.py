"""COMA: a critic of the joint action tells each agent how much better its choice was than its policy's average."""

import torch
import torch.nn.functional as F

from . import losses
from .environments import AGENTS, CHOICES, WIDTH
from .networks import adam, categorical, move, perceptron, step_with_clipped_gradient
from .rollout import Rollout


class Learner:
    def __init__(self, algorithm, environment, settings):
        self.settings = settings
        self.actor = perceptron(WIDTH, settings, CHOICES, 0.01)
        # All inputs, the agent's own, which agent, which action head, and everyone's choices but its own.
        width = AGENTS * WIDTH + WIDTH + AGENTS + 1 + AGENTS * CHOICES
        self.critic, self.target = (perceptron(width, settings, CHOICES, 0.01) for _ in range(2))
        self.target.load_state_dict(self.critic.state_dict())
        self.optimizers = adam([self.actor, self.critic], settings)
        self.rollout = Rollout(environment, settings, self.draw)
        self.identity = torch.cat([torch.eye(AGENTS), torch.ones(AGENTS, 1)], 1)
        self.others = (1 - torch.eye(AGENTS)).repeat_interleave(CHOICES, 1)

    def draw(self, inputs):
        return categorical(self.actor(inputs)).sample(), 0.0

    def values(self, network, inputs, choices):
        """Q of every choice: [..., agent, choice]."""
        each = (*inputs.shape[:-1], -1)
        state = inputs.flatten(-2).unsqueeze(-2).expand(each)
        others = F.one_hot(choices, CHOICES).float().flatten(-2).unsqueeze(-2) * self.others
        return network(torch.cat([state, inputs, self.identity.expand(each), others], -1))

    def chosen(self, inputs, choices):
        return self.values(self.target, inputs, choices).gather(-1, choices.unsqueeze(-1)).squeeze(-1)

    @torch.no_grad()
    def targets(self):
        rollout = self.rollout
        # What comes after the last step, and after a cut episode, is valued by choices that the policy would make there.
        last = categorical(self.actor(rollout.inputs[-1:])).sample()
        values = self.chosen(rollout.inputs, torch.cat([rollout.choices, last]))
        following = values[1:].clone()
        cut = rollout.ended == 2
        if cut.any():
            final = rollout.final[cut]
            following[cut] = self.chosen(final, categorical(self.actor(final)).sample())
        return losses.n_step_returns(
            rollout.rewards.unsqueeze(2).expand(following.shape), values, following, rollout.ended.unsqueeze(2),
            self.settings.discount, self.settings.n_step)

    def update(self):
        settings, rollout = self.settings, self.rollout
        steps = rollout.collect()
        returns = self.targets()
        inputs = rollout.inputs[:-1]
        loss = losses.counterfactual(
            categorical(self.actor(inputs)), self.values(self.critic, inputs, rollout.choices), rollout.choices,
            returns, entropy_coefficient=settings.entropy_coefficient)[0]
        step_with_clipped_gradient(loss, self.optimizers, settings.maximum_gradient_norm)
        move(self.target, self.critic, settings.target_rate)
        return steps
