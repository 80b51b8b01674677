"""`tf.contrib.keras.api.keras`: the modules of `tf.keras`."""


def __getattr__(name):
    import reflow.tensorflow
    return getattr(reflow.tensorflow.keras, name)
