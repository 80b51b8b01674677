// Looking up, changing, exporting and initializing tables, for both forms of handles.

#include <memory>
#include <string>

#include "reflow/op/op.h"
#include "reflow/ops/lookup/table.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// The inputs behind the handle have the types of the table.
// InvalidArgument: "Signature mismatch, have: resource, float, int64->int64 expected: resource, string, int64->int64".
Status check_signature(KernelContext& c, const LookupTable& table, bool has_result) {
  const DType expected[] = {table.key_type(), table.value_type()};
  std::string have, want;
  bool same = true;
  for (int i = 0; i < c.num_inputs(); ++i) {
    const bool is_resource = c.input(0).dtype() == DType::kResource;
    const std::string actual = i == 0 ? (is_resource ? "resource" : "string_ref") : dtype_spec_name(c.input(i).dtype());
    const std::string needed = i == 0 ? actual : dtype_spec_name(expected[i - 1]);
    have += (i > 0 ? ", " : "") + actual;
    want += (i > 0 ? ", " : "") + needed;
    same &= actual == needed;
  }
  if (same) return OkStatus();
  const std::string result = has_result ? dtype_spec_name(c.node().output_type(0)) : "";
  return invalid_argument("Signature mismatch, have: {}->{} expected: {}->{}", have, result, want,
                          has_result ? dtype_spec_name(table.value_type()) : "");
}

class TableFind : public Kernel {
 public:
  explicit TableFind(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<LookupTable> table, table_of(c));
    RETURN_IF_ERROR(check_signature(c, *table, true));
    const Tensor &keys = c.input(1), &otherwise = c.input(2);
    Shape shape;
    RETURN_IF_ERROR(table->values_shape_for(keys.shape(), &shape));
    if (!(otherwise.shape() == table->value_shape())) {
      return invalid_argument("Expected shape {} for default value, got {}", table->value_shape().str(),
                              otherwise.shape().str());
    }
    RETURN_IF_ERROR(c.allocate_output(0, shape));
    return table->find(keys, otherwise, &c.output(0));
  }
};

class TableInsert : public Kernel {
 public:
  explicit TableInsert(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<LookupTable> table, table_of(c));
    RETURN_IF_ERROR(check_signature(c, *table, false));
    if (!table->is_initializable()) RETURN_IF_ERROR(table->check_values(c.input(1), c.input(2)));
    return table->insert(c.input(1), c.input(2));
  }
};

class TableRemove : public Kernel {
 public:
  explicit TableRemove(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<LookupTable> table, table_of(c));
    RETURN_IF_ERROR(check_signature(c, *table, false));
    Shape shape;
    RETURN_IF_ERROR(table->values_shape_for(c.input(1).shape(), &shape));
    return table->remove(c.input(1));
  }
};

class TableSize : public Kernel {
 public:
  explicit TableSize(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<LookupTable> table, table_of(c));
    *c.output(0).data<int64_t>() = table->size();
    return OkStatus();
  }
};

class TableExport : public Kernel {
 public:
  explicit TableExport(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<LookupTable> table, table_of(c));
    if (c.node().output_type(0) != table->key_type() || c.node().output_type(1) != table->value_type()) {
      return invalid_argument("The table has {} and {}, not {} and {}", dtype_spec_name(table->key_type()),
                              dtype_spec_name(table->value_type()), dtype_spec_name(c.node().output_type(0)),
                              dtype_spec_name(c.node().output_type(1)));
    }
    Tensor keys, values;
    RETURN_IF_ERROR(table->export_all(&keys, &values));
    c.set_output(0, std::move(keys));
    c.set_output(1, std::move(values));
    return OkStatus();
  }
};

class TableImport : public Kernel {
 public:
  explicit TableImport(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<LookupTable> table, table_of(c));
    RETURN_IF_ERROR(check_signature(c, *table, false));
    RETURN_IF_ERROR(table->check_values(c.input(1), c.input(2)));
    return table->import(c.input(1), c.input(2));
  }
};

class InitializeTable : public Kernel {
 public:
  explicit InitializeTable(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<LookupTable> table, table_of(c));
    RETURN_IF_ERROR(check_initializable(c, *table));
    RETURN_IF_ERROR(check_signature(c, *table, false));
    const Tensor &keys = c.input(1), &values = c.input(2);
    if (keys.rank() != 1) return invalid_argument("Keys must be a vector, but received shape{}", keys.shape().str());
    if (values.rank() != 1) return invalid_argument("Values must be a vector, but received shape{}", values.shape().str());
    if (keys.num_elements() != values.num_elements()) {
      return invalid_argument("Keys and values must have the same size {} vs {}", keys.num_elements(), values.num_elements());
    }
    return table->initialize(keys, values);
  }

 private:
  static Status check_initializable(KernelContext& c, const LookupTable& table) {
    if (table.is_initializable()) return OkStatus();
    const Tensor& handle = c.input(0);
    const bool is_resource = handle.dtype() == DType::kResource;
    return invalid_argument(
        "Table {} {} is not initializable", is_resource ? handle.item<ResourceHandle>().container : handle.data<std::string>()[0],
        is_resource ? handle.item<ResourceHandle>().name : handle.data<std::string>()[1]);
  }
};

