"""A history that is made up for measuring stands as one that happened."""

import pytest
from django.core.management import CommandError, call_command

from uploads.models import Event, EventStream, Image, Prediction, Upload, User
from uploads.storage import keys, volume

pytestmark = pytest.mark.django_db


def test_what_is_seeded_is_whole_and_stands_beside_what_was_seeded_before() -> None:
    for times in (1, 2):
        call_command("seed", predictions=800, events=2400, verbosity=0)
        assert Prediction.objects.count() == 800 * times
        assert Event.objects.count() == 2400 * times
        assert Upload.objects.count() == 200 * times
    for stream in EventStream.objects.all():
        seqs = Event.objects.filter(user_id=stream.user_id).order_by("seq")
        assert list(seqs.values_list("seq", flat=True)) == list(range(1, stream.last_seq + 1))
    prediction = Prediction.objects.filter(state="succeeded").earliest("pk")
    assert prediction.timing is not None
    assert prediction.timing["compute_ms"] >= 50
    assert prediction.image.upload.user_id == prediction.user_id


def test_a_server_may_be_started_on_what_was_seeded() -> None:
    call_command("seed", predictions=10, events=10, verbosity=0)
    assert volume.problem() is None
    assert {keys.page_of(path) for path in Image.objects.values_list("image_path", flat=True)} == {
        1
    }


def test_nothing_is_seeded_among_what_people_did(ada: User) -> None:
    with pytest.raises(CommandError, match="--beside-users"):
        call_command("seed", predictions=10, events=10)
    assert not Prediction.objects.exists()
    with pytest.raises(CommandError, match="1 or more"):
        call_command("seed", predictions=0, events=10)
    call_command("seed", predictions=10, events=10, beside_users=True, verbosity=0)
    assert Prediction.objects.exists()
