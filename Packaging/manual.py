"""Writes man pages from the help of a program made with swift-argument-parser.

    manual.py PROGRAM NAME "MONTH DAY, YEAR" FOLDER

`PROGRAM --experimental-dump-help` is the source: a page for the program and one for each command.
"""

import json
import os
import subprocess
import sys
import textwrap


def escaped(text: str) -> str:
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join("\\&" + line if line[:1] in (".", "'") else line for line in text.split("\n"))


def option_names(argument: dict) -> list[str]:
    return [("--" if name["kind"] == "long" else "-") + name["name"]
            for name in argument.get("names", [])]


def option(argument: dict) -> list[str]:
    """The entry of an option in a tagged list."""
    names = option_names(argument)
    value = argument.get("valueName", "")
    if argument["kind"] == "positional":
        head = [f".It Ar {escaped(value)}" + (" ..." if argument.get("isRepeating") else "")]
    else:
        flags = " , ".join(f"Fl {escaped(name[1:])}" for name in sorted(names, key=len))
        head = [f".It {flags}" + (f" Ar {escaped(value)}" if argument["kind"] == "option" else "")]
    text = " ".join(filter(None, [argument.get("abstract"), argument.get("discussion")]))
    if argument.get("defaultValue") not in (None, ""):
        text += f" The default is {argument['defaultValue']}."
    values = argument.get("allValues") or []
    if values and not all(value in text for value in values):
        text += f" One of {', '.join(values)}."
    return head + sentences(text)


def sentences(text: str) -> list[str]:
    """The text with a line for each sentence, as mdoc(7) wants it."""
    lines = []
    for paragraph in text.split("\n"):
        words, line = paragraph.split(), []
        for index, word in enumerate(words):
            line.append(word)
            following = words[index + 1] if index + 1 < len(words) else "A"
            if word[-1:] in ".?!" and following[:1].isupper():
                lines += wrapped(line)
                line = []
        lines += wrapped(line)
    return lines


def wrapped(words: list[str]) -> list[str]:
    lines = textwrap.wrap(" ".join(words), 70, break_long_words=False, break_on_hyphens=False)
    return [escaped(line) for line in lines]


def shown(command: dict) -> list[dict]:
    return [argument for argument in command.get("arguments", [])
            if argument.get("shouldDisplay", True) and "help" not in
            [name["name"] for name in argument.get("names", [])]]


def page(name: str, command: dict, date: str, pages: list[str]) -> str:
    path = name.replace(" ", "-")
    lines = [f".Dd {date}", f".Dt {path.upper()} 1", ".Os", ".Sh NAME",
             f".Nm {escaped(path)}", f".Nd {escaped(command.get('abstract', '').rstrip('.'))}"]
    lines += [".Sh SYNOPSIS", f".Nm {escaped(name)}"]
    subcommands = [sub for sub in command.get("subcommands", []) if sub["commandName"] != "help"]
    if subcommands:
        lines.append(".Ar command")
    if shown(command):
        lines.append(".Op Ar options")
    for argument in shown(command):
        if argument["kind"] == "positional":
            dots = " ..." if argument.get("isRepeating") else ""
            lines.append(f".Op Ar {escaped(argument.get('valueName', ''))}{dots}")
    lines += [".Sh DESCRIPTION", *sentences(command.get("abstract", ""))]
    if command.get("discussion"):
        lines += [".Pp", *sentences(command["discussion"])]
    if subcommands:
        lines += [".Pp", "The commands are:", ".Bl -tag -width Ds"]
        for sub in subcommands:
            lines += [f".It Cm {escaped(sub['commandName'])}", *sentences(sub.get("abstract", ""))]
        lines.append(".El")
    if shown(command):
        lines += [".Pp", "The options are:", ".Bl -tag -width Ds"]
        for argument in shown(command):
            lines += option(argument)
        lines.append(".El")
    others = sorted(other for other in pages if other != path)
    if others:
        lines.append(".Sh SEE ALSO")
        lines += [f".Xr {other} 1" + (" ," if other != others[-1] else "")
                  for other in others]
    return "\n".join(lines) + "\n"


def commands(name: str, command: dict) -> dict[str, dict]:
    """A command and all below it, by name."""
    found = {name: command}
    for sub in command.get("subcommands", []):
        if sub["commandName"] != "help":
            found |= commands(f"{name} {sub['commandName']}", sub)
    return found


def main() -> None:
    program, name, date, folder = sys.argv[1:]
    root = json.loads(subprocess.check_output([program, "--experimental-dump-help"]))["command"]
    found = commands(name, root)
    if name == "moderate":
        # The server writes its own page.
        del found["moderate serve"]
    pages = [title.replace(" ", "-") for title in found]
    pages.append("moderate-serve" if name == "moderate" else "moderate")
    for title, command in found.items():
        path = os.path.join(folder, title.replace(" ", "-") + ".1")
        with open(path, "w") as file:
            file.write(page(title, command, date, pages))


if __name__ == "__main__":
    main()
