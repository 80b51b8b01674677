#pragma once

// Random tensors: new values in each run. The same seeds give the same values as TensorFlow 1.15 (set_random_seed for
// the graph, `seed` for the op).

#include <cstdint>
#include <optional>

#include "reflow/client/tensor_like.h"

namespace reflow {

struct RandomNormalOptions {
  TensorLike mean = 0.0, stddev = 1.0;
  DType dtype = float32;
  std::optional<int64_t> seed;
  std::string name;
};
Output random_normal(const TensorLike& shape, const RandomNormalOptions& options = {});
// Without values more than two standard deviations from the mean.
Output truncated_normal(const TensorLike& shape, const RandomNormalOptions& options = {});

struct RandomUniformOptions {
  TensorLike minval = 0, maxval;  // maxval: 1 for floats
  DType dtype = float32;
  std::optional<int64_t> seed;
  std::string name;
};
// In [minval, maxval). ValueError: "Must specify maxval for integer dtype tf.int32".
Output random_uniform(const TensorLike& shape, const RandomUniformOptions& options = {});

struct SeedOptions {
  std::optional<int64_t> seed;
  std::string name;
};
// The rows of `value` in another order.
Output random_shuffle(const TensorLike& value, const SeedOptions& options = {});
struct MultinomialOptions {
  std::optional<int64_t> seed;
  std::string name;
  DType output_dtype = int64;
};
// num_samples classes for each row of unnormalised log-probabilities.
Output multinomial(const TensorLike& logits, const TensorLike& num_samples, const MultinomialOptions& options = {});
// The same, with other defaults and name.
struct CategoricalOptions {
  DType dtype = int64;
  std::optional<int64_t> seed;
  std::string name;
};
Output categorical(const TensorLike& logits, const TensorLike& num_samples, const CategoricalOptions& options = {});
struct RandomPoissonOptions {
  DType dtype = float32;
  std::optional<int64_t> seed;
  std::string name;
};
// `shape` samples for each rate `lam`.
Output random_poisson(const TensorLike& lam, const TensorLike& shape, const RandomPoissonOptions& options = {});
Output random_crop(const TensorLike& value, const TensorLike& size, const SeedOptions& options = {});
struct RandomGammaOptions {
  TensorLike beta;
  DType dtype = float32;
  std::optional<int64_t> seed;
  std::string name;
};
Output random_gamma(const TensorLike& shape, const TensorLike& alpha, const RandomGammaOptions& options = {});

// The same values for the same `seed`, a vector of two integers, in each run.
struct StatelessUniformOptions {
  TensorLike minval = 0, maxval;  // maxval: 1 for floats
  DType dtype = float32;
  std::string name;
};
Output stateless_random_uniform(const TensorLike& shape, const TensorLike& seed,
                                const StatelessUniformOptions& options = {});
struct StatelessNormalOptions {
  TensorLike mean = 0.0, stddev = 1.0;
  DType dtype = float32;
  std::string name;
};
Output stateless_random_normal(const TensorLike& shape, const TensorLike& seed,
                               const StatelessNormalOptions& options = {});
Output stateless_truncated_normal(const TensorLike& shape, const TensorLike& seed,
                                  const StatelessNormalOptions& options = {});
struct StatelessMultinomialOptions {
  DType output_dtype = int64;
  std::string name;
};
Output stateless_multinomial(const TensorLike& logits, const TensorLike& num_samples, const TensorLike& seed,
                             const StatelessMultinomialOptions& options = {});
Output stateless_categorical(const TensorLike& logits, const TensorLike& num_samples, const TensorLike& seed,
                             const StatelessMultinomialOptions& options = {});

}  // namespace reflow
