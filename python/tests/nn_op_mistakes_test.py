"""Shapes and attributes that don't fit an op of neural networks end in TensorFlow 1.15.5's errors."""
import json
import pathlib
import re

import numpy as np
import pytest

VECTORS = [json.loads(line) for line in (
    pathlib.Path(__file__).resolve().parents[2] / 'tests/data/errors/nn_ops.jsonl').read_text().splitlines()]


def _array(spec):
    [dtype] = set(spec) - {'value'}
    return np.array(spec[dtype], dtype) if spec.get('value') else np.ones(spec[dtype], dtype)


def _error(tf, vector):
    """[when, class, text] of the error, or None."""
    arrays = {name: _array(spec) for name, spec in vector['inputs'].items()}
    known = {name: vector['known'] or name in ('input_sizes', 'filter_sizes') for name in arrays}
    when = 'build'
    with tf.Graph().as_default() as graph, tf.Session(graph=graph) as session:
        try:
            inputs = {name: tf.constant(array) if known[name] else tf.placeholder(tf.as_dtype(array.dtype))
                      for name, array in arrays.items()}
            outputs = getattr(tf.raw_ops, vector['op'])(**inputs, **vector['attrs'])
            when = 'run'
            session.run(list(outputs) if isinstance(outputs, tuple) else outputs,
                        {inputs[name]: array for name, array in arrays.items()})
        except Exception as error:
            text = getattr(error, 'message', None) or str(error)
            text = text.split(' [[')[0].split('\n')[0]
            return [when, type(error).__name__, re.sub(r' for .*?\(op: .*', '', text)]
    return None


@pytest.mark.parametrize('op', sorted({vector['op'] for vector in VECTORS}))
def test_mistakes(op):
    import reflow.tensorflow as tf
    for vector in VECTORS:
        if vector['op'] == op:
            assert _error(tf, vector) == vector['error'], vector
