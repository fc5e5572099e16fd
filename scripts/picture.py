#!/usr/bin/env python3
"""Pictures of the terminal for the README, made of what the binary really prints.

    cargo build --release -p baton-cli
    python3 scripts/picture.py [--baton target/release/baton]

Runs the orders example, and `baton check` on a copy of it that has been broken, inside tmux in a temporary folder; writes
docs/images/run.svg and docs/images/check.svg. Needs tmux and Python 3.9, nothing else.
"""

import argparse
import html
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
COLUMNS, ROWS = 120, 48
# Pixels of one cell, of the font, and around the text.
CELL, LINE, FONT, MARGIN, BAR = 8.0, 18, 13.3, 18, 34
COLOURS = {
    "fg": "#c9d1d9", "bg": "#0d1117", "edge": "#30363d", "dim": "#8b949e",
    30: "#6e7681", 31: "#ff7b72", 32: "#56d364", 33: "#e3b341", 34: "#79c0ff", 35: "#d2a8ff", 36: "#56d4dd", 37: "#c9d1d9",
    90: "#8b949e", 91: "#ffa198", 92: "#7ee787", 93: "#f2cc60", 94: "#a5d6ff", 95: "#e2c5ff", 96: "#b3f0ff", 97: "#f0f6fc",
}
SECONDS_MAX = 120


class Terminal:
    """A terminal of its own, which ends with the block."""

    def __init__(self, folder, path):
        self.tmux = ["tmux", "-L", f"picture-{os.getpid()}", "-f", "/dev/null"]
        shell = f"env PS1='$ ' PATH={path}:{os.environ['PATH']} TERM=tmux-256color COLORTERM= bash --norc --noprofile"
        self.run("new-session", "-d", "-x", str(COLUMNS), "-y", str(ROWS), "-c", str(folder), shell)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.run("kill-server")

    def run(self, *arguments):
        return subprocess.run([*self.tmux, *arguments], check=True, capture_output=True, text=True).stdout

    def shows(self):
        return self.run("capture-pane", "-p").rstrip("\n").split("\n")

    def prompts(self, lines_min, what):
        """Waits until nothing but a prompt stands on the last of at least so many lines."""
        for _ in range(SECONDS_MAX * 10):
            lines = [line for line in self.shows() if line.strip()]
            if len(lines) >= lines_min and lines[-1].strip() == "$":
                return
            time.sleep(0.1)
        sys.exit(f"{what} did not end within {SECONDS_MAX} seconds")

    def types(self, command):
        """Types a command and waits until the prompt is back; the screen with its colours."""
        self.prompts(1, "the shell's start")
        self.run("send-keys", "-l", command)
        self.run("send-keys", "Enter")
        self.prompts(2, f"`{command}`")
        return self.run("capture-pane", "-p", "-e", "-N").rstrip().split("\n")[:-1]


def spans(line):
    """The pieces of a line: column, text, style."""
    style, column, found = {}, 0, []
    for piece in re.split(r"(\x1b\[[0-9;]*m)", line):
        if piece.startswith("\x1b["):
            style = restyled(style, [int(code or 0) for code in piece[2:-1].split(";")])
        elif piece:
            found.append((column, piece, dict(style)))
            column += len(piece)
    return found


def restyled(style, codes):
    style = dict(style)
    while codes:
        code = codes.pop(0)
        if code == 0:
            style = {}
        elif code in (1, 2, 3, 4):
            style[{1: "bold", 2: "dim", 3: "italic", 4: "underline"}[code]] = True
        elif code == 22:
            style.pop("bold", None), style.pop("dim", None)
        elif code == 39:
            style.pop("colour", None)
        elif code in COLOURS:
            style["colour"] = COLOURS[code]
        elif code == 38 and codes[:1] == [5]:
            style["colour"] = COLOURS.get((30, 90)[codes[1] > 7] + codes[1] % 8, COLOURS["fg"])
            codes = codes[2:]
    return style


def attributes(style):
    colour = style.get("colour") or (COLOURS["dim"] if style.get("dim") else None)
    parts = [f'fill="{colour}"'] if colour else []
    if style.get("dim") and style.get("colour"):
        parts.append('opacity="0.65"')
    if style.get("bold"):
        parts.append('font-weight="700"')
    if style.get("italic"):
        parts.append('font-style="italic"')
    return "".join(f" {part}" for part in parts)


def svg(lines, title):
    columns = max(len(re.sub(r"\x1b\[[0-9;]*m", "", line).rstrip()) for line in lines)
    width = max(columns, 60) * CELL + 2 * MARGIN
    height = len(lines) * LINE + BAR + MARGIN
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"'
        f' role="img" aria-label="{html.escape(title)}"'
        f' font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,\'DejaVu Sans Mono\',\'Liberation Mono\',monospace" font-size="{FONT}">',
        f"<title>{html.escape(title)}</title>",
        f'<rect x="0.5" y="0.5" width="{width - 1:g}" height="{height - 1:g}" rx="8" fill="{COLOURS["bg"]}" stroke="{COLOURS["edge"]}"/>',
    ]
    for at, colour in enumerate(("#ff5f57", "#febc2e", "#28c840")):
        out.append(f'<circle cx="{MARGIN + 2 + at * 18}" cy="17" r="5.5" fill="{colour}"/>')
    out.append(f'<g fill="{COLOURS["fg"]}" xml:space="preserve">')
    for row, line in enumerate(lines):
        y = BAR + 12 + row * LINE
        for column, text, style in spans(line):
            lead = len(text) - len(text.lstrip())
            text = text.strip()
            if not text:
                continue
            # Every piece stands on the grid and is as wide as its cells, whatever font there is.
            x = MARGIN + (column + lead) * CELL
            out.append(
                f'<text x="{x:g}" y="{y}" textLength="{len(text) * CELL:g}" lengthAdjust="spacingAndGlyphs"'
                f"{attributes(style)}>{html.escape(text, quote=False)}</text>"
            )
    out.append("</g>\n</svg>\n")
    return "\n".join(out)


def broken(folder):
    """Makes the mistakes of a bad day in a copy of the example."""
    path = folder / "orders.asl.json"
    text = path.read_text()
    for right, wrong in [('"Next": "Split"', '"Next": "Splitt"'), ('"ResultPath": null', '"ResultPaht": null')]:
        if right not in text:
            sys.exit(f"the example has no `{right}` any more: change `broken` in {__file__}")
        text = text.replace(right, wrong, 1)
    path.write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--baton", type=pathlib.Path, default=ROOT / "target/release/baton")
    baton = parser.parse_args().baton.resolve()
    images = ROOT / "docs/images"
    images.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        temporary = pathlib.Path(temporary)
        tools = temporary / "bin"
        tools.mkdir()
        (tools / "baton").symlink_to(baton)
        example = temporary / "orders"
        shutil.copytree(ROOT / "examples/orders", example, ignore=shutil.ignore_patterns(".*"))
        with Terminal(example, tools) as terminal:
            screen = terminal.types("baton run orders.asl.json --input input.json --name day1")
        (images / "run.svg").write_text(svg(screen, "baton run: 2,050 orders, 62 of them put aside"))
        broken(example)
        with Terminal(example, tools) as terminal:
            screen = terminal.types("baton check orders.asl.json")
        (images / "check.svg").write_text(svg(screen, "baton check: every mistake with its place and a hint"))


if __name__ == "__main__":
    main()
