"""Signing in, renewing and signing out over REST, and what a token carries."""

from typing import Any

import jwt
from rest_framework.test import APIClient

from tests.integration.rest import PASSWORD


def sign_in(username: str = "ada", password: str = PASSWORD) -> Any:
    body = {"username": username, "password": password}
    return APIClient().post("/api/token/", body, format="json")


def renew(refresh: str) -> Any:
    return APIClient().post("/api/token/refresh/", {"refresh": refresh}, format="json")


def sign_out(refresh: str) -> Any:
    return APIClient().post("/api/token/blacklist/", {"refresh": refresh}, format="json")


def me(access: str, scheme: str = "Bearer") -> Any:
    return APIClient().get("/api/users/me/", headers={"Authorization": f"{scheme} {access}"})


def claims(token: str) -> dict[str, Any]:
    return jwt.decode(token, options={"verify_signature": False})
