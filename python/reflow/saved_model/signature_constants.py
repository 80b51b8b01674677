"""Names of signatures, of their methods, and of the inputs and outputs that those have."""

DEFAULT_SERVING_SIGNATURE_DEF_KEY = 'serving_default'
DEFAULT_TRAIN_SIGNATURE_DEF_KEY = 'train'
DEFAULT_EVAL_SIGNATURE_DEF_KEY = 'eval'

CLASSIFY_METHOD_NAME = 'tensorflow/serving/classify'
CLASSIFY_INPUTS = 'inputs'
CLASSIFY_OUTPUT_CLASSES = 'classes'
CLASSIFY_OUTPUT_SCORES = 'scores'

PREDICT_METHOD_NAME = 'tensorflow/serving/predict'
PREDICT_INPUTS = 'inputs'
PREDICT_OUTPUTS = 'outputs'

REGRESS_METHOD_NAME = 'tensorflow/serving/regress'
REGRESS_INPUTS = 'inputs'
REGRESS_OUTPUTS = 'outputs'

SUPERVISED_TRAIN_METHOD_NAME = 'tensorflow/supervised/training'
SUPERVISED_EVAL_METHOD_NAME = 'tensorflow/supervised/eval'
