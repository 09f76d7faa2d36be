"""Links between the admin's pages: from whatever names a row to the page of that row."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin.utils import quote
from django.db.models import Model as DatabaseModel
from django.urls import reverse
from django.utils.html import format_html

from uploads.models import Model, ModelVersion, User, Worker


def link_to(table: type[DatabaseModel], pk: Any, text: object) -> str:
    """A link to the page of a row of this table, as HTML; empty where there is no such row."""
    if pk in {None, ""}:
        return ""
    page = f"admin:{table._meta.app_label}_{table._meta.model_name}_change"
    return format_html('<a href="{}">{}</a>', reverse(page, args=[quote(pk)]), text)


class Names:
    """What the pages of one answer call users, workers and versions: each table is asked once."""

    def __init__(
        self,
        *,
        users: Iterable[int | None] = (),
        workers: Iterable[str] = (),
        versions: bool = False,
    ) -> None:
        wanted = {pk for pk in users if pk}
        self._users = dict(User.objects.filter(pk__in=wanted).values_list("pk", "username"))
        names = set(workers) - {""}
        self._workers = set(Worker.objects.filter(pk__in=names).values_list("pk", flat=True))
        found = ModelVersion.objects.values_list("model_id", "version", "pk") if versions else ()
        self._versions = {(model, version): pk for model, version, pk in found}

    def user(self, pk: int | None) -> str:
        """A link to an account; one that is gone, by its number; empty for nobody."""
        if not pk:
            return ""
        name = self._users.get(pk)
        return f"user {pk}" if name is None else link_to(User, pk, name)

    def worker(self, name: str) -> str:
        """A link to a worker; one that is gone, by its name."""
        return link_to(Worker, name, name) if name in self._workers else name

    def version(self, model: str, version: str) -> str:
        """A link to a model's version; one that is gone, by its name; empty for none."""
        if not model:
            return ""
        text = f"{model} {version}".strip()
        if not version:
            return link_to(Model, model, text)
        pk = self._versions.get((model, version))
        return text if pk is None else link_to(ModelVersion, pk, text)
