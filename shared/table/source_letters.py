"""The letters that stand for the sources of values in stored data.

Their order lets one BETWEEN cover each source. Legacy records have the word of a type instead,
`boolean` to `text`, which sorts inside the range of `api` and counts as `api`.
"""

from shared.domain.sources import Source

LETTERS = {
    Source.HUMAN: "a",
    Source.API: "k",
    Source.IMPORT: "u",
    Source.AI: "v",
    Source.SYSTEM: "w",
}

SOURCES = {letter: source for source, letter in LETTERS.items()}
