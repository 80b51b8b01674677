"""Versions, `tf.version`: of the API, which is TensorFlow 1.15.5's, and of the graphs that it reads and writes."""

VERSION = '1.15.5'
GIT_VERSION = 'reflow'
COMPILER_VERSION = 'unknown'
CXX11_ABI_FLAG = 1
MONOLITHIC_BUILD = 0

GRAPH_DEF_VERSION = 134
GRAPH_DEF_VERSION_MIN_CONSUMER = 0
GRAPH_DEF_VERSION_MIN_PRODUCER = 0
