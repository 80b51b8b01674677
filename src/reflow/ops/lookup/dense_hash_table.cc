// MutableDenseHashTable: open addressing in tensors, with two keys that stand for empty and deleted buckets.

#include <algorithm>
#include <cstring>
#include <mutex>
#include <shared_mutex>
#include <string>

#include "reflow/base/string_hash.h"
#include "reflow/op/elements.h"
#include "reflow/op/indices.h"
#include "reflow/ops/lookup/table.h"
#include "reflow/tensor/checked_size.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

class DenseHashTable : public LookupTable {
 public:
  DenseHashTable(DType value_type, Shape value_shape, const Tensor& empty_key, const Tensor& deleted_key, float max_load)
      : LookupTable(empty_key.dtype(), value_type, empty_key.shape(), value_shape),
        empty_(empty_key.copy()),
        deleted_(deleted_key.copy()),
        key_size_(empty_key.num_elements()),
        row_(value_shape.num_elements()),
        max_load_(max_load) {}

  Status allocate(int64_t num_buckets) {
    ASSIGN_OR_RETURN(Tensor keys, allocate_tensor(key_type(), Shape{num_buckets, key_size_}));
    ASSIGN_OR_RETURN(values_, allocate_tensor(value_type(), Shape{num_buckets, row_}));
    keys_ = std::move(keys);
    num_entries_ = 0;
    num_buckets_ = num_buckets;
    for (int64_t b = 0; b < num_buckets; ++b) put_key(empty_, 0, b);
    with_element(value_type(), [&]<typename E>() {
      std::fill_n(static_cast<E*>(values_.raw_data()), values_.num_elements(), E{});
    });
    return OkStatus();
  }

  int64_t size() const override {
    const std::shared_lock lock(mutex_);
    return num_entries_;
  }

  Status find(const Tensor& keys, const Tensor& otherwise, Tensor* values) const override {
    const std::shared_lock lock(mutex_);
    const CopyElementsFn copy = copy_elements_fn(value_type());
    for (int64_t i = 0; i < keys.num_elements() / key_size_; ++i) {
      RETURN_IF_ERROR(check_key(keys, i));
      const int64_t bucket = find_bucket(keys, i);
      void* to = row_of(*values, i);
      if (bucket < 0) {
        copy(to, otherwise.raw_data(), row_);
      } else {
        copy(to, row_of(values_, bucket), row_);
      }
    }
    return OkStatus();
  }

  Status insert(const Tensor& keys, const Tensor& values) override {
    const std::unique_lock lock(mutex_);
    const int64_t n = keys.num_elements() / key_size_;
    // As TensorFlow, for as many entries as there may be new ones.
    if (static_cast<float>(num_entries_ + n) > static_cast<float>(num_buckets_) * max_load_) {
      constexpr int64_t kMostBuckets = int64_t{1} << 40;
      int64_t wanted = num_buckets_;
      do {
        if (wanted >= kMostBuckets) return resource_exhausted("A table of {} buckets is too large", wanted);
        wanted <<= 1;
      } while (static_cast<float>(num_entries_ + n) > static_cast<float>(wanted) * max_load_);
      RETURN_IF_ERROR(rebucket(wanted));
    }
    return add(keys, values, false);
  }

  Status remove(const Tensor& keys) override {
    const std::unique_lock lock(mutex_);
    for (int64_t i = 0; i < keys.num_elements() / key_size_; ++i) {
      RETURN_IF_ERROR(check_key(keys, i));
      const int64_t bucket = find_bucket(keys, i);
      if (bucket < 0) continue;
      --num_entries_;
      put_key(deleted_, 0, bucket);
    }
    return OkStatus();
  }

  Status import(const Tensor& keys, const Tensor& values) override {
    const std::unique_lock lock(mutex_);
    // What export_all gives: one row for each bucket.
    const int64_t n = keys.num_elements() / key_size_;
    if (n < 4 || (n & (n - 1)) != 0) {
      return invalid_argument("Number of buckets must be at least 4 and a power of 2, got: {}", n);
    }
    RETURN_IF_ERROR(allocate(n));
    return add(keys, values, true);
  }

  Status initialize(const Tensor&, const Tensor&) override {
    return invalid_argument("A MutableDenseHashTable is not initializable");
  }

  Status export_all(Tensor* keys, Tensor* values) const override {
    const std::shared_lock lock(mutex_);
    // All buckets, used or not, as rows, as in TensorFlow.
    *keys = keys_.copy();
    *values = values_.copy();
    return OkStatus();
  }

 private:
  bool same_key(const Tensor& a, int64_t i, const Tensor& b, int64_t k) const {
    if (key_type() == DType::kString) {
      const std::string *x = a.data<std::string>() + i * key_size_, *y = b.data<std::string>() + k * key_size_;
      return std::equal(x, x + key_size_, y);
    }
    const size_t bytes = static_cast<size_t>(key_size_) * static_cast<size_t>(dtype_size(key_type()));
    return std::memcmp(static_cast<const char*>(a.raw_data()) + static_cast<size_t>(i) * bytes,
                       static_cast<const char*>(b.raw_data()) + static_cast<size_t>(k) * bytes, bytes) == 0;
  }

