"""`tf.app.run`."""
import sys

from reflow.platform import flags
from reflow.platform import tf_logging


def run(main=None, argv=None):
    """Parses the flags, calls `main` (by default __main__.main) with what is left of `argv`, and exits with its result.

    Flags that nobody has defined stay in `argv`.
    """
    from absl import app
    tf_logging.get_logger()  # has a handler of its own from now on, beside that of absl
    main = main or sys.modules['__main__'].main
    app.run(main=main, argv=argv, flags_parser=_parse_known_flags)


def _parse_known_flags(argv):
    return flags.FLAGS(sys.argv if argv is None else argv, known_only=True)
