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
  e.images = value_or_throw(read_idx_images(find_file(directory, prefix + "-images-idx3-ubyte"), options.dtype));
  e.labels = value_or_throw(read_idx_labels(find_file(directory, prefix + "-labels-idx1-ubyte"), options.one_hot));
  if (e.images.dim(0) != e.labels.dim(0)) {
    throw ValueError(fmt::format("images.shape: {} labels.shape: {}", tuple_text(e.images.shape()),
                                 tuple_text(e.labels.shape())));
  }
  if (options.reshape) e.images = e.images.reshaped({e.images.dim(0), e.images.dim(1) * e.images.dim(2)});
  return e;
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

DataSet::DataSet(Tensor images, Tensor labels, std::shared_ptr<RandomState> random)
    : images_(std::move(images)), labels_(std::move(labels)), random_(std::move(random)), num_examples_(images_.dim(0)) {}

const Tensor& DataSet::images() {
  materialize();
  return images_;
}

const Tensor& DataSet::labels() {
  materialize();
  return labels_;
}

void DataSet::materialize() {
  if (order_.empty()) return;
  images_ = gather(images_, order_, 0, num_examples_);
  labels_ = gather(labels_, order_, 0, num_examples_);
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

Tensor DataSet::gather(const Tensor& all, const std::vector<uint32_t>& order, int64_t begin, int64_t end) const {
  if (order.empty()) return all.rows(begin, end);
  Shape shape = all.shape();
  shape.set_dim(0, end - begin);
  Tensor rows(all.dtype(), std::move(shape));
  const int64_t row_bytes = all.size_bytes() / num_examples_;
  auto* to = static_cast<char*>(rows.raw_data());
  const auto* from = static_cast<const char*>(all.raw_data());
  for (int64_t i = begin; i < end; ++i, to += row_bytes) std::memcpy(to, from + order[i] * row_bytes, row_bytes);
  return rows;
}

Batch DataSet::next_batch(int64_t batch_size, bool shuffle) {
  if (batch_size < 0) throw ValueError(fmt::format("batch_size must not be negative: {}", batch_size));
  const int64_t start = index_in_epoch_, n = num_examples_;
  if (epochs_completed_ == 0 && start == 0 && shuffle) this->shuffle();
  if (start + batch_size <= n) {
    index_in_epoch_ += batch_size;
    return {gather(images_, order_, start, index_in_epoch_), gather(labels_, order_, start, index_in_epoch_)};
  }

  ++epochs_completed_;
  const std::vector<uint32_t> old_order = order_;
  if (shuffle) this->shuffle();
  // After a batch larger than the set, `start` may lie behind its end; TensorFlow counts that so.
  index_in_epoch_ = batch_size - (n - start);
  const int64_t rest_begin = std::min(start, n), new_end = std::min(index_in_epoch_, n);
  const auto joined = [&](const Tensor& all) {
    const Tensor rest = gather(all, old_order, rest_begin, n), more = gather(all, order_, 0, new_end);
    if (rest.num_elements() == 0) return more;
    if (more.num_elements() == 0) return rest;
    Shape shape = all.shape();
    shape.set_dim(0, rest.dim(0) + more.dim(0));
    Tensor both(all.dtype(), std::move(shape));
    std::memcpy(both.raw_data(), rest.raw_data(), rest.size_bytes());
    std::memcpy(static_cast<char*>(both.raw_data()) + rest.size_bytes(), more.raw_data(), more.size_bytes());
    return both;
  };
  return {joined(images_), joined(labels_)};
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
    return DataSet(train.images.rows(begin, end), train.labels.rows(begin, end), random);
  };
  return {rows(validation_size, n), rows(0, validation_size), DataSet(test.images, test.labels, random)};
}

}  // namespace reflow::contrib::learn::datasets
