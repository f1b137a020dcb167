"""PQN-VDN: no replay, no target network; λ-returns made anew for each minibatch of copies."""

import torch

from . import losses
from .environments import CHOICES, WIDTH
from .networks import adam, perceptron, step_with_clipped_gradient
from .rollout import Rollout, explored


class Learner:
    def __init__(self, algorithm, environment, settings):
        self.settings = settings
        self.network = perceptron(WIDTH, settings, CHOICES, 0.1, norm=settings.layer_norm)
        self.optimizers = adam([self.network], settings)
        self.exploration = settings.exploration_end
        self.rollout = Rollout(environment, settings, self.draw)

    def draw(self, inputs):
        choices = losses.best_choices(self.network(inputs)).squeeze(-1)
        return explored(choices, self.exploration), 0.0

    def loss(self, copies):
        settings, rollout = self.settings, self.rollout
        values = self.network(rollout.inputs[:, copies])
        ended = rollout.ended[:, copies]
        with torch.no_grad():
            following = losses.joint_value(values, losses.best_choices(values))[1:].clone()
            cut = ended == 2
            if cut.any():
                final = self.network(rollout.final[:, copies][cut])
                following[cut] = losses.joint_value(final, losses.best_choices(final))
            steps = settings.rollout_steps
            targets = losses.lambda_returns(
                rollout.rewards[:, copies], following, ended, torch.full((steps,), settings.discount),
                torch.full((steps,), settings.td_lambda))
        joint = losses.joint_value(values[:-1], rollout.choices[:, copies].unsqueeze(-1))
        return losses.temporal_difference(joint, targets)

    def update(self):
        settings = self.settings
        steps = self.rollout.collect()
        for _ in range(settings.epochs):
            for copies in torch.randperm(settings.copies).chunk(settings.minibatches):
                step_with_clipped_gradient(self.loss(copies), self.optimizers, settings.maximum_gradient_norm)
        return steps
