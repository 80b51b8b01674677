// The ops that make tables, or find those of their name: HashTable and its mutable relatives, in both forms of handles.

#include <memory>
#include <mutex>
#include <string>

#include "reflow/op/op.h"
#include "reflow/op/private_name.h"
#include "reflow/ops/lookup/table.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

enum class TableKind { kHash, kMutable, kMutableOfTensors, kMutableDense };

// The table is looked up, or made, when the op runs first. Without a name to share it is the kernel's own.
template <TableKind kKind, bool kIsResource>
class CreateTable : public Kernel {
 public:
  explicit CreateTable(KernelInit& c)
      : key_type_(c.attr<DType>("key_dtype")),
        value_type_(c.attr<DType>("value_dtype")),
        container_(c.attr<std::string>("container")),
        name_(c.attr<std::string>("shared_name")),
        node_name_(c.node().name()) {
    if (name_.empty() && c.attr<bool>("use_node_name_sharing")) name_ = node_name_;
    if constexpr (kKind == TableKind::kMutableOfTensors || kKind == TableKind::kMutableDense) {
      value_shape_ = c.attr<Shape>("value_shape");
    }
    if constexpr (kKind == TableKind::kMutableOfTensors) {
      if (value_shape_.rank() != 1) {
        c.fail(invalid_argument("Default value must be a vector, got shape {}", value_shape_.str()));
      }
      if (!value_shape_.fully_defined()) c.fail(invalid_argument("value_shape {} is not fully defined", value_shape_.str()));
    }
    if constexpr (kKind == TableKind::kMutableDense) {
      num_buckets_ = c.attr<int64_t>("initial_num_buckets");
      max_load_factor_ = c.attr<float>("max_load_factor");
    }
  }

  Status compute(KernelContext& c) override {
    const std::lock_guard lock(mutex_);
    if (table_ == nullptr) RETURN_IF_ERROR(find_or_make(c));
    if constexpr (kIsResource) {
      c.set_output(0, handle_);
    } else {
      c.set_output_ref(0, &reference_);
    }
    return OkStatus();
  }

 private:
  StatusOr<std::shared_ptr<LookupTable>> make(KernelContext& c) const {
    if constexpr (kKind == TableKind::kMutableDense) {
      if (c.num_inputs() < 2) return invalid_argument("Unknown input name: deleted_key");  // the first version's op lacks it
      return make_dense_hash_table(value_type_, value_shape_, c.input(0), c.input(1), num_buckets_, max_load_factor_);
    } else {
      return make_hash_table(key_type_, value_type_, value_shape_, kKind != TableKind::kHash);
    }
  }

  Status find_or_make(KernelContext& c) {
    if (name_.empty()) name_ = private_resource_name(node_name_);
    const std::string container = container_.empty() ? c.resources().default_container() : container_;
    ASSIGN_OR_RETURN(std::shared_ptr<LookupTable> table,
                     c.resources().lookup_or_create<LookupTable>(container, name_, [&] { return make(c); }));
    if (table->key_type() != key_type_ || table->value_type() != value_type_) {
      return invalid_argument("Conflicting key/value dtypes {}->{} with {}-{} for table {}", dtype_spec_name(key_type_),
                              dtype_spec_name(value_type_), dtype_spec_name(table->key_type()),
                              dtype_spec_name(table->value_type()), name_);
    }
    table_ = std::move(table);
    ResourceHandle handle;
    handle.device = c.env().device->name();
    handle.container = container;
    handle.name = name_;
    handle.type_name = LookupTable::kTypeName;
    handle.resource = table_;
    handle_ = Tensor::scalar(std::move(handle));
    reference_.tensor = Tensor::vector<std::string>({container, name_});
    return OkStatus();
  }

  DType key_type_, value_type_;
  std::string container_, name_, node_name_;
  Shape value_shape_;
  int64_t num_buckets_ = 0;
  float max_load_factor_ = 0;
  std::mutex mutex_;
  std::shared_ptr<LookupTable> table_;
  Tensor handle_;
  Variable reference_{DType::kString};
};

// A reference to the table's container and name.
Status reference_shape(ShapeContext& c) {
  c.set_output(0, Shape{2});
  return OkStatus();
}

Status dense_keys_shape(ShapeContext& c, Shape handle) {
  if (!c.concrete()) {
    Shape empty, deleted;
    RETURN_IF_ERROR(c.with_rank_at_most(c.input(0), 1, &empty));
    RETURN_IF_ERROR(c.with_rank_at_most(c.input(1), 1, &deleted));
  }
  c.set_output(0, std::move(handle));
  return OkStatus();
}
Status dense_handle_shape(ShapeContext& c) { return dense_keys_shape(c, Shape{}); }
Status dense_reference_shape(ShapeContext& c) { return dense_keys_shape(c, Shape{2}); }

