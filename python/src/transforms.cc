// Rewrites of GraphDefs.

#include "reflow/transforms/transform.h"

#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "bindings.h"
#include "gil.h"
#include "reflow/client/status_errors.h"

namespace reflow::python {

void bind_transforms(nb::module_& m) {
  m.def("transform_graph", [](nb::bytes graph_def, const std::vector<std::string>& inputs,
                              const std::vector<std::string>& outputs, const std::string& transforms) {
    StatusOr<std::string> transformed = internal_error("not run");
    {
      const std::string_view bytes(graph_def.c_str(), graph_def.size());
      const ReleasedGil released;
      transformed = transforms::transform_serialized_graph({inputs, outputs}, transforms, bytes);
    }
    errors::throw_if_error(transformed.status());
    return nb::bytes(transformed->data(), transformed->size());
  });
}

}  // namespace reflow::python
