"""The link graph against a real store: what is tied to a payment, as it was known at a moment, and bounded."""

from datetime import timedelta
from pathlib import Path

from domain.links import Node, moments, roots_of
from domain.transactions import Transaction
from tests.stores import START, new_store, put

DEVICE = Node("device", "D-1")


def pay(number: int, customer: str, hours: float, **fields) -> Transaction:
    return Transaction(f"T-{number}", START + timedelta(hours=hours), customer, 10.0 + number, **fields)


def some() -> tuple[Transaction, ...]:
    shared = {"device_id": "D-1", "merchant_id": "M-1"}
    fraud = {"label": True, "label_time": START + timedelta(hours=50)}
    return (
        pay(1, "C-1", 0, **shared),
        pay(2, "C-2", 1, **shared, **fraud),
        pay(3, "C-3", 2, device_id="D-1"),
        pay(4, "C-1", 60, **shared, counterparty_id="C-9"),
        pay(5, "C-2", 61, counterparty_id="C-1"),
    )


def test_a_payment_is_tied_to_whoever_shares_its_device(tmp_path: Path) -> None:
    rows = some()
    with new_store(tmp_path) as store:
        put(store, rows)
        graph = store.links.graph(rows[3], rows[3].occurred_at, [DEVICE])
    assert graph.roots == (Node("account", "C-1"), DEVICE, Node("merchant", "M-1"), Node("account", "C-9"))
    others = {node for node in graph.nodes if node not in graph.roots}
    assert others == {Node("account", "C-2"), Node("account", "C-3")}
    assert dict(graph.parents) == dict.fromkeys(others, DEVICE)
    device = next(standing for standing in graph.standings if standing.node == DEVICE)
    assert (device.payments, device.accounts, device.frauds) == (4, 3, 1)
    assert {(link.source.id, link.payments, link.frauds) for link in graph.links} == {
        ("C-1", 2, 0), ("C-2", 1, 1), ("C-3", 1, 0),
    }  # fmt: skip


def test_what_was_not_known_yet_is_not_shown(tmp_path: Path) -> None:
    rows = some()
    with new_store(tmp_path) as store:
        put(store, rows)
        early = store.links.graph(rows[3], START + timedelta(hours=1), [DEVICE])
        unreported = store.links.graph(rows[3], START + timedelta(hours=49), [DEVICE])
    assert Node("account", "C-3") not in early.nodes, "it paid an hour later"
    assert all(standing.frauds == 0 for standing in unreported.standings), "the fraud was reported at hour 50"
    ahead = next(standing for standing in early.standings if standing.node.id == "C-9")
    assert (ahead.payments, ahead.last) == (0, None), "nobody had paid it yet"


def test_money_is_followed_in_both_directions(tmp_path: Path) -> None:
    rows = some()
    with new_store(tmp_path) as store:
        put(store, rows)
        hood = store.links.neighbourhood(Node("account", "C-1"), START + timedelta(hours=100))
    directed = {(link.source.id, link.target.id) for link in hood.links if link.target.kind == "account"}
    assert directed == {("C-1", "C-9"), ("C-2", "C-1")}


def test_neighbours_are_bounded_and_what_is_left_out_is_counted(tmp_path: Path) -> None:
    crowd = [pay(number, f"C-{number}", number, device_id="D-1", label=number == 29) for number in range(30)]
    with new_store(tmp_path) as store:
        put(store, crowd)
        at = START + timedelta(days=30)
        graph = store.links.graph(crowd[0], at, [DEVICE, Node("device", "D-elsewhere")])
    assert dict(graph.left_out) == {DEVICE: 22}
    assert graph.expanded == (DEVICE,), "what cannot be reached is passed over"
    assert graph.links[0].source.id == "C-29", "known fraud first"


def test_the_payments_moment_can_always_be_looked_at() -> None:
    first, this, newest = START, START + timedelta(days=3, seconds=7), START + timedelta(days=9)
    steps = moments(first, this, newest)
    assert (steps[0], steps[-1]) == (first, newest)
    assert this in steps and list(steps) == sorted(steps)
    assert moments(this, this, this) == (this,)


def test_a_payment_without_names_has_only_its_account() -> None:
    assert roots_of(Transaction("T-1", START, "C-1", 1.0)) == (Node("account", "C-1"),)
