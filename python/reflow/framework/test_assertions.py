"""The assertions about arrays, messages and errors of tf.test.TestCase."""
import collections.abc
import contextlib
import functools
import itertools
import re

import numpy as np

from reflow.framework import dtypes, versions
from reflow.framework import errors_impl as errors

_MOST_PRINTED = 10


class ArrayAssertions:
    """Assertions about arrays and tensors, which are evaluated first. For a class that has evaluate()."""

    def _GetNdArray(self, a):
        from reflow.framework import ops
        if isinstance(a, ops.Tensor):
            a = self.evaluate(a)
        return a if isinstance(a, np.ndarray) else np.array(a)

    def assertNear(self, f1, f2, err, msg=None):
        """`f1` is within `err` of `f2`."""
        self.assertTrue(f1 == f2 or abs(f1 - f2) <= err,
                        '%f != %f +/- %f%s' % (f1, f2, err, ' (%s)' % msg if msg is not None else ''))

    def assertArrayNear(self, farray1, farray2, err, msg=None):
        """Each element of `farray1` is within `err` of `farray2`'s."""
        self.assertEqual(len(farray1), len(farray2), msg=msg)
        for f1, f2 in zip(farray1, farray2):
            self.assertNear(float(f1), float(f2), err, msg=msg)

    def assertNDArrayNear(self, ndarray1, ndarray2, err, msg=None):
        """The Euclidean norm of the difference is less than `err`."""
        self.assertTrue(np.linalg.norm(ndarray1 - ndarray2) < err, msg=msg)

    def assertAllClose(self, a, b, rtol=1e-6, atol=1e-6, msg=None):
        """|a - b| <= atol + rtol * |b|, element by element, in all arrays of nested structures."""
        self._assert_structures_close(a, b, rtol, atol, (), msg or '')

    def _assert_structures_close(self, a, b, rtol, atol, path, msg):
        place = '[%s]' % ']['.join(path) if path else ''
        a, b = (each._asdict() if hasattr(each, '_asdict') else each for each in (a, b))
        if isinstance(a, collections.abc.Mapping) != isinstance(b, collections.abc.Mapping):
            raise ValueError("Can't compare dict to non-dict, a%s vs b%s. %s" % (place, place, msg))
        if isinstance(a, collections.abc.Mapping):
            self.assertCountEqual(a.keys(), b.keys(), msg='mismatched keys: a%s has keys %s, but b%s has keys %s. %s' % (
                place, a.keys(), place, b.keys(), msg))
            for key in a:
                self._assert_structures_close(a[key], b[key], rtol, atol, (*path, str(key)), msg)
            return
        differs = 'Mismatched value: a%s is different from b%s. %s' % (place, place, msg)
        if isinstance(a, (list, tuple)):
            try:
                a_array, b_array = self._GetNdArray(a), self._GetNdArray(b)
                self._assert_arrays_close(a_array, b_array, rtol, atol, differs)
            except (ValueError, TypeError):  # no arrays: element by element
                if len(a) != len(b):
                    raise ValueError('Mismatched length: a%s has %d items, but b%s has %d items. %s' % (
                        place, len(a), place, len(b), msg)) from None
                for i, (a_element, b_element) in enumerate(zip(a, b)):
                    self._assert_structures_close(a_element, b_element, rtol, atol, (*path, str(i)), msg)
            return
        try:
            self._assert_arrays_close(self._GetNdArray(a), self._GetNdArray(b), rtol, atol, differs)
        except TypeError as error:
            raise TypeError('%s : Error: a%s has %s, but b%s has %s. %s' % (
                error, place, type(a), place, type(b), msg)) from error

    def _assert_arrays_close(self, a, b, rtol, atol, msg):
        contents = ' with contents %s' % b if b.ndim <= 3 or b.size < 500 else ''
        self.assertEqual(a.shape, b.shape, 'Shape mismatch: expected %s, got %s%s.' % (a.shape, b.shape, contents))
        if np.allclose(a, b, rtol=rtol, atol=atol):
            return
        far = np.logical_or(np.abs(a - b) > atol + rtol * np.abs(b), np.isnan(a) != np.isnan(b))
        lines = [msg, *_where('close', far, a, b)]
        x, y = (a[far], b[far]) if a.ndim else (a, b)
        lines += ['not close dif = {}'.format(np.abs(x - y)), 'not close tol = {}'.format(atol + rtol * np.abs(y)),
                  'dtype = {}, shape = {}'.format(a.dtype, a.shape)]
        np.testing.assert_allclose(a, b, rtol=rtol, atol=atol, err_msg='\n'.join(lines), equal_nan=True)

    def assertAllCloseAccordingToType(self, a, b, rtol=1e-6, atol=1e-6, float_rtol=1e-6, float_atol=1e-6,
                                      half_rtol=1e-3, half_atol=1e-3, bfloat16_rtol=1e-2, bfloat16_atol=1e-2, msg=None):
        """assertAllClose with the widest of the tolerances that the types of the arrays have."""
        a, b = self._GetNdArray(a), self._GetNdArray(b)
        types = {a.dtype, b.dtype}
        if types & {np.dtype(np.float32), np.dtype(np.complex64)}:
            rtol, atol = max(rtol, float_rtol), max(atol, float_atol)
        if np.dtype(np.float16) in types:
            rtol, atol = max(rtol, half_rtol), max(atol, half_atol)
        if np.dtype(dtypes.bfloat16.as_numpy_dtype) in types:
            rtol, atol = max(rtol, bfloat16_rtol), max(atol, bfloat16_atol)
        self.assertAllClose(a, b, rtol=rtol, atol=atol, msg=msg)

    def assertNotAllClose(self, a, b, **kwargs):
        """assertAllClose fails."""
        try:
            self.assertAllClose(a, b, **kwargs)
        except AssertionError:
            return
        raise AssertionError('The two values are close at all elements')

    def assertAllEqual(self, a, b, msg=None):
        """The arrays are equal, NaN being equal to NaN."""
        msg = msg or ''
        a, b = self._GetNdArray(a), self._GetNdArray(b)
        contents = ' Contents: %s. \n%s.' % (b, msg) if b.ndim <= 3 or b.size < 500 else ' %s' % msg
        self.assertEqual(a.shape, b.shape, 'Shape mismatch: expected %s, got %s.%s' % (a.shape, b.shape, contents))
        same = a == b
        if a.dtype.kind == 'f' or a.dtype == dtypes.bfloat16.as_numpy_dtype:
            same = np.logical_or(same, np.logical_and(np.isnan(a), np.isnan(b)))
        if not np.all(same):
            lines = [msg, *_where('equal', np.logical_not(same), a, b)]
            np.testing.assert_array_equal(a, b, err_msg='\n'.join(lines))

    def assertNotAllEqual(self, a, b, msg=None):
        """assertAllEqual fails."""
        try:
            self.assertAllEqual(a, b, msg)
        except AssertionError:
            return
        raise AssertionError('The two values are equal at all elements')

    def assertAllGreater(self, a, comparison_target):
        """All elements are greater than the target."""
        self.assertGreater(np.min(self._GetNdArray(a)), comparison_target)

    def assertAllLess(self, a, comparison_target):
        """All elements are less than the target."""
        self.assertLess(np.max(self._GetNdArray(a)), comparison_target)

    def assertAllGreaterEqual(self, a, comparison_target):
        """All elements are greater than the target or equal to it."""
        self.assertGreaterEqual(np.min(self._GetNdArray(a)), comparison_target)

    def assertAllLessEqual(self, a, comparison_target):
        """All elements are less than the target or equal to it."""
        self.assertLessEqual(np.max(self._GetNdArray(a)), comparison_target)

    def assertAllInRange(self, target, lower_bound, upper_bound, open_lower_bound=False, open_upper_bound=False):
        """All elements, numbers and no NaN among them, lie in the interval."""
        target = self._GetNdArray(target)
        if target.dtype.kind not in 'fiu':
            raise AssertionError('The value of %s does not have an ordered numeric type, instead it has type: %s' % (
                target, target.dtype))
        nan = np.isnan(target)
        if nan.any():
            raise AssertionError('%d of the %d element(s) are NaN. Subscripts(s) and value(s) of the NaN element(s):\n%s' % (
                np.sum(nan), target.size, _listing(nan, target)))
        below = target <= lower_bound if open_lower_bound else target < lower_bound
        above = target >= upper_bound if open_upper_bound else target > upper_bound
        outside = np.logical_or(below, above)
        if outside.any():
            interval = '%s%s, %s%s' % ('(' if open_lower_bound else '[', lower_bound, upper_bound,
                                       ')' if open_upper_bound else ']')
            raise AssertionError('%d of the %d element(s) are outside the range %s. '
                                 'Subscript(s) and value(s) of the offending elements:\n%s' % (
                                     np.sum(outside), target.size, interval, _listing(outside, target)))

    def assertAllInSet(self, target, expected_set):
        """All elements are in the set."""
        strange = np.setdiff1d(self._GetNdArray(target).flatten(), list(expected_set))
        if strange.size:
            raise AssertionError('%d unique element(s) are not in the set %s: %s' % (strange.size, expected_set, strange))

    def assertDTypeEqual(self, target, expected_dtype):
        """The array has the type."""
        self.assertEqual(self._GetNdArray(target).dtype, expected_dtype)

    def assertShapeEqual(self, np_array, tf_tensor, msg=None):
        """An array and a tensor have the same static shape. TypeError: they are no array and no tensor."""
        from reflow.framework import ops
        if not isinstance(np_array, (np.ndarray, np.generic)):
            raise TypeError('np_array must be a Numpy ndarray or Numpy scalar')
        if not isinstance(tf_tensor, ops.Tensor):
            raise TypeError('tf_tensor must be a Tensor')
        self.assertAllEqual(np_array.shape, tf_tensor.get_shape().as_list(), msg=msg)


