"""HTML from nested calls: what is not Html already is escaped, so no text from outside can end a tag or begin one."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TypeAlias


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


Node: TypeAlias = "str | int | Iterable[Node] | None"
"""What an element may hold: text (escaped, unless it is Html), a whole number, nothing, or several of these."""

VOID = frozenset(("br", "col", "meta"))


def tag(name: str, /, *children: Node, **attributes: str | int | bool | None) -> Html:
    """One element. `class_` stands for class, `aria_label` for aria-label; an attribute that is None or False is left out.

    >>> tag("p", "Fish & ", tag("em", "chips"), class_="note", hidden=True)
    '<p class="note" hidden>Fish &amp; <em>chips</em></p>'
    """
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    return Html(f"<{name}{written}>" if name in VOID else f"<{name}{written}>{join(children)}</{name}>")


def join(nodes: Node, between: str = "") -> Html:
    """The nodes one after the other, this text between them."""
    return Html(escape(between).join(_texts(nodes)))


def _texts(node: Node) -> Iterable[str]:
    match node:
        case None:
            return ()
        case Html():
            return (node,)
        case str() | int():
            return (escape(_shown(str(node))),)
        case _:
            return (text for child in node for text in _texts(child))


def _shown(text: str) -> str:
    """The text without characters that HTML does not know."""
    return "".join(char if char >= " " or char in "\n\t" else "\ufffd" for char in text)


def _attribute(key: str, value: str | int | bool | None) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(_shown(str(value)))}"'
