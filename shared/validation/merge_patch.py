"""Apply JSON merge patches.

Source: RFC 7396, "JSON Merge Patch", section 2.
"""

from shared.domain.json_values import JsonValue


def apply_merge_patch(target: JsonValue, patch: JsonValue) -> JsonValue:
    """Return a document with a patch applied. Null members of the patch are removed."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = apply_merge_patch(merged.get(name), value)
    return merged
