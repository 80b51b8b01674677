"""What SavedModels of objects have of layers."""


class SavedLayer:
    """A Trackable with the functions, lists and metadata that Keras makes a layer of again."""

    _object_identifier = '_tf_keras_layer'

    @property
    def _tracking_metadata(self):
        from reflow.keras.saving import served_functions
        return served_functions.metadata_of(self)

    def _list_extra_dependencies_for_serialization(self, serialization_cache):
        from reflow.keras.saving import served_functions
        return served_functions.of_layer(self, serialization_cache).objects

    def _list_functions_for_serialization(self, serialization_cache):
        from reflow.keras.saving import served_functions
        functions = super()._list_functions_for_serialization(serialization_cache)
        return {**served_functions.of_layer(self, serialization_cache).functions, **functions}
