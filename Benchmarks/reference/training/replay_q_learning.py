"""IQL, VDN and QMIX: whole episodes kept, double Q-learning with λ-returns on draws of them."""

import collections
import random

import numpy as np
import torch

from . import losses
from .environments import AGENTS, CHOICES, HORIZON, WIDTH, encoded
from .networks import Mixer, perceptron, step_with_clipped_gradient
from .rollout import explored


class Learner:
    def __init__(self, algorithm, environment, settings):
        self.algorithm, self.settings, self.environment = algorithm, settings, environment
        self.network, self.target = (perceptron(WIDTH, settings, CHOICES, 0.1) for _ in range(2))
        self.mixer, self.target_mixer = (
            Mixer(AGENTS, AGENTS * WIDTH) if algorithm == "qmix" else None for _ in range(2))
        parameters = [*self.network.parameters(), *(self.mixer.parameters() if self.mixer else [])]
        self.optimizer = torch.optim.Adam(parameters, settings.learning_rate, eps=settings.adam_epsilon)
        self.copy_to_target()
        self.exploration = settings.exploration_end
        # An episode: inputs [horizon + 1, agent, input], choices and rewards.
        bytes_each = 4 * (HORIZON + 1) * AGENTS * (WIDTH + 2)
        capacity = min(settings.buffer_episodes, settings.buffer_megabytes * 2**20 // bytes_each)
        self.replay = collections.deque(maxlen=capacity)
        self.running = [self.empty() for _ in range(settings.copies)]
        self.times = np.zeros(settings.copies, int)
        self.observation = environment.reset()
        self.gradient_steps = 0

    @staticmethod
    def empty():
        return (
            torch.zeros(HORIZON + 1, AGENTS, WIDTH), torch.zeros(HORIZON + 1, AGENTS, dtype=torch.int64),
            torch.zeros(HORIZON))

    @property
    def is_learning(self):
        return len(self.replay) >= self.settings.batch_episodes

    def copy_to_target(self):
        self.target.load_state_dict(self.network.state_dict())
        if self.mixer:
            self.target_mixer.load_state_dict(self.mixer.state_dict())

    @torch.no_grad()
    def collect(self):
        for _ in range(self.settings.rollout_steps):
            inputs = encoded(self.observation)
            choices = losses.best_choices(self.network(inputs)).squeeze(-1)
            choices = explored(choices, self.exploration)
            self.observation, rewards, cut, final = self.environment.step(choices.numpy())
            for copy, (episode, time) in enumerate(zip(self.running, self.times)):
                episode[0][time], episode[1][time], episode[2][time] = inputs[copy], choices[copy], float(rewards[copy])
            self.times += 1
            for copy in np.nonzero(cut)[0]:
                self.running[copy][0][HORIZON] = encoded(final[copy : copy + 1])[0]
                self.replay.append(self.running[copy])
                self.running[copy], self.times[copy] = self.empty(), 0
        return self.settings.rollout_steps * self.settings.copies

    def learn(self):
        settings = self.settings
        batch = random.sample(self.replay, settings.batch_episodes)
        inputs, choices, rewards = (torch.stack(parts, 1) for parts in zip(*batch))
        states = inputs.flatten(-2)
        values = self.network(inputs)
        chosen = choices.unsqueeze(-1)
        with torch.no_grad():
            best = losses.best_choices(values)
            target_values = self.target(inputs)
            if self.algorithm == "iql":
                future = target_values.gather(-1, best).squeeze(-1)
                rewards = rewards.unsqueeze(2).expand(-1, -1, AGENTS)
            else:
                future = losses.joint_value(target_values, best, mixer=self.target_mixer, states=states)
            ended = torch.zeros(rewards.shape, dtype=torch.int64)
            ended[-1] = 2
            targets = losses.lambda_returns(
                rewards, future[1:], ended, torch.full((HORIZON,), settings.discount),
                torch.full((HORIZON,), settings.td_lambda))
        if self.algorithm == "iql":
            joint = values.gather(-1, chosen).squeeze(-1)
        else:
            joint = losses.joint_value(values, chosen, mixer=self.mixer, states=states)
        loss = losses.temporal_difference(joint[:-1], targets)
        step_with_clipped_gradient(loss, [self.optimizer], settings.maximum_gradient_norm)
        self.gradient_steps += 1
        if self.gradient_steps % settings.target_interval == 0:
            self.copy_to_target()

    def update(self):
        steps = self.collect()
        if self.is_learning:
            for _ in range(self.settings.gradient_steps):
                self.learn()
        return steps
