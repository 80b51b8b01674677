#include "array.h"

#define NPY_NO_DEPRECATED_API NPY_1_7_API_VERSION
#include <numpy/arrayobject.h>
#include <numpy/arrayscalars.h>

#include <fmt/format.h>

#include "bfloat16.h"
#include "conversion.h"
#include "reflow/client/errors.h"

namespace reflow::python {
namespace {

constexpr int kNoType = -1;

int numpy_type(DType dtype) {
  switch (base_type(dtype)) {
    case DType::kFloat32: return NPY_FLOAT32;
    case DType::kFloat64: return NPY_FLOAT64;
    case DType::kHalf: return NPY_FLOAT16;
    case DType::kInt8: return NPY_INT8;
    case DType::kInt16: return NPY_INT16;
    case DType::kInt32: return NPY_INT32;
    case DType::kInt64: return NPY_INT64;
    case DType::kUint8: return NPY_UINT8;
    case DType::kUint16: return NPY_UINT16;
    case DType::kUint32: return NPY_UINT32;
    case DType::kUint64: return NPY_UINT64;
    case DType::kBool: return NPY_BOOL;
    case DType::kComplex64: return NPY_COMPLEX64;
    case DType::kComplex128: return NPY_COMPLEX128;
    case DType::kString: return NPY_OBJECT;
    case DType::kBfloat16: return bfloat16_numpy_type();
    default: return kNoType;
  }
}

DType dtype_of_numpy(PyArrayObject* array) {
  switch (PyArray_TYPE(array)) {
    case NPY_FLOAT32: return DType::kFloat32;
    case NPY_FLOAT64: return DType::kFloat64;
    case NPY_FLOAT16: return DType::kHalf;
    case NPY_INT8: return DType::kInt8;
    case NPY_INT16: return DType::kInt16;
    case NPY_INT32: return DType::kInt32;
    case NPY_LONG: case NPY_LONGLONG: return DType::kInt64;
    case NPY_UINT8: return DType::kUint8;
    case NPY_UINT16: return DType::kUint16;
    case NPY_UINT32: return DType::kUint32;
    case NPY_ULONG: case NPY_ULONGLONG: return DType::kUint64;
    case NPY_BOOL: return DType::kBool;
    case NPY_COMPLEX64: return DType::kComplex64;
    case NPY_COMPLEX128: return DType::kComplex128;
    case NPY_OBJECT: case NPY_STRING: case NPY_UNICODE: return DType::kString;
    case NPY_VOID:  // quantized types are structures of one field
      return dtype_from_python(nb::handle(reinterpret_cast<PyObject*>(PyArray_DESCR(array))));
    default: break;
  }
  if (PyArray_TYPE(array) == bfloat16_numpy_type()) return DType::kBfloat16;
  const nb::object descr = nb::borrow(reinterpret_cast<PyObject*>(PyArray_DESCR(array)));
  throw TypeError(fmt::format("Unrecognized data type: {}", nb::str(descr).c_str()));
}

Shape shape_of(PyArrayObject* array) {
  static_assert(sizeof(npy_intp) == sizeof(int64_t));
  return Shape(std::span<const int64_t>(reinterpret_cast<const int64_t*>(PyArray_DIMS(array)),
                                        static_cast<size_t>(PyArray_NDIM(array))));
}

// The bytes of a Python str or bytes; false: it is neither.
bool bytes_of(PyObject* object, std::string* out) {
  if (PyBytes_Check(object)) {
    out->assign(PyBytes_AS_STRING(object), PyBytes_GET_SIZE(object));
    return true;
  }
  if (PyUnicode_Check(object)) {
    Py_ssize_t size = 0;
    const char* text = PyUnicode_AsUTF8AndSize(object, &size);
    if (!text) throw nb::python_error();
    out->assign(text, size);
    return true;
  }
  return false;
}

Tensor strings_of(PyArrayObject* array) {
  Tensor tensor(DType::kString, shape_of(array));
  std::string* out = tensor.data<std::string>();
  const auto fail = [](PyObject* element) {
    throw TypeError(fmt::format("Expected binary or unicode string, got {}", nb::repr(nb::handle(element)).c_str()));
  };
  if (PyArray_TYPE(array) == NPY_OBJECT) {
    const auto* elements = static_cast<PyObject* const*>(PyArray_DATA(array));
    for (int64_t i = 0; i < tensor.num_elements(); ++i) {
      if (!elements[i] || !bytes_of(elements[i], &out[i])) fail(elements[i] ? elements[i] : Py_None);
    }
    return tensor;
  }
  const char* data = PyArray_BYTES(array);
  const npy_intp stride = PyArray_ITEMSIZE(array);
  for (int64_t i = 0; i < tensor.num_elements(); ++i) {
    const nb::object element = nb::steal(PyArray_GETITEM(array, data + i * stride));
    if (!element.is_valid()) throw nb::python_error();
    if (!bytes_of(element.ptr(), &out[i])) fail(element.ptr());
  }
  return tensor;
}

nb::object contiguous(PyObject* value, PyArray_Descr* descr) {
  nb::object array = nb::steal(PyArray_FromAny(value, descr, 0, 0, NPY_ARRAY_CARRAY_RO | NPY_ARRAY_FORCECAST |
                                               NPY_ARRAY_NOTSWAPPED, nullptr));
  if (!array.is_valid()) throw nb::python_error();
  return array;
}

Tensor copied(PyArrayObject* array, DType dtype) {
  Tensor tensor(dtype, shape_of(array));
  std::memcpy(tensor.raw_data(), PyArray_DATA(array), static_cast<size_t>(tensor.size_bytes()));
  return tensor;
}

Tensor tensor_of_contiguous(PyArrayObject* array) {
  const DType dtype = dtype_of_numpy(array);
  return dtype == DType::kString ? strings_of(array) : copied(array, dtype);
}

void no_release(void*) {}

nb::object strings_array(const Tensor& tensor, std::span<npy_intp> dims) {
  const auto bytes = [](const std::string& s) { return PyBytes_FromStringAndSize(s.data(), s.size()); };
  if (tensor.rank() == 0) return nb::steal(bytes(tensor.item<std::string>()));
  nb::object array = nb::steal(PyArray_SimpleNew(tensor.rank(), dims.data(), NPY_OBJECT));
  if (!array.is_valid()) throw nb::python_error();
  auto** elements = static_cast<PyObject**>(PyArray_DATA(reinterpret_cast<PyArrayObject*>(array.ptr())));
  const std::string* in = tensor.data<std::string>();
  for (int64_t i = 0; i < tensor.num_elements(); ++i) {
    Py_XDECREF(elements[i]);
    elements[i] = bytes(in[i]);
  }
  return array;
}

PyArray_Descr* descr_for(DType dtype) {
  const int type = numpy_type(dtype);
  if (type != kNoType) return PyArray_DescrFromType(type);
  const nb::object numpy_dtype = dtype_to_python(dtype).attr("as_numpy_dtype");
  PyArray_Descr* descr = nullptr;
  if (!PyArray_DescrConverter(numpy_dtype.ptr(), &descr)) throw nb::python_error();
  return descr;
}

}  // namespace

void import_numpy() {
  if (_import_array() < 0) throw nb::python_error();
}

bool is_array(PyObject* object) { return PyArray_Check(object); }
bool is_scalar(PyObject* object) { return PyArray_CheckScalar(object) && !PyArray_Check(object); }

Tensor tensor_of_array(PyObject* array) { return tensor_of_any(array); }

Tensor tensor_of_any(PyObject* value) {
  const nb::object array = contiguous(value, nullptr);
  return tensor_of_contiguous(reinterpret_cast<PyArrayObject*>(array.ptr()));
}

namespace {

Tensor borrowed(PyArrayObject* array, DType dtype) {
  return Tensor(dtype, shape_of(array),
                wrap_memory(PyArray_DATA(array), static_cast<size_t>(PyArray_NBYTES(array)), no_release, nullptr, true),
                PyArray_DATA(array));
}

// The values that runs are fed with most often, without a detour: an array as it is, a NumPy scalar, a float. Not
// valid(): another kind of value.
Tensor tensor_of_simple_value(PyObject* value, DType dtype) {
  const int type = numpy_type(dtype);
  if (type == NPY_OBJECT || type == kNoType) return {};
  if (PyArray_CheckExact(value)) {
    auto* array = reinterpret_cast<PyArrayObject*>(value);
    return PyArray_TYPE(array) == type && PyArray_ISCARRAY_RO(array) ? borrowed(array, dtype) : Tensor();
  }
  if (dtype == DType::kFloat32) {
    if (PyFloat_CheckExact(value)) return Tensor::scalar(static_cast<float>(PyFloat_AS_DOUBLE(value)));
    if (Py_TYPE(value) == &PyFloat32ArrType_Type) return Tensor::scalar<float>(PyArrayScalar_VAL(value, Float32));
  }
  return {};
}

}  // namespace

Tensor tensor_of_value(PyObject* value, DType dtype, nb::object* keep) {
  dtype = base_type(dtype);
  if (Tensor simple = tensor_of_simple_value(value, dtype); simple.valid()) return simple;
  nb::object array = contiguous(value, descr_for(dtype));
  auto* a = reinterpret_cast<PyArrayObject*>(array.ptr());
  if (dtype == DType::kString) return strings_of(a);
  Tensor tensor = borrowed(a, dtype);
  *keep = std::move(array);
  return tensor;
}

namespace {

// As what TensorFlow gives the values of a quantized type: as integers.
DType plain_type(DType dtype) {
  switch (dtype) {
    case DType::kQint8: return DType::kInt8;
    case DType::kQuint8: return DType::kUint8;
    case DType::kQint16: return DType::kInt16;
    case DType::kQuint16: return DType::kUint16;
    case DType::kQint32: return DType::kInt32;
    default: return dtype;
  }
}

}  // namespace

nb::object array_of_tensor(Tensor tensor) {
  if (!tensor.valid()) return nb::none();
  const DType dtype = plain_type(tensor.dtype());
  if (dtype == DType::kResource || dtype == DType::kVariant) {
    throw errors::UnimplementedError(fmt::format("Values of type {} can't be fetched as NumPy arrays.",
                                                 dtype_name(dtype)));
  }
  npy_intp dims[NPY_MAXDIMS];
  const int rank = tensor.rank();
  if (rank > NPY_MAXDIMS) throw errors::UnimplementedError(fmt::format("NumPy has no arrays of rank {}.", rank));
  for (int i = 0; i < rank; ++i) dims[i] = tensor.dim(i);
  if (dtype == DType::kString) return strings_array(tensor, {dims, static_cast<size_t>(rank)});
  PyArray_Descr* descr = descr_for(dtype);
  if (rank == 0) {
    nb::object scalar = nb::steal(PyArray_Scalar(tensor.raw_data(), descr, nullptr));
    Py_DECREF(descr);
    if (!scalar.is_valid()) throw nb::python_error();
    return scalar;
  }
  void* data = tensor.raw_data();
  nb::object array = nb::steal(PyArray_NewFromDescr(&PyArray_Type, descr, rank, dims, nullptr, data,
                                                    data ? NPY_ARRAY_CARRAY : NPY_ARRAY_DEFAULT, nullptr));
  if (!array.is_valid()) throw nb::python_error();
  if (data) {
    nb::capsule owner(new Tensor(std::move(tensor)), [](void* p) noexcept { delete static_cast<Tensor*>(p); });
    if (PyArray_SetBaseObject(reinterpret_cast<PyArrayObject*>(array.ptr()), owner.release().ptr()) < 0) {
      throw nb::python_error();
    }
  }
  return array;
}

}  // namespace reflow::python
