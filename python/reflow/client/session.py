"""Sessions: they run parts of a graph and keep the values of its variables."""

import re
import weakref

from reflow import _core
from reflow.client import fetches as fetches_lib
from reflow.framework import errors_impl
from reflow.framework import ops
from reflow.util import compat

_NODE = re.compile(r'\{\{node ([^\s}]+)\}\}')
_FUNCTION = re.compile(r'\{\{function_node [A-Za-z0-9_.][A-Za-z0-9_.\-/]*\}\}')  # TensorFlow leaves out no other names
_FAILED_NODE = re.compile(r'\[\[\{\{node ([^\s}]+)\}\}\]\]')

_sessions = weakref.WeakSet()

register_session_run_conversion_functions = fetches_lib.register_session_run_conversion_functions


class SessionInterface:
    """What a session is to the functions that take one."""


class BaseSession(SessionInterface):
    """Runs a graph. `tf.Session` says more."""

    def __init__(self, target='', graph=None, config=None):
        self._handle = None
        if graph is None:
            self._graph = ops.get_default_graph()
        elif isinstance(graph, ops.Graph):
            self._graph = graph
        else:
            raise TypeError('graph must be a tf.Graph, but got %s' % type(graph))
        if target is None or isinstance(target, str):
            target = (target or '').encode()
        elif not isinstance(target, bytes):
            mistaken = '. Did you do "Session(config)" instead of "Session(config=config)"?' if hasattr(
                target, 'allow_soft_placement') else ''
            raise TypeError('target must be a string, but got %s%s' % (type(target), mistaken))
        self._target = target
        if config is not None and not hasattr(config, 'allow_soft_placement'):
            raise TypeError('config must be a tf.ConfigProto, but got %s' % type(config))
        if config is None:
            from reflow.framework import config as settings
            config = settings.session_config()
        self._config = config
        self._add_shapes = config is not None and config.graph_options.infer_shapes
        self._closed = False
        self._handle = _core.SessionHandle(
            target.decode(), self._graph, None if config is None else config.SerializeToString())
        self._was_reset = False
        _sessions.add(self)

    @property
    def graph(self):
        """The graph that the session runs."""
        return self._graph

    @property
    def graph_def(self):
        """The GraphDef of the graph."""
        return self._graph.as_graph_def(add_shapes=self._add_shapes)

    @property
    def sess_str(self):
        """What the session connects to."""
        return self._target

    @property
    def _session(self):
        return self._handle

    def list_devices(self):
        """The devices that the session can use."""
        return [_DeviceAttributes(*device) for device in self._handle.list_devices()]

    def close(self):
        """Ends the session and frees the values of its variables."""
        if not self._closed:
            self._closed = True
            self._handle.close()

    def as_default(self):
        """Makes this the session of `eval` and `run`, within the context."""
        return ops.default_session(self)

    def run(self, fetches, feed_dict=None, options=None, run_metadata=None):
        """The values of `fetches` (tensors, operations, names, and nests of these), given those of `feed_dict`."""
        if isinstance(fetches, _core.Variable) and fetches._is_eager:
            raise RuntimeError('Attempting to capture an EagerTensor without building a function.')
        if '_has_session_handles' in self._graph.__dict__:
            return self._run_with_handles(fetches, feed_dict, options, run_metadata)
        return self._run_values(fetches, feed_dict, options, run_metadata)

    def _run_with_handles(self, fetches, feed_dict, options, run_metadata):
        from reflow.ops import session_ops
        session_ops.delete_dead_handles(self)
        if feed_dict:
            feed_dict = {key: value.eval() if isinstance(value, session_ops.TensorHandle) else value
                         for key, value in feed_dict.items()}
        return session_ops.with_handles(self, fetches, self._run_values(fetches, feed_dict, options, run_metadata))

    def _run_values(self, fetches, feed_dict, options, run_metadata):
        try:
            if options is None and run_metadata is None and not fetches_lib.is_fed(fetches, feed_dict):
                if not self._closed:
                    result = self._handle.run(fetches, feed_dict)
                    if result is not NotImplemented:
                        return result
            return self._run(fetches, feed_dict, options, run_metadata)
        except errors_impl.OpError as error:
            raise self._placed(error) from None
        except RuntimeError:
            if self._was_reset and not self._closed:
                raise errors_impl.CancelledError(None, None, 'Session has been closed.') from None
            raise

    def _run(self, fetches, feed_dict, options, run_metadata):
        if self._closed:
            raise RuntimeError('Attempted to use a closed Session.')
        if self._graph.version == 0:
            raise RuntimeError('The Session graph is empty.  Add operations to the graph before calling run().')
        feeds = fetches_lib.feeds_of(self._graph, feed_dict)
        mapper = fetches_lib.FetchMapper(self._graph, fetches, feeds)
        if options is None and run_metadata is None:
            return mapper.pack(self._handle.run_elements(mapper.elements, feeds))
        values, metadata = self._handle.run_with_options(
            mapper.elements, feeds, b'' if options is None else self._serialized(options))
        if run_metadata is not None:
            run_metadata.ParseFromString(metadata)
        return mapper.pack(values)

    def _serialized(self, options):
        """Pools of threads that the config of the session names are one here."""
        pools = len(self._config.session_inter_op_thread_pool) if self._config is not None else 0
        if 0 < getattr(options, 'inter_op_thread_pool', 0) < pools:
            copy = type(options)()
            copy.CopyFrom(options)
            copy.inter_op_thread_pool = 0
            options = copy
        return options.SerializeToString()

    def _placed(self, error):
        """`error` with the operation that it names, and where the program made it."""
        op = None
        match = _FAILED_NODE.search(error.message)
        if match:
            op = self._graph._find_operation(match.group(1))
        message = _NODE.sub(self._place_of, _FUNCTION.sub('', error.message))
        return type(error)(op.node_def if op is not None else None, op, message)

    def _place_of(self, match):
        op = self._graph._find_operation(match.group(1))
        if op is None:
            return match.group(0)
        places = op._traceback()
        if not places:
            return 'node %s' % op.name
        inside = __file__[:-len('client/session.py')]
        file, line = next(((file, line) for file, line, _ in reversed(places) if not file.startswith(inside)),
                          places[-1][:2])
        return 'node %s (defined at %s:%d) ' % (op.name, file, line)

    def make_callable(self, fetches, feed_list=None, accept_options=False):
        """A function of the values of `feed_list` that runs `fetches`, which are looked up once, here."""
        if feed_list is not None and not isinstance(feed_list, (list, tuple)):
            raise TypeError('`feed_list` must be a list or tuple.')
        keys = [self._graph.as_graph_element(feed, allow_operation=False) for feed in feed_list or ()]

        def run_with_options(*values, options=None, run_metadata=None):
            return self.run(fetches, dict(zip(keys, values)), options, run_metadata)

        mapper = fetches_lib.FetchMapper(self._graph, fetches)
        if accept_options or len(set(keys)) < len(keys) or not set(keys).isdisjoint(mapper.elements):
            return run_with_options
        is_plain = mapper.is_single or type(fetches) is list and mapper.is_flat
        callable_handle = self._handle.make_callable(mapper.elements, keys, not (mapper.is_single and is_plain))

        def run(*values):
            if len(values) != len(keys):
                return run_with_options(*values)
            try:
                result = callable_handle(*values)
            except errors_impl.OpError as error:
                raise self._placed(error) from None
            return result if is_plain else mapper.pack(result)
        return run

    def partial_run_setup(self, fetches, feeds=None):
        """Begins a run that is fed and fetched bit by bit, in calls of partial_run; gives the handle that names it."""
        feeds = [] if feeds is None else feeds
        feed_list = [self._graph.as_graph_element(part, allow_operation=False)
                     for feed in feeds for part in fetches_lib.feed_parts(feed)]
        mapper = fetches_lib.FetchMapper(self._graph, fetches)
        if not mapper.elements:
            raise errors_impl.InvalidArgumentError(None, None, 'Must specify at least one target to fetch or execute.')
        for tensor in feed_list:
            if tensor in mapper.elements:
                raise errors_impl.InvalidArgumentError(None, None, '%s is both fed and fetched.' % tensor.name)
        return self._handle.partial_run_setup(mapper.elements, feed_list)

    def partial_run(self, handle, fetches, feed_dict=None):
        """Goes on with a run: feeds some of its feeds and returns some of its fetches, each once."""
        feeds = fetches_lib.feeds_of(self._graph, feed_dict)
        mapper = fetches_lib.FetchMapper(self._graph, fetches, feeds)
        if any(isinstance(element, ops.Operation) for element in mapper.elements):
            raise RuntimeError('partial_run() requires empty target_list.')
        try:
            return mapper.pack(self._handle.partial_run(handle, mapper.elements, feeds))
        except errors_impl.OpError as error:
            raise self._placed(error) from None


