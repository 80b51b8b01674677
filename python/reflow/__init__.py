"""Reflow: TensorFlow 1.x, implemented anew.

`import reflow.tensorflow as tf` has the API without any other effect. `install()` lets `import tensorflow` give it, as
`python -m reflow PROGRAM` does.
"""

from reflow.names import finder
from reflow.names.finder import install
from reflow.names.packages import lazy_modules
from reflow.names.public import MissingSymbolError

__version__ = '0.1.0'
__all__ = ['MissingSymbolError', 'install']
__getattr__ = lazy_modules('reflow')

finder.add()
