#include "reference.h"

#include <atomic>
#include <mutex>
#include <vector>

namespace reflow::python {
namespace {

std::mutex left_mutex;
std::vector<PyObject*> left;
std::atomic<bool> any_left{false};

}  // namespace

Reference::Reference(const Reference& other) : object_(other.object_) {
  if (!object_) return;
  if (PyGILState_Check()) {
    Py_INCREF(object_);
    return;
  }
  const PyGILState_STATE state = PyGILState_Ensure();
  Py_INCREF(object_);
  PyGILState_Release(state);
}

Reference::~Reference() {
  if (!object_) return;
  if (Py_IsInitialized() && PyGILState_Check()) {
    Py_DECREF(object_);
    return;
  }
  const std::lock_guard lock(left_mutex);
  left.push_back(object_);
  any_left.store(true, std::memory_order_release);
}

void release_left_references() {
  if (!any_left.load(std::memory_order_acquire)) [[likely]]
    return;
  std::vector<PyObject*> objects;
  {
    const std::lock_guard lock(left_mutex);
    objects.swap(left);
    any_left.store(false, std::memory_order_release);
  }
  for (PyObject* object : objects) Py_DECREF(object);
}

}  // namespace reflow::python
