#!/usr/bin/env python3
"""Writes inbox/orders-2026-11-03.jsonl: 2,200 order events, about 3 % of them malformed in fourteen ways.

Deterministic: the same file every time. Standard library only. Prints how many lines of each kind there are.
"""
import collections
import json
import pathlib
import random
import uuid

COUNT = 2_200
rng = random.Random(20261103)
ARTICLES = [("SKU-%04d" % n, title) for n, title in enumerate(
    "Mug|Notebook|Fountain pen|Desk lamp|Backpack|Water bottle|Headphones|Keyboard|Mouse pad|Travel adapter|Umbrella|Scarf"
    .split("|"), 1000)]
COUNTRIES = {"EUR": ["DE", "FR", "IT", "ES", "NL"], "USD": ["US"], "GBP": ["GB"], "CHF": ["CH"]}


def order(n):
    currency = rng.choices(["EUR", "USD", "GBP", "CHF"], [60, 20, 12, 8])[0]
    lines, cents = [], 0
    for sku, title in rng.sample(ARTICLES, rng.choices([1, 2, 3], [60, 30, 10])[0]):
        quantity, price = rng.randint(1, 4), rng.randint(290, 18_900)
        cents += quantity * price
        lines.append({"sku": sku, "title": title, "quantity": quantity, "unitPrice": "%d.%02d" % divmod(price, 100)})
    second = 30 * n
    event = {
        "eventId": str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        "orderId": "o-20261103-%05d" % n,
        "placedAt": "2026-11-03T%02d:%02d:%02d.%03dZ" % (second // 3600 % 24, second // 60 % 60, second % 60, rng.randrange(1000)),
        "customer": {"id": rng.randint(10_000, 9_999_999), "email": "customer%d@example.com" % rng.randint(1, 5_000),
                     "country": rng.choice(COUNTRIES[currency])},
        "channel": rng.choices(["WEB", "APP", "STORE", "PHONE"], [55, 30, 10, 5])[0],
        "currency": currency, "lines": lines, "total": "%d.%02d" % divmod(cents, 100)}
    if rng.random() < 0.1:
        event["note"] = rng.choice(["leave at the door", "gift wrap, please", "call before delivery", None])
    return event


def text(event):
    return json.dumps(event, separators=(",", ":"))


def change(**fields):
    return lambda event: text({**event, **fields})


def line(**fields):
    return lambda event: text({**event, "lines": [{**event["lines"][0], **fields}] + event["lines"][1:]})


MALFORMED = {
    "broken JSON": lambda event: text(event).replace('"currency":', "currency:"),
    "truncated line": lambda event: text(event)[:-40],
    "missing field": lambda event: text({key: value for key, value in event.items() if key != "customer"}),
    "wrong type": line(quantity="two"),
    "unknown enum symbol": change(currency="EURO"),
    "unknown field": change(couponCode="AUTUMN"),
    "bad timestamp": change(placedAt="03.11.2026 10:15"),
    "too many decimals": line(unitPrice="19.999"),
    "null where not allowed": change(customer=None),
    "integer overflow": lambda event: text({**event, "customer": {**event["customer"], "id": 2**63}}),
    "bad uuid": change(eventId="not-a-uuid"),
    "no lines": change(lines=[]),
    "negative quantity": line(quantity=-1),
    "same order twice": None,
}


def main():
    kinds = list(MALFORMED)
    wrong = {at: kinds[n % len(kinds)] for n, at in enumerate(sorted(rng.sample(range(40, COUNT), 66)))}
    counts, out, earlier = collections.Counter(), [], ""
    for n in range(COUNT):
        event, kind = order(n), wrong.get(n)
        counts[kind or "well-formed"] += 1
        if kind == "same order twice":
            out.append(earlier)
        elif kind:
            out.append(MALFORMED[kind](event))
        else:
            out.append(text(event))
            earlier = out[-1]
    path = pathlib.Path(__file__).parent / "inbox" / "orders-2026-11-03.jsonl"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(out) + "\n", encoding="utf-8")
    for kind, count in counts.most_common():
        print("%5d  %s" % (count, kind))


main()
