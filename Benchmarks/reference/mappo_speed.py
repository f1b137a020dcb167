"""Trains MAPPO in PyTorch on request, so that both sides can be timed in turn.

    mappo_speed.py rware|make_vec

A straightforward single-file loop on tiny-2ag, over the package rware or over argus_env.make_vec, with the network, batch,
epochs, minibatches and losses of `argus train --algorithm mappo` as TrainingBenchmark.swift sets them. One thread.

Each line on standard input is a number of seconds; the answer is the environment steps a second, rollouts and learning
together, over as many whole updates as begin in that time.
"""

import os
import pathlib
import sys
import time
import warnings

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np  # noqa: E402
import torch  # noqa: E402
from torch import nn  # noqa: E402

torch.set_num_threads(1)
warnings.filterwarnings("ignore")

COPIES, STEPS, EPOCHS, MINIBATCHES = 32, 64, 4, 4
HIDDEN = 64
LEARNING_RATE, ADAM_EPSILON, MAXIMUM_NORM = 7e-4, 1e-5, 0.5
DISCOUNT, LAMBDA, CLIP = 0.99, 0.95, 0.2
ENTROPY, VALUE, HUBER, DECAY = 0.03, 0.5, 10.0, 0.99
AGENTS, SIZE, CHOICES = 2, 71, 5


class Rware:
    """Environments of the package, one after the other, as Gymnasium's SyncVectorEnv steps them."""

    def __init__(self):
        import gymnasium
        import rware  # noqa: F401  registers the ids

        self.copies = [
            gymnasium.make("rware-tiny-2ag-v2", disable_env_checker=True).unwrapped for _ in range(COPIES)]
        self.observations = np.zeros((COPIES, AGENTS, SIZE), np.float32)
        self.final = np.zeros_like(self.observations)
        self.rewards = np.zeros(COPIES, np.float32)
        self.ended = np.zeros(COPIES, bool)

    def reset(self):
        for index, copy in enumerate(self.copies):
            self.observations[index] = copy.reset(seed=index)[0]
        return self.observations

    def step(self, actions):
        for index, (copy, choices) in enumerate(zip(self.copies, actions.tolist())):
            rows, rewards, terminated, truncated, _ = copy.step(choices)
            self.rewards[index] = sum(rewards)
            # The package calls its step limit an end; it is none.
            self.ended[index] = terminated or truncated
            if self.ended[index]:
                self.final[index] = rows
                rows = copy.reset()[0]
            self.observations[index] = rows
        return self.observations, self.rewards, self.ended, self.final


class MakeVec:
    def __init__(self):
        sys.path.insert(0, str(pathlib.Path(os.environ["ARGUS_HOME"]) / "Python"))
        import argus_env

        self.environment = argus_env.make_vec("warehouse/tiny-2ag", COPIES, copy=False)

    def reset(self):
        return self.environment.reset(seed=1)[0]

    def step(self, actions):
        observations, rewards, _, truncated, info = self.environment.step(actions.astype(np.int32))
        return observations, rewards[:, 0], truncated, info.get("final_observations")


