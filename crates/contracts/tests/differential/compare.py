"""Compares what `avro_pairs` wrote with fastavro, an implementation of Avro that shares nothing with ours.

    python compare.py PAIRS.jsonl [--show N]

Asked of each line, both ways: is the schema valid; canonical form and CRC-64; are the bytes of the value the same; does
it decode to the same value; do Avro's JSON and the bytes mean the same; what does the reader see; does the plain value
fit. A difference is counted under its reason; without a known one it is printed, and the exit code is 1.
"""

import base64
import collections
import datetime
import decimal
import io
import json
import math
import struct
import sys
import uuid

import fastavro
from fastavro import schema as fschema
from fastavro.validation import validate

decimal.getcontext().prec = 100
INT, LONG = (-(2**31), 2**31 - 1), (-(2**63), 2**63 - 1)


def parsed(text):
    named = {}
    return fschema.parse_schema(json.loads(text), named_schemas=named), named


def python_value(schema, value, named):
    """A value of Avro's JSON as fastavro takes it; branches of unions are named."""
    if isinstance(schema, list):
        if value is None:
            return None
        ((name, inner),) = value.items()
        for branch in schema:
            if branch_name(branch) == name:
                return (name, python_value(branch, inner, named))
        raise ValueError(f"no branch {name}")
    if isinstance(schema, str):
        return python_value(named[schema], value, named) if schema in named else primitive(schema, value)
    kind = schema["type"]
    if kind in ("record", "error"):
        return {f["name"]: python_value(f["type"], value[f["name"]], named) for f in schema["fields"]}
    if kind == "array":
        return [python_value(schema["items"], item, named) for item in value]
    if kind == "map":
        return {key: python_value(schema["values"], item, named) for key, item in value.items()}
    if kind == "fixed":
        return value.encode("latin-1")
    if kind == "enum":
        return value
    return primitive(kind, value) if isinstance(kind, str) else python_value(kind, value, named)


def primitive(kind, value):
    if kind == "bytes":
        return value.encode("latin-1")
    if kind in ("float", "double") and isinstance(value, str):
        return float(value.replace("Infinity", "inf"))
    return float(value) if kind in ("float", "double") else value


def branch_name(branch):
    if isinstance(branch, str):
        return branch
    return branch.get("name") or branch["type"]


