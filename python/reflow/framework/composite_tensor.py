"""Values that are made of several tensors: IndexedSlices, SparseTensor."""
import abc

from reflow.util import nest


class CompositeTensor(metaclass=abc.ABCMeta):
    """A value of several tensors, its components, which `tf.nest` takes apart with `expand_composites`."""

    _is_composite_tensor_class = True  # for nest

    @property
    @abc.abstractmethod
    def _type_spec(self):
        """The TypeSpec of the value."""
        raise NotImplementedError('%s._type_spec()' % type(self).__name__)

    def _to_components(self):
        return self._type_spec._to_components(self)

    def _component_metadata(self):
        return self._type_spec

    @staticmethod
    def _from_components(components, metadata):
        return metadata._from_components(components)

    def _shape_invariant_to_type_spec(self, shape):
        raise NotImplementedError('%s._shape_invariant_to_type_spec' % type(self).__name__)

    @property
    def _is_graph_tensor(self):
        return any(hasattr(tensor, 'graph') for tensor in nest.flatten(self._to_components(), expand_composites=True))

    def _consumers(self):
        return list(dict.fromkeys(
            consumer for component in self._to_components()
            if getattr(component, 'graph', None) is not None for consumer in component.consumers()))


def replace_composites_with_components(structure):
    """The structure with composite tensors replaced by the structures of their components."""
    if isinstance(structure, CompositeTensor):
        return replace_composites_with_components(structure._to_components())
    if not nest.is_sequence(structure):
        return structure
    return nest.map_structure(replace_composites_with_components, structure)
