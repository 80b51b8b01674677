// RaggedTensorToTensor: a ragged tensor filled up to a dense one.

#include <algorithm>
#include <string>

#include "reflow/op/elements.h"
#include "reflow/op/indices.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// How a partition tensor says which rows there are: their number, the row of each value, or where each row begins.
enum class Partition { kFirstDimSize, kValueRowIds, kRowSplits };

StatusOr<std::vector<Partition>> partitions_of(const std::vector<std::string>& names) {
  std::vector<Partition> types;
  for (const std::string& name : names) {
    if (name == "FIRST_DIM_SIZE") types.push_back(Partition::kFirstDimSize);
    else if (name == "VALUE_ROWIDS") types.push_back(Partition::kValueRowIds);
    else if (name == "ROW_SPLITS") types.push_back(Partition::kRowSplits);
    else return invalid_argument("Unknown string for partition info type: {}", name);
  }
  return types;
}

// A shape as the text of its message.
std::string shape_text(const Shape& shape) {
  if (!shape.known_rank()) return "unknown_rank: true\n";
  std::string text;
  for (const int64_t d : shape.dims()) text += fmt::format("dim {{\n  size: {}\n}}\n", d);
  return text;
}

// What `shape` says of the result of values with so many levels of rows above them.
Status combined_shape(int64_t levels, const Shape& shape, const Shape& values, Shape* out) {
  *out = shape;
  if (!values.known_rank()) return OkStatus();
  if (!shape.known_rank()) *out = Shape::unknown_of_rank(static_cast<int>(levels) + values.rank());
  if (levels + values.rank() != out->rank()) {
    return invalid_argument("Value shape ({}), ragged_rank({}) and shape({}) do not have a consistent number of dimensions",
                            shape_text(values), levels, shape_text(*out));
  }
  for (int i = 1; i < values.rank(); ++i) {
    const int at = out->rank() - values.rank() + i;
    if (values.dim(i) < 0) continue;
    if (out->dim(at) >= 0 && out->dim(at) != values.dim(i)) return invalid_argument("Value and shape dimension are inconsistent.");
    out->set_dim(at, values.dim(i));
  }
  return OkStatus();
}

Status check_default(const Shape& default_value, const Shape& values) {
  if (!default_value.known_rank() || !values.known_rank()) return OkStatus();
  if (default_value.rank() > values.rank()) {
    return invalid_argument("default_value_shape must have no more dimensions than the value. default_value_shape: {} default_value_shape"
                            ".dim_size: {} value_shape: {} value_shape.dim_size: {}", shape_text(default_value), default_value.rank(),
                            shape_text(values), values.rank());
  }
  for (int i = 0; i < std::min(default_value.rank(), values.rank() - 1); ++i) {
    const int64_t a = default_value.dim(i), b = values.dim(i + 1);
    if (a < 0 || b < 0 || a == 1 || a == b) continue;
    return invalid_argument("default_value_shape and value_shape do not match on dimension {}", i);
  }
  return OkStatus();
}

constexpr int kShape = 0, kValues = 1, kDefault = 2, kFirstPartition = 3;

// Levels of rows: the number of rows is none.
int64_t levels_of(const std::vector<Partition>& types) {
  return static_cast<int64_t>(types.size()) - (!types.empty() && types[0] == Partition::kFirstDimSize ? 1 : 0);
}

Status to_tensor_shape(ShapeContext& c) {
  ASSIGN_OR_RETURN(const auto names, c.attr<std::vector<std::string>>("row_partition_types"));
  ASSIGN_OR_RETURN(const std::vector<Partition> types, partitions_of(names));
  const int num_partitions = c.num_inputs() - kFirstPartition;
  if (num_partitions != static_cast<int>(types.size())) {
    return invalid_argument("Number of row partition tensors ({}) does not equal the number of row partition types({}).", num_partitions,
                            types.size());
  }
  if (std::find(types.begin() + (types.empty() ? 0 : 1), types.end(), Partition::kFirstDimSize) != types.end()) {
    return invalid_argument("FIRST_DIM_SIZE must be first");
  }
  for (int i = 0; i < num_partitions; ++i) {
    Shape checked;
    RETURN_IF_ERROR(c.with_rank(c.input(kFirstPartition + i), types[i] == Partition::kFirstDimSize ? 0 : 1, &checked));
  }
  const Shape& values = c.input(kValues);
  RETURN_IF_ERROR(check_default(c.input(kDefault), values));
  Shape wanted = Shape::unknown(), out;
  // A scalar has to be -1, which who asks for the shape that it stands for is told.
  if (!c.concrete() && c.input(kShape).rank() == 0) (void)c.value_as_shape(kShape, &out);
  if (c.input(kShape).rank() == 1) {
    if (c.input(kShape).dim(0) >= 0) {
      wanted = Shape::unknown_of_rank(static_cast<int>(c.input(kShape).dim(0)));
      RETURN_IF_ERROR(combined_shape(levels_of(types), wanted, values, &out));
    }
    RETURN_IF_ERROR(c.value_as_shape(kShape, &wanted));
  }
  RETURN_IF_ERROR(combined_shape(levels_of(types), wanted, values, &out));
  c.set_output(0, std::move(out));
  return OkStatus();
}

