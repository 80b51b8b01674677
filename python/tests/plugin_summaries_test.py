"""tf.compat.v2.summary. What is written is what TensorFlow 1.15.5 with TensorBoard 1.15.0 writes."""
import numpy as np
import pytest

import reflow.tensorflow as tf
from reflow.eager import context

S = tf.compat.v2.summary


def written(folder):
    for path in sorted(folder.iterdir()):
        for event in tf.train.summary_iterator(str(path)):
            for value in event.summary.value:
                data = value.metadata.plugin_data
                yield (event.step, value.tag, data.plugin_name, data.content, value.metadata.summary_description,
                       tf.make_ndarray(value.tensor).tolist())


def images():
    return np.linspace(0, 1, 12).reshape(2, 3, 2, 1).astype('f')


def write_all():
    return [S.scalar('a', 2, step=1, description='how'), S.scalar('a', np.float64(3), step=tf.constant(2, tf.int64)),
            S.histogram('h', [1., 2., 4., 5.], step=3, buckets=2), S.histogram('one', [1., 1.], step=3),
            S.histogram('none', tf.zeros([0]), step=3), S.image('i', images(), step=4, max_outputs=1),
            S.text('t', ['x', 'y'], step=5), S.audio('s', np.zeros([1, 4, 1], 'f'), 8000, step=6)]


PNG = (b'\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x02\0\0\0\x03\x08\0\0\0\0\x9c\x81\x81]\0\0\0\x11IDAT\x08\x99c`\x10g\xd4\x13g\xd1\x93'
       b'\0\0\x02r\0\xa8\xbd\xad\xc7\xe4\0\0\0\0IEND\xaeB`\x82')
WAV = (b'RIFF,\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0@\x1f\0\0\x80>\0\0\x02\0\x10\0data\x08' + b'\0' * 11)
ALL = [(1, 'a', 'scalars', b'', 'how', 2.), (2, 'a', 'scalars', b'', '', 3.),
       (3, 'h', 'histograms', b'', '', [[1., 3., 2.], [3., 5., 2.]]), (3, 'one', 'histograms', b'', '', [[.5, 1.5, 2.]]),
       (3, 'none', 'histograms', b'', '', []), (4, 'i', 'images', b'', '', [b'2', b'3', PNG]),
       (5, 't', 'text', b'', '', [b'x', b'y']), (6, 's', 'audio', b'\x10\x0b', '', [[WAV, b'']])]


def test_summaries_of_a_graph(tmp_path):
    with tf.Graph().as_default(), tf.Session() as sess:
        writer = S.create_file_writer(str(tmp_path))
        with writer.as_default():
            made = write_all()
        sess.run(writer.init())
        for each in made:
            assert sess.run(each)
        sess.run(writer.close())
    assert list(written(tmp_path)) == ALL


def test_summaries_where_operations_run_at_once(tmp_path):
    with context.eager_mode():
        writer = S.create_file_writer(str(tmp_path))
        with writer.as_default():
            write_all()
            with S.record_if(False):
                S.scalar('no', 1., step=1)
            with pytest.raises(ValueError, match='Expected scalar shape, saw shape'):
                S.scalar('n', [1.], step=1)
            with pytest.raises(ValueError, match="No step set via 'step' argument"):
                S.scalar('n', 1.)
        writer.close()
    assert list(written(tmp_path)) == ALL
