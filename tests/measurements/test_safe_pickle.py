"""Pickles from anyone: plain data is read, and everything else is refused by name and not executed."""

import os
import pickle
import struct
from pathlib import Path

import numpy as np
import pytest

from hwbench_mo import InputError
from hwbench_mo.measurements.upstream.safe_pickle import loads
from hwbench_mo.spaces import Architecture
from tests.support.upstream import Trap


def _global(module: str, name: str) -> bytes:
    return b"\x80\x04" + b"".join(b"\x8c" + bytes([len(x)]) + x.encode() for x in (module, name)) + b"\x93."


def _array(dtype: bytes, shape: bytes, data: bytes) -> bytes:
    """An array of any description: ``numpy._reconstruct(ndarray, (0,), b"b")`` and a state."""
    made = b"\x80\x04cnumpy._core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R(K\x01"
    return made + shape + dtype + b"\x89" + b"C" + bytes([len(data)]) + data + b"tb."


F8 = b"cnumpy\ndtype\n\x8c\x02f8\x89\x88\x87R(K\x03\x8c\x01<NNNK\x00K\x00K\x00tb"


def test_arrays_by_hand_are_read() -> None:
    """So that the hostile ones below are refused for what is hostile in them."""
    assert loads(_array(F8, b"K\x02\x85", struct.pack("<2d", 1, 2)), "here") == [1.0, 2.0]


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_plain_data_is_read_at_every_protocol(protocol: int) -> None:
    plain = {"a": [1, -1, 2**40, 1.5, None, True, False, "ü", ("x", (), (1, 2, 3, 4))], "b": {"c": []}}
    assert loads(pickle.dumps(plain, protocol), "here") == plain
    if protocol > 2:  # bytes of protocol 2 are a call of a codec
        arrays = [
            np.float32(0.5),
            np.bool_(True),
            np.arange(3),
            np.zeros(0),
            np.ones((2, 3), order="F"),
            np.ones(2, ">f8"),
        ]
        assert loads(pickle.dumps(arrays, protocol), "here") == [x.tolist() for x in arrays]


@pytest.mark.parametrize(
    ("hostile", "message"),
    [
        (pickle.dumps(Trap(os.system, "touch trapped")), rf"asks for '{os.name}\.system'"),
        (pickle.dumps([{"arch": Trap(eval, "open('trapped', 'w')")}]), r"asks for 'builtins\.eval'"),
        (pickle.dumps(np.array([Trap(os.system, "touch trapped")])), r"asks for the NumPy dtype 'O8'|'posix\.system'"),
        (pickle.dumps(np.array([None], dtype=object)), "asks for the NumPy dtype 'O8'"),
        (pickle.dumps(np.zeros(1, dtype=[("a", "f8")])), "asks for the NumPy dtype 'V8'"),
        (pickle.dumps(np.str_("a")), "asks for the NumPy dtype 'U1'"),
        (pickle.dumps(Architecture(embed_dim=1, n_layer=0, mlp_ratio=(), n_head=(), bias=True)), "NEWOBJ|Architecture"),
        (_global("numpy", "core.os.system"), r"asks for 'numpy\.core\.os\.system'"),
        (_global("numpy.core.multiarray", "scalar.__globals__"), r"asks for 'numpy\.core\.multiarray\.scalar\.__glob"),
        (_global("_codecs", "encode"), r"asks for '_codecs\.encode'"),
        (_global("numpy", "load"), r"asks for 'numpy\.load'"),
        (_global("numpy\nerror: all is well", "x"), r"asks for 'numpy\\nerror"),
        (b"cposix\nsystem\n(S'touch trapped'\ntR.", r"asks for 'posix\.system'"),
        (b"(S'touch trapped'\niposix\nsystem\n.", "asks for the operation STRING"),
        (b"(iposix\nsystem\n.", "asks for the operation INST"),
        (b"\x80\x02\x82\x01.", "asks for the operation EXT1"),
        (b"\x80\x02K\x01Q.", "asks for the operation BINPERSID"),
        (b"Pabc\n.", "asks for the operation PERSID"),
        (_array(F8, b"K\x7f\x85", b"12345678"), "asks for a NumPy array of 8 bytes whose shape says otherwise"),
        (_array(F8, b"J\xff\xff\xff\x7fK\x00\x86", b""), "asks for a NumPy array of 0 bytes whose shape"),
        (_array(F8, b"J\xff\xff\xff\xff\x85", b""), "asks for a NumPy array without a shape"),
        (_array(b"\x8c\x01O", b"K\x01\x85", b"12345678"), "asks for a NumPy array that is not made of bytes"),
        (_array(F8.replace(b"NNN", b"N}N"), b"K\x01\x85", b"12345678"), "asks for a NumPy dtype with fields"),
        (b"\x80\x04cnumpy\nndarray\nJ\xff\xff\xff\x7f\x85R.", "is not a whole pickle"),  # a call of ndarray itself
        (b"\x80\x04cnumpy._core.multiarray\nscalar\n}\x8c\x01aK\x01sb.", "is not a whole pickle"),  # sets attributes
        (b"\x80\x04cnumpy._core.multiarray\nscalar\nN}\x8c\x08functionNs\x86b.", "is not a whole pickle"),
        (b"\x80\x04\x8e" + struct.pack("<Q", 2**62) + b".", "is not a whole pickle"),  # more bytes than there are
        (b"\x80\x05\x96" + struct.pack("<Q", 2**62) + b".", "is not a whole pickle"),
        (pickle.dumps([{"arch": 1}])[:-3], "is not a whole pickle"),
        (b"\x80\x04" + b"(" * 100, "is not a whole pickle"),
        (b"", "is not a whole pickle"),
        (b"version https://git-lfs.github.com/spec/v1\n", "an operation 118 that does not exist"),
        (b"\x80\x09N.", "is not a whole pickle"),
    ],
)
def test_hostile_pickles_are_refused_by_name_and_not_executed(
    hostile: bytes, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=message) as caught:
        loads(hostile, "abc:file.pkl")
    assert str(caught.value).startswith("abc:file.pkl")
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_huge_memo_index_or_frame_allocates_nothing() -> None:
    assert loads(b"\x80\x02Nr" + struct.pack("<I", 2**32 - 1) + b".", "here") is None
    assert loads(b"\x80\x04\x95" + struct.pack("<Q", 2**62) + b"N.", "here") is None
