"""What functions of Python and NumPy no longer take, or no longer give, as it was. One function here for each module."""

import functools


def change_builtins(builtins):
    """open(file, 'rU'): universal newlines, which reading text has been since Python 3."""
    open_of_today = builtins.open

    @functools.wraps(open_of_today)
    def open(file, mode='r', *args, **kwargs):
        if isinstance(mode, str) and 'U' in mode and not set(mode) & set('waxr+') - {'r'}:
            mode = mode.replace('U', '') if 'r' in mode else 'r' + mode.replace('U', '')
        return open_of_today(file, mode, *args, **kwargs)
    builtins.open = open


def change_numpy(numpy):
    """Arrays of rows of several lengths are arrays of objects, and copy=False copies what has to be copied."""
    if int(numpy.__version__.partition('.')[0]) >= 2:
        numpy.array = _copying_where_needed(numpy.array)
    for name in ('array', 'asarray', 'asanyarray'):
        setattr(numpy, name, _taking_ragged_rows(getattr(numpy, name)))


def _copying_where_needed(array_of_today):
    @functools.wraps(array_of_today)
    def array(*args, **kwargs):
        if kwargs.get('copy') is False:
            kwargs['copy'] = None  # if it is needed, which was what False meant
        return array_of_today(*args, **kwargs)
    return array


def _taking_ragged_rows(function):
    @functools.wraps(function)
    def array(*args, **kwargs):
        try:
            return function(*args, **kwargs)
        except ValueError as error:
            if 'inhomogeneous' not in str(error) or len(args) > 1 or kwargs.get('dtype') is not None:
                raise
            kwargs['dtype'] = object
            return function(*args, **kwargs)
    return array


def change_random(random):
    """sample(population, k) of sets, and shuffle(x, random)."""
    sample_of_today, shuffle_of_today = random.Random.sample, random.Random.shuffle

    @functools.wraps(sample_of_today)
    def sample(self, population, k, **kwargs):
        from collections.abc import Set
        return sample_of_today(self, tuple(population) if isinstance(population, Set) else population, k, **kwargs)

    @functools.wraps(shuffle_of_today)
    def shuffle(self, x, random=None):
        if random is None:
            return shuffle_of_today(self, x)
        for i in range(len(x) - 1, 0, -1):
            j = int(random() * (i + 1))
            x[i], x[j] = x[j], x[i]

    random.Random.sample, random.Random.shuffle = sample, shuffle
    random.sample, random.shuffle = random._inst.sample, random._inst.shuffle


def change_json(json):
    """load and loads take an encoding, which meant nothing for str."""
    for name in ('load', 'loads'):
        setattr(json, name, _without_encoding(getattr(json, name)))


def _without_encoding(function):
    @functools.wraps(function)
    def load(*args, **kwargs):
        kwargs.pop('encoding', None)
        return function(*args, **kwargs)
    return load


def change_html_parser(parser):
    """HTMLParser().unescape(text)."""
    if not hasattr(parser.HTMLParser, 'unescape'):
        parser.HTMLParser.unescape = _unescape


def _unescape(self, s):
    from html import unescape
    return unescape(s)


def change_threading(threading):
    """Thread.isAlive."""
    if not hasattr(threading.Thread, 'isAlive'):
        threading.Thread.isAlive = threading.Thread.is_alive


def change_unittest(unittest):
    """The old names of assertions."""
    case = unittest.TestCase
    for old, new in {'assertEquals': 'assertEqual', 'assertNotEquals': 'assertNotEqual', 'assert_': 'assertTrue',
                     'assertAlmostEquals': 'assertAlmostEqual', 'assertNotAlmostEquals': 'assertNotAlmostEqual',
                     'assertItemsEqual': 'assertCountEqual', 'assertRaisesRegexp': 'assertRaisesRegex',
                     'assertRegexpMatches': 'assertRegex', 'assertNotRegexpMatches': 'assertNotRegex'}.items():
        if not hasattr(case, old):
            setattr(case, old, getattr(case, new))


def change_image_font(fonts):
    """font.getsize(text): how wide the text is, and how far down it goes."""
    for name in ('FreeTypeFont', 'ImageFont'):
        font = getattr(fonts, name, None)
        if font is not None and not hasattr(font, 'getsize'):
            font.getsize = _size_of_text


def _size_of_text(self, text, *args, **kwargs):
    left, _, right, bottom = self.getbbox(text, *args, **kwargs)
    return right - left, bottom


def change_image_draw(draw):
    """ImageDraw.Draw(image).textsize(text, font)."""
    if not hasattr(draw.ImageDraw, 'textsize'):
        draw.ImageDraw.textsize = _size_of_drawn_text


def _size_of_drawn_text(self, text, font=None, spacing=4, **kwargs):
    font = font or self.getfont()
    lines = text.split('\n')
    if len(lines) == 1:
        return _size_of_text(font, text, **kwargs)
    height_of_line = _size_of_text(font, 'A')[1] + spacing
    return max(_size_of_text(font, line, **kwargs)[0] for line in lines), len(lines) * height_of_line - spacing


def change_yaml(yaml):
    """yaml.load(stream) without a loader: FullLoader, as of PyYAML 5."""
    for name in ('load', 'load_all'):
        setattr(yaml, name, _with_loader(getattr(yaml, name), yaml.FullLoader))


def _with_loader(function, loader):
    @functools.wraps(function)
    def load(stream, Loader=loader):
        return function(stream, Loader)
    return load


def change_pandas(pandas):
    """Text in columns is of dtype object, and frames and columns have methods that are gone."""
    if int(pandas.__version__.partition('.')[0]) >= 3:
        pandas.set_option('future.infer_string', False)
    for cls in (pandas.DataFrame, pandas.Series):
        for old, method in {'append': _append, 'as_matrix': _as_matrix, 'get_values': _as_matrix, 'iteritems': _items}.items():
            if not hasattr(cls, old):
                setattr(cls, old, method)


def _append(self, other, ignore_index=False, verify_integrity=False, sort=False):
    import pandas
    others = list(other) if isinstance(other, (list, tuple)) else [other]
    if isinstance(self, pandas.DataFrame):
        if not ignore_index and any(isinstance(each, dict) or getattr(each, 'name', self) is None for each in others):
            raise TypeError('Can only append a Series if ignore_index=True or if the Series has a name')
        others = [each if isinstance(each, pandas.DataFrame) else pandas.Series(each).to_frame().T.infer_objects()
                  for each in others]
    return pandas.concat([self, *others], ignore_index=ignore_index, verify_integrity=verify_integrity, sort=sort)


def _as_matrix(self, columns=None):
    return self.values if columns is None else self[columns].values


def _items(self):
    return self.items()


CHANGES = {
    'builtins': change_builtins, 'html.parser': change_html_parser, 'json': change_json, 'random': change_random,
    'threading': change_threading, 'unittest': change_unittest,
    'PIL.ImageDraw': change_image_draw, 'PIL.ImageFont': change_image_font, 'pandas': change_pandas,
    'yaml': change_yaml,
}
