"""Text that is not trusted, so that it can be shown: what steers terminals becomes something to read."""

from typing import Final

_PICTURES: Final = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "␡"}
# C1 controls steer terminals too; direction overrides and isolates make text read otherwise than it is; line
# and paragraph separators break lines in some terminals; lone surrogates cannot be printed at all.
_SPELLED: Final = (
    *range(0x80, 0xA0),
    *range(0x202A, 0x202F),
    *range(0x2066, 0x206A),
    0x2028,
    0x2029,
    *range(0xD800, 0xE000),
)
_ONE_LINE: Final = _PICTURES | {code: f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" for code in _SPELLED}
_LINES: Final = {code: shown for code, shown in _ONE_LINE.items() if code not in (0x9, 0xA)}


def visible(text: str, *, lines: bool = False) -> str:
    """The text with control characters made visible (ESC as ␛); with `lines`, tabs and line feeds work."""
    if lines:
        text = text.replace("\r\n", "\n")
    return text.translate(_LINES if lines else _ONE_LINE)
