"""`needs-call/1` in, `propositions/1` out, and the command between them."""

import json
from dataclasses import replace

import pytest

from solver import MalformedDocument
from solver.__main__ import main
from solver.propositions import read_call, write_call
from tests.solver.propositions.calls import a_call, drawn_call


@pytest.mark.parametrize("seed", range(20))
def test_a_call_reads_back_as_it_was_written(seed):
    call = drawn_call(seed)
    assert read_call(write_call(call)) == call


def test_what_may_be_left_out_has_its_usual_value():
    document = json.loads(write_call(a_call()))
    for key in ("limits", "kinds", "reach"):
        del document[key]
    call = read_call(json.dumps(document).encode())
    assert (call.limits.platforms_min, call.limits.budget, call.reach) == (3, None, 5)
    assert call.kinds["peer_exchange"].givers == 1


def spoiled(**changes):
    return json.dumps(json.loads(write_call(a_call())) | changes).encode()


def test_every_defect_is_named_with_its_place():
    row = {"id": "n", "platform": "nobody", "topic": "x", "weight": 4, "people": 0, "languages": []}
    with pytest.raises(MalformedDocument) as refused:
        read_call(spoiled(needs=[row], limits={"platforms_min": 5, "platforms_max": 2}, stranger=1))
    assert {(error.place, error.reason) for error in refused.value.errors} == {
        ("needs[0].platform", "dangling_id"),
        ("needs[0].weight", "out_of_range"),
        ("needs[0].people", "out_of_range"),
        ("needs[0].languages", "wrong_value"),
        ("limits.platforms_max", "contradiction"),
        ("stranger", "unknown_key"),
    }


def test_a_platform_names_a_topic_once():
    need = {"platform": "sn", "topic": "x", "weight": 1, "people": 1, "languages": ["fr"]}
    with pytest.raises(MalformedDocument, match="already"):
        read_call(spoiled(needs=[need | {"id": "a"}, need | {"id": "b"}]))


# -- the command ------------------------------------------------------------------------


def test_the_command_writes_what_is_proposed_and_why(tmp_path, capsys):
    call, out = tmp_path / "call.json", tmp_path / "out.json"
    call.write_bytes(write_call(a_call()))
    assert main(["propose", str(call), "-o", str(out)]) == 0
    assert capsys.readouterr().out.startswith("optimal: 1 propositions, ")
    found = json.loads(out.read_text(encoding="utf-8"))
    (exchange,) = found["propositions"]
    assert found["points"] == found["bound"]
    assert found["cost"] == found["least_cost"] == exchange["cost"] == sum(exchange["costs"].values())
    assert [each["host"] for each in exchange["hosts"]] == ["accra-hall", "dakar-hall"]
    assert [each["code"] for each in exchange["reasons"]] == [
        "shared_need",
        "members_teach",
        "host",
        "team",
        "worth",
    ]
    assert [(each["need"], each["reasons"][0]["code"]) for each in found["unserved"]] == [("fj-1", "too_few")]


def test_a_malformed_call_is_refused_with_exit_2(tmp_path, capsys):
    call = tmp_path / "call.json"
    call.write_bytes(spoiled(currency="euro"))
    assert main(["propose", str(call)]) == 2
    assert "currency" in capsys.readouterr().err


# -- why something is left ----------------------------------------------------------------


def reason_of(need, **changes):
    from solver.propositions import propose

    call = a_call(**changes)
    (reason,) = propose(call).unserved[need]
    return reason


def limits(**changes):
    return replace(a_call().limits, **changes)


def test_a_need_that_money_alone_keeps_out():
    reason = reason_of("sn-1", limits=limits(budget=100))
    assert (reason.code, reason.facts["left"]) == ("budget", 100)
    assert reason.facts["cost"] > 100


def test_a_need_that_too_few_share_in_a_language():
    needs = dict(a_call().needs)
    needs["gh-1"] = replace(needs["gh-1"], languages=frozenset({"en"}))
    reason = reason_of("gh-1", needs=needs)
    assert (reason.code, dict(reason.facts)) == ("language", {"platforms": 1, "least": 2, "asking": 3})


def test_a_need_in_a_region_without_hosts():
    reason = reason_of("sn-1", hosts={})
    assert (reason.code, dict(reason.facts)) == ("no_host", {"region": "West Africa"})


def test_a_need_of_a_platform_that_has_its_turns():
    needs = dict(a_call().needs)
    for platform in ("sn", "gh", "tg"):
        other = replace(needs[f"{platform}-1"], id=f"{platform}-2", topic="budgets", people=1, weight=1)
        needs[other.id] = other
    reason = reason_of("sn-2", needs=needs)
    assert (reason.code, dict(reason.facts)) == ("turns", {"platform": "sn", "most": 1})
