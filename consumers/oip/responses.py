"""Replies of the REST endpoint as Django sends them."""

from django.http import HttpResponse

from inference.oip.rest_http import Reply


def response_of(reply: Reply) -> HttpResponse:
    """The reply with its headers."""
    return HttpResponse(reply.content, status=reply.status, headers=reply.all_headers())
