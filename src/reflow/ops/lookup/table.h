#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "reflow/base/status.h"
#include "reflow/op/kernel.h"
#include "reflow/op/resource_manager.h"
#include "reflow/tensor/tensor.h"

namespace reflow::ops {

// A table from keys to values that ops look up and change. Keys have key_shape(), values value_shape(); tensors of keys
// have any shape that ends with the former, the values that belong to them end with the latter instead. Thread-safe.
class LookupTable : public op::Resource {
 public:
  static constexpr std::string_view kTypeName = "N10tensorflow6lookup15LookupInterfaceE";
  LookupTable(DType key_type, DType value_type, Shape key_shape, Shape value_shape)
      : key_type_(key_type), value_type_(value_type), key_shape_(std::move(key_shape)), value_shape_(std::move(value_shape)) {}
  std::string debug_string() const override { return "A lookup table"; }

  DType key_type() const { return key_type_; }
  DType value_type() const { return value_type_; }
  const Shape& key_shape() const { return key_shape_; }
  const Shape& value_shape() const { return value_shape_; }

  virtual int64_t size() const = 0;
  // `values` is allocated; keys that aren't there get `otherwise`. FailedPrecondition: the table isn't initialized.
  virtual Status find(const Tensor& keys, const Tensor& otherwise, Tensor* values) const = 0;
  virtual Status insert(const Tensor& keys, const Tensor& values) = 0;
  virtual Status remove(const Tensor& keys) = 0;
  // Replaces all that is there.
  virtual Status import(const Tensor& keys, const Tensor& values) = 0;
  virtual Status export_all(Tensor* keys, Tensor* values) const = 0;
  // Fills a table that is made once. FailedPrecondition: it has been filled with other data already.
  virtual Status initialize(const Tensor& keys, const Tensor& values) = 0;
  virtual bool is_initializable() const { return false; }

  // The shape of the values for keys of `shape`. InvalidArgument: it doesn't end with the key's shape.
  Status values_shape_for(const Shape& shape, Shape* result) const;
  // InvalidArgument: "Expected shape [2] for value, got [1]".
  Status check_values(const Tensor& keys, const Tensor& values) const;

 private:
  DType key_type_, value_type_;
  Shape key_shape_, value_shape_;
};

// The table behind input 0: a resource handle, or a reference to a vector of container and name.
// NotFound, InvalidArgument: there is none.
StatusOr<std::shared_ptr<LookupTable>> table_of(op::KernelContext& c);

// HashTable, initialized once (`is_mutable` false), and the tables that change.
std::shared_ptr<LookupTable> make_hash_table(DType key_type, DType value_type, Shape value_shape, bool is_mutable);
// InvalidArgument: as of MutableDenseHashTable's attributes and inputs.
StatusOr<std::shared_ptr<LookupTable>> make_dense_hash_table(DType value_type, Shape value_shape, const Tensor& empty_key,
                                                             const Tensor& deleted_key, int64_t num_buckets,
                                                             float max_load_factor);

}  // namespace reflow::ops
