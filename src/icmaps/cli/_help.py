"""How help looks: plain text that fits a small terminal, the same in a pipe and on paper."""

import re
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup


class Commands(TyperGroup):
    """The program, whose help leaves out the option to print the completion: two lines of 23."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the options; that one still works."""
        params: list[Any] = list(super().get_params(ctx))
        for param in params:
            if param.name == "show_completion":
                param.hidden = True
        return params


class Command(TyperCommand):
    """A command whose help names its arguments as DESIGN section 7 does, without Python's types."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return `ASSESSMENT...` where Typer writes `{ASSESSMENT...}...`."""
        return [
            re.sub(r"^\{(.+)\}.*$", r"\1", piece) for piece in super().collect_usage_pieces(ctx)
        ]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take pydantic's words off what is said of a value that is none of the choices."""
        try:
            return super().parse_args(ctx, args)
        except typer.BadParameter as error:
            error.message = error.message.removeprefix("Value error, ")
            raise

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the arguments, then the options."""
        rows: dict[str, list[tuple[str, str]]] = {"argument": [], "option": []}
        for param in self.get_params(ctx):
            if record := param.get_help_record(ctx):
                name, text = record
                if param.param_type_name == "argument":
                    name = name.partition(" <")[0]
                    text = text.removesuffix("  [required]")
                rows[param.param_type_name].append((name, text))
        for kind, records in rows.items():
            if records:
                with formatter.section(f"{kind.capitalize()}s"):
                    formatter.write_dl(records)
