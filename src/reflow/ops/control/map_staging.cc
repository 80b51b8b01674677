// MapStage, OrderedMapStage and their kin: staging areas whose tuples have keys. A tuple may come and go in parts; it can
// be taken once all its parts are there.

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "staging.h"

namespace reflow::ops {
namespace {

// The order of keys is that of the numbers, also where an op promises none.
class StagingMap : public Monitor {
 public:
  using Tuple = std::vector<Tensor>;
  using Indices = std::vector<int32_t>;
  StagingMap(StagingLimits limits, std::vector<DType> types, const std::string&)
      : limits_(limits), types_(std::move(types)) {}
  std::string debug_string() const override { return "StagingMap size: " + std::to_string(size()); }

  void put(int64_t key, Indices indices, Tuple values, CancellationManager* cancellation, Done done) {
    const int64_t bytes = bytes_of(values);
    Status fits = check_put(indices, values);
    if (fits.ok()) fits = limits_.check(bytes);
    if (!fits.ok()) return done(std::move(fits));
    when([this, key, bytes, indices = std::move(indices), values = std::move(values)]() mutable -> StatusOr<bool> {
      const bool whole = indices.size() == types_.size();
      // Parts take memory, but no place.
      if (!limits_.allow(bytes, whole ? static_cast<int64_t>(complete_.size()) : -1, bytes_)) return false;
      if (whole) {
        if (complete_.try_emplace(key, std::move(values)).second) bytes_ += bytes;
        return true;
      }
      RETURN_IF_ERROR(put_parts(key, indices, values));
      bytes_ += bytes;
      return true;
    }, "MapStage", cancellation, std::move(done));
  }

  // Gives the parts `indices` of the tuple `key` (none: of the first one, whose key goes to *found); takes them out unless
  // they are to `stay`.
  void get(std::optional<int64_t> key, Indices indices, bool stay, int64_t* found, Tuple* values,
           CancellationManager* cancellation, Done done) {
    if (Status ordered = check_order(indices); !ordered.ok()) return done(std::move(ordered));
    when([this, key, stay, found, values, indices = std::move(indices)]() -> StatusOr<bool> {
      const auto at = key ? complete_.find(*key) : complete_.begin();
      if (at == complete_.end()) return false;
      for (const int32_t index : indices) {
        if (index < 0 || index >= static_cast<int64_t>(types_.size())) return out_of_bounds(index, at->first);
        if (!at->second[index].valid()) {
          return invalid_argument("Tensor at index '{}' for key '{}' has already been removed.", index, at->first);
        }
      }
      *found = at->first;
      for (const int32_t index : indices) values->push_back(stay ? at->second[index] : std::exchange(at->second[index], Tensor()));
      if (stay) return true;
      bytes_ -= bytes_of(*values);
      if (std::none_of(at->second.begin(), at->second.end(), [](const Tensor& t) { return t.valid(); })) complete_.erase(at);
      return true;
    }, stay ? "MapPeek" : "MapUnstage", cancellation, std::move(done));
  }

  void clear(Done done) {
    when([this]() -> StatusOr<bool> {
      complete_.clear();
      incomplete_.clear();
      bytes_ = 0;
      return true;
    }, "MapClear", nullptr, std::move(done));
  }
  int64_t size() const {
    std::lock_guard lock(mutex_);
    return static_cast<int64_t>(complete_.size());
  }
  int64_t incomplete_size() const {
    std::lock_guard lock(mutex_);
    return static_cast<int64_t>(incomplete_.size());
  }

