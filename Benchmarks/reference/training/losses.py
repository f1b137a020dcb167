"""Losses and return targets, the straightforward way, in the papers' notation.

The loops in this folder learn with them; Tests/ArgusTrainTests/Fixtures/make_loss_fixtures.py evaluates them on fixed
batches, and our tests expect the same numbers of ArgusTrain. `ended` is 0 while an episode runs, 1 after a step that ended
it by rule, 2 after one that its horizon cut.
"""

import torch
import torch.nn.functional as F


def mean(values, weights=None):
    """Over the rows that count."""
    return values.mean() if weights is None else (values * weights).sum() / weights.sum()


# Returns


def generalized_advantages(rewards, values, next_values, ended, discount, trace):
    """Schulman et al. 2016, eq. 16, along axis 0; next_values are those of final rows where an episode was cut."""
    advantages = torch.zeros_like(rewards)
    advantage = torch.zeros_like(rewards[0])
    for step in reversed(range(len(rewards))):
        error = rewards[step] + discount * (ended[step] != 1) * next_values[step] - values[step]
        advantages[step] = advantage = error + discount * trace * (ended[step] == 0) * advantage
    return advantages


def n_step_returns(rewards, values, next_values, ended, discount, n):
    """Sum of n discounted rewards and the value n steps on, fewer at the rollout's edge; values [time + 1, ...]."""
    time = len(rewards)
    returns, running = torch.zeros_like(rewards), torch.ones_like(rewards)
    for offset in range(n):
        rows = time - offset
        if rows <= 0:
            break
        step = rewards[offset:] + discount * (ended[offset:] == 2) * next_values[offset:]
        returns[:rows] += discount**offset * running[:rows] * step
        running[:rows] *= ended[offset:] == 0
    edge = (torch.arange(time) + n).clamp(max=time)
    factor = discount ** (edge - torch.arange(time)).float()
    return returns + factor.view(-1, *[1] * (rewards.dim() - 1)) * running * values[edge]


def lambda_returns(rewards, next_values, ended, discounts, traces):
    """y(t) = r(t) + γ(t)·[(1−λ(t))·V(t+1) + λ(t)·y(t+1)] along axis 0 (Sutton & Barto 2018, eq. 12.18)."""
    targets = torch.zeros_like(rewards)
    later = next_values[-1]
    for step in reversed(range(len(rewards))):
        mixture = (1 - traces[step]) * next_values[step] + traces[step] * later
        future = torch.where(ended[step] == 0, mixture, torch.where(ended[step] == 2, next_values[step], 0.0))
        targets[step] = later = rewards[step] + discounts[step] * future
    return targets


# Policy gradients: total, and its terms


def proximal_policy(
    log_probabilities, entropies, old, advantages, values, old_values, returns, *, weights=None, value_weights=None,
    clip, entropy_coefficient, value_coefficient, huber_delta,
):
    """Schulman et al. 2017, eq. 7 and 9; the value's change clipped, its error Huber's (Yu et al. 2022)."""
    ratio = (log_probabilities - old).exp()
    policy = -mean(torch.minimum(ratio * advantages, ratio.clamp(1 - clip, 1 + clip) * advantages), weights)
    entropy = mean(entropies, weights)
    clipped = old_values + (values - old_values).clamp(-clip, clip)
    errors = [F.huber_loss(x, returns, reduction="none", delta=huber_delta) for x in (values, clipped)]
    value = mean(torch.maximum(*errors), value_weights)
    return policy - entropy_coefficient * entropy + value_coefficient * value, policy, entropy, value


def actor_critic(
    log_probabilities, entropies, advantages, values, returns, *, weights=None, value_weights=None, entropy_coefficient,
):
    """Mnih et al. 2016, as Papoudakis et al. 2021 have it."""
    policy = -mean(log_probabilities * advantages, weights)
    entropy = mean(entropies, weights)
    value = mean((values - returns) ** 2, value_weights)
    return policy - entropy_coefficient * entropy + value, policy, entropy, value


def counterfactual(
    distribution, values, choices, returns, *, weights=None, value_weights=None, entropy_coefficient,
):
    """Foerster et al. 2018, eq. 4; values are Q(s, (u₋, a)) of every choice a: [rows, choices]."""
    chosen = values.gather(-1, choices.unsqueeze(-1)).squeeze(-1)
    advantages = (chosen - (distribution.probs * values).sum(-1)).detach()
    return actor_critic(
        distribution.log_prob(choices), distribution.entropy(), advantages, chosen, returns, weights=weights,
        value_weights=value_weights, entropy_coefficient=entropy_coefficient)


# Q-learning


def best_choices(values, legal=None):
    """Best legal choice of each row, [..., 1]."""
    return (values if legal is None else values.masked_fill(legal == 0, -1e10)).argmax(-1, keepdim=True)


def joint_value(values, choices, present=None, mixer=None, states=None):
    """The team's value of choices [..., agents, 1]: the agents' sum, or their mixture. Agents that are out have none."""
    chosen = values.gather(-1, choices).squeeze(-1)
    chosen = chosen if present is None else chosen * present
    return chosen.sum(-1) if mixer is None else mixer(chosen, states)


def temporal_difference(values, targets, weights=None):
    """Mean squared error (Mnih et al. 2015; Sunehag et al. 2018; Rashid et al. 2018, eq. 6)."""
    return mean((values - targets) ** 2, weights)
