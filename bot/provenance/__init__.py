"""Where does a value come from, and who could already see a text? Pure: no model, no network, no single tool."""

from bot.provenance.company import company_domain
from bot.provenance.links import address, foreign_links, is_known, known_links, links_in
from bot.provenance.phrases import origin_phrase, remembered_phrase
from bot.provenance.run import ATTRIBUTES, INSTRUCTED, Origin, Run, Step, Target, instructed, tainted
from bot.provenance.times import moments
from bot.provenance.trail import Shown, Trail
from bot.provenance.words import norm, own_words, plain, quoted_words

__all__ = [
    "ATTRIBUTES",
    "INSTRUCTED",
    "Origin",
    "Run",
    "Shown",
    "Step",
    "Target",
    "Trail",
    "address",
    "company_domain",
    "foreign_links",
    "instructed",
    "is_known",
    "known_links",
    "links_in",
    "moments",
    "norm",
    "origin_phrase",
    "own_words",
    "plain",
    "quoted_words",
    "remembered_phrase",
    "tainted",
]
