"""Timeline: the trace of a run as JSON for chrome://tracing."""
import collections
import json
import re

AllocationMaximum = collections.namedtuple('AllocationMaximum', ('timestamp', 'num_bytes', 'tensors'))
StepStatsAnalysis = collections.namedtuple('StepStatsAnalysis', ('chrome_trace', 'allocator_maximums'))

# `NODE = OP(INPUT, INPUT)`, as traces label nodes.
_LABEL = re.compile(r'(.*) = (.*)\((.*)\)')


class _ChromeTraceFormatter:
    """Collects the events of a trace."""

    def __init__(self):
        self._events = []
        self._metadata = []

    def _emit(self, ph, category, name, pid, tid, timestamp, **fields):
        self._events.append({'ph': ph, 'cat': category, 'name': name, 'pid': pid, 'tid': tid, 'ts': timestamp, **fields})

    def emit_pid(self, name, pid):
        """Names a process, a row of lanes."""
        self._metadata.append({'name': 'process_name', 'ph': 'M', 'pid': pid, 'args': {'name': name}})

    def emit_tid(self, name, pid, tid):
        """Names a thread, a lane."""
        self._metadata.append({'name': 'thread_name', 'ph': 'M', 'pid': pid, 'tid': tid, 'args': {'name': name}})

    def emit_region(self, timestamp, duration, pid, tid, category, name, args):
        self._emit('X', category, name, pid, tid, timestamp, dur=duration, args=args)

    def emit_obj_create(self, category, name, timestamp, pid, tid, object_id):
        self._emit('N', category, name, pid, tid, timestamp, id=object_id)

    def emit_obj_delete(self, category, name, timestamp, pid, tid, object_id):
        self._emit('D', category, name, pid, tid, timestamp, id=object_id)

    def emit_obj_snapshot(self, category, name, timestamp, pid, tid, object_id, snapshot):
        self._emit('O', category, name, pid, tid, timestamp, id=object_id, args={'snapshot': snapshot})

    def emit_flow_start(self, name, timestamp, pid, tid, flow_id):
        self._emit('s', 'DataFlow', name, pid, tid, timestamp, id=flow_id)

    def emit_flow_end(self, name, timestamp, pid, tid, flow_id):
        self._emit('t', 'DataFlow', name, pid, tid, timestamp, id=flow_id)

    def emit_counter(self, category, name, pid, timestamp, counter, value):
        self._emit('C', category, name, pid, 0, timestamp, args={counter: value})

    def emit_counters(self, category, name, pid, timestamp, counters):
        self._emit('C', category, name, pid, 0, timestamp, args=dict(counters))

    def format_to_string(self, pretty=False):
        """The JSON."""
        trace = {'traceEvents': self._metadata + self._events}
        if pretty:
            return json.dumps(trace, indent=4, separators=(',', ': '))
        return json.dumps(trace, separators=(',', ':'))


class _TrackedTensor:
    """A tensor of the run: where it lies, and from when to when."""

    def __init__(self, name, object_id, timestamp, pid, allocator, num_bytes):
        self.name = name
        self.object_id = object_id
        self.create_time = timestamp
        self.pid = pid
        self.allocator = allocator
        self.num_bytes = num_bytes
        self._unref_times = []

    @property
    def last_unref(self):
        return max(self._unref_times)

    def add_unref(self, timestamp):
        self._unref_times.append(timestamp)


def _parse_label(label):
    """(node, op, inputs) of a label."""
    match = _LABEL.match(label)
    if match is None:
        return 'unknown', 'unknown', []
    node, op, inputs = match.groups()
    return node, op, inputs.split(', ') if inputs else []


def _is_gpu_trace(device_name):
    return '/stream:' in device_name or '/memcpy' in device_name


def _end(node_stats):
    return node_stats.all_start_micros + node_stats.all_end_rel_micros


