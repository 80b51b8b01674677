#include "python_interrupt.h"

namespace reflow::python {
namespace {

// Python's name for the main thread, which a child of fork keeps only where that thread has forked.
unsigned long main_thread() {
  static const unsigned long ident =
      nb::cast<unsigned long>(nb::module_::import_("threading").attr("main_thread")().attr("ident"));
  return ident;
}

}  // namespace

PythonInterrupt::PythonInterrupt() {
  if (PyThread_get_thread_ident() == main_thread()) handlers_.emplace();
}

void PythonInterrupt::rethrow() {
  if (!handlers_) return;
  if (handlers_->raised) throw std::move(*handlers_->raised);
  if (PyErr_CheckSignals() != 0) throw nb::python_error();
}

bool PythonInterrupt::Handlers::asked() {
  const nb::gil_scoped_acquire gil;
  if (PyErr_CheckSignals() == 0) return false;
  raised.emplace();
  return true;
}

}  // namespace reflow::python
