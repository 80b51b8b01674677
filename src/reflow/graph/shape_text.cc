#include "reflow/graph/shape_text.h"

namespace reflow::graph {

std::string shape_text(const Shape& shape) {
  if (!shape.known_rank()) return "<unknown>";
  std::string text = "(";
  for (const int64_t d : shape.dims()) {
    if (text.size() > 1) text += ", ";
    text += d < 0 ? "?" : std::to_string(d);
  }
  return text + (shape.rank() == 1 ? ",)" : ")");
}

}  // namespace reflow::graph
