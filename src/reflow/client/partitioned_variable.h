#pragma once

// Variables that are kept in parts, each of which is a variable of its own: made by get_variable where a partitioner is
// given to it or to the scope.

#include <optional>
#include <string>
#include <vector>

#include "reflow/client/variable.h"
#include "reflow/client/variable_scope.h"

namespace reflow {

// At most `num_shards` parts along `axis`.
struct FixedSizePartitionerOptions {
  int axis = 0;
};
Partitioner fixed_size_partitioner(int num_shards, const FixedSizePartitionerOptions& options = {});

struct VariableAxisSizePartitionerOptions {
  int axis = 0;
  int bytes_per_string_element = 16;
  std::optional<int> max_shards;
};
// As few parts along `axis` as there can be of at most `max_shard_bytes`. ValueError: a number that isn't positive.
Partitioner variable_axis_size_partitioner(int64_t max_shard_bytes,
                                           const VariableAxisSizePartitionerOptions& options = {});

struct MinMaxVariablePartitionerOptions {
  int max_partitions = 1;
  int axis = 0;
  int64_t min_slice_size = 256 << 10;  // bytes
  int bytes_per_string_element = 16;
};
// As many parts along `axis` as there can be of at least `min_slice_size`, but no more than `max_partitions`.
Partitioner min_max_variable_partitioner(const MinMaxVariablePartitionerOptions& options = {});

// A variable of which is_partitioned() is true, as a list of its parts.
class PartitionedVariable {
 public:
  // ValueError: `variable` isn't partitioned.
  explicit PartitionedVariable(const Variable& variable);

  const Variable& variable() const { return variable_; }
  std::string name() const { return variable_.name(); }
  DType dtype() const { return variable_.dtype(); }
  const Shape& shape() const { return variable_.shape(); }
  size_t size() const { return variable_.parts().size(); }
  auto begin() const { return variable_.parts().begin(); }
  auto end() const { return variable_.parts().end(); }
  const Variable& operator[](size_t i) const { return variable_.parts()[i]; }
  // The number of parts along each dimension.
  const std::vector<int>& partitions() const;
  // All parts joined.
  Output as_tensor() const { return variable_.value(); }
  operator Output() const { return as_tensor(); }

  // Change all parts: `value` is split as they are, or is a list with a value for each.
  std::vector<Output> assign(const TensorLike& value, const AssignOptions& options = {}) const;
  std::vector<Output> assign_add(const TensorLike& value, const AssignOptions& options = {}) const;
  std::vector<Output> assign_sub(const TensorLike& value, const AssignOptions& options = {}) const;

 private:
  template <typename Assign>
  std::vector<Output> for_each_part(const TensorLike& value, Assign assign) const;
  Variable variable_;
};

namespace client {
// What `partitioner` says, checked. ValueError: the shape isn't known, or the partitions don't fit it.
std::vector<int> call_partitioner(const Partitioner& partitioner, const Shape& shape, DType dtype);
struct PartLayout {
  std::vector<int64_t> offset, shape;
};
// Where the parts are.
std::vector<PartLayout> part_layouts(const Shape& shape, const std::vector<int>& partitions);
}  // namespace client

struct CreatePartitionedVariablesOptions {
  DType dtype = float32;
  std::optional<bool> trainable;
  std::optional<std::vector<std::string>> collections;
  std::string name;
  std::optional<Reuse> reuse;
};
// The parts of a new variable that is split as `slicing` says, one number a dimension.
std::vector<Variable> create_partitioned_variables(const Shape& shape, const std::vector<int>& slicing,
                                                   const Initializer& initializer,
                                                   const CreatePartitionedVariablesOptions& options = {});

}  // namespace reflow
