// C++ exceptions as Python's: the classes of tf.errors for OpError, Python's own for the others.

#include "reflow/client/errors.h"

#include "bindings.h"
#include "conversion.h"

namespace reflow::python {
namespace {

void raise_op_error(const errors::OpError& e) {
  static nb::handle make = package_attribute("framework.ops", "make_op_error").release();
  try {
    const nb::object error = make(e.message(), static_cast<int>(e.error_code()), e.node_name());
    PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(error.ptr())), error.ptr());
  } catch (nb::python_error& failure) {
    failure.restore();
  }
}

void raise(const char* message, PyObject* type) { PyErr_SetString(type, message); }

void translate(const std::exception_ptr& exception, void*) {
  try {
    std::rethrow_exception(exception);
  } catch (const errors::OpError& e) {
    raise_op_error(e);
  } catch (const InaccessibleTensorError& e) {
    raise(e.what(), package_attribute("framework.errors_impl", "InaccessibleTensorError").ptr());
  } catch (const ValueError& e) {
    raise(e.what(), PyExc_ValueError);
  } catch (const TypeError& e) {
    raise(e.what(), PyExc_TypeError);
  } catch (const RuntimeError& e) {
    raise(e.what(), PyExc_RuntimeError);
  } catch (const KeyError& e) {
    raise(e.what(), PyExc_KeyError);
  } catch (const IndexError& e) {
    raise(e.what(), PyExc_IndexError);
  } catch (const LookupError& e) {
    raise(e.what(), PyExc_LookupError);
  } catch (const NotImplementedError& e) {
    raise(e.what(), PyExc_NotImplementedError);
  }
}

}  // namespace

void bind_errors(nb::module_&) { nb::register_exception_translator(translate); }

}  // namespace reflow::python
