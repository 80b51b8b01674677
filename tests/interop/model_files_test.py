"""Graphs, MetaGraphs and SavedModels that Reflow writes are read by a real TensorFlow with equal values, and the other way."""
from pathlib import Path

import pytest
from peer import needs_build, needs_peer, run_peer, run_reflow

pytestmark = [needs_peer, needs_build]

PROGRAMS = Path(__file__).resolve().parent


def run(by, program, folder):
    return by(folder, (PROGRAMS / program).read_text(), folder)


@pytest.fixture(scope='module', params=[run_reflow, run_peer])
def written(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp('models')
    run(request.param, 'write_models.py', folder)
    return folder


def test_both_read_the_same(written):
    by_reflow = run(run_reflow, 'read_models.py', written)
    assert 'frozen.pbtxt' in by_reflow
    assert by_reflow == run(run_peer, 'read_models.py', written)
