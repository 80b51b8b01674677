#pragma once

#include <nanobind/nanobind.h>

#include <optional>

#include "reflow/base/interrupt.h"

namespace reflow::python {

namespace nb = nanobind;

// While the main thread runs a graph, without the GIL: calls the handlers of the signals that have come, and ends the
// run when one raises, as that of Ctrl-C does. Other threads are never interrupted: Python handles no signals there.
class PythonInterrupt {
 public:
  PythonInterrupt();
  // Throws what a handler has raised. REQUIRES: the GIL.
  void rethrow();

 private:
  class Handlers final : public Interrupt {
   public:
    std::optional<nb::python_error> raised;

   private:
    bool asked() override;
  };
  std::optional<Handlers> handlers_;
};

}  // namespace reflow::python
