"""Opens Claim 169 texts with the reader of PyPI, which checks the signature. In: JSON list of { text, key } on standard
input. Out: JSON list of what was read."""

import json
import sys

import claim169


def read(card):
    try:
        result = claim169.decode(card["text"], verify_with_ed25519=bytes.fromhex(card["key"]))
    except claim169.Claim169Exception as error:
        return {"refused": type(error).__name__}
    person = result.claim169
    return {
        "issuer": result.cwt_meta.issuer,
        "issued_at": result.cwt_meta.issued_at,
        "key_id": bytes(result.key_id).hex(),
        "id": person.id,
        "more": [name for name in ("full_name", "date_of_birth", "address", "email", "phone") if getattr(person, name, None)],
        "verified": result.verification_status == "verified",
    }


json.dump([read(card) for card in json.load(sys.stdin)], sys.stdout)
