#pragma once

// Arguments of layers that have one number for each spatial dimension: kernel sizes, strides.

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace reflow::layers {

// {3, 5}, or 3 for all dimensions alike.
class SpatialSizes {
 public:
  template <std::integral T>
  SpatialSizes(T all) : all_(static_cast<int64_t>(all)) {}
  SpatialSizes(std::initializer_list<int64_t> sizes) : sizes_(sizes), is_list_(true) {}
  SpatialSizes(std::vector<int64_t> sizes) : sizes_(std::move(sizes)), is_list_(true) {}

  // The numbers of `rank` dimensions. ValueError: "The `strides` argument must be a tuple of 2 integers. Received: (1,)".
  std::vector<int64_t> of(int rank, const std::string& argument) const;

 private:
  int64_t all_ = 1;
  std::vector<int64_t> sizes_;
  bool is_list_ = false;
};

// "SAME" or "VALID" of "same" or "valid". ValueError: it is neither.
std::string upper_padding(const std::string& padding);
// Whether a layer's data_format is "channels_first". ValueError: it isn't "channels_last" either.
bool is_channels_first(const std::string& data_format);
// "NHWC" or "NCHW" for inputs of 4 dimensions, and so on for 3 and 5.
std::string op_data_format(bool channels_first, int ndim);
// {1, sizes, 1}, or {1, 1, sizes} where channels stand first.
std::vector<int64_t> for_all_dims(const std::vector<int64_t>& sizes, bool channels_first);

}  // namespace reflow::layers
