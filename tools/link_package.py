"""Makes links in a folder to all entries of a package's folder, so that an extension built there is beside its files.

usage: link_package.py PACKAGE FOLDER
"""

import os
import sys


def link_entries(package, folder):
    os.makedirs(folder, exist_ok=True)
    wanted = {name for name in os.listdir(package) if name != "__pycache__"}
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        if os.path.islink(path) and name not in wanted:
            os.unlink(path)
    for name in wanted:
        path = os.path.join(folder, name)
        if not os.path.lexists(path):
            os.symlink(os.path.join(package, name), path)


if __name__ == "__main__":
    link_entries(os.path.abspath(sys.argv[1]), sys.argv[2])
