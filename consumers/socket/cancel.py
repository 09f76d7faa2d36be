"""What a client can do over the websocket: call off a prediction of its own."""

from typing import Any

from consumers.socket.messages import NotUnderstood
from uploads import services
from uploads.actors import client_by
from uploads.events import Actor
from uploads.models import Prediction
from uploads.sign_in.identity import Identity


def actor_of(scope: dict[str, Any], identity: Identity | None = None) -> Actor:
    """Who acts over a connection of this ASGI scope, as far as that is known yet."""
    address, *_ = scope.get("client") or [None]
    headers = dict(scope.get("headers", []))
    agent = headers.get(b"user-agent", b"").decode("latin1")
    if identity is None:
        return Actor(None, address, agent)
    return Actor(identity.user.pk, address, client_by(identity, agent))


def cancel(prediction_id: int, actor: Actor) -> None:
    """Calls off a prediction of the actor's own; another's does not exist for them.

    Raises:
        NotUnderstood: there is none.
        NotCancelable: it has ended.
    """
    prediction = Prediction.objects.filter(
        pk=prediction_id,
        user=actor.id,
        image__upload__deleted_at__isnull=True,
        image__deleted_at__isnull=True,
    ).first()
    if prediction is None:
        raise NotUnderstood("not_found", "There is no such prediction.")
    services.cancel(prediction, actor)
