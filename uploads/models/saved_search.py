"""Lists that staff look at again."""

from django.db import models
from django.utils import timezone

from uploads.models import lengths
from uploads.models.accounts import User


class SavedSearch(models.Model):
    """A list of the admin with its filters, words and dates, as one member of staff named it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_searches")
    name = models.CharField(max_length=lengths.SEARCH_NAME)
    address = models.CharField(
        max_length=lengths.SEARCH_ADDRESS, help_text="Its path and its query, without the server."
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        # Everybody has their own; nobody else's are reached.
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["user", "name"], name="one_saved_search_of_a_name")
        ]

    def __str__(self) -> str:
        return self.name
