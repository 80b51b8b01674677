// Reading checkpoints: tf.train.NewCheckpointReader.

#include "reflow/formats/checkpoint_reader.h"

#include <nanobind/stl/unique_ptr.h>

#include "array.h"
#include "bindings.h"
#include "functions.h"
#include "gil.h"
#include "reflow/client/status_errors.h"

namespace reflow::python {
namespace {

using Reader = formats::CheckpointReader;

std::unique_ptr<Reader> open(const std::string& prefix) {
  const ReleasedGil released;
  auto reader = Reader::open(prefix);
  errors::throw_if_error(reader.status());
  return *std::move(reader);
}

nb::object get_tensor(const Reader& reader, const std::string& name) {
  StatusOr<Tensor> value = Tensor();
  {
    const ReleasedGil released;
    value = reader.read(name);
  }
  errors::throw_if_error(value.status());
  return array_of_tensor(*std::move(value));
}

}  // namespace

void bind_checkpoint(nb::module_& m) {
  nb::class_<Reader>(m, "CheckpointReader", nb::dynamic_attr(), nb::is_weak_referenceable())
      .def("debug_string", [](const Reader& r) {
        const std::string text = r.debug_string();
        return nb::bytes(text.data(), text.size());
      })
      .def("has_tensor", [](const Reader& r, nb::handle name) { return r.find(string_from_python(name)) != nullptr; })
      .def("get_tensor", [](const Reader& r, nb::handle name) { return get_tensor(r, string_from_python(name)); })
      .def("get_variable_to_shape_map", [](const Reader& r) {
        nb::dict shapes;
        for (const auto& tensor : r.tensors()) {
          nb::list dims;
          for (const int64_t dim : tensor.shape) dims.append(dim);
          shapes[tensor.name.c_str()] = dims;
        }
        return shapes;
      })
      .def("get_variable_to_dtype_map", [](const Reader& r) {
        nb::dict types;
        for (const auto& tensor : r.tensors()) types[tensor.name.c_str()] = dtype_to_python(tensor.dtype);
        return types;
      });
  m.def("open_checkpoint", &open);
}

}  // namespace reflow::python
