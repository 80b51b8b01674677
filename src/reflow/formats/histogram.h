#pragma once

#include <string>
#include <vector>

namespace reflow::formats {

// A histogram over TensorFlow's buckets: their upper limits are 0, plus and minus 1e-12 * 1.1^k up to 1e20, and the largest
// doubles. Not thread-safe.
class Histogram {
 public:
  Histogram();
  // REQUIRES: value is finite.
  void add(double value);
  // As the bytes of a HistogramProto; runs of empty buckets are one.
  std::string serialized() const;

 private:
  std::vector<double> counts_;
  double min_, max_, num_ = 0, sum_ = 0, sum_squares_ = 0;
};

}  // namespace reflow::formats
