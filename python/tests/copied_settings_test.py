"""Scopes and regularizers that programs pickle or copy deep among their settings."""

import copy
import pickle
import subprocess
import sys

import pytest

import reflow.tensorflow as tf


@pytest.mark.parametrize('copied', [copy.copy, copy.deepcopy])
def test_scopes(copied):
    with tf.Graph().as_default():
        with tf.variable_scope('a', initializer=tf.zeros_initializer(), reuse=tf.AUTO_REUSE):
            with tf.variable_scope('b', dtype=tf.float64) as scope:
                v = tf.get_variable('v', [2])
        again = copied(scope)
        assert (again.name, again.reuse, again.dtype, again.original_name_scope) == ('a/b', tf.AUTO_REUSE, tf.float64, 'a/b/')
        assert isinstance(again.initializer, tf.zeros_initializer) and again.use_resource is None
        with tf.variable_scope(again):
            assert tf.get_variable('v', [2]) is v
            assert tf.get_variable('w', [2]).name == 'a/b/w:0' and tf.add(1, 2).name == 'b/Add:0'


PICKLED = '''
import pickle
import tensorflow as tf
with tf.variable_scope('a', initializer=tf.zeros_initializer()) as scope:
    v = tf.get_variable('v', [2])
scope, alone = pickle.loads(pickle.dumps([scope, tf.VariableScope(True, 'q')]))
with tf.variable_scope(scope, reuse=True):
    print(tf.get_variable('v', [2]) is v, scope.name, type(scope.initializer).__name__, alone.name, alone.reuse, alone.initializer)
'''


def test_pickled_scopes():
    done = subprocess.run([sys.executable, '-m', 'reflow', '-c', PICKLED], capture_output=True, text=True)
    assert done.stdout == 'True a Zeros q True None\n', done.stderr


def test_regularizers():
    settings = {'regularizer': tf.contrib.layers.l2_regularizer(0.5), 'both': [tf.contrib.layers.l1_l2_regularizer(1., 1.)]}
    again = copy.deepcopy(settings)
    assert again['regularizer'] is settings['regularizer'] and copy.copy(again['both'][0]) is settings['both'][0]
    with pytest.raises((pickle.PicklingError, AttributeError)):
        pickle.dumps(settings['regularizer'])


def test_the_name_stack_of_a_graph():
    with tf.Graph().as_default() as graph:
        assert graph._name_stack == ''
        with tf.name_scope('a'), tf.name_scope('b'):
            assert graph._name_stack == 'a/b'
