"""Which values are sentences about a contact, and not the value of one field.

Source of the rules: "Field processing" in `docs/variables.md`.
"""

from collections.abc import Mapping
from itertools import islice

from shared.domain.variables import JsonValue
from shared.validation.fields.similarity import is_stream_safe, spelling, words_of

MAX_FREE_TEXTS = 3
MAX_FREE_TEXT_CHARS = 8192
"""More texts, or longer ones, are not read, so that no request takes longer than it may."""

_KEYS = (
    "comment comments description message note notes remark remarks summary "
    "comentario comentarios descripcion mensaje nota notas observacion observaciones resumen "
    "descricao mensagem observacao observacoes resumo "
    "commentaire commentaires remarque remarques resume "
    "bemerkung bemerkungen beschreibung kommentar kommentare nachricht notiz notizen "
    "zusammenfassung "
    "commenti commento descrizione messaggio note osservazioni riassunto"
)
"""What a free text is called, in English, Spanish, Portuguese, French, German and Italian."""

_FREE_TEXT_KEYS = frozenset(_KEYS.split())
_MAX_KEY_CHARS = 2 * max(map(len, _FREE_TEXT_KEYS))
"""With marks and punctuation beside its letters."""


def free_texts(sent: Mapping[str, JsonValue]) -> dict[str, str]:
    """The values that are texts in which fields may be named, by what their keys are called."""
    texts = (
        (key, value)
        for key, value in sent.items()
        if isinstance(value, str)
        and len(value) <= MAX_FREE_TEXT_CHARS
        and len(key) <= _MAX_KEY_CHARS
        and spelling(words_of(key)) in _FREE_TEXT_KEYS
        and is_stream_safe(value)
    )
    return dict(islice(texts, MAX_FREE_TEXTS))
