// RaggedTensorToVariant and RaggedTensorFromVariant: ragged tensors as single values, for functions that map over their rows.

#include <string>

#include "reflow/op/elements.h"
#include "reflow/op/op.h"
#include "reflow/ops/ragged/row_splits.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

struct Ragged {
  std::vector<RowSplits> splits;  // from the outside inwards
  Tensor values;
  int64_t num_rows() const { return splits.empty() ? values.dim(0) : static_cast<int64_t>(splits[0].size()) - 1; }
};

Variant variant_of(Ragged ragged) { return Variant::of("RaggedTensor", std::move(ragged)); }

Tensor copied_rows(const Tensor& values, int64_t begin, int64_t end) { return values.rows(begin, end).copy(); }

class ToVariant : public Kernel {
 public:
  explicit ToVariant(KernelInit& c)
      : levels_(static_cast<int>(c.attr<int64_t>("RAGGED_RANK"))), by_rows_(c.attr<bool>("batched_input")) {}

  Status compute(KernelContext& c) override {
    const Tensor& values = c.input(levels_);
    if (values.rank() == 0) return invalid_argument("Values tensor must not be scalar");
    ASSIGN_OR_RETURN(std::vector<RowSplits> nested, nested_splits_at(c, 0, levels_, values.dim(0)));
    if (!by_rows_) {
      c.set_output(0, Tensor::scalar(variant_of({std::move(nested), values.retained()})));
      return OkStatus();
    }
    const int64_t rows = static_cast<int64_t>(nested[0].size()) - 1;
    Tensor encoded(DType::kVariant, Shape{rows});
    for (int64_t row = 0; row < rows; ++row) {
      Ragged part;
      int64_t begin = nested[0][row], end = nested[0][row + 1];
      for (int level = 1; level < levels_; ++level) {
        RowSplits splits(nested[level].begin() + begin, nested[level].begin() + end + 1);
        begin = splits.front();
        end = splits.back();
        for (int64_t& split : splits) split -= begin;
        part.splits.push_back(std::move(splits));
      }
      part.values = copied_rows(values, begin, end);
      encoded.data<Variant>()[row] = variant_of(std::move(part));
    }
    c.set_output(0, std::move(encoded));
    return OkStatus();
  }

 private:
  const int levels_;
  const bool by_rows_;
};

class FromVariant : public Kernel {
 public:
  explicit FromVariant(KernelInit& c)
      : in_levels_(c.attr<int64_t>("input_ragged_rank")),
        out_levels_(c.attr<int64_t>("output_ragged_rank")),
        type_(c.attr<DType>("Tvalues")),
        splits_type_(c.attr<DType>("Tsplits")) {}

  Status compute(KernelContext& c) override {
    const Tensor& encoded = c.input(0);
    const int64_t in_levels = in_levels_ >= 0 ? in_levels_ : out_levels_ - encoded.rank();
    if (in_levels < 0) {
      return invalid_argument("Inferred input_ragged_rank (output_ragged_rank - encoded_variant.dims()) must be >= 0, found "
                              "output_ragged_rank: {}, encoded_variant.dims(): {}, inferred input_ragged_rank: {}", out_levels_,
                              encoded.rank(), in_levels);
    }
    if (out_levels_ != in_levels + encoded.rank()) {
      return invalid_argument("output_ragged_rank must be equal to input_ragged_rank +encoded_ragged.dims(); output_ragged_rank: {}, "
                              "input_ragged_rank: {}, encoded_variant.dims(): {}.", out_levels_, in_levels, encoded.rank());
    }
    std::vector<const Ragged*> parts;
    for (int64_t i = 0; i < encoded.num_elements(); ++i) {
      const Ragged* part = encoded.data<Variant>()[i].get<Ragged>();
      if (part == nullptr) return invalid_argument("Input Variant element at index {} doesn't hold a Tensor: {}", i, encoded.debug_string());
      if (part->values.dtype() != type_) {
        return invalid_argument("Expected values Tensor dtype: {}, found: {}", dtype_spec_name(type_), dtype_spec_name(part->values.dtype()));
      }
      if (static_cast<int64_t>(part->splits.size()) != in_levels) {
        return invalid_argument("Encoded input Variant must hold a ragged tensor of ragged rank {}, found {}", in_levels, part->splits.size());
      }
      parts.push_back(part);
    }
    return put(c, encoded.shape(), parts, static_cast<int>(in_levels));
  }

