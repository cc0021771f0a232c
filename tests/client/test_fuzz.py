"""The fuzzing of the webhook's bodies, in the length that is always run."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

BODIES = 100_000


def test_no_body_is_more_than_a_clear_error(tmp_path):
    script = Path(__file__).with_name("fuzz_webhook.py")
    run = subprocess.run(
        [
            *(sys.executable, script, f"-runs={BODIES}", "-seed=1", "-max_len=4096"),
            f"-artifact_prefix={tmp_path}/",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    assert int(re.search(r"Done (\d+) runs", run.stderr)[1]) == BODIES
