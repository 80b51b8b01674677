#include "tests/kit/golden_file.h"

#include <zlib.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace reflow::testing {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot open " + path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

nlohmann::json parse(std::string_view text, std::string_view name, size_t line) {
  try {
    return nlohmann::json::parse(text);
  } catch (const nlohmann::json::exception& e) {
    throw std::runtime_error(fmt::format("{}:{}: {}", name, line, e.what()));
  }
}

}  // namespace

std::string golden_path(std::string_view name) {
  const char* data = std::getenv("REFLOW_TEST_DATA");
  return fmt::format("{}/{}", data != nullptr ? data : REFLOW_SOURCE_DIR "/tests/data", name);
}

std::string read_golden(std::string_view name) {
  std::string path = golden_path(name);
  if (!path.ends_with(".gz")) {
    if (std::filesystem::exists(path) || !std::filesystem::exists(path + ".gz")) return read_file(path);
    path += ".gz";
  }
  return gunzip(read_file(path), path);
}

nlohmann::json read_golden_json(std::string_view name) { return parse(read_golden(name), name, 1); }

std::vector<nlohmann::json> read_golden_jsonl(std::string_view name) {
  const std::string text = read_golden(name);
  std::vector<nlohmann::json> values;
  size_t line = 1;
  for (size_t begin = 0; begin < text.size(); ++line) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    if (end > begin) values.push_back(parse(std::string_view(text).substr(begin, end - begin), name, line));
    begin = end + 1;
  }
  return values;
}

std::string gunzip(std::string_view compressed, std::string_view what) {
  constexpr int kGzipWrapper = 16;
  z_stream stream = {};
  if (inflateInit2(&stream, MAX_WBITS + kGzipWrapper) != Z_OK) throw std::runtime_error("zlib does not start");
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
  stream.avail_in = static_cast<uInt>(compressed.size());
  std::string out;
  std::array<char, 1 << 16> chunk;
  int status = Z_OK;
  do {
    if (status == Z_STREAM_END) inflateReset(&stream);
    stream.next_out = reinterpret_cast<Bytef*>(chunk.data());
    stream.avail_out = chunk.size();
    status = inflate(&stream, Z_NO_FLUSH);
    out.append(chunk.data(), chunk.size() - stream.avail_out);
  } while (status == Z_OK || (status == Z_STREAM_END && stream.avail_in > 0));
  inflateEnd(&stream);
  if (status != Z_STREAM_END) throw std::runtime_error(fmt::format("{}: damaged gzip data", what));
  return out;
}

}  // namespace reflow::testing
