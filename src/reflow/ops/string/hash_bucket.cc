// Strings to numbers of buckets, by three hashes; and fingerprints of rows.

#include <array>
#include <cstring>
#include <string>

#include "reflow/base/string_hash.h"
#include "reflow/op/op.h"
#include "reflow/op/quantized.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

template <typename Hash>
void hash_to_buckets(KernelContext& c, int64_t num_buckets, Hash hash) {
  const std::string* in = c.input(0).data<std::string>();
  int64_t* out = c.output(0).data<int64_t>();
  const auto n = static_cast<uint64_t>(num_buckets);
  c.pool().parallel_for(c.input(0).num_elements(), 20, [=](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) out[i] = static_cast<int64_t>(hash(in[i]) % n);
  });
}

template <uint64_t (*kHash)(std::string_view)>
class HashBucket : public Kernel {
 public:
  explicit HashBucket(KernelInit& c) : num_buckets_(c.attr<int64_t>("num_buckets")) {}
  Status compute(KernelContext& c) override {
    hash_to_buckets(c, num_buckets_, kHash);
    return OkStatus();
  }

 private:
  int64_t num_buckets_;
};

class KeyedHashBucket : public Kernel {
 public:
  explicit KeyedHashBucket(KernelInit& c) : num_buckets_(c.attr<int64_t>("num_buckets")) {
    const auto key = c.attr<std::vector<int64_t>>("key");
    if (key.size() == 2) {
      key_ = {static_cast<uint64_t>(key[0]), static_cast<uint64_t>(key[1])};
    } else {
      c.fail(invalid_argument("Key must have 2 elements"));
    }
  }
  Status compute(KernelContext& c) override {
    hash_to_buckets(c, num_buckets_, [key = key_](std::string_view bytes) { return keyed_hash64(key, bytes); });
    return OkStatus();
  }

 private:
  int64_t num_buckets_;
  std::array<uint64_t, 2> key_{};
};

REFLOW_OP("StringToHashBucket")
    .input("string_tensor: string")
    .output("output: int64")
    .attr("num_buckets: int >= 1")
    .doc("The bucket of each string by an old hash: StringToHashBucketFast is better and never changes.")
    .shape(unchanged_shape)
    .kernel<HashBucket<hash64>>(kCpu)
    .not_differentiable();

REFLOW_OP("StringToHashBucketFast")
    .input("input: string")
    .output("output: int64")
    .attr("num_buckets: int >= 1")
    .doc("The bucket of each string: its FarmHash fingerprint modulo `num_buckets`. Strings can be made that fall into one "
         "bucket.")
    .shape(unchanged_shape)
    .kernel<HashBucket<fingerprint64>>(kCpu)
    .not_differentiable();

REFLOW_OP("StringToHashBucketStrong")
    .input("input: string")
    .output("output: int64")
    .attr("num_buckets: int >= 1")
    .attr("key: list(int)")
    .doc("The bucket of each string: its SipHash with the 128-bit `key` modulo `num_buckets`.")
    .shape(unchanged_shape)
    .kernel<KeyedHashBucket>(kCpu)
    .not_differentiable();

class Fingerprint : public Kernel {
 public:
  explicit Fingerprint(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor &data = c.input(0), &method = c.input(1);
    if (method.rank() != 0) return invalid_argument("`method` should be a scalar string: {}", method.shape().str());
    if (method.item<std::string>() != "farmhash64") {
      return invalid_argument("Unsupported fingerprint method: {}", method.item<std::string>());
    }
    if (data.rank() < 1) return invalid_argument("`data` should have at least one dimension: {}", data.shape().str());
    const int64_t num_rows = data.dim(0), row = num_rows > 0 ? data.num_elements() / num_rows : 0;
    RETURN_IF_ERROR(c.allocate_output(0, Shape{num_rows, 8}));
    uint8_t* out = c.output(0).data<uint8_t>();
    const auto put = [](uint64_t value, void* to) { std::memcpy(to, &value, sizeof(value)); };
    if (data.dtype() != DType::kString) {
      const char* bytes = static_cast<const char*>(data.raw_data());
      const size_t size = static_cast<size_t>(row) * static_cast<size_t>(dtype_size(data.dtype()));
      for (int64_t i = 0; i < num_rows; ++i) put(fingerprint64({bytes + i * size, size}), out + 8 * i);
      return OkStatus();
    }
    // Of a row of several strings the fingerprint of their fingerprints.
    const std::string* strings = data.data<std::string>();
    std::string row_prints(static_cast<size_t>(row) * 8, '\0');
    for (int64_t i = 0; i < num_rows; ++i) {
      for (int64_t k = 0; k < row; ++k) put(fingerprint64(strings[i * row + k]), row_prints.data() + 8 * k);
      if (data.rank() == 1) {
        std::memcpy(out + 8 * i, row_prints.data(), 8);
      } else {
        put(fingerprint64(row_prints), out + 8 * i);
      }
    }
    return OkStatus();
  }
};

Status fingerprint_shape(ShapeContext& c) {
  if (c.concrete()) return unknown_shape(c);
  Shape data, method;
  RETURN_IF_ERROR(c.with_rank_at_least(c.input(0), 1, &data));
  RETURN_IF_ERROR(c.with_rank(c.input(1), 0, &method));
  int64_t size = Shape::kUnknown;
  if (const Tensor* name = c.value(1)) {
    if (name->item<std::string>() != "farmhash64") return invalid_argument("unsupported fingerprint method");
    size = 8;
  }
  c.set_output(0, Shape{data.known_rank() ? data.dim(0) : Shape::kUnknown, size});
  return OkStatus();
}

REFLOW_OP("Fingerprint")
    .input("data: T")
    .input("method: string")
    .output("fingerprint: uint8")
    .attr("T: type")
    .doc("A fingerprint of 8 bytes for each row of `data`, by the FarmHash `method` \"farmhash64\".")
    .shape(fingerprint_shape)
    .kernel_for<Fingerprint>(kCpu, kPlainTypes + kQuantizedTypes + Types<std::string>{});

}  // namespace
}  // namespace reflow::ops