// For OpBuilder::kernel, which takes templates of both types.
template <typename K, typename V>
using Hash = CreateTable<TableKind::kHash, false>;
template <typename K, typename V>
using HashV2 = CreateTable<TableKind::kHash, true>;
template <typename K, typename V>
using MutableHash = CreateTable<TableKind::kMutable, false>;
template <typename K, typename V>
using MutableHashV2 = CreateTable<TableKind::kMutable, true>;
template <typename K, typename V>
using MutableHashOfTensors = CreateTable<TableKind::kMutableOfTensors, false>;
template <typename K, typename V>
using MutableHashOfTensorsV2 = CreateTable<TableKind::kMutableOfTensors, true>;
template <typename K, typename V>
using MutableDense = CreateTable<TableKind::kMutableDense, false>;
template <typename K, typename V>
using MutableDenseV2 = CreateTable<TableKind::kMutableDense, true>;

constexpr Types<int32_t> kInt32Keys{};
constexpr Types<int64_t> kInt64Keys{};
constexpr Types<std::string> kStringKeys{};
// What TensorFlow's kernels have for keys of int32, and for the others.
constexpr Types<double, float, int32_t> kFewValues{};
constexpr Types<double, float, int32_t, int64_t> kValues{};

REFLOW_OP("HashTable")
    .output("table_handle: Ref(string)")
    .attr("container: string = ''")
    .attr("shared_name: string = ''")
    .attr("use_node_name_sharing: bool = false")
    .attr("key_dtype: type")
    .attr("value_dtype: type")
    .stateful()
    .doc("A table that is initialized once: a reference to its container and name.")
    .shape(reference_shape)
    .kernel<Hash>(kCpu, kInt32Keys, kFewValues + Types<std::string>{}, "key_dtype", "value_dtype")
    .kernel<Hash>(kCpu, kInt64Keys, kValues + Types<std::string>{}, "key_dtype", "value_dtype")
    .kernel<Hash>(kCpu, kStringKeys, kValues + Types<bool, std::string>{}, "key_dtype", "value_dtype")
    .sets_outputs()
    .not_differentiable();

REFLOW_OP("HashTableV2")
    .output("table_handle: resource")
    .attr("container: string = ''")
    .attr("shared_name: string = ''")
    .attr("use_node_name_sharing: bool = false")
    .attr("key_dtype: type")
    .attr("value_dtype: type")
    .stateful()
    .doc("A table that is initialized once: a handle. It is known by `shared_name`, or the kernel's own without one.")
    .shape(scalar_shape)
    .kernel<HashV2>(kCpu, kInt32Keys, kFewValues + Types<std::string>{}, "key_dtype", "value_dtype")
    .kernel<HashV2>(kCpu, kInt64Keys, kValues + Types<std::string>{}, "key_dtype", "value_dtype")
    .kernel<HashV2>(kCpu, kStringKeys, kValues + Types<bool, std::string>{}, "key_dtype", "value_dtype")
    .sets_outputs()
    .not_differentiable();

REFLOW_OP("MutableHashTable")
    .output("table_handle: Ref(string)")
    .attr("container: string = ''")
    .attr("shared_name: string = ''")
    .attr("use_node_name_sharing: bool = false")
    .attr("key_dtype: type")
    .attr("value_dtype: type")
    .stateful()
    .doc("An empty table that can be changed, with scalars as values: a reference to its container and name.")
    .shape(reference_shape)
    .kernel<MutableHash>(kCpu, kInt32Keys, kFewValues, "key_dtype", "value_dtype")
    .kernel<MutableHash>(kCpu, kInt64Keys, kValues + Types<std::string, Variant>{}, "key_dtype", "value_dtype")
    .kernel<MutableHash>(kCpu, kStringKeys, kValues + Types<bool>{}, "key_dtype", "value_dtype")
    .sets_outputs()
    .not_differentiable();

REFLOW_OP("MutableHashTableV2")
    .output("table_handle: resource")
    .attr("container: string = ''")
    .attr("shared_name: string = ''")
    .attr("use_node_name_sharing: bool = false")
    .attr("key_dtype: type")
    .attr("value_dtype: type")
    .stateful()
    .doc("An empty table that can be changed, with scalars as values: a handle.")
    .shape(scalar_shape)
    .kernel<MutableHashV2>(kCpu, kInt32Keys, kFewValues, "key_dtype", "value_dtype")
    .kernel<MutableHashV2>(kCpu, kInt64Keys, kValues + Types<std::string, Variant>{}, "key_dtype", "value_dtype")
    .kernel<MutableHashV2>(kCpu, kStringKeys, kValues + Types<bool>{}, "key_dtype", "value_dtype")
    .sets_outputs()
    .not_differentiable();

