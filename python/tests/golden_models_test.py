"""Models that real TensorFlow versions wrote give the results that they gave there.

The few of tests/data are always read; all others where REFLOW_GOLDEN names a copy of the collection that they are from.
"""
import json
import os
from pathlib import Path

import numpy as np
import pytest

import reflow.tensorflow as tf
from reflow.framework import op_def_registry, protos

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / 'tests/data/saved_models'
GOLDEN = Path(os.environ.get('REFLOW_GOLDEN', ROOT.parent / 'shared/data/tf-golden'))
CC = 'v2.6/tensorflow/cc/saved_model/testdata/'

NETWORK = json.loads((DATA / 'frozen/values.json').read_text())
X, Y = NETWORK['x:0']['values'], NETWORK['y:0']['values']
HALF_PLUS_TWO = [[[1.], [2.]], [[2.5], [3.]]]


def examples(name, rows):
    """Serialized Examples with one feature, a list of floats for each."""
    made = []
    for row in rows:
        example = protos.message('tensorflow.Example')()
        example.features.feature[name].float_list.value.extend(row)
        made.append(example.SerializeToString())
    return made


# Path, tags, signature, inputs, outputs.
MODELS = [
    (DATA / 'tf_1_15', ['serve'], 'serving_default', {'x': X}, {'y': Y}),
    (DATA / 'tf_1_15', ['serve'], 'lookup', {'word': ['two', 'zero', 'none']}, {'number': [2, 0, -1]}),
    (DATA / 'predictor', ['serve'], 'sum', {'x': 3., 'y': 2.}, {'outputs': 5.}),
    (DATA / 'predictor', ['serve'], 'difference', {'x': 3., 'y': 2.}, {'outputs': 1.}),
    (DATA / 'predictor', ['serve'], 'product', {'x': 3., 'y': 2.}, {'outputs': 6.}),
    (DATA / 'vars_and_arithmetic', ['serve'], 'serving_default', {'a': 2., 'b': 4.}, {'output_0': 11.}),
    (DATA / 'tf_2_21', ['serve'], 'serving_default', {'x': [[1., 2.], [-3., .5]]},
     {'y': [[12., 3., 7.5], [3., 9., 3.]], 'top': [[0, 2], [1, 0]]}),
    (DATA / 'tf_2_21', ['serve'], 'serving_default', {'x': [[.125, 0.]]}, {'y': [[3.0625, 3., 3.03125]]}),
    (DATA / 'tf_2_21', ['serve'], 'words', {'x': ['b', 'none']}, {'number': [2, -1]}),
    (GOLDEN / 'tf-1.15/saved-model-text', ['serve'], 'serving_default', {'x': X}, {'y': Y}),
    (GOLDEN / 'tf-1.15/saved-model-text', ['serve'], 'lookup', {'word': ['two', 'none']}, {'number': [2, -1]}),
    *((GOLDEN / CC / name / '00000123', ['serve'], 'serving_default', {'x': HALF_PLUS_TWO[0]}, {'y': HALF_PLUS_TWO[1]})
      for name in ('half_plus_two', 'half_plus_two_main_op', 'half_plus_two_pbtxt', 'half_plus_two_v2')),
    *((GOLDEN / CC / name / '00000123', ['serve'], 'regress_x_to_y', {'inputs': examples('x', [[0], [1], [2], [3]])},
       {'outputs': [[2.], [2.5], [3.], [3.5]]}) for name in ('half_plus_two', 'half_plus_two_pbtxt', 'half_plus_two_v2')),
    (GOLDEN / CC / 'x_plus_y_v2_debuginfo', ['serve'], 'serving_default', {'x': 2., 'y': 3.}, {'output_0': 5.}),
    (GOLDEN / CC / 'StaticHashTableModule', ['serve'], 'serving_default', {'word': 'nothing'}, {'output_0': -1}),
    (GOLDEN / 'v2.6/tensorflow/c/experimental/saved_model/internal/testdata/SimpleWhileLoop', ['serve'],
     'serving_default', {'value': 4.}, {'output_0': 10.}),
    (GOLDEN / CC / 'StaticHashTableModule', ['serve'], 'serving_default', {'word': 'foo'}, {'output_0': 0}),
    (GOLDEN / 'v2.6/tensorflow/python/keras/mixed_precision/testdata/lso_savedmodel_tf2.2', ['serve'], 'serving_default',
     {'input_1': [[1., 2.]]}, {'output_1': [[40.021152, 40.33353]]}),
]


def skip_unless_there(folder, graph_def):
    """Skips where an op of the graph, or of a function that may be called, is not part of Reflow yet."""
    if DATA in folder.parents:
        return  # the functions that are called have all of their ops
    functions = {function.signature.name for function in graph_def.library.function}
    nodes = [*graph_def.node, *(node for function in graph_def.library.function for node in function.node_def)]
    missing = sorted({node.op for node in nodes if node.op not in functions and op_def_registry.op_def(node.op) is None})
    if missing:
        pytest.skip('%s needs ops that are not there yet: %s' % (folder.name, ', '.join(missing)))


def meta_graph_of(folder, tags):
    from reflow.saved_model import loader_impl
    if not folder.exists():
        pytest.skip('%s is not part of the repository' % folder.name)
    return loader_impl.SavedModelLoader(str(folder)).get_meta_graph_def_from_tags(tags)


