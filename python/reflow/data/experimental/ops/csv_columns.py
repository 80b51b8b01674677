"""What the columns of CSV files are: their names and types, found by looking at the files."""
import csv

import numpy as np

from reflow.framework import constant_op, dtypes

ACCEPTABLE_CSV_TYPES = (dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64, dtypes.string)


def _is_valid_int32(text):
    try:
        return np.int32(text) == np.int64(text)
    except (ValueError, OverflowError):
        return False


def _is_valid_int64(text):
    try:
        np.int64(text)
        return True
    except (ValueError, OverflowError):
        return False


def _is_valid_float(text, float_type):
    try:
        return float_type(text) < np.inf
    except ValueError:
        return False


_CHECKS = ((dtypes.int32, _is_valid_int32), (dtypes.int64, _is_valid_int64),
           (dtypes.float32, lambda text: _is_valid_float(text, np.float32)),
           (dtypes.float64, lambda text: _is_valid_float(text, np.float64)), (dtypes.string, lambda text: True))


def _infer_type(text, na_value, previous):
    """The narrowest type that the text and what stood above it in the column have."""
    if text in ('', na_value):
        return previous
    narrower = []
    for dtype, check in _CHECKS:
        narrower.append(dtype)
        if check(text) and (previous is None or previous in narrower):
            return dtype
    return previous


def _reader(file, field_delim, use_quote_delim):
    return csv.reader(file, delimiter=field_delim, quoting=csv.QUOTE_MINIMAL if use_quote_delim else csv.QUOTE_NONE)


def _rows(filenames, num_cols, field_delim, use_quote_delim, header, open_file):
    for name in filenames:
        with open_file(name) as file:
            rows = _reader(file, field_delim, use_quote_delim)
            if header:
                next(rows)
            for row in rows:
                if len(row) != num_cols:
                    raise ValueError('Problem inferring types: CSV row has different number of fields than expected.')
                yield row


def infer_column_defaults(filenames, num_cols, field_delim, use_quote_delim, na_value, header, num_rows_for_inference,
                          select_columns, open_file):
    """Defaults of the types that the first rows have."""
    columns = range(num_cols) if select_columns is None else select_columns
    types = [None] * len(columns)
    for i, row in enumerate(_rows(filenames, num_cols, field_delim, use_quote_delim, header, open_file)):
        if num_rows_for_inference is not None and i >= num_rows_for_inference:
            break
        types = [_infer_type(row[column], na_value, dtype) for column, dtype in zip(columns, types)]
    types = [dtype or dtypes.string for dtype in types]
    return [constant_op.constant([0 if dtype is not dtypes.string else ''], dtype=dtype) for dtype in types]


def infer_column_names(filenames, field_delim, use_quote_delim, open_file):
    """The names in the first line, which is the same in all files."""
    names = None
    for filename in filenames:
        with open_file(filename) as file:
            try:
                line = next(_reader(file, field_delim, use_quote_delim))
            except StopIteration:
                raise ValueError('Received StopIteration when reading the header line of %s.  Empty file?'
                                 % filenames[0]) from None
        if names is not None and line != names:
            raise ValueError('Files have different column names in the header row.')
        names = line
    return names


def get_sorted_col_indices(select_columns, column_names):
    """The numbers of columns that are given by number or by name, sorted."""
    numbers = {name: i for i, name in enumerate(column_names)}
    for i, column in enumerate(select_columns):
        if isinstance(column, int):
            if not 0 <= column < len(column_names):
                raise ValueError('Column index %d specified in select_columns out of valid range.' % column)
        elif column not in numbers:
            raise ValueError("Value '%s' specified in select_columns not a valid column index or name." % column)
        else:
            select_columns[i] = numbers[column]
    result = sorted(set(select_columns))
    if len(result) != len(select_columns):
        raise ValueError('select_columns contains duplicate columns')
    return result
