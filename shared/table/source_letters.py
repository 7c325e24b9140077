"""The letters that stand for the sources of values in stored data.

In the records of values, their order is that of the words that records from before sources have
in their place: the words of types, `boolean` to `text`. Such a word sorts between the letters of
`human` and `import`, where the letter of `api` is, and counts as `api`.
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
