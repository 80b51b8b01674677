"""The functions of scipy.misc for images that come back under `python -m reflow`: what SciPy 1.1 gave."""

import subprocess
import sys

import numpy as np
import pytest

pytest.importorskip('PIL', reason='the functions are over Pillow')
from reflow.launcher import scipy_misc as misc

GREY = np.arange(6).reshape(2, 3) / 4
COLOURS = np.arange(24).reshape(2, 4, 3) * 10 - 20.


@pytest.mark.parametrize('value, wanted', [
    (lambda: misc.fromimage(misc.toimage(GREY)), [[0, 51, 102], [153, 204, 255]]),
    (lambda: misc.fromimage(misc.toimage(GREY, cmin=0., cmax=2.)), [[0, 32, 64], [96, 128, 159]]),
    (lambda: misc.imresize(GREY, (3, 3)), [[0, 51, 102], [77, 128, 179], [153, 204, 255]]),
    (lambda: misc.imresize(COLOURS.astype(np.int32).astype(np.uint8), 50), [[[116, 126, 81], [109, 119, 129]]]),
    (lambda: misc.imresize(GREY[:1], 2., 'nearest'), [[0, 0, 128, 128, 255, 255]] * 2),
    (lambda: misc.imresize(GREY, (1, 2), mode='F'), [[0.46875, 0.78125]]),
    (lambda: misc.imrotate(GREY, 90, 'nearest'), [[102, 255, 0], [51, 204, 0]]),
    (lambda: misc.bytescale(GREY, high=200, low=100), [[100, 120, 140], [160, 180, 200]]),
    (lambda: misc.fromimage(misc.toimage(COLOURS))[0], [[0, 11, 22], [33, 44, 55], [67, 78, 89], [100, 111, 122]]),
    (lambda: misc.fromimage(misc.toimage(COLOURS.transpose(2, 0, 1)), flatten=True).round(2)[0],
     np.float32([8.96, 41.96, 75.96, 108.96])),
    (lambda: misc.fromimage(misc.toimage(GREY, mode='P'))[0], [[0, 0, 0], [51, 51, 51], [102, 102, 102]]),
])
def test_values(value, wanted):
    np.testing.assert_array_equal(value(), wanted)


def test_files(tmp_path):
    for image in (GREY, COLOURS):
        misc.imsave(str(tmp_path / 'a.png'), image)
        np.testing.assert_array_equal(misc.imread(str(tmp_path / 'a.png')), misc.bytescale(image))
    assert misc.imread(str(tmp_path / 'a.png'), mode='L').shape == (2, 4)
    assert misc.imread(str(tmp_path / 'a.png'), flatten=True).dtype == np.float32


@pytest.mark.parametrize('array, options, message', [
    (np.zeros([2, 2, 2]), {}, "'arr' does not have a suitable array shape for any mode."),
    (np.zeros(3), {}, "'arr' does not have a suitable array shape for any mode."),
    (COLOURS, {'mode': 'L'}, 'Mode is unknown or incompatible with input array shape.'),
    (COLOURS, {'mode': 'CMYK'}, 'Invalid array shape for mode.'),
    (GREY * 1j, {}, 'Cannot convert a complex-valued array.'),
    (GREY, {'high': 300}, '`high` should be less than or equal to 255.'),
])
def test_mistakes(array, options, message):
    with pytest.raises(ValueError, match=message):
        misc.toimage(array, **options)


@pytest.mark.parametrize('with_module', [False, True])
def test_programs_import_them_where_scipy_is(tmp_path, with_module):
    (tmp_path / 'scipy').mkdir()
    (tmp_path / 'scipy/__init__.py').write_text('')
    (tmp_path / 'scipy/special.py').write_text('comb = "of special"')
    if with_module:
        (tmp_path / 'scipy/misc.py').write_text('face = 1')
    program = tmp_path / 'program.py'
    program.write_text('import scipy.misc\nfrom scipy.misc import imread, comb\n'
                       'print(scipy.misc.imresize.__name__, imread.__name__, comb)\n'
                       'try:\n    scipy.misc.ascent\nexcept AttributeError as error:\n    print(error)')
    done = subprocess.run([sys.executable, '-m', 'reflow', str(program)], capture_output=True, text=True)
    assert done.stdout.splitlines() == ['imresize imread of special', "module 'scipy.misc' has no attribute 'ascent'"], done.stderr
