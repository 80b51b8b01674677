"""Event files under their older names."""
from reflow.summary.summary_iterator import summary_iterator  # noqa: F401
from reflow.summary.writer.writer import FileWriter as SummaryWriter  # noqa: F401
from reflow.summary.writer.writer_cache import FileWriterCache as SummaryWriterCache  # noqa: F401
