"""PPO with shared parameters and a central critic over argus_env.make_vec, in plain PyTorch and one file.

    pip install ./Python torch
    python Examples/pytorch-ppo/ppo.py

All agents share one actor, which sees its own observation and which agent it is, and one critic, which sees the global
state in training. Each line printed is the mean return of the training episodes that ended since the last one.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import torch
from torch import nn
from torch.distributions import Categorical

import argus_env


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenario", default="warehouse/starter")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=600_000, help="environment steps in all, over all copies")
    parser.add_argument("--num-envs", type=int, default=64)
    parser.add_argument("--rollout", type=int, default=32, help="steps of each copy between two updates")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--minibatches", type=int, default=4)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--gamma", type=float, default=0.99)
    parser.add_argument("--gae-lambda", type=float, default=0.95)
    parser.add_argument("--clip", type=float, default=0.2)
    parser.add_argument("--entropy", type=float, default=0.01)
    parser.add_argument("--value-weight", type=float, default=0.5)
    parser.add_argument("--gradient-norm", type=float, default=0.5)
    parser.add_argument("--hidden", type=int, default=64)
    return parser.parse_args()


def network(inputs: int, hidden: int, outputs: int, scale: float) -> nn.Sequential:
    layers = [nn.Linear(inputs, hidden), nn.Linear(hidden, hidden), nn.Linear(hidden, outputs)]
    for layer, gain in zip(layers, (2**0.5, 2**0.5, scale)):
        nn.init.orthogonal_(layer.weight, gain)
        nn.init.zeros_(layer.bias)
    return nn.Sequential(layers[0], nn.Tanh(), layers[1], nn.Tanh(), layers[2])


class Agents(nn.Module):
    """One actor and one critic for all agents."""

    def __init__(self, environment: argus_env.VectorEnv, hidden: int) -> None:
        super().__init__()
        agents = len(environment.agents)
        self.register_buffer("identity", torch.eye(agents))
        self.actor = network(environment.observation_size + agents, hidden, environment.head_sizes[0], 0.01)
        self.critic = network(environment.state_size + agents, hidden, 1, 1.0)

    def _with_identity(self, rows: torch.Tensor) -> torch.Tensor:
        """[..., agents, n] -> [..., agents, n + agents]"""
        return torch.cat([rows, self.identity.expand(*rows.shape[:-1], -1)], dim=-1)

    def policy(self, observations: torch.Tensor, mask: torch.Tensor) -> Categorical:
        """[..., agents, d] and [..., agents, choices] -> a distribution for each agent."""
        logits = self.actor(self._with_identity(observations))
        return Categorical(logits=logits.masked_fill(~mask, -1e9))

    def value(self, states: torch.Tensor) -> torch.Tensor:
        """[..., s] -> [..., agents]"""
        agents = len(self.identity)
        rows = states.unsqueeze(-2).expand(*states.shape[:-1], agents, states.shape[-1])
        return self.critic(self._with_identity(rows)).squeeze(-1)


def main() -> None:
    args = parse()
    torch.manual_seed(args.seed)
    torch.set_num_threads(1)
    environment = argus_env.make_vec(args.scenario, args.num_envs)
    if not environment.is_discrete or len(environment.head_sizes) != 1:
        raise SystemExit("this example is for one head of discrete actions")
    agents = Agents(environment, args.hidden)
    optimizer = torch.optim.Adam(agents.parameters(), lr=args.learning_rate, eps=1e-5)

    shape = (args.rollout, args.num_envs, len(environment.agents))
    observations = torch.zeros(*shape, environment.observation_size)
    states = torch.zeros(args.rollout, args.num_envs, environment.state_size)
    masks = torch.zeros(*shape, environment.head_sizes[0], dtype=torch.bool)
    acting = torch.zeros(shape, dtype=torch.bool)
    actions = torch.zeros(shape, dtype=torch.int64)
    log_probabilities, rewards, values, after = (torch.zeros(shape) for _ in range(4))
    ended = torch.zeros(args.rollout, args.num_envs, 1, dtype=torch.bool)
    failed = torch.zeros(args.rollout, args.num_envs, 1, dtype=torch.bool)

    observed, info = environment.reset(seed=args.seed)
    batch = args.rollout * args.num_envs
    updates = max(1, args.steps // batch)
    begun, returns, first = time.time(), [], None
    for update in range(1, updates + 1):
        optimizer.param_groups[0]["lr"] = args.learning_rate * (1 - (update - 1) / updates)

        # Play.
        for step in range(args.rollout):
            observations[step] = torch.from_numpy(observed)
            states[step] = torch.from_numpy(environment.state())
            masks[step] = torch.from_numpy(info["action_mask"])
            acting[step] = torch.from_numpy(info["acting"])
            with torch.no_grad():
                policy = agents.policy(observations[step], masks[step])
                actions[step] = policy.sample()
                log_probabilities[step] = policy.log_prob(actions[step])
                values[step] = agents.value(states[step])
            observed, reward, terminated, truncated, info = environment.step(actions[step].numpy())
            rewards[step] = torch.from_numpy(reward)
            ended[step, :, 0] = torch.from_numpy(terminated | truncated | info["failed"])
            failed[step, :, 0] = torch.from_numpy(info["failed"])
            after[step] = 0
            if "ended" in info:
                # An episode that was only cut off goes on being worth something: the critic says what.
                with torch.no_grad():
                    final = agents.value(torch.from_numpy(environment.final_state()))
                after[step] = final * torch.from_numpy(truncated).unsqueeze(-1)
                returns += info["episode"]["returns"][info["ended"] & ~info["failed"]].sum(axis=1).tolist()

        # Advantages (generalised advantage estimation).
        with torch.no_grad():
            following = torch.cat([values[1:], agents.value(torch.from_numpy(environment.state())).unsqueeze(0)])
        following = torch.where(ended, after, following)
        errors = rewards + args.gamma * following - values
        advantages = torch.zeros(shape)
        running = torch.zeros(shape[1:])
        for step in reversed(range(args.rollout)):
            running = errors[step] + args.gamma * args.gae_lambda * ~ended[step] * running
            advantages[step] = running
        targets = advantages + values

        # Learn from rows of agents that decided something, in episodes that are valid.
        weights = (acting & ~failed).float().reshape(batch, -1)
        rows = [tensor.reshape(batch, *tensor.shape[2:]) for tensor in (
            observations, states, masks, actions, log_probabilities, advantages, targets)]
        for _ in range(args.epochs):
            for chosen in torch.randperm(batch).chunk(args.minibatches):
                o, s, m, a, old, advantage, target = (tensor[chosen] for tensor in rows)
                weight = weights[chosen]
                count = weight.sum().clamp(min=1)
                mean = (advantage * weight).sum() / count
                deviation = (((advantage - mean) ** 2 * weight).sum() / count).sqrt()
                advantage = (advantage - mean) / (deviation + 1e-8)
                policy = agents.policy(o, m)
                ratio = (policy.log_prob(a) - old).exp()
                clipped = ratio.clamp(1 - args.clip, 1 + args.clip)
                gain = torch.minimum(ratio * advantage, clipped * advantage)
                value_loss = (agents.value(s) - target) ** 2
                loss = -gain - args.entropy * policy.entropy() + args.value_weight * value_loss
                optimizer.zero_grad()
                ((loss * weight).sum() / count).backward()
                nn.utils.clip_grad_norm_(agents.parameters(), args.gradient_norm)
                optimizer.step()

        if returns and (update % max(1, updates // 20) == 0 or update == updates):
            mean = float(np.mean(returns))
            first = mean if first is None else first
            speed = update * batch / (time.time() - begun)
            print(
                f"step {update * batch:>9,}  return {mean:8.3f}  ({len(returns)} episodes, {speed:,.0f} steps/s)",
                flush=True)
            last, returns = mean, []
    print(f"{args.scenario}: mean return {first:.3f} at first, {last:.3f} at last, in {time.time() - begun:.0f} s")


if __name__ == "__main__":
    main()
