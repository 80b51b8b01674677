// What k-means begins with, and the centers that are nearest: KmeansPlusPlusInitialization, KMC2ChainInitialization,
// NearestNeighbors.

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <unordered_set>
#include <vector>

#include "reflow/base/philox.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// The stream of a seed, word by word.
class Words {
 public:
  explicit Words(int64_t seed) : generator_(static_cast<uint64_t>(seed), 0) {}
  uint32_t next() {
    if (used_ == 4) {
      block_ = generator_.next();
      used_ = 0;
    }
    return block_[used_++];
  }
  float next_float() { return std::bit_cast<float>(uint32_t{127} << 23 | (next() & 0x7fffff)) - 1.0f; }
  int64_t next_below(int64_t n) {
    const uint64_t low = next(), high = next();
    return static_cast<int64_t>((low | high << 32) % static_cast<uint64_t>(n));
  }

 private:
  Philox generator_;
  Philox::Block block_{};
  int used_ = 4;
};

Status scalar_at(KernelContext& c, int i, const char* name, int64_t* value) {
  if (c.input(i).rank() != 0) return invalid_argument("Input {} should be a scalar.", name);
  *value = c.input(i).item<int64_t>();
  return OkStatus();
}

// Half of the squared length of each row of a matrix.
std::vector<float> half_squares(const float* x, int64_t rows, int64_t columns) {
  std::vector<float> result(rows);
  for (int64_t i = 0; i < rows; ++i) {
    float sum = 0;
    for (int64_t j = 0; j < columns; ++j) sum += x[i * columns + j] * x[i * columns + j];
    result[i] = 0.5f * sum;
  }
  return result;
}

float dot(const float* a, const float* b, int64_t n) {
  float sum = 0;
  for (int64_t j = 0; j < n; ++j) sum += a[j] * b[j];
  return sum;
}

// Draws points one after the other, each the likelier the farther it is from those that were drawn.
class PlusPlus {
 public:
  PlusPlus(const Tensor& points, int64_t seed)
      : x_(points.data<float>()), rows_(points.dim(0)), columns_(points.dim(1)), words_(seed), squares_(half_squares(x_, rows_, columns_)),
        distances_(rows_, std::numeric_limits<float>::infinity()), sums_(rows_) {}

  int64_t next(int64_t retries) {
    if (!drawn_.empty()) std::partial_sum(distances_.begin(), distances_.end(), sums_.begin());
    int64_t best = draw();
    std::vector<float> best_distances = nearer(best);
    if (retries > 0) {
      float best_sum = total(best_distances);
      for (int64_t i = 0; i < retries; ++i) {
        const int64_t candidate = draw();
        std::vector<float> distances = nearer(candidate);
        const float sum = total(distances);
        if (!(sum < best_sum)) continue;
        best = candidate;
        best_sum = sum;
        best_distances = std::move(distances);
      }
    }
    distances_ = std::move(best_distances);
    drawn_.insert(best);
    return best;
  }

 private:
  int64_t draw() {
    if (drawn_.empty()) return words_.next_below(rows_);
    constexpr int kTries = 1000;  // then all points that aren't drawn may well be at distance 0
    for (int i = 0; i < kTries; ++i) {
      const float at = words_.next_float() * sums_.back();
      const int64_t index = std::min<int64_t>(std::upper_bound(sums_.begin(), sums_.end(), at) - sums_.begin(), rows_ - 1);
      if (!drawn_.contains(index)) return index;
    }
    int64_t index = words_.next_below(rows_);
    while (drawn_.contains(index)) index = (index + 1) % rows_;
    return index;
  }

  std::vector<float> nearer(int64_t center) const {
    std::vector<float> result(rows_);
    for (int64_t i = 0; i < rows_; ++i) {
      const float distance = squares_[i] - dot(x_ + i * columns_, x_ + center * columns_, columns_) + squares_[center];
      result[i] = std::min(distances_[i], distance);
    }
    return result;
  }

  static float total(const std::vector<float>& distances) { return std::accumulate(distances.begin(), distances.end(), 0.0f); }

  const float* x_;
  const int64_t rows_, columns_;
  Words words_;
  std::vector<float> squares_, distances_, sums_;
  std::unordered_set<int64_t> drawn_;
};

