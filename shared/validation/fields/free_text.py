"""Detection of free text, which may state the values of several fields.

Source of the rules: "Field processing" in `docs/variables.md`.
"""

from collections.abc import Mapping
from itertools import islice

from shared.domain.json_values import JsonValue
from shared.validation.fields.similarity import is_stream_safe, spelling, split_words

MAX_FREE_TEXTS = 3
MAX_FREE_TEXT_CHARS = 8192
"""Further or longer texts are ignored, which bounds the time of a request."""

_KEYS = (
    "comment comments description message note notes remark remarks summary "
    "comentario comentarios descripcion mensaje nota notas observacion observaciones resumen "
    "descricao mensagem observacao observacoes resumo "
    "commentaire commentaires remarque remarques resume "
    "bemerkung bemerkungen beschreibung kommentar kommentare nachricht notiz notizen "
    "zusammenfassung "
    "commenti commento descrizione messaggio note osservazioni riassunto"
)
"""Keys of free text in English, Spanish, Portuguese, French, German and Italian."""

_FREE_TEXT_KEYS = frozenset(_KEYS.split())
_MAX_KEY_CHARS = 2 * max(map(len, _FREE_TEXT_KEYS))
"""Allows for accents and punctuation."""


def find_free_texts(sent: Mapping[str, JsonValue]) -> dict[str, str]:
    """Return the values that are free text, judging by their keys."""
    texts = (
        (key, value)
        for key, value in sent.items()
        if isinstance(value, str)
        and len(value) <= MAX_FREE_TEXT_CHARS
        and len(key) <= _MAX_KEY_CHARS
        and spelling(split_words(key)) in _FREE_TEXT_KEYS
        and is_stream_safe(value)
    )
    return dict(islice(texts, MAX_FREE_TEXTS))
