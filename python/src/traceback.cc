#include "traceback.h"

#include <memory>
#include <unordered_set>
#include <vector>

#include "bindings.h"
#include "reflow/graph/node.h"
#include "reflow/graph/traceback.h"

namespace reflow::python {
namespace {

struct Place {
  PyCodeObject* code;  // kept for ever: code is
  int instruction;
};
using Traceback = std::vector<Place>;  // the innermost first

constexpr int kMaxFrames = 100;

int instruction_of(PyFrameObject* frame) {
#if PY_VERSION_HEX >= 0x030B0000
  return PyFrame_GetLasti(frame);
#else
  return frame->f_lasti * static_cast<int>(sizeof(_Py_CODEUNIT));
#endif
}

// Code objects that a traceback names stay, so that no node has to release them.
void keep(PyCodeObject* code) {
  static auto* kept = new std::unordered_set<PyCodeObject*>();
  if (kept->insert(code).second) Py_INCREF(code);
}

std::shared_ptr<const void> capture() {
  if (!Py_IsInitialized() || !PyGILState_Check()) return nullptr;
  PyFrameObject* frame = PyEval_GetFrame();
  if (!frame) return nullptr;
  auto traceback = std::make_shared<Traceback>();
  traceback->reserve(16);
  Py_INCREF(frame);
  for (int i = 0; frame && i < kMaxFrames; ++i) {
    PyCodeObject* code = PyFrame_GetCode(frame);
    keep(code);
    traceback->push_back({code, instruction_of(frame)});
    Py_DECREF(code);
    PyFrameObject* back = PyFrame_GetBack(frame);
    Py_DECREF(frame);
    frame = back;
  }
  Py_XDECREF(frame);
  return traceback;
}

}  // namespace

nb::list traceback_of(const graph::Node& node) {
  nb::list result;
  const auto* traceback = static_cast<const Traceback*>(node.traceback.get());
  if (!traceback) return result;
  for (auto place = traceback->rbegin(); place != traceback->rend(); ++place) {
    const nb::handle code(reinterpret_cast<PyObject*>(place->code));
    result.append(nb::make_tuple(code.attr("co_filename"), PyCode_Addr2Line(place->code, place->instruction),
                                 code.attr("co_name")));
  }
  return result;
}

void bind_traceback(nb::module_&) { graph::set_traceback_capture(capture); }

}  // namespace reflow::python
