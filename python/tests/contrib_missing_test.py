"""Names of tf.contrib that Reflow has not say so."""
import pytest

import reflow.tensorflow as tf
from reflow import MissingSymbolError
from reflow.names import table


@pytest.mark.parametrize('module', sorted(table.missing_of_contrib()))
def test_missing_names_say_that_they_are(module):
    package = getattr(tf.contrib, module.partition('.')[2])
    for name in table.missing_of_contrib()[module]:
        with pytest.raises(MissingSymbolError) as caught:
            getattr(package, name)
        assert str(caught.value) == f'tensorflow.{module}.{name} is part of TensorFlow 1.15, but Reflow does not have it yet'


def test_other_names_are_no_attributes():
    with pytest.raises(AttributeError, match="has no attribute 'Foo'") as caught:
        tf.contrib.learn.Foo
    assert not isinstance(caught.value, MissingSymbolError)