// What is known statically of the table: that of the op that makes it, found through ops that pass handles on.
struct TableData {
  DType key_type = DType::kInvalid, value_type = DType::kInvalid;  // kInvalid: nothing is known
  Shape key_shape, value_shape;
};

TableData table_data(const Node& reader) {
  const Node* node = reader.input(0).node;
  for (int steps = 0; steps < 64 && (node->type() == "Identity" || node->type() == "Enter"); ++steps) node = node->input(0).node;
  TableData data;
  const std::string& type = node->type();
  const bool is_dense = type == "MutableDenseHashTableV2";
  if (!is_dense && type != "MutableHashTableV2" && type != "MutableHashTableOfTensorsV2") return data;
  if (auto t = node->attr<DType>("key_dtype"); t.ok()) data.key_type = *t;
  if (auto t = node->attr<DType>("value_dtype"); t.ok()) data.value_type = *t;
  if (auto s = node->attr<Shape>("value_shape"); s.ok()) data.value_shape = *s;
  if (is_dense) data.key_shape = node->input(0).node->output_shape(node->input(0).index);
  return data;
}

// A handle is a scalar, a reference a vector of two strings.
Status handle_shape(ShapeContext& c) {
  if (c.concrete()) return OkStatus();
  Shape handle;
  if (base_type(c.node().input(0).dtype()) == DType::kResource) return c.with_rank(c.input(0), 0, &handle);
  RETURN_IF_ERROR(c.with_rank(c.input(0), 1, &handle));
  int64_t two;
  return c.with_value(handle.dim(0), 2, &two);
}

Status check_types(const TableData& table, DType key, DType value) {
  if (table.key_type == DType::kInvalid) return OkStatus();
  for (const auto& [have, want] : {std::pair{table.key_type, key}, std::pair{table.value_type, value}}) {
    if (have == want) continue;
    return invalid_argument("Trying to read value with wrong dtype. Expected {} got {}", dtype_spec_name(have),
                            dtype_spec_name(want));
  }
  return OkStatus();
}

Status find_shape(ShapeContext& c) {
  RETURN_IF_ERROR(handle_shape(c));
  if (c.concrete()) return unknown_shape(c);
  if (base_type(c.node().input(0).dtype()) != DType::kResource) {
    Shape otherwise;
    RETURN_IF_ERROR(c.with_rank_at_most(c.input(2), 1, &otherwise));
  }
  const TableData table = table_data(c.node());
  RETURN_IF_ERROR(check_types(table, c.attr_or("Tin", DType::kInvalid), c.attr_or("Tout", DType::kInvalid)));
  const Shape& keys = c.input(1);
  if (table.key_type == DType::kInvalid || !keys.known_rank() || !table.key_shape.known_rank()) return unknown_shape(c);
  const int outer = keys.rank() - table.key_shape.rank();
  if (outer < 0 || !keys.sub_shape(outer, keys.rank()).compatible_with(table.key_shape)) {
    return invalid_argument("Expected keys to have suffix {} but saw shape: {}", table.key_shape.str(), keys.str());
  }
  Shape values;
  RETURN_IF_ERROR(c.concatenate(keys.sub_shape(0, outer), table.value_shape, &values));
  c.set_output(0, std::move(values));
  return OkStatus();
}

Status remove_shape(ShapeContext& c) {
  RETURN_IF_ERROR(handle_shape(c));
  Shape keys;
  return c.concrete() ? OkStatus() : c.with_rank_at_least(c.input(1), 1, &keys);
}

Status size_shape(ShapeContext& c) {
  RETURN_IF_ERROR(handle_shape(c));
  return scalar_shape(c);
}

Status export_shape(ShapeContext& c) {
  RETURN_IF_ERROR(handle_shape(c));
  if (c.concrete()) return unknown_shape(c);
  const TableData table = table_data(c.node());
  RETURN_IF_ERROR(check_types(table, c.attr_or("Tkeys", DType::kInvalid), c.attr_or("Tvalues", DType::kInvalid)));
  c.set_output(0, Shape{Shape::kUnknown});
  Shape values = Shape::unknown();
  if (table.key_type != DType::kInvalid) {
    RETURN_IF_ERROR(c.concatenate(Shape{Shape::kUnknown}, table.value_shape, &values));
  }
  c.set_output(1, std::move(values));
  return OkStatus();
}

// Vectors of as many keys as values.
Status import_shape(ShapeContext& c) {
  RETURN_IF_ERROR(handle_shape(c));
  if (c.concrete()) return OkStatus();
  Shape keys, merged;
  RETURN_IF_ERROR(c.with_rank(c.input(1), 1, &keys));
  return c.merge(keys, c.input(2), &merged);
}

