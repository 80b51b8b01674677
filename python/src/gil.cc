#include "gil.h"

#include <cstdio>
#include <cstdlib>

namespace reflow::python {
namespace {

void end_now(int status, void*) {
  if (ReleasedGil::alive.load() == 0) return;
  std::fflush(nullptr);
  ::_exit(status);
}

}  // namespace

void end_with_threads_in_the_engine() {
  // What runs at exit runs in the opposite order of its registration: the handler is registered when Python begins to end,
  // behind all that libraries have registered.
  nb::module_::import_("atexit").attr("register")(nb::cpp_function([] { ::on_exit(end_now, nullptr); }));
}

}  // namespace reflow::python
