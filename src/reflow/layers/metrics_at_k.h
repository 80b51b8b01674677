#pragma once

// Streaming metrics of the k best predictions: how many of them are right, and how many of the labels they find. Labels
// are class numbers, int64: [..., labels], [...] where each row has one, or a SparseTensor of such rows.

#include <optional>
#include <string>
#include <vector>

#include "reflow/client/set_ops.h"
#include "reflow/layers/metrics.h"

namespace reflow::metrics {

using Labels = sets::SetLike;  // a tensor or a SparseTensor

struct AtKOptions {
  std::optional<int64_t> class_id;  // only this class counts
  TensorLike weights;               // of the rows; or a scalar
  std::vector<std::string> metrics_collections, updates_collections;
  std::string name;
};
// Of scores [..., classes], the k best: the share of labels among them, and the share of them that are labels.
Metric recall_at_k(const Labels& labels, const TensorLike& predictions, int k, const AtKOptions& options = {});
Metric precision_at_k(const Labels& labels, const TensorLike& predictions, int k, const AtKOptions& options = {});
inline Metric sparse_precision_at_k(const Labels& labels, const TensorLike& predictions, int k,
                                    const AtKOptions& options = {}) {
  return precision_at_k(labels, predictions, k, options);
}

struct AtTopKOptions {
  std::optional<int> k;  // for names
  std::optional<int64_t> class_id;
  TensorLike weights;
  std::vector<std::string> metrics_collections, updates_collections;
  std::string name;
};
// The same of class numbers [..., k], the best ones.
// ValueError: "Unexpected labels shape (2, 3, 4) for predictions shape (2, 3)."
Metric recall_at_top_k(const Labels& labels, const TensorLike& predictions_idx, const AtTopKOptions& options = {});
Metric precision_at_top_k(const Labels& labels, const TensorLike& predictions_idx, const AtTopKOptions& options = {});

// The mean of the precisions at each of the k best predictions that is right. ValueError: "Invalid k=0.".
Metric average_precision_at_k(const Labels& labels, const TensorLike& predictions, int k,
                              const MetricOptions& options = {});
inline Metric sparse_average_precision_at_k(const Labels& labels, const TensorLike& predictions, int k,
                                            const MetricOptions& options = {}) {
  return average_precision_at_k(labels, predictions, k, options);
}

}  // namespace reflow::metrics
