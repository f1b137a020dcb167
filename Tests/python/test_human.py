"""A person at the keyboard: the words of the text view in, numbers or words out."""

import json
import subprocess

import pytest

from command import ARGUS, environment

SCENARIO = "foraging/5x5-2p-1f"


def play(*arguments, typed, scenario=SCENARIO):
    return subprocess.run(
        [str(ARGUS), "play", scenario, *arguments], input=typed, capture_output=True, text=True, timeout=120,
        env=environment())


def lines(*answers, repeat=1):
    return "".join(f"{answer}\n" for answer in answers) * repeat


def result(process):
    assert process.returncode == 0, process.stderr
    return json.loads(process.stdout)["episodes"][0]


def test_numbers_and_words_and_their_beginnings_are_the_same_choices():
    numbers = result(play("--team", "human", "--json", "--seed", "3", typed=lines("0", "2", "4", "1", repeat=50)))
    words = result(play("--team", "human", "--json", "--seed", "3",
                        typed=lines("wait", " Move  SOUTH ", "move e", "move n", repeat=50)))
    assert numbers == words
    assert numbers["length"] == 50


def test_a_person_gets_the_words_of_the_text_view_and_no_picture(tmp_path):
    played = play("--team", "player_0=human,player_1=random", typed=lines("wait", repeat=50))
    assert played.returncode == 0, played.stderr
    assert "player_0: your role and the rules" in played.stdout
    assert played.stdout.count("your role and the rules") == 1
    assert "You are at row" in played.stdout
    assert "levels: p0" not in played.stdout, "a picture shows more than a player may see"
    assert "player_1\n" not in played.stdout, "nobody types for player_1"
    drawn = play("--team", "player_0=human,player_1=random", "--render", "text", typed=lines("wait", repeat=50))
    assert "levels: p0" in drawn.stdout


def test_what_cannot_be_understood_is_asked_again():
    played = play("--team", "player_0=human,player_1=random",
                  typed=lines("dance", "99", "move", "?", "wait") + lines("wait", repeat=49))
    assert played.returncode == 0, played.stderr
    assert "'dance' is none of these" in played.stdout
    assert "'99' is none of these" in played.stdout
    assert "'move' fits" in played.stdout
    assert played.stdout.count("your role and the rules") == 2


def test_the_end_of_the_input_is_an_error_that_names_the_agent():
    played = play("--team", "human", typed="wait\n")
    assert played.returncode == 1
    assert "nobody answers" in played.stderr and "player_1" in played.stderr


def test_only_legal_actions_are_offered():
    played = play("--team", "human", typed=lines("0", repeat=300), scenario="warehouse/starter")
    assert played.returncode == 0, played.stderr
    first = played.stdout.split("robot_0> ")[0]
    assert "  0  " in first
    assert "  4  " not in first, "there is no shelf to lift at the start"


@pytest.mark.parametrize("team", ["human:me", "player_0=human:1,*=random"])
def test_a_person_takes_no_argument(team):
    played = play("--team", team, typed="")
    assert played.returncode == 2
    assert "expected none" in played.stderr


def test_a_recording_of_a_person_is_verified(tmp_path):
    path = tmp_path / "own.jsonl"
    played = play("--team", "human", "--record", str(path), typed=lines("load", "move n", "move w", repeat=50))
    assert played.returncode == 0, played.stderr
    verified = subprocess.run([str(ARGUS), "verify", "foraging", str(path)], capture_output=True, text=True,
                              env=environment())
    assert verified.returncode == 0, verified.stderr
