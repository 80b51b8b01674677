"""Words of texts as numbers."""
from reflow.contrib.learn.python.learn.preprocessing.categorical_vocabulary import CategoricalVocabulary  # noqa: F401
from reflow.contrib.learn.python.learn.preprocessing.text import *  # noqa: F401,F403
