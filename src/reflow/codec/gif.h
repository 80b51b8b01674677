#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "reflow/base/status.h"

namespace reflow::codec {

// Decodes a GIF file, [frames, height, width, 3] of bytes, to where `allocate` says, which is told frames, height and
// width. A frame that covers a part only keeps the one before around it. InvalidArgument: "Invalid GIF data (size {}), {}".
Status decode_gif(std::string_view bytes,
                  const std::function<StatusOr<uint8_t*>(int64_t frames, int64_t height, int64_t width)>& allocate);

}  // namespace reflow::codec
