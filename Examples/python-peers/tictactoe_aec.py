"""PettingZoo's tictactoe: agents take turns (PettingZoo, AEC), each for itself."""

import argus_env
from pettingzoo.classic import tictactoe_v3

argus_env.serve(tictactoe_v3.env, name="tictactoe", groups="each")
