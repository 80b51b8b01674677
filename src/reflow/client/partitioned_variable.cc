#include "reflow/client/partitioned_variable.h"

#include <algorithm>
#include <cmath>

#include "reflow/client/array_ops.h"
#include "reflow/client/python_text.h"
#include "reflow/client/scopes.h"
#include "reflow/client/status_errors.h"
#include "reflow/client/variable_state.h"

#include <fmt/format.h>

namespace reflow {
namespace {

// The number of parts along `axis`. IndexError: there is no such dimension.
int& along(std::vector<int>& partitions, int axis) {
  const int rank = static_cast<int>(partitions.size());
  if (axis < -rank || axis >= rank) throw IndexError("list index out of range");
  return partitions[axis < 0 ? axis + rank : axis];
}

std::string list_text(const std::vector<int>& list) { return fmt::format("[{}]", fmt::join(list, ", ")); }

int64_t element_size(DType dtype, int bytes_per_string_element) {
  return base_type(dtype) == DType::kString ? bytes_per_string_element : dtype_size(dtype);
}

// The dimension along which there are several parts, and their number.
std::pair<int, int> sliced_dimension(const std::vector<int>& partitions) {
  for (size_t d = 0; d < partitions.size(); ++d) {
    if (partitions[d] > 1) return {static_cast<int>(d), partitions[d]};
  }
  return {0, 1};
}

}  // namespace

Partitioner fixed_size_partitioner(int num_shards, const FixedSizePartitionerOptions& options) {
  return [=, axis = options.axis](const Shape& shape, DType) {
    std::vector<int> partitions(shape.rank(), 1);
    int& count = along(partitions, axis);
    count = static_cast<int>(std::min<int64_t>(num_shards, shape.dim(static_cast<int>(&count - partitions.data()))));
    return partitions;
  };
}

Partitioner variable_axis_size_partitioner(int64_t max_shard_bytes, const VariableAxisSizePartitionerOptions& options) {
  if (max_shard_bytes < 1 || options.bytes_per_string_element < 1) {
    throw ValueError("Both max_shard_bytes and bytes_per_string_element must be positive.");
  }
  if (options.max_shards && *options.max_shards < 1) throw ValueError("max_shards must be positive.");
  return [=](const Shape& shape, DType dtype) {
    std::vector<int> partitions(shape.rank(), 1);
    int& count = along(partitions, options.axis);
    const double length = static_cast<double>(shape.dim(static_cast<int>(&count - partitions.data())));
    if (length == 0) return partitions;
    const double bytes_per_slice = static_cast<double>(shape.num_elements()) / length *
                                   static_cast<double>(element_size(dtype, options.bytes_per_string_element));
    const double slices = std::max(1.0, std::floor(static_cast<double>(max_shard_bytes) / bytes_per_slice));
    int shards = static_cast<int>(std::ceil(length / slices));
    if (options.max_shards) shards = std::min(shards, *options.max_shards);
    count = shards;
    return partitions;
  };
}

Partitioner min_max_variable_partitioner(const MinMaxVariablePartitionerOptions& options) {
  return [=](const Shape& shape, DType dtype) {
    if (options.axis >= shape.rank()) {
      throw ValueError(fmt::format("Can not partition variable along axis {} when shape is only {}", options.axis,
                                   client::python_shape(shape)));
    }
    std::vector<int> partitions(shape.rank(), 1);
    int& count = along(partitions, options.axis);
    const double bytes =
        static_cast<double>(shape.num_elements() * element_size(dtype, options.bytes_per_string_element));
    const double wanted = std::ceil(bytes / static_cast<double>(options.min_slice_size));
    const int64_t length = shape.dim(static_cast<int>(&count - partitions.data()));
    const double possible = static_cast<double>(std::min<int64_t>(length, options.max_partitions));
    count = static_cast<int>(std::max(1.0, std::min(possible, wanted)));
    return partitions;
  };
}

namespace client {

std::vector<int> call_partitioner(const Partitioner& partitioner, const Shape& shape, DType dtype) {
  const std::string text = python_shape(shape);
  if (!shape.fully_defined()) {
    throw ValueError("Shape of a new partitioned variable must be fully defined, but instead was " + text + ".");
  }
  if (shape.rank() < 1) {
    throw ValueError("A partitioned Variable must have rank at least 1, shape: " + text);
  }
  const std::vector<int> partitions = partitioner(shape, dtype);
  if (static_cast<int>(partitions.size()) != shape.rank()) {
    throw ValueError(fmt::format("Partitioner returned a partition list that does not match the Variable's rank: {} vs. "
                                 "{}", list_text(partitions), text));
  }
  if (std::ranges::any_of(partitions, [](int p) { return p < 1; })) {
    throw ValueError("Partitioner returned zero partitions for some axes: " + list_text(partitions));
  }
  if (std::ranges::count_if(partitions, [](int p) { return p > 1; }) > 1) {
    throw ValueError(fmt::format("Can only slice a variable along one dimension: shape: {}, partitioning: {}", text,
                                 list_text(partitions)));
  }
  return partitions;
}

std::vector<PartLayout> part_layouts(const Shape& shape, const std::vector<int>& partitions) {
  const auto [axis, count] = sliced_dimension(partitions);
  const std::vector<int64_t> full(shape.begin(), shape.end());
  const int64_t least = full[axis] / count, longer = full[axis] % count;
  std::vector<PartLayout> layouts;
  PartLayout next{std::vector<int64_t>(full.size(), 0), full};
  for (int i = 0; i < count; ++i) {
    next.shape[axis] = least + (i < longer ? 1 : 0);
    layouts.push_back(next);
    next.offset[axis] += next.shape[axis];
  }
  return layouts;
}

Output join_parts(const VariableState& variable) {
  const control_dependencies lifted(nullptr);
  if (variable.parts.size() == 1) {
    const name_scope top(nullptr);
    return identity(variable.parts.front(), {variable.name});
  }
  Output joined;
  {
    const name_scope scope(variable.name + "/ConcatPartitions/");
    const TensorList parts(variable.parts.begin(), variable.parts.end());
    joined = concat(parts, sliced_dimension(variable.partitions).first);
  }
  const name_scope top(nullptr);
  return identity(joined, {variable.name});
}

}  // namespace client

std::string SaveSliceInfo::spec() const {
  std::string text;
  for (const int64_t size : full_shape) text += std::to_string(size) + " ";
  for (size_t i = 0; i < var_offset.size(); ++i) {
    text += fmt::format("{}{},{}", i == 0 ? "" : ":", var_offset[i], var_shape[i]);
  }
  return text;
}

PartitionedVariable::PartitionedVariable(const Variable& variable) : variable_(variable) {
  if (!variable.valid() || !variable.is_partitioned()) throw ValueError("A PartitionedVariable has parts.");
}

const std::vector<int>& PartitionedVariable::partitions() const { return variable_.state()->partitions; }

template <typename Assign>
std::vector<Output> PartitionedVariable::for_each_part(const TensorLike& value, Assign assign) const {
  TensorList values;
  if (const TensorLike::List* list = value.list()) {
    if (list->size() != size()) {
      throw ValueError(fmt::format("{} values for the {} parts of {}", list->size(), size(), name()));
    }
    values.assign(list->begin(), list->end());
  } else {
    const int axis = sliced_dimension(partitions()).first;
    std::vector<int32_t> sizes;
    for (const Variable& part : *this) sizes.push_back(static_cast<int32_t>(part.shape().dim(axis)));
    for (const Output& piece : split(value, sizes, {.axis = axis})) values.push_back(piece);
  }
  std::vector<Output> changed;
  for (size_t i = 0; i < size(); ++i) changed.push_back(assign((*this)[i], values[i]));
  return changed;
}

std::vector<Output> PartitionedVariable::assign(const TensorLike& value, const AssignOptions& options) const {
  return for_each_part(value, [&](const Variable& part, const TensorLike& v) { return part.assign(v, options); });
}
std::vector<Output> PartitionedVariable::assign_add(const TensorLike& value, const AssignOptions& options) const {
  return for_each_part(value, [&](const Variable& part, const TensorLike& v) { return part.assign_add(v, options); });
}
std::vector<Output> PartitionedVariable::assign_sub(const TensorLike& value, const AssignOptions& options) const {
  return for_each_part(value, [&](const Variable& part, const TensorLike& v) { return part.assign_sub(v, options); });
}

std::vector<Variable> create_partitioned_variables(const Shape& shape, const std::vector<int>& slicing,
                                                   const Initializer& initializer,
                                                   const CreatePartitionedVariablesOptions& options) {
  const variable_scope scope(nullptr, {.default_name = options.name.empty() ? "PartitionedVariable" : options.name,
                                       .reuse = options.reuse});
  const Variable variable = get_variable("", shape, {.dtype = options.dtype,
                                                     .initializer = initializer,
                                                     .trainable = options.trainable,
                                                     .collections = options.collections,
                                                     .partitioner = [&](const Shape&, DType) { return slicing; }});
  return variable.parts();
}

}  // namespace reflow
