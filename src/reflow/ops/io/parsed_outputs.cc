#include "reflow/ops/io/parsed_outputs.h"

#include <utility>
#include <vector>

namespace reflow::ops {

void put_examples(op::KernelContext& c, formats::ParsedExamples parsed, int* next) {
  for (auto* group : {&parsed.sparse_indices, &parsed.sparse_values, &parsed.sparse_shapes, &parsed.dense_values}) {
    for (Tensor& tensor : *group) c.set_output((*next)++, std::move(tensor));
  }
}

Status put_example_shapes(graph::ShapeContext& c, std::string_view num_sparse, std::string_view dense_shapes,
                          const Shape& batch, int64_t index_rank, int* next) {
  ASSIGN_OR_RETURN(const int64_t n, c.attr<int64_t>(num_sparse));
  ASSIGN_OR_RETURN(const std::vector<Shape> shapes, c.attr<std::vector<Shape>>(dense_shapes));
  if (n < 0 || n > (c.num_outputs() - *next) / 3) return invalid_argument("len(sparse_keys) != len(sparse_types)");
  for (int64_t i = 0; i < n; ++i) c.set_output((*next)++, {Shape::kUnknown, index_rank});
  for (int64_t i = 0; i < n; ++i) c.set_output((*next)++, {Shape::kUnknown});
  for (int64_t i = 0; i < n; ++i) c.set_output((*next)++, {index_rank});
  for (const Shape& shape : shapes) {
    Shape value;
    RETURN_IF_ERROR(c.concatenate(batch, shape, &value));
    if (*next >= c.num_outputs()) return invalid_argument("There are more {} than outputs", dense_shapes);
    c.set_output((*next)++, std::move(value));
  }
  return OkStatus();
}

Status example_shapes(graph::ShapeContext& c, std::string_view num_sparse, std::string_view dense_shapes,
                      const Shape& batch, int64_t index_rank) {
  int next = 0;
  return put_example_shapes(c, num_sparse, dense_shapes, batch, index_rank, &next);
}

}  // namespace reflow::ops
