#include "reflow/op/fused_program.h"

#include <algorithm>

namespace reflow::op {

using graph::AttrMap;
using graph::Node;
using graph::ShapeContext;

namespace {

template <typename T>
std::vector<T> list_attr(const Node& node, std::string_view name) {
  const graph::AttrValue* value = node.find_attr(name);
  const std::vector<T>* list = value ? value->get<std::vector<T>>() : nullptr;
  return list ? *list : std::vector<T>();
}

Status at_step(const Status& status, const FusedProgram& program, size_t step) {
  if (step >= program.names.size()) return status;
  return append_message(status, fmt::format("\n\t [[{{{{node {}}}}}]]", program.names[step]));
}

Status bad_program(const Node& node, std::string_view what) {
  return invalid_argument("The program of fused node '{}' is malformed: {}", node.name(), what);
}

}  // namespace

StatusOr<FusedProgram> FusedProgram::from_attrs(const Node& node, int num_inputs, int num_refs) {
  FusedProgram program;
  program.num_inputs = num_inputs;
  program.num_refs = num_refs;
  const std::vector<int64_t> code = list_attr<int64_t>(node, "code"), results = list_attr<int64_t>(node, "results");
  program.constants = list_attr<float>(node, "constants");
  program.names = list_attr<std::string>(node, "names");
  if (num_inputs < 0 || num_inputs > kMaxInputs || num_refs < 0 || num_refs > kMaxRefs ||
      program.constants.size() > kMaxConstants || results.size() > kMaxResults || code.size() > 3 * kMaxSteps) {
    return bad_program(node, "it is too large");
  }
  if (code.size() % 3 != 0) return bad_program(node, "a step has three numbers");
  for (size_t i = 0; i < code.size(); i += 3) {
    const int64_t op = code[i], a = code[i + 1], b = code[i + 2], known = program.num_values();
    const int64_t vec_op = op & ~int64_t{kSameShape};
    if (op != kStore && (vec_op < 0 || vec_op >= static_cast<int64_t>(VecOp::kCount))) return bad_program(node, "no such op");
    const bool unary = op != kStore && is_unary(static_cast<VecOp>(vec_op));
    if (a < 0 || a >= known || (unary ? b != -1 : b < 0 || b >= known)) return bad_program(node, "no such value");
    if (op == kStore && (a < num_inputs || a >= num_inputs + num_refs)) return bad_program(node, "no such reference");
    program.steps.push_back({static_cast<int>(op), static_cast<int>(a), static_cast<int>(b)});
  }
  for (const int64_t result : results) {
    const int64_t step = result - program.first_step_value();
    if (step < 0 || result >= program.num_values() || program.is_store(static_cast<int>(step))) {
      return bad_program(node, "no such result");
    }
    program.results.push_back(static_cast<int>(result));
  }
  const std::vector<int64_t> parts = list_attr<int64_t>(node, "parts"), joins = list_attr<int64_t>(node, "joins");
  if (num_refs > 0 && !(parts.empty() && joins.empty())) return bad_program(node, "an update is of whole tensors");
  if (!parts.empty() && std::ssize(parts) != 2 * num_inputs) return bad_program(node, "a part has two numbers");
  for (size_t i = 0; i < parts.size(); i += 2) {
    constexpr int64_t kLimit = int64_t{1} << 48;
    if (parts[i] < 0 || parts[i] > kLimit || parts[i + 1] < -1 || parts[i + 1] > kLimit) return bad_program(node, "no such part");
    program.parts.push_back({parts[i], parts[i + 1]});
  }
  size_t joined = 0;
  for (const int64_t join : joins) {
    if (join < 1 || join > kMaxResults) return bad_program(node, "no such join");
    program.joins.push_back(static_cast<int>(join));
    joined += join;
  }
  if (!joins.empty() && joined != results.size()) return bad_program(node, "each result is joined once");
  return program;
}

void FusedProgram::to_attrs(AttrMap* attrs) const {
  std::vector<int64_t> code;
  code.reserve(3 * steps.size());
  for (const Step& step : steps) code.insert(code.end(), {step.op, step.a, step.b});
  attrs->set("code", std::move(code));
  attrs->set("constants", constants);
  attrs->set("results", std::vector<int64_t>(results.begin(), results.end()));
  attrs->set("names", names);
  if (!parts.empty()) {
    std::vector<int64_t> numbers;
    for (const Part& part : parts) numbers.insert(numbers.end(), {part.first, part.size});
    attrs->set("parts", std::move(numbers));
  }
  if (!joins.empty()) attrs->set("joins", std::vector<int64_t>(joins.begin(), joins.end()));
}

Status FusedProgram::infer_shapes(ShapeContext& c, std::vector<Shape>* values) const {
  values->assign(num_values(), Shape());
  for (int i = 0; i < num_inputs + num_refs; ++i) {
    Shape& shape = (*values)[i] = c.input(i);
    if (i >= num_inputs || !is_part(i) || !shape.known_rank()) continue;
    if (shape.rank() == 0) return invalid_argument("A number has no columns");
    const Part& part = parts[i];
    const int64_t all = shape.dim(shape.rank() - 1);
    if (all >= 0 && part.first + part.size > all) {
      return invalid_argument("Elements {} to {} of the last dimension of {}", part.first, part.first + part.size, shape.str());
    }
    shape = with_last_dim(shape, part.size);
  }
  for (size_t i = 0; i < steps.size(); ++i) {
    const Step& step = steps[i];
    const Shape& a = (*values)[step.a];
    Shape& out = (*values)[first_step_value() + i];
    if (step.b < 0) {
      out = a;
      continue;
    }
    const Shape& b = (*values)[step.b];
    if (step.op == kStore || (step.op & kSameShape)) {
      if (!a.compatible_with(b)) {
        if (step.op == kStore) {
          return at_step(invalid_argument("var and delta do not have the same shape{} {}", a.str(), b.str()), *this, i);
        }
        return at_step(invalid_argument("Inputs must have the same size and shape.  Input 0: {} != input 1: {}", a.str(),
                                        b.str()), *this, i);
      }
      out = a.fully_defined() ? a : b;
    } else if (const Status status = broadcast_shapes(c, a, b, &out); !status.ok()) {
      return at_step(status, *this, i);
    }
  }
  return OkStatus();
}

Status FusedProgram::output_shapes(const std::vector<Shape>& values, std::vector<Shape>* outputs) const {
  for (int o = 0, result = 0; o < num_outputs(); ++o) {
    const Shape& first = values[results[result]];
    const int joined = num_joined(o);
    for (int i = 1; i < joined; ++i) {
      const Shape& other = values[results[result + i]];
      if (other.compatible_with(first)) continue;
      return invalid_argument("Results of shapes {} and {} cannot be joined", first.str(), other.str());
    }
    result += joined;
    if (joined == 1 || !first.known_rank()) {
      outputs->push_back(first);
      continue;
    }
    if (first.rank() == 0) return invalid_argument("Numbers have no columns to be joined");
    const int64_t columns = first.dim(first.rank() - 1);
    int64_t all = Shape::kUnknown;
    if (columns >= 0 && __builtin_mul_overflow(columns, int64_t{joined}, &all)) {
      return invalid_argument("{} tensors of shape {} are too large", joined, first.str());
    }
    outputs->push_back(with_last_dim(first, all));
  }
  return OkStatus();
}

Shape with_last_dim(const Shape& shape, int64_t size) {
  Shape result = shape;
  result.set_dim(shape.rank() - 1, size);
  return result;
}

FusedProgram FusedProgram::slice(int index) const {
  std::vector<bool> needed(num_values());
  needed[results[index]] = true;
  const int first = first_step_value();
  for (int i = static_cast<int>(steps.size()) - 1; i >= 0; --i) {
    if (!needed[first + i] || is_store(i)) continue;
    needed[steps[i].a] = true;
    if (steps[i].b >= 0) needed[steps[i].b] = true;
  }
  FusedProgram part;
  part.num_inputs = num_inputs;
  part.num_refs = num_refs;
  part.constants = constants;
  std::vector<int> new_id(num_values());
  for (int i = 0; i < first; ++i) new_id[i] = i;
  for (size_t i = 0; i < steps.size(); ++i) {
    if (!needed[first + i]) continue;
    new_id[first + i] = part.num_values();
    part.steps.push_back({steps[i].op, new_id[steps[i].a], steps[i].b < 0 ? -1 : new_id[steps[i].b]});
    if (i < names.size()) part.names.push_back(names[i]);
  }
  part.results = {new_id[results[index]]};
  return part;
}

}  // namespace reflow::op
