"""A scheduler's stop signal: the run ends by the ordinary way out and leaves the state free for the next."""

import os
import signal
import subprocess
import sys
import time

from stage import open_stage, writes

from syncer.sandbox.company import make_company
from syncer.sandbox.server import Fault


def test_a_stopped_run_gives_its_lease_back_and_the_next_one_finishes(tmp_path):
    with open_stage(tmp_path, make_company(20, seed=3)) as stage:
        with stage.misbehaving(Fault(vendor="hubspot", method="POST", kind="stall", seconds=60)), stage.settled({}):
            run = subprocess.Popen([sys.executable, "-m", "syncer", "sync"], cwd=tmp_path, env=dict(os.environ), stderr=subprocess.PIPE)
            until = time.monotonic() + 60
            while not writes(stage.world.requests) and time.monotonic() < until:  # Salesforce is written first, then HubSpot stalls
                time.sleep(0.05)
            time.sleep(0.5)
            run.send_signal(signal.SIGTERM)
            _, said = run.communicate(timeout=30)
        assert (run.returncode, said) == (143, b"")
        results = stage.sync()
        assert [result.numbers["written"] > 0 for result in results.values()] == [False, True]
