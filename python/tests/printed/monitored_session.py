"""Monitored sessions: hooks, scaffolds, recovery, the nodes they make and the lines they log."""
import logging
import re
import sys

import tensorflow as tf
from tensorflow.python.training import basic_session_run_hooks, session_manager, training_util


class Lines(logging.Formatter):
    """Log records without times."""

    def format(self, record):
        return 'LOG ' + re.sub(r'\d+\.\d+ sec|: [\d.]+$', '~', record.getMessage())


logger = logging.getLogger('tensorflow')
handler = logging.StreamHandler(sys.stdout)
handler.setFormatter(Lines())
logger.handlers[:] = [handler]
logger.addFilter(lambda record: 'From ' not in record.getMessage())
tf.logging.set_verbosity(tf.logging.INFO)


def show(function):
    """Calls a function in a graph of its own; prints what it gives or raises, and what it built."""
    with tf.Graph().as_default() as graph:
        try:
            print(function.__name__, function())
        except Exception as error:
            print(function.__name__, type(error).__name__, re.sub('0x[0-9a-f]+', '', str(error)))
        print('  nodes', *[op.name for op in graph.get_operations()])
        print('  finalized', graph.finalized, *[
            '%s=%s' % (key, [item.name for item in tf.get_collection(key)])
            for key in sorted(graph.get_all_collection_keys()) if key != 'cond_context'])


class Printing(tf.train.SessionRunHook):
    """Prints its calls; asks for `request` and to stop at the run number `stop`."""

    def __init__(self, name, request=None, stop=None):
        self.name, self.request, self.stop, self.calls = name, request, stop, 0

    def begin(self):
        print('begin', self.name)

    def after_create_session(self, session, coord):
        print('created', self.name, type(session).__name__, type(coord).__name__)

    def before_run(self, run_context):
        self.calls += 1
        print('before', self.name, run_context.original_args.feed_dict is not None, run_context.stop_requested)
        return self.request() if self.request else None

    def after_run(self, run_context, run_values):
        print('after', self.name, run_values.results, type(run_values.run_metadata).__name__,
              run_values.options.trace_level)
        if self.stop == self.calls:
            run_context.request_stop()

    def end(self, session):
        print('end', self.name)


class NoSaver:
    """Stands for a Saver where nothing is saved."""

    def build(self):
        pass


def scaffold(**kwargs):
    return tf.train.Scaffold(saver=NoSaver(), **kwargs)


def chief(**kwargs):
    return tf.train.ChiefSessionCreator(scaffold(**kwargs))


def model():
    step = tf.train.get_or_create_global_step()
    x = tf.placeholder_with_default(2., [], name='x')
    w = tf.get_variable('w', initializer=1.)
    loss = tf.multiply(w, x, name='loss')
    return x, loss, tf.group(tf.assign_add(w, 1.), tf.assign_add(step, 1))


@show
def training():
    x, loss, train = model()
    values = []
    hooks = [tf.train.StopAtStepHook(num_steps=3), Printing('hook', lambda: tf.train.SessionRunArgs({'a': loss}))]
    with tf.train.MonitoredTrainingSession(scaffold=scaffold(), hooks=hooks) as session:
        while not session.should_stop():
            values.append(session.run(loss, feed_dict={x: 3.}))
            session.run(train)
        try:
            session.run(train)
        except RuntimeError as error:
            print(error)
    return values, session.should_stop()


@show
def hooks_that_feed():
    x, loss, train = model()
    session = tf.train.SingularMonitoredSession(scaffold=scaffold(), hooks=[
        Printing('1', lambda: tf.train.SessionRunArgs(None, {x: 5.})),
        Printing('2', lambda: tf.train.SessionRunArgs([loss], options=tf.RunOptions(timeout_in_ms=60000)), stop=2)])
    print(session.run(loss), type(session.raw_session()).__name__, session.graph is tf.get_default_graph())
    try:
        session.run(loss, {x: 1.})
    except RuntimeError as error:
        print(re.sub('0x[0-9a-f]+', '', str(error)))
    print(session.run(train), session.should_stop())
    session.close()
    print(session.graph)
    session.close()


@show
def two_hooks_that_feed_the_same():
    x, loss, _ = model()
    args = tf.train.SessionRunArgs(None, {x: 5.})
    with tf.train.MonitoredSession(chief(), [Printing('1', lambda: args), Printing('2', lambda: args)]) as session:
        session.run(loss)


@show
def step_functions():
    _, loss, _ = model()

    def step(step_context):
        return step_context.run_with_hooks(loss), step_context.session.run(loss)

    class Steps:
        def stop(self, step_context):
            step_context.request_stop()

    with tf.train.MonitoredSession(chief(), [Printing('hook')]) as session:
        print(session.run_step_fn(step))
        try:
            session.run_step_fn(lambda context: None)
        except ValueError as error:
            print(error)
        session.run_step_fn(Steps().stop)
        print('never here')


