"""Rollouts that a policy is learnt from once, and how actions are drawn in them."""

import torch

from .environments import AGENTS, CHOICES, WIDTH, encoded


def explored(choices, exploration):
    """ε-greedy: a uniform choice in place of a share of the best ones."""
    return torch.where(torch.rand(choices.shape) < exploration, torch.randint(CHOICES, choices.shape), choices)


class Rollout:
    """Steps of all copies: tensors [step, copy, ...]."""

    def __init__(self, environment, settings, draw):
        """`draw`: inputs [copy, agent, input] to choices [copy, agent] and what else of them is kept."""
        self.environment, self.draw = environment, draw
        self.steps, self.copies = settings.rollout_steps, settings.copies
        shape = (self.steps, self.copies)
        self.inputs = torch.zeros(self.steps + 1, self.copies, AGENTS, WIDTH)
        self.final = torch.zeros(*shape, AGENTS, WIDTH)
        self.choices = torch.zeros(*shape, AGENTS, dtype=torch.int64)
        self.kept = torch.zeros(*shape, AGENTS)
        self.rewards = torch.zeros(shape)
        self.ended = torch.zeros(shape, dtype=torch.int64)
        self.observation = environment.reset()

    @torch.no_grad()
    def collect(self):
        for step in range(self.steps):
            inputs = self.inputs[step] = encoded(self.observation)
            self.choices[step], self.kept[step] = self.draw(inputs)
            self.observation, rewards, cut, final = self.environment.step(self.choices[step].numpy())
            self.rewards[step] = torch.from_numpy(rewards)
            self.ended[step] = 2 * torch.from_numpy(cut)
            if cut.any():
                self.final[step, torch.from_numpy(cut)] = encoded(final[cut])
        self.inputs[self.steps] = encoded(self.observation)
        return self.steps * self.copies

    def next_values(self, value):
        """Values of the stored rows, and of the rows after each step: final ones where an episode was cut."""
        values = value(self.inputs)
        following = values[1:].clone()
        cut = self.ended == 2
        if cut.any():
            following[cut] = value(self.final[cut])
        return values, following
