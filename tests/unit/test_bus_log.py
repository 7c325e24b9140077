"""The engine's events for the console: the first ones in full, the others counted."""

from local.engines.bus_log import BusLog


def test_events_are_taken_once_and_many_of_them_are_counted():
    log = BusLog()
    log.add({"DetailType": f"kind-{number % 2}", "Detail": '{"a": 1}'} for number in range(105))
    processed = log.take()
    assert len(processed["Events"]) == 100
    assert processed["Events"][0] == {"detail-type": "kind-0", "detail": {"a": 1}}
    assert processed["More"] == {"kind-0": 3, "kind-1": 2}
    assert log.take() == {"Events": [], "More": {}}
