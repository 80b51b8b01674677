"""`tf.test.TestCase`: test cases with sessions, and assertions about what sessions give."""
import contextlib
import random
import re
import tempfile
import threading

import numpy as np
from absl.testing import absltest

from reflow.framework import composite_tensor
from reflow.framework import errors_impl as errors
from reflow.framework.local_cluster import create_local_cluster  # noqa: F401
from reflow.framework.test_assertions import ArrayAssertions, MessageAssertions
from reflow.framework.test_modes import deprecated_graph_mode_only, run_all_in_graph_and_eager_modes  # noqa: F401
from reflow.framework.test_modes import run_in_graph_and_eager_modes, run_v1_only, run_v2_only  # noqa: F401
from reflow.platform import tf_logging as logging

_SEED = 87654321

run_deprecated_v1 = deprecated_graph_mode_only


def assert_equal_graph_def_v1(actual, expected, checkpoint_v2=False, hash_table_shared_name=False):
    """Two GraphDefs have the same nodes. AssertionError says which difference there is; TypeError: they are none.

    With `checkpoint_v2` the tensors that name checkpoint files, with `hash_table_shared_name` the names of shared hash
    tables, which differ from run to run, don't matter.
    """
    _assert_equal_graph_def(actual, expected, checkpoint_v2, hash_table_shared_name)


def assert_equal_graph_def(actual, expected):
    """assert_equal_graph_def_v1 without the names that differ from run to run."""
    _assert_equal_graph_def(actual, expected, True, True)


def _assert_equal_graph_def(actual, expected, checkpoint_v2, hash_table_shared_name):
    from reflow.core.framework import graph_pb2
    from reflow.framework.graph_def_comparison import difference
    copies = []
    for role, graph_def in (('actual', actual), ('expected', expected)):
        if not isinstance(graph_def, graph_pb2.GraphDef):
            raise TypeError('Expected tf.GraphDef for %s, got %s' % (role, type(graph_def).__name__))
        copies.append(graph_pb2.GraphDef())
        copies[-1].CopyFrom(graph_def)
        for node in copies[-1].node:
            if checkpoint_v2:
                _hide_temporary_names(node)
            if hash_table_shared_name and node.op == 'HashTableV2' and 'shared_name' in node.attr:
                if re.match(rb'hash_table_[0-9a-z\-]+', node.attr['shared_name'].s):
                    node.attr['shared_name'].s = b'hash_table_'
    found = difference(*copies)
    if found:
        raise AssertionError(found)


def _hide_temporary_names(node):
    if node.op == 'Const' and 'value' in node.attr:
        tensor = node.attr['value'].tensor
        for i, value in enumerate(tensor.string_val):
            if re.match(rb'_temp_[0-9a-z]{32}/part', value):
                tensor.string_val[i] = b''


def is_gpu_available(cuda_only=False, min_cuda_compute_capability=None):
    """Whether there is a GPU."""
    del cuda_only, min_cuda_compute_capability
    return bool(gpu_device_name())


def _no(*args, **kwargs):
    """False: Reflow has none of it."""
    return False


is_xla_enabled = IsGoogleCudaEnabled = IsBuiltWithROCm = IsMklEnabled = GpuSupportsHalfMatMulAndConv = _no


def gpu_device_name():
    """The name of a GPU, empty where there is none."""
    from reflow.client import device_lib
    return next((device.name for device in device_lib.list_local_devices() if device.device_type == 'GPU'), '')


class _CheckedThread:
    """A thread of a test, which fails if the thread does."""

    def __init__(self, testcase, target, args, kwargs):
        self._testcase = testcase
        self._error = None
        self._joined = False

        def run():
            try:
                target(*args, **kwargs)
            except Exception as error:
                self._error = error

        self._thread = threading.Thread(target=run)

    def start(self):
        """Starts the thread."""
        self._thread.start()

    def join(self):
        """Waits for the thread, and fails the test if it ended with an error."""
        self._joined = True
        self._thread.join()
        if self._error is not None:
            self._testcase.fail('Error in checkedThread: %s' % self._error)

    def is_alive(self):
        """Whether the thread runs."""
        return self._thread.is_alive()

    def check_termination(self):
        """Fails the test if nobody has joined the thread."""
        if not self._joined:
            self._testcase.fail('A checked thread was not joined.')
        elif self.is_alive():
            raise RuntimeError('Thread was not joined with main thread, and is still running when the test finished.')


