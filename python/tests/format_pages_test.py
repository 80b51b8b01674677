"""The worked examples of docs/formats that are messages: their bytes are what their text says, both ways."""
import re
from pathlib import Path

import pytest

PAGES = Path(__file__).resolve().parents[2] / 'docs/formats'
EXAMPLE = re.compile(r'<!-- message (\S+) -->\n```\n([0-9a-f \n]*?)```.*?As text:\n\n```\n(.*?)```', re.S)
EXAMPLES = [(page.name, *match) for page in sorted(PAGES.glob('*.md')) for match in EXAMPLE.findall(page.read_text())]


@pytest.mark.parametrize('page, message, data, text', EXAMPLES, ids=[example[0] for example in EXAMPLES])
def test_bytes_and_text_are_one_message(page, message, data, text):
    protos = pytest.importorskip('reflow.framework.protos', reason='only a build has the engine')
    parsed = protos.message(message).FromString(bytes.fromhex(data))
    assert protos.to_text(parsed) == text
    assert parsed.SerializeToString(deterministic=True) == bytes.fromhex(data)


def test_there_are_examples():
    assert {example[0] for example in EXAMPLES} >= {'metagraph.md', 'saved_model.md'}
