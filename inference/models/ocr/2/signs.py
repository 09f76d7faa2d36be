"""Signs that no line of letters is without for long, and that Tesseract's Korean network lacks."""

SIGNS = frozenset(
    "\N{DEGREE CELSIUS}\N{DEGREE FAHRENHEIT}\N{DEGREE SIGN}"
    "\N{REGISTERED SIGN}\N{TRADE MARK SIGN}\N{COPYRIGHT SIGN}"
    "\N{PER MILLE SIGN}\N{EURO SIGN}\N{POUND SIGN}\N{YEN SIGN}\N{WON SIGN}"
    "\N{PLUS-MINUS SIGN}\N{DIVISION SIGN}\N{SUPERSCRIPT TWO}\N{SUPERSCRIPT THREE}"
    "\u00bc\u00bd\u00be\u2153\u2154\u2155\u215b\u215c\u215d\u215e\N{NUMERO SIGN}"
    "\N{BLACK STAR}\N{WHITE STAR}\N{BLACK CIRCLE}\N{WHITE CIRCLE}\N{BLACK SQUARE}"
    "\N{WHITE SQUARE}\N{BLACK DIAMOND}\N{BLACK RIGHT-POINTING TRIANGLE}"
    "\N{RIGHTWARDS ARROW}\N{LEFTWARDS ARROW}"
    "\u2460\u2461\u2462\u2463\u2464\u2465\u2466\u2467\u2468\u2469"
    "\u246a\u246b\u246c\u246d\u246e\u246f\u2470\u2471\u2472\u2473"
)
"""Those that PP-OCR reads as well as letters; the last twenty are numbers in circles, of which it
knows ten."""
MARKS = frozenset(".,:;!?'\"()[]-\N{EN DASH}\N{EM DASH}\N{MIDDLE DOT}\N{BULLET}")
"""Those that are small, and of which it matters least whether they are read."""


def is_sign(text: str) -> bool:
    """Whether it is no letter and no mark, but a figure or a sign that says something."""
    return not (text.isalpha() or text.isspace() or text in MARKS)
