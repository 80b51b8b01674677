#include "conversion.h"

#include <fmt/format.h>
#include <nanobind/stl/string.h>

#include <cmath>

#include "array.h"
#include "graph_objects.h"
#include "reference.h"
#include "reflow/client/apply_op.h"
#include "reflow/client/eager.h"
#include "reflow/client/errors.h"
#include "reflow/client/serialized.h"
#include "reflow/graph/empty_name.h"
#include "reflow/graph/immediate_scope.h"
#include "variable_objects.h"

namespace reflow::python {
namespace {

// What a Python object stands for is good as long as the engine's call goes on, whatever becomes of the object.
const Output& held(const Output& output) {
  if (output.valid() && graph::is_immediate(output.node()->graph())) graph::ImmediateScope::hold(output.node());
  return output;
}

// A name that is looked up often, as an interned str.
nb::handle interned(const char* name) { return PyUnicode_InternFromString(name); }

std::string repr_of(nb::handle object) {
  const nb::object text = nb::steal(PyObject_Repr(object.ptr()));
  if (!text.is_valid()) throw nb::python_error();
  return nb::cast<std::string>(nb::borrow<nb::str>(text));
}

std::string type_name_of(nb::handle object) { return Py_TYPE(object.ptr())->tp_name; }

PyTypeObject* package_type(const char* module, const char* name) {
  return reinterpret_cast<PyTypeObject*>(package_attribute(module, name).release().ptr());
}

bool is_dtype(nb::handle object) {
  static PyTypeObject* type = package_type("framework.dtypes", "DType");
  return Py_TYPE(object.ptr()) == type;
}
bool is_tensor_shape(nb::handle object) {
  static PyTypeObject* type = package_type("framework.tensor_shape", "TensorShape");
  return PyObject_TypeCheck(object.ptr(), type);
}
bool is_dimension(nb::handle object) {
  static PyTypeObject* type = package_type("framework.tensor_shape", "Dimension");
  return Py_TYPE(object.ptr()) == type;
}
bool is_indexed_slices(nb::handle object) {
  static PyTypeObject* type = package_type("framework.indexed_slices", "IndexedSlices");
  return PyObject_TypeCheck(object.ptr(), type);
}

// An object that Python's conversion functions turn into a tensor.
class PythonConvertible : public Convertible {
 public:
  explicit PythonConvertible(nb::handle object) : object_(object.ptr()) {}
  Output convert(DType dtype, std::string_view name, DType preferred, bool as_ref) const override {
    const nb::gil_scoped_acquire gil;
    static nb::handle function = package_attribute("framework.ops", "convert_registered").release();
    const nb::object tensor =
        function(nb::handle(object_.get()), dtype_to_python(dtype), nb::str(name.data(), name.size()),
                 dtype_to_python(preferred), as_ref);
    return output_from_python(tensor);
  }
  DType dtype() const override {
    const nb::gil_scoped_acquire gil;
    const nb::object dtype = nb::getattr(nb::handle(object_.get()), "dtype", nb::none());
    return is_dtype(dtype) ? base_type(dtype_from_python(dtype)) : DType::kInvalid;
  }
  std::string description() const override {
    const nb::gil_scoped_acquire gil;
    return repr_of(object_.get());
  }
  std::string type_name() const override { return type_name_of(object_.get()); }
  PyObject* object() const { return object_.get(); }

