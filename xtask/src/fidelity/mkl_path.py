"""Chooses the path that torch's MKL takes: the one for Intel's processors or the one for all others, such as AMD's.

MKL asks the processor for its maker, and sums products and rounds square roots differently by the answer. To repeat what
torch computes on another machine, import this before torch and call `take`: it runs the script again with a library in
front of MKL that gives the answer wanted. Linux, with a C compiler.
"""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = "int mkl_serv_intel_cpu_true(void) { return %d; }\nint mkl_serv_intel_cpu(void) { return %d; }\n"


def take(maker):
    """`intel` or any other."""
    if os.environ.get("MKL_PATH_TAKEN") == maker:
        return
    folder = Path(tempfile.mkdtemp())
    library = folder / "maker.so"
    answer = int(maker == "intel")
    (folder / "maker.c").write_text(SOURCE % (answer, answer))
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, folder / "maker.c"], check=True)
    os.environ.update(LD_PRELOAD=str(library), MKL_PATH_TAKEN=maker)
    os.execv(sys.executable, [sys.executable, *sys.argv])
