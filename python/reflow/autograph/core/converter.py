"""What is converted beside control flow, and how far conversion goes."""

import enum


class Feature(enum.Enum):
    """What is converted only on request."""
    ALL = 'ALL'
    AUTO_CONTROL_DEPS = 'AUTO_CONTROL_DEPS'
    ASSERT_STATEMENTS = 'ASSERT_STATEMENTS'
    BUILTIN_FUNCTIONS = 'BUILTIN_FUNCTIONS'
    EQUALITY_OPERATORS = 'EQUALITY_OPERATORS'
    LISTS = 'LISTS'
    NAME_SCOPES = 'NAME_SCOPES'

    @classmethod
    def all(cls):
        """All of them."""
        return tuple(cls.__members__.values())

    @classmethod
    def all_but(cls, exclude):
        """All but one or some."""
        if not isinstance(exclude, (list, tuple, set)):
            exclude = (exclude,)
        return tuple(set(cls.all()) - set(exclude) - {cls.ALL})


class ConversionOptions:
    """How a function is converted. `recursive`: those that it calls, too. `user_requested`: even if it is a library's."""

    def __init__(self, recursive=False, user_requested=False, optional_features=None):
        if optional_features is None:
            optional_features = ()
        elif isinstance(optional_features, Feature):
            optional_features = (optional_features,)
        self.recursive = recursive
        self.user_requested = user_requested
        self.optional_features = frozenset(optional_features)

    def uses(self, feature):
        """Whether a feature is wanted."""
        return feature in self.optional_features or Feature.ALL in self.optional_features

    def call_options(self):
        """Those of the functions that a converted one calls."""
        return ConversionOptions(self.recursive, False, self.optional_features)
