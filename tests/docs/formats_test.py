"""The bytes that pages of docs/formats show are those of the files that they name."""
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TFRECORD = 'tests/data/tf-1.15/tfrecord/plain.tfrecord'


@pytest.mark.parametrize('page, file, begin, end', [
    ('tfrecord', TFRECORD, 0, 72),
    ('example', TFRECORD, 12, 68),
    ('events', 'tests/data/tf-1.15/events/events.out.tfevents.1600000000.host', 0, 40),
    ('hdf5', 'tests/data/hdf5/keras.weights.h5', 0, 136),
])
def test_bytes_are_those_of_the_file(page, file, begin, end):
    shown = re.search(r'```hex\n(.*?)```', (ROOT / f'docs/formats/{page}.md').read_text(), re.S)[1]
    assert bytes.fromhex(shown) == (ROOT / file).read_bytes()[begin:end]


@pytest.mark.parametrize('page', ['tfrecord', 'example', 'events', 'hdf5'])
def test_decode_tables_show_bytes_of_the_example(page):
    text = (ROOT / f'docs/formats/{page}.md').read_text()
    shown = ' '.join(re.search(r'```hex\n(.*?)```', text, re.S)[1].split())
    table = text[text.rindex('| bytes | what |'):]
    rows = re.findall(r'^\| `([0-9a-f ]+)(?: \.\.\. ([0-9a-f ]+))?` \|', table, re.M)
    assert rows
    for part in [part for row in rows for part in row if part]:
        assert part.strip() in shown
