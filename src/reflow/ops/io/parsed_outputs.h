#pragma once

#include <string_view>

#include "reflow/formats/example_parser.h"
#include "reflow/op/op.h"

namespace reflow::ops {

// Parsed features as the outputs of the ops that parse: indices, values and shapes of sparse ones, then dense ones. `*next`
// is the first output and becomes the one behind them.
void put_examples(op::KernelContext& c, formats::ParsedExamples parsed, int* next);

// The shapes of these outputs for features whose number is attribute `num_sparse` and whose shapes are attribute
// `dense_shapes`: sparse indices are [?, index_rank], dense ones `batch` + shape.
Status put_example_shapes(graph::ShapeContext& c, std::string_view num_sparse, std::string_view dense_shapes,
                          const Shape& batch, int64_t index_rank, int* next);
Status example_shapes(graph::ShapeContext& c, std::string_view num_sparse, std::string_view dense_shapes,
                      const Shape& batch, int64_t index_rank);

}  // namespace reflow::ops
