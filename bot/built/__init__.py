"""The parts that `bot/app.py` is put together from, each built once."""
