"""The accounts of the fake server: registration, sign-in, rotation, sign-out."""

import itertools
from typing import Any

from tests.fakes.stream import FakeStream
from tests.fakes.wire import Answer, Request


def error(status: int, code: str, **more: Any) -> Answer:
    """An error answer in the contract's form."""
    return Answer(status, {"code": code, "message": f"It is {code}.", **more})


class FakeAccounts(FakeStream):
    """Users by name with their passwords, and the tokens they hold."""

    def __init__(self) -> None:
        super().__init__()
        self.users = {"ann": "a-good-password"}
        self.refresh: set[str] = set()
        self._ids = itertools.count(1)

    def _is_signed_in(self, request: Request) -> bool:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        return token in self.access | self.api_keys

    def _register(self, request: Request) -> Answer:
        account = request.json()
        if account["username"] in self.users:
            return error(400, "username_taken")
        self.users[account["username"]] = account["password"]
        return Answer(201, {"id": 7, "username": account["username"]})

    def _sign_in(self, request: Request) -> Answer:
        account = request.json()
        known = self.users.get(account["username"]) == account["password"]
        return self._tokens() if known else error(401, "no_active_account")

    def _sign_out(self, request: Request) -> Answer:
        self.refresh.discard(request.json()["refresh"])
        return Answer(200, {})

    def _tokens(self) -> Answer:
        number = next(self._ids)
        tokens = {"access": f"access-{number}", "refresh": f"refresh-{number}"}
        self.access.add(tokens["access"])
        self.refresh.add(tokens["refresh"])
        return Answer(200, tokens)

    def _rotate(self, request: Request) -> Answer:
        refresh = request.json()["refresh"]
        if refresh not in self.refresh:
            return error(401, "token_not_valid")
        self.refresh.discard(refresh)
        return self._tokens()
