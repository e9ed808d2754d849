"""What was typed wrongly, told as every other error is: which option or argument, and what was expected."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError
from typer import BadParameter, TyperException
from typer.core import TyperArgument, TyperGroup, TyperOption

from p4c_graph.errors import InputError, UnknownName, expected

Parameter = TyperArgument | TyperOption
_LIKE = 65
"""From 0 to 100: how like a name must be to what was typed to have been meant."""
_TOO_MUCH = re.compile(r"Got unexpected extra argument\S* \((?P<given>.*)\)")


class Commands(TyperGroup):
    """Commands by name; one that is not there is an unknown name like any other."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that is meant, with what it is given. Raises UnknownName."""
        if args[0] not in self.commands and not args[0].startswith("-"):
            raise _unknown(f"There is no command {args[0]!r} of {ctx.command_path}", args[0], list(self.commands))
        return super().resolve_command(ctx, args)


def input_error(error: TyperException) -> InputError:
    """The error of the project's own that says what one of the command line's library says."""
    context, parameter = getattr(error, "ctx", None), getattr(error, "param", None)
    option = _plain(getattr(error, "option_name", ""))
    if option and context:
        options = [one for one in context.command.params if isinstance(one, TyperOption)]
        return _unknown(f"There is no option {option} of {context.command_path}", option, list(map(_name, options)))
    if option:
        return InputError(f"{option} takes {'no value' if 'not take' in error.message else 'a value; none is given'}",
                          parameter=option)
    if isinstance(error, BadParameter) and parameter:
        name = _name(parameter)
        if isinstance(error.__cause__, ValidationError):
            first = error.__cause__.errors()[0]
            return InputError(
                f"{name} is {first['input']!r}; expected {_choices(parameter) or expected(first)[0]}", parameter=name)
        return InputError(f"{name} is missing; expected {_choices(parameter) or _meaning(parameter)}", parameter=name)
    if context and (found := _TOO_MUCH.fullmatch(error.message)):
        arguments = [_name(one) for one in context.command.params if isinstance(one, TyperArgument)]
        return InputError(f"{found['given']!r} is too much: {context.command_path} takes "
                          f"{', '.join(arguments) or 'options only'}")
    return InputError(error.format_message())


def _unknown(message: str, given: str, known: Sequence[str]) -> UnknownName:
    from rapidfuzz import fuzz, process  # only where something is wrong

    bare = {name.strip("-"): name for name in known}
    near = [bare[name] for name, _, _ in process.extract(
        given.strip("-"), list(bare), scorer=fuzz.ratio, limit=1, score_cutoff=_LIKE)]
    rest = "." if near else f"; expected {', '.join(known)}."
    return UnknownName(message + rest, parameter=given, near=near)


def _plain(option: str) -> str:
    """An option as it was typed; quoted where a terminal would take some of it for a command."""
    return option if option.isprintable() else repr(option)


def _name(parameter: Parameter) -> str:
    """How a parameter is written: ``--region``, ``DIR``."""
    if isinstance(parameter, TyperOption):
        return max(parameter.opts, key=len)
    return parameter.metavar or str(parameter.name).upper()


def _choices(parameter: Parameter) -> str:
    return " or ".join(map(str, parameter.type_descriptor.choices or ()))


def _meaning(parameter: Parameter) -> str:
    """The help of a parameter as it stands in a sentence."""
    text = (parameter.help or "").rstrip(".")
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
