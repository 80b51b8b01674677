"""Installs the package reflow, as build/release/python has it, into the Python that runs this: what `pip install -e .` does,
without a build.

usage: install_editable.py ROOT
"""
import json
import os
import pathlib
import shutil
import sys
import sysconfig

from scikit_build_core.build import prepare_metadata_for_build_editable


def install(root):
    os.chdir(root)
    site = pathlib.Path(sysconfig.get_path('purelib'))
    for old in site.glob('reflow-*.dist-info'):
        shutil.rmtree(old)
    info = site / prepare_metadata_for_build_editable(str(site))
    (site / 'reflow.pth').write_text(f'{root}/build/release/python\n')
    (info / 'INSTALLER').write_text('tools/install_editable.py\n')
    (info / 'direct_url.json').write_text(json.dumps({'url': root.as_uri(), 'dir_info': {'editable': True}}))
    record = info / 'RECORD'
    files = sorted({site / 'reflow.pth', record, *(path for path in info.rglob('*') if path.is_file())})
    record.write_text(''.join(f'{file.relative_to(site)},,\n' for file in files))


if __name__ == '__main__':
    install(pathlib.Path(sys.argv[1]).resolve())
