#include "reflow/layers/spatial_sizes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

#include "reflow/client/errors.h"

namespace reflow::layers {

std::vector<int64_t> SpatialSizes::of(int rank, const std::string& argument) const {
  if (!is_list_) return std::vector<int64_t>(static_cast<size_t>(rank), all_);
  if (static_cast<int>(sizes_.size()) == rank) return sizes_;
  throw ValueError(fmt::format("The `{}` argument must be a tuple of {} integers. Received: ({}{})", argument, rank,
                               fmt::join(sizes_, ", "), sizes_.size() == 1 ? "," : ""));
}

std::string upper_padding(const std::string& padding) {
  std::string text = padding;
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
  if (text == "SAME" || text == "VALID") return text;
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  throw ValueError(
      fmt::format("The `padding` argument must be a list/tuple or one of \"valid\", \"same\" (or \"causal\", only for "
                  "`Conv1D). Received: {}",
                  text));
}

bool is_channels_first(const std::string& data_format) {
  std::string text = data_format;
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  if (text == "channels_first") return true;
  if (text == "channels_last") return false;
  throw ValueError(fmt::format(
      "The `data_format` argument must be one of \"channels_first\", \"channels_last\". Received: {}", data_format));
}

std::string op_data_format(bool channels_first, int ndim) {
  const std::string space = ndim == 3 ? "W" : ndim == 4 ? "HW" : "DHW";
  return channels_first ? "NC" + space : "N" + space + "C";
}

std::vector<int64_t> for_all_dims(const std::vector<int64_t>& sizes, bool channels_first) {
  std::vector<int64_t> all = {1};
  if (channels_first) all.push_back(1);
  all.insert(all.end(), sizes.begin(), sizes.end());
  if (!channels_first) all.push_back(1);
  return all;
}

}  // namespace reflow::layers
