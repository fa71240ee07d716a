"""The mutation check itself: its defects are there to be made, and some, drawn anew each time, are made and caught."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from random import randrange

MUTATE = str(Path(__file__).resolve().parents[2] / "scripts" / "mutate.py")


def mutate(*words):
    return subprocess.run([sys.executable, MUTATE, *words], capture_output=True, text=True, check=False)


def test_every_defect_can_be_made():
    ran = mutate("--list")
    assert ran.returncode == 0, ran.stderr
    assert len(ran.stdout.splitlines()) > 100


def test_defects_drawn_at_random_are_caught():
    seed = str(randrange(10**6))
    ran = mutate("--some", "3", "--seed", seed, "--workers", "1")
    assert ran.returncode == 0, f"scripts/mutate --some 3 --seed {seed}\n{ran.stdout}{ran.stderr}"
    assert ran.stdout.count("→") == 3
