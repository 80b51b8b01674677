#include "reflow/client/ctc_ops.h"

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"

namespace reflow::nn {

using client::make_op;

Output ctc_loss(const SparseTensor& labels, const TensorLike& inputs, const TensorLike& sequence_length,
                const CtcLossOptions& options) {
  const TensorLike in_time = options.time_major ? inputs : TensorLike(transpose(inputs, std::vector<int>{1, 0, 2}));
  graph::Node* node = make_op("CTCLoss", "", {in_time, labels.indices, labels.values, sequence_length},
                              {{"preprocess_collapse_repeated", options.preprocess_collapse_repeated},
                               {"ctc_merge_repeated", options.ctc_merge_repeated},
                               {"ignore_longer_outputs_than_inputs", options.ignore_longer_outputs_than_inputs}});
  return Output(node, 0);
}

CtcDecoded ctc_greedy_decoder(const TensorLike& inputs, const TensorLike& sequence_length,
                              const CtcGreedyOptions& options) {
  graph::Node* node =
      make_op("CTCGreedyDecoder", "", {inputs, sequence_length}, {{"merge_repeated", options.merge_repeated}});
  return {{SparseTensor(Output(node, 0), Output(node, 1), Output(node, 2))}, Output(node, 3)};
}

CtcDecoded ctc_beam_search_decoder(const TensorLike& inputs, const TensorLike& sequence_length,
                                   const CtcBeamOptions& options) {
  graph::Node* node = make_op("CTCBeamSearchDecoder", "", {inputs, sequence_length},
                              {{"beam_width", options.beam_width},
                               {"top_paths", options.top_paths},
                               {"merge_repeated", options.merge_repeated}});
  const int paths = static_cast<int>(options.top_paths);
  CtcDecoded result;
  for (int i = 0; i < paths; ++i) {
    result.decoded.emplace_back(Output(node, i), Output(node, paths + i), Output(node, 2 * paths + i));
  }
  result.log_probability = Output(node, 3 * paths);
  return result;
}

CtcDecoded ctc_beam_search_decoder_v2(const TensorLike& inputs, const TensorLike& sequence_length,
                                      const CtcBeamV2Options& options) {
  return ctc_beam_search_decoder(
      inputs, sequence_length,
      {.beam_width = options.beam_width, .top_paths = options.top_paths, .merge_repeated = false});
}

}  // namespace reflow::nn