 private:
  Reference object_;
};

bool has_conversion(nb::handle object) {
  static nb::handle function = package_attribute("framework.ops", "has_conversion_function").release();
  return nb::cast<bool>(function(object.type()));
}

TensorLike number_of_int(nb::handle object) {
  int overflow = 0;
  const long long number = PyLong_AsLongLongAndOverflow(object.ptr(), &overflow);
  if (!overflow) return TensorLike(static_cast<int64_t>(number));
  return TensorLike(tensor_of_any(object.ptr()));  // uint64, or NumPy's error
}

TensorLike list_of(nb::handle sequence);

// An element of a list: numbers of NumPy's default types lose their type in a list, as in TensorFlow.
TensorLike element_of_list(nb::handle object) {
  if (is_scalar(object.ptr()) || is_array(object.ptr())) {
    Tensor tensor = tensor_of_array(object.ptr());
    if (tensor.dtype() == DType::kFloat64 || tensor.dtype() == DType::kInt64) {
      return tensor_like_from_python(nb::object(object.attr("tolist")()));
    }
    return TensorLike(std::move(tensor));
  }
  return tensor_like_from_python(object);
}

TensorLike list_of(nb::handle sequence) {
  TensorLike::List list;
  const nb::object fast = nb::steal(PySequence_Fast(sequence.ptr(), "a sequence was expected"));
  if (!fast.is_valid()) throw nb::python_error();
  const Py_ssize_t size = PySequence_Fast_GET_SIZE(fast.ptr());
  list.reserve(size);
  const auto element = [&](Py_ssize_t i) { return nb::handle(PySequence_Fast_GET_ITEM(fast.ptr(), i)); };
  // Beside tensors, arrays become constants of their own.
  bool has_tensors = false;
  for (Py_ssize_t i = 0; i < size && !has_tensors; ++i) {
    has_tensors = as_output(element(i).ptr()) != nullptr || as_variable(element(i).ptr()) != nullptr;
  }
  for (Py_ssize_t i = 0; i < size; ++i) {
    list.push_back(has_tensors ? tensor_like_from_python(element(i)) : element_of_list(element(i)));
  }
  return TensorLike(std::make_shared<const TensorLike::List>(std::move(list)));
}

// What can't be a tensor, which is said when one is wanted: then the type that it should have is known.
class Inconvertible : public PythonConvertible {
 public:
  using PythonConvertible::PythonConvertible;
  DType dtype() const override { return DType::kInvalid; }
  Output convert(DType dtype, std::string_view, DType, bool) const override {
    const nb::gil_scoped_acquire gil;
    if (dtype != DType::kInvalid) {
      throw TypeError(fmt::format("Expected {}, got {} of type '{}' instead.", dtype_name(dtype), description(), type_name()));
    }
    static nb::handle holds_tensor = package_attribute("framework.tensor_contents", "holds_tensor").release();
    if (nb::cast<bool>(holds_tensor(nb::handle(object())))) {
      throw TypeError("List of Tensors when single Tensor expected");
    }
    throw TypeError(fmt::format("Failed to convert object of type {} to Tensor. Contents: {}. Consider casting elements to a "
                                "supported type.", repr_of(nb::handle(object()).type()),
                                nb::cast<std::string>(nb::str(nb::handle(object())))));
  }
};

// Of a class that nothing is known about: what NumPy makes of it.
TensorLike converted_by_python(nb::handle object) {
  return TensorLike(std::shared_ptr<const Convertible>(new PythonConvertible(object)));
}

TensorLike other_from_python(nb::handle object) {
  if (has_conversion(object)) return converted_by_python(object);
  if (nb::hasattr(object, "_as_graph_element")) {
    const nb::object element = object.attr("_as_graph_element")();
    if (!element.is_none()) return tensor_like_from_python(element);
  }
  const auto inconvertible = [&] { return TensorLike(std::shared_ptr<const Convertible>(new Inconvertible(object))); };
  try {
    Tensor tensor = tensor_of_any(object.ptr());
    if (tensor.dtype() == DType::kFloat64 || tensor.dtype() == DType::kInt64) {
      return tensor_like_from_python(nb::object(array_of_tensor(std::move(tensor)).attr("tolist")()));
    }
    return TensorLike(std::move(tensor));
  } catch (const TypeError&) {
    return inconvertible();
  } catch (const nb::python_error&) {
    return inconvertible();
  }
}

template <typename T, typename Convert>
std::vector<T> list_attr(nb::handle object, const std::string& name, Convert convert) {
  if (!PyList_Check(object.ptr()) && !PyTuple_Check(object.ptr())) {
    throw TypeError(fmt::format("Expected list for attr {}", name));
  }
  std::vector<T> values;
  for (nb::handle element : object) values.push_back(convert(element, name));
  return values;
}

[[noreturn]] void wrong_attr(const char* wanted, const std::string& name, nb::handle object) {
  throw TypeError(fmt::format("Expected {} for argument '{}' not {}.", wanted, name, repr_of(object)));
}

int64_t int_attr(nb::handle object, const std::string& name) {
  if (nb::isinstance<nb::str>(object) || PyBytes_Check(object.ptr())) wrong_attr("int", name, object);
  nb::object number = nb::steal(PyNumber_Long(object.ptr()));
  if (!number.is_valid()) {
    PyErr_Clear();
    wrong_attr("int", name, object);
  }
  const long long value = PyLong_AsLongLong(number.ptr());
  if (value == -1 && PyErr_Occurred()) throw nb::python_error();
  return value;
}

float float_attr(nb::handle object, const std::string& name) {
  if (nb::isinstance<nb::str>(object) || PyBytes_Check(object.ptr())) wrong_attr("float", name, object);
  const double value = PyFloat_AsDouble(object.ptr());
  if (value == -1 && PyErr_Occurred()) {
    PyErr_Clear();
    wrong_attr("float", name, object);
  }
  return static_cast<float>(value);
}

bool bool_attr(nb::handle object, const std::string& name) {
  if (!PyBool_Check(object.ptr()) && !is_scalar(object.ptr())) wrong_attr("bool", name, object);
  return PyObject_IsTrue(object.ptr()) == 1;
}

std::string string_attr(nb::handle object, const std::string& name) {
  if (!nb::isinstance<nb::str>(object) && !PyBytes_Check(object.ptr())) wrong_attr("string", name, object);
  return string_from_python(object);
}

DType type_attr(nb::handle object, const std::string& name) {
  try {
    return base_type(dtype_from_python(object));
  } catch (const nb::python_error&) {
    wrong_attr("DataType", name, object);
  }
}

Shape shape_attr(nb::handle object, const std::string& name) {
  try {
    return shape_from_python(object);
  } catch (const nb::python_error& e) {
    const std::string message = fmt::format("Error converting {} to a TensorShape: {}.", name, nb::str(e.value()).c_str());
    if (e.matches(PyExc_ValueError)) throw ValueError(message);
    throw TypeError(message);
  } catch (const ValueError& e) {
    throw ValueError(fmt::format("Error converting {} to a TensorShape: {}.", name, e.what()));
  }
}

Tensor tensor_attr(nb::handle object, const std::string& name) {
  if (nb::hasattr(object, "SerializeToString")) {
    const nb::object bytes = object.attr("SerializeToString")();
    StatusOr<Tensor> tensor = client::parse_tensor(string_from_python(bytes));
    if (!tensor.ok()) throw TypeError(fmt::format("Don't know how to convert {} to a TensorProto for argument '{}'",
                                                  repr_of(object), name));
    return *std::move(tensor);
  }
  return client::to_tensor(tensor_like_from_python(object), DType::kInvalid);
}

// A function: its name, or an object that has a name, as Defun's have.
graph::NameAttrList func_attr(nb::handle object, const std::string& name) {
  if (nb::isinstance<nb::str>(object) || PyBytes_Check(object.ptr())) return {string_from_python(object), nullptr};
  if (nb::hasattr(object, "add_to_graph")) {
    object.attr("add_to_graph")(graph_object(get_default_graph()));
  }
  const nb::object function_name = nb::getattr(object, "name", nb::none());
  if (function_name.is_none()) {
    throw TypeError(fmt::format("Don't know how to convert {} to a func for argument {}", repr_of(object), name));
  }
  return {string_from_python(function_name), nullptr};
}

template <typename T>
nb::object plain_to_python(const T& value) {
  if constexpr (std::is_same_v<T, std::string>) return nb::bytes(value.data(), value.size());
  else if constexpr (std::is_same_v<T, DType>) return dtype_to_python(value);
  else if constexpr (std::is_same_v<T, Shape>) return shape_to_python(value);
  else if constexpr (std::is_same_v<T, Tensor>) return array_of_tensor(value.copy());
  else if constexpr (std::is_same_v<T, graph::NameAttrList>) return nb::str(value.name.c_str());
  else return nb::cast(value);
}

}  // namespace

nb::object package_attribute(const char* module, const char* name) {
  return nb::module_::import_((std::string("reflow.") + module).c_str()).attr(name);
}

DType dtype_from_python(nb::handle object) {
  if (object.is_none()) return DType::kInvalid;
  static nb::handle enum_name = interned("_type_enum");
  if (is_dtype(object)) {
    const nb::object number = nb::steal(PyObject_GetAttr(object.ptr(), enum_name.ptr()));
    return static_cast<DType>(PyLong_AsLong(number.ptr()));
  }
  static nb::handle as_dtype = package_attribute("framework.dtypes", "as_dtype").release();
  return dtype_from_python(as_dtype(object));
}

DType given_dtype_from_python(nb::handle object) {
  if (object.is_none()) throw TypeError("Cannot convert value None to a TensorFlow DType.");
  return dtype_from_python(object);
}

nb::object dtype_to_python(DType dtype) {
  if (dtype == DType::kInvalid) return nb::none();
  static PyObject* known[256] = {};
  PyObject*& object = known[static_cast<uint8_t>(dtype)];
  if (!object) {
    object = package_attribute("framework.dtypes", "as_dtype")(static_cast<int>(dtype)).release().ptr();
  }
  return nb::borrow(object);
}

Shape shape_from_python(nb::handle object) {
  if (object.is_none()) return Shape::unknown();
  static nb::handle dims_name = interned("_dims");
  static nb::handle value_name = interned("_value");
  if (is_tensor_shape(object)) return shape_from_python(nb::object(nb::getattr(object, dims_name)));
  if (PyLong_Check(object.ptr()) && !PyBool_Check(object.ptr())) return Shape{PyLong_AsLongLong(object.ptr())};
  if (!PyList_Check(object.ptr()) && !PyTuple_Check(object.ptr())) {
    static nb::handle as_shape = package_attribute("framework.tensor_shape", "as_shape").release();
    return shape_from_python(as_shape(object));
  }
  Shape shape;
  for (nb::handle dim : object) {
    nb::object size = is_dimension(dim) ? nb::object(nb::getattr(dim, value_name)) : nb::borrow(dim);
    if (size.is_none()) {
      shape.add_dim(Shape::kUnknown);
      continue;
    }
    if (!PyLong_Check(size.ptr())) {
      static nb::handle as_dimension = package_attribute("framework.tensor_shape", "as_dimension").release();
      size = as_dimension(size).attr("value");
      if (size.is_none()) {
        shape.add_dim(Shape::kUnknown);
        continue;
      }
    }
    const long long value = PyLong_AsLongLong(size.ptr());
    if (value == -1 && PyErr_Occurred()) throw nb::python_error();
    if (value < 0) throw ValueError(fmt::format("Dimension {} must be >= 0", value));
    shape.add_dim(value);
  }
  return shape;
}

nb::object shape_to_python(const Shape& shape) {
  static nb::handle type = package_attribute("framework.tensor_shape", "TensorShape").release();
  if (!shape.known_rank()) return type(nb::none());
  nb::list dims;
  for (const int64_t dim : shape) {
    if (dim < 0) dims.append(nb::none());
    else dims.append(dim);
  }
  return type(dims);
}

bool is_true(nb::handle object) {
  const int truth = PyObject_IsTrue(object.ptr());
  if (truth < 0) throw nb::python_error();
  return truth == 1;
}

std::string string_from_python(nb::handle object) {
  if (object.is_none()) return {};
  if (PyBytes_Check(object.ptr())) {
    return std::string(PyBytes_AS_STRING(object.ptr()), PyBytes_GET_SIZE(object.ptr()));
  }
  if (!PyUnicode_Check(object.ptr())) throw TypeError("expected string or bytes-like object");
  Py_ssize_t size = 0;
  const char* text = PyUnicode_AsUTF8AndSize(object.ptr(), &size);
  if (!text) throw nb::python_error();
  return std::string(text, size);
}

std::string name_from_python(nb::handle object) {
  if (object.is_none()) return {};
  std::string name = string_from_python(object);
  return name.empty() ? std::string(graph::kEmptyName) : name;
}

TensorLike tensor_like_from_python(nb::handle object) {
  PyObject* o = object.ptr();
  if (o == Py_None) return {};
  if (const Output* output = as_output(o)) return held(*output);
  if (PyBool_Check(o)) return TensorLike(o == Py_True);
  if (PyLong_CheckExact(o)) return number_of_int(object);
  if (PyFloat_CheckExact(o)) return TensorLike(PyFloat_AS_DOUBLE(o));
  if (is_unread_variable(o)) return converted_by_python(object);
  if (const Variable* variable = as_variable(o)) return TensorLike(*variable);
  if (PyUnicode_CheckExact(o) || PyBytes_CheckExact(o)) return TensorLike(string_from_python(object));
  if ((PyList_Check(o) || PyTuple_Check(o)) && !has_conversion(object)) return list_of(object);
  if (is_array(o) || is_scalar(o)) return TensorLike(tensor_of_array(o));
  if (PyComplex_CheckExact(o)) {
    return TensorLike(std::complex<double>(PyComplex_RealAsDouble(o), PyComplex_ImagAsDouble(o)));
  }
  if (is_tensor_shape(object)) return TensorLike(shape_from_python(object));
  if (is_dimension(object)) return tensor_like_from_python(nb::object(object.attr("value")));
  return other_from_python(object);
}

Output output_from_python(nb::handle object) {
  if (const Output* output = as_output(object.ptr())) return held(*output);
  return convert_to_tensor(tensor_like_from_python(object));
}

Gradient gradient_from_python(nb::handle object) {
  if (object.is_none()) return {};
  if (!is_indexed_slices(object)) return Gradient(output_from_python(object));
  const nb::object dense_shape = object.attr("dense_shape");
  return Gradient(IndexedSlices{output_from_python(object.attr("values")), output_from_python(object.attr("indices")),
                                dense_shape.is_none() ? Output() : output_from_python(dense_shape)});
}

nb::object gradient_to_python(const Gradient& gradient) {
  if (!gradient.is_slices()) return tensor_object(gradient.values());
  static nb::handle type = package_attribute("framework.indexed_slices", "IndexedSlices").release();
  const IndexedSlices& slices = gradient.slices();
  return type(tensor_object(slices.values), tensor_object(slices.indices), tensor_object(slices.dense_shape));
}

Variable variable_from_python(nb::handle object) {
  if (const Variable* variable = as_variable(object.ptr())) return *variable;
  const char* missing = nb::hasattr(object, "dtype") ? "is_initialized" : "dtype";
  throw nb::attribute_error(fmt::format("'{}' object has no attribute '{}'", type_name_of(object), missing).c_str());
}

nb::object tensor_like_to_python(const TensorLike& value) {
  return std::visit(
      []<typename V>(const V& v) -> nb::object {
        if constexpr (std::is_same_v<V, std::monostate>) return nb::none();
        else if constexpr (std::is_same_v<V, Output>) return tensor_object(v);
        else if constexpr (std::is_same_v<V, std::shared_ptr<client::VariableState>>) return variable_object(Variable(v));
        else if constexpr (std::is_same_v<V, std::shared_ptr<const Tensor>>) return array_of_tensor(v->copy());
        else if constexpr (std::is_same_v<V, std::shared_ptr<const Shape>>) return shape_to_python(*v);
        else if constexpr (std::is_same_v<V, std::complex<double>>) {
          return nb::steal(PyComplex_FromDoubles(v.real(), v.imag()));
        } else if constexpr (std::is_same_v<V, std::shared_ptr<const TensorLike::List>>) {
          nb::list list;
          for (const TensorLike& element : *v) list.append(tensor_like_to_python(element));
          return list;
        } else if constexpr (std::is_same_v<V, std::shared_ptr<const Convertible>>) {
          const auto* convertible = dynamic_cast<const PythonConvertible*>(v.get());
          return convertible ? nb::borrow(convertible->object()) : nb::object(nb::none());
        } else {
          return nb::cast(v);
        }
      },
      value.value());
}

graph::AttrValue attr_from_python(nb::handle object, const std::string& type, const std::string& name) {
  if (type == "int") return int_attr(object, name);
  if (type == "float") return float_attr(object, name);
  if (type == "bool") return bool_attr(object, name);
  if (type == "string") return string_attr(object, name);
  if (type == "type") return type_attr(object, name);
  if (type == "shape") return shape_attr(object, name);
  if (type == "tensor") return tensor_attr(object, name);
  if (type == "func") return func_attr(object, name);
  if (type == "list(int)") return list_attr<int64_t>(object, name, int_attr);
  if (type == "list(float)") return list_attr<float>(object, name, float_attr);
  if (type == "list(bool)") return list_attr<bool>(object, name, bool_attr);
  if (type == "list(string)") return list_attr<std::string>(object, name, string_attr);
  if (type == "list(type)") return list_attr<DType>(object, name, type_attr);
  if (type == "list(shape)") return list_attr<Shape>(object, name, shape_attr);
  if (type == "list(tensor)") return list_attr<Tensor>(object, name, tensor_attr);
  if (type == "list(func)") return list_attr<graph::NameAttrList>(object, name, func_attr);
  throw TypeError(fmt::format("Unrecognized Attr type {}", type));
}

nb::object attr_to_python(const graph::AttrValue& value) {
  return std::visit(
      []<typename V>(const V& v) -> nb::object {
        if constexpr (std::is_same_v<V, std::monostate> || std::is_same_v<V, graph::AttrPlaceholder>) {
          return nb::none();
        } else if constexpr (std::is_same_v<V, graph::EmptyList>) {
          return nb::list();
        } else if constexpr (requires(V list) { list.begin(); list.push_back(list[0]); } &&
                             !std::is_same_v<V, std::string>) {
          nb::list list;
          for (size_t i = 0; i < v.size(); ++i) list.append(plain_to_python<typename V::value_type>(v[i]));
          return list;
        } else {
          return plain_to_python(v);
        }
      },
      value.variant());
}

}  // namespace reflow::python
