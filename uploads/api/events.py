"""Events: what happened."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from uploads import replay
from uploads.api import event_schemas, schemas
from uploads.api.requests import signed_in
from uploads.errors import Fault, Invalid

EVENTS_A_PAGE = 500


class Events(APIView):
    """What happened."""

    @extend_schema(
        parameters=[OpenApiParameter("after", int, description="Only events after this seq.")],
        responses={200: event_schemas.EventPage, 400: schemas.Error, 401: schemas.Error},
    )
    def get(self, request: Request) -> Response:
        """Gives a user's events after `after`, oldest first: the same as the socket's."""
        user = signed_in(request)
        text = request.query_params.get("after") or "0"
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            message = "'after' is the seq of an event."
            raise Invalid(message, (Fault("invalid", message, field="after"),))
        where = replay.position(user.pk)
        page = replay.read(user.pk, after=int(text), limit=EVENTS_A_PAGE)
        return Response({"epoch": where.epoch, "seq": where.seq, "results": page})
