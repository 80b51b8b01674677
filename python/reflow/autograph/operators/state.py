"""The variables, attributes and elements that a statement of control flow changes."""


class Undefined:
    """What stands for a variable that has no value."""

    def __init__(self, name):
        self.name = name


class NoResult:
    """What a function returns that has not returned."""


NO_RESULT = NoResult()


class State:
    """What a statement changes: names, how to read each, and how to set all. The first `num_variables` are variables."""

    def __init__(self, names=(), readers=(), assign=None, num_variables=0):
        self.names = names
        self._readers = readers
        self._assign = assign
        self._num_variables = num_variables
        self._kept = range(len(names))  # what exists: parts of objects may not

    def read(self):
        """The values."""
        return [self._value(i) for i in self._kept]

    def _value(self, i):
        try:
            return self._readers[i]()
        except NameError:
            return Undefined(self.names[i])
        except (AttributeError, LookupError, TypeError):
            if i < self._num_variables:
                raise
            return Undefined(self.names[i])

    def existing(self):
        """The state without attributes and elements that don't exist yet: these stay what the last branch makes them."""
        kept = State(self.names, self._readers, self._assign, self._num_variables)
        kept._kept = [i for i in self._kept if i < self._num_variables or not isinstance(self._value(i), Undefined)]
        return kept

    @property
    def kept_names(self):
        """The names of what `read` gives."""
        return [self.names[i] for i in self._kept]

    def assign(self, values):
        """Sets them."""
        if self._assign is not None:
            every = [Undefined(name) for name in self.names]
            for i, value in zip(self._kept, values):
                every[i] = value
            self._assign(every)
