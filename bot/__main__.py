"""The command line: `pinyon serve`, `worker`, `doctor`, `manifest`, `migrate`, `keys`."""

from bot.cli import app


def main() -> None:
    app()


if __name__ == "__main__":
    main()
