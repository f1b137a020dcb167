"""`argus verify` of single transitions: the golden ones of SMAX, as they are and each damaged in one place.

The excerpts in Tests/SkirmishTests/Fixtures hold the observations of the first ally and the last enemy only; those of the
units between are filled in with what the library answers through its C header.
"""

import json

import pytest
from command import BUILD, ROOT, argus

from plugin_library import Library

FIXTURES = sorted((ROOT / "Tests/SkirmishTests/Fixtures").glob("*.jsonl"))
LIBRARY = BUILD / "libSkirmish.so"

pytestmark = pytest.mark.skipif(not LIBRARY.exists(), reason=f"{LIBRARY} is not built")


def whole(fixture):
    """Header and transitions of an excerpt, with all observation rows."""
    header, *transitions = map(json.loads, fixture.read_text().splitlines())
    parameters = {"map": header["map"], "opponent": "policies"}
    environment = Library(LIBRARY).create("skirmish", parameters)
    environment.reset([0])
    for transition in transitions:
        first, last = transition["observations"]
        environment.load(0, json.dumps(transition).encode())
        environment.step([[[action] for action in transition["actions"]]])
        between = environment.array["observation"][0, 1:-1].tolist()
        transition["observations"] = [first, *between, last]
    environment.destroy()
    return header, transitions


@pytest.fixture(scope="module")
def marines():
    """Three marines against three, as text of which each test makes its own copy."""
    return json.dumps(whole(ROOT / "Tests/SkirmishTests/Fixtures/3m.jsonl"))


@pytest.fixture
def recording(marines, tmp_path):
    """Writes the marines' transitions, changed, and returns the path."""

    def write(change=lambda header, transitions: None):
        header, transitions = json.loads(marines)
        change(header, transitions)
        path = tmp_path / "3m.jsonl"
        path.write_text("".join(json.dumps(line) + "\n" for line in [header, *transitions]))
        return path

    return write


def verify(path, *arguments, check):
    return argus("verify", "skirmish", path, *arguments, check=check)


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda path: path.stem)
def test_golden_transitions_of_every_map_are_equal(fixture, tmp_path):
    header, transitions = whole(fixture)
    path = tmp_path / fixture.name
    path.write_text("".join(json.dumps(line) + "\n" for line in [header, *transitions]))
    document = json.loads(verify(path, "--json", check=0).stdout)
    assert (document["equal"], document["steps"], document["episodes"]) == (True, 6, 0)
    assert document["reference"] == "jaxmarl 0.2.0 SMAX"
    assert "6 transitions, all equal to jaxmarl 0.2.0 SMAX" in verify(path, check=0).stdout


def change_observation(agent, component):
    def change(header, transitions):
        transitions[2]["observations"][agent][component] += 0.01

    return change


def change_reward(header, transitions):
    transitions[2]["rewards"][4] += 0.25


def change_mask(header, transitions):
    mask = transitions[2]["masks"][1]
    mask[7] = 1 - mask[7]


def change_end(header, transitions):
    transitions[2]["dones"] = [0, 0, 0, 1, 1, 1]


def change_out(header, transitions):
    transitions[2]["dones"][2] = 1 - transitions[2]["dones"][2]


def change_state(header, transitions):
    transitions[2]["world_state"][17] += 0.01


@pytest.mark.parametrize("change, agent, quantity, component", [
    (change_observation(0, 3), "ally_0", "observation", 3),
    (change_observation(5, 40), "enemy_2", "observation", 40),
    (change_reward, "enemy_1", "reward", None),
    (change_mask, "ally_1", "legal choice", 7),
    (change_out, "ally_2", "out", None),
    (change_end, None, "end", None),
    (change_state, None, "state", 17),
])
def test_a_changed_value_is_named_with_line_agent_and_component(recording, change, agent, quantity, component):
    path = recording(change)
    run = verify(path, check=1)
    place = [f"{path}:4", *([agent] if agent else []), quantity]
    words = ", ".join(place) + (f", component {component}" if component is not None else "")
    assert run.stderr.startswith(f"error: the environment differs from the recording ({words}): found "), run.stderr
    assert "as recorded" in run.stderr
    assert "2 transitions, all equal to jaxmarl 0.2.0 SMAX before the first difference" in run.stdout
    difference = json.loads(verify(path, "--json", check=1).stdout)["difference"]
    assert (difference.get("agent"), difference["quantity"], difference.get("component")) == (agent, quantity, component)
    assert "episode" not in difference and "seed" not in difference


def test_differences_within_the_tolerance_are_none(recording):
    path = recording(change_observation(0, 3))
    verify(path, "--tolerance", "0.02", check=0)
    verify(path, "--tolerance", "0.001", check=1)


def move_unit(header, transitions):
    transitions[2]["before"]["positions"][0] += 0.5


def wound_unit(header, transitions):
    transitions[2]["before"]["health"][4] -= 9


@pytest.mark.parametrize("change", [move_unit, wound_unit])
def test_another_state_before_the_step_leads_to_another_one_after_it(recording, change):
    path = recording(change)
    run = verify(path, check=1)
    assert run.stderr.startswith(f"error: the environment differs from the recording ({path}:4, "), run.stderr


def raise_the_dead(header, transitions):
    transitions[2]["before"]["health"][1] = 0


def lose_a_position(header, transitions):
    transitions[2]["before"]["positions"].pop()


def lose_the_state(header, transitions):
    del transitions[2]["before"]


@pytest.mark.parametrize("change, words", [
    (raise_the_dead, "before.alive of unit 1"),
    (lose_a_position, "before.positions: found 11 entries, expected 12"),
    (lose_the_state, "before"),
])
def test_a_damaged_state_is_refused_with_its_line(recording, change, words):
    path = recording(change)
    run = verify(path, check=1)
    assert run.stderr.startswith(f"error: bad state in recording ({path}:4): found "), run.stderr
    assert words in run.stderr


@pytest.mark.parametrize("change, place", [
    (lambda header, transitions: transitions[2]["actions"].pop(), "key 'actions'"),
    (lambda header, transitions: transitions[2]["observations"][1].pop(), "key 'observations[1]'"),
    (lambda header, transitions: transitions[2]["masks"][5].pop(), "key 'masks[5]'"),
    (lambda header, transitions: transitions[2].pop("world_state"), "key 'world_state'"),
    (lambda header, transitions: transitions[2]["actions"].__setitem__(1, 0.5), "key 'actions[1]'"),
])
def test_a_line_of_another_shape_is_refused_with_its_key(recording, change, place):
    path = recording(change)
    run = verify(path, check=1)
    assert run.stderr.startswith(f"error: bad transition in recording ({path}:4, {place}): found "), run.stderr


@pytest.mark.parametrize("change, what, place", [
    (lambda header, _: header.update(map="8m"), "other agents in the recording", "key 'agents'"),
    (lambda header, _: header.update(observation_size=74), "other sizes in the recording", "key 'observation_size'"),
    (lambda header, _: header.update(state_size=71), "other sizes in the recording", "key 'state_size'"),
])
def test_a_header_of_another_task_is_refused(recording, change, what, place):
    path = recording(change)
    run = verify(path, check=1)
    assert run.stderr.startswith(f"error: {what} ({path}:1, {place}): found "), run.stderr
