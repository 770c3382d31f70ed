"""`sautikit completion`: a few lines for a shell, which asks this program what may come next."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

from sautikit.cli.exits import DONE
from sautikit.cli.line import Group, Line

# The word with which the shells ask; what follows is the line up to the cursor.
HIDDEN = "__complete"

BASH = f"""_sautikit() {{
  local IFS=$'\\n'
  COMPREPLY=($(sautikit {HIDDEN} "${{COMP_WORDS[@]:1:COMP_CWORD}}" 2>/dev/null))
}}
complete -o default -F _sautikit sautikit
"""
ZSH = f"""#compdef sautikit
_sautikit() {{
  local -a found
  found=("${{(@f)$(sautikit {HIDDEN} "${{(@)words[2,CURRENT]}}" 2>/dev/null)}}")
  if [[ -n "$found" ]]; then compadd -a found; else _files; fi
}}
compdef _sautikit sautikit
"""
FISH = f"""function __sautikit
  set -l words (commandline --tokenize --cut-at-cursor --current-process)
  set -l typed (commandline --current-token --cut-at-cursor)
  set -l found (sautikit {HIDDEN} $words[2..] "$typed" 2>/dev/null)
  if test (count $found) -gt 0
    printf '%s\\n' $found
  else
    __fish_complete_path "$typed"
  end
end
complete --command sautikit --no-files --arguments '(__sautikit)'
"""
SHELLS = {"bash": BASH, "zsh": ZSH, "fish": FISH}


def add(group: Group) -> None:
    """Put the command on the line."""
    command = group.command(
        "completion",
        "print what completes commands in your shell",
        run,
        examples=tuple(f"sautikit completion {shell}" for shell in SHELLS),
    )
    command.add_argument("shell", choices=tuple(SHELLS))


def run(line: Line) -> int:
    """Print the lines for a shell."""
    shell = line.options.shell
    line.out.say(SHELLS[shell].rstrip("\n"), shell=shell, script=SHELLS[shell])
    return DONE


def complete(parser: argparse.ArgumentParser, words: Sequence[str]) -> int:
    """Print every word that may stand where the cursor is, one a line."""
    *before, typed = words or [""]
    for word in candidates(parser, before):
        if word.startswith(typed) and (typed.startswith("-") or not word.startswith("-")):
            print(word)
    return DONE


def candidates(parser: argparse.ArgumentParser, before: Sequence[str]) -> Iterator[str]:
    """Give what may follow the words before the cursor."""
    for word in before:
        inner = commands_of(parser)
        parser = inner.get(word, parser)
    last = before[-1] if before else ""
    for action in parser._actions:
        if last in action.option_strings and action.nargs != 0:
            yield from map(str, action.choices or ())
            return
    yield from commands_of(parser)
    for action in parser._actions:
        if action.help == argparse.SUPPRESS:
            continue
        yield from action.option_strings
        if not action.option_strings and not isinstance(action, argparse._SubParsersAction):
            yield from map(str, action.choices or ())


def commands_of(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Return the commands that a parser knows, by name."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}
