// HashTable and MutableHashTable: rows of a growing tensor, found by a hash of the key.

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "reflow/op/elements.h"
#include "reflow/op/indices.h"
#include "reflow/ops/lookup/table.h"
#include "reflow/tensor/checked_size.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// Keys are strings, or integers of either width.
template <typename Key>
class HashTable : public LookupTable {
 public:
  HashTable(DType key_type, DType value_type, Shape value_shape, bool is_mutable)
      : LookupTable(key_type, value_type, Shape{}, value_shape),
        is_mutable_(is_mutable),
        row_(value_shape.num_elements()),
        initialized_(is_mutable) {}

  bool is_initializable() const override { return !is_mutable_; }

  int64_t size() const override {
    const std::shared_lock lock(mutex_);
    return static_cast<int64_t>(rows_.size());
  }

  Status find(const Tensor& keys, const Tensor& otherwise, Tensor* values) const override {
    const std::shared_lock lock(mutex_);
    if (!initialized_) return failed_precondition("Table not initialized.");
    with_element(value_type(), [&]<typename E>() {
      const E* stored = values_.valid() ? static_cast<const E*>(values_.raw_data()) : nullptr;
      const E* missing = static_cast<const E*>(otherwise.raw_data());
      E* out = static_cast<E*>(values->raw_data());
      for (int64_t i = 0; i < keys.num_elements(); ++i) {
        const auto found = rows_.find(key_at(keys, i));
        copy_elements(out + i * row_, found == rows_.end() ? missing : stored + found->second * row_, row_);
      }
    });
    return OkStatus();
  }

  Status insert(const Tensor& keys, const Tensor& values) override {
    if (!is_mutable_) return unimplemented("Insert not supported by InitializableLookupTable implementations");
    const std::unique_lock lock(mutex_);
    return add(keys, values);
  }

  Status remove(const Tensor& keys) override {
    if (!is_mutable_) return unimplemented("Remove not supported by InitializableLookupTable implementations");
    const std::unique_lock lock(mutex_);
    for (int64_t i = 0; i < keys.num_elements(); ++i) {
      const auto found = rows_.find(key_at(keys, i));
      if (found == rows_.end()) continue;
      free_.push_back(found->second);
      rows_.erase(found);
    }
    return OkStatus();
  }

  Status import(const Tensor& keys, const Tensor& values) override {
    if (!is_mutable_) return initialize(keys, values);
    const std::unique_lock lock(mutex_);
    clear();
    return add(keys, values);
  }

  Status initialize(const Tensor& keys, const Tensor& values) override {
    const std::unique_lock lock(mutex_);
    if (initialized_) {
      if (static_cast<size_t>(keys.num_elements()) == rows_.size()) return OkStatus();
      return failed_precondition("Table was already initialized with different data.");
    }
    Status status = check_different(keys, values);
    if (status.ok()) status = add(keys, values);
    initialized_ = status.ok();
    if (!initialized_) clear();
    return status;
  }

  Status export_all(Tensor* keys, Tensor* values) const override {
    const std::shared_lock lock(mutex_);
    const auto n = static_cast<int64_t>(rows_.size());
    Shape shape{n};
    for (const int64_t size : value_shape().dims()) shape.add_dim(size);
    ASSIGN_OR_RETURN(*keys, allocate_tensor(key_type(), Shape{n}));
    ASSIGN_OR_RETURN(*values, allocate_tensor(value_type(), shape));
    int64_t i = 0;
    with_element(value_type(), [&]<typename E>() {
      for (const auto& [key, at] : rows_) {
        if constexpr (std::is_same_v<Key, std::string>) {
          keys->data<std::string>()[i] = key;
        } else {
          put_int(*keys, i, key);
        }
        copy_elements(static_cast<E*>(values->raw_data()) + i * row_, static_cast<const E*>(values_.raw_data()) + at * row_,
                      row_);
        ++i;
      }
    });
    return OkStatus();
  }

 private:
  static auto key_at(const Tensor& keys, int64_t i) {
    if constexpr (std::is_same_v<Key, std::string>) {
      return absl::string_view(keys.data<std::string>()[i]);
    } else {
      return IndexReader(keys)[i];
    }
  }

  void clear() {
    rows_.clear();
    free_.clear();
    next_ = 0;
  }

  // The same key twice with one value is no harm.
  Status check_different(const Tensor& keys, const Tensor& values) const {
    absl::flat_hash_map<Key, int64_t> first;
    for (int64_t i = 0; i < keys.num_elements(); ++i) {
      const auto [at, is_new] = first.try_emplace(Key(key_at(keys, i)), i);
      if (is_new) continue;
      const std::string a = text_of(values, at->second), b = text_of(values, i);
      if (a == b) continue;
      return failed_precondition("HashTable has different value for same key. Key {} has {} and trying to add value {}",
                                 text_of(keys, i), a, b);
    }
    return OkStatus();
  }
  static std::string text_of(const Tensor& t, int64_t i) {
    if (t.dtype() == DType::kString) return t.data<std::string>()[i];
    return t.reshaped({t.num_elements()}).rows(i, i + 1).summarize();
  }

  Status add(const Tensor& keys, const Tensor& values) {
    RETURN_IF_ERROR(reserve(next_ + keys.num_elements()));
    with_element(value_type(), [&]<typename E>() {
      E* stored = static_cast<E*>(values_.raw_data());
      const E* from = static_cast<const E*>(values.raw_data());
      for (int64_t i = 0; i < keys.num_elements(); ++i) {
        const auto [at, is_new] = rows_.try_emplace(key_at(keys, i), 0);
        if (is_new && free_.empty()) {
          at->second = next_++;
        } else if (is_new) {
          at->second = free_.back();
          free_.pop_back();
        }
        copy_elements(stored + at->second * row_, from + i * row_, row_);
      }
    });
    return OkStatus();
  }

  Status reserve(int64_t rows) {
    const int64_t have = values_.valid() ? values_.dim(0) : 0;
    if (rows <= have && values_.valid()) return OkStatus();
    ASSIGN_OR_RETURN(Tensor larger, allocate_tensor(value_type(), Shape{std::max<int64_t>(rows, 2 * have), row_}));
    if (values_.valid()) {
      copy_elements_fn(value_type())(larger.raw_data(), values_.raw_data(), next_ * row_);
    }
    values_ = std::move(larger);
    return OkStatus();
  }

  const bool is_mutable_;
  const int64_t row_;
  mutable std::shared_mutex mutex_;
  bool initialized_;
  absl::flat_hash_map<Key, int64_t> rows_;  // key -> row of values_
  Tensor values_;                           // [capacity, row_]
  std::vector<int64_t> free_;               // rows that were removed
  int64_t next_ = 0;                        // the first row never used
};

}  // namespace

std::shared_ptr<LookupTable> make_hash_table(DType key_type, DType value_type, Shape value_shape, bool is_mutable) {
  if (key_type == DType::kString) {
    return std::make_shared<HashTable<std::string>>(key_type, value_type, std::move(value_shape), is_mutable);
  }
  return std::make_shared<HashTable<int64_t>>(key_type, value_type, std::move(value_shape), is_mutable);
}

}  // namespace reflow::ops
