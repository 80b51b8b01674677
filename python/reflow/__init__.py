"""Reflow: TensorFlow 1.x, implemented anew.

`import reflow.tensorflow as tf` has the API without any other effect. `install()` lets `import tensorflow` give it, as
`python -m reflow PROGRAM` does.
"""

from reflow.names.finder import install
from reflow.names.public import MissingSymbolError

__version__ = '0.1.0'
__all__ = ['MissingSymbolError', 'install']
