"""The link graph's view model, words and layout, without threads or display."""

import math

import pytest
from PySide6.QtCore import QLocale

from desktop.screens.case.link_layout import positions
from desktop.screens.case.links_view_model import LinksViewModel, lines_of, standing_words
from desktop.screens.case.view_model import CaseViewModel
from desktop.support.formats import Formats
from domain.links import Node, Standing
from tests.fakes import FakeServices, InlineTasks

FORMATS = Formats(QLocale("en_GB"))


@pytest.fixture
def links(services: FakeServices, tasks: InlineTasks, case: CaseViewModel) -> LinksViewModel:
    return LinksViewModel(services, tasks, case)


def asked(services: FakeServices) -> list[tuple[object, ...]]:
    return [call[2:] for call in services.calls if call[0] == "links"]


def test_it_is_asked_for_when_somebody_looks_and_once(case: CaseViewModel, links: LinksViewModel, services) -> None:
    case.open("A-T-1000")
    assert asked(services) == []
    links.look()
    links.look()
    ((at, expanded),) = asked(services)
    assert at == case.case.transaction.occurred_at, "as known when the payment was made"
    assert expanded == links.graph.roots[1:]
    assert links.at_payment and links.moments[-1] == links.graph.newest


def test_a_node_is_expanded_and_folded(case: CaseViewModel, links: LinksViewModel) -> None:
    case.open("A-T-1000")
    links.look()
    account, few = links.graph.roots[0], len(links.graph.nodes)
    links.toggle(account)
    assert links.expanded(account) and len(links.graph.nodes) == few + 2
    links.toggle(account)
    assert not links.expanded(account) and len(links.graph.nodes) == few
    links.toggle(Node("device", "nowhere"))
    assert len(links.graph.nodes) == few


def test_another_moment_is_asked_for(case: CaseViewModel, links: LinksViewModel, services: FakeServices) -> None:
    case.open("A-T-1000")
    links.look()
    links.move_to(0)
    assert asked(services)[-1][0] == links.moments[0] == case.case.history[-1].occurred_at
    assert not links.at_payment


def test_what_comes_after_another_case_was_opened_is_dropped(
    case: CaseViewModel, links: LinksViewModel, tasks: InlineTasks
) -> None:
    case.open("A-T-1000")
    tasks.later = True
    links.look()
    case.open("A-T-1001")
    tasks.run_later()
    assert links.graph is None and links.moments == ()


def test_the_list_says_what_the_drawing_shows(case: CaseViewModel, links: LinksViewModel) -> None:
    case.open("A-T-1000")
    links.look()
    lines = lines_of(links.graph, FORMATS)
    assert len(lines) == len(links.graph.nodes)
    assert lines[0].through == "This payment"
    assert any(line.frauds == "✕ 1" for line in lines)
    assert any(line.left_out == "5 more not shown" for line in lines)
    assert standing_words(Standing(Node("device", "D-1"), 1, 1, 0, None), FORMATS) == "1 payment by 1 account"
    assert standing_words(Standing(Node("device", "D-1"), 17, 3, 2, None), FORMATS) == (
        "17 payments by 3 accounts, 2 known as fraud"
    )


def test_no_two_nodes_stand_on_each_other(case: CaseViewModel, links: LinksViewModel) -> None:
    case.open("A-T-1000")
    links.look()
    for root in links.graph.roots:
        if not links.expanded(root):
            links.toggle(root)
    placed = positions(links.graph)
    assert set(placed) == set(links.graph.nodes)
    points = list(placed.values())
    assert min(math.dist(a, b) for i, a in enumerate(points) for b in points[:i]) > 0.2
    assert {round(math.hypot(*placed[root]), 6) for root in links.graph.roots} == {1.0}
