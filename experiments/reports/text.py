"""Names that come from files, as a terminal and a picture can show them."""


def printable(text: str) -> str:
    """What a terminal would obey, and what no encoding has, written as escapes.

    >>> printable("ä\\x1b[2J\\udcff")
    'ä\\\\x1b[2J\\\\udcff'
    """
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def for_picture(text: str) -> str:
    """As `printable`, and without dollars that would start a formula.

    >>> for_picture("$x^{")
    '\\\\$x^{'
    """
    return printable(text).replace("$", r"\$")
