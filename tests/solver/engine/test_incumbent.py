from solver.engine.incumbent import Incumbent
from tests.solver.rounds import session, tiny_round, workshop


def test_only_what_is_right_and_better_is_taken():
    incumbent = Incumbent(tiny_round(workshops=[workshop()]))
    assert incumbent.offer(())
    assert incumbent.schedule.objective == 0
    on_saturday = session(start="2027-03-06")
    assert not incumbent.offer((on_saturday,))
    assert incumbent.rejected == ["working_days off_at_place course"]
    # 15000 held, less the hall 200 and Lena 20; a seat for Sam adds 400 and 500.
    assert incumbent.offer((session(),))
    assert incumbent.schedule.objective == 14_780
    assert incumbent.schedule.cost == 220
    assert not incumbent.offer((session(start="2027-03-02"),))
    assert incumbent.offer((session(seats=["sam"]),))
    assert incumbent.schedule.objective == 15_680


def test_the_lowest_bound_counts_and_proves_when_it_is_reached():
    incumbent = Incumbent(tiny_round(workshops=[workshop()]))
    assert not incumbent.proven
    incumbent.offer((session(),))
    assert incumbent.limit(20_000)
    assert not incumbent.limit(30_000)
    assert incumbent.bound == 20_000
    assert not incumbent.proven
    assert incumbent.limit(14_780)
    assert incumbent.proven
