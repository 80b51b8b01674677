// tf.train.Server: a task of a cluster in this process.

#include "server.h"

#include <nanobind/stl/string.h>

#include "gil.h"
#include "python_interrupt.h"
#include "reflow/client/errors.h"
#include "reflow/train/server.h"

namespace reflow::python {
namespace {

void join(const train::Server& self) {
  PythonInterrupt interrupt;
  try {
    const ReleasedGil released;
    self.join();
  } catch (const errors::OpError&) {
    interrupt.rethrow();
    throw;
  }
}

}  // namespace

void bind_server(nb::module_& m) {
  nb::class_<train::Server>(m, "Server")
      .def_static("of_server_def",
                  [](nb::bytes server_def) {
                    const ReleasedGil released;
                    return train::Server::of_server_def({server_def.c_str(), server_def.size()});
                  })
      .def("start", [](const train::Server& self) {
        const ReleasedGil released;
        self.start();
      })
      .def("join", join)
      .def("target", &train::Server::target);
}

}  // namespace reflow::python
