"""Time that passes faster: what happens every minute in life happens every few seconds here."""

from __future__ import annotations

import random
from typing import ClassVar

from kit.rpc import OdooRpc

from .actors import Actor, NothingToDo


class Clock(Actor):
    """The manager, who also presses 'Run manually' on the addon's scheduled actions.

    He resumes the account where a fault paused it: Cartona said that the token is wrong.
    """

    HABITS: ClassVar = {"sweep": 1, "pull": 2, "resume": 3}
    PAUSE = 2.0
    _rpc: OdooRpc | None = None

    @property
    def rpc(self) -> OdooRpc:
        if self._rpc is None:
            self._rpc = self.world.manager()
        return self._rpc

    def sweep(self, _chance: random.Random) -> None:
        self._run("cron_sweep")

    def pull(self, _chance: random.Random) -> None:
        self._run("cron_pull")

    def resume(self, _chance: random.Random) -> None:
        paused = self.rpc.search("cartona.config", [("paused", "=", True)])
        if not paused:
            raise NothingToDo
        self.rpc.call("cartona.config", "action_resume", paused)

    def _run(self, name: str) -> None:
        domain = [("module", "=", "cartona_integration"), ("name", "=", name)]
        (row,) = self.rpc.read("ir.model.data", domain, "res_id")
        self.rpc.call("ir.cron", "method_direct_trigger", [row["res_id"]])
