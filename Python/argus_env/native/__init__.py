"""The host in this process: its C interface (argus_client.h), vector environments, PettingZoo."""
