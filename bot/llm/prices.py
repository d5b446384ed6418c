"""What single requests to a vendor cost that are no turn of a model: searches, pictures, speech."""

from decimal import Decimal

from bot.llm.routes import Vendor


def price(vendor: Vendor, model: str, **used: int | float) -> Decimal | None:
    """In US dollars, from the price list in genai-prices; None when it does not know the model.

    `used` is in its units: `input_tokens`, `output_tokens`, `output_image_tokens`, `web_searches`, `audio_seconds`.
    """
    from genai_prices import Usage, calc_price

    known = {unit: amount for unit, amount in used.items() if amount}
    if not known:
        return None
    try:
        return calc_price(Usage(**known), model, provider_id=vendor).total_price
    except LookupError:
        return None
