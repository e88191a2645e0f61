import hashlib
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest

from salespipe.errors import LedgerError
from salespipe.parts import Fault, add_part, locked, read_shelf

SCHEMA = 3


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "Team.changes"


def add(folder, value, *, notes=None, schema=SCHEMA):
    with locked(folder):
        last = read_shelf(folder, schema=SCHEMA).last
        table = pd.DataFrame({"x": [value]})
        return add_part(folder, table, number=last + 1, schema=schema, notes=notes or {})


def values(folder):
    return [int(part.table["x"].iloc[0]) for part in read_shelf(folder, schema=SCHEMA).parts]


def test_parts_come_back_in_order_with_their_notes(folder):
    assert read_shelf(folder, schema=SCHEMA).parts == ()
    for value in (7, 3, 5):
        add(folder, value, notes={"about": str(value)})
    shelf = read_shelf(folder, schema=SCHEMA)
    assert values(folder) == [7, 3, 5]
    assert [part.notes["about"] for part in shelf.parts] == ["7", "3", "5"]
    assert (shelf.last, shelf.faults) == (3, ())


@pytest.mark.parametrize(
    "harm", [lambda b: b[:-9], lambda b: b[:0], lambda b: b.replace(b"x", b"y")]
)
def test_damage_is_told_and_the_others_hold(folder, harm):
    part = add(folder, 1)
    add(folder, 2)
    part.write_bytes(harm(part.read_bytes()))
    assert read_shelf(folder, schema=SCHEMA).faults == (Fault("damaged", part.name),)
    assert values(folder) == [2]
    assert add(folder, 3).name.startswith("000003-")


def test_a_whole_file_that_is_no_table_is_damaged(folder):
    folder.mkdir()
    digest = hashlib.sha256(b"not a table").hexdigest()[:16]
    path = folder / f"000001-{digest}.parquet"
    path.write_bytes(b"not a table")
    assert read_shelf(folder, schema=SCHEMA).faults == (Fault("damaged", path.name),)


def test_a_missing_part_is_told(folder):
    gone = [add(folder, value) for value in range(4)][1]
    gone.unlink()
    assert read_shelf(folder, schema=SCHEMA).faults == (Fault("missing", "000002"),)
    assert values(folder) == [0, 2, 3]


def test_a_part_that_was_renamed_keeps_its_place(folder):
    first, second = add(folder, 1), add(folder, 2)
    third = first.with_name("000009" + first.name[6:])
    first.rename(third)
    shelf = read_shelf(folder, schema=SCHEMA)
    assert values(folder) == [1, 2]
    assert Fault("misplaced", third.name) in shelf.faults
    assert second.exists()
    assert shelf.last == 9


def test_a_copy_is_read_once_and_told(folder):
    part = add(folder, 1)
    copy = part.with_name(f"{part.stem} (copy).parquet")
    shutil.copy(part, copy)
    assert read_shelf(folder, schema=SCHEMA).faults == (Fault("foreign", copy.name),)
    assert values(folder) == [1]


def test_what_a_later_version_wrote_is_read_and_told(folder):
    part = add(folder, 1, schema=SCHEMA + 1)
    assert read_shelf(folder, schema=SCHEMA).faults == (Fault("newer", part.name),)
    assert values(folder) == [1]


def test_other_files_and_half_written_ones_do_no_harm(folder):
    add(folder, 1)
    (folder / "Thumbs.db").write_bytes(b"x")
    half = folder / "000002-x.123.tmp"
    half.write_bytes(b"half")
    assert values(folder) == [1]
    add(folder, 2)
    assert not half.exists()
    assert read_shelf(folder, schema=SCHEMA).faults == ()


def test_a_file_in_the_place_of_the_folder(folder):
    folder.write_text("x")
    with pytest.raises(LedgerError, match=r"is a file, where a folder of salespipe belongs"):
        read_shelf(folder, schema=SCHEMA)
    with pytest.raises(LedgerError, match="cannot be written"), locked(folder):
        pass


def test_a_write_that_fails_leaves_nothing(folder, monkeypatch):
    add(folder, 1)

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("salespipe.parts.os.fsync", full)
    with pytest.raises(LedgerError, match=r"cannot be written \(No space left on device\)"):
        add(folder, 2)
    assert values(folder) == [1]
    assert not [*folder.glob("*.tmp")]


def test_whoever_comes_second_waits_or_is_told_to(folder, monkeypatch):
    monkeypatch.setattr("salespipe.parts._PATIENCE", 0.1)
    with locked(folder), pytest.raises(LedgerError, match="is being written by another run"):
        add(folder, 2)
    assert add(folder, 1) is not None


def add_many(folder, first):
    for value in range(first, first + 10):
        add(folder, value)


def test_many_writers_at_once_lose_nothing(folder):
    ways = multiprocessing.get_context("spawn")
    writers = [ways.Process(target=add_many, args=(folder, 100 * n)) for n in range(1, 4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    shelf = read_shelf(folder, schema=SCHEMA)
    assert shelf.faults == ()
    assert shelf.last == 30
    assert sorted(values(folder)) == [100 * n + i for n in range(1, 4) for i in range(10)]


ADDING = """
import sys
from pathlib import Path
import pandas as pd
from salespipe.parts import add_part, locked, read_shelf

folder = Path(sys.argv[1])
print("ready", flush=True)
while True:
    with locked(folder):
        last = read_shelf(folder, schema=3).last
        table = pd.DataFrame({"x": range(last, last + 5000)})
        add_part(folder, table, number=last + 1, schema=3, notes={})
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="processes are killed by a signal here")
def test_whoever_is_killed_leaves_whole_parts_and_no_lock(folder):
    for nth in range(12):
        before = read_shelf(folder, schema=SCHEMA).last
        with subprocess.Popen(
            [sys.executable, "-c", ADDING, str(folder)], stdout=subprocess.PIPE
        ) as writer:
            writer.stdout.readline()
            time.sleep(0.02 + 0.013 * nth)
            writer.send_signal(signal.SIGKILL)
        shelf = read_shelf(folder, schema=SCHEMA)
        assert shelf.faults == ()
        assert shelf.last >= before
        assert [len(part.table) for part in shelf.parts] == [5000] * shelf.last
        for path in folder.glob("*.parquet"):  # else each round would read more
            path.unlink()
    assert add(folder, 1) is not None
