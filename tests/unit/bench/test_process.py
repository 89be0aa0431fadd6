import os

from tidegate.bench.process import disk_mb, family, file_system, resident_kib, resident_mb

MOUNTS = """\
/dev/vda / ext4 rw 0 0
tmpfs /run tmpfs rw 0 0
/dev/vdb /srv/data xfs rw 0 0
"""


def test_the_file_system_is_that_of_the_deepest_mount(tmp_path, monkeypatch):
    monkeypatch.setattr("pathlib.Path.resolve", lambda self: self)
    kinds = {
        path: file_system(type(tmp_path)(path), MOUNTS)
        for path in ("/srv/data/x", "/srv/database", "/run", "/home")
    }
    assert kinds == {
        "/srv/data/x": "xfs",
        "/srv/database": "ext4",
        "/run": "tmpfs",
        "/home": "ext4",
    }


def test_resident_memory_is_read_from_the_status():
    assert resident_kib("Name:\tx\nVmHWM:\t 9 kB\nVmRSS:\t   1234 kB\n") == 1234
    assert resident_kib("Name:\tkthreadd\n") == 0


def test_we_are_of_our_own_family():
    assert os.getpid() in family(os.getpid())
    assert os.getpid() in family(os.getppid())
    assert resident_mb(os.getpid()) > 1


def test_disk_use_counts_what_is_allocated(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "full").write_bytes(b"x" * 100_000)
    with open(tmp_path / "sparse", "wb") as sparse:
        sparse.truncate(50_000_000)
    assert 0.1 <= disk_mb(tmp_path) < 1
