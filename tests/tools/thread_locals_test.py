"""Python loads the library late, when little thread-local memory is left: "cannot allocate memory in static TLS block"."""
import pathlib
import shutil
import subprocess

import pytest

LIBRARY = pathlib.Path(__file__).resolve().parents[2] / 'build/release/lib/libreflow.so'
MOST_BYTES = 1024  # glibc leaves about 1,600 to all libraries that are loaded after start


@pytest.mark.skipif(shutil.which('readelf') is None, reason='readelf is not installed')
def test_the_library_needs_little_thread_local_memory():
    headers = subprocess.run(['readelf', '-lW', LIBRARY], capture_output=True, text=True, check=True).stdout
    sizes = [int(line.split()[5], 16) for line in headers.splitlines() if line.split()[:1] == ['TLS']]
    assert sizes and sizes[0] <= MOST_BYTES
