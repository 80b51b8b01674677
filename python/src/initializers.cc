// The values that initializers make; ops/init_ops.py has their classes.

#include "reflow/client/initializers.h"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>

#include "bindings.h"
#include "casters.h"

namespace reflow::python {

namespace {

// The values of a part of a variable whose whole has another shape, or of a variable.
Output initial_values(const Initializer& initializer, const Shape& shape, DType dtype, const std::optional<Shape>& whole) {
  if (!whole) return initializer(shape, dtype);
  const PartitionInfo part{.full_shape = *whole, .var_offset = {}};
  return initializer(shape, dtype, &part);
}

}  // namespace

void bind_initializers(nb::module_& m) {
  using Seed = std::optional<int64_t>;
  m.def("initial_zeros", [](Shape shape, DType dtype) { return zeros_initializer()(shape, dtype); });
  m.def("initial_ones", [](Shape shape, DType dtype) { return ones_initializer()(shape, dtype); });
  m.def("initial_constant", [](TensorLike value, Shape shape, DType dtype) {
    return constant_initializer(value)(shape, dtype);
  });
  m.def("initial_random_normal", [](double mean, double stddev, Seed seed, Shape shape, DType dtype) {
    return random_normal_initializer({.mean = mean, .stddev = stddev, .seed = seed})(shape, dtype);
  }, nb::arg(), nb::arg(), nb::arg().none(), nb::arg(), nb::arg());
  m.def("initial_truncated_normal", [](double mean, double stddev, Seed seed, Shape shape, DType dtype) {
    return truncated_normal_initializer({.mean = mean, .stddev = stddev, .seed = seed})(shape, dtype);
  }, nb::arg(), nb::arg(), nb::arg().none(), nb::arg(), nb::arg());
  m.def("initial_uniform_unit_scaling", [](double factor, Seed seed, Shape shape, DType dtype,
                                          std::optional<Shape> whole) {
    return initial_values(uniform_unit_scaling_initializer({.factor = factor, .seed = seed}), shape, dtype, whole);
  }, nb::arg(), nb::arg().none(), nb::arg(), nb::arg(), nb::arg().none());
  m.def("initial_variance_scaling", [](double scale, const std::string& mode, const std::string& distribution, Seed seed,
                                       Shape shape, DType dtype, std::optional<Shape> whole) {
    return initial_values(
        variance_scaling_initializer({.scale = scale, .mode = mode, .distribution = distribution, .seed = seed}), shape,
        dtype, whole);
  }, nb::arg(), nb::arg(), nb::arg(), nb::arg().none(), nb::arg(), nb::arg(), nb::arg().none());
  m.def("initial_orthogonal", [](double gain, Seed seed, Shape shape, DType dtype) {
    return orthogonal_initializer({.gain = gain, .seed = seed})(shape, dtype);
  }, nb::arg(), nb::arg().none(), nb::arg(), nb::arg());
  m.def("initial_identity", [](double gain, Shape shape, DType dtype) {
    return identity_initializer({.gain = gain})(shape, dtype);
  });
}

}  // namespace reflow::python