class RaggedTensorToTensor : public Kernel {
 public:
  explicit RaggedTensorToTensor(KernelInit& c) {
    auto types = partitions_of(c.attr<std::vector<std::string>>("row_partition_types"));
    if (types.ok()) types_ = *std::move(types);
    else c.fail(types.status());
  }

  Status compute(KernelContext& c) override {
    const Tensor &values = c.input(kValues), &default_value = c.input(kDefault);
    if (types_.empty()) return invalid_argument("No row_partition_types given.");
    ASSIGN_OR_RETURN(const int64_t rows, first_size(c));
    Shape shape, wanted = Shape::unknown();
    if (c.input(kShape).rank() == 1) RETURN_IF_ERROR(shape_from_tensor(c.input(kShape), &wanted));
    RETURN_IF_ERROR(combined_shape(levels_of(types_), wanted, values.shape(), &shape));
    const int levels = static_cast<int>(levels_of(types_));
    if (shape.dim(0) < 0) shape.set_dim(0, rows);
    for (int level = 1; level <= levels; ++level) {
      if (shape.dim(level) < 0) shape.set_dim(level, longest_row(c, level - 1));
    }
    ASSIGN_OR_RETURN(Tensor out, allocate_tensor(values.dtype(), shape));
    RETURN_IF_ERROR(fill(default_value, levels, out));
    RETURN_IF_ERROR(put_values(c, rows, levels, out));
    c.set_output(0, std::move(out));
    return OkStatus();
  }

 private:
  const Tensor& partition(KernelContext& c, int level) const {
    return c.input(kFirstPartition + level + (types_[0] == Partition::kFirstDimSize ? 1 : 0));
  }
  Partition type(int level) const { return types_[level + (types_[0] == Partition::kFirstDimSize ? 1 : 0)]; }

  StatusOr<int64_t> first_size(KernelContext& c) const {
    const Tensor& first = c.input(kFirstPartition);
    switch (types_[0]) {
      case Partition::kFirstDimSize: {
        const int64_t rows = IndexReader(first)[0];
        if (rows < 0) return invalid_argument("The number of rows must not be negative, got {}", rows);
        return rows;
      }
      case Partition::kValueRowIds: return invalid_argument("Cannot handle VALUE_ROWIDS in first dimension.");
      case Partition::kRowSplits: break;
    }
    if (first.num_elements() == 0) return invalid_argument("Invalid first partition input. Tensor requires at least one element.");
    return first.num_elements() - 1;
  }

