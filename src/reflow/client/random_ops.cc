#include "reflow/client/random_ops.h"

#include <limits>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/scopes.h"
#include "reflow/client/status_errors.h"

namespace reflow {
namespace {

using client::apply_op;
using client::convert;

Output shape_tensor(const TensorLike& shape) {
  const bool is_empty = shape.list() && shape.list()->empty();
  return convert(client::shape_argument(shape), is_empty ? DType::kInt32 : DType::kInvalid, "shape");
}

// Draws from N(0, 1) by `op`, then scales and shifts.
Output normal(const char* op, const char* default_name, const TensorLike& shape, const RandomNormalOptions& options) {
  const name_scope scope(options.name, default_name);
  const Output dims = shape_tensor(shape);
  const Output mean = convert(options.mean, options.dtype, "mean");
  const Output stddev = convert(options.stddev, options.dtype, "stddev");
  const Seeds seeds = get_seed(options.seed);
  const Output standard =
      apply_op(op, "", {dims}, {{"dtype", options.dtype}, {"seed", seeds.seed}, {"seed2", seeds.seed2}});
  return add(standard * stddev, mean, {scope.name()});
}

}  // namespace

Output random_normal(const TensorLike& shape, const RandomNormalOptions& options) {
  return normal("RandomStandardNormal", "random_normal", shape, options);
}

Output truncated_normal(const TensorLike& shape, const RandomNormalOptions& options) {
  return normal("TruncatedNormal", "truncated_normal", shape, options);
}

Output random_uniform(const TensorLike& shape, const RandomUniformOptions& options) {
  TensorLike maxval = options.maxval;
  if (maxval.is_none()) {
    if (is_integer(options.dtype)) {
      throw ValueError("Must specify maxval for integer dtype tf." + dtype_name(options.dtype));
    }
    maxval = 1;
  }
  const name_scope scope(options.name, "random_uniform");
  const Output dims = shape_tensor(shape);
  const Output min = convert(options.minval, options.dtype, "min"), max = convert(maxval, options.dtype, "max");
  const Seeds seeds = get_seed(options.seed);
  if (is_integer(options.dtype)) {
    return apply_op("RandomUniformInt", scope.name(), {dims, min, max}, {{"seed", seeds.seed}, {"seed2", seeds.seed2}});
  }
  const Output standard = apply_op("RandomUniform", "", {dims},
                                   {{"dtype", options.dtype}, {"seed", seeds.seed}, {"seed2", seeds.seed2}});
  const Output width = max - min;
  return add(standard * width, min, {scope.name()});
}

Output random_shuffle(const TensorLike& value, const SeedOptions& options) {
  const Seeds seeds = get_seed(options.seed);
  return apply_op("RandomShuffle", options.name, {value}, {{"seed", seeds.seed}, {"seed2", seeds.seed2}});
}

namespace {

Output draw_classes(const TensorLike& logits, const TensorLike& num_samples, std::optional<int64_t> seed, DType dtype) {
  const Output values = convert(logits, DType::kInvalid, "logits");
  const Seeds seeds = get_seed(seed);
  return apply_op("Multinomial", "", {values, num_samples},
                  {{"seed", seeds.seed}, {"seed2", seeds.seed2}, {"output_dtype", dtype}});
}

}  // namespace

Output multinomial(const TensorLike& logits, const TensorLike& num_samples, const MultinomialOptions& options) {
  const name_scope scope(options.name, "multinomial");
  return draw_classes(logits, num_samples, options.seed, options.output_dtype);
}

Output categorical(const TensorLike& logits, const TensorLike& num_samples, const CategoricalOptions& options) {
  const name_scope scope(options.name, "categorical");
  return draw_classes(logits, num_samples, options.seed, options.dtype);
}

Output random_poisson(const TensorLike& lam, const TensorLike& shape, const RandomPoissonOptions& options) {
  const name_scope scope(options.name, "random_poisson");
  const Output dims = convert(client::shape_argument(shape), DType::kInt32, "shape");
  const Seeds seeds = get_seed(options.seed);
  return apply_op("RandomPoissonV2", "", {dims, lam},
                  {{"seed", seeds.seed}, {"seed2", seeds.seed2}, {"dtype", options.dtype}});
}

Output random_crop(const TensorLike& value, const TensorLike& size, const SeedOptions& options) {
  const name_scope scope(options.name, "random_crop");
  const Output values = convert(value, DType::kInvalid, "value");
  const Output wanted = convert(size, DType::kInt32, "size");
  Output dims = shape(values);
  const Operation check = Assert(reduce_all(greater_equal(dims, wanted)), {"Need value.shape >= size, got ", dims,
      wanted}, {.summarize = 1000});
  dims = with_dependencies({check}, dims);
  const Output limit = dims - wanted + 1;
  const Output offset = random_uniform(shape(limit), {.maxval = std::numeric_limits<int32_t>::max(), .dtype = int32,
                                                      .seed = options.seed}) % limit;
  return slice(values, offset, wanted, {scope.name()});
}

Output random_gamma(const TensorLike& shape, const TensorLike& alpha, const RandomGammaOptions& options) {
  const name_scope scope(options.name, "random_gamma");
  const Output dims = convert(client::shape_argument(shape), DType::kInt32, "shape");
  const Output a = convert(alpha, options.dtype, "alpha");
  const Output b = convert(options.beta.is_none() ? TensorLike(1) : options.beta, options.dtype, "beta");
  const Output broadcast_alpha = a + zeros_like(b);
  const Seeds seeds = get_seed(options.seed);
  const Output gamma = apply_op("RandomGamma", "", {dims, broadcast_alpha},
                                {{"seed", seeds.seed}, {"seed2", seeds.seed2}});
  const double tiny = base_type(options.dtype) == DType::kFloat64 ? std::numeric_limits<double>::min()
                                                                  : double{std::numeric_limits<float>::min()};
  return maximum(tiny, gamma / b);
}

namespace {

Output stateless_normal(const char* op, const char* default_name, const TensorLike& shape, const TensorLike& seed,
                        const StatelessNormalOptions& options) {
  const name_scope scope(options.name, default_name);
  const Output dims = shape_tensor(shape);
  const Output mean = convert(options.mean, options.dtype, "mean");
  const Output stddev = convert(options.stddev, options.dtype, "stddev");
  const Output standard = apply_op(op, "", {dims, seed}, {{"dtype", options.dtype}});
  return add(standard * stddev, mean, {scope.name()});
}

Output stateless_classes(const char* default_name, const TensorLike& logits, const TensorLike& num_samples,
                         const TensorLike& seed, const StatelessMultinomialOptions& options) {
  const name_scope scope(options.name, default_name);
  const Output values = convert(logits, DType::kInvalid, "logits");
  return apply_op("StatelessMultinomial", "", {values, num_samples, seed}, {{"output_dtype", options.output_dtype}});
}

}  // namespace

Output stateless_random_uniform(const TensorLike& shape, const TensorLike& seed,
                                const StatelessUniformOptions& options) {
  TensorLike maxval = options.maxval;
  if (maxval.is_none()) {
    if (is_integer(options.dtype)) {
      throw ValueError("Must specify maxval for integer dtype tf." + dtype_name(options.dtype));
    }
    maxval = 1;
  }
  const name_scope scope(options.name, "stateless_random_uniform");
  const Output dims = shape_tensor(shape);
  const Output min = convert(options.minval, options.dtype, "min"), max = convert(maxval, options.dtype, "max");
  if (is_integer(options.dtype)) {
    return apply_op("StatelessRandomUniformInt", scope.name(), {dims, seed, min, max});
  }
  const Output standard = apply_op("StatelessRandomUniform", "", {dims, seed}, {{"dtype", options.dtype}});
  const Output width = max - min;
  return add(standard * width, min, {scope.name()});
}

Output stateless_random_normal(const TensorLike& shape, const TensorLike& seed, const StatelessNormalOptions& options) {
  return stateless_normal("StatelessRandomNormal", "stateless_random_normal", shape, seed, options);
}
Output stateless_truncated_normal(const TensorLike& shape, const TensorLike& seed,
                                  const StatelessNormalOptions& options) {
  return stateless_normal("StatelessTruncatedNormal", "stateless_truncated_normal", shape, seed, options);
}
Output stateless_multinomial(const TensorLike& logits, const TensorLike& num_samples, const TensorLike& seed,
                             const StatelessMultinomialOptions& options) {
  return stateless_classes("stateless_multinomial", logits, num_samples, seed, options);
}
Output stateless_categorical(const TensorLike& logits, const TensorLike& num_samples, const TensorLike& seed,
                             const StatelessMultinomialOptions& options) {
  return stateless_classes("stateless_categorical", logits, num_samples, seed, options);
}

}  // namespace reflow
