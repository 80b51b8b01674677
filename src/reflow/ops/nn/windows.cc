#include "windows.h"

#include <algorithm>

namespace reflow::ops {
namespace {

constexpr int64_t kFewChannels = 16;  // whose runs are too short to be worth a pointer each

// Do windows see a line's elements without gaps, and no more than a window's width beyond its border?
bool has_narrow_border(const WindowSteps& d) {
  return d.kernel > 1 && d.dilation == 1 && d.before <= d.kernel && (d.out - 1) * d.stride - d.before <= d.in;
}

}  // namespace

Windows::Windows(const WindowSteps* dims, int64_t channels, const float* images, int64_t most_places)
    : dims_{dims[0], dims[1], dims[2]},
      channels_(channels),
      images_(images),
      whole_lines_(channels < kFewChannels && has_narrow_border(dims[2])),
      runs_(dims[0].kernel * dims[1].kernel * (whole_lines_ ? 1 : dims[2].kernel)),
      run_(whole_lines_ ? dims[2].kernel * channels : channels),
      rows_(std::max<int64_t>(runs_, 1) * most_places),
      zeros_(run_) {
  const WindowSteps& d = dims_[2];
  const int64_t width = whole_lines_ ? d.kernel : 1;
  for (int64_t k = 0; k < (whole_lines_ ? 1 : d.kernel); ++k) {
    const int64_t left = k * d.dilation - d.before, room = d.in - width - left;
    const int64_t begin = left >= 0 ? 0 : (d.stride - 1 - left) / d.stride;
    inside_.push_back({begin, room < 0 ? 0 : room / d.stride + 1});
  }
  if (whole_lines_) {
    const int64_t lines = most_places / d.out + 2, line = (std::min(most_places, d.out) - 1) * d.stride + d.kernel;
    copies_.resize(dims_[0].kernel * dims_[1].kernel * channels_ * lines * line);
  }
}

void Windows::look_at(int64_t begin, int64_t count) {
  count_ = count, copied_ = 0;
  const int64_t line = dims_[2].out;
  for (int64_t i = 0; i < count;) {
    const int64_t n = std::min(count - i, line - (begin + i) % line);
    look_at_line(begin + i, n, rows_.data() + i);
    i += n;
  }
}

// `count` places from `place` on that lie beside each other.
void Windows::look_at_line(int64_t place, int64_t count, const float** rows) {
  const WindowSteps &d0 = dims_[0], &d1 = dims_[1], &d2 = dims_[2];
  const int64_t o2 = place % d2.out, o1 = place / d2.out % d1.out, o0 = place / d2.out / d1.out % d0.out;
  const int64_t image = place / d2.out / d1.out / d0.out, first = o2 * d2.stride - d2.before;
  const int64_t of_line = whole_lines_ ? 1 : d2.kernel, step = d2.stride * channels_;
  for (int64_t k0 = 0; k0 < d0.kernel; ++k0) {
    const int64_t i0 = o0 * d0.stride - d0.before + k0 * d0.dilation;
    for (int64_t k1 = 0; k1 < d1.kernel; ++k1) {
      const int64_t i1 = o1 * d1.stride - d1.before + k1 * d1.dilation;
      if (i0 < 0 || i0 >= d0.in || i1 < 0 || i1 >= d1.in || d2.in == 0) {
        for (int64_t k = 0; k < of_line; ++k, rows += count_) std::fill_n(rows, count, zeros_.data());
        continue;
      }
      const float* const line = images_ + ((image * d0.in + i0) * d1.in + i1) * d2.in * channels_;
      for (int64_t k = 0; k < of_line; ++k, rows += count_) {
        const int64_t from = std::clamp<int64_t>(inside_[k].begin - o2, 0, count);
        const int64_t to = std::clamp<int64_t>(inside_[k].end - o2, from, count);
        const float* at = line + (first + k * d2.dilation) * channels_;
        if (whole_lines_ && (from > 0 || to < count)) {
          at = with_border(line, first, (count - 1) * d2.stride + d2.kernel);
          for (int64_t j = 0; j < count; ++j) rows[j] = at + j * step;
          continue;
        }
        for (int64_t j = 0; j < from; ++j) rows[j] = zeros_.data();
        for (int64_t j = from; j < to; ++j) rows[j] = at + j * step;
        for (int64_t j = to; j < count; ++j) rows[j] = zeros_.data();
      }
    }
  }
}

// A copy of `size` elements of a line from the `first` on, zeros beyond the border.
const float* Windows::with_border(const float* line, int64_t first, int64_t size) {
  const int64_t width = dims_[2].in;
  const int64_t begin = std::clamp<int64_t>(first, 0, width), end = std::clamp<int64_t>(first + size, begin, width);
  float* const copy = copies_.data() + copied_;
  copied_ += size * channels_;
  if (begin >= end) {
    std::fill_n(copy, size * channels_, 0.0f);
    return copy;
  }
  std::fill(copy, copy + (begin - first) * channels_, 0.0f);
  std::copy(line + begin * channels_, line + end * channels_, copy + (begin - first) * channels_);
  std::fill(copy + (end - first) * channels_, copy + size * channels_, 0.0f);
  return copy;
}

}  // namespace reflow::ops
