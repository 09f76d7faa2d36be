"""The commands `darkroom submit`, `darkroom wait`, `darkroom models` and `darkroom export`."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from client import command, report
from client.api import signed_in
from client.contract import Model
from client.display import Display
from client.export import export as write_export
from client.export import form_of
from client.find import find
from client.params import read_params
from client.resume import Book, Order
from client.server import DEFAULT_URL, running_server
from client.submit import Submission
from client.summary import Summary
from client.transport import Transport
from client.wait import wait_for_upload

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Have images processed by a Darkroom server.",
)

Url = Annotated[
    str | None,
    typer.Option(
        envvar="DARKROOM_URL",
        help=f"The server's address. Without it: the server that `make run` has started here, "
        f"else {DEFAULT_URL}.",
    ),
]
Username = Annotated[
    str | None, typer.Option(envvar="DARKROOM_USERNAME", help="Asked for when not given.")
]
Password = Annotated[
    str | None,
    typer.Option(
        envvar="DARKROOM_PASSWORD",
        help="Asked for when not given; prefer that or the variable, other users can see options.",
    ),
]
KeyFile = Annotated[
    Path | None,
    typer.Option(
        envvar="DARKROOM_KEY_FILE",
        help="A file with an API key, in place of name and password; or set DARKROOM_API_KEY.",
    ),
]
AsJson = Annotated[
    bool, typer.Option("--json", help="A JSON summary on standard output, and no bars.")
]
Timeout = Annotated[float | None, typer.Option(min=0.1, help="Stop waiting after so many seconds.")]

_GOES_ON = "Interrupted: the server goes on with what it has. The same command goes on from here."
_CANCELED = "Interrupted: what had not ended was canceled."


@app.command()
def submit(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH", help="Images, or folders of images.")
    ],
    *,
    model: Annotated[str | None, typer.Option(help="The model; see `darkroom models`.")] = None,
    version: Annotated[str | None, typer.Option(help="A version's number or label.")] = None,
    param: Annotated[
        list[str] | None, typer.Option(help="A parameter of the model, name=value; repeatable.")
    ] = None,
    params: Annotated[str | None, typer.Option(help="Parameters as a JSON object.")] = None,
    image_type: Annotated[
        str | None, typer.Option(help="What the images show, such as en, ja or en-handwritten.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Where the results go.")] = Path("results"),
    url: Url = None,
    username: Username = None,
    password: Password = None,
    key_file: KeyFile = None,
    register: Annotated[
        bool, typer.Option("--register", help="Make the account first if it isn't there yet.")
    ] = False,
    as_json: AsJson = False,
    timeout: Timeout = None,
    cancel_on_interrupt: Annotated[
        bool,
        typer.Option("--cancel-on-interrupt", help="Ctrl-C also cancels the work on the server."),
    ] = False,
) -> None:
    """Upload images, follow their progress and write the results.

    The same command again goes on where an earlier one stopped: nothing is uploaded twice, what
    is finished is skipped.

    Exit code: 0 all succeeded, 1 some did not, 2 the command could not do its work,
    130 interrupted. What else lies in a folder (but for hidden files) is named and left out.
    """

    async def work(display: Display) -> Summary:
        given = read_params(params, param or [])
        found = find(paths, outside=out)
        transport = Transport(url or running_server(), note=display.note)
        credentials = command.credentials(username, password, key_file)
        async with signed_in(transport, credentials, register=register) as api:
            name = api.session.username
            order = Order(transport.base_url, name, model, version, given, image_type)
            book = Book.open(out, order)
            submission = Submission(api, book, out, display)
            try:
                async with asyncio.timeout(timeout):
                    await submission.run(found)
            except TimeoutError:
                display.note("The time is up; the server goes on. The same command does, too.")
            except asyncio.CancelledError:
                if cancel_on_interrupt:
                    await submission.cancel_unfinished()
                raise
            return submission.summary()

    interrupted = _CANCELED if cancel_on_interrupt else _GOES_ON
    summary = command.run(work, as_json=as_json, interrupted=interrupted)
    _conclude(summary, as_json=as_json, folder=str(out))


@app.command()
def wait(
    upload: Annotated[int, typer.Argument(metavar="UPLOAD_ID", help="The upload's number.")],
    *,
    url: Url = None,
    username: Username = None,
    password: Password = None,
    key_file: KeyFile = None,
    as_json: AsJson = False,
    timeout: Timeout = None,
) -> None:
    """Follow an upload until all its images have ended. Exit codes as for submit."""

    async def work(display: Display) -> Summary:
        transport = Transport(url or running_server(), note=display.note)
        credentials = command.credentials(username, password, key_file)
        async with signed_in(transport, credentials) as api:
            return await wait_for_upload(api, upload, display, timeout_s=timeout)

    summary = command.run(work, as_json=as_json, interrupted=_GOES_ON)
    _conclude(summary, as_json=as_json)


@app.command()
def models(
    *,
    url: Url = None,
    username: Username = None,
    password: Password = None,
    key_file: KeyFile = None,
    as_json: AsJson = False,
) -> None:
    """List the models on offer."""

    async def work(display: Display) -> list[Model]:
        transport = Transport(url or running_server(), note=display.note)
        credentials = command.credentials(username, password, key_file)
        async with signed_in(transport, credentials) as api:
            return await api.models()

    offered = command.run(work, as_json=as_json, interrupted="Interrupted.")
    if as_json:
        report.print_json(offered)
    else:
        report.print_models(offered)


@app.command()
def export(
    target: Annotated[
        Path, typer.Argument(metavar="FILE", help="Ends with .zip, .csv, .json or .jsonl.")
    ],
    *,
    model: Annotated[str, typer.Option(help="Only photos that it was asked about.")] = "",
    state: Annotated[str, typer.Option(help="Only photos whose newest result is in it.")] = "",
    text: Annotated[str, typer.Option(help="Only photos with it in name or text.")] = "",
    url: Url = None,
    username: Username = None,
    password: Password = None,
    key_file: KeyFile = None,
) -> None:
    """Take along photos and results (.zip), or a row for each result (.csv, .json, .jsonl)."""

    async def work(display: Display) -> int:
        form_of(target)
        transport = Transport(url or running_server(), note=display.note)
        credentials = command.credentials(username, password, key_file)
        filters = {"model": model, "state": state, "q": text}
        async with signed_in(transport, credentials) as api:
            return await write_export(api, target, filters)

    photos = command.run(work, as_json=False, interrupted="Interrupted.")
    typer.echo(f"{photos} {'photo' if photos == 1 else 'photos'} in {target}.")


def _conclude(summary: Summary, *, as_json: bool, folder: str | None = None) -> None:
    if as_json:
        report.print_json(summary.as_json())
    else:
        report.print_summary(summary, folder)
    raise typer.Exit(summary.exit_code)


def main() -> None:
    """The console script."""
    app()


if __name__ == "__main__":
    main()
