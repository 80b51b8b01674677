"""Graphs, MetaGraphs and SavedModels that Reflow writes are read by a real TensorFlow with equal values, and the other way."""
import json
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


LOAD_FUNCTIONS = '''
import json
with tf.Session() as sess:
    model = tf.saved_model.loader.load(sess, ['serve'], sys.argv[1])
    for name, value in json.loads(sys.argv[2]).items():
        signature = model.signature_def[name]
        fetches = {key: info.name for key, info in signature.outputs.items()}
        results = sess.run(fetches, {signature.inputs['x'].name: value})
        print(name, {key: [round(float(v), 4) for v in results[key].ravel()] for key in sorted(results)})
'''


def test_saved_models_of_tensorflow_2(tmp_path):
    if not run_peer(tmp_path, 'import tensorflow; print(tensorflow.__version__)').startswith('2.'):
        pytest.skip('the peer is not TensorFlow 2')
    inputs = json.dumps({'dense': [[1., 2.], [-3., .5]], 'words': ['b', 'none'],
                         'image': [[[[i * j / 16.] for i in range(4)] for j in range(4)]]})
    written = run_peer(tmp_path, (PROGRAMS / 'write_functions.py').read_text(), tmp_path / 'model', inputs)
    assert written.count('\n') == 3
    assert run_reflow(tmp_path, LOAD_FUNCTIONS, tmp_path / 'model', inputs) == written
