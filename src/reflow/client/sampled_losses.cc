#include "reflow/client/sampled_losses.h"

#include <utility>
#include <vector>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/embedding_ops.h"
#include "reflow/client/indexing.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/nn_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/scopes.h"
#include "reflow/client/sparse_ops.h"

namespace reflow::nn {
namespace {

// The sum of each row, as a product with a vector of ones.
Output sum_rows(const Output& x) {
  const Output columns = shape(x)[1];
  const Output all_ones = ones(stack({columns, 1}), {.dtype = x.dtype()});
  return reshape(matmul(x, all_ones), std::vector<int>{-1});
}

struct LogitsAndLabels {
  Output logits, labels;
};

// The logits with a very negative number added where what was sampled is true.
Output without_hits(const Output& sampled_logits, const Output& labels, const Output& sampled,
                    const SampledLossOptions& options) {
  const AccidentalHits hits = compute_accidental_hits(labels, sampled, options.num_true);
  const std::vector<int> column{-1, 1};
  const Output rows = reshape(hits.indices, column);
  const Output columns = reshape(cast(hits.ids, int32), column);
  const Output places = concat({rows, columns}, 1, {"sparse_indices"});
  const Output batch = shape(labels)[Slice({}, 1)];
  const Output dims = concat({batch, expand_dims(options.num_sampled, 0)}, 0);
  const Output weights = cast(hits.weights, sampled_logits.dtype());
  return sampled_logits + sparse_to_dense(places, dims, weights, {.default_value = 0.0, .validate_indices = false});
}

// Of the true classes and of sampled ones, both [batch, num_true + num_sampled].
LogitsAndLabels compute_sampled_logits(const SampledLossOptions& options) {
  const name_scope scope(options.name, "compute_sampled_logits");
  Output labels = client::convert(options.labels, DType::kInvalid, "labels");
  const Output inputs = client::convert(options.inputs, DType::kInvalid, "inputs");
  if (labels.dtype() != DType::kInt64) labels = cast(labels, int64);
  const Output labels_flat = reshape(labels, std::vector<int>{-1});
  const random::SampledCandidates drawn =
      options.sampled_values ? *options.sampled_values
                             : random::log_uniform_candidate_sampler(labels, options.num_true, options.num_sampled, true,
                                                                     options.num_classes, {.seed = options.seed});
  const Output sampled = stop_gradient(drawn.sampled_candidates);
  const Output true_expected_count = stop_gradient(drawn.true_expected_count);
  const Output sampled_expected_count = stop_gradient(drawn.sampled_expected_count);
  const Output all_ids = concat({labels_flat, sampled}, 0);
  const auto rows_of = [&](const TensorLike& table) {
    return cast(embedding_lookup(table, all_ids, {.partition_strategy = options.partition_strategy}), inputs.dtype());
  };

  const Output all_w = rows_of(options.weights);
  const Output true_w = slice(all_w, std::vector<int>{0, 0}, stack({shape(labels_flat)[0], -1}));
  const Output sampled_w = slice(all_w, stack({shape(labels_flat)[0], 0}), std::vector<int>{-1, -1});
  Output sampled_logits = matmul(inputs, sampled_w, {.transpose_b = true});

  const Output all_b = rows_of(options.biases);
  Output true_b = slice(all_b, std::vector<int>{0}, shape(labels_flat));
  const Output sampled_b = slice(all_b, shape(labels_flat), std::vector<int>{-1});

  const Output dim = shape(true_w)[Slice(1, 2)];
  const Output new_shape = concat({TensorLike(std::vector<int64_t>{-1, options.num_true}), dim}, 0);
  const Output columns = expand_dims(inputs, 1);  // before the other argument: nodes are numbered in the order of their making
  const Output products = multiply(columns, reshape(true_w, new_shape));
  const Output rows = reshape(products, concat({TensorLike(std::vector<int64_t>{-1}), dim}, 0));
  const std::vector<int64_t> per_example{-1, options.num_true};
  Output true_logits = reshape(sum_rows(rows), per_example);
  true_b = reshape(true_b, per_example);
  true_logits = true_logits + true_b;
  sampled_logits = sampled_logits + sampled_b;
  if (options.remove_accidental_hits.value_or(false)) sampled_logits = without_hits(sampled_logits, labels, sampled, options);
  true_logits = true_logits - log(true_expected_count);
  sampled_logits = sampled_logits - log(sampled_expected_count);
  const Output logits = concat({true_logits, sampled_logits}, 1);
  const Output targets = ones_like(true_logits) / static_cast<double>(options.num_true);
  return {logits, concat({targets, zeros_like(sampled_logits)}, 1)};
}

}  // namespace

Output nce_loss(const SampledLossOptions& given) {
  SampledLossOptions options = given;
  if (options.name.empty()) options.name = "nce_loss";
  const LogitsAndLabels sampled = compute_sampled_logits(options);
  return sum_rows(sigmoid_cross_entropy_with_logits(
      {.labels = sampled.labels, .logits = sampled.logits, .name = "sampled_losses"}));
}

Output sampled_softmax_loss(const SampledLossOptions& given) {
  SampledLossOptions options = given;
  if (options.name.empty()) options.name = "sampled_softmax_loss";
  options.remove_accidental_hits = given.remove_accidental_hits.value_or(true);
  const LogitsAndLabels sampled = compute_sampled_logits(options);
  const Output labels = stop_gradient(sampled.labels, {"labels_stop_gradient"});
  return softmax_cross_entropy_with_logits_v2({.labels = labels, .logits = sampled.logits});
}

}  // namespace reflow::nn
