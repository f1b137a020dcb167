"""A person at the keyboard: the words of the text view in, numbers or words out."""

import json
import re
import subprocess

import pytest

from command import ARGUS, argus, environment

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
    argus("verify", "foraging", path, check=0)


@pytest.fixture
def talk(tmp_path):
    """Two players who may send texts of up to ten characters, twice an episode."""
    path = tmp_path / "talk.yaml"
    path.write_text(
        "scenario: talk\nversion: 1\nenvironment: foraging\nhorizon: 4\n"
        "communication: {symbols: 2, characters: 10, per_step: 1, per_episode: 2}\n")
    return str(path)


def test_what_a_person_says_is_sent_before_the_action_and_read_by_the_other(talk):
    typed = lines(
        # Player 0's step: a text, its action, and silence in the channel's head; then player 1's.
        "say food north", "wait", "say nothing", "wait", "say nothing",
        "SAY too", "wait", "say nothing", "wait", "send symbol 2",
        "wait", "say nothing", "wait", "say nothing",
        "say again", "wait", "say nothing", "wait", "say nothing")
    played = play("--team", "human", typed=typed, scenario=talk)
    assert played.returncode == 0, played.stderr
    turns = re.split(r"\n(player_[01])\n", played.stdout)
    said = [" ".join(words.split()) for words in turns[2::2]]
    assert turns[1::2] == ["player_0", "player_1"] * 4
    assert said[0].count("Sent.") == 1 and "Messages: none. You may send 2 more messages." in said[0]
    # With the next observation, once.
    assert "wrote" not in said[1] and 'player_0 wrote "food north".' in said[3] and "food north" not in said[5]
    assert "You may send 1 more message." in said[2] and said[2].count("Sent.") == 1
    assert "player_1 sent symbol 2." in said[4] and 'player_0 wrote "too".' in said[5]
    # `say nothing` is the choice of that name and not a text; without budget nothing is sent.
    assert '"nothing"' not in played.stdout
    assert "Not sent: no more messages in this episode." in said[6] and "again" not in said[7]


def test_what_cannot_be_said_is_told_with_its_reason(talk):
    played = play("--team", "player_0=human,player_1=random", scenario=talk,
                  typed=lines("say eleven chars", "say x", "say y") + lines("wait", "say nothing", repeat=4))
    assert played.returncode == 0, played.stderr
    assert "Not sent: too many characters." in played.stdout
    assert "Sent." in played.stdout
    assert "Not sent: no more messages in this step." in played.stdout
    silent = play("--team", "player_0=human,player_1=random", typed=lines("say hello") + lines("wait", repeat=50))
    assert silent.returncode == 0, silent.stderr
    assert "Not sent: no channel for texts." in silent.stdout


def test_a_recording_holds_what_a_person_said(talk, tmp_path):
    path = tmp_path / "own.jsonl"
    played = play("--team", "player_0=human,player_1=scripted", "--record", str(path), scenario=talk,
                  typed=lines("say here") + lines("wait", "say nothing", repeat=4))
    assert played.returncode == 0, played.stderr
    texts = json.loads(path.read_text().splitlines()[1])["texts"]
    assert texts == [[{"agent": 0, "text": "here"}], [], [], []]
    argus("verify", "foraging", path, check=0)
