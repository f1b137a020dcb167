"""Copies of warehouse/tiny-2ag, over the package rware or over argus_env.make_vec, behind one interface."""

import os
import pathlib
import sys

import numpy as np

AGENTS, SIZE, CHOICES = 2, 71, 5


class Rware:
    """Environments of the package, one after the other, as Gymnasium's SyncVectorEnv steps them."""

    def __init__(self, copies):
        import gymnasium
        import rware  # noqa: F401  registers the ids

        self.copies = [
            gymnasium.make("rware-tiny-2ag-v2", disable_env_checker=True).unwrapped for _ in range(copies)]
        self.observations = np.zeros((copies, AGENTS, SIZE), np.float32)
        self.final = np.zeros_like(self.observations)
        self.rewards = np.zeros(copies, np.float32)
        self.cut = np.zeros(copies, bool)

    def reset(self):
        for index, copy in enumerate(self.copies):
            self.observations[index] = copy.reset(seed=index)[0]
        return self.observations

    def step(self, actions):
        """Observations, the team's rewards, which episodes the horizon cut, and those episodes' final observations."""
        for index, (copy, choices) in enumerate(zip(self.copies, actions.tolist())):
            rows, rewards, terminated, truncated, _ = copy.step(choices)
            self.rewards[index] = sum(rewards)
            # The package calls its step limit an end; it is none.
            self.cut[index] = terminated or truncated
            if self.cut[index]:
                self.final[index] = rows
                rows = copy.reset()[0]
            self.observations[index] = rows
        return self.observations, self.rewards, self.cut, self.final


class MakeVec:
    def __init__(self, copies):
        sys.path.insert(0, str(pathlib.Path(os.environ["ARGUS_HOME"]) / "Python"))
        import argus_env

        self.environment = argus_env.make_vec("warehouse/tiny-2ag", copies, copy=False)

    def reset(self):
        return self.environment.reset(seed=1)[0]

    def step(self, actions):
        observations, rewards, _, truncated, info = self.environment.step(actions.astype(np.int32))
        return observations, rewards.sum(1), truncated, info.get("final_observations")


class Rollout:
    """Steps of all copies that a policy gradient learns from: tensors [step, copy, ...]."""

    def __init__(self, environment, settings, draw):
        """`draw`: inputs [copy, agent, input] to choices [copy, agent] and what else of them is kept."""
        import torch

        self.torch, self.environment, self.draw = torch, environment, draw
        self.steps, self.copies = settings.rollout_steps, settings.copies
        self.ids = torch.eye(AGENTS).expand(self.copies, AGENTS, AGENTS)
        shape = (self.steps, self.copies)
        self.inputs = torch.zeros(self.steps + 1, self.copies, AGENTS, SIZE + AGENTS)
        self.final = torch.zeros(*shape, AGENTS, SIZE + AGENTS)
        self.choices = torch.zeros(*shape, AGENTS, dtype=torch.int64)
        self.kept = torch.zeros(*shape, AGENTS)
        self.rewards = torch.zeros(shape)
        self.ended = torch.zeros(shape, dtype=torch.int64)
        self.observation = environment.reset()

    def encoded(self, observation):
        """Observations with each agent's one-hot number."""
        return self.torch.cat([self.torch.from_numpy(observation), self.ids[: len(observation)]], dim=2)

    def collect(self):
        with self.torch.no_grad():
            for step in range(self.steps):
                inputs = self.inputs[step] = self.encoded(self.observation)
                self.choices[step], self.kept[step] = self.draw(inputs)
                self.observation, rewards, cut, final = self.environment.step(self.choices[step].numpy())
                self.rewards[step] = self.torch.from_numpy(rewards)
                self.ended[step] = 2 * self.torch.from_numpy(cut)
                if cut.any():
                    rows = self.torch.from_numpy(cut)
                    self.final[step, rows] = self.encoded(final[cut])
            self.inputs[self.steps] = self.encoded(self.observation)
        return self.steps * self.copies

    def next_values(self, value):
        """Values of the rows after each step and of the stored rows; those of final rows where an episode was cut."""
        values = value(self.inputs)
        following = values[1:].clone()
        cut = self.ended == 2
        if cut.any():
            following[cut] = value(self.final[cut])
        return values, following
