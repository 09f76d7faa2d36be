"""Webhooks: set up, tried and looked after by whose events they tell."""

from typing import Any, Final

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from uploads.actors import actor_of
from uploads.api import schemas, webhook_schemas
from uploads.api.pagination import NewestFirst
from uploads.api.permissions import BY_PEOPLE, ForPeople
from uploads.api.requests import signed_in
from uploads.api.throttles import Changes
from uploads.models import User, Webhook, WebhookDelivery
from uploads.webhooks import registry

_PAGES: Final = [OpenApiParameter("cursor", str), OpenApiParameter("page_size", int)]


def _refusals(*statuses: int) -> dict[int, Any]:
    return dict.fromkeys((401, 403, *statuses), schemas.Error)


def webhooks_of(user: User) -> QuerySet[Webhook]:
    """A user's webhooks that are not deleted."""
    return Webhook.objects.filter(user=user, deleted_at=None)


def _webhook(request: Request, pk: int) -> Webhook:
    row = webhooks_of(signed_in(request)).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


class _ForPeople(APIView):
    permission_classes = [ForPeople]
    throttle_classes = [Changes]


class Webhooks(_ForPeople):
    """A user's webhooks."""

    @extend_schema(
        operation_id="webhooks_list",
        parameters=_PAGES,
        responses={200: schemas.page_of(webhook_schemas.WebhookView), **_refusals(404)},
        auth=BY_PEOPLE,
    )
    def get(self, request: Request) -> Response:
        """Lists the user's webhooks, newest first."""
        pages = NewestFirst()
        page: Any = pages.paginate_queryset(webhooks_of(signed_in(request)), request, view=self)
        return pages.get_paginated_response(webhook_schemas.WebhookView(page, many=True).data)

    @extend_schema(
        request=webhook_schemas.NewWebhook,
        responses={201: webhook_schemas.NewWebhookView, **_refusals(400, 409, 429)},
        auth=BY_PEOPLE,
    )
    def post(self, request: Request) -> Response:
        """Has events sent to an address, from now on; the answer shows its secret, this once."""
        body = webhook_schemas.NewWebhook(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        row = registry.make(
            signed_in(request),
            given["url"],
            given["events"],
            given["description"],
            actor_of(request),
        )
        return Response(webhook_schemas.NewWebhookView(row).data, status=201)


class OneWebhook(_ForPeople):
    """One of a user's webhooks."""

    @extend_schema(responses={200: webhook_schemas.WebhookView, **_refusals(404)}, auth=BY_PEOPLE)
    def get(self, request: Request, pk: int) -> Response:
        """Gives one webhook."""
        return Response(webhook_schemas.WebhookView(_webhook(request, pk)).data)

    @extend_schema(
        request=webhook_schemas.WebhookChange,
        responses={200: webhook_schemas.WebhookView, **_refusals(400, 404, 429)},
        auth=BY_PEOPLE,
    )
    def patch(self, request: Request, pk: int) -> Response:
        """Changes it. One that is enabled again is told of what happens from then on."""
        row = _webhook(request, pk)
        body = webhook_schemas.WebhookChange(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            changed = registry.change(row, body.validated_data, actor_of(request))
        except Webhook.DoesNotExist:
            raise Http404 from None
        return Response(webhook_schemas.WebhookView(changed).data)

    @extend_schema(responses={204: None, **_refusals(404)}, auth=BY_PEOPLE)
    def delete(self, request: Request, pk: int) -> Response:
        """Ends it, with what is still to be sent, and its log."""
        if not registry.delete(_webhook(request, pk), actor_of(request)):
            raise Http404
        return Response(status=204)


class WebhookTest(_ForPeople):
    """Trying one."""

    @extend_schema(
        request=None,
        responses={202: webhook_schemas.Delivery, **_refusals(404, 409, 429)},
        auth=BY_PEOPLE,
    )
    def post(self, request: Request, pk: int) -> Response:
        """Sends a `webhook.test`, one at a time; how that goes is in the log."""
        sent = registry.send_test(_webhook(request, pk))
        return Response(webhook_schemas.Delivery(sent).data, status=202)


class Deliveries(_ForPeople):
    """What one was told."""

    @extend_schema(
        operation_id="webhooks_deliveries_list",
        parameters=_PAGES,
        responses={200: schemas.page_of(webhook_schemas.Delivery), **_refusals(404)},
        auth=BY_PEOPLE,
    )
    def get(self, request: Request, pk: int) -> Response:
        """Lists messages, newest first, for 30 days after they have ended."""
        pages = NewestFirst()
        rows = _webhook(request, pk).deliveries.all()
        page: Any = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(webhook_schemas.Delivery(page, many=True).data)


class Replay(_ForPeople):
    """Telling it again."""

    @extend_schema(
        request=None,
        responses={202: webhook_schemas.Delivery, **_refusals(404, 409, 429)},
        auth=BY_PEOPLE,
    )
    def post(self, request: Request, pk: int) -> Response:
        """Sends a message that has ended once more, under the same id."""
        mine = webhooks_of(signed_in(request))
        row = WebhookDelivery.objects.filter(webhook__in=mine, pk=pk).select_related("webhook")
        delivery = row.first()
        if delivery is None:
            raise Http404
        again = registry.replay(delivery)
        return Response(webhook_schemas.Delivery(again).data, status=202)
