"""Copies of warehouse/tiny-2ag, over the package rware or over argus_env.make_vec, behind one interface."""

import os
import pathlib
import sys

import numpy as np
import torch

AGENTS, SIZE, CHOICES = 2, 71, 5
# An observation and its agent's one-hot number.
WIDTH = SIZE + AGENTS
HORIZON = 500
IDS = torch.eye(AGENTS)


def encoded(observations):
    """Observations [copy, agent, component] with each agent's one-hot number."""
    return torch.cat([torch.from_numpy(observations), IDS.expand(len(observations), -1, -1)], dim=2)


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
