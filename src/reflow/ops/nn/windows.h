#pragma once

// The windows of images that places of a convolution's result see.

#include <cstdint>
#include <vector>

namespace reflow::ops {

// One dimension: the place o of the result sees the elements o * stride - before + k * dilation, k < kernel, of those that
// there are.
struct WindowSteps {
  int64_t in = 1, out = 1, kernel = 1, stride = 1, dilation = 1, before = 0;
};

// The windows of some places of images [batch, in.., channels], as runs of elements that lie beside each other. Belongs to
// one thread.
class Windows {
 public:
  // For up to `most_places` places at a time.
  Windows(const WindowSteps* dims, int64_t channels, const float* images, int64_t most_places);

  // Runs of a window, in the order of the filter's elements, and floats of a run.
  int64_t runs() const { return runs_; }
  int64_t run() const { return run_; }
  // Makes rows() those of the places [begin, begin + count), counted over the whole batch.
  void look_at(int64_t begin, int64_t count);
  // Run t of the i-th place is at rows()[t * count + i]; beyond the border there are zeros.
  const float* const* rows() const { return rows_.data(); }

 private:
  void look_at_line(int64_t place, int64_t count, const float** rows);
  const float* with_border(const float* line, int64_t first, int64_t size);

  const WindowSteps dims_[3];
  const int64_t channels_;
  const float* const images_;
  const bool whole_lines_;  // a run is what a window sees of a line
  const int64_t runs_, run_;
  int64_t count_ = 0;
  std::vector<const float*> rows_;
  struct Range {
    int64_t begin, end;
  };
  std::vector<Range> inside_;  // of a line's places: those whose k-th run lies within the image
  std::vector<float> zeros_, copies_;
  int64_t copied_ = 0;  // floats
};

}  // namespace reflow::ops
