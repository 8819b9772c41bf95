"""The case the sentences are about: one piece of evidence of every kind, and a pattern resting on two of them.

| id | rank | direction | what |
|---|---|---|---|
| E1 | 1 | raises | 508.50 EUR; the customer's 30-day mean is 20.34 EUR; 25 times |
| E2 | 2 | raises | 25% of 12 outcomes for the terminal in 28 days were fraud; typical is 0.8% |
| E3 | 3 | lowers | made in RO; home is FR; 2% abroad |
| E4 | 4 | raises | category gift cards 24; 3% |
| E5 | 5 | raises | first payment with this device |
| E6 | 6 | raises | 9 payments in 24 hours; usual is 1.9 |
| E7 | 7 | lowers | made at 03:12; 12% |
| E8 | 8 | raises | 45 seconds since the previous payment; usual is 2 days |
| E9 | 9 | raises | 812 km in 10 minutes; 4,872 km/h |
| E10 | 10 | lowers | 3 declined payments in the hour before |

E11 to E25 hold the other kinds, of ranks above ten.
"""

from domain import statements as say
from domain.evidence import Direction, Evidence, Typology


def _item(number: int, kind: str, statement: str, direction: Direction, value: float | str = 0.0) -> Evidence:
    contribution = (4.0 - 0.15 * number) * (1 if direction == "raises" else -1)
    return Evidence(f"E{number}", kind, kind, statement, value, "", None, direction, contribution, number)


EVIDENCE = (
    _item(1, "amount_ratio", say.amount_ratio(508.50, 20.34, 30, "EUR"), "raises"),
    _item(2, "known_fraud", say.known_fraud(0.25, 12, "terminal", 28, 0.008), "raises"),
    _item(3, "country", say.country("RO", "FR", 0.02), "lowers"),
    _item(4, "category", say.category("gift cards 24", 0.03), "raises", "gift cards 24"),
    _item(5, "familiarity", say.familiarity(0, "device"), "raises"),
    _item(6, "customer_count", say.customer_count(9, 24, 1.9), "raises"),
    _item(7, "time_of_day", say.time_of_day(3, 12, 0.12), "lowers"),
    _item(8, "since_last", say.since_last(45, 2 * 86400), "raises"),
    _item(9, "travel_speed", say.travel_speed(4872, 812, 600), "raises"),
    _item(10, "declines", say.declines(3, 1), "lowers"),
    _item(11, "amount", say.amount(1234.5, 61.7, "EUR"), "raises"),
    _item(12, "amount_record", say.amount_record(12508.5, 980.0, "USD"), "raises"),
    _item(13, "amount_spread", say.amount_spread(508.5, 18.0, 8.2, "EUR"), "raises"),
    _item(14, "peer_amount", say.peer_amount(508.5, 30.0, "EUR"), "lowers"),
    _item(15, "customer_sum", say.customer_sum(740.2, 24, 55.0, "EUR"), "raises"),
    _item(16, "customer_mean", say.customer_mean(92.5, 168, 47.0, "EUR"), "lowers"),
    _item(17, "subject_count", say.subject_count(140, "merchant", 24, 3.2), "raises"),
    _item(18, "weekday", say.weekday("Saturday", 0.31), "lowers"),
    _item(19, "familiarity", say.familiarity(4, "merchant"), "lowers"),
    _item(20, "home_distance", say.home_distance(350.2, 11.5), "raises"),
    _item(21, "channel", say.channel("online", 0.6), "lowers", "online"),
    _item(22, "balance_drained", say.balance_drained(0.97, 4000.0, "EUR"), "raises"),
    _item(23, "passed_through", say.passed_through(0.9, 5000.0, 24, "EUR"), "raises"),
    _item(24, "small_payments", say.small_payments(7, 5.0, 1, "EUR"), "raises"),
    _item(25, "under_limit", say.under_limit(9800.0, 10000.0, "EUR"), "raises"),
    _item(26, "counterparties", say.counterparties(14, 7, 2.5), "raises"),
)
TYPOLOGY = Typology("card testing", "many small payments, then a large one", ("E1", "E2"))
