#pragma once

#include <cstdint>

namespace reflow::ops::winograd {

// Convolution in the domain of values at six points (0, 1, -1, 2, -2 and infinity) or at eight (1/2 and -1/2 too) for each of
// two dimensions: tiles of 6 x 6 elements of an image become 36 values, so do filters; a product of these is that of
// polynomials, and 7 - taps outputs a dimension are read off it; with eight points 64 values and 9 - taps outputs. Lavin and
// Gray, "Fast Algorithms for Convolutional Neural Networks".
constexpr int kMostPoints = 8, kMostValues = kMostPoints * kMostPoints;
constexpr int kPanel = 16;  // columns of matrices that are multiplied lie together by so many

// The values of `channels` tiles that lie beside each other: from[i * points + j] points to element (i, j) of the first,
// value v of the tiles goes to to + v * stride.
using ImageTransform = void (*)(const float* const* from, int64_t channels, float* to, int64_t stride);

// The same for filters of taps x taps elements.
using FilterTransform = void (*)(const float* const* from, int64_t channels, float* to, int64_t stride);

// From the values, value v at from + v * stride, to outputs x outputs elements, element (i, j) at to[i * outputs + j]. With
// `bias`, element c of it is added to channel c; with `relu`, what is negative becomes 0.
using OutputTransform = void (*)(const float* from, int64_t stride, int64_t channels, const float* bias, bool relu,
                                 float* const* to);

// Element (i, p) of A is at a[i * row_stride + p * k_stride], row p of B, one panel wide, at b[p * kPanel]. Rows of C =
// A B, `rows` x kPanel, are c_stride apart; with `accumulate` the product is added to C.
using PanelProduct = void (*)(const float* a, int64_t row_stride, int64_t k_stride, int64_t rows, int64_t k, const float* b,
                              float* c, int64_t c_stride, bool accumulate);

// For the machine's instruction set. Channels are multiples of kPanel.
struct Math {
  ImageTransform image;
  FilterTransform filter[kMostPoints];  // by taps: 2 to 5
  OutputTransform output[kMostPoints];  // by outputs: 2 to 5
  PanelProduct product;
};
// `points`: 6 or 8.
const Math& math(int points);

}  // namespace reflow::ops::winograd
