"""What the markup of a page says of a line: caption, byline, date, link, script.

Gold texts hold some of it. Words that a page itself marks so are no loss; this is told by the
page's HTML alone, so that no stripper, ours included, has a say in it.
"""

from __future__ import annotations

import re

TAGS = {"figcaption", "script", "style", "time", "cite", "address", "button", "nav", "footer"}
NAMED = re.compile(
    r"caption|credit|byline|author|publish|(?:^|[-_ ])(?:pub)?date|info(?:$|[ _-])|related|share|"
    r"tools?(?:$|[ _-])|interaction|fontsize|pictext|photo|foto|location|image-desc|desc",
    re.IGNORECASE,
)
SIGN = re.compile(r"[\W_]+")
MOST = 3
"""An element that holds more than so many times the line's letters says nothing of the line."""
LEVELS = 3


class Markup:
    """A page's elements, to be asked about lines of its text."""

    def __init__(self, raw: bytes) -> None:
        import trafilatura

        tree = trafilatura.load_html(raw)
        self.elements = [
            (letters("".join(element.itertext())), element)
            for element in ([] if tree is None else tree.iter())
            if isinstance(element.tag, str)
        ]

    def marks(self, line: str) -> bool:
        """Tell whether the page marks a line as what is not its article."""
        wanted = letters(line)
        return not wanted or any(
            _marked(element, len(wanted))
            for held, element in self.elements
            if wanted in held and len(held) <= MOST * len(wanted)
        )

    def scripts(self, text: str) -> bool:
        """Tell whether a text holds lines of the page's scripts."""
        code = {
            letters(line)
            for _, element in self.elements
            if element.tag in ("script", "style")
            for line in "".join(element.itertext()).split("\n")
        }
        lines = {letters(line) for line in text.split("\n")}
        return len([line for line in lines & code if len(line) >= 20]) >= 3


def letters(text: str) -> str:
    """Leave out all but letters and digits."""
    return SIGN.sub("", text)


def _marked(element, size: int) -> bool:
    """Tell whether an element, or one around it that holds little more, says what it is."""
    linked = "".join("".join(a.itertext()) for a in element.iter("a"))
    if element.tag == "a" or 2 * len(letters(linked)) >= size:
        return True
    for _ in range(LEVELS):
        if element is None or len(letters("".join(element.itertext()))) > MOST * size:
            return False
        named = f"{element.get('class', '')} {element.get('id', '')}"
        if element.tag in TAGS or NAMED.search(named):
            return True
        element = element.getparent()
    return False
