"""A second reader of the protocol, written from docs/protocol.md alone: the CDDL is read from that page. It opens, verifies
and checks the good messages of fixtures/protocol/ and must refuse every bad one. Arguments: the page, the folder."""

import hashlib
import io
import json
import pathlib
import re
import sys

import cbor2
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
import hmac


class Refused(Exception):
    """Not a message of the protocol."""


def need(true, why):
    if not true:
        raise Refused(why)


# ---------------------------------------------------------------------------------------------------------- CBOR


def read(data):
    """One item in the one form that is accepted."""
    stream = io.BytesIO(data)
    try:
        value = cbor2.CBORDecoder(stream).decode()
        again = cbor2.dumps(value, canonical=True)
    except Exception as error:
        raise Refused("not CBOR") from error
    need(again == data, "not canonical")
    return value


# ---------------------------------------------------------------------------------------------------------- CDDL

TOKEN = re.compile(r'\s*(?:;[^\n]*)?(=>|\.\.|\.[a-z]+|[a-z][a-z0-9-]*|\d+|[{}\[\]()<>?*/,=:])', re.S)


class Grammar:
    """As much of RFC 8610 as the page uses."""

    def __init__(self, page):
        text = "\n".join(re.findall(r"```cddl\n(.*?)```", page, re.S))
        text = re.sub(r";[^\n]*", "", text)
        self.rules = {}
        starts = list(re.finditer(r"^([a-z][a-z0-9-]*)(?:<([a-z]+)>)? = ", text, re.M))
        for start, after in zip(starts, starts[1:] + [None]):
            body = text[start.end() : after.start() if after else len(text)]
            tokens = [token for token in TOKEN.findall(body)]
            need("".join(tokens) == re.sub(r"\s", "", body), f"rule {start[1]}")
            self.rules[start[1]] = (start[2], tokens)

    def check(self, rule, value):
        need(Match(self, self.rules[rule][1], {}).whole(value), f"not a {rule}")


class Match:
    """Walks the tokens of a rule beside a value."""

    def __init__(self, grammar, tokens, names):
        self.grammar, self.tokens, self.names = grammar, tokens, names

    def whole(self, value):
        choices, end = self.choice(0)
        assert end == len(self.tokens), self.tokens[end:]
        return any(test(value) for test in choices)

    def peek(self, at):
        return self.tokens[at] if at < len(self.tokens) else ""

    def choice(self, at):
        tests = []
        while True:
            test, at = self.type(at)
            tests.append(test)
            if self.peek(at) != "/":
                return tests, at
            at += 1

    def either(self, at):
        tests, at = self.choice(at)
        return (lambda value: any(test(value) for test in tests)), at

    def type(self, at):
        token = self.tokens[at]
        if token in "{[":
            return self.container(at)
        if token == "(":
            test, at = self.either(at + 1)
            return test, at + 1
        at += 1
        if token.isdigit():
            low = int(token)
            if self.peek(at) == "..":
                high = int(self.tokens[at + 1])
                return (lambda value: whole(value) and low <= value <= high), at + 2
            return (lambda value: whole(value) and value == low), at
        if token in self.names:
            test = self.names[token]
        elif token in PLAIN:
            test = PLAIN[token]
        else:
            test, at = self.named(token, at)
        if self.peek(at) in (".size", ".lt", ".cbor"):
            control, argument = self.tokens[at], self.tokens[at + 1]
            return self.controlled(test, control, argument), at + 2
        return test, at

    def named(self, token, at):
        parameter, tokens = self.grammar.rules[token]
        names = {}
        if parameter:
            assert self.tokens[at] == "<"
            names[parameter], at = self.either(at + 1)
            at += 1
        grammar = self.grammar
        return (lambda value: Match(grammar, tokens, names).whole(value)), at

    def controlled(self, test, control, argument):
        if control == ".cbor":
            grammar = self.grammar

            def inside(value):
                grammar.check(argument, read(value))
                return True

            return lambda value: test(value) and inside(value)
        limit = int(argument)
        if control == ".lt":
            return lambda value: test(value) and value < limit
        return lambda value: test(value) and (value < 256**limit if whole(value) else len(value) == limit)

    def container(self, at):
        close = {"{": "}", "[": "]"}[self.tokens[at]]
        entries, at = self.entries(at + 1, close)
        if close == "]":
            return (lambda value: isinstance(value, list) and in_order(entries, value)), at
        return (lambda value: isinstance(value, dict) and by_key(entries, value)), at

    def entries(self, at, close):
        entries = []
        while self.tokens[at] != close:
            least, most = 1, 1
            if self.tokens[at] == "?":
                least, at = 0, at + 1
            elif self.tokens[at] == "*" or (self.tokens[at].isdigit() and self.peek(at + 1) == "*"):
                least, at = (0, at) if self.tokens[at] == "*" else (int(self.tokens[at]), at + 1)
                at, most = at + 1, None
                if self.tokens[at].isdigit():
                    most, at = int(self.tokens[at]), at + 1
            if self.tokens[at] == "ext" and close == "}":
                entries.append((0, 1, lambda key: whole(key) and key == 31, self.extensions))
                at += 1
            else:
                if self.peek(at + 1) == ":":
                    at += 2
                test, at = self.either(at)
                key = None
                if self.peek(at) == "=>":
                    key = test
                    test, at = self.either(at + 1)
                entries.append((least, most, key, test))
            if self.tokens[at] == ",":
                at += 1
        return entries, at + 1

    def extensions(self, value):
        self.grammar.check("extensions", value)
        need(len(cbor2.dumps(value, canonical=True)) <= 1024, "extensions are too long")
        need(all(depth(part) <= 4 for part in value.values()), "extensions are too deep")
        return True


