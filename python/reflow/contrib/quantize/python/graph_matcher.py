"""Patterns of operations that are looked for in graphs."""

import itertools


class Pattern:
    """What an operation may look like."""

    def match(self, op, tensor):
        """The MatchResult of an operation and the output of it that is used; None: it isn't such an operation."""
        raise NotImplementedError('Method "match" not implemented.')


class OpTypePattern(Pattern):
    """An operation of one of the types `op_type`, which are separated by '|' (or '*', any), whose inputs match `inputs`.

    No `inputs`: whatever they are. With `ordered_inputs` False they may stand in any order. A MatchResult has what was found
    under the pattern itself and under `name`.
    """

    def __init__(self, op_type, name=None, inputs=None, ordered_inputs=True):
        inputs = inputs or []
        if len(inputs) > 8:
            raise ValueError('Only < 8 inputs are allowed when ordered_inputs is False.')
        self._types = None if op_type == '*' else op_type.split('|')
        self._name = name
        self._inputs = [pattern if isinstance(pattern, Pattern) else OpTypePattern(pattern) for pattern in inputs]
        self._ordered_inputs = ordered_inputs

    @property
    def name(self):
        """The name that results know the pattern by, or None."""
        return self._name

    def match(self, op, tensor):
        """As Pattern.match()."""
        if self._types and op.type not in self._types:
            return None
        result = MatchResult()
        result.add(self, op, tensor)
        if not self._inputs:
            return result
        tensors = list(op.inputs)
        if len(tensors) != len(self._inputs):
            return None
        orders = [self._inputs] if self._ordered_inputs else itertools.permutations(self._inputs)
        for patterns in orders:
            if _match_all(patterns, tensors, result):
                return result
        return None


def _match_all(patterns, tensors, result):
    """Whether each tensor matches its pattern; `result` gets what matches up to the first that does not."""
    for pattern, tensor in zip(patterns, tensors):
        part = pattern.match(tensor.op, tensor)
        if part is None:
            return False
        result.merge_from(part)
    return True


class OneofPattern(Pattern):
    """The first of several patterns that matches."""

    def __init__(self, sub_patterns):
        self._sub_patterns = sub_patterns

    def match(self, op, tensor):
        """As Pattern.match()."""
        return next((result for result in (pattern.match(op, tensor) for pattern in self._sub_patterns)
                     if result is not None), None)


class MatchResult:
    """The operations and tensors that patterns have been found at."""

    def __init__(self):
        self._found = {}
        self._named = {}

    def add(self, pattern, op, tensor):
        """Notes where `pattern` is. ValueError: another one has its name."""
        self._found[pattern] = op, tensor
        if pattern.name is not None:
            if pattern.name in self._named:
                raise ValueError('Name %s is already bound to another pattern' % pattern.name)
            self._named[pattern.name] = pattern

    def _get(self, pattern_or_name):
        if isinstance(pattern_or_name, str):
            pattern_or_name = self._named.get(pattern_or_name)
        elif not isinstance(pattern_or_name, Pattern):
            raise ValueError('pattern_or_name has type %s. Expect Pattern or str.' % type(pattern_or_name))
        return self._found.get(pattern_or_name, (None, None))

    def get_op(self, pattern_or_name):
        """The operation of a pattern; None: it isn't there."""
        return self._get(pattern_or_name)[0]

    def get_tensor(self, pattern_or_name):
        """The output of the pattern's operation that leads to the root; None: it isn't there, or it is the root."""
        return self._get(pattern_or_name)[1]

    def merge_from(self, other_match_result):
        """Adds what another result knows."""
        self._found.update(other_match_result._found)
        self._named.update(other_match_result._named)


class GraphMatcher:
    """Looks for a pattern."""

    def __init__(self, pattern):
        self._pattern = pattern

    def match_op(self, op):
        """The MatchResult of an operation, or None."""
        return self._pattern.match(op, None)

    def match_ops(self, ops):
        """The results of those of the operations that match."""
        for op in ops:
            result = self.match_op(op)
            if result is not None:
                yield result

    def match_graph(self, graph):
        """The results of the graph's operations."""
        yield from self.match_ops(graph.get_operations())
