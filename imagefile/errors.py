"""Why a file is not taken, each with a stable code and one sentence for who sent it."""

from typing import ClassVar


class ImageFileError(Exception):
    """Base of what can be wrong with an image file. Do not raise directly."""

    code: ClassVar[str]

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


class UnsupportedFormat(ImageFileError):
    """It is of another format, or of a kind of its format that nobody here decodes."""

    code = "unsupported_format"


class DamagedFile(ImageFileError):
    """It is of a known format and breaks its rules."""

    code = "unreadable_image"

    def __init__(self, name: str, fact: str) -> None:
        super().__init__(
            f"This {name} file is damaged: {fact}. Export it again, or send another copy."
        )


class TooManySegments(ImageFileError):
    """A JPEG with more segments than any honest one."""

    code = "too_many_segments"

    def __init__(self, most: int) -> None:
        super().__init__(
            f"This JPEG file has more than {most:,} segments of metadata. Export it again."
        )


class TooMuchPadding(ImageFileError):
    """A JPEG with more bytes of no meaning before its picture than any honest one."""

    code = "too_much_padding"

    def __init__(self, most: int) -> None:
        super().__init__(
            f"This JPEG file has more than {most:,} bytes of padding before its picture."
            " Export it again."
        )


class TooManyScans(ImageFileError):
    """A JPEG that draws its picture over and over."""

    code = "too_many_scans"

    def __init__(self, most: int) -> None:
        super().__init__(
            f"This JPEG file draws its picture in more than {most:,} scans. Export it again."
        )


class TooManyChunks(ImageFileError):
    """A PNG or WebP file in more pieces than any honest one."""

    code = "too_many_chunks"

    def __init__(self, name: str, most: int) -> None:
        super().__init__(f"This {name} file has more than {most:,} chunks. Export it again.")


class TooManyParts(ImageFileError):
    """A file in more parts of one kind than any honest one."""

    code = "too_many_parts"

    def __init__(self, name: str, parts: str, most: int) -> None:
        super().__init__(f"This {name} file has more than {most:,} {parts}. Export it again.")


class TooManyPages(ImageFileError):
    """A document with more pages than an upload may have images."""

    code = "too_many_pages"

    def __init__(self, name: str, most: int) -> None:
        pages = "one page" if most == 1 else f"{most:,} pages"
        super().__init__(f"This {name} file has more than {pages}: split it.")


class PasswordProtected(ImageFileError):
    """A document that only opens, or may only be used, with a password."""

    code = "password_protected"

    def __init__(self) -> None:
        super().__init__(
            "This PDF file is protected by a password: print it to a new PDF file without one and"
            " send that."
        )
