#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "reflow/client/initializer.h"
#include "reflow/client/tensor_like.h"

namespace reflow {

// The initial values of variables. Each is made below "NAME/Initializer".
Initializer zeros_initializer(DType dtype = float32);
Initializer ones_initializer(DType dtype = float32);

struct ConstantInitializerOptions {
  DType dtype = float32;
  bool verify_shape = false;  // `value` must have the shape of the variable
};
// `value` in each element; a list gives the elements in their order. TypeError: `value` is symbolic.
// TypeError when called: "Expected Tensor's shape: (3,), got (2,).".
Initializer constant_initializer(const TensorLike& value = 0, const ConstantInitializerOptions& options = {});

struct NormalInitializerOptions {
  double mean = 0.0, stddev = 1.0;
  std::optional<int64_t> seed;
  DType dtype = float32;
};
Initializer random_normal_initializer(const NormalInitializerOptions& options = {});
Initializer truncated_normal_initializer(const NormalInitializerOptions& options = {});

struct UniformInitializerOptions {
  TensorLike minval = 0, maxval;  // maxval: default 1 for floats
  std::optional<int64_t> seed;
  DType dtype = float32;
};
Initializer random_uniform_initializer(const UniformInitializerOptions& options = {});

struct VarianceScalingOptions {
  double scale = 1.0;
  std::string mode = "fan_in";                   // or "fan_out", "fan_avg"
  std::string distribution = "truncated_normal";  // or "normal", "untruncated_normal", "uniform"
  std::optional<int64_t> seed;
  DType dtype = float32;
};
// Values whose variance is scale divided by the number of inputs, outputs or their mean.
// ValueError: an option that is none of these.
Initializer variance_scaling_initializer(const VarianceScalingOptions& options = {});

struct SeededInitializerOptions {
  std::optional<int64_t> seed;
  DType dtype = float32;
};
Initializer glorot_uniform_initializer(const SeededInitializerOptions& options = {});
Initializer glorot_normal_initializer(const SeededInitializerOptions& options = {});
Initializer he_normal_initializer(const SeededInitializerOptions& options = {});
Initializer he_uniform_initializer(const SeededInitializerOptions& options = {});
Initializer lecun_normal_initializer(const SeededInitializerOptions& options = {});
Initializer lecun_uniform_initializer(const SeededInitializerOptions& options = {});

struct UniformUnitScalingOptions {
  double factor = 1.0;
  std::optional<int64_t> seed;
  DType dtype = float32;
};
Initializer uniform_unit_scaling_initializer(const UniformUnitScalingOptions& options = {});

struct OrthogonalOptions {
  double gain = 1.0;
  std::optional<int64_t> seed;
  DType dtype = float32;
};
// A matrix with orthogonal rows or columns, of all dimensions but the last against the last: Saxe and others,
// arXiv 1312.6120. ValueError when called: "The tensor to initialize must be at least two-dimensional".
Initializer orthogonal_initializer(const OrthogonalOptions& options = {});
struct IdentityOptions {
  double gain = 1.0;
  DType dtype = float32;
};
// ValueError when called: "Identity matrix initializer can only be used for 2D matrices.".
Initializer identity_initializer(const IdentityOptions& options = {});

namespace contrib::layers {

struct XavierOptions {
  bool uniform = true;
  std::optional<int64_t> seed;
  DType dtype = float32;
};
Initializer xavier_initializer(const XavierOptions& options = {});

struct ContribVarianceScalingOptions {
  double factor = 2.0;
  std::string mode = "FAN_IN";  // or "FAN_OUT", "FAN_AVG"
  bool uniform = false;
  std::optional<int64_t> seed;
  DType dtype = float32;
};
Initializer variance_scaling_initializer(const ContribVarianceScalingOptions& options = {});

}  // namespace contrib::layers
}  // namespace reflow
