#include "bfloat16.h"

#define NPY_NO_DEPRECATED_API NPY_1_7_API_VERSION
#include <numpy/arrayobject.h>
#include <numpy/arrayscalars.h>
#include <numpy/ufuncobject.h>

#include <fmt/format.h>

#include <cmath>
#include <complex>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>

#include "reflow/tensor/dtype.h"

namespace reflow::python {
namespace {

namespace nb = nanobind;

struct Scalar {
  PyObject_HEAD
  Bfloat16 value;
};

PyTypeObject scalar_type = {PyVarObject_HEAD_INIT(nullptr, 0)};
PyArray_ArrFuncs array_functions;
int type_number = -1;

bool is_scalar(PyObject* object) { return Py_TYPE(object) == &scalar_type; }

PyObject* scalar_of(Bfloat16 value) {
  PyObject* object = scalar_type.tp_alloc(&scalar_type, 0);
  if (object) reinterpret_cast<Scalar*>(object)->value = value;
  return object;
}

// The value of a bfloat16, float, int or float32; false, without an exception: it is none, or an int out of range.
bool number_from_python(PyObject* object, Bfloat16* value) {
  if (is_scalar(object)) {
    *value = reinterpret_cast<Scalar*>(object)->value;
    return true;
  }
  if (PyFloat_Check(object)) {
    *value = Bfloat16(static_cast<float>(PyFloat_AS_DOUBLE(object)));
    return true;
  }
  if (PyLong_Check(object)) {
    int overflow = 0;
    const long long number = PyLong_AsLongLongAndOverflow(object, &overflow);
    *value = Bfloat16(static_cast<float>(number));
    return overflow == 0;
  }
  if (PyArray_IsScalar(object, Float)) {
    float number = 0;
    PyArray_ScalarAsCtype(object, &number);
    *value = Bfloat16(number);
    return true;
  }
  return false;
}

// Six digits if these are enough to tell the float, else nine, as TensorFlow prints them.
std::string text_of(Bfloat16 value) {
  const float number = value;
  const std::string text = fmt::format("{:.6g}", number);
  return std::strtof(text.c_str(), nullptr) == number ? text : fmt::format("{:.9g}", number);
}

PyObject* make_scalar(PyTypeObject*, PyObject* args, PyObject* keywords) {
  if (keywords && PyDict_Size(keywords)) {
    PyErr_SetString(PyExc_TypeError, "constructor takes no keyword arguments");
    return nullptr;
  }
  if (PyTuple_GET_SIZE(args) != 1) {
    PyErr_SetString(PyExc_TypeError, "expected number as argument to bfloat16 constructor");
    return nullptr;
  }
  Bfloat16 value;
  PyObject* argument = PyTuple_GET_ITEM(args, 0);
  if (number_from_python(argument, &value)) return scalar_of(value);
  return PyErr_Format(PyExc_TypeError, "expected number, got %s", Py_TYPE(argument)->tp_name);
}

PyObject* repr(PyObject* self) {
  return PyUnicode_FromString(("bfloat16(" + text_of(reinterpret_cast<Scalar*>(self)->value) + ")").c_str());
}

PyObject* str(PyObject* self) { return PyUnicode_FromString(text_of(reinterpret_cast<Scalar*>(self)->value).c_str()); }

Py_hash_t hash(PyObject* self) { return reinterpret_cast<Scalar*>(self)->value.bits; }

PyObject* compare(PyObject* left, PyObject* right, int op) {
  Bfloat16 x, y;
  if (!number_from_python(left, &x) || !number_from_python(right, &y)) {
    return PyGenericArrType_Type.tp_richcompare(left, right, op);
  }
  bool result = false;
  switch (op) {
    case Py_LT: result = x < y; break;
    case Py_LE: result = x <= y; break;
    case Py_EQ: result = x == y; break;
    case Py_NE: result = !(x == y); break;
    case Py_GT: result = x > y; break;
    case Py_GE: result = x >= y; break;
  }
  return PyBool_FromLong(result);
}

// Arithmetic of numbers is bfloat16's; with anything else it is NumPy's.
template <typename Operator, binaryfunc PyNumberMethods::*kNumpy>
PyObject* binary(PyObject* left, PyObject* right) {
  Bfloat16 x, y;
  if (number_from_python(left, &x) && number_from_python(right, &y)) return scalar_of(Operator()(x, y));
  return (PyArray_Type.tp_as_number->*kNumpy)(left, right);
}

PyObject* negative(PyObject* self) { return scalar_of(-reinterpret_cast<Scalar*>(self)->value); }
PyObject* to_float(PyObject* self) { return PyFloat_FromDouble(static_cast<float>(reinterpret_cast<Scalar*>(self)->value)); }
PyObject* to_int(PyObject* self) { return PyLong_FromDouble(static_cast<float>(reinterpret_cast<Scalar*>(self)->value)); }
int is_nonzero(PyObject* self) { return static_cast<float>(reinterpret_cast<Scalar*>(self)->value) != 0; }

PyNumberMethods number_methods = [] {
  PyNumberMethods methods = {};
  methods.nb_add = binary<std::plus<Bfloat16>, &PyNumberMethods::nb_add>;
  methods.nb_subtract = binary<std::minus<Bfloat16>, &PyNumberMethods::nb_subtract>;
  methods.nb_multiply = binary<std::multiplies<Bfloat16>, &PyNumberMethods::nb_multiply>;
  methods.nb_true_divide = binary<std::divides<Bfloat16>, &PyNumberMethods::nb_true_divide>;
  methods.nb_negative = negative;
  methods.nb_int = to_int;
  methods.nb_float = to_float;
  methods.nb_bool = is_nonzero;
  return methods;
}();

// Elements of arrays.

PyObject* get_item(void* data, void*) {
  Bfloat16 value;
  std::memcpy(&value, data, sizeof value);
  return scalar_of(value);
}

int set_item(PyObject* item, void* data, void*) {
  Bfloat16 value;
  if (!number_from_python(item, &value)) {
    nb::object number = nb::steal(PyNumber_Float(item));  // another class's idea of its value
    if (!number.is_valid()) {
      PyErr_Format(PyExc_TypeError, "expected number, got %s", Py_TYPE(item)->tp_name);
      return -1;
    }
    value = Bfloat16(static_cast<float>(PyFloat_AS_DOUBLE(number.ptr())));
  }
  std::memcpy(data, &value, sizeof value);
  return 0;
}

void swap_bytes(char* data) { std::swap(data[0], data[1]); }

void copy_swap(void* to, void* from, int swap, void*) {
  if (from) std::memcpy(to, from, sizeof(Bfloat16));
  if (swap) swap_bytes(static_cast<char*>(to));
}

void copy_swap_n(void* to, npy_intp to_stride, void* from, npy_intp from_stride, npy_intp count, int swap, void* array) {
  for (npy_intp i = 0; i < count; ++i) {
    copy_swap(static_cast<char*>(to) + i * to_stride, from ? static_cast<char*>(from) + i * from_stride : nullptr, swap,
              array);
  }
}

npy_bool non_zero(void* data, void*) {
  Bfloat16 value;
  std::memcpy(&value, data, sizeof value);
  return static_cast<float>(value) != 0;
}

// Continues the sequence that the first two elements begin.
int fill(void* data, npy_intp count, void*) {
  Bfloat16* values = static_cast<Bfloat16*>(data);
  const float start = values[0];
  const float step = static_cast<float>(values[1]) - start;
  for (npy_intp i = 2; i < count; ++i) values[i] = Bfloat16(start + static_cast<float>(i) * step);
  return 0;
}

// Casts.

// npy_bool is the same type as uint8_t.
struct Bool {
  npy_bool value;
  explicit Bool(float number) : value(number != 0) {}
  explicit operator float() const { return value; }
};

template <typename T>
T from_float(float value) {
  if constexpr (std::is_integral_v<T>) {
    // Out of range, what x86 gives for 64 bits; narrower types keep its lower bits.
    if (!(std::abs(value) < 9.2e18f)) return static_cast<T>(INT64_MIN);
    return static_cast<T>(static_cast<int64_t>(value));
  } else {
    return T(value);
  }
}

template <typename T>
float to_float_value(const T& value) {
  if constexpr (std::is_same_v<T, std::complex<float>> || std::is_same_v<T, std::complex<double>>) {
    return static_cast<float>(value.real());
  } else {
    return static_cast<float>(value);
  }
}

template <typename T>
void cast_to(void* from, void* to, npy_intp count, void*, void*) {
  for (npy_intp i = 0; i < count; ++i) static_cast<T*>(to)[i] = from_float<T>(static_cast<Bfloat16*>(from)[i]);
}

template <typename T>
void cast_from(void* from, void* to, npy_intp count, void*, void*) {
  for (npy_intp i = 0; i < count; ++i) {
    static_cast<Bfloat16*>(to)[i] = Bfloat16(to_float_value(static_cast<T*>(from)[i]));
  }
}

template <typename T>
void register_casts(PyArray_Descr* own, int other, bool safe) {
  PyArray_Descr* descr = PyArray_DescrFromType(other);
  if (PyArray_RegisterCastFunc(descr, type_number, cast_from<T>) < 0 ||
      PyArray_RegisterCastFunc(own, other, cast_to<T>) < 0 ||
      (safe && PyArray_RegisterCanCast(own, other, NPY_NOSCALAR) < 0)) {
    throw nb::python_error();
  }
  Py_DECREF(descr);
}

void register_all_casts(PyArray_Descr* own) {
  register_casts<Bool>(own, NPY_BOOL, false);
  register_casts<int8_t>(own, NPY_BYTE, false);
  register_casts<uint8_t>(own, NPY_UBYTE, false);
  register_casts<int16_t>(own, NPY_SHORT, false);
  register_casts<uint16_t>(own, NPY_USHORT, false);
  register_casts<int>(own, NPY_INT, false);
  register_casts<unsigned>(own, NPY_UINT, false);
  register_casts<long>(own, NPY_LONG, false);
  register_casts<unsigned long>(own, NPY_ULONG, false);
  register_casts<long long>(own, NPY_LONGLONG, false);
  register_casts<unsigned long long>(own, NPY_ULONGLONG, false);
  register_casts<Half>(own, NPY_HALF, true);  // not safe in truth; TensorFlow says so, and its users compute in float16
  register_casts<float>(own, NPY_FLOAT, true);
  register_casts<double>(own, NPY_DOUBLE, true);
  register_casts<std::complex<float>>(own, NPY_CFLOAT, true);
  register_casts<std::complex<double>>(own, NPY_CDOUBLE, true);
}

// Comparisons of arrays.

template <typename Compare>
void compare_elements(char** arguments, const npy_intp* dimensions, const npy_intp* strides, void*) {
  for (npy_intp i = 0; i < dimensions[0]; ++i) {
    Bfloat16 x, y;
    std::memcpy(&x, arguments[0] + i * strides[0], sizeof x);
    std::memcpy(&y, arguments[1] + i * strides[1], sizeof y);
    *reinterpret_cast<npy_bool*>(arguments[2] + i * strides[2]) = Compare()(static_cast<float>(x), static_cast<float>(y));
  }
}

template <typename Compare>
void register_comparison(nb::module_& numpy, const char* name) {
  const nb::object ufunc = numpy.attr(name);
  const int types[] = {type_number, type_number, NPY_BOOL};
  if (PyUFunc_RegisterLoopForType(reinterpret_cast<PyUFuncObject*>(ufunc.ptr()), type_number, compare_elements<Compare>,
                                  types, nullptr) < 0) {
    throw nb::python_error();
  }
}

void make_scalar_type() {
  scalar_type.tp_name = "bfloat16";
  scalar_type.tp_basicsize = sizeof(Scalar);
  scalar_type.tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE;
  scalar_type.tp_doc = "bfloat16 floating-point values";
  scalar_type.tp_base = &PyGenericArrType_Type;
  scalar_type.tp_new = make_scalar;
  scalar_type.tp_repr = repr;
  scalar_type.tp_str = str;
  scalar_type.tp_hash = hash;
  scalar_type.tp_richcompare = compare;
  scalar_type.tp_as_number = &number_methods;
  if (PyType_Ready(&scalar_type) < 0) throw nb::python_error();
}

void register_type() {
  PyArray_InitArrFuncs(&array_functions);
  array_functions.getitem = get_item;
  array_functions.setitem = set_item;
  array_functions.copyswap = copy_swap;
  array_functions.copyswapn = copy_swap_n;
  array_functions.nonzero = non_zero;
  array_functions.fill = fill;

  static PyArray_DescrProto proto;
  proto = {};
  Py_SET_REFCNT(reinterpret_cast<PyObject*>(&proto), 1);
  Py_SET_TYPE(reinterpret_cast<PyObject*>(&proto), &PyArrayDescr_Type);
  proto.typeobj = &scalar_type;
  proto.kind = 'V';
  proto.type = 'E';
  proto.byteorder = '=';
  proto.flags = NPY_NEEDS_PYAPI | NPY_USE_GETITEM | NPY_USE_SETITEM;
  proto.elsize = sizeof(Bfloat16);
  proto.alignment = alignof(Bfloat16);
  proto.f = &array_functions;
  proto.hash = -1;
  type_number = PyArray_RegisterDataType(&proto);
  if (type_number < 0) throw nb::python_error();
}

}  // namespace

void bind_bfloat16(nb::module_& m) {
  // NumPy's table of functions is a variable of each source.
  if (_import_array() < 0 || _import_umath() < 0) throw nb::python_error();
  make_scalar_type();
  register_type();
  PyArray_Descr* descr = PyArray_DescrFromType(type_number);
  const nb::object owned = nb::steal(reinterpret_cast<PyObject*>(descr));
  if (PyDict_SetItemString(scalar_type.tp_dict, "dtype", owned.ptr()) < 0) throw nb::python_error();
  register_all_casts(descr);
  nb::module_ numpy = nb::module_::import_("numpy");
  register_comparison<std::equal_to<float>>(numpy, "equal");
  register_comparison<std::not_equal_to<float>>(numpy, "not_equal");
  register_comparison<std::less<float>>(numpy, "less");
  register_comparison<std::less_equal<float>>(numpy, "less_equal");
  register_comparison<std::greater<float>>(numpy, "greater");
  register_comparison<std::greater_equal<float>>(numpy, "greater_equal");
  m.attr("bfloat16") = nb::borrow(reinterpret_cast<PyObject*>(&scalar_type));
}

int bfloat16_numpy_type() { return type_number; }

}  // namespace reflow::python
