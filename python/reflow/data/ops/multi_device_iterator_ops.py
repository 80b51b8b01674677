"""Iterators that deal a dataset's elements out to several devices."""
from reflow import _core
from reflow.data.ops import dataset as dataset_lib, dataset_options, iterator_ops
from reflow.data.util import structure
from reflow.framework import ops
from reflow.ops import array_ops, control_flow_ops


class MultiDeviceIterator:
    """Gives each device every n-th element. All devices share one memory: the elements are of one iterator, which makes
    some of them ahead."""

    def __init__(self, dataset, devices, max_buffer_size=1, prefetch_buffer_size=1, source_device='/cpu:0'):
        options = dataset_options.Options()
        options.experimental_distribute.num_devices = len(devices)
        self._dataset = dataset.with_options(options)
        self._devices = devices
        self._source_device = source_device
        self._max_buffer_size = max(max_buffer_size, prefetch_buffer_size)
        self._prefetch_buffer_size = prefetch_buffer_size
        self._waiting = {}  # elements that no device has been given yet, by the number of the device
        with ops.device(source_device):
            ahead = self._dataset.prefetch(self._max_buffer_size * len(devices))
            self._iterator = iterator_ops.IteratorV2(ahead) if _core.executing_eagerly() else (
                dataset_lib.DatasetV1Adapter(ahead)._make_initializable_iterator())

    def get_next(self, device=None):
        """The next element for a device, or, as a list, for all of them. OutOfRangeError where it runs: there is none."""
        if device is None:
            return [self.get_next(each) for each in self._devices]
        index = self._devices.index(device)
        if index not in self._waiting:
            self._waiting = dict(enumerate(self._dealt_out(self._iterator.get_next, self.element_spec)))
        element = self._waiting.pop(index)
        with ops.device(device):
            tensors = [array_ops.identity(tensor) for tensor in structure.to_tensor_list(self.element_spec, element)]
        return structure.from_compatible_tensor_list(self.element_spec, tensors)

    def get_next_as_optional(self):
        """The next element for each device, as Optionals, which have no value at the end."""
        return self._dealt_out(lambda: iterator_ops.get_next_as_optional(self._iterator), None)

    def _dealt_out(self, take, spec):
        """What `take` gives for each device, one after the other."""
        elements, before = [], []
        for _ in self._devices:
            with ops.device(self._source_device), ops.control_dependencies(before):
                elements.append(take())
            if not _core.executing_eagerly():
                before = [tensor.op for tensor in (
                    [elements[-1]._variant_tensor] if spec is None else structure.to_tensor_list(spec, elements[-1]))]
        return elements

    @property
    def initializer(self):
        """The operation that makes it pass over the dataset from the beginning."""
        return control_flow_ops.no_op() if _core.executing_eagerly() else self._iterator.initializer

    @property
    def element_spec(self):
        """The spec of an element."""
        return self._dataset.element_spec
