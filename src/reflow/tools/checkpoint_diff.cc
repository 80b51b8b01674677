#include "reflow/tools/checkpoint_diff.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>
#include <vector>

#include <fmt/ranges.h>

#include "reflow/tools/checkpoint_show.h"
#include "reflow/tools/json_text.h"

namespace reflow::tools {
namespace {

using formats::CheckpointReader;

struct Difference {
  std::string name, kind, text;  // kind: only_a, only_b, type, shape, values
};

struct Worst {
  int64_t count = 0;
  double distance = 0;
};

template <typename T>
double distance(const T& x, const T& y) {
  if constexpr (std::is_same_v<T, std::complex<float>> || std::is_same_v<T, std::complex<double>>) {
    return std::max(distance(x.real(), y.real()), distance(x.imag(), y.imag()));
  } else if constexpr (requires { static_cast<double>(x); }) {
    const auto a = static_cast<double>(x), b = static_cast<double>(y);
    if (a == b || (std::isnan(a) && std::isnan(b))) return std::is_integral_v<T> && x != y ? 1 : 0;
    const double d = std::abs(a - b);
    return std::isnan(d) ? INFINITY : d;
  } else {
    return x == y ? 0 : INFINITY;
  }
}

Worst compare(const Tensor& a, const Tensor& b, double tolerance) {
  Worst worst;
  with_type(kPlainTypes + Types<std::string, Qint8, Quint8, Qint16, Quint16, Qint32>{}, a.dtype(), [&]<typename T>() {
    for (int64_t i = 0; i < a.num_elements(); ++i) {
      const double d = distance(a.data<T>()[i], b.data<T>()[i]);
      worst.distance = std::max(worst.distance, d);
      worst.count += d > tolerance;
    }
  });
  return worst;
}

StatusOr<std::optional<Difference>> compare(const CheckpointReader& a, const CheckpointReader& b,
                                            const CheckpointReader::TensorInfo& in_a, double tolerance) {
  const CheckpointReader::TensorInfo* in_b = b.find(in_a.name);
  if (!in_b) return Difference{in_a.name, "only_a", "only in A"};
  if (in_a.dtype != in_b->dtype) {
    return Difference{in_a.name, "type", fmt::format("{} in A, {} in B", dtype_name(in_a.dtype), dtype_name(in_b->dtype))};
  }
  if (in_a.shape != in_b->shape) {
    return Difference{in_a.name, "shape", fmt::format("{} in A, {} in B", in_a.shape.str(), in_b->shape.str())};
  }
  ASSIGN_OR_RETURN(const Tensor x, a.read(in_a.name));
  ASSIGN_OR_RETURN(const Tensor y, b.read(in_a.name));
  const Worst worst = compare(x, y, tolerance);
  if (worst.count == 0) return std::nullopt;
  return Difference{in_a.name, "values",
                    fmt::format("{} of {} elements differ{}", worst.count, x.num_elements(),
                                std::isinf(worst.distance) ? "" : fmt::format(", by {:.7g} at most", worst.distance))};
}

}  // namespace

StatusOr<CheckpointDiff> diff_checkpoints(const std::string& a, const std::string& b, const DiffCheckpointOptions& options) {
  ASSIGN_OR_RETURN(const auto reader_a, open_checkpoint(a));
  ASSIGN_OR_RETURN(const auto reader_b, open_checkpoint(b));
  std::vector<Difference> differences;
  for (const auto& info : reader_a->tensors()) {
    ASSIGN_OR_RETURN(std::optional<Difference> difference, compare(*reader_a, *reader_b, info, options.tolerance));
    if (difference) differences.push_back(*std::move(difference));
  }
  for (const auto& info : reader_b->tensors()) {
    if (!reader_a->find(info.name)) differences.push_back({info.name, "only_b", "only in B"});
  }
  std::ranges::stable_sort(differences, {}, &Difference::name);
  CheckpointDiff result{differences.empty(), ""};
  std::vector<std::string> lines;
  for (const Difference& d : differences) {
    lines.push_back(options.json ? fmt::format("{{\"name\": {}, \"difference\": \"{}\", \"text\": {}}}", json_string(d.name), d.kind,
                                               json_string(d.text))
                                 : fmt::format("{}: {}\n", d.name, d.text));
  }
  if (options.json) {
    result.text = fmt::format("[{}]\n", fmt::join(lines, ",\n "));
  } else if (result.same) {
    result.text = fmt::format("The {} tensors are the same.\n", reader_a->tensors().size());
  } else {
    result.text = fmt::format("{}", fmt::join(lines, ""));
  }
  return result;
}

}  // namespace reflow::tools
