#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "reflow/client/tensor_like.h"

namespace reflow::nn {

// Activations, element by element.
Output relu(const TensorLike& features, const NameOptions& options = {});
Output relu6(const TensorLike& features, const NameOptions& options = {});
Output elu(const TensorLike& features, const NameOptions& options = {});
Output selu(const TensorLike& features, const NameOptions& options = {});
Output softplus(const TensorLike& features, const NameOptions& options = {});
Output softsign(const TensorLike& features, const NameOptions& options = {});
Output sigmoid(const TensorLike& x, const NameOptions& options = {});
Output tanh(const TensorLike& x, const NameOptions& options = {});
Output log_sigmoid(const TensorLike& x, const NameOptions& options = {});
// x * sigmoid(x), whose gradient computes the sigmoid anew. Ramachandran and others, arXiv 1710.05941.
Output swish(const TensorLike& features);
struct LeakyReluOptions {
  double alpha = 0.2;
  std::string name;
};
Output leaky_relu(const TensorLike& features, const LeakyReluOptions& options = {});
struct CreluOptions {
  std::string name;
  int axis = -1;
};
// relu of the features and of their negatives, side by side.
Output crelu(const TensorLike& features, const CreluOptions& options = {});

struct SoftmaxOptions {
  int axis = -1;
  std::string name;
};
Output softmax(const TensorLike& logits, const SoftmaxOptions& options = {});
Output log_softmax(const TensorLike& logits, const SoftmaxOptions& options = {});

struct BiasAddOptions {
  std::string data_format = "NHWC";
  std::string name;
};
// [..., channels] plus [channels].
Output bias_add(const TensorLike& value, const TensorLike& bias, const BiasAddOptions& options = {});
// x * weights + biases.
Output xw_plus_b(const TensorLike& x, const TensorLike& weights, const TensorLike& biases,
                 const NameOptions& options = {});
Output relu_layer(const TensorLike& x, const TensorLike& weights, const TensorLike& biases,
                  const NameOptions& options = {});

struct DropoutOptions {
  TensorLike keep_prob;    // or rate = 1 - keep_prob: one of the two
  TensorLike noise_shape;  // elements along a dimension of size 1 are kept or dropped together
  std::optional<int64_t> seed;
  std::string name;
  TensorLike rate;
};
// Drops elements at random and scales up the others. ValueError: "rate must be a scalar tensor or a float in the range
// [0, 1), got ...".
Output dropout(const TensorLike& x, const DropoutOptions& options);
Output dropout(const TensorLike& x, const TensorLike& keep_prob, DropoutOptions options = {});

struct L2NormalizeOptions {
  double epsilon = 1e-12;
  std::string name;
};
Output l2_normalize(const TensorLike& x, const TensorLike& axis = {}, const L2NormalizeOptions& options = {});
// Half the sum of squares.
Output l2_loss(const TensorLike& t, const NameOptions& options = {});

struct MomentsOptions {
  std::string name;
  bool keep_dims = false;
};
struct Moments {
  Output mean, variance;
};
Moments moments(const TensorLike& x, const TensorLike& axes, const MomentsOptions& options = {});
Moments weighted_moments(const TensorLike& x, const TensorLike& axes, const TensorLike& frequency_weights,
                         const MomentsOptions& options = {});
struct NormalizeMomentsOptions {
  std::string name;
};
Moments normalize_moments(const TensorLike& counts, const TensorLike& mean_ss, const TensorLike& variance_ss,
                          const TensorLike& shift, const NormalizeMomentsOptions& options = {});
// (x - mean) / sqrt(variance + variance_epsilon) * scale + offset; the last two may be left out.
Output batch_normalization(const TensorLike& x, const TensorLike& mean, const TensorLike& variance,
                           const TensorLike& offset, const TensorLike& scale, const TensorLike& variance_epsilon,
                           const NameOptions& options = {});
// The share of zeros.
Output zero_fraction(const TensorLike& value, const NameOptions& options = {});

// A bool for each row: is the prediction of the target among the k largest?
Output in_top_k(const TensorLike& predictions, const TensorLike& targets, const TensorLike& k,
                const NameOptions& options = {});
struct TopKOptions {
  bool sorted = true;
  std::string name;
};
struct TopK {
  Output values, indices;
};
TopK top_k(const TensorLike& input, const TensorLike& k = 1, const TopKOptions& options = {});

// Losses, one for each row or element.
struct SparseSoftmaxOptions {
  TensorLike labels, logits;  // class numbers; [..., classes]
  std::string name;
};
Output sparse_softmax_cross_entropy_with_logits(const SparseSoftmaxOptions& options);
struct SoftmaxCrossEntropyOptions {
  TensorLike labels, logits;  // probabilities; [..., classes]
  int axis = -1;
  std::string name;
};
// Without gradient to the labels; _v2 has one.
Output softmax_cross_entropy_with_logits(const SoftmaxCrossEntropyOptions& options);
Output softmax_cross_entropy_with_logits_v2(const SoftmaxCrossEntropyOptions& options);
struct SigmoidCrossEntropyOptions {
  TensorLike labels, logits;
  std::string name;
};
Output sigmoid_cross_entropy_with_logits(const SigmoidCrossEntropyOptions& options);
struct WeightedCrossEntropyOptions {
  TensorLike labels, logits, pos_weight;
  std::string name;
};
Output weighted_cross_entropy_with_logits(const WeightedCrossEntropyOptions& options);

struct AverageLossOptions {
  TensorLike sample_weight;      // factors, broadcast to the losses
  TensorLike global_batch_size;  // default: how many losses there are
};
// The sum of the losses of examples over the size of the batch. ValueError: the losses are a scalar.
Output compute_average_loss(const TensorLike& per_example_loss, const AverageLossOptions& options = {});
// The sum of the losses over the number of replicas, of which there is one.
Output scale_regularization_loss(const TensorLike& regularization_loss);

}  // namespace reflow::nn
