#pragma once

#include <Python.h>

#include <utility>

namespace reflow::python {

// A counted reference to a Python object that C++ may hold and drop anywhere: a thread that doesn't hold the GIL leaves
// the object to be released by the next call from Python, so that no destructor waits for the GIL.
class Reference {
 public:
  Reference() = default;
  // Takes a new count. REQUIRES: the GIL.
  explicit Reference(PyObject* object) : object_(Py_XNewRef(object)) {}
  Reference(const Reference& other);
  Reference(Reference&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Reference& operator=(Reference other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Reference();
  PyObject* get() const { return object_; }

 private:
  PyObject* object_ = nullptr;
};

// Releases what threads without the GIL have left. REQUIRES: the GIL.
void release_left_references();

}  // namespace reflow::python
