// The functions of ops/nn_ops.py, ops/nn_impl.py and ops/random_ops.py.

#include "reflow/client/nn_ops.h"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>

#include "bindings.h"
#include "functions.h"
#include "reflow/client/random_ops.h"

namespace reflow::python {
namespace {

using Seed = std::optional<int64_t>;

std::pair<Output, Output> pair_of(const nn::Moments& moments) { return {moments.mean, moments.variance}; }

void bind_losses(nb::module_& m) {
  m.def("sparse_softmax_cross_entropy_with_logits", [](TensorLike labels, TensorLike logits, nb::handle name) {
    return nn::sparse_softmax_cross_entropy_with_logits({.labels = labels, .logits = logits,
                                                         .name = name_from_python(name)});
  }, nb::arg(), nb::arg(), nb::arg().none());
  m.def("softmax_cross_entropy_with_logits", [](TensorLike labels, TensorLike logits, int axis, nb::handle name) {
    return nn::softmax_cross_entropy_with_logits({.labels = labels, .logits = logits, .axis = axis,
                                                  .name = name_from_python(name)});
  }, nb::arg(), nb::arg(), nb::arg(), nb::arg().none());
  m.def("softmax_cross_entropy_with_logits_v2", [](TensorLike labels, TensorLike logits, int axis, nb::handle name) {
    return nn::softmax_cross_entropy_with_logits_v2({.labels = labels, .logits = logits, .axis = axis,
                                                     .name = name_from_python(name)});
  }, nb::arg(), nb::arg(), nb::arg(), nb::arg().none());
  m.def("sigmoid_cross_entropy_with_logits", [](TensorLike labels, TensorLike logits, nb::handle name) {
    return nn::sigmoid_cross_entropy_with_logits({.labels = labels, .logits = logits,
                                                  .name = name_from_python(name)});
  }, nb::arg(), nb::arg(), nb::arg().none());
  m.def("weighted_cross_entropy_with_logits", [](TensorLike labels, TensorLike logits, TensorLike pos_weight,
                                                 nb::handle name) {
    return nn::weighted_cross_entropy_with_logits({.labels = labels, .logits = logits, .pos_weight = pos_weight,
                                                   .name = name_from_python(name)});
  }, nb::arg(), nb::arg(), nb::arg(), nb::arg().none());
}

void bind_statistics(nb::module_& m) {
  m.def("moments", [](TensorLike x, TensorLike axes, nb::handle name, bool keep_dims) {
    return pair_of(nn::moments(x, axes, {.name = name_from_python(name), .keep_dims = keep_dims}));
  }, nb::arg(), nb::arg(), nb::arg().none(), nb::arg());
  m.def("weighted_moments", [](TensorLike x, TensorLike axes, TensorLike weights, nb::handle name, bool keep_dims) {
    return pair_of(nn::weighted_moments(x, axes, weights, {.name = name_from_python(name), .keep_dims = keep_dims}));
  }, nb::arg(), nb::arg(), nb::arg(), nb::arg().none(), nb::arg());
  m.def("normalize_moments", [](TensorLike counts, TensorLike mean_ss, TensorLike variance_ss, TensorLike shift,
                                nb::handle name) {
    return pair_of(nn::normalize_moments(counts, mean_ss, variance_ss, shift, {.name = name_from_python(name)}));
  }, nb::arg(), nb::arg(), nb::arg(), nb::arg().none(), nb::arg().none());
  m.def("batch_normalization", [](TensorLike x, TensorLike mean, TensorLike variance, TensorLike offset,
                                  TensorLike scale, TensorLike variance_epsilon, nb::handle name) {
    return nn::batch_normalization(x, mean, variance, offset, scale, variance_epsilon, named(name));
  }, nb::arg(), nb::arg(), nb::arg(), nb::arg().none(), nb::arg().none(), nb::arg(), nb::arg().none());
}

void bind_random(nb::module_& m) {
  m.def("random_normal", [](TensorLike shape, TensorLike mean, TensorLike stddev, DType dtype, Seed seed,
                            nb::handle name) {
    return random_normal(given(shape), {.mean = mean, .stddev = stddev, .dtype = dtype, .seed = seed,
                                 .name = name_from_python(name)});
  }, nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg().none(), nb::arg().none());
  m.def("truncated_normal", [](TensorLike shape, TensorLike mean, TensorLike stddev, DType dtype, Seed seed,
                               nb::handle name) {
    return truncated_normal(given(shape), {.mean = mean, .stddev = stddev, .dtype = dtype, .seed = seed,
                                    .name = name_from_python(name)});
  }, nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg().none(), nb::arg().none());
  m.def("random_uniform", [](TensorLike shape, TensorLike minval, TensorLike maxval, DType dtype, Seed seed,
                             nb::handle name) {
    return random_uniform(given(shape), {.minval = minval, .maxval = maxval, .dtype = dtype, .seed = seed,
                                  .name = name_from_python(name)});
  }, nb::arg(), nb::arg(), nb::arg().none(), nb::arg(), nb::arg().none(), nb::arg().none());
  m.def("random_shuffle", [](TensorLike value, Seed seed, nb::handle name) {
    return random_shuffle(value, {.seed = seed, .name = name_from_python(name)});
  }, nb::arg(), nb::arg().none(), nb::arg().none());
  m.def("random_crop", [](TensorLike value, TensorLike size, Seed seed, nb::handle name) {
    return random_crop(value, size, {.seed = seed, .name = name_from_python(name)});
  }, nb::arg(), nb::arg(), nb::arg().none(), nb::arg().none());
  m.def("multinomial", [](TensorLike logits, TensorLike num_samples, Seed seed, nb::handle name, DType output_dtype) {
    MultinomialOptions options{.seed = seed, .name = name_from_python(name)};
    if (output_dtype != DType::kInvalid) options.output_dtype = output_dtype;
    return multinomial(logits, num_samples, options);
  }, nb::arg(), nb::arg(), nb::arg().none(), nb::arg().none(), nb::arg().none());
  m.def("categorical", [](TensorLike logits, TensorLike num_samples, DType dtype, Seed seed, nb::handle name) {
    CategoricalOptions options{.seed = seed, .name = name_from_python(name)};
    if (dtype != DType::kInvalid) options.dtype = dtype;
    return categorical(logits, num_samples, options);
  }, nb::arg(), nb::arg(), nb::arg().none(), nb::arg().none(), nb::arg().none());
  m.def("random_gamma", [](TensorLike shape, TensorLike alpha, TensorLike beta, DType dtype, Seed seed,
                           nb::handle name) {
    return random_gamma(given(shape), alpha, {.beta = beta, .dtype = dtype, .seed = seed, .name = name_from_python(name)});
  }, nb::arg(), nb::arg(), nb::arg().none(), nb::arg(), nb::arg().none(), nb::arg().none());
}

}  // namespace

void bind_nn_functions(nb::module_& m) {
  m.def("leaky_relu", [](TensorLike features, double alpha, nb::handle name) {
    return nn::leaky_relu(features, {.alpha = alpha, .name = name_from_python(name)});
  }, nb::arg(), nb::arg(), nb::arg().none());
  m.def("crelu", [](TensorLike features, nb::handle name, int axis) {
    return nn::crelu(features, {.name = name_from_python(name), .axis = axis});
  }, nb::arg(), nb::arg().none(), nb::arg());
  m.def("swish", [](TensorLike features) { return nn::swish(features); });
  def(m, "relu6", static_cast<Unary>(nn::relu6));
  m.def("softmax", [](TensorLike logits, int axis, nb::handle name) {
    return nn::softmax(logits, {.axis = axis, .name = name_from_python(name)});
  }, nb::arg(), nb::arg(), nb::arg().none());
  m.def("log_softmax", [](TensorLike logits, int axis, nb::handle name) {
    return nn::log_softmax(logits, {.axis = axis, .name = name_from_python(name)});
  }, nb::arg(), nb::arg(), nb::arg().none());
  m.def("bias_add", [](TensorLike value, TensorLike bias, nb::handle data_format, nb::handle name) {
    nn::BiasAddOptions options{.name = name_from_python(name)};
    if (!data_format.is_none()) options.data_format = string_from_python(data_format);
    return nn::bias_add(value, bias, options);
  }, nb::arg(), nb::arg(), nb::arg().none(), nb::arg().none());
  def(m, "xw_plus_b", static_cast<Ternary>(nn::xw_plus_b));
  def(m, "relu_layer", static_cast<Ternary>(nn::relu_layer));
  m.def("dropout", [](TensorLike x, TensorLike rate, TensorLike noise_shape, Seed seed, nb::handle name) {
    return nn::dropout(x, {.noise_shape = noise_shape, .seed = seed, .name = name_from_python(name), .rate = rate});
  }, nb::arg(), nb::arg(), nb::arg().none(), nb::arg().none(), nb::arg().none());
  m.def("dropout_keeping", [](TensorLike x, TensorLike keep_prob, TensorLike noise_shape, Seed seed, nb::handle name) {
    return nn::dropout(x, {.keep_prob = keep_prob, .noise_shape = noise_shape, .seed = seed,
                           .name = name_from_python(name)});
  }, nb::arg(), nb::arg(), nb::arg().none(), nb::arg().none(), nb::arg().none());
  m.def("l2_normalize", [](TensorLike x, TensorLike axis, double epsilon, nb::handle name) {
    return nn::l2_normalize(x, axis, {.epsilon = epsilon, .name = name_from_python(name)});
  }, nb::arg(), nb::arg().none(), nb::arg(), nb::arg().none());
  def(m, "zero_fraction", static_cast<Unary>(nn::zero_fraction));
  def(m, "in_top_k", static_cast<Ternary>(nn::in_top_k));
  bind_losses(m);
  bind_statistics(m);
  bind_random(m);
}

}  // namespace reflow::python
