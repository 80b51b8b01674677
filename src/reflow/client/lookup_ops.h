#pragma once

// tf.lookup: tables of keys and values that the session keeps. Run tables_initializer() first, which fills them.

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "reflow/client/sparse_tensor.h"
#include "reflow/client/tensor_like.h"

namespace reflow {

// The operation that fills all tables of the graph; it does nothing where there are none.
Operation tables_initializer(const std::string& name = "init_all_tables");
inline Operation initialize_all_tables(const std::string& name = "init_all_tables") { return tables_initializer(name); }

}  // namespace reflow

namespace reflow::initializers {

using reflow::tables_initializer;

}  // namespace reflow::initializers

namespace reflow::lookup {

// What fills a table. Belongs to the graph that was the default when it was made.
class TableInitializer {
 public:
  virtual ~TableInitializer() = default;
  DType key_dtype() const { return key_dtype_; }
  DType value_dtype() const { return value_dtype_; }
  // The operation that fills the table of this handle. It is in the collection TABLE_INITIALIZERS.
  virtual Operation initialize(const Output& table) const = 0;
  // Of tables that it fills; "": each has a name of its own.
  virtual std::string shared_name() const { return ""; }

 protected:
  TableInitializer(DType key_dtype, DType value_dtype) : key_dtype_(key_dtype), value_dtype_(value_dtype) {}

 private:
  DType key_dtype_, value_dtype_;
};

struct KeyValueOptions {
  DType key_dtype = DType::kInvalid, value_dtype = DType::kInvalid;  // default: those of the tensors
  std::string name = "key_value_init";
};
// Vectors of keys and of values.
class KeyValueTensorInitializer final : public TableInitializer {
 public:
  KeyValueTensorInitializer(const TensorLike& keys, const TensorLike& values, const KeyValueOptions& options = {});
  Operation initialize(const Output& table) const override;

 private:
  struct Content {
    Output keys, values;
  };
  KeyValueTensorInitializer(const Content& content, const std::string& name);
  Output keys_, values_;
  std::string name_;
};

// What of a line is taken, if not a column.
struct TextFileIndex {
  static constexpr int64_t WHOLE_LINE = -2, LINE_NUMBER = -1;
};
struct TextFileOptions {
  std::optional<int64_t> vocab_size;  // so many lines; default: all
  std::string delimiter = "\t";
  std::string name = "text_file_init";
};
// Columns of a file, its lines or their numbers. The file goes into a SavedModel as an asset.
// ValueError: "Signature mismatch. Keys must be dtype <dtype: 'int64'>, got ...", "Invalid key index -3.".
class TextFileInitializer final : public TableInitializer {
 public:
  TextFileInitializer(const TensorLike& filename, DType key_dtype, int64_t key_index, DType value_dtype,
                      int64_t value_index, const TextFileOptions& options = {});
  Operation initialize(const Output& table) const override;
  std::string shared_name() const override;

 private:
  TensorLike filename_argument_;
  Output filename_;
  int64_t key_index_, value_index_;
  TextFileOptions options_;
};

// A table that isn't changed once it is filled. A handle.
class StaticHashTable {
 public:
  // `default_value` is that of keys that aren't there.
  StaticHashTable(const TableInitializer& initializer, const TensorLike& default_value, const NameOptions& options = {});

  // The values of keys. TypeError: "Signature mismatch. Keys must be dtype ..., got ...".
  Output lookup(const TensorLike& keys, const NameOptions& options = {}) const;
  // A template, so that lists are never taken for the parts of a sparse tensor.
  template <std::same_as<SparseTensor> Sparse>
  SparseTensor lookup(const Sparse& keys, const NameOptions& options = {}) const {
    return lookup_sparse(keys, options);
  }
  // The number of keys.
  Output size(const NameOptions& options = {}) const;
  struct Content {
    Output keys, values;
  };
  // All of them. `export` is a word of C++.
  Content export_(const NameOptions& options = {}) const;

  // The operation that fills this table.
  const Operation& initializer() const { return initializer_; }
  const Output& resource_handle() const { return handle_; }
  const Output& default_value() const { return default_value_; }
  DType key_dtype() const { return key_dtype_; }
  DType value_dtype() const { return value_dtype_; }
  const std::string& name() const { return name_; }

 private:
  SparseTensor lookup_sparse(const SparseTensor& keys, const NameOptions& options) const;
  Output find(const Output& keys, const std::string& name) const;
  DType key_dtype_, value_dtype_;
  Output default_value_, handle_;
  std::string name_;
  Operation initializer_;
};

struct VocabularyOptions {
  DType lookup_key_dtype = DType::kInvalid;  // of keys that are looked up; default: those of the table
  std::string name;
};
// The ids of words; unknown words get those of num_oov_buckets buckets behind them. A handle.
class StaticVocabularyTable {
 public:
  // ValueError: "oov_buckets must be > 0.". TypeError: the ids aren't int64.
  StaticVocabularyTable(const TableInitializer& initializer, int64_t num_oov_buckets,
                        const VocabularyOptions& options = {});
  // Buckets only, of strings.
  StaticVocabularyTable(std::nullopt_t, int64_t num_oov_buckets, const VocabularyOptions& options = {});

  Output lookup(const TensorLike& keys, const NameOptions& options = {}) const;
  template <std::same_as<SparseTensor> Sparse>
  SparseTensor lookup(const Sparse& keys, const NameOptions& options = {}) const {
    return lookup_sparse(keys, options);
  }
  // The number of words and buckets.
  Output size(const NameOptions& options = {}) const;
  // The operation that fills the table.
  Operation initializer() const;
  DType key_dtype() const { return key_dtype_; }
  DType value_dtype() const { return int64; }
  const std::string& name() const { return name_; }

 private:
  SparseTensor lookup_sparse(const SparseTensor& keys, const NameOptions& options) const;
  Output find(const Output& keys, const std::string& name) const;
  std::optional<StaticHashTable> table_;
  int64_t num_oov_buckets_;
  DType key_dtype_;
  std::string name_;
};

}  // namespace reflow::lookup