def depth(value):
    if isinstance(value, (list, dict)):
        parts = value.values() if isinstance(value, dict) else value
        return 1 + max(map(depth, parts), default=0)
    return 0


def whole(value):
    return isinstance(value, int) and not isinstance(value, bool)


PLAIN = {
    "uint": lambda value: whole(value) and 0 <= value < 2**64,
    "int": lambda value: whole(value) and -(2**64) <= value < 2**64,
    "tstr": lambda value: isinstance(value, str),
    "bstr": lambda value: isinstance(value, bytes),
    "bool": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
}


def in_order(entries, values):
    at = 0
    for least, most, _, test in entries:
        count = 0
        while at < len(values) and (most is None or count < most) and test(values[at]):
            at, count = at + 1, count + 1
        if count < least:
            return False
    return at == len(values)


def by_key(entries, values):
    left = dict(values)
    for least, most, key, test in entries:
        found = [name for name in left if key(name) and test(left[name])]
        if len(found) < least or (most is not None and len(found) > most):
            return False
        for name in found:
            del left[name]
    return not left


# ---------------------------------------------------------------------------------------------------------- keys


def verify(public, context, message, signature):
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, context.encode() + b"\0" + message)
    except InvalidSignature as error:
        raise Refused("signature") from error


SUITE = b"HPKE" + bytes.fromhex("002000010003")
KEM = b"KEM" + bytes.fromhex("0020")


def extract(suite, salt, label, secret):
    return hmac.new(salt or bytes(32), b"HPKE-v1" + suite + label + secret, hashlib.sha256).digest()


def expand(suite, key, label, info, length):
    labeled = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    return HKDFExpand(hashes.SHA256(), length, labeled).derive(key)


def unseal(secret, info, aad, sealed):
    """RFC 9180, base mode, one shot."""
    need(len(sealed) >= 48, "too short to be sealed")
    encapsulated, ciphertext = sealed[:32], sealed[32:]
    try:
        private = X25519PrivateKey.from_private_bytes(secret)
        shared = private.exchange(X25519PublicKey.from_public_bytes(encapsulated))
        ours = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        prk = extract(KEM, b"", b"eae_prk", shared)
        shared = expand(KEM, prk, b"shared_secret", encapsulated + ours, 32)
        context = b"\0" + extract(SUITE, b"", b"psk_id_hash", b"") + extract(SUITE, b"", b"info_hash", info.encode())
        secret = extract(SUITE, shared, b"secret", b"")
        key, nonce = expand(SUITE, secret, b"key", context, 32), expand(SUITE, secret, b"base_nonce", context, 12)
        return ChaCha20Poly1305(key).decrypt(nonce, ciphertext, aad)
    except (InvalidTag, ValueError) as error:
        raise Refused("does not open") from error


# ------------------------------------------------------------------------------------------------------ messages