class Timeline:
    """What a run did when, from the StepStats of its RunMetadata."""

    def __init__(self, step_stats, graph=None):
        self._step_stats = step_stats
        self._graph = graph
        self._chrome_trace = _ChromeTraceFormatter()
        self._next_pid = 0
        self._device_pids = {}  # device -> row of its computation
        self._tensor_pids = {}  # device -> row of its tensors
        self._tensors = {}  # name -> _TrackedTensor
        self._next_flow_id = 0
        self._flow_starts = {}  # tensor -> (timestamp, pid, tid) of its making
        self._allocator_maximums = {}

    def generate_chrome_trace_format(self, show_dataflow=True, show_memory=False):
        """The JSON for chrome://tracing, with arrows from nodes to nodes, and with tensors and memory if asked for."""
        analysis = self.analyze_step_stats(show_dataflow=show_dataflow, show_memory=show_memory)
        return analysis.chrome_trace.format_to_string(pretty=True)

    def analyze_step_stats(self, show_dataflow=True, show_memory=True):
        """The events, and the most memory that each allocator gave out."""
        self._allocate_pids()
        self._assign_lanes()
        self._analyze_tensors(show_memory)
        self._show_compute(show_dataflow)
        if show_memory:
            self._show_memory_counters()
        return StepStatsAnalysis(chrome_trace=self._chrome_trace, allocator_maximums=self._allocator_maximums)

    def _new_pid(self):
        pid = self._next_pid
        self._next_pid += 1
        return pid

    def _allocate_pids(self):
        self._allocators_pid = self._new_pid()
        self._chrome_trace.emit_pid('Allocators', self._allocators_pid)
        for device in (dev_stats.device for dev_stats in self._step_stats.dev_stats):
            self._device_pids[device] = self._new_pid()
            self._tensor_pids[device] = self._new_pid()
            self._chrome_trace.emit_pid(device + ' Compute', self._device_pids[device])
            self._chrome_trace.emit_pid(device + ' Tensors', self._tensor_pids[device])

    def _assign_lanes(self):
        """Gives nodes that run at the same time different lanes, in thread_id, which says nothing otherwise."""
        for dev_stats in self._step_stats.dev_stats:
            free_from = [0]
            for node_stats in dev_stats.node_stats:
                lane = next((i for i, time in enumerate(free_from) if node_stats.all_start_micros > time),
                            len(free_from))
                free_from[lane:lane + 1] = [_end(node_stats)]
                node_stats.thread_id = lane

    def _analyze_tensors(self, show_memory):
        for dev_stats in self._step_stats.dev_stats:
            tensors_pid = self._tensor_pids[dev_stats.device]
            for node_stats in dev_stats.node_stats:
                for index, output in enumerate(node_stats.output):
                    name = '%s:%d' % (node_stats.node_name, index) if index else node_stats.node_name
                    self._analyze_tensor(name, output, node_stats, self._device_pids[dev_stats.device], tensors_pid,
                                         show_memory)

    def _analyze_tensor(self, name, output, node_stats, device_pid, tensors_pid, show_memory):
        start, end, tid = node_stats.all_start_micros, _end(node_stats), node_stats.thread_id
        allocation = output.tensor_description.allocation_description
        tensor = _TrackedTensor(
            name, len(self._tensors), start, tensors_pid, allocation.allocator_name, allocation.requested_bytes)
        tensor.add_unref(end)
        self._tensors[name] = tensor
        self._flow_starts[name] = end, device_pid, tid
        if show_memory:
            self._chrome_trace.emit_obj_create('Tensor', name, start, tensors_pid, tid, tensor.object_id)
            description = str(output.tensor_description).replace('"', '')
            self._chrome_trace.emit_obj_snapshot(
                'Tensor', name, end - 1, tensors_pid, tid, tensor.object_id, {'tensor_description': description})

    def _show_compute(self, show_dataflow):
        for dev_stats in self._step_stats.dev_stats:
            device_pid = self._device_pids[dev_stats.device]
            gpu_trace = _is_gpu_trace(dev_stats.device)
            for node_stats in dev_stats.node_stats:
                self._emit_op(node_stats, device_pid, gpu_trace)
                if not gpu_trace and node_stats.node_name != 'RecvTensor':
                    for name in _parse_label(node_stats.timeline_label)[2]:
                        self._use_tensor(name, node_stats, device_pid, show_dataflow)

    def _emit_op(self, node_stats, pid, gpu_trace):
        node_name, op, inputs = node_stats.node_name, 'RecvTensor', []
        if gpu_trace:
            node_name, op = (node_name.split(':') + ['unknown'])[:2]
        elif node_name != 'RecvTensor':
            _, op, inputs = _parse_label(node_stats.timeline_label)
        args = {'name': node_name, 'op': op}
        args.update(('input%d' % i, name) for i, name in enumerate(inputs))
        self._chrome_trace.emit_region(node_stats.all_start_micros, node_stats.all_end_rel_micros, pid,
                                       node_stats.thread_id, 'Op', op, args)

    def _use_tensor(self, name, node_stats, device_pid, show_dataflow):
        if name not in self._tensors and name.rfind('/_') > 0:
            name = name[:name.rfind('/_')]  # a copy made on the way to another device
        tensor = self._tensors.get(name)
        if tensor is None:
            return  # a rewrite of the graph has removed its node
        tensor.add_unref(_end(node_stats) - 1)
        create_time, create_pid, create_tid = self._flow_starts[name]
        if show_dataflow and (create_pid, create_tid) != (device_pid, node_stats.thread_id):
            flow_id = self._next_flow_id
            self._next_flow_id += 1
            self._chrome_trace.emit_flow_start(name, create_time, create_pid, create_tid, flow_id)
            self._chrome_trace.emit_flow_end(
                name, node_stats.all_start_micros, device_pid, node_stats.thread_id, flow_id)

    def _show_memory_counters(self):
        """Adds counters of the memory in use, and finds their greatest values."""
        changes = {}  # allocator -> [(time, bytes more or less, tensor)]
        for name, tensor in self._tensors.items():
            self._chrome_trace.emit_obj_delete('Tensor', name, tensor.last_unref, tensor.pid, 0, tensor.object_id)
            changes.setdefault(tensor.allocator, []).extend(
                [(tensor.create_time, tensor.num_bytes, name), (tensor.last_unref, -tensor.num_bytes, name)])
        for allocator, of_allocator in changes.items():
            total_bytes, live = 0, set()
            maximum = AllocationMaximum(timestamp=0, num_bytes=0, tensors=set())
            for time, num_bytes, name in sorted(of_allocator):
                total_bytes += num_bytes
                if num_bytes < 0:
                    live.discard(name)
                else:
                    live.add(name)
                if total_bytes > maximum.num_bytes:
                    maximum = AllocationMaximum(timestamp=time, num_bytes=total_bytes, tensors=set(live))
                self._chrome_trace.emit_counter(
                    'Memory', allocator, self._allocators_pid, time, allocator, total_bytes)
            self._allocator_maximums[allocator] = maximum