 private:
  static Status check_order(const Indices& indices) {
    for (size_t i = 1; i < indices.size(); ++i) {
      if (indices[i] <= indices[i - 1]) return invalid_argument("Indices are not strictly ordered");
    }
    return OkStatus();
  }
  Status check_put(const Indices& indices, const Tuple& values) const {
    RETURN_IF_ERROR(check_order(indices));
    if (indices.size() != values.size()) {
      return invalid_argument("Number of indices '{}' and of values '{}' differ", indices.size(), values.size());
    }
    for (size_t i = 0; i < indices.size(); ++i) {
      if (indices[i] < 0 || indices[i] >= static_cast<int64_t>(types_.size())) {
        return invalid_argument("Index '{}' is out of bounds '{}'.", indices[i], types_.size());
      }
      if (values[i].dtype() != types_[indices[i]]) {
        return invalid_argument("Data type mismatch for tensor at index {}: is {}, and not {}", indices[i],
                                dtype_spec_name(values[i].dtype()), dtype_spec_name(types_[indices[i]]));
      }
    }
    return OkStatus();
  }
  Status out_of_bounds(int32_t index, int64_t key) const {
    return invalid_argument("Index '{}' for key '{}' was out of bounds '{}'.", index, key, types_.size());
  }
  Status put_parts(int64_t key, const Indices& indices, Tuple& values) {
    auto at = incomplete_.try_emplace(key, types_.size()).first;
    for (const int32_t index : indices) {
      if (at->second[index].valid()) {
        return invalid_argument("The tensor for index '{}' for key '{}' was already initialized '{}'.", index, key, types_.size());
      }
    }
    for (size_t i = 0; i < indices.size(); ++i) at->second[indices[i]] = std::move(values[i]);
    if (std::all_of(at->second.begin(), at->second.end(), [](const Tensor& t) { return t.valid(); })) {
      complete_.try_emplace(key, std::move(at->second));
      incomplete_.erase(at);
    }
    return OkStatus();
  }

