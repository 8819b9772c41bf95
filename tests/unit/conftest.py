"""What the view models are given: made-up services, and tasks that run at once."""

import pytest

from desktop.screens.case.view_model import CaseViewModel
from desktop.screens.undoable import Undoable
from tests.fakes import FakeServices, InlineTasks


@pytest.fixture
def services() -> FakeServices:
    return FakeServices()


@pytest.fixture
def tasks() -> InlineTasks:
    return InlineTasks()


@pytest.fixture
def case(services: FakeServices, tasks: InlineTasks) -> CaseViewModel:
    return CaseViewModel(services, tasks, Undoable())
