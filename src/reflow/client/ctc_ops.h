#pragma once

// Connectionist temporal classification: Graves and others, ICML 2006. Inputs are [time, batch, classes], logits; the
// last class is the blank.

#include <cstdint>
#include <string>
#include <vector>

#include "reflow/client/sparse_tensor.h"
#include "reflow/client/tensor_like.h"

namespace reflow::nn {

struct CtcLossOptions {
  bool preprocess_collapse_repeated = false;  // of labels
  bool ctc_merge_repeated = true;
  bool ignore_longer_outputs_than_inputs = false;  // their loss is 0, else the run fails
  bool time_major = true;                          // false: inputs are [batch, time, classes]
};
// The negative log-probabilities of the labels, [batch]. labels: int32, row b of example b, below classes - 1;
// sequence_length: int32, [batch]. InvalidArgumentError in the run: "Not enough time for target transition sequence
// ...".
Output ctc_loss(const SparseTensor& labels, const TensorLike& inputs, const TensorLike& sequence_length,
                const CtcLossOptions& options = {});

// Paths, the likeliest first, each int64 with the labels of example b in row b, and their log-probabilities [batch,
// paths].
struct CtcDecoded {
  std::vector<SparseTensor> decoded;
  Output log_probability;
};
struct CtcGreedyOptions {
  bool merge_repeated = true;
};
// The likeliest class at each time; repeated ones count once, and blanks not at all. log_probability: the negative sum
// of the largest logits, [batch, 1].
CtcDecoded ctc_greedy_decoder(const TensorLike& inputs, const TensorLike& sequence_length,
                              const CtcGreedyOptions& options = {});
struct CtcBeamOptions {
  int64_t beam_width = 100;
  int64_t top_paths = 1;
  bool merge_repeated = true;
};
// The top_paths likeliest of beam_width paths. InvalidArgumentError in the run: more paths than the beam is wide.
CtcDecoded ctc_beam_search_decoder(const TensorLike& inputs, const TensorLike& sequence_length,
                                   const CtcBeamOptions& options = {});
struct CtcBeamV2Options {
  int64_t beam_width = 100;
  int64_t top_paths = 1;
};
// The same with repeated classes kept.
CtcDecoded ctc_beam_search_decoder_v2(const TensorLike& inputs, const TensorLike& sequence_length,
                                      const CtcBeamV2Options& options = {});

}  // namespace reflow::nn
