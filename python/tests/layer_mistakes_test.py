"""Mistakes in the use of layers and recurrent cells end in the errors of TensorFlow 1.15.5."""
import json
import pathlib
import re

import numpy as np
import pytest

VECTORS = [json.loads(line) for line in (
    pathlib.Path(__file__).resolve().parents[2] / 'tests/data/graphs/layer_mistakes.jsonl').read_text().splitlines()]


@pytest.mark.parametrize('vector', VECTORS, ids=[vector['name'] for vector in VECTORS])
def test_mistake(vector):
    import reflow.tensorflow as tf
    with tf.Graph().as_default(), pytest.raises(Exception) as caught:
        exec(compile(vector['program'], vector['name'], 'exec'), {'tf': tf, 'np': np})
    assert type(caught.value).__name__ == vector['error']
    text = re.sub(r' Originally defined at:.*', '', str(caught.value), flags=re.DOTALL).strip()
    assert text == vector['text']
