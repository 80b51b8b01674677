"""Operations to run when a SavedModel has been loaded, under the name that programs import."""
from reflow.saved_model.main_op_impl import main_op, main_op_with_restore  # noqa: F401
