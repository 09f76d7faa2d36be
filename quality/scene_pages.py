"""What people take photos and screenshots of, as HTML: menus, signs, chats, tables, forms."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

import numpy as np

from quality.texts import TextSet, goods, labels, sentences

Random = np.random.Generator


@dataclass(frozen=True)
class Source:
    """What a page is filled with: texts of one language, chosen by a seed."""

    language: str
    text_set: TextSet
    random: Random

    def sentences(self, count: int) -> list[str]:
        """So many sentences, none twice before all were there."""
        known = sentences(self.language, self.text_set)
        return [known[at % len(known)] for at in self._order(len(known), count)]

    def labels(self, count: int) -> list[str]:
        """Short lines full of signs and figures."""
        known = labels(self._plain, self.text_set)
        return [known[at % len(known)] for at in self._order(len(known), count)]

    def priced(self, count: int) -> list[tuple[str, str]]:
        """Goods with prices."""
        known = goods(self._plain, self.text_set)
        chosen = [known[at % len(known)] for at in self._order(len(known), count)]
        return [(one, self._price()) for one in chosen]

    @property
    def _plain(self) -> str:
        return self.language.removesuffix("_en")

    def _order(self, known: int, count: int) -> list[int]:
        order: list[int] = self.random.permutation(known).tolist()
        return [order[at % known] for at in range(count)]

    def _price(self) -> str:
        amount = int(self.random.integers(15, 400))
        match self._plain:
            case "ko":
                return f"{amount * 100:,}원"
            case "ja":
                return f"¥{amount * 10:,}"
            case _:
                return f"${amount / 10:.2f}"


Body = Callable[[Source], str]
"""The HTML in a page's body. An element of class `row` is one line of its children's texts, one of
class `text` is wrapped; both in the order in which a person reads them."""


def _rows(pairs: Sequence[Sequence[str]], kind: str = "") -> str:
    return "".join(
        f'<div class="row {kind}">'
        + "".join(f"<span>{escape(one)}</span>" for one in row)
        + "</div>"
        for row in pairs
    )


def _texts(lines: Sequence[str], kind: str = "") -> str:
    return "".join(f'<p class="text {kind}">{escape(line)}</p>' for line in lines)


def _sign(source: Source) -> str:
    hue = int(source.random.integers(0, 360))
    lines = _texts([line[:16] for line in source.labels(2)])
    return f"<style>body{{width:900px;padding:60px;background:hsl({hue} 70% 30%);color:#fff;\
font-size:84px;font-weight:700;text-align:center;line-height:1.5}}</style>{lines}"


def _menu(source: Source) -> str:
    head = _texts(source.labels(1), "head")
    return f"""<style>body{{width:520px;padding:36px;background:#faf3e3;color:#402a1a}}
.head{{font-size:30px;text-align:center}}.row{{display:flex;font-size:21px;margin:12px 0}}
.row span:first-child{{flex:1;border-bottom:2px dotted #b9a68a;margin-right:10px}}
.row span{{height:1.4em}}</style>{head}{_rows(source.priced(9))}"""


def _receipt(source: Source) -> str:
    rows = _rows(source.priced(8))
    return f"""<style>body{{width:380px;padding:28px;font-family:FONT,monospace}}
.row{{display:flex;justify-content:space-between;font-size:19px;margin:9px 0}}
hr{{border:0;border-top:2px dashed #888}}</style>{rows}<hr>{_texts(source.labels(2))}"""


def _columns(source: Source) -> str:
    return f"""<style>body{{width:880px;padding:40px;font-size:20px;column-count:2;
column-gap:34px;line-height:1.6}}.text{{margin:0 0 14px;
break-inside:avoid}}</style>{_texts(source.sentences(12))}"""


def _letter(source: Source) -> str:
    joined = [" ".join(source.sentences(3)) for _ in range(2)]
    return f"""<style>body{{width:640px;padding:48px;font-size:21px;line-height:1.7}}</style>
{_texts(source.labels(2))}{_texts(joined)}"""


def _chat(source: Source) -> str:
    sides = ["theirs", "ours"]
    bubbles = "".join(
        f'<div class="{sides[at % 2]}"><p class="text">{escape(line)}</p></div>'
        for at, line in enumerate(source.sentences(4) + source.labels(3))
    )
    return f"""<style>body{{width:400px;padding:16px;background:#17181c;color:#e8e8ea;
font-size:16px;line-height:1.45}}div{{margin:12px 0;display:flex}}.ours{{justify-content:flex-end}}
.text{{margin:0;padding:9px 14px;border-radius:16px;background:#2c2f36;max-width:270px}}
.ours .text{{background:#2b4a86}}</style>{bubbles}"""


def _table(source: Source) -> str:
    rows = [
        (str(at), name, price, str(int(source.random.integers(1, 40))))
        for at, (name, price) in enumerate(source.priced(8), 1)
    ]
    return f"""<style>body{{padding:30px;font-size:18px;width:620px}}
.row{{display:grid;grid-template-columns:60px 1fr 130px 70px}}
.row span{{border:1px solid #667;padding:8px 10px}}</style>{_rows(rows)}"""


def _labels(source: Source) -> str:
    return f"""<style>body{{width:520px;padding:36px;font-size:24px}}.text{{margin:0 0 14px;
white-space:nowrap}}</style>{_texts(source.labels(8))}"""


def _small(source: Source) -> str:
    texts = [*source.labels(5), *source.sentences(5)]
    return f"""<style>body{{width:420px;padding:20px;font-size:12px;line-height:1.5;color:#333}}
.text{{margin:0 0 5px}}</style>{_texts(texts)}"""


def _long(source: Source) -> str:
    parts = [*source.sentences(12), *source.labels(10)]
    texts = [parts[at % len(parts)] for at in range(60)]
    return f"""<style>body{{width:330px;padding:24px;font-size:19px;line-height:1.5}}
.text{{margin:0 0 26px}}</style>{_texts(texts)}"""


def _vertical(source: Source) -> str:
    return f"""<style>body{{height:460px;padding:36px;font-size:26px;line-height:1.9;
writing-mode:vertical-rl;width:max-content}}.text{{margin:0 0 0 14px}}</style>
{_texts(source.sentences(7))}"""


def _poster(source: Source) -> str:
    return f"""<style>body{{width:430px;padding:16px;font-size:30px;font-weight:700;color:#fff;
text-shadow:0 0 4px #000;background:transparent}}</style>
{_texts([line[:20] for line in source.labels(3)])}"""


SCENES: Final[Mapping[str, Body]] = {
    "sign": _sign,
    "menu": _menu,
    "receipt": _receipt,
    "columns": _columns,
    "letter": _letter,
    "chat": _chat,
    "table": _table,
    "labels": _labels,
    "small": _small,
    "long": _long,
    "vertical": _vertical,
    "poster": _poster,
}