class _DeviceAttributes:
    """A device of a session."""

    def __init__(self, name, device_type='CPU', memory_limit_bytes=268435456, incarnation=0):
        self.name = name
        self.device_type = device_type
        self.memory_limit_bytes = memory_limit_bytes
        self.incarnation = incarnation

    def __repr__(self):
        return '_DeviceAttributes(%s, %s, %d, %d)' % (self.name, self.device_type, self.memory_limit_bytes,
                                                      self.incarnation)


class Session(BaseSession):
    """Runs operations of a graph and computes its tensors.

    A context manager: within it the session and its graph are the default ones; at its end the session is closed.
    """

    def __init__(self, target='', graph=None, config=None):
        super().__init__(target, graph, config=config)
        self._contexts = []

    def __enter__(self):
        contexts = (self.graph.as_default(), self.as_default())
        contexts[0].__enter__()
        contexts[1].__enter__()
        self._contexts.append(contexts)
        return self

    def __exit__(self, exec_type, exec_value, exec_tb):
        graph_context, session_context = self._contexts.pop()
        session_context.__exit__(exec_type, exec_value, exec_tb)
        graph_context.__exit__(exec_type, exec_value, exec_tb)
        self.close()

    @staticmethod
    def reset(target, containers=None, config=None):
        """Ends the sessions of `target`, with the variables and queues that they keep."""
        if target:
            _core.SessionHandle.reset(
                target, [compat.as_str(container) for container in containers or ()],
                b'' if config is None else config.SerializeToString())
            return
        for session in list(_sessions):
            session._was_reset = True
            session._handle.close()


class InteractiveSession(BaseSession):
    """A session that is the default one from its making to its end."""

    _count = 0

    def __init__(self, target='', graph=None, config=None):
        super().__init__(target, graph, config)
        if InteractiveSession._count > 0:
            import warnings
            warnings.warn('An interactive session is already active. This can cause out-of-memory errors in some cases. '
                          'You must explicitly call `InteractiveSession.close()` to release resources held by the other '
                          'session(s).')
        InteractiveSession._count += 1
        self._explicit_graph = graph
        self._default_graph = None
        if graph is not None:
            self._default_graph = graph.as_default()
            self._default_graph.__enter__()
        self._default_session = self.as_default()
        self._default_session.__enter__()

    def close(self):
        """Ends the session."""
        if self._closed:
            return
        super().close()
        InteractiveSession._count -= 1
        if self._default_graph is not None:
            self._default_graph.__exit__(None, None, None)
            self._default_graph = None
        self._default_session.__exit__(None, None, None)
