import pytest

from shared.domain.sources import (
    DEFAULT_PRECEDENCE,
    LAST_WRITE_WINS,
    Source,
    stronger_sources,
    weaker_source,
)


@pytest.mark.parametrize(
    ("source", "stronger"),
    [
        (Source.SYSTEM, ()),
        (Source.HUMAN, ()),
        (Source.API, (Source.HUMAN,)),
        (Source.IMPORT, (Source.HUMAN,)),
        (Source.AI, (Source.HUMAN, Source.API, Source.IMPORT)),
    ],
)
def test_the_default_precedence_protects_stronger_sources(source, stronger):
    assert stronger_sources(DEFAULT_PRECEDENCE, source) == stronger


@pytest.mark.parametrize("source", Source)
def test_the_last_write_wins_without_a_precedence(source):
    assert stronger_sources(LAST_WRITE_WINS, source) == ()


def test_a_source_that_a_precedence_omits_is_the_weakest():
    assert stronger_sources(((Source.HUMAN,),), Source.AI) == (Source.HUMAN,)


@pytest.mark.parametrize(
    ("key", "channel", "weaker"),
    [
        (Source.HUMAN, Source.AI, Source.AI),
        (Source.AI, Source.HUMAN, Source.AI),
        (Source.HUMAN, Source.API, Source.API),
        (Source.SYSTEM, Source.HUMAN, Source.HUMAN),
        (Source.API, Source.IMPORT, Source.API),
    ],
)
def test_a_write_has_the_weaker_source_of_key_and_channel(key, channel, weaker):
    assert weaker_source(key, channel) is weaker
