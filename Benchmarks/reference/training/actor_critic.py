"""MAA2C: one gradient step a rollout; a target critic, moved slowly, bootstraps n-step returns."""

import torch

from . import losses
from .environments import AGENTS, CHOICES, WIDTH
from .networks import adam, categorical, move, perceptron, step_with_clipped_gradient
from .rollout import Rollout


class Learner:
    def __init__(self, algorithm, environment, settings):
        self.settings = settings
        self.actor = perceptron(WIDTH, settings, CHOICES, 0.01)
        self.critic, self.target = (perceptron(AGENTS * WIDTH, settings, 1, 0.01) for _ in range(2))
        self.target.load_state_dict(self.critic.state_dict())
        self.optimizers = adam([self.actor, self.critic], settings)
        self.rollout = Rollout(environment, settings, self.draw)
        # Running mean of squared advantages, and its weight.
        self.moments = (0.0, 0.0)

    def draw(self, inputs):
        return categorical(self.actor(inputs)).sample(), 0.0

    def update(self):
        settings, rollout = self.settings, self.rollout
        steps = rollout.collect()
        with torch.no_grad():
            values, following = rollout.next_values(lambda inputs: self.target(inputs.flatten(-2)).squeeze(-1))
            returns = losses.n_step_returns(
                rollout.rewards, values, following, rollout.ended, settings.discount, settings.n_step)
        inputs = rollout.inputs[:-1]
        values = self.critic(inputs.flatten(-2)).squeeze(-1)
        advantages = (returns - values).detach()
        square, weight = self.moments
        self.moments = (0.999 * square + 0.001 * advantages.square().mean().item(), 0.999 * weight + 0.001)
        advantages = advantages / max(self.moments[0] / self.moments[1], 1e-2) ** 0.5
        policy = categorical(self.actor(inputs))
        loss = losses.actor_critic(
            policy.log_prob(rollout.choices), policy.entropy(), advantages.unsqueeze(2), values, returns,
            entropy_coefficient=settings.entropy_coefficient)[0]
        step_with_clipped_gradient(loss, self.optimizers, settings.maximum_gradient_norm)
        move(self.target, self.critic, settings.target_rate)
        return steps
