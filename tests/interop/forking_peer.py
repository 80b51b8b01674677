"""Runs programs one after the other, each in a child that already has TensorFlow, which takes long to import.

Reads lines of JSON from stdin: program, arguments, folder, and the files for stdout and stderr. Writes the exit status of
each program as a line. Python 3.7 runs it too.
"""
import json
import os
import runpy
import signal
import sys

import tensorflow  # noqa: F401: what the children inherit

SECONDS = 600


def run(request):
    """In the child: never returns."""
    signal.alarm(SECONDS)
    for name, number in (('stdout', 1), ('stderr', 2)):
        os.dup2(os.open(request[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666), number)
    os.chdir(request['folder'])
    sys.argv = [request['program']] + request['arguments']
    status = 1
    try:
        runpy.run_path(request['program'], run_name='__main__')
        status = 0
    except BaseException:  # the traceback is for the test, and the parent's loop isn't the child's
        import traceback
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


for line in sys.stdin:
    child = os.fork()
    if child == 0:
        run(json.loads(line))
    print(os.waitpid(child, 0)[1], flush=True)
