"""The command line: one module for each command, named as typed, that parses, calls, prints and exits.

A command's module is loaded when it is called for, and libraries when it runs, so that `corpuskit --help`
answers at once. Results go to stdout, narration and progress to stderr.
"""

import gc
import io
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import Annotated, Any, Final

import typer
from typer.core import TyperCommand, TyperGroup

from corpuskit.imports import spare
from corpuskit.interrupt import end_when_stuck, unfinished

DISTRIBUTION: Final = "corpuskit-curation"
COMMANDS: Final = {
    "ingest": "Read raw text, merge what is repeated, publish the corpus.",
    "check": "Verify that every promise holds in a corpus.",
    "trace": "Tell where a passage came from, what it was merged with, and why.",
    "diff": "Tell what differs between two builds of a corpus.",
    "export": "Write a corpus as JSON lines, plain text, a Hugging Face dataset or Croissant.",
    "init": "Write a settings file with every knob, explained.",
    "clean": "Empty the cache of a corpus.",
}

FINE: Final = 0
FINDINGS: Final = 1
FAILURE: Final = 2
INTERRUPTED: Final = 130
"""128 + SIGINT, as shells have it."""
BROKEN_PIPE: Final = 141
"""128 + SIGPIPE: whoever read the output has closed it, as `head` does."""

ENDING: Final = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))

EPILOG: Final = """[bold]Example[/bold]

$ corpuskit ingest raw curated

$ corpuskit check curated

$ corpuskit trace curated raw/report.txt:12

Exit codes: 0 fine, 1 findings, 2 bad call or failure."""


class Commands(TyperGroup):
    """The commands: names and summaries here, the rest loaded when one is called for."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = {name: TyperCommand(name, help=summary) for name, summary in COMMANDS.items()}

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The name of the command that `args` call, the command, and its own arguments."""
        name, found, rest = super().resolve_command(ctx, args)
        return name, load(name) if name else found, rest


def load(name: str) -> TyperCommand:
    """A command whole, from its module: `run` is what it does, and the module's EPILOG its example."""
    module = import_module(f"corpuskit.cli.{name}")
    single = typer.Typer(add_completion=False, rich_markup_mode="rich")
    single.command(name, help=_unwrapped(module.run.__doc__ or ""), epilog=module.EPILOG)(module.run)
    command = typer.main.get_command(single)
    assert isinstance(command, TyperCommand)
    return command


def _unwrapped(text: str) -> str:
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


HELP: Final = """
Turn a folder of raw text into a clean Parquet corpus in which no passage is repeated.

Every passage knows where each of its copies came from. Start with [bold]ingest[/bold]; [bold]check[/bold]
proves the result, [bold]trace[/bold] explains it, [bold]init[/bold] writes a settings file.
"""

app = typer.Typer(
    cls=Commands, epilog=EPILOG, add_completion=False, rich_markup_mode="rich", pretty_exceptions_enable=False
)


def _show_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"corpuskit {version(DISTRIBUTION)}")
        raise typer.Exit(FINE)


@app.callback(help=_unwrapped(HELP), invoke_without_command=True)
def start(
    context: typer.Context,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit."),
    ] = False,
) -> None:
    """Run the command line."""
    if context.invoked_subcommand is None:
        context.get_help()
        raise typer.Exit(FAILURE)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line (default: the process's) and return its exit code.

    A process that leaves work behind, since it was interrupted or another died, is ended here.
    """
    code = _run(arguments)
    if arguments is None and unfinished():
        with suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)
    return code


def _run(arguments: Sequence[str] | None) -> int:
    """Every way to end is here."""
    from corpuskit.errors import CorpuskitError

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that cannot show it all is no failure
    given = list(sys.argv[1:] if arguments is None else arguments)
    if arguments is None:
        spare()
        end_when_stuck(code=FAILURE)
        for end in ENDING:  # ended from outside: tidy up as after Ctrl-C; what `nohup` ignores stays ignored
            if signal.getsignal(end) != signal.SIG_IGN:
                signal.signal(end, signal.default_int_handler)
    try:
        code = app(args=given, prog_name="corpuskit", standalone_mode=False) or FINE
        sys.stdout.flush()
        if arguments is None:
            gc.freeze()  # the interpreter's last looks for cyclic garbage take a quarter of a second
    except KeyboardInterrupt:  # a second one, while typer dealt with the first
        code = INTERRUPTED
    except typer.TyperException as error:
        return _failed(error.format_message().rstrip(".") + _help_hint(error))
    except CorpuskitError as error:
        return _failed(str(error))
    except (BrokenPipeError, SystemExit):  # typer and rich make of the one the other
        return _closed()
    except OSError as error:
        return _failed(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except MemoryError:
        return _failed("out of memory; the corpus is whole: the old one or, at the very end, the new one")
    except Exception:
        from corpuskit.cli.console import visible

        print(visible(traceback.format_exc(), lines=True), end="", file=sys.stderr)  # may quote raw text
        return _failed("a fault of corpuskit's own, not of the call or the data; please report the lines above")
    if code == INTERRUPTED:
        if arguments is None:  # all is tidied up: one more would only spoil the message
            for end in ENDING:
                signal.signal(end, signal.SIG_IGN)
        return _failed("interrupted; the corpus is whole: the old one or, at the very end, the new one", INTERRUPTED)
    return int(code)


def _failed(message: str, code: int = FAILURE) -> int:
    from corpuskit.cli.console import visible

    print(f"corpuskit: {visible(message)}", file=sys.stderr)
    return code


def _help_hint(error: typer.TyperException) -> str:
    context = getattr(error, "ctx", None)
    return f"; see `{context.command_path} --help`" if context else ""


def _closed() -> int:
    """Whoever read the output has gone: say no more, not even at the interpreter's last flush."""
    with suppress(OSError, ValueError):
        stdout = sys.stdout.fileno()
        os.dup2(os.open(os.devnull, os.O_WRONLY), stdout)
    return BROKEN_PIPE
