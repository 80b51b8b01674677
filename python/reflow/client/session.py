"""Sessions: they run parts of a graph and keep the values of its variables."""

import re

from reflow import _core
from reflow.client import fetches as fetches_lib
from reflow.framework import errors_impl
from reflow.framework import ops

_NODE = re.compile(r'\{\{node ([^\s}]+)\}\}')

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
            raise TypeError('target must be a string, but got %s' % type(target))
        self._target = target
        if config is not None and not hasattr(config, 'allow_soft_placement'):
            raise TypeError('config must be a tf.ConfigProto, but got %s' % type(config))
        self._config = config
        self._add_shapes = config is not None and config.graph_options.infer_shapes
        self._closed = False
        self._handle = _core.SessionHandle(target.decode(), self._graph, *_options_of(config))

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
        return [_DeviceAttributes(name) for name in self._handle.list_devices()]

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
        try:
            if options is None and run_metadata is None:
                if not self._closed:
                    result = self._handle.run(fetches, feed_dict)
                    if result is not NotImplemented:
                        return result
            return self._run(fetches, feed_dict, options, run_metadata)
        except errors_impl.OpError as error:
            raise self._placed(error) from None

    def _run(self, fetches, feed_dict, options, run_metadata):
        if self._closed:
            raise RuntimeError('Attempted to use a closed Session.')
        if self._graph.version == 0:
            raise RuntimeError('The Session graph is empty.  Add operations to the graph before calling run().')
        feeds = fetches_lib.feeds_of(self._graph, feed_dict)
        mapper = fetches_lib.FetchMapper(self._graph, fetches)
        if options is None and run_metadata is None:
            return mapper.pack(self._handle.run_elements(mapper.elements, feeds))
        trace = options is not None and options.trace_level > 0
        timeout_ms = options.timeout_in_ms if options is not None else 0
        values, nodes = self._handle.run_traced(mapper.elements, feeds, timeout_ms, trace)
        if run_metadata is not None:
            _fill_metadata(run_metadata, nodes)
        return mapper.pack(values)

    def _placed(self, error):
        """`error` with the operation that it names, and where the program made it."""
        op = None
        match = _NODE.search(error.message)
        if match:
            op = self._graph._find_operation(match.group(1))
        message = _NODE.sub(self._place_of, error.message)
        return type(error)(op.node_def if op is not None else None, op, message)

    def _place_of(self, match):
        op = self._graph._find_operation(match.group(1))
        if op is None:
            return 'node %s' % match.group(1)
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
        if accept_options:
            def run_with_options(*values, options=None, run_metadata=None):
                return self.run(fetches, dict(zip(keys, values)), options, run_metadata)
            return run_with_options
        mapper = fetches_lib.FetchMapper(self._graph, fetches)
        is_plain = mapper.is_single or type(fetches) is list and mapper.is_flat
        callable_handle = self._handle.make_callable(mapper.elements, keys, not (mapper.is_single and is_plain))

        def run(*values):
            try:
                result = callable_handle(*values)
            except errors_impl.OpError as error:
                raise self._placed(error) from None
            return result if is_plain else mapper.pack(result)
        return run

    def partial_run(self, handle, fetches, feed_dict=None):
        """Continues a run that partial_run_setup began."""
        raise NotImplementedError('Session.partial_run is not part of Reflow yet')

    def partial_run_setup(self, fetches, feeds=None):
        """Begins a run that goes on in parts."""
        raise NotImplementedError('Session.partial_run_setup is not part of Reflow yet')


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


def _options_of(config):
    """The session options of a ConfigProto, as the extension takes them."""
    if config is None:
        return {}, 0, 0, False, False, 0, set()
    disabled = set()
    if config.graph_options.optimizer_options.opt_level < 0:
        disabled.add('all')
    return (dict(config.device_count), config.intra_op_parallelism_threads, config.inter_op_parallelism_threads,
            config.allow_soft_placement, config.log_device_placement, config.operation_timeout_in_ms, disabled)


def _fill_metadata(run_metadata, nodes):
    """Puts the traced nodes into a RunMetadata message."""
    run_metadata.Clear()
    devices = {}
    for name, op, device, start_us, duration_ns, output_bytes in nodes:
        if device not in devices:
            devices[device] = run_metadata.step_stats.dev_stats.add(device=device)
        stats = devices[device].node_stats.add(
            node_name=name, all_start_micros=start_us, op_start_rel_micros=0, op_end_rel_micros=duration_ns // 1000,
            all_end_rel_micros=duration_ns // 1000, all_start_nanos=start_us * 1000, op_end_rel_nanos=duration_ns,
            all_end_rel_nanos=duration_ns, timeline_label='%s = %s()' % (name, op))
        stats.memory.add(allocator_name='cpu', total_bytes=output_bytes, peak_bytes=output_bytes)


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
        """Forgets the resources of containers of a server."""
        raise NotImplementedError('Session.reset is not part of Reflow yet')


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