 private:
  Status put(KernelContext& c, const Shape& shape, const std::vector<const Ragged*>& parts, int in_levels) const {
    int output = 0;
    const auto put_splits = [&](const RowSplits& splits) -> Status {
      ASSIGN_OR_RETURN(Tensor value, splits_tensor(splits, splits_type_));
      c.set_output(output++, std::move(value));
      return OkStatus();
    };
    // The dimensions of the variants but the last are rows of equal lengths, the last has rows of what the parts hold.
    int64_t rows = 1;
    for (int d = 0; d + 1 < shape.rank(); ++d) {
      rows *= shape.dim(d);
      RowSplits splits(rows + 1);
      for (int64_t i = 0; i <= rows; ++i) splits[i] = i * shape.dim(d + 1);
      RETURN_IF_ERROR(put_splits(splits));
    }
    if (shape.rank() > 0) {
      RowSplits splits{0};
      for (const Ragged* part : parts) splits.push_back(splits.back() + part->num_rows());
      RETURN_IF_ERROR(put_splits(splits));
    }
    for (int level = 0; level < in_levels; ++level) {
      RowSplits splits{0};
      for (const Ragged* part : parts) {
        const int64_t offset = splits.back();
        for (size_t i = 1; i < part->splits[level].size(); ++i) splits.push_back(offset + part->splits[level][i]);
      }
      RETURN_IF_ERROR(put_splits(splits));
    }
    Shape all = parts.empty() ? Shape{0} : parts[0]->values.shape();
    int64_t count = 0;
    for (size_t i = 0; i < parts.size(); ++i) {
      Shape row = parts[i]->values.shape();
      count += row.dim(0);
      row.set_dim(0, all.dim(0));
      if (!(row == all)) {
        return invalid_argument("All flat_values must have compatible shapes.  Shape at index 0: {}.  Shape at index {}: {}", all.str(),
                                i, parts[i]->values.shape().str());
      }
    }
    all.set_dim(0, count);
    ASSIGN_OR_RETURN(Tensor values, allocate_tensor(type_, all));
    const CopyElementsFn copy = copy_elements_fn(type_);
    char* to = static_cast<char*>(values.raw_data());
    for (const Ragged* part : parts) {
      copy(to, part->values.raw_data(), part->values.num_elements());
      to += part->values.size_bytes();
    }
    c.set_output(output, std::move(values));
    return OkStatus();
  }

  const int64_t in_levels_, out_levels_;
  const DType type_, splits_type_;
};

Status to_variant_shape(ShapeContext& c) {
  ASSIGN_OR_RETURN(const int64_t levels, c.attr<int64_t>("RAGGED_RANK"));
  ASSIGN_OR_RETURN(const bool by_rows, c.attr<bool>("batched_input"));
  Shape checked;
  RETURN_IF_ERROR(c.with_rank_at_least(c.input(static_cast<int>(levels)), 1, &checked));
  for (int i = static_cast<int>(levels) - 1; i >= 0; --i) RETURN_IF_ERROR(c.with_rank(c.input(i), 1, &checked));
  if (!by_rows) {
    c.set_output(0, Shape{});
    return OkStatus();
  }
  const int64_t splits = checked.known_rank() ? checked.dim(0) : -1;
  c.set_output(0, Shape{splits > 0 ? splits - 1 : -1});
  return OkStatus();
}

Status from_variant_shape(ShapeContext& c) {
  ASSIGN_OR_RETURN(const int64_t in_levels, c.attr<int64_t>("input_ragged_rank"));
  ASSIGN_OR_RETURN(const int64_t out_levels, c.attr<int64_t>("output_ragged_rank"));
  Shape checked;
  if (out_levels > Shape::kMaxRank) return invalid_argument("output_ragged_rank {} is more than shapes have", out_levels);
  if (!c.concrete() && in_levels >= 0) RETURN_IF_ERROR(c.with_rank(c.input(0), static_cast<int>(out_levels - in_levels), &checked));
  for (int i = 0; i < static_cast<int>(out_levels); ++i) c.set_output(i, Shape{-1});
  c.set_output(static_cast<int>(out_levels), Shape::unknown());
  return OkStatus();
}

REFLOW_OP("RaggedTensorToVariant")
    .input("rt_nested_splits: RAGGED_RANK * Tsplits")
    .input("rt_dense_values: Tvalues")
    .output("encoded_ragged: variant")
    .attr("RAGGED_RANK: int >= 1")
    .attr("Tvalues: type")
    .attr("Tsplits: {int32, int64}")
    .attr("batched_input: bool")
    .doc("The ragged tensor with these splits and values as one value, or if `batched_input` each of its rows as one.")
    .shape(to_variant_shape)
    .kernel<ToVariant>(kCpu)
    .sets_outputs()
    .not_differentiable();

REFLOW_OP("RaggedTensorFromVariant")
    .input("encoded_ragged: variant")
    .output("output_nested_splits: output_ragged_rank * Tsplits")
    .output("output_dense_values: Tvalues")
    .attr("input_ragged_rank: int >= -1")
    .attr("output_ragged_rank: int >= 1")
    .attr("Tvalues: type")
    .attr("Tsplits: {int32, int64}")
    .doc("A ragged tensor of those that RaggedTensorToVariant made values of: the dimensions of `encoded_ragged` are its outer rows.")
    .shape(from_variant_shape)
    .kernel<FromVariant>(kCpu)
    .sets_outputs();

}  // namespace
}  // namespace reflow::ops
