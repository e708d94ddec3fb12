"""Tests leave the user's cache alone, and find nothing in it."""

import os

from hwbench_mo.benchmark.front_cache import VARIABLE

os.environ[VARIABLE] = ""
