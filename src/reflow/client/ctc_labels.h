#pragma once

// Labels of connectionist temporal classification, dense: [batch, labels]; and its loss for another class of blanks.

#include <cstdint>
#include <string>

#include "reflow/client/sparse_tensor.h"
#include "reflow/client/tensor_like.h"

namespace reflow::nn {

struct CollapsedLabels {
  Output labels, seq_length;
};
// Without repetitions of labels that follow each other, with zeros behind; and their new lengths.
CollapsedLabels collapse_repeated(const TensorLike& labels, const TensorLike& seq_length,
                                  const NameOptions& options = {});
struct UniqueLabels {
  Output unique, indices;
};
// The different labels of each row with zeros behind, int64; and where in them each label is, int32.
UniqueLabels ctc_unique_labels(const TensorLike& labels, const NameOptions& options = {});

struct CtcLossV2Options {
  bool logits_time_major = true;  // logits are [time, batch, classes]; false: [batch, time, classes]
  std::string name;
};
// ctc_loss where class `blank_index` (negative: from the back) is the blank.
Output ctc_loss_v2(const SparseTensor& labels, const TensorLike& logits, const TensorLike& logit_length,
                   int64_t blank_index, const CtcLossV2Options& options = {});
// Of dense labels of these lengths.
Output ctc_loss_v2(const TensorLike& labels, const TensorLike& logits, const TensorLike& label_length,
                   const TensorLike& logit_length, int64_t blank_index = 0, const CtcLossV2Options& options = {});

}  // namespace reflow::nn
