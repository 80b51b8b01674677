"""Keras models with iterators, generators and validation data of other kinds: headings, parameters of callbacks, mistakes."""
import tensorflow as tf

from cases import fit_data
from cases.fit_data import fit, show, x, y

tf.logging.set_verbosity(tf.logging.ERROR)
fit_data.show_all()
show('validated by an iterator', fit(x, y, validation_data=fit_data.iterator(), validation_steps=2))
