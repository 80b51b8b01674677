#include "reflow/formats/histogram.h"

#include <algorithm>
#include <limits>

#include "reflow/formats/wire_writer.h"

namespace reflow::formats {
namespace {

constexpr double kLargest = std::numeric_limits<double>::max();

std::vector<double> make_limits() {
  std::vector<double> positive;
  for (double v = 1.0e-12; v < 1.0e20; v *= 1.1) positive.push_back(v);
  positive.push_back(kLargest);
  std::vector<double> limits;
  for (auto it = positive.rbegin(); it != positive.rend(); ++it) limits.push_back(-*it);
  limits.push_back(0);
  limits.insert(limits.end(), positive.begin(), positive.end());
  return limits;
}

const std::vector<double>& limits() {
  static const std::vector<double> all = make_limits();
  return all;
}

}  // namespace

Histogram::Histogram() : counts_(limits().size()), min_(kLargest), max_(-kLargest) {}

void Histogram::add(double value) {
  // The largest double is in no bucket of its own: it belongs to the last.
  const auto bucket = std::min<size_t>(static_cast<size_t>(std::upper_bound(limits().begin(), limits().end(), value) -
                                                           limits().begin()),
                                       counts_.size() - 1);
  counts_[bucket] += 1;
  min_ = std::min(min_, value);
  max_ = std::max(max_, value);
  num_ += 1;
  sum_ += value;
  sum_squares_ += value * value;
}

std::string Histogram::serialized() const {
  std::vector<double> ends, counts;
  for (size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] <= 0) {
      while (i + 1 < counts_.size() && counts_[i + 1] <= 0) ++i;
    }
    ends.push_back(limits()[i]);
    counts.push_back(counts_[i]);
  }
  std::string bytes;
  WireWriter writer(&bytes);
  writer.float64(1, min_);
  writer.float64(2, max_);
  writer.float64(3, num_);
  writer.float64(4, sum_);
  writer.float64(5, sum_squares_);
  writer.float64s(6, ends);
  writer.float64s(7, counts);
  return bytes;
}

}  // namespace reflow::formats
