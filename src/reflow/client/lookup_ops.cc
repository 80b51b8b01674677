#include "reflow/client/lookup_ops.h"

#include <fmt/format.h>

#include <array>
#include <random>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/collections.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/older_names.h"
#include "reflow/client/operators.h"
#include "reflow/client/python_text.h"
#include "reflow/client/scopes.h"
#include "reflow/client/string_ops.h"
#include "reflow/graph/graph.h"
#include "reflow/graph/scope.h"

namespace reflow {

Operation tables_initializer(const std::string& name) {
  const std::vector<Operation> initializers = get_collection<Operation>(GraphKeys::TABLE_INITIALIZERS);
  if (initializers.empty()) return no_op(name);
  return group(std::vector<GraphElement>(initializers.begin(), initializers.end()), {name});
}

}  // namespace reflow

namespace reflow::lookup {

using client::apply_op;
using client::convert;
using client::make_op;
using client::python_dtype;

namespace {

// A name that no other table has: a random UUID.
std::string unique_name() {
  std::random_device random;
  std::array<uint32_t, 4> bits;
  for (uint32_t& word : bits) word = random();
  bits[1] = (bits[1] & 0xffff0fff) | 0x4000;
  bits[2] = (bits[2] & 0x3fffffff) | 0x80000000;
  return fmt::format("hash_table_{:08x}-{:04x}-{:04x}-{:04x}-{:04x}{:08x}", bits[0], bits[1] >> 16, bits[1] & 0xffff,
                     bits[2] >> 16, bits[2] & 0xffff, bits[3]);
}

// `make` outside of conds, loops and control dependencies.
Output lifted(const std::function<Output()>& make) {
  const control_dependencies none(nullptr);
  return make();
}

bool within_control_flow() { return get_default_graph().impl().scope().context != nullptr; }

// "b" of "a/b" and "a/b/".
std::string last_part(std::string name) {
  while (name.ends_with('/')) name.pop_back();
  return name.substr(name.rfind('/') + 1);
}

void check_key_type(const Output& keys, DType wanted) {
  if (base_type(keys.dtype()) != wanted) {
    throw TypeError(fmt::format("Signature mismatch. Keys must be dtype {}, got {}.", python_dtype(wanted),
                                python_dtype(keys.dtype())));
  }
}

// A tensor of a table's initializer. Within a cond or loop: outside of it.
Output table_content(const TensorLike& values, DType dtype, const char* name) {
  if (values.output() || !within_control_flow()) return convert(values, dtype, name);
  return lifted([&] { return convert(values, dtype, name); });
}

}  // namespace

KeyValueTensorInitializer::KeyValueTensorInitializer(const Content& content, const std::string& name)
    : TableInitializer(base_type(content.keys.dtype()), base_type(content.values.dtype())),
      keys_(content.keys),
      values_(content.values),
      name_(name) {}

KeyValueTensorInitializer::KeyValueTensorInitializer(const TensorLike& keys, const TensorLike& values,
                                                     const KeyValueOptions& options)
    : KeyValueTensorInitializer(Content{table_content(keys, options.key_dtype, "keys"),
                                        table_content(values, options.value_dtype, "values")},
                                options.name) {}

Operation KeyValueTensorInitializer::initialize(const Output& table) const {
  const name_scope scope(name_);
  const Operation op(make_op("LookupTableImportV2", "", {table, keys_, values_}));
  add_to_collection(GraphKeys::TABLE_INITIALIZERS, op);
  return op;
}

namespace {

void check_column(int64_t index, DType dtype, const char* what, const char* what_capital, bool numbers) {
  if (index < -2) throw ValueError(fmt::format("Invalid {} index {}.", what, index));
  if (index == TextFileIndex::LINE_NUMBER && dtype != int64) {
    throw ValueError(fmt::format("Signature mismatch. {}s must be dtype {}, got {}.", what_capital,
                                 python_dtype(int64), python_dtype(dtype)));
  }
  if (index == TextFileIndex::WHOLE_LINE && dtype != string && !(numbers && is_integer(dtype))) {
    if (numbers) {
      throw ValueError("Signature mismatch. Keys must be integer or string, got " + python_dtype(dtype) + ".");
    }
    throw ValueError(fmt::format("Signature mismatch. Values must be dtype {}, got {}.", python_dtype(string),
                                 python_dtype(dtype)));
  }
}

}  // namespace

TextFileInitializer::TextFileInitializer(const TensorLike& filename, DType key_dtype, int64_t key_index,
                                         DType value_dtype, int64_t value_index, const TextFileOptions& options)
    : TableInitializer(key_dtype, value_dtype),
      filename_argument_(filename),
      key_index_(key_index),
      value_index_(value_index),
      options_(options) {
  const auto* text = std::get_if<std::string>(&filename.value());
  if (filename.is_none() || (text && text->empty())) throw ValueError("Filename required for " + options.name + ".");
  check_column(key_index, key_dtype, "key", "Key", true);
  check_column(value_index, value_dtype, "value", "Value", false);
  if (options.vocab_size && *options.vocab_size <= 0) {
    throw ValueError(fmt::format("Invalid vocab_size {}.", *options.vocab_size));
  }
  filename_ = lifted([&] {
    const device cpu("CPU");
    return convert(filename, string, "asset_path");
  });
}

Operation TextFileInitializer::initialize(const Output& table) const {
  const name_scope scope(options_.name, "text_file_init");
  const Operation op(make_op("InitializeTableFromTextFileV2", "", {table, filename_},
                             {{"key_index", key_index_},
                              {"value_index", value_index_},
                              {"vocab_size", options_.vocab_size.value_or(-1)},
                              {"delimiter", options_.delimiter}}));
  add_to_collection(GraphKeys::TABLE_INITIALIZERS, op);
  if (filename_.op().type() == "Const") add_to_collection(GraphKeys::ASSET_FILEPATHS, filename_);
  return op;
}

std::string TextFileInitializer::shared_name() const {
  const auto* text = std::get_if<std::string>(&filename_argument_.value());
  const std::string file = text ? *text : client::python_tensor(filename_);
  const std::string size = options_.vocab_size ? fmt::format("_{}", *options_.vocab_size) : "";
  return fmt::format("hash_table_{}{}_{}_{}", file, size, key_index_, value_index_);
}

StaticHashTable::StaticHashTable(const TableInitializer& initializer, const TensorLike& default_value,
                                 const NameOptions& options)
    : key_dtype_(initializer.key_dtype()), value_dtype_(initializer.value_dtype()) {
  std::string shared_name = initializer.shared_name();
  if (shared_name.empty()) shared_name = unique_name();
  default_value_ = convert(default_value, value_dtype_, "");
  if (default_value_.shape().known_rank() && default_value_.shape().rank() != 0) {
    throw ValueError(fmt::format("Shapes {} and () are not compatible", client::python_shape(default_value_.shape())));
  }
  handle_ = lifted([&] {
    return apply_op("HashTableV2", options.name.empty() ? "hash_table" : options.name, {},
                    {{"shared_name", shared_name}, {"key_dtype", key_dtype_}, {"value_dtype", value_dtype_}});
  });
  name_ = last_part(handle_.op().name());
  std::optional<control_dependencies> outside;
  if (within_control_flow()) outside.emplace(nullptr);
  initializer_ = initializer.initialize(handle_);
}

Output StaticHashTable::find(const Output& keys, const std::string& name) const {
  const name_scope scope(name, name_ + "_Lookup");
  const Output values = apply_op("LookupTableFindV2", "", {handle_, keys, default_value_});
  values.set_shape(keys.shape());
  return values;
}

Output StaticHashTable::lookup(const TensorLike& keys_like, const NameOptions& options) const {
  const Output keys = convert(keys_like, keys_like.output() ? DType::kInvalid : key_dtype_, "keys");
  check_key_type(keys, key_dtype_);
  return find(keys, options.name);
}

SparseTensor StaticHashTable::lookup_sparse(const SparseTensor& keys, const NameOptions& options) const {
  check_key_type(keys.values, key_dtype_);
  return SparseTensor(keys.indices, find(keys.values, options.name), keys.dense_shape);
}

Output StaticHashTable::size(const NameOptions& options) const {
  const name_scope scope(options.name, name_ + "_Size");
  return apply_op("LookupTableSizeV2", "", {handle_});
}

StaticHashTable::Content StaticHashTable::export_(const NameOptions& options) const {
  const name_scope scope(options.name, name_ + "_Export");
  graph::Node* node =
      make_op("LookupTableExportV2", "", {handle_}, {{"Tkeys", key_dtype_}, {"Tvalues", value_dtype_}});
  const Content content{Output(node, 0), Output(node, 1)};
  content.values.set_shape(content.keys.shape());
  return content;
}

namespace {

void check_buckets(int64_t num_oov_buckets) {
  if (num_oov_buckets <= 0) throw ValueError("oov_buckets must be > 0.");
}

void check_vocabulary(const TableInitializer& table, DType key_dtype) {
  if (table.key_dtype() != int64 && table.key_dtype() != string) {
    throw TypeError("Invalid key dtype, expected one of (tf.int64, tf.string), but got " + python_dtype(key_dtype) + ".");
  }
  if (is_integer(table.key_dtype()) != is_integer(key_dtype)) {
    throw TypeError(fmt::format("Invalid key dtype, expected {} but got {}.",
                                is_integer(key_dtype) ? "integer" : "non-integer", python_dtype(table.key_dtype())));
  }
  if (table.value_dtype() != int64) {
    throw TypeError(fmt::format("Invalid value dtype, expected {} but got {}.", python_dtype(int64),
                                python_dtype(table.value_dtype())));
  }
  if (!is_integer(key_dtype) && key_dtype != string) {
    throw TypeError("Invalid key_dtype, expected integer or string, got " + python_dtype(key_dtype) + ".");
  }
}

}  // namespace

StaticVocabularyTable::StaticVocabularyTable(const TableInitializer& initializer, int64_t num_oov_buckets,
                                             const VocabularyOptions& options)
    : num_oov_buckets_(num_oov_buckets),
      key_dtype_(options.lookup_key_dtype == DType::kInvalid ? initializer.key_dtype() : options.lookup_key_dtype) {
  check_buckets(num_oov_buckets);
  check_vocabulary(initializer, key_dtype_);
  table_.emplace(initializer, -1);
  name_ = last_part(options.name.empty() ? table_->name() : options.name);
}

StaticVocabularyTable::StaticVocabularyTable(std::nullopt_t, int64_t num_oov_buckets, const VocabularyOptions& options)
    : num_oov_buckets_(num_oov_buckets), key_dtype_(string) {
  check_buckets(num_oov_buckets);
  name_ = last_part(options.name.empty() ? "hash_bucket" : options.name);
}

Output StaticVocabularyTable::find(const Output& given, const std::string& name) const {
  const Output keys = table_ && table_->key_dtype() == int64 ? cast(given, int64) : given;
  const name_scope scope(name, name_ + "_Lookup");
  const Output words = base_type(keys.dtype()) == string ? keys : as_string(keys);
  const Output bucket = string_to_hash_bucket_fast(words, num_oov_buckets_, {"hash_bucket"});
  if (!table_) return bucket;
  const Output ids = table_->lookup(keys);
  const Output behind = add(bucket, table_->size());
  const Output known = not_equal(ids, table_->default_value());
  return where_v2(known, ids, behind);
}

Output StaticVocabularyTable::lookup(const TensorLike& keys_like, const NameOptions& options) const {
  const Output keys = convert(keys_like, keys_like.output() ? DType::kInvalid : key_dtype_, "keys");
  check_key_type(keys, key_dtype_);
  return find(keys, options.name);
}

SparseTensor StaticVocabularyTable::lookup_sparse(const SparseTensor& keys, const NameOptions& options) const {
  check_key_type(keys.values, key_dtype_);
  return SparseTensor(keys.indices, find(keys.values, options.name), keys.dense_shape);
}

Output StaticVocabularyTable::size(const NameOptions& options) const {
  const name_scope scope(options.name, name_ + "_Size");
  const Output words = table_ ? table_->size() : convert(0, int64, "");
  return words + num_oov_buckets_;
}

Operation StaticVocabularyTable::initializer() const {
  if (table_) return table_->initializer();
  const name_scope scope(nullptr, "init");
  return no_op();
}

}  // namespace reflow::lookup