def plain(value):
    """A value of fastavro in the plain JSON that a contract speaks of."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, datetime.datetime):
        zone = "Z" if value.tzinfo else ""
        return f"{value.date().isoformat()}T{time_text(value.time())}{zone}"
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, datetime.time):
        return time_text(value)
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def time_text(time):
    text = time.strftime("%H:%M:%S")
    if time.microsecond == 0:
        return text
    digits = f"{time.microsecond:06}"
    return f"{text}.{digits[:3] if digits.endswith('000') else digits}"


def same(theirs, ours):
    """Whether two JSON values are the same; a number may be the shortest text of a float of 32 bits."""
    if isinstance(theirs, float) or isinstance(ours, float):
        if isinstance(theirs, bool) or isinstance(ours, bool):
            return False
        if not isinstance(theirs, (int, float)) or not isinstance(ours, (int, float)):
            return False
        if math.isnan(theirs) or theirs == ours:
            return math.isnan(theirs) == math.isnan(ours)
        try:
            return struct.pack("f", theirs) == struct.pack("f", ours)
        except OverflowError:
            return False
    if isinstance(theirs, dict) and isinstance(ours, dict):
        return theirs.keys() == ours.keys() and all(same(theirs[key], ours[key]) for key in theirs)
    if isinstance(theirs, list) and isinstance(ours, list):
        return len(theirs) == len(ours) and all(map(same, theirs, ours))
    return type(theirs) is type(ours) and theirs == ours


def attempt(function):
    try:
        return function(), None
    except Exception as error:  # fastavro raises many kinds
        return None, f"{type(error).__name__}: {str(error)[:200]}"


class Tally:
    def __init__(self, show):
        self.asked, self.agreed = collections.Counter(), collections.Counter()
        self.reasons, self.show, self.unexplained = collections.Counter(), show, 0

    def count(self, question, agrees, reason, row, *details):
        self.asked[question] += 1
        if agrees:
            self.agreed[question] += 1
            return
        why = reason()
        self.reasons[question, why or "UNEXPLAINED"] += 1
        if why is None:
            self.unexplained += 1
            if self.unexplained <= self.show:
                print("unexplained:", question, row["number"], *details, sep="\n  ")


def compare(row, tally):
    writer, named = parsed(row["writer"])
    data = bytes.fromhex(row["hex"])
    canonical = fschema.to_parsing_canonical_form(json.loads(row["writer"]))
    tally.count("canonical form", canonical == row["canonical"], lambda: None, row, canonical, row["canonical"])
    rabin = fschema.fingerprint(canonical, "CRC-64-AVRO")
    tally.count("crc-64", rabin == row["rabin"], lambda: None, row, rabin, row["rabin"])

    value = python_value(writer, row["avro_json"], named)
    out = io.BytesIO()
    _, error = attempt(lambda: fastavro.schemaless_writer(out, writer, value))
    tally.count(
        "bytes written", error is None and out.getvalue() == data, lambda: None, row, error, row["writer"],
        out.getvalue().hex(), row["hex"], row["avro_json"],
    )
    decoded, error = attempt(lambda: fastavro.schemaless_reader(io.BytesIO(data), writer))
    not_a_number = isinstance(row["plain"], str) and row["plain"].startswith("error: ")
    if not not_a_number:
        tally.count(
            "value read", error is None and same(plain(decoded), row["plain"]), lambda: None, row, error, row["writer"],
            plain(decoded), row["plain"],
        )
    compare_json(row, writer, decoded, tally)
    compare_reader(row, writer, data, tally)
    compare_verdicts(row, tally)


def compare_json(row, writer, decoded, tally):
    text = json.dumps(row["avro_json"])
    found, error = attempt(lambda: next(iter(fastavro.json_reader(io.StringIO(text), writer))))
    tally.count(
        "avro json read", error is None and same(plain(found), plain(decoded)), lambda: json_reason(found, decoded, error, text), row,
        error, row["writer"], text, plain(found), plain(decoded),
    )


def compare_reader(row, writer, data, tally):
    reader, error = attempt(lambda: parsed(row["reader"])[0])
    tally.count(
        "reader valid", (error is None) == ("reader_invalid" not in row), lambda: None, row, error,
        row.get("reader_invalid"), row["reader"],
    )
    if error is not None or "reader_invalid" in row:
        return
    found, error = attempt(lambda: fastavro.schemaless_reader(io.BytesIO(data), writer, reader))
    ours = row.get("reader_plain")
    if isinstance(ours, str) and ours.startswith("error: "):
        return
    agrees = (error is not None) if "reader_error" in row else (error is None and same(plain(found), ours))
    tally.count(
        "value resolved", agrees, lambda: resolve_reason(row, found, error), row, error, row.get("reader_error"),
        row["writer"], row["reader"], row["avro_json"], plain(found), ours,
    )


def compare_verdicts(row, tally):
    _, error = attempt(lambda: parsed(row["schema"]))
    tally.count(
        "schema valid", (error is None) == (row["schema_valid"] is True), lambda: schema_reason(row, error), row, error,
        row["schema_valid"], row["schema"],
    )
    schema, _ = parsed(row["fit_schema"])
    value = row["fit_value"]
    fits, error = attempt(lambda: validate(value, schema, raise_errors=False, strict=True))
    tally.count(
        "plain value fits", fits is (row["fits"] is True), lambda: fit_reason(row, fits), row, fits, error, row["fits"],
        row["fit_schema"], json.dumps(value),
    )


# What fastavro does otherwise. Each function gives the reason for a difference, or None where there is none.


def json_reason(found, decoded, error, text):
    """The JSON of the row was read above by a reader of this file, and gave the right bytes."""
    if error is not None:
        return "fastavro's JSON reader fails on it (types that contain themselves, names in unions, nested maps)"
    if any(word in text for word in ('"NaN"', '"Infinity"', '"-Infinity"')):
        return "fastavro's JSON reader leaves the texts NaN and Infinity as texts"
    if same(nulls(plain(found)), nulls(plain(decoded))):
        return "fastavro's JSON reader makes an empty object of a null in a type that contains itself"
    return None


def nulls(value):
    if isinstance(value, dict):
        return {key: nulls(item) for key, item in value.items()} or None
    if isinstance(value, list):
        return [nulls(item) for item in value]
    return value


def resolve_reason(row, found, error):
    refused = "reader_error" in row
    if error is not None and not refused and "schema mismatch" in error.lower() and row["compatible"] is False:
        return "the schemas are not compatible, but the value does not meet the difference; fastavro refuses at once"
    if error is None and refused and "no such symbol" in row["reader_error"]:
        return "a symbol that the reader does not know, and no default: fastavro passes it on"
    if error is None and not refused and same_but_defaults(plain(found), row["reader_plain"]):
        return "fastavro passes a default of bytes or fixed on as text"
    if promotes(json.loads(row["reader"])):
        return "fastavro takes the first branch that it can promote to before the branch of the value's own type"
    if agrees_without_logical_types(row):
        return "fastavro shows a value by the writer's logical type where the reader has none"
    return None


def same_but_defaults(theirs, ours):
    if isinstance(theirs, dict) and isinstance(ours, dict):
        return theirs.keys() == ours.keys() and all(same_but_defaults(theirs[key], ours[key]) for key in theirs)
    if isinstance(theirs, list) and isinstance(ours, list):
        return len(theirs) == len(ours) and all(map(same_but_defaults, theirs, ours))
    if isinstance(theirs, str) and isinstance(ours, str) and all(ord(char) < 256 for char in theirs):
        return theirs == ours or base64.b64encode(theirs.encode("latin-1")).decode() == ours
    return same(theirs, ours)


def agrees_without_logical_types(row):
    writer, _ = parsed(json.dumps(stripped(json.loads(row["writer"]))))
    reader, named = parsed(json.dumps(stripped(json.loads(row["reader"]))))
    data = io.BytesIO(bytes.fromhex(row["hex"]))
    found, error = attempt(lambda: fastavro.schemaless_reader(data, writer, reader))
    if "reader_error" in row or error is not None:
        return "reader_error" in row and error is not None
    return same_but_defaults(plain(found), plain(untagged(python_value(reader, row["reader_json"], named))))


def stripped(schema):
    """A schema without its logical types."""
    if isinstance(schema, list):
        return [stripped(item) for item in schema]
    if isinstance(schema, dict):
        return {key: stripped(value) if key != "default" else value for key, value in schema.items() if key != "logicalType"}
    return schema


def untagged(value):
    if isinstance(value, tuple):
        return untagged(value[1])
    if isinstance(value, list):
        return [untagged(item) for item in value]
    if isinstance(value, dict):
        return {key: untagged(item) for key, item in value.items()}
    return value


def promotes(schema):
    """Whether a union has two branches of which one can be promoted to the other."""
    if isinstance(schema, list):
        kinds = [branch["type"] if isinstance(branch, dict) else branch for branch in schema]
        families = [{"int", "long", "float", "double"}, {"bytes", "string"}]
        return any(len([kind for kind in kinds if isinstance(kind, str) and kind in family]) > 1 for family in families) or any(
            promotes(branch) for branch in schema
        )
    if isinstance(schema, dict):
        inner = [schema.get("items"), schema.get("values"), *[field["type"] for field in schema.get("fields", [])]]
        return any(promotes(schema) for schema in inner if schema is not None)
    return False


# What our reader of schemas asks for, and fastavro does not look at.
UNCHECKED = [
    "a record without an array `fields`",
    "expected a name: letters",
    "a second field",
    "a fixed without a number of bytes",
    "a second branch",
    "a second symbol",
    "a second definition",
    "expected a default that is of type",
    "an enum without an array `symbols`",
]


def schema_reason(row, error):
    if error is None:
        return next((f"fastavro does not ask for it: {words}" for words in UNCHECKED if words in row["schema_valid"]), None)
    return None


def fit_reason(row, fits):
    if fits is row["fits_with_unknown_fields"]:
        return "fastavro takes unknown fields, also when it is strict"
    return None


def main():
    show = int(sys.argv[sys.argv.index("--show") + 1]) if "--show" in sys.argv else 5
    tally = Tally(show)
    with open(sys.argv[1], encoding="utf-8") as lines:
        for line in lines:
            compare(json.loads(line), tally)
    for question, asked in tally.asked.items():
        agreed = tally.agreed[question]
        print(f"{question:18} {agreed:>7}/{asked:<7} {100 * agreed / asked:.2f} %")
    for (question, why), count in sorted(tally.reasons.items()):
        print(f"  {question}: {count}: {why}")
    sys.exit(1 if tally.unexplained else 0)


if __name__ == "__main__":
    main()
