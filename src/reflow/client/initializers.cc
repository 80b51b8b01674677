#include "reflow/client/initializers.h"

#include <algorithm>
#include <cmath>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/operators.h"
#include "reflow/client/python_text.h"
#include "reflow/client/random_ops.h"

namespace reflow {
namespace {

// Inputs and outputs of a unit of weights of `shape`: the last two dimensions, times the window before them.
std::pair<double, double> fans_of(const Shape& shape) {
  if (shape.rank() < 1) return {1, 1};
  if (shape.rank() == 1) return {static_cast<double>(shape.dim(0)), static_cast<double>(shape.dim(0))};
  double window = 1;
  for (int i = 0; i < shape.rank() - 2; ++i) window *= static_cast<double>(shape.dim(i));
  return {static_cast<double>(shape.dim(shape.rank() - 2)) * window,
          static_cast<double>(shape.dim(shape.rank() - 1)) * window};
}

void check_choice(const char* what, const std::string& value, std::initializer_list<const char*> allowed) {
  if (std::ranges::find(allowed, value) == allowed.end()) {
    throw ValueError(std::string("Invalid `") + what + "` argument: " + value);
  }
}

}  // namespace

Initializer zeros_initializer(DType) {
  return [](const Shape& shape, DType dtype) { return zeros(shape, {.dtype = dtype}); };
}

Initializer ones_initializer(DType) {
  return [](const Shape& shape, DType dtype) { return ones(shape, {.dtype = dtype}); };
}

Initializer constant_initializer(const TensorLike& value, const ConstantInitializerOptions& options) {
  if (client::is_symbolic(value)) {
    throw TypeError("Invalid type for initial value: " + client::describe(value) +
                    " (expected Python scalar, list or tuple of values, or numpy.ndarray).");
  }
  return [value, verify_shape = options.verify_shape](const Shape& shape, DType dtype) {
    if (verify_shape) {
      const Tensor given = client::to_tensor(value, dtype);
      if (!(given.shape() == shape)) {
        throw TypeError("Expected Tensor's shape: " + client::python_shape(shape) + ", got " +
                        client::python_shape(given.shape()) + ".");
      }
    }
    return constant(value, {.dtype = dtype, .shape = shape});
  };
}

Initializer random_normal_initializer(const NormalInitializerOptions& options) {
  return [options](const Shape& shape, DType dtype) {
    return random_normal(shape, {.mean = options.mean, .stddev = options.stddev, .dtype = dtype, .seed = options.seed});
  };
}

Initializer truncated_normal_initializer(const NormalInitializerOptions& options) {
  return [options](const Shape& shape, DType dtype) {
    return truncated_normal(shape, {.mean = options.mean, .stddev = options.stddev, .dtype = dtype,
        .seed = options.seed});
  };
}

Initializer random_uniform_initializer(const UniformInitializerOptions& options) {
  return [options](const Shape& shape, DType dtype) {
    return random_uniform(shape, {.minval = options.minval, .maxval = options.maxval, .dtype = dtype,
                                  .seed = options.seed});
  };
}

Initializer variance_scaling_initializer(const VarianceScalingOptions& options) {
  if (options.scale <= 0) throw ValueError("`scale` must be positive float.");
  check_choice("mode", options.mode, {"fan_in", "fan_out", "fan_avg"});
  check_choice("distribution", options.distribution, {"normal", "uniform", "truncated_normal", "untruncated_normal"});
  return [options](const Shape& shape, DType dtype, const PartitionInfo* part) {
    const auto [fan_in, fan_out] = fans_of(part ? part->full_shape : shape);
    const double fan = options.mode == "fan_in" ? fan_in : options.mode == "fan_out" ? fan_out : (fan_in + fan_out) / 2;
    const double scale = options.scale / std::max(1.0, fan);
    if (options.distribution == "uniform") {
      const double limit = std::sqrt(3.0 * scale);
      return random_uniform(shape, {.minval = -limit, .maxval = limit, .dtype = dtype, .seed = options.seed});
    }
    if (options.distribution == "untruncated_normal") {
      return random_normal(shape, {.stddev = std::sqrt(scale), .dtype = dtype, .seed = options.seed});
    }
    // The standard deviation of N(0, 1) without what lies beyond two of them.
    constexpr double kTruncatedStddev = 0.87962566103423978;
    return truncated_normal(shape, {.stddev = std::sqrt(scale) / kTruncatedStddev, .dtype = dtype,
        .seed = options.seed});
  };
}

Initializer glorot_uniform_initializer(const SeededInitializerOptions& options) {
  return variance_scaling_initializer({1.0, "fan_avg", "uniform", options.seed, options.dtype});
}
Initializer glorot_normal_initializer(const SeededInitializerOptions& options) {
  return variance_scaling_initializer({1.0, "fan_avg", "truncated_normal", options.seed, options.dtype});
}
Initializer he_normal_initializer(const SeededInitializerOptions& options) {
  return variance_scaling_initializer({2.0, "fan_in", "truncated_normal", options.seed, options.dtype});
}
Initializer he_uniform_initializer(const SeededInitializerOptions& options) {
  return variance_scaling_initializer({2.0, "fan_in", "uniform", options.seed, options.dtype});
}
Initializer lecun_normal_initializer(const SeededInitializerOptions& options) {
  return variance_scaling_initializer({1.0, "fan_in", "truncated_normal", options.seed, options.dtype});
}
Initializer lecun_uniform_initializer(const SeededInitializerOptions& options) {
  return variance_scaling_initializer({1.0, "fan_in", "uniform", options.seed, options.dtype});
}

Initializer uniform_unit_scaling_initializer(const UniformUnitScalingOptions& options) {
  return [options](const Shape& shape, DType dtype, const PartitionInfo* part) {
    const Shape& full = part ? part->full_shape : shape;
    double inputs = 1;
    for (int i = 0; i + 1 < full.rank(); ++i) inputs *= static_cast<double>(full.dim(i));
    const double limit = std::sqrt(3 / std::max(inputs, 1.0)) * options.factor;
    return random_uniform(shape, {.minval = -limit, .maxval = limit, .dtype = dtype, .seed = options.seed});
  };
}

Initializer orthogonal_initializer(const OrthogonalOptions& options) {
  if (!is_floating(options.dtype)) {
    throw ValueError("Expected floating point type, got " + client::python_dtype(options.dtype) + ".");
  }
  return [options](const Shape& shape, DType dtype) {
    if (shape.rank() < 2) throw ValueError("The tensor to initialize must be at least two-dimensional");
    const int64_t columns = shape.dim(shape.rank() - 1);
    int64_t rows = 1;
    for (int i = 0; i + 1 < shape.rank(); ++i) rows *= shape.dim(i);
    const Shape tall{std::max(columns, rows), std::min(columns, rows)};
    const Output random = random_normal(tall, {.dtype = dtype, .seed = options.seed});
    graph::Node* qr = client::make_op("Qr", "", {random}, {{"full_matrices", false}});
    Output q(qr, 0);
    // The sign that makes q unique.
    const Output diagonal = client::apply_op("DiagPart", "", {Output(qr, 1)});
    q = q * client::apply_op("Sign", "", {diagonal});
    if (rows < columns) q = matrix_transpose(q);
    return options.gain * reshape(q, shape);
  };
}

Initializer identity_initializer(const IdentityOptions& options) {
  if (!is_floating(options.dtype)) {
    throw ValueError("Expected floating point type, got " + client::python_dtype(options.dtype) + ".");
  }
  return [options](const Shape& shape, DType dtype, const PartitionInfo* part) {
    const Shape& full = part ? part->full_shape : shape;
    if (full.rank() != 2) throw ValueError("Identity matrix initializer can only be used for 2D matrices.");
    Output identity = eye(full.dim(0), {.num_columns = full.dim(1), .dtype = dtype});
    if (part) identity = slice(identity, Shape(part->var_offset), shape);
    return options.gain * identity;
  };
}

namespace contrib::layers {

Initializer variance_scaling_initializer(const ContribVarianceScalingOptions& options) {
  if (options.mode != "FAN_IN" && options.mode != "FAN_OUT" && options.mode != "FAN_AVG") {
    throw TypeError("Unknown mode " + options.mode + " [FAN_IN, FAN_OUT, FAN_AVG]");
  }
  return [options](const Shape& shape, DType dtype) {
    double fan_in = 1, fan_out = 1;
    if (shape.rank() > 0) {
      fan_in = static_cast<double>(shape.dim(std::max(shape.rank() - 2, 0)));
      fan_out = static_cast<double>(shape.dim(shape.rank() - 1));
      for (int i = 0; i < shape.rank() - 2; ++i) {
        fan_in *= static_cast<double>(shape.dim(i));
        fan_out *= static_cast<double>(shape.dim(i));
      }
    }
    const double n = options.mode == "FAN_IN" ? fan_in : options.mode == "FAN_OUT" ? fan_out : (fan_in + fan_out) / 2;
    if (options.uniform) {
      const double limit = std::sqrt(3.0 * options.factor / n);
      return random_uniform(shape, {.minval = -limit, .maxval = limit, .dtype = dtype, .seed = options.seed});
    }
    return truncated_normal(shape, {.stddev = std::sqrt(1.3 * options.factor / n), .dtype = dtype,
        .seed = options.seed});
  };
}

Initializer xavier_initializer(const XavierOptions& options) {
  return variance_scaling_initializer({1.0, "FAN_AVG", options.uniform, options.seed, options.dtype});
}

}  // namespace contrib::layers
}  // namespace reflow