def network(inputs, outputs, gain):
    sizes = [inputs, HIDDEN, HIDDEN, outputs]
    layers = []
    for index in range(3):
        layer = nn.Linear(sizes[index], sizes[index + 1])
        nn.init.orthogonal_(layer.weight, gain if index == 2 else 2**0.5)
        nn.init.zeros_(layer.bias)
        layers += [layer, nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def distribution(logits):
    return torch.distributions.Categorical(logits=logits, validate_args=False)


class Learner:
    def __init__(self, environment):
        torch.manual_seed(1)
        self.environment = environment
        width = SIZE + AGENTS
        self.actor = network(width, CHOICES, 0.01)
        self.critic = network(AGENTS * width, 1, 1.0)
        self.actor_optimizer = torch.optim.Adam(self.actor.parameters(), LEARNING_RATE, eps=ADAM_EPSILON)
        self.critic_optimizer = torch.optim.Adam(self.critic.parameters(), LEARNING_RATE, eps=ADAM_EPSILON)
        self.ids = torch.eye(AGENTS).expand(COPIES, AGENTS, AGENTS)
        self.inputs = torch.zeros(STEPS + 1, COPIES, AGENTS, width)
        self.actions = torch.zeros(STEPS, COPIES, AGENTS, dtype=torch.int64)
        self.log_probabilities = torch.zeros(STEPS, COPIES, AGENTS)
        self.rewards = torch.zeros(STEPS, COPIES)
        self.ended = torch.zeros(STEPS, COPIES)
        # Running moments of returns: mean, mean of squares, weight.
        self.moments = np.zeros(3)
        self.observation = environment.reset()

    def encoded(self, observation):
        return torch.cat([torch.from_numpy(observation), self.ids[: len(observation)]], dim=2)

    def value(self, inputs):
        return self.critic(inputs.flatten(-2)).squeeze(-1)

    def scale(self):
        if self.moments[2] == 0:
            return 0.0, 1.0
        mean, squares = self.moments[:2] / self.moments[2]
        return float(mean), float(max(squares - mean * mean, 1e-2) ** 0.5)

    @torch.no_grad()
    def collect(self):
        center, deviation = self.scale()
        for step in range(STEPS):
            inputs = self.inputs[step] = self.encoded(self.observation)
            policy = distribution(self.actor(inputs))
            action = policy.sample()
            self.actions[step] = action
            self.log_probabilities[step] = policy.log_prob(action)
            self.observation, rewards, ended, final = self.environment.step(action.numpy())
            self.rewards[step] = torch.from_numpy(rewards)
            self.ended[step] = torch.from_numpy(ended)
            if ended.any():
                # The step limit is no end: what comes after it is bootstrapped.
                rest = self.value(self.encoded(final[ended])) * deviation + center
                self.rewards[step, torch.from_numpy(ended)] += DISCOUNT * rest
        self.inputs[STEPS] = self.encoded(self.observation)

    @torch.no_grad()
    def targets(self):
        center, deviation = self.scale()
        values = self.value(self.inputs)
        scaled = values * deviation + center
        advantages = torch.zeros(STEPS, COPIES)
        advantage = torch.zeros(COPIES)
        for step in reversed(range(STEPS)):
            running = 1 - self.ended[step]
            error = self.rewards[step] + DISCOUNT * running * scaled[step + 1] - scaled[step]
            advantages[step] = advantage = error + DISCOUNT * LAMBDA * running * advantage
        returns = advantages + scaled[:-1]
        batch = np.array([returns.mean().item(), returns.square().mean().item(), 1.0])
        self.moments = DECAY * self.moments + (1 - DECAY) * batch
        center, deviation = self.scale()
        advantages = (advantages - advantages.mean()) / (advantages.std(correction=0) + 1e-8)
        return advantages, (returns - center) / deviation, (scaled[:-1] - center) / deviation

    def learn(self):
        advantages, returns, values = (x.flatten() for x in self.targets())
        inputs = self.inputs[:-1].flatten(0, 1)
        actions, old = self.actions.flatten(0, 1), self.log_probabilities.flatten(0, 1)
        for _ in range(EPOCHS):
            for rows in torch.randperm(STEPS * COPIES).chunk(MINIBATCHES):
                policy = distribution(self.actor(inputs[rows]))
                ratio = (policy.log_prob(actions[rows]) - old[rows]).exp()
                advantage = advantages[rows].unsqueeze(1)
                objective = torch.minimum(ratio * advantage, ratio.clamp(1 - CLIP, 1 + CLIP) * advantage)
                value = self.value(inputs[rows])
                clipped = values[rows] + (value - values[rows]).clamp(-CLIP, CLIP)
                error = torch.maximum(
                    nn.functional.huber_loss(value, returns[rows], reduction="none", delta=HUBER),
                    nn.functional.huber_loss(clipped, returns[rows], reduction="none", delta=HUBER))
                loss = -objective.mean() - ENTROPY * policy.entropy().mean() + VALUE * error.mean()
                self.actor_optimizer.zero_grad()
                self.critic_optimizer.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(self.actor.parameters(), MAXIMUM_NORM)
                nn.utils.clip_grad_norm_(self.critic.parameters(), MAXIMUM_NORM)
                self.actor_optimizer.step()
                self.critic_optimizer.step()

    def update(self):
        self.collect()
        self.learn()
        return STEPS * COPIES


def main():
    learner = Learner({"rware": Rware, "make_vec": MakeVec}[sys.argv[1]]())
    for _ in range(2):
        learner.update()
    print("ready", flush=True)
    for line in sys.stdin:
        steps, begin = 0, time.perf_counter()
        end = begin + float(line)
        while time.perf_counter() < end:
            steps += learner.update()
        print(steps / (time.perf_counter() - begin), flush=True)


main()