  const StagingLimits limits_;
  const std::vector<DType> types_;
  std::map<int64_t, Tuple> complete_, incomplete_;
  int64_t bytes_ = 0;
};
// The ordered one is another resource, so that both may have the same name.
class OrderedStagingMap : public StagingMap {
 public:
  using StagingMap::StagingMap;
};

StagingMap::Indices indices_at(KernelContext& c, int i) {
  const std::span<const int32_t> values = c.input(i).flat<int32_t>();
  return {values.begin(), values.end()};
}

Status check_key(KernelContext& c) {
  return c.input(0).num_elements() > 0 ? OkStatus() : invalid_argument("key must not be empty");
}

template <typename A>
class MapStage : public StagingKernel<A> {
 public:
  using StagingKernel<A>::StagingKernel;
  void compute_async(KernelContext& c, std::function<void(Status)> done) override {
    auto area = this->area(c);
    Status status = area.status();
    if (status.ok()) status = check_key(c);
    if (!status.ok()) return done(std::move(status));
    StagingMap::Tuple values;
    for (int i = 2; i < c.num_inputs(); ++i) values.push_back(staged(c.input(i)));
    (*area)->put(c.input(0).item<int64_t>(), indices_at(c, 1), std::move(values), c.cancellation(), std::move(done));
  }
};

// MapPeek, MapUnstage, and MapUnstageNoKey, which has no input for the key but an output.
enum class Taking { kPeek, kTake, kTakeAny };
template <typename A, Taking kTaking>
class MapUnstage : public StagingKernel<A> {
 public:
  using StagingKernel<A>::StagingKernel;
  void compute_async(KernelContext& c, std::function<void(Status)> done) override {
    constexpr bool kAny = kTaking == Taking::kTakeAny;
    auto area = this->area(c);
    Status status = area.status();
    if (status.ok() && !kAny) status = check_key(c);
    if (!status.ok()) return done(std::move(status));
    std::optional<int64_t> key;
    if (!kAny) key = c.input(0).item<int64_t>();
    struct Result {
      int64_t key = 0;
      StagingMap::Tuple values;
    };
    const auto result = std::make_shared<Result>();
    auto give_out = [&c, result, done = std::move(done)](Status status) {
      constexpr int kFirst = kAny ? 1 : 0;
      if (status.ok()) status = check_unstaged(c, result->values, kFirst);
      if (status.ok() && kAny) c.set_output(0, Tensor::scalar(result->key));
      for (int i = kFirst; status.ok() && i < c.num_outputs(); ++i) c.set_output(i, std::move(result->values[i - kFirst]));
      done(std::move(status));
    };
    (*area)->get(key, indices_at(c, kAny ? 0 : 1), kTaking == Taking::kPeek, &result->key, &result->values, c.cancellation(),
                 std::move(give_out));
  }
};

template <typename A, bool kIncomplete>
class MapSize : public StagingKernel<A> {
 public:
  using StagingKernel<A>::StagingKernel;
  void compute_async(KernelContext& c, std::function<void(Status)> done) override {
    auto area = this->area(c);
    if (!area.ok()) return done(area.status());
    c.set_output(0, Tensor::scalar(static_cast<int32_t>(kIncomplete ? (*area)->incomplete_size() : (*area)->size())));
    done(OkStatus());
  }
};

template <typename A>
class MapClear : public StagingKernel<A> {
 public:
  using StagingKernel<A>::StagingKernel;
  void compute_async(KernelContext& c, std::function<void(Status)> done) override {
    auto area = this->area(c);
    if (!area.ok()) return done(area.status());
    (*area)->clear(std::move(done));
  }
};

// All ops of areas of type A; their names begin with `prefix`.
template <typename A>
struct MapOps {
  static OpBuilder named(const std::string& prefix, const char* name) { return OpBuilder(prefix + name); }
  explicit MapOps(const std::string& prefix)
      : ops{staging_attrs(named(prefix, "Stage").input("key: int64").input("indices: int32").input("values: fake_dtypes"),
                          {"dtypes: list(type)", "fake_dtypes: list(type) >= 1"})
                .doc("Puts `values`, the parts `indices` of the tuple `key`, into the staging area; waits while that is full.")
                .shape(no_outputs).template kernel<MapStage<A>>(kCpu).blocking(),
            staging_attrs(named(prefix, "Peek").input("key: int64").input("indices: int32").output("values: dtypes"),
                          {"dtypes: list(type) >= 1"})
                .doc("The parts `indices` of the tuple `key`, which stay; waits until they are there.")
                .shape(unknown_shape).template kernel<MapUnstage<A, Taking::kPeek>>(kCpu).blocking().sets_outputs(),
            staging_attrs(named(prefix, "Unstage").input("key: int64").input("indices: int32").output("values: dtypes"),
                          {"dtypes: list(type) >= 1"})
                .doc("Takes the parts `indices` of the tuple `key`; waits until they are there.")
                .shape(unknown_shape).template kernel<MapUnstage<A, Taking::kTake>>(kCpu).blocking().sets_outputs(),
            staging_attrs(named(prefix, "UnstageNoKey").input("indices: int32").output("key: int64").output("values: dtypes"),
                          {"dtypes: list(type) >= 1"})
                .doc("Takes the parts `indices` of the tuple with the smallest key; waits until there is one.")
                .shape(unknown_shape).template kernel<MapUnstage<A, Taking::kTakeAny>>(kCpu).blocking().sets_outputs(),
            staging_attrs(named(prefix, "Size").output("size: int32"), {"dtypes: list(type)"})
                .doc("How many whole tuples are in the staging area.")
                .shape(scalar_shape).template kernel<MapSize<A, false>>(kCpu).blocking().sets_outputs(),
            staging_attrs(named(prefix, "IncompleteSize").output("size: int32"), {"dtypes: list(type)"})
                .doc("How many tuples are in the staging area of which parts are still to come.")
                .shape(scalar_shape).template kernel<MapSize<A, true>>(kCpu).blocking().sets_outputs(),
            staging_attrs(named(prefix, "Clear"), {"dtypes: list(type)"})
                .doc("Takes all tuples out of the staging area.")
                .shape(no_outputs).template kernel<MapClear<A>>(kCpu).blocking()} {}
  OpRegistrar ops[7];
};

const MapOps<StagingMap> kMapOps("Map");
const MapOps<OrderedStagingMap> kOrderedMapOps("OrderedMap");

}  // namespace
}  // namespace reflow::ops
