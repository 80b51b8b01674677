#include "reflow/graph/later_attributes.h"

#include <algorithm>
#include <vector>

namespace reflow::graph {
namespace {

struct LaterAttribute {
  std::string_view ops;  // is part of their names
  std::string_view attr;
  AttrValue value;  // not set: any
};

// The ops and values of TensorFlow 2.21.
const std::vector<LaterAttribute>& later_attributes() {
  static const auto* const table = new std::vector<LaterAttribute>{
      // Names, and notes for compilers.
      {"VarHandleOp", "debug_name", {}},
      {"Dataset", "metadata", {}},
      {"MatMul", "grad_a", {}},
      {"MatMul", "grad_b", {}},
      {"BatchMatMul", "grad_x", {}},
      {"BatchMatMul", "grad_y", {}},
      // A check that sound graphs pass.
      {"AssignVariableOp", "validate_shape", {}},
      // The way in which it was always done.
      {"VarHandleOp", "allowed_devices", EmptyList{}},
      {"Equal", "incompatible_shape_error", true},
      {"FusedBatchNorm", "exponential_avg_factor", 1.0f},
      {"Depthwise", "explicit_paddings", EmptyList{}},
      {"MaxPool", "explicit_paddings", EmptyList{}},
      {"GatherNd", "bad_indices_policy", ""},
      {"Scatter", "bad_indices_policy", ""},
      {"ApplyFtrl", "multiply_linear_by_lr", false},
      {"SparseSegment", "sparse_gradient", false},
      {"CTCGreedyDecoder", "blank_index", -1},
      {"InitializeTableFromTextFile", "offset", 0},
      {"MergeV2Checkpoints", "allow_missing_files", false},
      {"TensorListSetItem", "resize_if_index_out_of_bounds", false},
      {"TridiagonalSolve", "perturb_singular", false},
      {"Quantize", "axis", -1},
      {"Quantize", "narrow_range", false},
      {"Quantize", "ensure_minimum_range", 0.01f},
      {"Dequantize", "dtype", DType::kFloat32},
      {"quantize", "axis", -1},
      {"quantize", "narrow_range", false},
      {"DirectedInterleaveDataset", "stop_on_empty_dataset", false},
      {"IgnoreErrorsDataset", "log_warning", false},
      {"MapDataset", "force_synchronous", false},
      {"PrefetchDataset", "buffer_size_min", 0},
      {"RangeDataset", "replicate_on_split", false},
      {"ScanDataset", "use_default_device", true},
      {"ShuffleAndRepeatDataset", "reshuffle_each_iteration", true},
      {"SlidingWindowDataset", "drop_remainder", true},
      {"TensorSliceDataset", "is_files", false},
      {"TensorSliceDataset", "replicate_on_split", false},
      // The type that it always was.
      {"ConcatOffset", "shape_type", DType::kInt32},
      {"FFT", "Treal", DType::kFloat32},
      {"FFT", "Tcomplex", DType::kComplex64},
      {"SparseSegment", "Tsegmentids", DType::kInt32},
      {"TensorListGetItem", "Tshape", DType::kInt32},
      {"TopKV2", "Tk", DType::kInt32},
      {"TopKV2", "index_type", DType::kInt32},
  };
  return *table;
}

}  // namespace

bool changes_nothing(std::string_view op, std::string_view attr, const AttrValue& value) {
  return std::ranges::any_of(later_attributes(), [&](const LaterAttribute& later) {
    return later.attr == attr && op.find(later.ops) != std::string_view::npos && (!later.value.set() || later.value == value);
  });
}

}  // namespace reflow::graph
