"""The rules, without a host: `python -m pytest`."""

import pytest

from __module__ import CALL, LEFT, PRESS, RIGHT, __Type__


def at_button(seed: int) -> __Type__:
    """An episode in which both workers have gone to the button."""
    environment = __Type__()
    observations = environment.reset(seed)
    for _ in range(environment.length):
        actions = [LEFT if way < 0 else RIGHT if way > 0 else CALL for _, way, _, _ in observations]
        observations, _, _ = environment.step(actions)
    return environment


def test_the_team_wins_when_both_press_in_one_step_and_pays_when_one_presses_alone():
    environment = at_button(seed=1)
    _, reward, is_over = environment.step([PRESS, CALL])
    assert (reward, is_over) == (-0.05, False)
    _, reward, is_over = environment.step([PRESS, PRESS])
    assert (reward, is_over) == (1, True)


def test_a_call_is_heard_by_the_other_worker_in_the_next_step_only():
    environment = __Type__()
    environment.reset(2)
    observations, _, _ = environment.step([CALL, LEFT])
    assert [row[2:] for row in observations] == [[1, 0], [0, 1]]
    observations, _, _ = environment.step([LEFT, LEFT])
    assert [row[2:] for row in observations] == [[0, 0], [0, 0]]


@pytest.mark.parametrize("direction", [LEFT, RIGHT])
def test_no_worker_leaves_the_line(direction):
    environment = __Type__(length=4)
    environment.reset(3)
    for _ in range(5):
        observations, _, _ = environment.step([direction, direction])
    assert [row[0] for row in observations] == [direction, direction]
    assert not any(legal[direction] for legal in environment.legal())


def test_the_same_seed_gives_the_same_episode_whatever_was_played_before():
    used = __Type__()
    for seed in range(20):
        assert used.reset(seed) == __Type__().reset(seed)
        used.step([CALL, CALL])


def test_the_scripted_policy_wins_from_every_start():
    environment = __Type__(length=20)
    for seed in range(100):
        observations = environment.reset(seed)
        for _ in range(25):
            actions = [
                environment.act_locally("callers", agent, row, None, None)
                for agent, row in zip(environment.agents, observations)
            ]
            observations, _, is_over = environment.step(actions)
            if is_over:
                break
        assert is_over


def test_a_loaded_episode_goes_on_as_the_saved_one_and_made_up_states_are_refused():
    saved, other = at_button(seed=4), __Type__()
    other.load(saved.save(), None)
    assert other.observe() == saved.observe()
    assert other.step([PRESS, PRESS])[2]
    for data in (b"[]", b"[9, [0, 0], [false, false], 0, false]", b"[0, [0], [false, false], 0, false]"):
        with pytest.raises(ValueError):
            other.load(data, None)
