"""Names in the folder of an export, and the collections that say what it is for."""

VERSION_FORMAT_SPECIFIER = '%08d'
ASSETS_DIRECTORY = 'assets'
EXPORT_SUFFIX_NAME = 'meta'
EXPORT_BASE_NAME = VARIABLES_FILENAME = 'export'
META_GRAPH_DEF_FILENAME = EXPORT_BASE_NAME + '.' + EXPORT_SUFFIX_NAME
_PART = '-?????-of-?????'
VARIABLES_FILENAME_PATTERN = VARIABLES_FILENAME + _PART
VARIABLES_FILENAME_PATTERN_V2 = VARIABLES_FILENAME + '.data' + _PART
VARIABLES_INDEX_FILENAME_V2 = VARIABLES_FILENAME + '.index'

INIT_OP_KEY, SIGNATURES_KEY, ASSETS_KEY, GRAPH_KEY = (
    'serving_' + part for part in ('init_op', 'signatures', 'assets', 'graph'))
CLASSIFICATION_SIGNATURE, GENERIC_SIGNATURE, REGRESSION_SIGNATURE = (
    kind + '_signature' for kind in ('classification', 'generic', 'regression'))
