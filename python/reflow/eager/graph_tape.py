"""tf.GradientTape where a graph is built."""

from reflow import _core
from reflow.eager import function
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import gradients_impl
from reflow.ops import variables as variables_lib


class GraphTape:
    """A tape where a graph is built: the graph itself remembers, and the tape knows what of it counts."""

    def __init__(self, watches_variables):
        self._watches_variables = watches_variables
        self._watched = []
        self._tape = _core.GraphTape()
        self._in_function = ops.get_default_graph().building_function
        operations = ops.get_default_graph().get_operations()
        self._newest = operations[-1]._id if operations else 0

    def start(self):
        """Ops that are made from now on are remembered."""
        self._tape.start()

    def stop(self):
        """Ops that are made from now on are not."""
        self._tape.stop()

    def watch(self, source):
        """Knows what depends on the tensor or variable."""
        self._watched.append(source)
        self._tape.watch(source)

    def is_watched(self, source):
        """Whether the program has asked for it."""
        return any(source is each for each in self._watched)

    def watched_variables(self):
        """Those that are watched, and the trainable ones that have been read since the tape was made."""
        variables = [each for each in self._watched if isinstance(each, _core.Variable)]
        if self._watches_variables:
            read = [variable for variable in _trainable_variables() if self._is_read(variable._variable)]
            read += [variable for variable, handle in function.captured_variables()
                     if variable.trainable and self._is_read(handle)]
            variables += [variable for variable in read if not any(variable is each for each in variables)]
        return variables

    def _is_read(self, handle):
        return any(op._id > self._newest for op in handle.consumers())

    def gradient(self, targets, sources, output_gradients):
        """The tape's gradients; None for sources that it doesn't know."""
        if not self._in_function:
            for source in sources:
                if isinstance(source, variables_lib.RefVariable):  # no tape sees what is done to its memory
                    raise AttributeError("'RefVariable' object has no attribute '_id'")
            handles = _trainable_variables() if self._watches_variables else []
            found = self._tape.gradient(targets, sources, output_gradients, handles)
            if found is not None:
                return found
        found = gradients_impl.gradients(targets, sources, grad_ys=output_gradients or None)
        watched = self.watched_variables()
        return [gradient if self._depends_on_watched(source, watched) else None
                for gradient, source in zip(found, sources)]

    def _depends_on_watched(self, source, watched_variables):
        """Whether the tape knows the source: it is watched, or computed from what is."""
        if isinstance(source, _core.Variable):
            return any(source is each for each in watched_variables) or self.is_watched(source)
        seen, pending = set(), [source]
        known = {each for each in self._watched if isinstance(each, _core.Tensor)}
        known.update(variable._variable for variable in watched_variables)
        known.update(handle for variable, handle in function.captured_variables()
                     if any(variable is each for each in watched_variables))
        while pending:
            tensor = pending.pop()
            if tensor in known:
                return True
            if tensor.op not in seen:
                seen.add(tensor.op)
                pending += tensor.op.inputs
        return False


def _trainable_variables():
    """The resource variables of the graph that are trainable: no tape sees reads of others."""
    return [variable for variable in variables_lib.trainable_variables() if variable._variable.dtype == dtypes.resource]
