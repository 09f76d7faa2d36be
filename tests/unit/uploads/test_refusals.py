"""Every error of the uploads package has a status, a code and a sentence."""

import re
from datetime import timedelta

from project.api_errors import STATUS, handle
from uploads import errors
from uploads.sign_in import denials


def subclasses(
    of: type[errors.UploadsError] = errors.UploadsError,
) -> set[type[errors.UploadsError]]:
    public = {errors.__name__, denials.__name__}
    direct = {kind for kind in of.__subclasses__() if kind.__module__ in public}
    return direct.union(*map(subclasses, direct))


def one_of(kind: type[errors.UploadsError]) -> errors.UploadsError:
    if kind is denials.TooManyFailures:
        return denials.TooManyFailures(timedelta(seconds=30))
    if kind is errors.TooManyRequests:
        return errors.TooManyRequests(30)
    if kind is denials.ScopeMissing:
        return denials.ScopeMissing("read")
    return kind()


def test_every_error_has_a_status() -> None:
    assert set(STATUS) == subclasses()


def test_every_error_is_told_with_its_code_and_one_sentence() -> None:
    for kind in subclasses():
        answer = handle(one_of(kind), {})
        assert answer is not None
        assert answer.status_code == STATUS[kind]
        assert answer.data["code"] == kind.code
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", kind.code)
        assert re.fullmatch(r"[A-Z][^\n]*\.", answer.data["message"])


def test_codes_are_not_shared() -> None:
    codes = [kind.code for kind in subclasses() if "code" in vars(kind)]
    assert len(codes) == len(set(codes))


def test_what_can_be_tried_again_says_when() -> None:
    for kind, status in STATUS.items():
        answer = handle(one_of(kind), {})
        assert answer is not None
        assert ("Retry-After" in answer) == (status in {429, 503})
