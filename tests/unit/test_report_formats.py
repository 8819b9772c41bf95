"""JSON and XML after their schemas, the drafts as plain text, and nothing from data acting in them."""

import dataclasses
import json
import re
from pathlib import Path

import jsonschema
import pytest
import xmlschema
from referencing import Registry, Resource

from domain.rendering import render
from domain.reporting import Report
from tests.reports import a_decision, a_report
from tests.texts import HOSTILE
from tests.unit.test_rendering_pdf import with_text

FOLDER = Path(__file__).parents[2] / "resources/report"
hostile = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())


def json_schema() -> jsonschema.Draft202012Validator:
    read = {name: json.loads((FOLDER / name).read_text()) for name in ("report.schema.json", "explanation.schema.json")}
    registry: Registry = Registry().with_resources((name, Resource.from_contents(part)) for name, part in read.items())
    return jsonschema.Draft202012Validator(read["report.schema.json"], registry=registry)


def escalated(text: str) -> Report:
    report = with_text(text)
    case = report.cases[0]
    decided = dataclasses.replace(case, decisions=(a_decision(note=text, actor=text, disposition="escalated"),))
    return dataclasses.replace(report, cases=(decided,))


@pytest.mark.parametrize("report", [a_report(), a_report([])], ids=["three cases", "none"])
def test_json_follows_its_schema(report: Report) -> None:
    document = json.loads(render(report, "json"))
    assert [error.message for error in json_schema().iter_errors(document)] == []


def test_the_schema_refuses_what_is_no_report() -> None:
    document = json.loads(render(a_report(), "json"))
    del document["cases"][0]["explanation"]["bundle"]
    document["mask"] = "some"
    document["audit"]["head"] = "none"
    places = {tuple(error.absolute_path) for error in json_schema().iter_errors(document)}
    assert places == {("cases", 0, "explanation"), ("mask",), ("audit", "head")}


@hostile
def test_xml_follows_its_schema_whatever_the_data_says(text: str) -> None:
    xml = render(escalated(text), "xml").decode()
    schema = xmlschema.XMLSchema(str(FOLDER / "goaml-draft.xsd"))
    if text.strip():
        assert [error.reason for error in schema.iter_errors(xml)] == []
    assert xml.count("<report>") == 1
    assert "<!DOCTYPE" not in xml and "<![CDATA[" not in xml


def test_xml_holds_escalated_cases_alone_and_says_it_is_a_draft() -> None:
    xml = render(a_report(), "xml").decode()
    assert re.findall(r"<entity_reference>(.*)</entity_reference>", xml) == ["A-T-2044"]
    assert 'draft="true"' in xml
    assert "<report>" not in render(a_report([]), "xml").decode()


def test_the_draft_says_who_what_when_where_why_how_and_claims_no_more() -> None:
    text = render(a_report(), "txt").decode()
    told = dict(re.findall(r"^(Who|What|When|Where|Why|How|Decision): (.*)$", text, re.MULTILINE))
    assert list(told) == ["Who", "What", "When", "Where", "Why", "How", "Decision"]
    case = a_report().cases[1]
    shown = " ".join(sentence.text for sentence in case.explanation.narrative.sentences)
    assert told["Why"] == re.sub(r" \[E\d\]", "", shown)
    assert "customer C-0077" in told["Who"] and "508.50 EUR" in told["What"]
    assert "Escalated by m.ferreira" in told["Decision"]
    assert "Draft, assembled by program" in text
    assert "No case of this report is escalated" in render(a_report([]), "txt").decode()


@hostile
def test_the_draft_is_lines_of_visible_text(text: str) -> None:
    lines = render(escalated(text), "txt").decode().split("\n")
    headings = [line.split(":")[0] for line in lines if re.match(r"(Who|What|When|Where|Why|How|Decision): ", line)]
    assert headings == ["Who", "What", "When", "Where", "Why", "How", "Decision"], "data starts no paragraph"
    for control in ("\x07", "\x1b", "\u202e", "\x00", "\r"):
        assert control not in "\n".join(lines)
