#!/usr/bin/env python3
"""Writes events/orders-2026-11-03.jsonl: one day of raw order events, the same bytes on every run.

    python3 examples/orders/generate.py

About three in a hundred events are wrong, each in one of the ways of FAULTS. What was made wrong is written to
events/faults.json, one entry per line at fault: tests compare the quarantine with it.
"""

import datetime
import json
import pathlib
import random

LINES = 2_050
FAULT_EVERY = 33
HERE = pathlib.Path(__file__).parent
OUT = HERE / "events" / "orders-2026-11-03.jsonl"

SKUS = [
    ("TEA-ASSAM-100", "Assam, 100 g", 690), ("TEA-SENCHA-100", "Sencha, 100 g", 840),
    ("TEA-ROOIBOS-250", "Rooibos, 250 g", 1_150), ("MUG-STONE-BLUE", "Stoneware mug, blue", 1_450),
    ("MUG-STONE-GREY", "Stoneware mug, grey", 1_450), ("POT-CAST-08", "Cast-iron pot, 0.8 l", 5_900),
    ("FILTER-PAPER-80", "Paper filters, 80", 420), ("SCALE-KITCHEN", "Kitchen scale", 2_390),
    ("TIN-CADDY-200", "Tea caddy, 200 g", 1_280), ("HONEY-LINDEN-250", "Linden honey, 250 g", 780),
]
NAMES = ["Ada", "Boris", "Chiara", "Dragan", "Élodie", "Femi", "Gudrun", "Hana", "Ibrahim", "Jörg", "Keiko", "Łucja"]
COUNTRIES = ["DE", "FR", "IT", "NL", "PL", "AT", "DK", "SE"]


def uuid(rng):
    digits = f"{rng.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{'89ab'[rng.randrange(4)]}{digits[17:20]}-{digits[20:]}"


def order(rng, number):
    placed = datetime.datetime(2026, 11, 3) + datetime.timedelta(milliseconds=number * 42_000 + rng.randrange(40_000))
    lines = []
    for sku, title, cents in rng.sample(SKUS, rng.choices([1, 2, 3, 4], [50, 30, 15, 5])[0]):
        lines.append({"sku": sku, "title": title, "quantity": rng.choices([1, 2, 3, 6], [70, 20, 7, 3])[0],
                      "unitPriceCents": cents})
    name = rng.choice(NAMES)
    return {
        "eventId": uuid(rng),
        "orderId": f"O-20261103-{number:05d}",
        "placedAt": placed.isoformat(timespec="milliseconds") + "Z",
        "channel": rng.choices(["web", "app", "phone", "shop"], [55, 35, 4, 6])[0],
        "customer": {"id": rng.randrange(10_000, 99_999), "name": name, "country": rng.choice(COUNTRIES),
                     "email": None if rng.random() < 0.2 else f"{name.lower()}{rng.randrange(100)}@example.org"},
        "lines": lines,
        "shippingFee": rng.choice(["0.00", "3.90", "4.90", "12.50"]),
    }


def text(event):
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"))


def changed(change):
    def fault(event, rng):
        change(event)
        return text(event)
    return fault


def set_at(*path_and_value):
    *path, last, value = path_and_value

    def change(event):
        for part in path:
            event = event[part]
        event[last] = value
    return changed(change)


def remove(*path):
    *path, last = path

    def change(event):
        for part in path:
            event = event[part]
        del event[last]
    return changed(change)


FAULTS = {
    "broken JSON": lambda event, rng: text(event).replace('":', '"', 1),
    "truncated line": lambda event, rng: text(event)[: rng.randrange(60, 200)],
    "missing field": remove("customer", "id"),
    "missing lines": remove("lines"),
    "wrong type": set_at("lines", 0, "quantity", "two"),
    "negative quantity": set_at("lines", 0, "quantity", -1),
    "unknown symbol": set_at("channel", "fax"),
    "unknown field": set_at("priority", "high"),
    "bad timestamp": set_at("placedAt", "2026-11-03 25:61"),
    "too many digits": set_at("shippingFee", "4.9001"),
    "null not allowed": set_at("customer", "country", None),
    "no lines": set_at("lines", []),
    "overflowing integer": set_at("lines", 0, "unitPriceCents", 99_999_999_999),
    "wrong uuid": set_at("eventId", "not-a-uuid"),
    "number for text": set_at("orderId", 20261103),
    "array for record": set_at("customer", []),
    "not an object": lambda event, rng: json.dumps(event["orderId"]),
}


def main():
    rng = random.Random(20261103)
    kinds = list(FAULTS)
    lines, faults = [], []
    for number in range(1, LINES + 1):
        event = order(rng, number)
        if number % FAULT_EVERY == 17:
            kind = kinds[len(faults) % len(kinds)]
            faults.append({"line": number, "orderId": event["orderId"], "fault": kind})
            lines.append(FAULTS[kind](event, rng))
        else:
            lines.append(text(event))
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text("\n".join(lines), encoding="utf-8")
    (HERE / "events" / "faults.json").write_text(json.dumps(faults, indent=1) + "\n", encoding="utf-8")
    print(f"{OUT}: {LINES} events, {len(faults)} of them wrong in {len(kinds)} ways")


if __name__ == "__main__":
    main()