class KmeansPlusPlus : public Kernel {
 public:
  explicit KmeansPlusPlus(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor& points = c.input(0);
    if (points.rank() != 2) return invalid_argument("Input points should be a matrix.");
    int64_t count, seed, retries;
    RETURN_IF_ERROR(scalar_at(c, 1, "num_to_sample", &count));
    RETURN_IF_ERROR(scalar_at(c, 2, "seed", &seed));
    RETURN_IF_ERROR(scalar_at(c, 3, "num_retries_per_sample", &retries));
    const int64_t rows = points.dim(0), columns = points.dim(1);
    if (rows <= 0) return invalid_argument("Expected points.rows() > 0.");
    if (count <= 0) return invalid_argument("Expected num_to_sample > 0.");
    if (count > rows) return invalid_argument("Expected num_to_sample <= points.rows(). {} vs {}.", count, rows);
    if (retries < 0) retries = 2 + static_cast<int64_t>(std::log(static_cast<double>(count)));
    ASSIGN_OR_RETURN(Tensor samples, allocate_tensor(DType::kFloat32, Shape{count, columns}));
    PlusPlus sampler(points, seed);
    for (int64_t i = 0; i < count; ++i) {
      std::copy_n(points.data<float>() + sampler.next(retries) * columns, columns, samples.data<float>() + i * columns);
    }
    c.set_output(0, std::move(samples));
    return OkStatus();
  }
};

class Kmc2Chain : public Kernel {
 public:
  explicit Kmc2Chain(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor& distances = c.input(0);
    if (distances.rank() != 1) return invalid_argument("Input distances should be a vector.");
    int64_t seed;
    RETURN_IF_ERROR(scalar_at(c, 1, "seed", &seed));
    if (distances.num_elements() == 0) return invalid_argument("Expected distances_tensor.size() > 0.");
    Words words(seed);
    const float* d = distances.data<float>();
    int64_t state = 0;
    for (int64_t i = 1; i < distances.num_elements(); ++i) {
      if (d[i] > words.next_float() * d[state]) state = i;
    }
    c.set_output(0, Tensor::scalar(state));
    return OkStatus();
  }
};

class NearestNeighbors : public Kernel {
 public:
  explicit NearestNeighbors(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor &points = c.input(0), &centers = c.input(1);
    if (points.rank() != 2) return invalid_argument("Input points should be a matrix.");
    if (centers.rank() != 2) return invalid_argument("Input centers should be a matrix.");
    int64_t k;
    RETURN_IF_ERROR(scalar_at(c, 2, "k", &k));
    const int64_t rows = points.dim(0), columns = points.dim(1), num_centers = centers.dim(0);
    if (rows <= 0) return invalid_argument("Expected points.rows() > 0.");
    if (columns != centers.dim(1)) return invalid_argument("Expected point_dimensions == center_dimensions: {} vs {}.", columns, centers.dim(1));
    if (k < 0) return invalid_argument("Expected k >= 0.");
    k = std::min(k, num_centers);
    ASSIGN_OR_RETURN(Tensor indices, allocate_tensor(DType::kInt64, Shape{rows, k}));
    ASSIGN_OR_RETURN(Tensor distances, allocate_tensor(DType::kFloat32, Shape{rows, k}));
    const float *x = points.data<float>(), *y = centers.data<float>();
    const std::vector<float> point_squares = half_squares(x, rows, columns), center_squares = half_squares(y, num_centers, columns);
    int64_t* to_index = indices.data<int64_t>();
    float* to_distance = distances.data<float>();
    c.pool().parallel_for(rows, 1.0 * num_centers * columns + 20, [&](int64_t begin, int64_t end) {
      std::vector<std::pair<float, int64_t>> order(num_centers);
      for (int64_t i = begin; i < end; ++i) {
        for (int64_t j = 0; j < num_centers; ++j) order[j] = {center_squares[j] - dot(x + i * columns, y + j * columns, columns), j};
        std::partial_sort(order.begin(), order.begin() + k, order.end());
        for (int64_t j = 0; j < k; ++j) {
          to_index[i * k + j] = order[j].second;
          to_distance[i * k + j] = 2.0f * (order[j].first + point_squares[i]);
        }
      }
    });
    c.set_output(0, std::move(indices));
    c.set_output(1, std::move(distances));
    return OkStatus();
  }
};

REFLOW_OP("KmeansPlusPlusInitialization")
    .input("points: float")
    .input("num_to_sample: int64")
    .input("seed: int64")
    .input("num_retries_per_sample: int64")
    .output("samples: float")
    .doc("`num_to_sample` rows of `points`, drawn one after the other, each the likelier the farther it is from those before. The best of "
         "several is taken with `num_retries_per_sample`.")
    .shape(unknown_shape)
    .kernel<KmeansPlusPlus>(kCpu)
    .sets_outputs();

REFLOW_OP("KMC2ChainInitialization")
    .input("distances: float")
    .input("seed: int64")
    .output("index: int64")
    .doc("The last state of a Markov chain over all points, which goes to the next one the likelier the greater its distance is.")
    .shape(scalar_shape)
    .kernel<Kmc2Chain>(kCpu)
    .sets_outputs();

REFLOW_OP("NearestNeighbors")
    .input("points: float")
    .input("centers: float")
    .input("k: int64")
    .output("nearest_center_indices: int64")
    .output("nearest_center_distances: float")
    .doc("For each row of `points` the `k` nearest rows of `centers`, and the squares of the distances.")
    .shape(unknown_shape)
    .kernel<NearestNeighbors>(kCpu)
    .sets_outputs();

}  // namespace
}  // namespace reflow::ops