@pytest.mark.parametrize('folder, tags, signature, inputs, outputs', MODELS,
                         ids=['%s-%s' % (model[0].relative_to(model[0].parents[1]), model[2]) for model in MODELS])
def test_saved_model_gives_what_it_gave(folder, tags, signature, inputs, outputs):
    skip_unless_there(folder, meta_graph_of(folder, tags).graph_def)
    with tf.Graph().as_default() as graph, tf.Session() as sess:
        model = tf.saved_model.loader.load(sess, tags, str(folder)).signature_def[signature]
        fetches = {key: graph.get_tensor_by_name(model.outputs[key].name) for key in outputs}
        results = sess.run(fetches, {model.inputs[key].name: value for key, value in inputs.items()})
    for key, value in outputs.items():
        np.testing.assert_allclose(results[key], value, rtol=1e-5)


@pytest.mark.parametrize('file', ['model.pb', 'model.pbtxt'])
def test_frozen_graph_gives_what_it_gave(file):
    graph_def = protos.message('tensorflow.GraphDef')()
    if file.endswith('.pb'):
        graph_def.ParseFromString((DATA / 'frozen' / file).read_bytes())
    else:
        protos.merge_text((DATA / 'frozen' / file).read_text(), graph_def)
    with tf.Graph().as_default(), tf.Session() as sess:
        y, = tf.import_graph_def(graph_def, return_elements=['y:0'], name='')
        np.testing.assert_allclose(sess.run(y, {'x:0': X}), Y, rtol=1e-5)


META_GRAPHS = sorted([*GOLDEN.rglob('*.meta'), *GOLDEN.rglob('*.meta.txt'), *GOLDEN.rglob('metrics_export_meta_graph.pb')])


@pytest.mark.skipif(not META_GRAPHS, reason='REFLOW_GOLDEN names no files of real TensorFlow versions')
@pytest.mark.parametrize('file', META_GRAPHS, ids=[str(path.relative_to(GOLDEN)) for path in META_GRAPHS])
def test_meta_graph_is_imported_and_exported_again(file):
    from reflow.framework import meta_graph
    read = meta_graph.read_meta_graph_file(str(file))
    skip_unless_there(file, read.graph_def)
    with tf.Graph().as_default() as graph:
        saver = tf.train.import_meta_graph(str(file))
        assert (saver is not None) == read.HasField('saver_def')
        again, _ = meta_graph.export_scoped_meta_graph(saver_def=saver.saver_def if saver else None)
        assert len(graph.get_operations()) == len(read.graph_def.node)
    # Old files have local variables as names of tensors, which can't be written as variables.
    kept = {key: collection for key, collection in read.collection_def.items() if collection.WhichOneof('kind')
            and not (key == 'local_variables' and collection.HasField('node_list'))}
    assert sorted(again.collection_def) == sorted(kept)
    for key, collection in kept.items():
        if key not in ('cond_context', 'while_context'):
            kind = collection.WhichOneof('kind')
            assert len(getattr(again.collection_def[key], kind).value) == len(getattr(collection, kind).value), key


def test_exported_estimator_predicts_as_stated():
    folder = GOLDEN / 'tf-1.15/estimator/exported'
    skip_unless_there(folder, meta_graph_of(folder, ['serve']).graph_def)
    values = json.loads((GOLDEN / 'tf-1.15/estimator.values.json').read_text())
    expected = [prediction['probabilities'] for prediction in values['predictions of the first four']]
    with tf.Graph().as_default(), tf.Session() as sess:
        signature = tf.saved_model.loader.load(sess, ['serve'], str(folder)).signature_def['predict']
        inputs = {signature.inputs['examples'].name: examples('x', values['x']['values'][:4])}
        np.testing.assert_allclose(sess.run(signature.outputs['probabilities'].name, inputs), expected, rtol=1e-5)


@pytest.mark.parametrize('name', ['const_with_no_value', 'negative_shape'])
def test_damaged_model_is_refused(name):
    folder = GOLDEN / CC / 'fuzz_generated' / name
    skip_unless_there(folder, meta_graph_of(folder, ['serve']).graph_def)
    with tf.Graph().as_default(), tf.Session() as sess, pytest.raises(Exception):
        tf.saved_model.loader.load(sess, ['serve'], str(folder))


def test_trained_network_scores_as_stated():
    """Of the 10,000 test digits the dense network of a damaged model's sound checkpoint gets 9,769 right."""
    prefix = GOLDEN / CC / 'fuzz_generated/bad_node_attr/variables/variables'
    if not prefix.parent.exists():
        pytest.skip('%s is not part of the repository' % prefix)
    from reflow.contrib.learn.python.learn.datasets import mnist
    reader = tf.train.NewCheckpointReader(str(prefix))
    (w1, b1), (w2, b2) = (
        [reader.get_tensor('layer_with_weights-%d/%s/.ATTRIBUTES/VARIABLE_VALUE' % (layer, part)) for part in ('kernel', 'bias')]
        for layer in (0, 1))
    test = mnist.read_data_sets(str(ROOT / 'data/mnist')).test
    with tf.Graph().as_default(), tf.Session() as sess:
        logits = tf.matmul(tf.nn.relu(tf.matmul(tf.constant(test.images), w1) + b1), w2) + b2
        right = tf.equal(tf.argmax(logits, 1), tf.constant(test.labels.astype(np.int64)))
        assert sess.run(tf.reduce_sum(tf.cast(right, tf.int32))) == 9769