REFLOW_OP("MutableHashTableOfTensors")
    .output("table_handle: Ref(string)")
    .attr("container: string = ''")
    .attr("shared_name: string = ''")
    .attr("use_node_name_sharing: bool = false")
    .attr("key_dtype: type")
    .attr("value_dtype: type")
    .attr("value_shape: shape = {}")
    .stateful()
    .doc("An empty table that can be changed, with vectors as values: a reference to its container and name.")
    .shape(reference_shape)
    .kernel<MutableHashOfTensors>(kCpu, kInt32Keys, kFewValues, "key_dtype", "value_dtype")
    .kernel<MutableHashOfTensors>(kCpu, kInt64Keys, kValues + Types<std::string>{}, "key_dtype", "value_dtype")
    .kernel<MutableHashOfTensors>(kCpu, kStringKeys, kValues + Types<bool>{}, "key_dtype", "value_dtype")
    .sets_outputs()
    .not_differentiable();

REFLOW_OP("MutableHashTableOfTensorsV2")
    .output("table_handle: resource")
    .attr("container: string = ''")
    .attr("shared_name: string = ''")
    .attr("use_node_name_sharing: bool = false")
    .attr("key_dtype: type")
    .attr("value_dtype: type")
    .attr("value_shape: shape = {}")
    .stateful()
    .doc("An empty table that can be changed, with vectors as values: a handle.")
    .shape(scalar_shape)
    .kernel<MutableHashOfTensorsV2>(kCpu, kInt32Keys, kFewValues, "key_dtype", "value_dtype")
    .kernel<MutableHashOfTensorsV2>(kCpu, kInt64Keys, kValues + Types<std::string>{}, "key_dtype", "value_dtype")
    .kernel<MutableHashOfTensorsV2>(kCpu, kStringKeys, kValues + Types<bool>{}, "key_dtype", "value_dtype")
    .sets_outputs()
    .not_differentiable();

REFLOW_OP("MutableDenseHashTable")
    .input("empty_key: key_dtype")
    .output("table_handle: Ref(string)")
    .attr("container: string = ''")
    .attr("shared_name: string = ''")
    .attr("use_node_name_sharing: bool = false")
    .attr("key_dtype: type")
    .attr("value_dtype: type")
    .attr("value_shape: shape = {}")
    .attr("initial_num_buckets: int = 131072")
    .attr("max_load_factor: float = 0.800000011920929")
    .stateful()
    .doc("An empty table that can be changed, kept in two tensors; `empty_key` and `deleted_key` mark buckets and can't be "
         "keys. A reference to its container and name.")
    .shape(dense_reference_shape)
    .kernel<MutableDense>(kCpu, kInt32Keys, kFewValues, "key_dtype", "value_dtype")
    .kernel<MutableDense>(kCpu, kInt64Keys, kValues + Types<bool, Variant>{}, "key_dtype", "value_dtype")
    .kernel<MutableDense>(kCpu, kStringKeys, kValues + Types<bool>{}, "key_dtype", "value_dtype")
    .sets_outputs()
    .not_differentiable();

REFLOW_OP("MutableDenseHashTableV2")
    .input("empty_key: key_dtype")
    .input("deleted_key: key_dtype")
    .output("table_handle: resource")
    .attr("container: string = ''")
    .attr("shared_name: string = ''")
    .attr("use_node_name_sharing: bool = false")
    .attr("key_dtype: type")
    .attr("value_dtype: type")
    .attr("value_shape: shape = {}")
    .attr("initial_num_buckets: int = 131072")
    .attr("max_load_factor: float = 0.800000011920929")
    .stateful()
    .doc("An empty table that can be changed, kept in two tensors; `empty_key` and `deleted_key` mark buckets and can't be "
         "keys. A handle.")
    .shape(dense_handle_shape)
    .kernel<MutableDenseV2>(kCpu, kInt32Keys, kFewValues, "key_dtype", "value_dtype")
    .kernel<MutableDenseV2>(kCpu, kInt64Keys, kValues + Types<bool, Variant>{}, "key_dtype", "value_dtype")
    .kernel<MutableDenseV2>(kCpu, kStringKeys, kValues + Types<bool>{}, "key_dtype", "value_dtype")
    .sets_outputs()
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