REFLOW_OP("LookupTableFind")
    .input("table_handle: Ref(string)")
    .input("keys: Tin")
    .input("default_value: Tout")
    .output("values: Tout")
    .attr("Tin: type")
    .attr("Tout: type")
    .doc("The values of `keys` in the table, `default_value` for those that aren't there.")
    .shape(find_shape)
    .kernel<TableFind>(kCpu)
    .not_differentiable();

REFLOW_OP("LookupTableFindV2")
    .input("table_handle: resource")
    .input("keys: Tin")
    .input("default_value: Tout")
    .output("values: Tout")
    .attr("Tin: type")
    .attr("Tout: type")
    .stateful()
    .doc("The values of `keys` in the table, `default_value` for those that aren't there.")
    .shape(find_shape)
    .kernel<TableFind>(kCpu)
    .not_differentiable();

REFLOW_OP("LookupTableInsert")
    .input("table_handle: Ref(string)")
    .input("keys: Tin")
    .input("values: Tout")
    .attr("Tin: type")
    .attr("Tout: type")
    .doc("Puts `keys` with `values` into the table, in the place of those that are there.")
    .shape(handle_shape)
    .kernel<TableInsert>(kCpu)
    .not_differentiable();

REFLOW_OP("LookupTableInsertV2")
    .input("table_handle: resource")
    .input("keys: Tin")
    .input("values: Tout")
    .attr("Tin: type")
    .attr("Tout: type")
    .stateful()
    .doc("Puts `keys` with `values` into the table, in the place of those that are there.")
    .shape(handle_shape)
    .kernel<TableInsert>(kCpu)
    .not_differentiable();

REFLOW_OP("LookupTableRemoveV2")
    .input("table_handle: resource")
    .input("keys: Tin")
    .attr("Tin: type")
    .stateful()
    .doc("Takes `keys` from the table; those that aren't there are ignored.")
    .shape(remove_shape)
    .kernel<TableRemove>(kCpu);

REFLOW_OP("LookupTableSize")
    .input("table_handle: Ref(string)")
    .output("size: int64")
    .doc("How many keys the table has.")
    .shape(size_shape)
    .kernel<TableSize>(kCpu)
    .not_differentiable();

REFLOW_OP("LookupTableSizeV2")
    .input("table_handle: resource")
    .output("size: int64")
    .stateful()
    .doc("How many keys the table has.")
    .shape(size_shape)
    .kernel<TableSize>(kCpu)
    .not_differentiable();

REFLOW_OP("LookupTableExport")
    .input("table_handle: Ref(string)")
    .output("keys: Tkeys")
    .output("values: Tvalues")
    .attr("Tkeys: type")
    .attr("Tvalues: type")
    .doc("All keys of the table, in no order, and their values.")
    .shape(export_shape)
    .kernel<TableExport>(kCpu)
    .sets_outputs();

REFLOW_OP("LookupTableExportV2")
    .input("table_handle: resource")
    .output("keys: Tkeys")
    .output("values: Tvalues")
    .attr("Tkeys: type")
    .attr("Tvalues: type")
    .stateful()
    .doc("All keys of the table, in no order, and their values.")
    .shape(export_shape)
    .kernel<TableExport>(kCpu)
    .sets_outputs();

REFLOW_OP("LookupTableImport")
    .input("table_handle: Ref(string)")
    .input("keys: Tin")
    .input("values: Tout")
    .attr("Tin: type")
    .attr("Tout: type")
    .doc("Replaces all that is in the table by `keys` and `values`.")
    .shape(import_shape)
    .kernel<TableImport>(kCpu);

REFLOW_OP("LookupTableImportV2")
    .input("table_handle: resource")
    .input("keys: Tin")
    .input("values: Tout")
    .attr("Tin: type")
    .attr("Tout: type")
    .stateful()
    .doc("Replaces all that is in the table by `keys` and `values`.")
    .shape(import_shape)
    .kernel<TableImport>(kCpu);

REFLOW_OP("InitializeTable")
    .input("table_handle: Ref(string)")
    .input("keys: Tkey")
    .input("values: Tval")
    .attr("Tkey: type")
    .attr("Tval: type")
    .doc("Fills a table that is initialized once with vectors of keys and values.")
    .shape(import_shape)
    .kernel<InitializeTable>(kCpu)
    .not_differentiable();

REFLOW_OP("InitializeTableV2")
    .input("table_handle: resource")
    .input("keys: Tkey")
    .input("values: Tval")
    .attr("Tkey: type")
    .attr("Tval: type")
    .stateful()
    .doc("Fills a table that is initialized once with vectors of keys and values.")
    .shape(import_shape)
    .kernel<InitializeTable>(kCpu)
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
