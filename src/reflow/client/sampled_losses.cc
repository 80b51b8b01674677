#include "reflow/client/sampled_losses.h"

#include <utility>
#include <vector>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/embedding_ops.h"
#include "reflow/client/graph.h"
#include "reflow/client/indexing.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/nn_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/scopes.h"

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

// Of the true classes and of sampled ones, both [batch, num_true + num_sampled].
LogitsAndLabels compute_sampled_logits(const SampledLossOptions& options) {
  const name_scope scope(options.name, "compute_sampled_logits");
  Output labels = client::convert(options.labels, DType::kInvalid, "labels");
  const Output inputs = client::convert(options.inputs, DType::kInvalid, "inputs");
  if (labels.dtype() != DType::kInt64) labels = cast(labels, int64);
  const Output labels_flat = reshape(labels, std::vector<int>{-1});
  const Seeds seeds = get_seed(options.seed);
  graph::Node* sampler = client::make_op("LogUniformCandidateSampler", "", {labels},
                                         {{"num_true", options.num_true},
                                          {"num_sampled", options.num_sampled},
                                          {"unique", true},
                                          {"range_max", options.num_classes},
                                          {"seed", seeds.seed},
                                          {"seed2", seeds.seed2}});
  std::vector<Output> sampled;
  for (const Output& output : client::all_outputs(sampler)) sampled.push_back(stop_gradient(output));
  const Output all_ids = concat({labels_flat, sampled[0]}, 0);
  const nn::EmbeddingLookupOptions lookup{.partition_strategy = options.partition_strategy};

  const Output all_w = embedding_lookup(options.weights, all_ids, lookup);
  const Output true_w = slice(all_w, std::vector<int>{0, 0}, stack({shape(labels_flat)[0], -1}));
  const Output sampled_w = slice(all_w, stack({shape(labels_flat)[0], 0}), std::vector<int>{-1, -1});
  Output sampled_logits = matmul(inputs, sampled_w, {.transpose_b = true});

  const Output all_b = embedding_lookup(options.biases, all_ids, lookup);
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
  true_logits = true_logits - log(sampled[1]);
  sampled_logits = sampled_logits - log(sampled[2]);
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

}  // namespace reflow::nn
