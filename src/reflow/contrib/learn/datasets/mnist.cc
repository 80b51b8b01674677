#include "reflow/contrib/learn/datasets/mnist.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <random>
#include <utility>

#include "reflow/client/graph.h"
#include "reflow/client/status_errors.h"
#include "reflow/contrib/learn/datasets/idx_file.h"
#include "reflow/contrib/learn/datasets/random_state.h"

namespace reflow::contrib::learn::datasets {
namespace {

constexpr int64_t kMaxInt32 = (int64_t{1} << 31) - 1;

// The file with or without .gz; the compressed one where there is neither, for the message.
std::string find_file(const std::string& directory, const std::string& name) {
  const std::string plain = directory.empty() || directory.ends_with('/') ? directory + name : directory + "/" + name;
  struct stat info {};
  const std::string compressed = plain + ".gz";
  return stat(compressed.c_str(), &info) != 0 && stat(plain.c_str(), &info) == 0 ? plain : compressed;
}

// A shape as NumPy prints it.
std::string tuple_text(const Shape& shape) {
  std::string text;
  for (const int64_t d : shape) text += fmt::format("{}{}", text.empty() ? "" : ", ", d);
  return "(" + text + (shape.rank() == 1 ? ",)" : ")");
}

struct Examples {
  Tensor images, labels;
};

template <typename T>
T value_or_throw(StatusOr<T> value) {
  if (value.ok()) return *std::move(value);
  if (value.status().code() == StatusCode::kInvalidArgument) throw ValueError(std::string(message_of(value.status())));
  errors::from_status(value.status());
}

Examples read_examples(const std::string& directory, const std::string& prefix, const ReadDataSetsOptions& options) {
  Examples e;
  e.images = value_or_throw(read_idx_images(find_file(directory, prefix + "-images-idx3-ubyte")));
  e.labels = value_or_throw(read_idx_labels(find_file(directory, prefix + "-labels-idx1-ubyte"), options.one_hot));
  if (e.images.dim(0) != e.labels.dim(0)) {
    throw ValueError(fmt::format("images.shape: {} labels.shape: {}", tuple_text(e.images.shape()),
                                 tuple_text(e.labels.shape())));
  }
  if (options.reshape) e.images = e.images.reshaped({e.images.dim(0), e.images.dim(1) * e.images.dim(2)});
  return e;
}

// An epoch's order: row i is row order[i] of `all`; empty: as they lie there.
using Order = std::vector<uint32_t>;

// Rows `begin` to `end` of the epoch, put at `to`, as `all` has them or scaled to float.
void gather_rows(const Tensor& all, bool scaled, const Order& order, int64_t begin, int64_t end, char* to) {
  if (begin == end) return;
  const int64_t row_bytes = all.size_bytes() / all.dim(0);
  const auto* from = static_cast<const char*>(all.raw_data());
  for (int64_t i = begin; i < end; ++i) {
    const char* row = from + (order.empty() ? i : order[i]) * row_bytes;
    if (scaled) {
      scale_pixels(reinterpret_cast<const uint8_t*>(row), row_bytes, reinterpret_cast<float*>(to));
      to += row_bytes * sizeof(float);
    } else {
      std::memcpy(to, row, row_bytes);
      to += row_bytes;
    }
  }
}

// Rows rest_begin to rest_end in the order `rest`, then rows 0 to end in the order `next`, as `type`.
Tensor gather(const Tensor& all, DType type, const Order& rest, int64_t rest_begin, int64_t rest_end, const Order& next,
              int64_t end) {
  const bool scaled = type != all.dtype();
  if (!scaled && rest.empty() && end == 0) return all.rows(rest_begin, rest_end);
  Shape shape = all.shape();
  shape.set_dim(0, rest_end - rest_begin + end);
  Tensor rows(type, std::move(shape));
  auto* to = static_cast<char*>(rows.raw_data());
  gather_rows(all, scaled, rest, rest_begin, rest_end, to);
  const int64_t row_bytes = rows.dim(0) == 0 ? 0 : rows.size_bytes() / rows.dim(0);
  gather_rows(all, scaled, next, 0, end, to + (rest_end - rest_begin) * row_bytes);
  return rows;
}

uint32_t truncated(int64_t seed) { return static_cast<uint32_t>((seed % kMaxInt32 + kMaxInt32) % kMaxInt32); }

// What TensorFlow 1.15 seeds NumPy with.
uint32_t numpy_seed(std::optional<int64_t> seed) {
  const std::optional<int64_t> graph_seed = get_default_graph().seed();
  if (!seed && !graph_seed) return std::random_device{}();
  if (!seed) return truncated(*graph_seed);
  const bool both_zero = graph_seed && truncated(*graph_seed) == 0 && truncated(*seed) == 0;
  return both_zero ? static_cast<uint32_t>(kMaxInt32) : truncated(*seed);
}

}  // namespace

DataSet::DataSet(Tensor images, Tensor labels, DType dtype, std::shared_ptr<RandomState> random)
    : images_(std::move(images)),
      labels_(std::move(labels)),
      dtype_(dtype),
      random_(std::move(random)),
      num_examples_(images_.dim(0)) {}

const Tensor& DataSet::images() {
  materialize();
  return images_;
}

const Tensor& DataSet::labels() {
  materialize();
  return labels_;
}

void DataSet::materialize() {
  images_ = gather(images_, dtype_, order_, 0, num_examples_, {}, 0);
  labels_ = gather(labels_, labels_.dtype(), order_, 0, num_examples_, {}, 0);
  order_.clear();
}

void DataSet::shuffle() {
  std::vector<uint32_t> permutation(num_examples_);
  std::iota(permutation.begin(), permutation.end(), 0u);
  random_->shuffle(std::span(permutation));
  if (!order_.empty()) {
    for (uint32_t& row : permutation) row = order_[row];
  }
  order_ = std::move(permutation);
}

Batch DataSet::next_batch(int64_t batch_size, bool shuffle) {
  if (batch_size < 0) throw ValueError(fmt::format("batch_size must not be negative: {}", batch_size));
  const int64_t start = index_in_epoch_, n = num_examples_;
  if (epochs_completed_ == 0 && start == 0 && shuffle) this->shuffle();
  if (start + batch_size <= n) {
    index_in_epoch_ += batch_size;
    return {gather(images_, dtype_, order_, start, index_in_epoch_, {}, 0),
            gather(labels_, labels_.dtype(), order_, start, index_in_epoch_, {}, 0)};
  }

  ++epochs_completed_;
  const std::vector<uint32_t> old_order = order_;
  if (shuffle) this->shuffle();
  // After a batch larger than the set, `start` may lie behind its end; TensorFlow counts that so.
  index_in_epoch_ = batch_size - (n - start);
  const int64_t rest_begin = std::min(start, n), new_end = std::min(index_in_epoch_, n);
  return {gather(images_, dtype_, old_order, rest_begin, n, order_, new_end),
          gather(labels_, labels_.dtype(), old_order, rest_begin, n, order_, new_end)};
}

Datasets read_data_sets(const std::string& train_dir, const ReadDataSetsOptions& options) {
  if (options.dtype != DType::kUint8 && options.dtype != DType::kFloat32) {
    throw TypeError(fmt::format("Invalid image dtype tf.{}, expected uint8 or float32", dtype_name(options.dtype)));
  }
  const Examples train = read_examples(train_dir, "train", options);
  const Examples test = read_examples(train_dir, "t10k", options);
  const int64_t n = train.images.dim(0), validation_size = options.validation_size;
  if (validation_size < 0 || validation_size > n) {
    throw ValueError(
        fmt::format("Validation size should be between 0 and {}. Received: {}.", n, validation_size));
  }
  const auto random = std::make_shared<RandomState>(numpy_seed(options.seed));
  const auto rows = [&](int64_t begin, int64_t end) {
    return DataSet(train.images.rows(begin, end), train.labels.rows(begin, end), options.dtype, random);
  };
  return {rows(validation_size, n), rows(0, validation_size), DataSet(test.images, test.labels, options.dtype, random)};
}

}  // namespace reflow::contrib::learn::datasets
