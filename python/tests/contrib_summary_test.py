"""tf.contrib.summary and FileWriters of sessions: the events are those that TensorFlow 1.15.5 wrote for the same program."""
import glob
import os

import numpy as np
import pytest

import reflow.tensorflow as tf
from reflow.eager import context

EVENTS = os.path.join(os.path.dirname(__file__), '../../tests/data/tf-1.15/contrib_summary')
summary = tf.contrib.summary


@pytest.fixture
def session():
    with tf.Graph().as_default(), tf.Session() as sess:
        yield sess


def _events(folder):
    """The events of the only file of a folder, without their times."""
    path, = glob.glob(os.path.join(str(folder), '*'))
    events = list(tf.train.summary_iterator(path))
    for event in events:
        event.wall_time = 0
    return events


def _write_all():
    """What the recorded file has, but the summaries of each second step."""
    with tf.name_scope('outer'):
        summary.scalar('loss', tf.constant(2.5))
        summary.scalar('steps', tf.constant(3, tf.int64), family='fam', step=7)
    summary.histogram('h', tf.constant([1., 2., 2.5, -1.]))
    summary.image('im', tf.constant(np.arange(24).reshape(2, 2, 2, 3), tf.float32), max_images=1)
    summary.image('im2', tf.constant(np.arange(8).reshape(2, 2, 2, 1), tf.uint8))
    summary.audio('au', tf.constant(np.linspace(-1, 1, 8).reshape(1, 8), tf.float32), 44100., 1)
    summary.generic('g', tf.constant([1, 2, 3]), metadata=tf.SummaryMetadata(display_name='dn'))
    summary.generic('gs', tf.constant(['a', 'b']))


def _pixels(event):
    """The event with images as pixels: PNG files differ in their compression."""
    for value in event.summary.value:
        if value.HasField('image'):
            with tf.Graph().as_default(), tf.Session() as sess:
                value.image.encoded_image_string = sess.run(
                    tf.image.decode_png(value.image.encoded_image_string)).tobytes()
    return event


def test_events_without_a_graph_are_tensorflows(tmp_path):
    with context.eager_mode():
        step = tf.train.get_or_create_global_step()
        step.assign(0)
        writer = summary.create_file_writer(str(tmp_path), flush_millis=1000)
        with writer.as_default(), summary.always_record_summaries():
            _write_all()
            with summary.never_record_summaries():
                summary.scalar('never', 1.)
            with summary.record_summaries_every_n_global_steps(2):
                summary.scalar('even', 1.)
                step.assign_add(1)
                summary.scalar('even', 1.)
            _write_all()
        writer.close()
    ours, theirs = _events(tmp_path), _events(EVENTS)
    assert [_pixels(event) for event in ours] == [_pixels(event) for event in theirs]


def test_a_graph_records_where_its_step_says_so(session, tmp_path):
    step = tf.train.get_or_create_global_step()
    writer = summary.create_file_writer(str(tmp_path))
    with writer.as_default(), summary.record_summaries_every_n_global_steps(2):
        summary.scalar('even', tf.cast(step, tf.float32))
        train = step.assign_add(1)
        session.run(tf.global_variables_initializer())
        summary.initialize(graph=tf.get_default_graph())
        for _ in range(5):
            session.run(summary.all_summary_ops())
            session.run(train)
        session.run(writer.close())
    events = _events(tmp_path)
    assert events[1].graph_def
    assert [(event.step, event.summary.value[0].simple_value) for event in events[2:]] == [(0, 0), (2, 2), (4, 4)]


def test_nothing_is_recorded_by_itself(session, tmp_path):
    writer = summary.create_file_writer(str(tmp_path))
    assert summary.scalar('nowhere', 1.).type == 'NoOp'
    with writer.as_default():
        summary.scalar('off', 1.)
        summary.initialize()
        session.run(summary.all_summary_ops())
        session.run(writer.flush())
    assert len(_events(tmp_path)) == 1


def test_a_writer_has_to_be_made(session, tmp_path):
    writer = summary.create_file_writer(str(tmp_path), name='w')
    with writer.as_default(), summary.always_record_summaries():
        summary.scalar('s', 1., step=1)
        with pytest.raises(tf.errors.NotFoundError, match='localhost/w'):
            session.run(summary.all_summary_ops())
    with pytest.raises(RuntimeError, match='No default tf.contrib.summary.SummaryWriter found'):
        summary.initialize()
    with pytest.raises(TypeError, match='needs a tf.Tensor'):
        summary.graph(tf.Graph())


def test_bad_input_is_an_error(session, tmp_path):
    writer = summary.create_file_writer(str(tmp_path))
    with writer.as_default(), summary.always_record_summaries():
        nan = summary.histogram('h', tf.constant([np.nan]), step=1)
        event = summary.import_event(tf.constant(b'\xff'))
        raw = tf.raw_ops.WriteRawProtoSummary(writer=writer._resource, step=tf.constant(1, tf.int64), tensor=['', '\x01'])
        vector = tf.raw_ops.WriteScalarSummary(writer=writer._resource, step=tf.constant(1, tf.int64), tag='t', value=[1., 2.])
        session.run(writer.init())
    for op, error, text in ((nan.op.control_inputs, tf.errors.InvalidArgumentError, 'Nan in summary histogram for: h'),
                            (event, tf.errors.DataLossError, 'Bad tf.Event binary proto tensor string'),
                            (raw, tf.errors.DataLossError, 'binary proto tensor string at index 1'),
                            (vector, tf.errors.InvalidArgumentError, 'value must be scalar')):
        with pytest.raises(error, match=text):
            session.run(op)


def test_databases_are_said_to_be_missing(session):
    writer = summary.create_db_writer('/tmp/none', experiment_name='e', run_name='r', user_name='u')
    with pytest.raises(tf.errors.UnimplementedError, match='no summaries to SQLite databases'):
        session.run(writer.init())


def test_file_writers_of_a_session_share_a_file(session, tmp_path):
    first, second = (tf.summary.FileWriter(str(tmp_path), session=session) for _ in range(2))
    first.add_summary(tf.Summary(value=[tf.Summary.Value(tag='a', simple_value=1.)]), 1)
    second.add_summary(tf.Summary(value=[tf.Summary.Value(tag='b', simple_value=2.)]), 2)
    second.flush()
    first.close()
    assert [value.tag for event in _events(tmp_path) for value in event.summary.value] == ['a', 'b']
