"""Names of files, folders and keys in SavedModels."""

SAVED_MODEL_SCHEMA_VERSION = 1

SAVED_MODEL_FILENAME_PB = 'saved_model.pb'
SAVED_MODEL_FILENAME_PBTXT = 'saved_model.pbtxt'
SAVED_MODEL_FILENAME_JSON = 'saved_model.json'

VARIABLES_DIRECTORY = 'variables'
VARIABLES_FILENAME = 'variables'
ASSETS_DIRECTORY = 'assets'
EXTRA_ASSETS_DIRECTORY = 'assets.extra'

# Collections.
ASSETS_KEY = 'saved_model_assets'
LEGACY_INIT_OP_KEY = 'legacy_init_op'
MAIN_OP_KEY = 'saved_model_main_op'
TRAIN_OP_KEY = 'saved_model_train_op'

# Signatures that name an operation.
INIT_OP_SIGNATURE_KEY = '__saved_model_init_op'
TRAIN_OP_SIGNATURE_KEY = '__saved_model_train_op'
