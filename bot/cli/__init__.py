"""`pinyon …`, one file for each command."""

import typer

from bot.cli import audit, doctor, keys, manifest, migrate, new_integration, serve, worker

app = typer.Typer(
    name="pinyon",
    help="A workplace assistant that lives in Slack and remembers how you work.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("serve")(serve.serve)
app.command("worker")(worker.worker)
app.command("doctor")(doctor.doctor)
app.command("manifest")(manifest.manifest)
app.command("migrate")(migrate.migrate)
app.command("new-integration")(new_integration.new_integration)
app.add_typer(keys.app, name="keys")
app.add_typer(audit.app, name="audit")
