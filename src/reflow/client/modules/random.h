#pragma once

// tf.random. What other headers have in namespace reflow by the names of this module.

#include "reflow/client/candidate_samplers.h"
#include "reflow/client/graph.h"
#include "reflow/client/random_ops.h"

namespace reflow::random {

using reflow::categorical;
using reflow::get_seed;
using reflow::multinomial;
using reflow::set_random_seed;
using reflow::stateless_categorical;
using reflow::stateless_multinomial;
using reflow::stateless_truncated_normal;
using reflow::truncated_normal;

inline Output gamma(const TensorLike& shape, const TensorLike& alpha, const RandomGammaOptions& options = {}) {
  return reflow::random_gamma(shape, alpha, options);
}
inline Output normal(const TensorLike& shape, const RandomNormalOptions& options = {}) {
  return reflow::random_normal(shape, options);
}
inline Output poisson(const TensorLike& lam, const TensorLike& shape, const RandomPoissonOptions& options = {}) {
  return reflow::random_poisson(lam, shape, options);
}
inline Output shuffle(const TensorLike& value, const SeedOptions& options = {}) {
  return reflow::random_shuffle(value, options);
}
inline Output stateless_normal(const TensorLike& shape, const TensorLike& seed,
                               const StatelessNormalOptions& options = {}) {
  return reflow::stateless_random_normal(shape, seed, options);
}
inline Output stateless_uniform(const TensorLike& shape, const TensorLike& seed,
                                const StatelessUniformOptions& options = {}) {
  return reflow::stateless_random_uniform(shape, seed, options);
}
inline Output uniform(const TensorLike& shape, const RandomUniformOptions& options = {}) {
  return reflow::random_uniform(shape, options);
}

}  // namespace reflow::random
