"""The names of queue runners that programs import."""
from reflow.training.queue_runner_impl import QueueRunner, add_queue_runner, start_queue_runners  # noqa: F401