class TensorFlowTestCase(ArrayAssertions, MessageAssertions, absltest.TestCase):
    """A test case whose tests start with an empty default graph and with the same seeds."""

    def __init__(self, methodName='runTest'):
        super().__init__(methodName)
        self._threads = []
        self._tempdir = None
        self._cached_session = None
        self._cached_arguments = None
        self._fresh_graph = None

    def setUp(self):
        from reflow.eager import context
        from reflow.framework import ops, random_seed
        super().setUp()
        self._close_cached_session()
        random.seed(_SEED)
        np.random.seed(_SEED)
        self._leave_fresh_graph()
        if not context.executing_eagerly():
            try:
                ops.reset_default_graph()
            except RuntimeError:  # decorators call setUp within graphs of theirs
                self._fresh_graph = ops.Graph().as_default()
                self._fresh_graph.__enter__()
        random_seed.set_random_seed(_SEED)
        if self.id().endswith('.test_session'):
            self.skipTest('Not a test.')

    def tearDown(self):
        for thread in self._threads:
            thread.check_termination()
        self._close_cached_session()
        self._leave_fresh_graph()
        super().tearDown()

    def _leave_fresh_graph(self):
        if self._fresh_graph is not None:
            self._fresh_graph.__exit__(None, None, None)
            self._fresh_graph = None

    def _close_cached_session(self):
        if self._cached_session is not None:
            self._cached_session.close()
            self._cached_session = None

    def get_temp_dir(self):
        """A folder of this test's own."""
        from reflow.platform import googletest
        if not self._tempdir:
            self._tempdir = tempfile.mkdtemp(dir=googletest.GetTempDir())
        return self._tempdir

    def checkedThread(self, target, args=None, kwargs=None):
        """A thread that calls `target` when it is started, and must be joined; its errors fail the test."""
        thread = _CheckedThread(self, target, args or (), kwargs or {})
        self._threads.append(thread)
        return thread

    def evaluate(self, tensors):
        """The values of tensors, in the default session or, where there is none, in test_session()."""
        from reflow.eager import context
        from reflow.framework import ops
        from reflow.util import nest
        if context.executing_eagerly():
            return nest.map_structure(_value_of_eager_tensor, tensors)
        session = ops.get_default_session()
        if session is not None:
            return session.run(tensors)
        with self.test_session() as session:
            return session.run(tensors)

    @contextlib.contextmanager
    def session(self, graph=None, config=None, use_gpu=False, force_gpu=False):
        """A context with a new session; it and its graph are the default ones. Ops are placed on the CPU.

        With `use_gpu` they are placed where they can be, with `force_gpu` on the GPU.
        """
        with _new_session(graph, config, force_gpu) as session:
            with _as_default(session, use_gpu, force_gpu):
                yield session

    @contextlib.contextmanager
    def cached_session(self, graph=None, config=None, use_gpu=False, force_gpu=False):
        """session(), but one session for all calls in a test. ValueError: other arguments than those of the first."""
        session = self._the_cached_session(graph, config, force_gpu, must_fit=True)
        with _as_default(session, use_gpu, force_gpu):
            yield session

    @contextlib.contextmanager
    def test_session(self, graph=None, config=None, use_gpu=False, force_gpu=False):
        """cached_session(); with a graph, session()."""
        if self.id().endswith('.test_session'):
            self.skipTest('Not a test.')
        if graph is not None:
            with self.session(graph, config, use_gpu, force_gpu) as session:
                yield session
            return
        session = self._the_cached_session(graph, config, force_gpu, must_fit=False)
        with _as_default(session, use_gpu, force_gpu):
            yield session

    def _the_cached_session(self, graph, config, force_gpu, must_fit):
        arguments = {'graph': graph, 'config': config, 'value of force_gpu': force_gpu}
        if self._cached_session is None:
            self._cached_session = _new_session(None, config, force_gpu)
            self._cached_arguments = arguments
            return self._cached_session
        for name, value in arguments.items():
            if not (must_fit and value is not self._cached_arguments[name]):
                continue
            if name == 'graph' and value is self._cached_session.graph:
                continue
            if name == 'config' and value == self._cached_arguments[name]:
                continue
            raise ValueError('The %s used to get the cached session is different than the one that was used to create '
                             'the session. Maybe create a new session with self.session()' % name)
        return self._cached_session


def _value_of_eager_tensor(tensor):
    if tensor is None:
        return None
    if callable(tensor):
        return _value_of_eager_tensor(tensor())
    try:
        return _value_of_parts(tensor) if isinstance(tensor, composite_tensor.CompositeTensor) else tensor.numpy()
    except AttributeError as error:
        raise ValueError('Unsupported type %s.' % type(tensor)) from error


def _new_session(graph, config, force_gpu):
    from reflow.client import session
    from reflow.core.protobuf import config_pb2
    from reflow.core.protobuf import rewriter_config_pb2

    class ErrorLoggingSession(session.Session):
        """A session that logs the errors of its runs."""

        def run(self, *args, **kwargs):
            try:
                return super().run(*args, **kwargs)
            except Exception as error:
                if not isinstance(error, errors.OutOfRangeError):  # the end of data
                    logging.error(str(error))
                raise

    prepared = config_pb2.ConfigProto()
    if config is not None:
        prepared.CopyFrom(config)
    prepared.allow_soft_placement = not force_gpu
    # Tests see the graph that they have made.
    prepared.graph_options.optimizer_options.opt_level = -1
    prepared.graph_options.rewrite_options.constant_folding = rewriter_config_pb2.RewriterConfig.OFF
    prepared.graph_options.rewrite_options.pin_to_host_optimization = rewriter_config_pb2.RewriterConfig.OFF
    return ErrorLoggingSession(graph=graph, config=prepared)


@contextlib.contextmanager
def _as_default(session, use_gpu, force_gpu):
    device = '/device:GPU:0' if force_gpu else None if use_gpu else '/device:CPU:0'
    with session.graph.as_default(), session.as_default():
        with session.graph.device(device) if device else contextlib.nullcontext():
            yield session


def _value_of_parts(tensor):
    """What a session gives for a sparse or ragged tensor, or for slices."""
    from reflow.framework import ops, sparse_tensor
    if isinstance(tensor, sparse_tensor.SparseTensor):
        return sparse_tensor.SparseTensorValue(tensor.indices.numpy(), tensor.values.numpy(), tensor.dense_shape.numpy())
    if isinstance(tensor, ops.IndexedSlices):
        return ops.IndexedSlicesValue(tensor.values.numpy(), tensor.indices.numpy(), tensor.dense_shape.numpy())
    from reflow.ops.ragged import ragged_tensor_value
    return ragged_tensor_value.RaggedTensorValue(_value_of_eager_tensor(tensor.values), tensor.row_splits.numpy())
