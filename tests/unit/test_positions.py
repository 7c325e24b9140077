"""Positions of readers are stored, also with concurrent writers."""

import threading
from pathlib import Path

from local.positions import FILE_NAME, Positions, read_positions


def test_readers_that_write_at_once_do_not_hinder_each_other(tmp_path: Path):
    positions = Positions(tmp_path)
    faults: list[BaseException] = []

    def come_on(reader: str) -> None:
        try:
            for number in range(1, 301):
                positions.keep(reader, number)
        except OSError as error:
            faults.append(error)

    readers = [threading.Thread(target=come_on, args=(name,)) for name in ("a", "b", "c")]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()

    assert faults == []
    assert read_positions(tmp_path) == {"a": 300, "b": 300, "c": 300}
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]
