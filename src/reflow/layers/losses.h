#pragma once

// Losses for training: each gives one number for the batch, weighted, and puts it into a collection. Where nothing else
// is said labels and predictions, of any type, have one shape and are computed with as float32. ValueError: "Shapes
// (2,) and (3,) are incompatible", "labels must not be None.", and those of compute_weighted_loss.

#include <optional>
#include <string>
#include <vector>

#include "reflow/client/collections.h"
#include "reflow/client/tensor_like.h"

namespace reflow::losses {

// How the losses of a batch become one.
struct Reduction {
  static constexpr const char* NONE = "none";                          // they don't: one for each element
  static constexpr const char* SUM = "weighted_sum";
  static constexpr const char* MEAN = "weighted_mean";                 // divided by the sum of weights
  static constexpr const char* SUM_OVER_BATCH_SIZE = "weighted_sum_over_batch_size";
  static constexpr const char* SUM_OVER_NONZERO_WEIGHTS = "weighted_sum_by_nonzero_weights";
  static constexpr const char* SUM_BY_NONZERO_WEIGHTS = "weighted_sum_by_nonzero_weights";
};

struct LossOptions {
  TensorLike weights = 1.0;  // a scalar, or of the rank of the losses with dimensions of theirs or 1
  std::string scope;
  std::optional<std::string> loss_collection = GraphKeys::LOSSES;  // unset: into none
  std::string reduction = Reduction::SUM_BY_NONZERO_WEIGHTS;
};
// The loss of `losses`, weighted and reduced: a scalar of their type, or with Reduction::NONE of their shape.
// ValueError: "weights can not be broadcast to values. ...", "Invalid Reduction Key x.".
Output compute_weighted_loss(const TensorLike& losses, const LossOptions& options = {});

// |labels - predictions|.
Output absolute_difference(const TensorLike& labels, const TensorLike& predictions, const LossOptions& options = {});
// (labels - predictions)^2.
Output mean_squared_error(const TensorLike& labels, const TensorLike& predictions, const LossOptions& options = {});
// 1 - labels * predictions summed over `axis`; both are to have unit norm along it. ValueError: "You must specify
// 'axis'.".
Output cosine_distance(const TensorLike& labels, const TensorLike& predictions, std::optional<int> axis,
                       const LossOptions& options = {});
// max(0, 1 - logits), or of labels 0 max(0, 1 + logits); labels are 0 or 1.
Output hinge_loss(const TensorLike& labels, const TensorLike& logits, const LossOptions& options = {});

struct HuberLossOptions : LossOptions {
  TensorLike delta = 1.0;
};
// Squared up to a difference of delta, linear beyond.
Output huber_loss(const TensorLike& labels, const TensorLike& predictions, const HuberLossOptions& options = {});
struct LogLossOptions : LossOptions {
  TensorLike epsilon = 1e-7;
};
// -labels * log(predictions + epsilon) - (1 - labels) * log(1 - predictions + epsilon).
Output log_loss(const TensorLike& labels, const TensorLike& predictions, const LogLossOptions& options = {});

struct PairwiseOptions {
  TensorLike weights = 1.0;
  std::string scope;
  std::optional<std::string> loss_collection = GraphKeys::LOSSES;
};
// Squares of differences between pairs of elements of each row: whether predictions differ as labels do. The mean over
// pairs, summed over the batch. weights: a scalar, [batch], or with more dimensions of 1.
Output mean_pairwise_squared_error(const TensorLike& labels, const TensorLike& predictions,
                                   const PairwiseOptions& options = {});

struct CrossEntropyOptions : LossOptions {
  double label_smoothing = 0;  // how far labels move towards 1 / 2 (sigmoid) or 1 / classes (softmax), in [0, 1]
};
// Of each class by itself: labels 0 and 1, and logits, [batch, classes].
Output sigmoid_cross_entropy(const TensorLike& multi_class_labels, const TensorLike& logits,
                             const CrossEntropyOptions& options = {});
// Of each row: labels that are probabilities, and logits, [batch, classes]; weights are a scalar or [batch]. Labels get
// no gradient.
Output softmax_cross_entropy(const TensorLike& onehot_labels, const TensorLike& logits,
                             const CrossEntropyOptions& options = {});
// The same with the number of the class as label, int32 or int64, [batch].
Output sparse_softmax_cross_entropy(const TensorLike& labels, const TensorLike& logits,
                                    const LossOptions& options = {});

// Puts a loss into the collection.
void add_loss(const Output& loss, const std::optional<std::string>& loss_collection = GraphKeys::LOSSES);
// The losses whose names begin with `scope`; of layers' regularizers.
std::vector<Output> get_losses(const std::string& scope = "", const std::string& loss_collection = GraphKeys::LOSSES);
std::vector<Output> get_regularization_losses(const std::string& scope = "");
// Their sum; 0 where there is none.
Output get_regularization_loss(const std::string& scope = "", const std::string& name = "total_regularization_loss");
struct TotalLossOptions {
  bool add_regularization_losses = true;
  std::string name = "total_loss";
  std::string scope;
};
// The sum of all losses whose names begin with `scope`, a scalar. ValueError: there is none.
Output get_total_loss(const TotalLossOptions& options = {});

}  // namespace reflow::losses
