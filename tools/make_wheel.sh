#!/bin/bash
# Makes a wheel in build/dist, installs it into a fresh venv, build/wheel-venv, and runs a program there.
set -euo pipefail
cd "$(dirname "$0")/.."

rm -rf build/dist build/wheel-venv
# The packages that build it are in .venv already; an environment of pip's own would make the compiler cache useless.
.venv/bin/python -m pip wheel --quiet --disable-pip-version-check --no-build-isolation --no-deps -w build/dist .
.venv/bin/python -m venv build/wheel-venv
build/wheel-venv/bin/python -m pip install --quiet --disable-pip-version-check build/dist/*.whl

cd build/wheel-venv # away from the sources
bin/python -m reflow -c '
import tensorflow as tf
with tf.Session() as sess:
    print("1 + 2 =", sess.run(tf.constant(1) + 2))
graph = tf.GraphDef.FromString(tf.get_default_graph().as_graph_def().SerializeToString())
print([node.op for node in graph.node])
'
ls -l ../dist