def _where(relation, mask, a, b):
    """Lines that say at which elements two arrays differ."""
    lines = ['not %s where = %s' % (relation, np.where(mask))] if a.ndim else []
    x, y = (a[mask], b[mask]) if a.ndim else (a, b)
    return lines + ['not %s lhs = %s' % (relation, x), 'not %s rhs = %s' % (relation, y)]


def _listing(mask, value):
    subscripts = np.transpose(np.where(mask))
    lines = ['  %s : %s' % (subscript, value[tuple(subscript)])
             for subscript in itertools.islice(subscripts, _MOST_PRINTED)]
    return '\n'.join(lines + ['  ...'] * (len(subscripts) > _MOST_PRINTED))


class MessageAssertions:
    """Assertions about messages, errors, devices and text."""

    def assertProtoEquals(self, expected_message_maybe_ascii, message, msg=None):
        """A message is equal to another, or to one in text format."""
        from google.protobuf import text_format
        expected = expected_message_maybe_ascii
        if isinstance(expected, str):
            expected = text_format.Parse(expected, type(message)())
        elif not isinstance(expected, type(message)):
            raise AssertionError("Can't compare protos of type %s and %s. %s" % (type(expected), type(message), msg or ''))
        if expected != message:
            self.assertMultiLineEqual(text_format.MessageToString(expected), text_format.MessageToString(message), msg)
            self.fail(msg or 'Messages differ in fields that their texts do not show')

    def assertProtoEqualsVersion(self, expected, actual, producer=versions.GRAPH_DEF_VERSION,
                                 min_consumer=versions.GRAPH_DEF_VERSION_MIN_CONSUMER, msg=None):
        """assertProtoEquals for a GraphDef in text format to which the versions are added."""
        expected = 'versions { producer: %d min_consumer: %d };\n%s' % (producer, min_consumer, expected)
        self.assertProtoEquals(expected, actual, msg=msg)

    def assertStartsWith(self, actual, expected_start, msg=None):
        """The text begins so."""
        if not actual.startswith(expected_start):
            self.fail('%r does not start with %r%s' % (actual, expected_start, ' : %r' % (msg,) if msg else ''))

    @contextlib.contextmanager
    def assertRaisesWithPredicateMatch(self, exception_type, expected_err_re_or_predicate):
        """A context that raises such an exception, whose message or which itself matches."""
        predicate = expected_err_re_or_predicate
        if not callable(predicate):
            predicate = functools.partial(_message_matches, expected_err_re_or_predicate)
        try:
            yield
            self.fail(exception_type.__name__ + ' not raised')
        except Exception as error:
            if not isinstance(error, exception_type) or not predicate(error):
                raise AssertionError('Exception of type %s: %s' % (type(error), error)) from error

    def assertRaisesOpError(self, expected_err_re_or_predicate):
        """A context that raises a tf.errors.OpError, whose message or which itself matches."""
        return self.assertRaisesWithPredicateMatch(errors.OpError, expected_err_re_or_predicate)

    def assertDeviceEqual(self, device1, device2, msg=None):
        """Two names or specifications of devices mean the same."""
        from reflow.framework import device
        device1, device2 = (device.canonical_name(each) for each in (device1, device2))
        self.assertEqual(device1, device2, 'Devices %s and %s are not equal. %s' % (device1, device2, msg))


def _message_matches(pattern, error):
    text = str(error)
    if isinstance(error, errors.OpError):
        text = error.message + ('\nCaused by: ' + error.op.name if error.op is not None else '')
    return re.search(pattern, text)
