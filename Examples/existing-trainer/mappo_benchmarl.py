"""MAPPO of BenchMARL (TorchRL) on a scenario of ArgusOrch.

    pip install "./Python[pettingzoo]" benchmarl==1.5.2 torchrl==0.11.1
    python Examples/existing-trainer/mappo_benchmarl.py

BenchMARL knows tasks by a class that makes a TorchRL environment. TorchRL wraps any PettingZoo environment, so the
class is short: what it makes is TorchRL's wrapper around argus_env.parallel_env. Any of BenchMARL's algorithms can
take MAPPO's place below.
"""

from __future__ import annotations

import argparse
import logging
import os
import tempfile
import time
import warnings
from typing import Any, Callable

os.environ.setdefault("TQDM_DISABLE", "1")     # the lines printed here say more
warnings.filterwarnings("ignore")

import torch  # noqa: E402

from benchmarl.algorithms import MappoConfig  # noqa: E402
from benchmarl.environments.pettingzoo.common import PettingZooClass  # noqa: E402
from benchmarl.experiment import Callback, Experiment, ExperimentConfig  # noqa: E402
from benchmarl.models import MlpConfig  # noqa: E402
from tensordict import TensorDictBase  # noqa: E402
from torchrl.envs import EnvBase, PettingZooWrapper  # noqa: E402

import argus_env  # noqa: E402


class ArgusTask(PettingZooClass):
    """A scenario as a task of BenchMARL. The group is what the agents' names begin with, such as `robot`."""

    def get_env_fun(
        self, num_envs: int, continuous_actions: bool, seed: int | None, device: Any
    ) -> Callable[[], EnvBase]:
        del num_envs, continuous_actions        # BenchMARL puts single environments side by side itself
        return lambda: PettingZooWrapper(
            argus_env.parallel_env(self.config["scenario"]), categorical_actions=True, seed=seed, device=device,
            return_state=True, done_on_any=False)

    def supports_continuous_actions(self) -> bool:
        return False

    def supports_discrete_actions(self) -> bool:
        return True

    def has_state(self) -> bool:
        return True

    def has_render(self, env: EnvBase) -> bool:
        return False

    def max_steps(self, env: EnvBase) -> int:
        return env._env.description["scenario"]["horizon"]

    @staticmethod
    def env_name() -> str:
        return "argus"


class PrintReturns(Callback):
    """Prints the mean return of the episodes that ended in each batch of training."""

    def __init__(self) -> None:
        self.begun, self.frames = time.time(), 0

    def on_batch_collected(self, batch: TensorDictBase) -> None:
        (group,) = self.experiment.group_map
        self.frames += batch.numel()
        done = batch["next", group, "done"].any(-2).squeeze(-1)
        returns = batch["next", group, "episode_reward"].mean(-2).squeeze(-1)[done]
        if len(returns):
            speed = self.frames / (time.time() - self.begun)
            counts = f"({len(returns)} episodes, {speed:,.0f} steps/s)"
            print(f"step {self.frames:>9,}  return {returns.mean():8.3f}  {counts}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenario", default="warehouse/starter")
    parser.add_argument("--steps", type=int, default=120_000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    logging.disable(logging.INFO)
    torch.set_num_threads(1)

    config = ExperimentConfig.get_from_yaml()
    config.max_n_frames = args.steps
    config.on_policy_n_envs_per_worker = 20
    config.on_policy_collected_frames_per_batch = 6000
    config.on_policy_n_minibatch_iters = 8
    config.on_policy_minibatch_size = 1000
    config.lr = 1e-3
    config.evaluation = False
    config.render = False
    config.loggers = []
    config.create_json = False
    config.save_folder = tempfile.mkdtemp()
    algorithm = MappoConfig.get_from_yaml()
    algorithm.entropy_coef = 0.01
    model = MlpConfig(num_cells=[64, 64], layer_class=torch.nn.Linear, activation_class=torch.nn.Tanh)
    experiment = Experiment(
        task=ArgusTask(args.scenario.replace("/", "-"), {"scenario": args.scenario}), algorithm_config=algorithm,
        model_config=model, critic_model_config=model, seed=args.seed, config=config, callbacks=[PrintReturns()])
    experiment.run()


if __name__ == "__main__":
    main()
