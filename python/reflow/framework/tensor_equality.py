"""What == and != of tensors and variables compare: objects, or, where a program asks for it and operations run at once,
elements."""

from reflow import _core


def enable_tensor_equality():
    """Has == and != of tensors and variables compare elements, so that they can't be keys of dictionaries any more."""
    for cls, element_wise in _classes():
        cls.__eq__, cls.__ne__, cls.__hash__ = _methods(cls, element_wise)
    _core.Tensor._USE_EQUALITY = True


def disable_tensor_equality():
    """Has == and != of tensors and variables compare objects."""
    for cls, _ in _classes():
        if cls in _compared_objects:
            cls.__eq__, cls.__ne__, cls.__hash__ = _compared_objects[cls]
    _core.Tensor._USE_EQUALITY = False


# {class: its methods __eq__, __ne__ and __hash__ that compare objects}.
_compared_objects = {}


def _classes():
    """[(class, whether elements of this object may be compared)]."""
    from reflow.framework import eager_tensor
    from reflow.ops import variables
    return [(_core.Tensor, lambda tensor: tensor.graph.building_function), (eager_tensor.EagerTensor, lambda _: True),
            (variables.Variable, lambda _: True)]


def _runs_at_once():
    from reflow.framework import ops
    with ops.init_scope():
        return ops.executing_eagerly_outside_functions()


def _methods(cls, element_wise):
    same, differs, number = _compared_objects.setdefault(cls, (cls.__eq__, cls.__ne__, cls.__hash__))
    kind = 'Tensor' if issubclass(cls, _core.Tensor) else 'Variable'

    def __eq__(self, other):
        if not (_runs_at_once() and element_wise(self)):
            return same(self, other)
        from reflow.ops import gen_math_ops
        return gen_math_ops.equal(self, other)

    def __ne__(self, other):
        if not _runs_at_once():
            return differs(self, other)
        from reflow.ops import gen_math_ops
        return gen_math_ops.not_equal(self, other)

    def __hash__(self):
        if _runs_at_once() and element_wise(self):
            raise TypeError('%s is unhashable if Tensor equality is enabled. Instead, use tensor.experimental_ref() as the '
                            'key.' % kind)
        return number(self)

    return __eq__, __ne__, __hash__
