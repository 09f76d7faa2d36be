"""Acts on splits of traffic: explained and counted, then done with a reason."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.contrib import admin, messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse

from uploads.admin import confirming
from uploads.admin.splits import may_split, words_of_label
from uploads.catalog import splits
from uploads.catalog.splits import SplitRefused, Wish
from uploads.events import Actor
from uploads.models import Model, Prediction, TrafficSplit
from uploads.states import State

_WAITING: Final = "queued predictions"
_STAY: Final = "What waits keeps the version that it waits for."


@dataclass(frozen=True)
class _Act:
    """What can be done to a split; `note` tells what it means for people."""

    verb: str
    done: str
    note: str
    do: Callable[[int, Actor], object]


_ACTS: Final = {
    "finish": _Act(
        "Finish",
        "finished",
        "All who ask for {label} get version {to}, and nothing rolls it back any more. Make the"
        " model's folder say so too, then remove the split. " + _STAY,
        splits.finish,
    ),
    "take_back": _Act(
        "Take back",
        "taken back",
        "All who ask for {label} get version {old}; so does what waits for version {to} by this"
        " split.",
        splits.take_back,
    ),
    "remove": _Act(
        "Remove",
        "removed",
        "Who asks for {label} gets what the model's folder says: a label's version, or the highest"
        " number. " + _STAY,
        splits.remove,
    ),
}


def addresses() -> list[URLPattern]:
    """Where splits are begun, and where each is acted on."""
    view = admin.site.admin_view
    return [
        path("splits/start/", view(_start), name="start_split"),
        path("splits/<int:pk>/<str:name>/", view(_act), name="act_on_split"),
    ]


def _start(request: HttpRequest) -> HttpResponse:
    """Begins the split that the address asks for."""
    _require(request)
    model = _text(request, "model")
    back = _page_of(model)
    try:
        wish = Wish(
            model,
            _text(request, "label"),
            _text(request, "from_version"),
            _text(request, "to_version"),
            _number(request, "percent"),
            _number(request, "margin"),
            _number(request, "min_samples"),
        )
        splits.check(wish)
        actor = confirming.confirmed_by(request)
        if actor is None:
            note = (
                f"{wish.percent} % of the uploads that ask for {words_of_label(wish.label)} get"
                f" version {wish.to_version}, the others version {wish.from_version}. {_STAY}"
            )
            target = f"the traffic of {model}, {words_of_label(wish.label)}"
            rows = Prediction.objects.filter(state=State.QUEUED, model=model)
            return confirming.ask(
                request, rows, verb="Split", things=_WAITING, target=target, note=note, back=back
            )
        splits.start(wish, actor)
    except SplitRefused as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, f"The traffic of {model} is split.")
    return HttpResponseRedirect(back)


def _act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Changes, finishes, takes back or removes a split."""
    _require(request)
    split = TrafficSplit.objects.filter(pk=pk).first() if pk < 1 << 63 else None
    if split is None:
        raise Http404
    back = _page_of(split.model)
    try:
        act = _change(request) if name == "change" else _ACTS[name]
    except KeyError:
        raise Http404 from None
    except SplitRefused as error:
        messages.warning(request, str(error))
        return HttpResponseRedirect(back)
    actor = confirming.confirmed_by(request)
    label = words_of_label(split.label)
    if actor is None:
        note = act.note.format(label=label, old=split.from_version, to=split.to_version)
        rows = Prediction.objects.filter(state=State.QUEUED, model=split.model, traffic_split=pk)
        target = f"the split of {split.model}, {label}"
        return confirming.ask(
            request, rows, verb=act.verb, things=_WAITING, target=target, note=note, back=back
        )
    try:
        act.do(pk, actor)
    except SplitRefused as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, f"The split of {split.model}, {label}, is {act.done}.")
    return HttpResponseRedirect(back)


def _change(request: HttpRequest) -> _Act:
    percent = _number(request, "percent")
    splits.check_percent(percent)
    note = f"{percent} % of the uploads that ask for {{label}} get version {{to}}. {_STAY}"
    return _Act(
        "Change", f"at {percent} % now", note, lambda pk, actor: splits.change(pk, percent, actor)
    )


def _require(request: HttpRequest) -> None:
    if not may_split(request):
        raise PermissionDenied


def _text(request: HttpRequest, name: str) -> str:
    """This word of the address.

    Raises:
        BadRequest: no column could hold it.
    """
    text = request.GET.get(name, "").strip()
    if "\0" in text:
        raise BadRequest("There can be no such split.")
    return text


def _number(request: HttpRequest, name: str) -> int:
    """This number of the address.

    Raises:
        SplitRefused: it is none.
    """
    text = request.GET.get(name, "").strip()
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise SplitRefused(f"'{name}' is a whole number.")
    return int(text)


def _page_of(model: str) -> str:
    """The model's page; of one that is gone, the list of splits."""
    if Model.objects.filter(pk=model).exists():
        return reverse("admin:uploads_model_change", args=[model])
    return reverse("admin:uploads_trafficsplit_changelist")
