#include "reflow/codec/gif.h"

#include <gif_lib.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>

namespace reflow::codec {
namespace {

struct Source {
  std::string_view bytes;
  size_t position = 0;
};

int read(GifFileType* file, GifByteType* out, int n) {
  Source& source = *static_cast<Source*>(file->UserData);
  const size_t got = std::min(static_cast<size_t>(n), source.bytes.size() - source.position);
  std::memcpy(out, source.bytes.data() + source.position, got);
  source.position += got;
  return static_cast<int>(got);
}

std::string text_of(int error) {
  const char* text = GifErrorString(error);
  return text ? text : "unknown error";
}

struct Close {
  void operator()(GifFileType* file) const { DGifCloseFile(file, nullptr); }
};

}  // namespace

Status decode_gif(std::string_view bytes,
                  const std::function<StatusOr<uint8_t*>(int64_t frames, int64_t height, int64_t width)>& allocate) {
  const auto invalid = [&](std::string_view what) { return invalid_argument("Invalid GIF data (size {}), {}", bytes.size(), what); };
  Source source{bytes};
  int error = D_GIF_SUCCEEDED;
  const std::unique_ptr<GifFileType, Close> file(DGifOpen(&source, read, &error));
  if (!file) return invalid("failed to open gif file: " + text_of(error));
  if (DGifSlurp(file.get()) != GIF_OK) return invalid("failed to slurp gif file: " + text_of(file->Error));
  if (file->ImageCount <= 0) return invalid("gif file does not contain any image");
  const GifImageDesc& first = file->SavedImages[0].ImageDesc;
  const int64_t frames = file->ImageCount, height = first.Height, width = first.Width;
  if (first.Left != 0 || first.Top != 0) return invalid("the first frame does not fill the canvas");
  if (height <= 0 || width <= 0) return invalid("the first frame is empty");
  ASSIGN_OR_RETURN(uint8_t* const out, allocate(frames, height, width));
  const int64_t frame_bytes = height * width * 3;
  for (int64_t k = 0; k < frames; ++k) {
    uint8_t* const frame = out + k * frame_bytes;
    const SavedImage& image = file->SavedImages[k];
    const GifImageDesc& desc = image.ImageDesc;
    const int64_t left = std::clamp<int64_t>(desc.Left, 0, width), top = std::clamp<int64_t>(desc.Top, 0, height);
    const int64_t right = std::clamp<int64_t>(int64_t{desc.Left} + desc.Width, 0, width);
    const int64_t bottom = std::clamp<int64_t>(int64_t{desc.Top} + desc.Height, 0, height);
    if (left > 0 || top > 0 || right < width || bottom < height) {
      if (k == 0) {
        std::memset(frame, 0, static_cast<size_t>(frame_bytes));
      } else {
        std::memcpy(frame, frame - frame_bytes, static_cast<size_t>(frame_bytes));
      }
    }
    const ColorMapObject* colours = desc.ColorMap ? desc.ColorMap : file->SColorMap;
    if (!colours) return invalid(fmt::format("missing color map for frame {}", k));
    for (int64_t y = top; y < bottom; ++y) {
      for (int64_t x = left; x < right; ++x) {
        const int index = image.RasterBits[(y - desc.Top) * desc.Width + (x - desc.Left)];
        if (index >= colours->ColorCount) {
          return invalid(fmt::format("found color index {} outside of color map range {}", index, colours->ColorCount));
        }
        const GifColorType& colour = colours->Colors[index];
        uint8_t* const pixel = frame + (y * width + x) * 3;
        pixel[0] = colour.Red;
        pixel[1] = colour.Green;
        pixel[2] = colour.Blue;
      }
    }
  }
  return OkStatus();
}

}  // namespace reflow::codec