@show
def recovery():
    _, loss, train = model()

    class Creator(tf.train.SessionCreator):
        created = 0

        def create_session(self):
            self.created += 1
            print('create', self.created)
            return chief().create_session()

    class Aborting(tf.train.SessionRunHook):
        runs = 0

        def after_run(self, run_context, run_values):
            self.runs += 1
            if self.runs == 2:
                raise tf.errors.AbortedError(None, None, 'lost')

    with tf.train.MonitoredSession(Creator(), hooks=[Aborting(), Printing('other')]) as session:
        for _ in range(3):
            print(session.run(loss))
            session.run(train)


@show
def error_in_the_loop():
    with tf.train.MonitoredSession(chief(), hooks=[Printing('hook')]) as session:
        session.graph.get_tensor_by_name('none:0')


@show
def variable_that_nobody_initializes():
    _, loss, _ = model()
    return tf.train.MonitoredSession(chief(init_op=tf.no_op())).run(loss)


@show
def scaffolds():
    x, loss, train = model()
    first = scaffold(
        init_fn=lambda scaffold, session: print('init_fn', type(scaffold).__name__, session.run(loss)),
        init_feed_dict={x: 9.}, local_init_op=tf.no_op('local'))
    second = tf.train.Scaffold(copy_from_scaffold=first, ready_op=tf.constant([], tf.string))
    print(second.init_feed_dict == {x: 9.}, second.local_init_op.name, second.init_fn is not None, first.summary_op)
    with tf.train.MonitoredTrainingSession(scaffold=second) as session:
        session.run(train)
    print(second.summary_op, second.ready_op.name, second.init_op.name, second.ready_for_local_init_op.name)
    tf.train.Scaffold(copy_from_scaffold=3)


@show
def worker_without_chief():
    model()
    tf.train.MonitoredSession(tf.train.WorkerSessionCreator(scaffold(), max_wait_secs=0))


@show
def manager():
    model()
    manager = session_manager.SessionManager(ready_op=tf.report_uninitialized_variables())
    print([type(part).__name__ for part in manager.recover_session('')])
    print(type(manager.prepare_session('', init_op=tf.global_variables_initializer())).__name__)
    manager.prepare_session('')


@show
def manager_that_lacks_a_local_init_op():
    tf.train.SessionManager(ready_for_local_init_op=1)


@show
def global_step():
    model()
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    print(tf.train.global_step(session, tf.train.get_global_step()))
    print(training_util._get_or_create_global_step_read().name, training_util._increment_global_step(3).name)
    tf.train.create_global_step()


@show
def no_global_step():
    print(tf.train.get_global_step(), training_util._get_or_create_global_step_read())
    tf.train.StopAtStepHook(1).begin()


@show
def global_step_by_name():
    return tf.constant(3, name='global_step').name, tf.train.get_global_step().name


@show
def global_step_of_floats():
    tf.train.assert_global_step(tf.constant(1.))


@show
def global_step_that_is_no_scalar():
    tf.train.assert_global_step(tf.constant([1]))


@show
def hooks_of_the_library():
    x, loss, _ = model()
    final = tf.train.FinalOpsHook(loss, {x: 4.})
    hooks = [final, tf.train.NanTensorHook(loss), tf.train.LoggingTensorHook([loss, 'w:0'], at_end=True),
             tf.train.LoggingTensorHook(['loss'], every_n_iter=1, formatter=lambda values: 'is %s' % values['loss']),
             tf.train.LoggingTensorHook({'tag': 'loss'}, every_n_iter=2), tf.train.GlobalStepWaiterHook(0),
             tf.train.FeedFnHook(lambda: {x: 6.})]
    with tf.train.MonitoredSession(chief(), hooks=hooks) as session:
        print([session.run(loss) for _ in range(3)], final.final_ops_values)
    print(final.final_ops_values)
    with tf.train.MonitoredSession(chief(), hooks=[tf.train.NanTensorHook(tf.constant(float('nan')))]) as session:
        session.run(loss)


@show
def names_that_hooks_take():
    _, loss, _ = model()
    tf.split(tf.ones([2]), 2, name='parts')
    element = basic_session_run_hooks._as_graph_element
    print(element('loss') is loss, element('loss:0') is loss, element(loss) is loss)
    for wrong in ('parts', 'none', tf.Graph()):
        try:
            element(wrong)
        except (KeyError, ValueError) as error:
            print(type(error).__name__, re.sub('0x[0-9a-f]+', '', str(error)))
