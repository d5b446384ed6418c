"""Probabilities as log-odds, in which pieces of evidence add up."""

from math import exp, log

LOW, HIGH = 0.002, 0.995
"""No single piece of evidence is surer than this."""
LOW_ODDS, HIGH_ODDS = log(LOW / (1 - LOW)), log(HIGH / (1 - HIGH))


def odds(probability: float, low: float = LOW, high: float = HIGH) -> float:
    """Log-odds of a probability, which no single piece of evidence may make certain."""
    if probability < low:
        probability = low
    elif probability > high:
        probability = high
    return log(probability / (1 - probability))


def probability(odds: float) -> float:
    if odds < -30:
        return 0.0
    return 1.0 if odds > 30 else 1 / (1 + exp(-odds))
