// Compressed strings, and Examples written as JSON.

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "reflow/formats/example_proto.h"
#include "reflow/io/zlib_stream.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

class StringInput : public io::InputStream {
 public:
  explicit StringInput(std::string_view bytes) : bytes_(bytes) {}
  StatusOr<size_t> read(size_t n, char* out) override {
    const size_t got = std::min(n, bytes_.size() - at_);
    std::memcpy(out, bytes_.data() + at_, got);
    at_ += got;
    return got;
  }
  Status rewind() override {
    at_ = 0;
    return OkStatus();
  }

 private:
  std::string_view bytes_;
  size_t at_ = 0;
};

class DecodeCompressed : public Kernel {
 public:
  explicit DecodeCompressed(KernelInit& c) {
    auto compression = io::compression_from_name(c.attr<std::string>("compression_type"));
    if (compression.ok()) {
      compression_ = *compression;
    } else {
      c.fail(invalid_argument("Only ZLIB, GZIP or NONE are supported compressions"));
    }
  }

  Status compute(KernelContext& c) override {
    const Tensor& in = c.input(0);
    Tensor& out = c.output(0);
    for (int64_t i = 0; i < in.num_elements(); ++i) {
      const std::string& bytes = in.data<std::string>()[i];
      if (compression_ == io::Compression::kNone) {
        out.data<std::string>()[i] = bytes;
      } else {
        RETURN_IF_ERROR(decompress(bytes, &out.data<std::string>()[i]));
      }
    }
    return OkStatus();
  }

 private:
  Status decompress(const std::string& bytes, std::string* text) {
    io::ZlibInput input(std::make_unique<StringInput>(bytes), compression_);
    text->clear();
    for (;;) {
      const size_t old = text->size();
      text->resize(old + std::max<size_t>(4096, old));
      ASSIGN_OR_RETURN(const size_t got, input.read(text->size() - old, text->data() + old));
      text->resize(old + got);
      if (got == 0) return OkStatus();
    }
  }
  io::Compression compression_ = io::Compression::kNone;
};

REFLOW_OP("DecodeCompressed")
    .input("bytes: string")
    .output("output: string")
    .attr("compression_type: string = ''")
    .doc("Each string decompressed; `compression_type` is empty, \"ZLIB\" or \"GZIP\".")
    .shape(unchanged_shape)
    .kernel<DecodeCompressed>(kCpu);

class DecodeJsonExample : public Kernel {
 public:
  explicit DecodeJsonExample(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const std::string* in = c.input(0).data<std::string>();
    for (int64_t i = 0; i < c.input(0).num_elements(); ++i) {
      ASSIGN_OR_RETURN(c.output(0).data<std::string>()[i], formats::example_from_json(in[i]));
    }
    return OkStatus();
  }
};

REFLOW_OP("DecodeJSONExample")
    .input("json_examples: string")
    .output("binary_examples: string")
    .doc("Each Example, written as JSON, in its serialized form.")
    .shape(unchanged_shape)
    .kernel<DecodeJsonExample>(kCpu);

}  // namespace
}  // namespace reflow::ops
