"""What is measured from outside: processes, and installed files."""
import glob
import importlib.metadata
import os
import re
import subprocess
import sys
import time

import harness
from harness import emit

PROGRAM = os.path.join(harness.ROOT, 'bench/reflow_bench.py')


def import_time():
    """A new interpreter that imports the package and ends."""
    def run():
        start = time.perf_counter()
        subprocess.check_call([sys.executable, '-c', 'import reflow.tensorflow'])
        return time.perf_counter() - start
    harness.emit_processes('import', run)
    code = ('import resource, reflow.tensorflow\n'
            'print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)')
    emit('import', 'peak_rss', 'MB', [float(subprocess.check_output([sys.executable, '-c', code]))])


def first_step():
    """From starting a process to the end of its first training step."""
    def run():
        start = time.perf_counter()
        child = subprocess.Popen([sys.executable, PROGRAM, '_first_step'], stdout=subprocess.PIPE)
        child.stdout.readline()
        taken = time.perf_counter() - start
        child.stdout.close()
        child.wait()
        return taken
    harness.emit_processes('first_step', run)


def size():
    """Bytes of the installed files of the package, and of it and all that it requires: in a venv of `make wheel`."""
    folders = glob.glob(os.path.join(harness.ROOT, 'build/wheel/try-*/lib/python*/site-packages'))
    if not folders:
        sys.exit('size needs a wheel that is installed: run `make wheel` first')
    installed = {canonical(d.metadata['Name']): d for d in importlib.metadata.distributions(path=[max(folders)])}
    sizes, needed = {}, ['reflow']
    while needed:
        name = needed.pop()
        if name in installed and name not in sizes:
            files = [str(file.locate()) for file in installed[name].files]
            sizes[name] = sum(os.path.getsize(file) for file in files if os.path.exists(file))
            needed += [canonical(re.match('[A-Za-z0-9._-]+', need)[0]) for need in installed[name].requires or ()
                       if 'extra ==' not in need]
    emit('size', 'own', 'MB', [sizes['reflow'] / 1e6])
    emit('size', 'with_dependencies', 'MB', [sum(sizes.values()) / 1e6])


def canonical(name):
    return re.sub('[-_.]+', '-', name).lower()
