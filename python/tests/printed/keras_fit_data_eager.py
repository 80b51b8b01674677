"""Keras models that train eagerly with iterators, generators, datasets: headings, parameters of callbacks, mistakes."""
import tensorflow as tf

tf.enable_eager_execution()
tf.logging.set_verbosity(tf.logging.ERROR)
from cases import fit_data  # noqa: E402
from cases.fit_data import batches, fit, generator, model, show, x, y  # noqa: E402

fit_data.show_all()
show('a part of a dataset', fit(batches(1), validation_split=.25))
show('generator', fit(generator(), steps_per_epoch=2))
show('generator with a dataset', fit(generator(), steps_per_epoch=2, validation_data=batches(1)))
show('batch of a dataset', lambda: model.predict_on_batch(batches()).shape)
show('steps that leave something', fit(x, y, steps_per_epoch=3))
show('too many steps', fit(x, y, batch_size=4, steps_per_epoch=3))
show('fit_generator', lambda: model.fit_generator(batches(1), verbose=2))