  // Of splits that may be any numbers.
  static int64_t difference(int64_t a, int64_t b) { return static_cast<int64_t>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b)); }
  int64_t longest_row(KernelContext& c, int level) const {
    const IndexReader reader(partition(c, level));
    int64_t longest = 0, begin = 0;
    if (type(level) == Partition::kRowSplits) {
      for (int64_t i = 1; i < reader.size(); ++i) longest = std::max(longest, difference(reader[i], reader[i - 1]));
      return longest;
    }
    for (int64_t i = 1; i <= reader.size(); ++i) {
      if (i < reader.size() && reader[i] == reader[begin]) continue;
      longest = std::max(longest, i - begin);
      begin = i;
    }
    return longest;
  }

  // `default_value`, broadcast to one value, everywhere.
  static Status fill(const Tensor& default_value, int levels, Tensor& out) {
    const int inner = out.rank() - 1 - levels, added = inner - default_value.rank();
    if (added < 0) return invalid_argument("default_value must have no more dimensions than a value");
    for (int k = 0; k < default_value.rank(); ++k) {
      const int64_t size = default_value.dim(k);
      if (size == 1 || size == out.dim(1 + levels + added + k)) continue;
      const std::string shape = default_value.shape().str();
      return invalid_argument("Incompatible shapes: {} vs. {}", shape, shape);  // TensorFlow names it twice
    }
    return with_element(out.dtype(), [&]<typename E>() -> Status {
      const E* from = static_cast<const E*>(default_value.raw_data());
      E* to = static_cast<E*>(out.raw_data());
      for (int64_t i = 0; i < out.num_elements(); ++i) {
        int64_t at = 0, stride = 1, rest = i;
        for (int d = out.rank() - 1, k = default_value.rank() - 1; k >= 0; --d, --k) {
          if (default_value.dim(k) != 1) at += rest % out.dim(d) * stride;
          rest /= out.dim(d);
          stride *= default_value.dim(k);
        }
        to[i] = from[at];
      }
      return OkStatus();
    });
  }

  // Level by level where each row begins in the output, counted in values; -1: beyond it.
  Status put_values(KernelContext& c, int64_t rows, int levels, Tensor& out) const {
    const Tensor& values = c.input(kValues);
    std::vector<int64_t> step(levels + 1, 1), places;
    for (int level = levels - 1; level >= 0; --level) {
      // Of an empty output nothing is used, and this may be beyond all numbers.
      step[level] = static_cast<int64_t>(static_cast<uint64_t>(step[level + 1]) * static_cast<uint64_t>(out.dim(level + 1)));
    }
    // The first rows are as many as a number says: they aren't listed.
    const auto first_place = [&](int64_t row) { return row < out.dim(0) ? row * step[0] : -1; };
    int64_t count = rows;
    for (int level = 0; level < levels; ++level) {
      const auto place_of = [&](int64_t row) { return level == 0 ? first_place(row) : places[row]; };
      ASSIGN_OR_RETURN(places, places_below(c, level, count, place_of, step[level + 1], out.dim(level + 1)));
      count = static_cast<int64_t>(places.size());
    }
    if (count != values.dim(0)) return invalid_argument("The row partitions have {} values, but there are {}", count, values.dim(0));
    const int64_t n = values.dim(0) == 0 ? 0 : values.num_elements() / values.dim(0), bytes = n * dtype_size(out.dtype());
    const CopyElementsFn copy = copy_elements_fn(out.dtype());
    for (int64_t i = 0; i < count && n > 0; ++i) {
      const int64_t place = levels == 0 ? first_place(i) : places[i];
      if (place < 0) continue;
      copy(static_cast<char*>(out.raw_data()) + place * bytes, static_cast<const char*>(values.raw_data()) + i * bytes, n);
    }
    return OkStatus();
  }

  template <typename PlaceOf>
  StatusOr<std::vector<int64_t>> places_below(KernelContext& c, int level, int64_t rows, const PlaceOf& place_of, int64_t step,
                                              int64_t width) const {
    const IndexReader reader(partition(c, level));
    std::vector<int64_t> below;
    const auto put = [&](int64_t row, int64_t column) {
      const int64_t place = place_of(row);
      below.push_back(place < 0 || column >= width ? -1 : place + column * step);
    };
    if (type(level) == Partition::kRowSplits) {
      if (reader.size() - 1 > rows) {
        return invalid_argument("Row partition size is greater than output size: {} > {}", reader.size() - 1, rows);
      }
      for (int64_t row = 0; row + 1 < reader.size(); ++row) {
        const int64_t length = difference(reader[row + 1], reader[row]);
        if (length < 0 || length > c.input(kValues).num_elements() + partition_elements(c)) return invalid_argument("Invalid row split size.");
        for (int64_t column = 0; column < length; ++column) put(row, column);
      }
      return below;
    }
    for (int64_t i = 0, column = 0; i < reader.size(); ++i) {
      column = i > 0 && reader[i] == reader[i - 1] ? column + 1 : 0;
      if (reader[i] < 0 || reader[i] >= rows) {
        return invalid_argument("Got {}={} which is not less than {}", i == 0 ? "current_value_rowid" : "next_value_rowid", reader[i], rows);
      }
      put(reader[i], column);
    }
    return below;
  }

  // No level has more rows than these: what says so is wrong, and isn't to take all of the memory.
  static int64_t partition_elements(KernelContext& c) {
    int64_t n = 0;
    for (int i = kFirstPartition; i < c.num_inputs(); ++i) n += c.input(i).num_elements();
    return n;
  }

  std::vector<Partition> types_;
};

REFLOW_OP("RaggedTensorToTensor")
    .input("shape: Tshape")
    .input("values: T")
    .input("default_value: T")
    .input("row_partition_tensors: num_row_partition_tensors * Tindex")
    .output("result: T")
    .attr("T: type")
    .attr("Tindex: {int64, int32}")
    .attr("Tshape: {int64, int32}")
    .attr("num_row_partition_tensors: int >= 1")
    .attr("row_partition_types: list(string)")
    .doc("The ragged tensor with these values as a dense one: rows are cut off, or filled up with `default_value`, to `shape`, or where "
         "that is -1 to the longest of them.")
    .shape(to_tensor_shape)
    .kernel<RaggedTensorToTensor>(kCpu)
    .sets_outputs();

}  // namespace
}  // namespace reflow::ops