class Reader:
    def __init__(self, grammar, file):
        self.grammar, self.file = grammar, file
        self.keys = {role: {part: bytes.fromhex(key[part]) for part in ("secret", "public")} for role, key in file["keys"].items()}

    def open(self, data):
        need(len(data) <= self.file["limit"] + (128 if self.file["form"] == "signed" else 0), "too long")
        return getattr(self, self.file["form"].replace(" ", "_"))(data)

    def message(self, rule, data):
        value = read(data)
        self.grammar.check(rule, value)
        sense(rule, value)
        return value

    def plain(self, data):
        self.message(self.file["message"], data)
        return {}

    def signed(self, data):
        payload, key, signature = self.message("signed", data)
        public = self.keys["signer"]["public"]
        need(key == hashlib.sha256(public).digest()[:8], "another key")
        verify(public, self.file["context"], payload, signature)
        need(len(payload) <= self.file["limit"], "too long")
        self.message(self.file["message"], payload)
        return {"payload": payload}

    def envelope(self, data):
        header, sealed, signature = self.message("envelope", data)
        signed = header + hashlib.sha256(sealed).digest()
        verify(self.keys["device"]["public"], self.file["context"], signed, signature)
        self.message("header", header)
        body = unseal(self.keys["opener"]["secret"], "tungnha/1/body", header, sealed)
        self.message("body", body)
        return {"header": header, "body": body, "digest": hashlib.sha256(signed).digest()}

    def sealed_verdict(self, data):
        value = self.message("sealed-verdict", data)
        bound = self.file["device"].to_bytes(4, "big") + value[0] + value[1]
        verdict = unseal(self.keys["device"]["secret"], self.file["context"], bound, value[2])
        self.message("verdict", verdict)
        return {"verdict": verdict}

    def text(self, text):
        if self.file["message"] == "invitation":
            need(text.startswith("TNI1:") and len(base45(text[5:])) == 26, "not an invitation")
            return {}
        prefix = {"blank-card": "TNP1:", "citizen": "TN1:"}[self.file["message"]]
        need(text.startswith(prefix), "another form")
        data = base45(text[len(prefix) :])
        need(len(data) > 64, "too short")
        verify(self.keys["signer"]["public"], self.file["context"], data[:-64], data[-64:])
        self.message(self.file["message"], data[:-64])
        return {}


def sense(rule, value):
    """What the grammar cannot say."""
    if rule == "changes-page" and 7 in value:
        steps, keys = value[7][3], value[7][4]
        need(all(len(value[7].get(at, steps)) == len(steps) for at in (6, 7)) and (6 in value[7]) == (7 in value[7]), "columns of origins")
        need(len(keys) == 32 * len(steps) and len(steps) <= 2048, "columns of keys")


ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def base45(text):
    """RFC 9285."""
    need(len(text) % 3 != 1 and all(letter in ALPHABET for letter in text), "not Base45")
    out = b""
    for at in range(0, len(text), 3):
        part = text[at : at + 3]
        number = sum(ALPHABET.index(letter) * 45**place for place, letter in enumerate(part))
        size = len(part) - 1
        need(number < 256**size, "not Base45")
        out += number.to_bytes(size, "big")
    return out


def main(page, folder):
    grammar = Grammar(pathlib.Path(page).read_text(encoding="utf-8"))
    opened, refused, wrong = 0, 0, []
    for path in sorted(pathlib.Path(folder).glob("*.json")):
        file = json.loads(path.read_text(encoding="utf-8"))
        reader = Reader(grammar, file)
        for vector, good in [(v, True) for v in file["good"]] + [(v, False) for v in file["bad"]]:
            if vector["name"].startswith("Claim 169"):
                continue  # Other readers open these: read_claim169.py, pixelpass.cjs.
            data = vector["text"] if "text" in vector else bytes.fromhex(vector["hex"])
            try:
                inside = reader.open(data)
                fits = all(inside[part] == bytes.fromhex(text) for part, text in vector.get("inside", {}).items())
                why = None if good and fits else "opened"
                opened += good and fits
            except Refused as error:
                why = str(error) if good else None
                refused += not good
            if why:
                wrong.append(f"{path.name}: {vector['name']}: {why}")
    print(f"messages opened {opened}, bad ones refused {refused}")
    for line in wrong:
        print(line)
    return 1 if wrong or not opened or not refused else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