  // A single integer is its own hash.
  uint64_t hash(const Tensor& keys, int64_t i) const {
    uint64_t result = 0;
    for (int64_t k = 0; k < key_size_; ++k) {
      const uint64_t h = key_type() == DType::kString ? hash64(keys.data<std::string>()[i * key_size_ + k])
                                                      : static_cast<uint64_t>(IndexReader(keys)[i * key_size_ + k]);
      result = k == 0 ? h : h ^ (result + 0x9e3779b97f4a7800u + (h << 10) + (h >> 4));
    }
    return result;
  }

  void put_key(const Tensor& keys, int64_t i, int64_t bucket) {
    with_element(key_type(), [&]<typename E>() {
      copy_elements(static_cast<E*>(keys_.raw_data()) + bucket * key_size_,
                    static_cast<const E*>(keys.raw_data()) + i * key_size_, key_size_);
    });
  }

  template <typename T>
  void* row_of(T& tensor, int64_t i) const {
    return static_cast<char*>(const_cast<void*>(static_cast<const void*>(tensor.raw_data()))) +
           i * row_ * dtype_size(value_type());
  }

  Status check_key(const Tensor& keys, int64_t i) const {
    if (same_key(empty_, 0, keys, i)) return invalid_argument("Using the empty_key as a table key is not allowed");
    if (same_key(deleted_, 0, keys, i)) return invalid_argument("Using the deleted_key as a table key is not allowed");
    return OkStatus();
  }

  // -1: not there.
  int64_t find_bucket(const Tensor& keys, int64_t i) const {
    int64_t bucket = static_cast<int64_t>(hash(keys, i) & static_cast<uint64_t>(num_buckets_ - 1));
    for (int64_t probes = 1; probes <= num_buckets_; ++probes) {
      if (same_key(keys_, bucket, keys, i)) return bucket;
      if (same_key(keys_, bucket, empty_, 0)) return -1;
      bucket = (bucket + probes) & (num_buckets_ - 1);
    }
    return -1;
  }

  // `skips_marks`: rows whose key stands for an empty or a deleted bucket are left out instead of being an error.
  Status add(const Tensor& keys, const Tensor& values, bool skips_marks) {
    const CopyElementsFn copy = copy_elements_fn(value_type());
    for (int64_t i = 0; i < keys.num_elements() / key_size_; ++i) {
      const Status status = check_key(keys, i);
      if (!status.ok() && skips_marks) continue;
      RETURN_IF_ERROR(status);
      int64_t bucket = find_bucket(keys, i);
      if (bucket < 0) {
        bucket = static_cast<int64_t>(hash(keys, i) & static_cast<uint64_t>(num_buckets_ - 1));
        int64_t probes = 0;
        while (!same_key(keys_, bucket, empty_, 0) && !same_key(keys_, bucket, deleted_, 0)) {
          if (++probes > num_buckets_) return internal_error("MutableDenseHashTable has no free bucket");
          bucket = (bucket + probes) & (num_buckets_ - 1);
        }
        put_key(keys, i, bucket);
        ++num_entries_;
      }
      copy(row_of(values_, bucket), row_of(values, i), row_);
    }
    return OkStatus();
  }

  Status rebucket(int64_t num_buckets) {
    const Tensor old_keys = keys_, old_values = values_;
    RETURN_IF_ERROR(allocate(num_buckets));
    return add(old_keys, old_values, true);
  }

  const Tensor empty_, deleted_;
  const int64_t key_size_, row_;
  const float max_load_;
  mutable std::shared_mutex mutex_;
  int64_t num_entries_ = 0, num_buckets_ = 0;
  Tensor keys_, values_;  // [num_buckets, key_size], [num_buckets, row]
};

}  // namespace

StatusOr<std::shared_ptr<LookupTable>> make_dense_hash_table(DType value_type, Shape value_shape, const Tensor& empty_key,
                                                             const Tensor& deleted_key, int64_t num_buckets,
                                                             float max_load_factor) {
  if (!(max_load_factor > 0 && max_load_factor < 1)) {
    return invalid_argument("max_load_factor must be between 0 and 1, got: {}", max_load_factor);
  }
  if (empty_key.rank() > 1) {
    return invalid_argument("Empty key must be a scalar or a vector, got shape {}", empty_key.shape().str());
  }
  if (!(empty_key.shape() == deleted_key.shape())) {
    return invalid_argument("Empty and deleted keys must have same shape, got shapes: {} and {}", empty_key.shape().str(),
                            deleted_key.shape().str());
  }
  if (empty_key.num_elements() == 0) return invalid_argument("Empty key must not have size 0");
  if (!value_shape.fully_defined()) return invalid_argument("value_shape {} is not fully defined", value_shape.str());
  const bool same = with_element(empty_key.dtype(), [&]<typename E>() {
    if constexpr (requires(E a, E b) { a == b; }) {
      const E *a = static_cast<const E*>(empty_key.raw_data()), *b = static_cast<const E*>(deleted_key.raw_data());
      return std::equal(a, a + empty_key.num_elements(), b);
    }
    return false;
  });
  if (same) return invalid_argument("Empty and deleted keys cannot be equal");
  if (num_buckets < 4 || (num_buckets & (num_buckets - 1)) != 0) {
    return invalid_argument("Number of buckets must be at least 4 and a power of 2, got: {}", num_buckets);
  }
  auto table = std::make_shared<DenseHashTable>(value_type, std::move(value_shape), empty_key, deleted_key, max_load_factor);
  RETURN_IF_ERROR(table->allocate(num_buckets));
  return std::shared_ptr<LookupTable>(std::move(table));
}

}  // namespace reflow::ops
