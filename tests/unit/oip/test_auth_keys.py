"""What API keys open of the Open Inference Protocol."""

from typing import Any

import pytest

from consumers.database import in_database
from consumers.oip.auth import Authenticator
from inference.oip.access import credential
from inference.oip.errors import ProtocolError, Status
from tests.integration.keys import key_of
from uploads.events import Actor
from uploads.models import ApiKey, Event, Scope, User
from uploads.sign_in import keys

pytestmark = pytest.mark.django_db(transaction=True)


async def status_of(authenticate: Authenticator, key: str, address: str = "") -> Status:
    with pytest.raises(ProtocolError) as raised:
        await authenticate(key, Actor(None, address))
    return raised.value.status


async def test_a_key_for_inference_speaks_for_its_user(ada: User) -> None:
    caller = await Authenticator()(await in_database(key_of, ada, Scope.INFER))
    assert caller.user_id == ada.pk


async def test_a_key_manages_no_models_whoever_has_it(admin_user: User) -> None:
    caller = await Authenticator()(await in_database(key_of, admin_user))
    assert not caller.may_manage


async def test_a_key_without_the_scope_is_not_for_this(ada: User) -> None:
    key = await in_database(key_of, ada, Scope.READ, Scope.WRITE)
    assert await status_of(Authenticator(), key) is Status.PERMISSION_DENIED


async def test_a_revoked_or_unknown_key_is_refused(ada: User) -> None:
    key = await in_database(key_of, ada)
    await in_database(lambda: keys.revoke(ApiKey.objects.get(), Actor()))
    for wrong in (key, f"drk_{'0' * 12}_{'0' * 64}"):
        assert await status_of(Authenticator(), wrong) is Status.UNAUTHENTICATED


async def test_wrong_keys_of_a_known_address_are_slowed_down(db: None, settings: Any) -> None:
    settings.THROTTLE_SIGN_IN_ADDRESS = 1
    wrong = [f"drk_{number:012x}_{'0' * 64}" for number in range(3)]
    assert await status_of(Authenticator(), wrong[0], "192.0.2.1") is Status.UNAUTHENTICATED
    assert await status_of(Authenticator(), wrong[1], "192.0.2.1") is Status.RESOURCE_EXHAUSTED
    # Whose address is not known is not slowed down, and nothing of theirs is written down.
    assert await status_of(Authenticator(), wrong[2]) is Status.UNAUTHENTICATED
    assert await in_database(Event.objects.filter(kind="user.sign_in_failed").count) == 1


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("Api-Key drk_a", "drk_a"),
        ("api-key  drk_a ", "drk_a"),
        ("Bearer drk_a", "drk_a"),
        ("Basic drk_a", ""),
        ("drk_a", ""),
        ("", ""),
    ],
)
def test_a_key_comes_by_its_own_scheme_or_as_a_bearer_token(header: str, said: str) -> None:
    assert credential(header) == said
